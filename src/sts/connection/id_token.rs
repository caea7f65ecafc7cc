//! The identity token that GitHub Actions gives to a job: not STS's business, but on the way to it,
//! over the same proxies and with the same trust.
//!
//! <https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token>

use std::str::FromStr;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use ureq::{
    Body,
    http::{Response, StatusCode, Uri, header},
};
use zeroize::Zeroizing;

use super::{CALL_TIMEOUT, Client, RetryReason, on};
use crate::{
    failure::{Failure, InvalidValue, Status},
    secret::Secret,
    sts::{Caller, Error, endpoint::is_open_to_others},
};

/// The URL that a job is given to ask for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenUrl(Uri);

impl FromStr for IdTokenUrl {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let invalid =
            |problem| InvalidValue::new(problem, "GitHub sets it for the job: leave it as it is");
        let url: Uri = text.trim().parse().map_err(|_| invalid("this is not a URL"))?;
        match url.scheme_str() {
            Some("https" | "http") if url.host().is_some_and(|host| !host.is_empty()) => {
                Ok(Self(url))
            }
            _ => Err(invalid("this is not the URL of a web server")),
        }
    }
}

impl IdTokenUrl {
    /// Whether what is said there can be overheard.
    #[must_use]
    pub fn is_open_to_others(&self) -> bool {
        is_open_to_others(&self.0)
    }

    /// The same for a token that is meant for `audience`.
    pub fn for_audience(&self, audience: &str) -> Result<Self, InvalidValue> {
        let separator = if self.0.query().is_some() { '&' } else { '?' };
        let audience = utf8_percent_encode(audience, NON_ALPHANUMERIC);
        let url = format!("{}{separator}audience={audience}", self.0);
        let hint = "give the name that the role's trust policy has, such as sts.amazonaws.com";
        url.parse()
            .map(Self)
            .map_err(|_| InvalidValue::new("this is too long for an audience", hint))
    }
}

impl Client {
    /// Asks for a token, with the one that the job was given to show.
    pub fn id_token(&self, url: &IdTokenUrl, shown: &Secret) -> Result<Secret, Failure> {
        let IdTokenUrl(url) = url;
        let host = url.authority().map_or(String::new(), ToString::to_string);
        let way = self.way(&host, url);
        let bearer = Secret::new(format!("bearer {}", shown.expose()));
        let mut budget = self.attempts.begin();
        let response = loop {
            let limit = budget.time_left().min(CALL_TIMEOUT);
            let answer = self.ask(|agent| {
                let request = agent.get(url).header(header::AUTHORIZATION, bearer.expose());
                on(way, limit, request).call()
            });
            match answer {
                Ok(response) => match passing(response.status()) {
                    Some(why) if budget.waits(why, None) => {}
                    _ => break response,
                },
                Err(error) => {
                    let unreached = self.unreached(way, error);
                    if !(unreached.may_pass() && budget.waits(RetryReason::Failure, None)) {
                        return Err(Error::from(unreached)
                            .explain(Caller::Proof { kind: "request token", origin: "GitHub" }));
                    }
                }
            }
        };
        let status = response.status();
        read(response).map_err(|why| {
            let (exit, hint) = if status.is_client_error() && passing(status).is_none() {
                (Status::Refused, "the workflow needs the permission `id-token: write`")
            } else {
                (Status::Unreached, "try again in a moment")
            };
            Failure::new(exit, format!("{host} gives no identity token: {why}")).hint(hint)
        })
    }
}

/// Why the same question may have an answer the next time, if it may.
fn passing(status: StatusCode) -> Option<RetryReason> {
    match status {
        StatusCode::TOO_MANY_REQUESTS => Some(RetryReason::Throttling),
        status => status.is_server_error().then_some(RetryReason::Failure),
    }
}

fn read(mut response: Response<Body>) -> Result<Secret, String> {
    let status = response.status();
    let body = response.body_mut().with_config().limit(super::LARGEST_BODY).read_to_vec();
    let body = Zeroizing::new(body.map_err(|_| "its answer breaks off".to_owned())?);
    if !status.is_success() {
        return Err(format!("HTTP {}", status.as_u16()));
    }
    let mut answer: Value =
        serde_json::from_slice(&body).map_err(|_| "its answer is not JSON".to_owned())?;
    match answer.get_mut("value").map(Value::take) {
        Some(Value::String(token)) => Ok(Secret::new(token)),
        _ => Err("there is none in its answer".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audience_is_one_more_parameter() {
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
    fn what_is_no_url_of_a_web_server_is_refused() {
        for bad in ["", "x", "/t", "ftp://x.example/t", "http://:/t", "file:///etc/passwd"] {
            assert!(bad.parse::<IdTokenUrl>().is_err(), "{bad}");
        }
    }
}
