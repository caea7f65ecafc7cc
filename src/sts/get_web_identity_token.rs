//! GetWebIdentityToken: a signed JSON Web Token that proves the caller's AWS identity to other
//! services.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html>

use std::str::FromStr;

use time::OffsetDateTime;

use super::{
    operation::{Operation, Output},
    parameter::InvalidParameter,
    query_body::QueryBody,
    response::{Answer, InvalidResponse},
    restrictions::Tags,
};
use crate::secret::Secret;

/// The parameters of GetWebIdentityToken.
#[derive(Debug)]
pub struct GetWebIdentityToken<'a> {
    /// `Audience`: the services that the token is for.
    pub audiences: &'a Audiences,
    /// `SigningAlgorithm`.
    pub algorithm: &'a str,
    /// `DurationSeconds`: 60 to 3,600.
    pub seconds: u32,
    /// `Tags`: claims of the token.
    pub tags: &'a Tags,
}

/// The values of `SigningAlgorithm`; any service that verifies tokens supports the first.
pub const SIGNING_ALGORITHMS: [&str; 2] = ["RS256", "ES384"];

/// One to ten audiences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audiences(Vec<Audience>);

impl Audiences {
    /// Fails if there is none, or if there are more than ten.
    pub fn new(audiences: Vec<Audience>) -> Result<Self, InvalidParameter> {
        if (1..=10).contains(&audiences.len()) {
            return Ok(Self(audiences));
        }
        Err(InvalidParameter::new(
            format!("a token has 1 to 10 audiences, not {}", audiences.len()),
            "get several tokens",
        ))
    }
}

/// The name of a service, often its URL: 1 to 1,000 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience(String);

impl FromStr for Audience {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        if (1..=1000).contains(&text.chars().count()) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidParameter::new(
            "an audience has 1 to 1000 characters",
            "give the name that the service expects, such as https://api.example.com",
        ))
    }
}

/// A token that STS has signed.
#[derive(Debug)]
pub struct SignedToken {
    /// `WebIdentityToken`: whoever has it can act as its subject.
    pub token: Secret,
    /// `Expiration`, in UTC.
    pub expires: OffsetDateTime,
}

impl Operation for GetWebIdentityToken<'_> {
    const ACTION: &'static str = "GetWebIdentityToken";
    const IS_REGIONAL: bool = true;
    type Output = SignedToken;

    fn fill(&self, body: &mut QueryBody) {
        for (number, audience) in (1..).zip(&self.audiences.0) {
            body.add(&format!("Audience.member.{number}"), &audience.0);
        }
        body.add("SigningAlgorithm", self.algorithm);
        body.add("DurationSeconds", &self.seconds.to_string());
        self.tags.fill(body);
    }
}

impl Output for SignedToken {
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse> {
        Ok(Self {
            token: answer.secret("WebIdentityToken")?,
            expires: answer.moment("Expiration")?,
        })
    }
}
