//! Reads and checks a signature: the `Authorization` header, or the parameters of a presigned URL.

use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

use super::{ALGORITHM, CredentialScope, TERMINATOR, canonical_request, signature};
use crate::answer::ServiceError;
use crate::clock::{self, ISO_8601_BASIC};
use crate::http::{HttpRequest, RequestHead};

/// The signature of a request and its parameters, unverified until the `check_…` methods succeed.
pub(crate) struct Authorization {
    pub(crate) access_key_id: String,
    pub(crate) session_token: Option<String>,
    scope: CredentialScope,
    timestamp: String,
    time: OffsetDateTime,
    lifetime: Duration,
    signed_headers: Vec<String>,
    signature: String,
}

impl Authorization {
    /// Reads the `Authorization` header or the query's `X-Amz-…` parameters.
    pub(crate) fn read(head: &RequestHead) -> Result<Self, ServiceError> {
        let authorization = match head.first("authorization") {
            Some(authorization) => Self::from_header(head, authorization)?,
            None if head.query.contains("X-Amz-Signature=") => Self::from_query(head)?,
            None => return Err(missing()),
        };
        let names = head.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        let mut must_be_signed = names.filter(|name| MUST_BE_SIGNED.contains(&name.as_str()));
        match must_be_signed.find(|name| !authorization.signed_headers.contains(name)) {
            None => Ok(authorization),
            Some(name) => Err(mismatch(format!(
                "'{name}' must be a 'SignedHeader' in the AWS Authorization."
            ))),
        }
    }

    fn from_header(head: &RequestHead, authorization: &str) -> Result<Self, ServiceError> {
        let (algorithm, parameters) = authorization.split_once(' ').unwrap_or((authorization, ""));
        let parameter = |name: &str| {
            let mut pairs = parameters.split(',').filter_map(|pair| pair.trim().split_once('='));
            pairs.find(|pair| pair.0 == name).map(|pair| pair.1.to_owned())
        };
        let parts = Parameters {
            algorithm: algorithm.into(),
            credential: parameter("Credential"),
            signed_headers: parameter("SignedHeaders"),
            signature: parameter("Signature"),
            timestamp: head.first("x-amz-date").map(Into::into),
            session_token: head.first("x-amz-security-token").map(Into::into),
        };
        parts.authorization(SKEW)
    }

    fn from_query(head: &RequestHead) -> Result<Self, ServiceError> {
        let parameter = |name: &str| {
            let mut pairs = form_urlencoded::parse(head.query.as_bytes());
            pairs.find(|pair| pair.0 == name).map(|pair| pair.1.into_owned())
        };
        let seconds = parameter("X-Amz-Expires").and_then(|text| text.parse::<u32>().ok());
        let parts = Parameters {
            algorithm: parameter("X-Amz-Algorithm").unwrap_or_default(),
            credential: parameter("X-Amz-Credential"),
            signed_headers: parameter("X-Amz-SignedHeaders"),
            signature: parameter("X-Amz-Signature"),
            timestamp: parameter("X-Amz-Date"),
            session_token: parameter("X-Amz-Security-Token"),
        };
        parts.authorization(seconds.map_or(SKEW, |seconds| Duration::seconds(seconds.into())))
    }

    /// Refuses a credential scope of a different service, region or day.
    pub(crate) fn check_scope(
        &self,
        service: &str,
        is_region: impl Fn(&str) -> bool,
    ) -> Result<(), ServiceError> {
        let CredentialScope { date, region, service: signed_service, terminator } = &self.scope;
        let day = &self.timestamp[..8];
        if !is_region(region) {
            let text = format!("Credential should be scoped to a valid region, not '{region}'. ");
            return Err(mismatch(text));
        }
        if signed_service != service {
            let text = format!("Credential should be scoped to correct service: '{service}'. ");
            return Err(mismatch(text));
        }
        if terminator != TERMINATOR {
            return Err(mismatch(format!(
                "Credential should be scoped with a valid terminator: '{TERMINATOR}', not \
                 '{terminator}'. "
            )));
        }
        if date != day {
            return Err(mismatch(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date \
                 from HTTP: '{date}' != '{day}', from '{}'.",
                self.timestamp
            )));
        }
        Ok(())
    }

    /// Refuses a request that was signed more than 15 minutes ago or ahead.
    pub(crate) fn check_time(&self, now: OffsetDateTime) -> Result<(), ServiceError> {
        let Self { timestamp, lifetime, .. } = self;
        let show = |time| clock::format(time, ISO_8601_BASIC);
        let (earliest, latest) = (now - *lifetime, now + SKEW);
        if self.time < earliest {
            let (minutes, earliest, now) = (lifetime.whole_minutes(), show(earliest), show(now));
            return Err(mismatch(format!(
                "Signature expired: {timestamp} is now earlier than {earliest} \
                 ({now} - {minutes} min.)"
            )));
        }
        if self.time > latest {
            let (latest, now) = (show(latest), show(now));
            return Err(mismatch(format!(
                "Signature not yet current: {timestamp} is still later than {latest} \
                 ({now} + 15 min.)"
            )));
        }
        Ok(())
    }

    /// Refuses a signature that the secret access key does not produce.
    pub(crate) fn check_signature(
        &self,
        request: &HttpRequest,
        secret_access_key: &str,
    ) -> Result<(), ServiceError> {
        let canonical_request = canonical_request(request, &self.signed_headers);
        let expected =
            signature(secret_access_key, &self.timestamp, &self.scope, &canonical_request);
        if bool::from(expected.as_bytes().ct_eq(self.signature.as_bytes())) {
            return Ok(());
        }
        Err(mismatch(
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method. Consult the service documentation for \
             details.",
        ))
    }
}

/// The parameters of a signature before validation.
struct Parameters {
    algorithm: String,
    credential: Option<String>,
    signed_headers: Option<String>,
    signature: Option<String>,
    timestamp: Option<String>,
    session_token: Option<String>,
}

impl Parameters {
    fn authorization(self, lifetime: Duration) -> Result<Authorization, ServiceError> {
        if self.algorithm != ALGORITHM {
            return Err(incomplete(format!("Unsupported AWS 'algorithm': '{}'.", self.algorithm)));
        }
        let (Some(credential), Some(signature), Some(signed_headers), Some(timestamp)) =
            (&self.credential, &self.signature, &self.signed_headers, &self.timestamp)
        else {
            return Err(incomplete(self.missing()));
        };
        let (access_key_id, scope) = credential.split_once('/').unwrap_or((credential, ""));
        let [date, region, service, terminator] = scope.split('/').collect::<Vec<_>>()[..] else {
            return Err(incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{credential}'"
            )));
        };
        let time = PrimitiveDateTime::parse(timestamp, &ISO_8601_BASIC).map_err(|_| {
            incomplete(format!("Date must be in ISO-8601 'basic format'. Got '{timestamp}'."))
        })?;
        Ok(Authorization {
            access_key_id: access_key_id.into(),
            session_token: self.session_token,
            scope: CredentialScope {
                date: date.into(),
                region: region.into(),
                service: service.into(),
                terminator: terminator.into(),
            },
            timestamp: timestamp.clone(),
            time: time.assume_utc(),
            lifetime,
            signed_headers: signed_headers.split(';').map(Into::into).collect(),
            signature: signature.clone(),
        })
    }

    fn missing(&self) -> String {
        let mut text = String::new();
        for (part, name) in [
            (&self.credential, "'Credential' parameter"),
            (&self.signature, "'Signature' parameter"),
            (&self.signed_headers, "'SignedHeaders' parameter"),
            (&self.timestamp, "existence of either a 'X-Amz-Date' or a 'Date' header"),
        ] {
            if part.is_none() {
                text.extend(["Authorization header requires ", name, ". "]);
            }
        }
        text + "Authorization=" + &self.algorithm
    }
}

fn missing() -> ServiceError {
    ServiceError::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
}

fn incomplete(message: String) -> ServiceError {
    ServiceError::new(400, "IncompleteSignature", message)
}

fn mismatch(message: impl Into<String>) -> ServiceError {
    ServiceError::new(403, "SignatureDoesNotMatch", message)
}

/// These headers must be signed if a request has them.
const MUST_BE_SIGNED: &[&str] = &["host", "x-amz-date", "x-amz-security-token"];

const SKEW: Duration = Duration::minutes(15);
