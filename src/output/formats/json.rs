//! JSON for scripts: the session and its provenance.

use serde_json::Value;

use crate::{
    message::ascii_json,
    output::format::{Format, SessionView, Unrepresentable},
    secret::Secret,
};

pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "JSON for scripts: the session, and all that is known about it",
    usage: "mfa-session --format json | jq",
    render,
    ..Format::PLAIN
};

#[expect(clippy::unnecessary_wraps, reason = "the type of all renderers")]
fn render(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let provenance = &view.session.provenance;
    Ok(Secret::new(object(&[
        ("access_key_id", view.access_key_id.into()),
        ("secret_access_key", view.secret_access_key.into()),
        ("session_token", view.session_token.into()),
        ("expiration", view.expiration.as_str().into()),
        ("session_profile", view.profile.as_str().into()),
        ("source_profile", provenance.source.as_str().into()),
        ("source_key_id", provenance.key_id.as_deref().into()),
        ("serial", provenance.serial.as_deref().into()),
        ("role_arn", provenance.role.as_deref().into()),
        ("region", view.context.region.as_deref().into()),
        ("account_id", view.account_id().into()),
    ])))
}

/// An object in ASCII, one member per line, in this order: `serde_json` sorts a `Map`.
pub(super) fn object(members: &[(&str, Value)]) -> String {
    let line = |(name, value): &(&str, Value)| format!("  \"{name}\": {value}");
    let lines: Vec<String> = members.iter().map(line).collect();
    ascii_json(&format!("{{\n{}\n}}\n", lines.join(",\n")))
}
