//! The words for errors of STS, IAM and the network: what happened, and what to do about it. The
//! table of the services' errors is `explain/service.rs`.

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
    let (failure, may_have_spent_the_code) = match error {
        Error::Service { host, error, clock_ahead } => {
            let failure = service::explain(error, host, *clock_ahead, caller);
            (failure, error.is_service_fault())
        }
        Error::Transport(error) => (transport::explain(error), error.may_have_arrived),
        Error::InvalidResponse { host, status, reason } => {
            let what =
                format!("the answer of {host} (HTTP {status}) is not one of AWS's: {reason}");
            (Failure::new(Status::Unreached, what).hint(NOT_AWS), true)
        }
    };
    if may_have_spent_the_code && caller.has_code() {
        return failure.hint("the code may be spent: give the next one");
    }
    failure
}

/// The failure for an identity token that GitHub Actions does not give.
pub(crate) fn explain_id_token(error: &IdTokenError) -> Failure {
    let (host, status, problem) = match error {
        IdTokenError::Transport(error) => return transport::explain(error),
        IdTokenError::NoToken { host, status, problem } => (host, status, problem),
    };
    let problem = match problem {
        IdTokenProblem::Status => format!("HTTP {status}"),
        IdTokenProblem::BrokenOff => "its answer breaks off".to_owned(),
        IdTokenProblem::NotJson => "its answer is not JSON".to_owned(),
        IdTokenProblem::Missing => "there is none in its answer".to_owned(),
    };
    let (exit, hint) = if error.is_temporary() {
        (Status::Unreached, LATER)
    } else {
        (Status::Refused, "the workflow needs the permission `id-token: write`")
    };
    Failure::new(exit, format!("{host} gives no identity token: {problem}")).hint(hint)
}
