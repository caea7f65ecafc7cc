//! AWS Signature Version 4, after AWS's "Create a signed AWS API request". It shares no code with
//! `mfa-session`. For query APIs only: path `/`, complete bodies, one algorithm.

mod authorization;

pub(crate) use authorization::Authorization;

use std::fmt::Write;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::http::{HttpRequest, RequestHead};

/// The `Authorization` header of a request. Signs all its headers.
pub(crate) fn sign(
    request: &HttpRequest,
    access_key_id: &str,
    secret_access_key: &str,
    region: &str,
    service: &str,
) -> String {
    let timestamp =
        request.head.first("x-amz-date").expect("the client sets the date before it signs");
    let scope = CredentialScope {
        date: timestamp[..8].into(),
        region: region.into(),
        service: service.into(),
        terminator: TERMINATOR.into(),
    };
    let mut names: Vec<_> =
        request.head.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    let signature =
        signature(secret_access_key, timestamp, &scope, &canonical_request(request, &names));
    format!(
        "{ALGORITHM} Credential={access_key_id}/{}, SignedHeaders={}, Signature={signature}",
        scope.text(),
        names.join(";")
    )
}

/// What a signing key is valid for: a day, a region, a service.
struct CredentialScope {
    date: String,
    region: String,
    service: String,
    terminator: String,
}

impl CredentialScope {
    fn text(&self) -> String {
        [&*self.date, &*self.region, &*self.service, &*self.terminator].join("/")
    }
}

fn signature(
    secret: &str,
    timestamp: &str,
    scope: &CredentialScope,
    canonical_request: &str,
) -> String {
    let hash = HEXLOWER.encode(&Sha256::digest(canonical_request));
    let string_to_sign = [ALGORITHM, timestamp, &scope.text(), &hash].join("\n");
    let secret = format!("AWS4{secret}").into_bytes();
    let parts = [&scope.date, &scope.region, &scope.service, &scope.terminator, &string_to_sign];
    HEXLOWER.encode(&parts.into_iter().fold(secret, |key, part| hmac(&key, part)))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    hmac.update(text.as_bytes());
    hmac.finalize().into_bytes().to_vec()
}

fn canonical_request(request: &HttpRequest, signed_headers: &[String]) -> String {
    let RequestHead { method, path, query, .. } = &request.head;
    let mut canonical = format!("{method}\n{path}\n{}\n", canonical_query(query));
    for name in signed_headers {
        let values: Vec<_> = request.head.all(name).map(single_spaced).collect();
        writeln!(canonical, "{name}:{}", values.join(",")).expect("a string can grow");
    }
    let hash = HEXLOWER.encode(&Sha256::digest(&request.body));
    canonical + "\n" + &signed_headers.join(";") + "\n" + &hash
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

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";

/// All characters except the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests;
