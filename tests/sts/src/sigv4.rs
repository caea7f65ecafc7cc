//! AWS Signature Version 4: a reading of AWS's "Create a signed AWS API request" that shares no
//! code with the client it checks. For query APIs, that is: path `/`, whole bodies, one algorithm.

use std::fmt::Write;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

use crate::answer::Refusal;
use crate::clock::{self, ISO_8601_BASIC};
use crate::http::{Head, Message};

/// What a request claims about who signed it, when, and what for; nothing of it is proven yet.
pub(crate) struct Claim {
    pub(crate) access_key_id: String,
    pub(crate) session_token: Option<String>,
    scope: Scope,
    timestamp: String,
    time: OffsetDateTime,
    lifetime: Duration,
    signed_headers: Vec<String>,
    signature: String,
}

impl Claim {
    /// Reads the `Authorization` header or the query's `X-Amz-…` parameters.
    pub(crate) fn read(head: &Head) -> Result<Self, Refusal> {
        let claim = match head.first("authorization") {
            Some(authorization) => Self::from_header(head, authorization)?,
            None if head.query.contains("X-Amz-Signature=") => Self::from_query(head)?,
            None => return Err(missing()),
        };
        let names = head.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        let mut must_be_signed = names.filter(|name| MUST_BE_SIGNED.contains(&name.as_str()));
        match must_be_signed.find(|name| !claim.signed_headers.contains(name)) {
            None => Ok(claim),
            Some(name) => Err(mismatch(format!(
                "'{name}' must be a 'SignedHeader' in the AWS Authorization."
            ))),
        }
    }

    fn from_header(head: &Head, authorization: &str) -> Result<Self, Refusal> {
        let (algorithm, parameters) = authorization.split_once(' ').unwrap_or((authorization, ""));
        let parameter = |name: &str| {
            let mut pairs = parameters.split(',').filter_map(|pair| pair.trim().split_once('='));
            pairs.find(|pair| pair.0 == name).map(|pair| pair.1.to_owned())
        };
        let parts = Parts {
            algorithm: algorithm.into(),
            credential: parameter("Credential"),
            signed_headers: parameter("SignedHeaders"),
            signature: parameter("Signature"),
            timestamp: head.first("x-amz-date").map(Into::into),
            session_token: head.first("x-amz-security-token").map(Into::into),
        };
        parts.claim(SKEW)
    }

    fn from_query(head: &Head) -> Result<Self, Refusal> {
        let parameter = |name: &str| {
            let mut pairs = form_urlencoded::parse(head.query.as_bytes());
            pairs.find(|pair| pair.0 == name).map(|pair| pair.1.into_owned())
        };
        let seconds = parameter("X-Amz-Expires").and_then(|text| text.parse::<u32>().ok());
        let parts = Parts {
            algorithm: parameter("X-Amz-Algorithm").unwrap_or_default(),
            credential: parameter("X-Amz-Credential"),
            signed_headers: parameter("X-Amz-SignedHeaders"),
            signature: parameter("X-Amz-Signature"),
            timestamp: parameter("X-Amz-Date"),
            session_token: parameter("X-Amz-Security-Token"),
        };
        parts.claim(seconds.map_or(SKEW, |seconds| Duration::seconds(seconds.into())))
    }

    /// Refuses what was signed for another service or region, or for a day that is not its own.
    pub(crate) fn check_scope(
        &self,
        service: &str,
        is_region: impl Fn(&str) -> bool,
    ) -> Result<(), Refusal> {
        let Scope { date, region, service: claimed, terminator } = &self.scope;
        let day = &self.timestamp[..8];
        if !is_region(region) {
            let text = format!("Credential should be scoped to a valid region, not '{region}'. ");
            return Err(mismatch(text));
        }
        if claimed != service {
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

    /// Refuses what was signed more than 15 minutes from now.
    pub(crate) fn check_time(&self, now: OffsetDateTime) -> Result<(), Refusal> {
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

    /// Refuses what this secret access key does not sign so.
    pub(crate) fn check_signature(
        &self,
        message: &Message,
        secret_access_key: &str,
    ) -> Result<(), Refusal> {
        let request = canonical_request(message, &self.signed_headers);
        let ours = signature(secret_access_key, &self.timestamp, &self.scope, &request);
        if bool::from(ours.as_bytes().ct_eq(self.signature.as_bytes())) {
            return Ok(());
        }
        Err(mismatch(
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method. Consult the service documentation for \
             details.",
        ))
    }
}

/// The value of an `Authorization` header for a message whose headers are all to be signed.
pub(crate) fn authorization(
    message: &Message,
    access_key_id: &str,
    secret_access_key: &str,
    region: &str,
    service: &str,
) -> String {
    let timestamp = message.head.first("x-amz-date").expect("a request to sign has a date");
    let scope = Scope {
        date: timestamp[..8].into(),
        region: region.into(),
        service: service.into(),
        terminator: TERMINATOR.into(),
    };
    let mut names: Vec<_> =
        message.head.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    let signature =
        signature(secret_access_key, timestamp, &scope, &canonical_request(message, &names));
    format!(
        "{ALGORITHM} Credential={access_key_id}/{}, SignedHeaders={}, Signature={signature}",
        scope.text(),
        names.join(";")
    )
}

/// What a signature consists of, any of which may be missing.
struct Parts {
    algorithm: String,
    credential: Option<String>,
    signed_headers: Option<String>,
    signature: Option<String>,
    timestamp: Option<String>,
    session_token: Option<String>,
}

impl Parts {
    fn claim(self, lifetime: Duration) -> Result<Claim, Refusal> {
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
        Ok(Claim {
            access_key_id: access_key_id.into(),
            session_token: self.session_token,
            scope: Scope {
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

/// What a signing key is good for: a day, a region, a service.
struct Scope {
    date: String,
    region: String,
    service: String,
    terminator: String,
}

impl Scope {
    fn text(&self) -> String {
        [&*self.date, &*self.region, &*self.service, &*self.terminator].join("/")
    }
}

fn signature(secret: &str, timestamp: &str, scope: &Scope, canonical_request: &str) -> String {
    let hash = HEXLOWER.encode(&Sha256::digest(canonical_request));
    let string_to_sign = [ALGORITHM, timestamp, &scope.text(), &hash].join("\n");
    let secret = format!("AWS4{secret}").into_bytes();
    let parts = [&scope.date, &scope.region, &scope.service, &scope.terminator, &string_to_sign];
    HEXLOWER.encode(&parts.into_iter().fold(secret, |key, part| hmac(&key, part)))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length will do");
    hmac.update(text.as_bytes());
    hmac.finalize().into_bytes().to_vec()
}

fn canonical_request(message: &Message, signed_headers: &[String]) -> String {
    let Head { method, path, query, .. } = &message.head;
    let mut request = format!("{method}\n{path}\n{}\n", canonical_query(query));
    for name in signed_headers {
        let values: Vec<_> = message.head.all(name).map(single_spaced).collect();
        writeln!(request, "{name}:{}", values.join(",")).expect("a string can grow");
    }
    let hash = HEXLOWER.encode(&Sha256::digest(&message.body));
    request + "\n" + &signed_headers.join(";") + "\n" + &hash
}

fn canonical_query(query: &str) -> String {
    let recode = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        utf8_percent_encode(&decoded, RESERVED).to_string()
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut pairs: Vec<_> = pairs
        .filter(|pair| pair.0 != "X-Amz-Signature")
        .map(|(name, value)| (recode(name), recode(value)))
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn single_spaced(value: &str) -> String {
    value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn missing() -> Refusal {
    Refusal::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
}

fn incomplete(message: String) -> Refusal {
    Refusal::new(400, "IncompleteSignature", message)
}

fn mismatch(message: impl Into<String>) -> Refusal {
    Refusal::new(403, "SignatureDoesNotMatch", message)
}

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";

/// Of these headers, those that a request has.
const MUST_BE_SIGNED: &[&str] = &["host", "x-amz-date", "x-amz-security-token"];

const SKEW: Duration = Duration::minutes(15);

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests;
