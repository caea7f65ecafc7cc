//! Responses without a token, in words: those of GitHub Actions and of AWS Sign-In.

use super::transport::{self, LATER, NOT_AWS};
use crate::{
    failure::{Failure, Status},
    message::word,
    sts::{TokenError, TokenProblem},
};

/// The failure for a request to GitHub Actions that returns no identity token.
pub(crate) fn explain_id_token(error: &TokenError) -> Failure {
    let refused = "give the workflow the permission `id-token: write`";
    explain(error, "no identity token", refused, LATER)
}

/// The failure for a request to AWS Sign-In that returns no sign-in token. The session is in
/// `profile`, or in the environment.
pub(crate) fn explain_signin(error: &TokenError, profile: Option<&str>) -> Failure {
    let flag = profile.map_or(String::new(), |name| format!(" --profile {}", word(name)));
    let refused = format!(
        "AWS accepts only valid sessions of roles and of federated users; check this one: \
         mfa-session whoami{flag}"
    );
    explain(error, "no sign-in token", &refused, NOT_AWS)
}

/// The failure for a response without a token. `what` is missing; `refused` and `invalid` are the
/// hints for a refusal and for a response that no retry makes valid.
fn explain(error: &TokenError, what: &str, refused: &str, invalid: &str) -> Failure {
    let (host, status, problem) = match error {
        TokenError::Transport(error) => return transport::explain(error),
        TokenError::NoToken { host, status, problem } => (host, status, problem),
    };
    let problem = match problem {
        TokenProblem::Status => format!("HTTP {status}"),
        TokenProblem::BrokenOff => "the response is incomplete".to_owned(),
        TokenProblem::NotJson => "the response is not JSON".to_owned(),
        TokenProblem::Missing => "the response contains none".to_owned(),
    };
    let (exit, hint) = if error.is_refusal() {
        (Status::Refused, refused)
    } else {
        (Status::Unreached, if error.is_temporary() { LATER } else { invalid })
    };
    Failure::new(exit, format!("{what} from {host}: {problem}")).hint(hint)
}
