//! A section of a credentials file: the session profile as it would be written.

use super::{Format, Handed, Uncarried};
use crate::{aws_files::Value, secret::Secret, session_profile};

pub(super) const FORMAT: Format = Format {
    name: "ini",
    about: "the session profile, a section of a credentials file",
    shells: &[],
    usage: "mfa-session --format ini > FILE",
    failure: "",
    unset: None,
    render,
    appendix: None,
};

fn render(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    let source = Secret::new(handed.session.provenance.source.clone());
    Value::parse(source).map_err(|why| Uncarried { what: "the profile's name", why: why.why() })?;
    session_profile::alone(handed.session, handed.profile)
        .map_err(|why| Uncarried { what: "a part of the session", why: why.why() })
}
