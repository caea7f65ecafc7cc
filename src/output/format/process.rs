//! What an AWS SDK reads from the program that `credential_process` names. It keeps standard output
//! and standard error to itself; the question goes to the terminal.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use super::{
    Format, Handed, Uncarried,
    json::{Json, object},
};
use crate::secret::Secret;

pub(super) const FORMAT: Format = Format {
    name: "process",
    about: "JSON for the AWS SDKs, as they read it from a credential process",
    shells: &[],
    usage: "credential_process = mfa-session --format process --write",
    failure: "",
    unset: None,
    render,
    appendix: None,
};

#[expect(clippy::unnecessary_wraps, reason = "other forms can't carry everything")]
fn render(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    Ok(object(&[
        ("Version", Json::Number(1)),
        ("AccessKeyId", Json::Text(handed.id)),
        ("SecretAccessKey", Json::Text(handed.secret)),
        ("SessionToken", Json::Text(handed.token)),
        ("Expiration", Json::Text(&handed.expires)),
    ]))
}
