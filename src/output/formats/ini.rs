//! A section of a credentials file: the text of the session profile.

use crate::{
    aws_files::{Unwritable, Value},
    output::format::{Format, SessionView, Unrepresentable},
    secret::Secret,
    session_profile,
};

pub(super) const FORMAT: Format = Format {
    name: "ini",
    about: "the session profile, a section of a credentials file",
    usage: "mfa-session --format ini > FILE",
    render,
    ..Format::PLAIN
};

fn render(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let failed = |part| move |why: Unwritable| Unrepresentable { part, reason: why.why() };
    let source = Secret::new(view.session.provenance.source.clone());
    Value::parse(source).map_err(failed("the name of the source profile"))?;
    let region = view.context.profile_region.as_deref();
    session_profile::credentials_file(view.session, view.profile, region)
        .map_err(failed("a part of the session"))
}
