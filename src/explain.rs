//! Errors of STS, IAM and the network in words: what happened, and what to do about it.

mod caller;
mod clock;
mod service;
mod transport;

use crate::{
    failure::{Failure, Status},
    sts::{Error, IdTokenError, IdTokenProblem},
};

pub use caller::Caller;
pub(crate) use clock::warn_of_clock;
use transport::{LATER, NOT_AWS};

/// The failure for an error of a call.
#[must_use]
pub fn explain(error: &Error, caller: Caller<'_>) -> Failure {
    let failure = match error {
        Error::Service { host, error, clock_ahead } => {
            service::explain(error, host, *clock_ahead, caller)
        }
        Error::Transport(error) => transport::explain(error),
        Error::GlobalEndpoint { host, action } => {
            let what = format!("{host} does not offer {action}; each region's endpoint does");
            let hint = "name a region, such as --region us-east-1, and unset \
                        AWS_STS_REGIONAL_ENDPOINTS=legacy";
            Failure::new(Status::Local, what).hint(hint)
        }
        Error::InvalidResponse { host, status, reason } => {
            let what = format!("invalid response from {host} (HTTP {status}): {reason}");
            Failure::new(Status::Unreached, what).hint(NOT_AWS)
        }
    };
    if !caller.has_code() {
        failure
    } else if error.may_have_spent_the_code() || matches!(error, Error::InvalidResponse { .. }) {
        failure.hint("the code may be spent: give the next one")
    } else if matches!(error, Error::Transport(_)) {
        failure.hint("no code was used")
    } else if error.precedes_the_code() {
        failure.hint("the code was not used")
    } else {
        failure
    }
}

/// The failure for a request to GitHub Actions that returns no identity token.
pub(crate) fn explain_id_token(error: &IdTokenError) -> Failure {
    let (host, status, problem) = match error {
        IdTokenError::Transport(error) => return transport::explain(error),
        IdTokenError::NoToken { host, status, problem } => (host, status, problem),
    };
    let problem = match problem {
        IdTokenProblem::Status => format!("HTTP {status}"),
        IdTokenProblem::BrokenOff => "the response is incomplete".to_owned(),
        IdTokenProblem::NotJson => "the response is not JSON".to_owned(),
        IdTokenProblem::Missing => "the response contains none".to_owned(),
    };
    let (exit, hint) = if error.is_temporary() {
        (Status::Unreached, LATER)
    } else {
        (Status::Refused, "give the workflow the permission `id-token: write`")
    };
    Failure::new(exit, format!("no identity token from {host}: {problem}")).hint(hint)
}
