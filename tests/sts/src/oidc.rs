//! GitHub Actions' endpoint for identity tokens, on the same port. It exchanges the request token
//! for a token of the account's OIDC provider.

use subtle::ConstantTimeEq;
use time::OffsetDateTime;

use crate::answer::Answer;
use crate::http::HttpRequest;
use crate::operation::{self, Reply};
use crate::web_identity;

/// The path of the endpoint. GitHub's URL has a query, to which clients append `&audience=…`.
pub(crate) const PATH: &str = "/oidc/token";
pub(crate) const QUERY: &str = "api-version=2.0";

/// Answers with a token for the requested audience.
pub(crate) fn reply(request: &HttpRequest, request_token: &str, now: OffsetDateTime) -> Reply {
    let authorization = request.head.first("authorization").unwrap_or_default();
    let (scheme, token) = authorization.split_once(' ').unwrap_or_default();
    let is_right = bool::from(token.trim().as_bytes().ct_eq(request_token.as_bytes()));
    if !is_right || !scheme.eq_ignore_ascii_case("bearer") {
        let body = serde_json::json!({ "message": "Unauthorized" });
        return Reply { answer: json(401, &body), outcome: "Unauthorized".into() };
    }
    let parameters = request.parameters();
    let audience = operation::parameter(&parameters, "audience").unwrap_or(DEFAULT_AUDIENCE);
    let token = web_identity::token(SUBJECT, audience, now);
    let body = serde_json::json!({ "count": token.len(), "value": token });
    Reply { answer: json(200, &body), outcome: "OK".into() }
}

/// An answer in JSON.
pub(crate) fn json(status: u16, body: &serde_json::Value) -> Answer {
    let answer = Answer::new(status, body.to_string());
    answer.header("Content-Type", "application/json; charset=utf-8")
}

/// GitHub's default audience: the repository's owner.
const DEFAULT_AUDIENCE: &str = "https://github.com/octo-org";

const SUBJECT: &str = "repo:octo-org/octo-repo:ref:refs/heads/main";
