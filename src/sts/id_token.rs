//! The identity token of a GitHub Actions job. It is not part of STS, but the request uses the same
//! proxies and certificates.
//!
//! <https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token>

use std::{fmt, str::FromStr};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use ureq::{
    Body,
    http::{Response, Uri, header},
};
use zeroize::Zeroizing;

use super::{
    client::{CALL_TIMEOUT, Client, LARGEST_BODY, RetryReason},
    endpoint::{INVALID_PORT, has_valid_port, is_open_to_others},
    parameter::InvalidParameter,
    transport_error::TransportError,
};
use crate::secret::Secret;

/// The URL where a job requests its identity token: `ACTIONS_ID_TOKEN_REQUEST_URL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenUrl(Uri);

impl FromStr for IdTokenUrl {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        let invalid = |problem| {
            InvalidParameter::new(problem, "leave the value that GitHub sets for the job")
        };
        let url: Uri = text.trim().parse().map_err(|_| invalid("not a URL"))?;
        if !url.authority().is_none_or(has_valid_port) {
            return Err(invalid(INVALID_PORT));
        }
        match url.scheme_str() {
            Some("https" | "http") if url.host().is_some_and(|host| !host.is_empty()) => {
                Ok(Self(url))
            }
            _ => Err(invalid("not an http or https URL")),
        }
    }
}

impl IdTokenUrl {
    /// Whether others can read requests: plain `http` to another machine.
    #[must_use]
    pub fn is_open_to_others(&self) -> bool {
        is_open_to_others(&self.0)
    }

    /// The URL of a token for this audience, the `aud` claim.
    pub fn for_audience(&self, audience: &str) -> Result<Self, InvalidParameter> {
        let separator = if self.0.query().is_some() { '&' } else { '?' };
        let audience = utf8_percent_encode(audience, NON_ALPHANUMERIC);
        let url = format!("{}{separator}audience={audience}", self.0);
        let hint = "give the audience of the role's trust policy, such as sts.amazonaws.com";
        url.parse().map(Self).map_err(|_| InvalidParameter::new("the audience is too long", hint))
    }
}

/// Why there is no identity token.
#[derive(Debug)]
pub enum IdTokenError {
    /// No response arrived.
    Transport(TransportError),
    /// The response has no token.
    NoToken {
        /// The host of the URL, with its port.
        host: String,
        /// The HTTP status of the response.
        status: u16,
        /// Why the response has no token.
        problem: IdTokenProblem,
    },
}

/// Why a response has no identity token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdTokenProblem {
    /// The HTTP status is not 2xx.
    Status,
    /// The response is incomplete or too large.
    BrokenOff,
    /// The response is not JSON.
    NotJson,
    /// The JSON has no string `value`.
    Missing,
}

impl IdTokenError {
    /// Whether a retry may succeed; otherwise, GitHub refuses the token.
    pub(crate) fn is_temporary(&self) -> bool {
        let Self::NoToken { status, .. } = self else { return true };
        !(400..500).contains(status) || retry_reason(*status).is_some()
    }
}

impl fmt::Display for IdTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => error.fmt(f),
            Self::NoToken { host, status, problem } => {
                write!(f, "{host}: HTTP {status}: no identity token: {problem:?}")
            }
        }
    }
}

impl std::error::Error for IdTokenError {}

impl Client {
    /// Requests an identity token from GitHub Actions. `request_token` authorizes the request; it
    /// is the value of `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    pub fn id_token(
        &self,
        url: &IdTokenUrl,
        request_token: &Secret,
    ) -> Result<Secret, IdTokenError> {
        let IdTokenUrl(url) = url;
        let host = url.authority().map_or(String::new(), ToString::to_string);
        let route = self.route(&host, url);
        let bearer = Secret::new(format!("bearer {}", request_token.expose()));
        let mut budget = self.retry_budget();
        let response = loop {
            let limit = budget.time_left().min(CALL_TIMEOUT);
            let response = self.send(|agent| {
                let request = agent.get(url).header(header::AUTHORIZATION, bearer.expose());
                route.prepare(request, limit).call()
            });
            match response {
                Ok(response) => match retry_reason(response.status().as_u16()) {
                    Some(reason) if budget.wait(reason, None) => {}
                    _ => break response,
                },
                Err(error) => {
                    let error = self.transport_error(route, error);
                    if error.is_lasting() || !budget.wait(RetryReason::Failure, None) {
                        return Err(IdTokenError::Transport(error));
                    }
                }
            }
        };
        let status = response.status().as_u16();
        read(response).map_err(|problem| IdTokenError::NoToken { host, status, problem })
    }
}

fn retry_reason(status: u16) -> Option<RetryReason> {
    match status {
        429 => Some(RetryReason::Throttling),
        500..600 => Some(RetryReason::Failure),
        _ => None,
    }
}

fn read(mut response: Response<Body>) -> Result<Secret, IdTokenProblem> {
    let is_success = response.status().is_success();
    let body = response.body_mut().with_config().limit(LARGEST_BODY).read_to_vec();
    let body = Zeroizing::new(body.map_err(|_| IdTokenProblem::BrokenOff)?);
    if !is_success {
        return Err(IdTokenProblem::Status);
    }
    let mut answer: Value = serde_json::from_slice(&body).map_err(|_| IdTokenProblem::NotJson)?;
    match answer.get_mut("value").map(Value::take) {
        Some(Value::String(token)) => Ok(Secret::new(token)),
        _ => Err(IdTokenProblem::Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_the_audience_to_the_url() {
        for (url, expected) in [
            (
                "https://x.example/t?api-version=2.0",
                "https://x.example/t?api-version=2.0&audience=sts%2Eamazonaws%2Ecom",
            ),
            ("https://x.example/t", "https://x.example/t?audience=sts%2Eamazonaws%2Ecom"),
        ] {
            let url: IdTokenUrl = url.parse().unwrap();
            assert_eq!(url.for_audience("sts.amazonaws.com").unwrap().0, expected);
        }
    }

    #[test]
    fn rejects_invalid_urls() {
        for bad in [
            "",
            "x",
            "/t",
            "ftp://x.example/t",
            "http://:/t",
            "file:///etc/passwd",
            "http://x:99999/t",
        ] {
            assert!(bad.parse::<IdTokenUrl>().is_err(), "{bad}");
        }
    }
}
