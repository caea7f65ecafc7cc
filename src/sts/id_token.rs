//! The identity token of a GitHub Actions job. It is not part of STS, but the request uses the same
//! proxies and certificates.
//!
//! <https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token>

use std::str::FromStr;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ureq::http::{Uri, header};

use super::{
    client::Client,
    endpoint::{INVALID_PORT, has_valid_port, is_open_to_others},
    json_token::TokenError,
    parameter::InvalidParameter,
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

impl Client {
    /// Requests an identity token from GitHub Actions. `request_token` authorizes the request; it
    /// is the value of `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    pub fn id_token(&self, url: &IdTokenUrl, request_token: &Secret) -> Result<Secret, TokenError> {
        let IdTokenUrl(url) = url;
        let host = url.authority().map_or(String::new(), ToString::to_string);
        let route = self.route(&host, url);
        let bearer = Secret::new(format!("bearer {}", request_token.expose()));
        self.json_token(route, "value", |agent, limit| {
            let request = agent.get(url).header(header::AUTHORIZATION, bearer.expose());
            route.prepare(request, limit).call()
        })
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
