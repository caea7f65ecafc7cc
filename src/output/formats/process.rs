//! JSON for the `credential_process` of an AWS SDK. The SDK captures standard output and standard
//! error; the prompt goes to the terminal.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use super::json::object;
use crate::{
    output::format::{Format, SessionView, Unrepresentable},
    secret::Secret,
};

pub(super) const FORMAT: Format = Format {
    name: "process",
    about: "JSON for the AWS SDKs, as they read it from a credential process",
    usage: "credential_process = mfa-session --format process --write",
    render,
    is_refreshed: true,
    ..Format::PLAIN
};

#[expect(clippy::unnecessary_wraps, reason = "the type of all renderers")]
fn render(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let mut members = vec![
        ("Version", 1.into()),
        ("AccessKeyId", view.access_key_id.into()),
        ("SecretAccessKey", view.secret_access_key.into()),
        ("SessionToken", view.session_token.into()),
        ("Expiration", view.expiration.as_str().into()),
    ];
    members.extend(view.account_id().map(|id| ("AccountId", id.into())));
    Ok(Secret::new(object(&members)))
}
