//! Signature Version 4 for the one shape of request that is sent here: a POST of a form, without a
//! query. Signed are `content-type`, `host`, `x-amz-date` and, with temporary keys,
//! `x-amz-security-token`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::fmt::Write as _;

use ring::{digest, hmac};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

use crate::{credentials::AccessKey, secret::Secret};

/// A POST of a form, to be signed.
#[derive(Debug)]
pub struct Request<'a> {
    /// The `Host` header: with the port where that is not the scheme's own.
    pub host: &'a str,
    /// The path, beginning with `/`, of unreserved characters and `/` only.
    pub path: &'a str,
    /// The form.
    pub body: &'a Secret,
    /// The token that goes with temporary keys.
    pub token: Option<&'a Secret>,
    /// The region in the credential scope.
    pub region: &'a str,
    /// The service in the credential scope.
    pub service: &'a str,
}

/// The headers that make a request a signed one.
#[derive(Debug, PartialEq, Eq)]
pub struct Signature {
    /// The value of `X-Amz-Date`.
    pub date: String,
    /// The value of `Authorization`.
    pub authorization: String,
}

/// Signs the request for the moment `now`; AWS takes it 15 minutes before and after.
#[must_use]
pub fn sign(request: &Request<'_>, key: &AccessKey, now: OffsetDateTime) -> Signature {
    let date = timestamp(now);
    let day = &date[..8];
    let scope = format!("{day}/{}/{}/aws4_request", request.region, request.service);
    let (canonical, signed_headers) = canonical_request(request, &date);
    let canonical_hash = hash(canonical.expose().as_bytes());
    let string_to_sign = format!("{ALGORITHM}\n{date}\n{scope}\n{canonical_hash}");

    let secret = Secret::new(format!("AWS4{}", key.secret.expose()));
    let key_for = [day, request.region, request.service, "aws4_request"]
        .into_iter()
        .fold(hmac_key(secret.expose().as_bytes()), |key, part| {
            hmac_key(hmac::sign(&key, part.as_bytes()).as_ref())
        });
    let signature = hex(hmac::sign(&key_for, string_to_sign.as_bytes()).as_ref());

    let authorization = format!(
        "{ALGORITHM} Credential={}/{scope}, SignedHeaders={signed_headers}, Signature={signature}",
        key.id
    );
    Signature { date, authorization }
}

/// The value of the `Content-Type` header, which is signed.
pub(super) const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Its text, and the names of the headers in it.
fn canonical_request(request: &Request<'_>, date: &str) -> (Secret, &'static str) {
    let Request { host, path, body, token, .. } = request;
    let (token_line, signed_headers) = match token {
        Some(token) => (
            format!("x-amz-security-token:{}\n", token.expose()),
            "content-type;host;x-amz-date;x-amz-security-token",
        ),
        None => (String::new(), "content-type;host;x-amz-date"),
    };
    let body_hash = hash(body.expose().as_bytes());
    let text = format!(
        "POST\n{path}\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{date}\n{token_line}\n\
         {signed_headers}\n{body_hash}"
    );
    (Secret::new(text), signed_headers)
}

/// `20150830T123600Z`.
fn timestamp(moment: OffsetDateTime) -> String {
    moment
        .to_offset(UtcOffset::UTC)
        .format(format_description!("[year][month][day]T[hour][minute][second]Z"))
        .expect("a date has all that this format needs")
}

fn hmac_key(bytes: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, bytes)
}

fn hash(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
        text
    })
}
