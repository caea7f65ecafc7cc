//! Signature Version 4 for a POST of a form without a query string. The signed headers are
//! `content-type`, `host`, `x-amz-date` and, with temporary keys, `x-amz-security-token`. No other
//! file reads the secret of a [`SigningKey`].
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::fmt;

use data_encoding::HEXLOWER;
use ring::{digest, hmac};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

use crate::secret::Secret;

/// An access key that signs requests. It does not return its secret.
#[derive(Clone)]
pub struct SigningKey {
    id: String,
    secret: Secret,
}

impl SigningKey {
    /// A key from an access key id and a secret access key.
    #[must_use]
    pub fn new(id: String, secret: Secret) -> Self {
        Self { id, secret }
    }

    /// The access key id, such as `AKIAIOSFODNN7EXAMPLE`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The signer of a request.
#[derive(Clone, Copy, Debug)]
pub enum Signer<'a> {
    /// None: a parameter is an identity token.
    Unsigned,
    /// An access key; a temporary key also needs its session token.
    Key(&'a SigningKey, Option<&'a Secret>),
}

/// A POST of a form to sign.
#[derive(Debug)]
pub struct Request<'a> {
    /// The `Host` header: with the port unless it is the scheme's default.
    pub host: &'a str,
    /// The path: begins with `/`; only `/` and unreserved characters.
    pub path: &'a str,
    /// The form.
    pub body: &'a Secret,
    /// The session token of temporary keys.
    pub token: Option<&'a Secret>,
    /// The region in the credential scope.
    pub region: &'a str,
    /// The service in the credential scope.
    pub service: &'a str,
}

/// The headers of a signature.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signature {
    /// The value of `X-Amz-Date`.
    pub(super) date: String,
    /// The value of `Authorization`.
    pub(super) authorization: String,
}

/// Signs the request for the time `now`. AWS accepts the signature within 15 minutes of it.
pub(super) fn sign(request: &Request<'_>, key: &SigningKey, now: OffsetDateTime) -> Signature {
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
    let signature = HEXLOWER.encode(hmac::sign(&key_for, string_to_sign.as_bytes()).as_ref());

    let authorization = format!(
        "{ALGORITHM} Credential={}/{scope}, SignedHeaders={signed_headers}, Signature={signature}",
        key.id
    );
    Signature { date, authorization }
}

/// The signed value of the `Content-Type` header.
pub(super) const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The canonical request, and the names of the signed headers.
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
        "POST\n{path}\n\n\
         content-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{date}\n{token_line}\n\
         {signed_headers}\n{body_hash}"
    );
    (Secret::new(text), signed_headers)
}

/// `20150830T123600Z`.
fn timestamp(moment: OffsetDateTime) -> String {
    moment
        .to_offset(UtcOffset::UTC)
        .format(format_description!("[year][month][day]T[hour][minute][second]Z"))
        .expect("a date has every part of this format")
}

fn hmac_key(bytes: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, bytes)
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest::digest(&digest::SHA256, bytes).as_ref())
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use aws_credential_types::Credentials;
    use aws_sigv4::{
        http_request::{self, SignableBody, SignableRequest, SigningSettings},
        sign::v4,
    };
    use proptest::{
        collection::vec,
        option,
        prelude::{Strategy, prop},
        prop_assert_eq, proptest,
        sample::select,
    };

    use super::*;
    use crate::sts::{query_body::QueryBody, service::Service};

    /// A body with parameters of all kinds of characters.
    fn form() -> impl Strategy<Value = Secret> {
        let parameters =
            vec(("[A-Za-z.0-9]{1,20}", prop::string::string_regex("\\PC{0,40}").unwrap()), 0..8);
        parameters.prop_map(|parameters| {
            let mut body = QueryBody::new("GetSessionToken", Service::Sts);
            body.add("SerialNumber", "arn:aws:iam::123456789012:mfa/Zoë Müller+1");
            for (name, value) in parameters {
                body.add(&name, &value);
            }
            body.finish()
        })
    }

    /// The two headers from the AWS SDK for Rust.
    fn signed_by_the_sdk(
        request: &Request<'_>,
        key: &SigningKey,
        now: OffsetDateTime,
    ) -> (String, String) {
        let token = request.token.map(|token| token.expose().to_owned());
        let credentials = Credentials::new(&key.id, key.secret.expose(), token, None, "test");
        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(request.region)
            .name(request.service)
            .time(SystemTime::from(now))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let uri = format!("https://{}{}", request.host, request.path);
        let headers = [("host", request.host), ("content-type", CONTENT_TYPE)];
        let body = SignableBody::Bytes(request.body.expose().as_bytes());
        let request = SignableRequest::new("POST", uri, headers.into_iter(), body).unwrap();
        let (signed, _) = http_request::sign(request, &parameters).unwrap().into_parts();
        let header =
            |wanted: &str| signed.headers().find(|(name, _)| *name == wanted).unwrap().1.to_owned();
        (header("x-amz-date"), header("authorization"))
    }

    proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(1000))]

        #[test]
        fn signs_like_the_aws_sdk(
            id in "[A-Z0-9]{16,32}",
            secret in "[A-Za-z0-9+/]{1,60}",
            token in option::of("[A-Za-z0-9+/=]{1,900}"),
            body in form(),
            host in "[a-z0-9]{1,20}(\\.[a-z0-9-]{1,20}[a-z]){0,3}(:[1-9][0-9]{3})?",
            path in select(vec!["/", "/sts", "/a/b-c_d.e~f/"]),
            region in select(vec!["us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"]),
            service in select(vec!["sts", "iam", "service"]),
            seconds in 946_684_800_i64..4_000_000_000,
        ) {
            let key = SigningKey::new(id, Secret::new(secret));
            let token = token.map(Secret::new);
            let request = Request {
                host: &host, path, body: &body, token: token.as_ref(), region, service,
            };
            let now = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let Signature { date, authorization } = sign(&request, &key, now);
            let (sdk_date, sdk_authorization) = signed_by_the_sdk(&request, &key, now);
            prop_assert_eq!(date, sdk_date);
            prop_assert_eq!(authorization, sdk_authorization);
        }
    }

    /// Keys and time are from AWS's test suite, which has no such request; the signature is from
    /// botocore.
    #[test]
    fn signs_like_botocore() {
        let key = SigningKey::new(
            "AKIDEXAMPLE".into(),
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
        );
        let body = "Action=GetCallerIdentity&Version=2011-06-15".into();
        let request = Request {
            host: "sts.us-east-1.amazonaws.com",
            path: "/",
            body: &body,
            token: None,
            region: "us-east-1",
            service: "sts",
        };
        let now = OffsetDateTime::from_unix_timestamp(1_440_938_160).unwrap();
        assert_eq!(
            sign(&request, &key, now).authorization,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=52a8540fea00e731072179f763577cbe2a45eac2c5d32fb4d785f3eefac88165"
        );
    }
}
