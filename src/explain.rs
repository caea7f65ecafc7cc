//! Errors of STS, IAM and the network in words: what happened, and what to do about it.

mod caller;
mod clock;
mod service;
mod table;
mod token;
mod transport;

use crate::{
    failure::{Failure, Status},
    sts::Error,
};

pub use caller::Caller;
pub(crate) use clock::warn_of_clock;
pub use service::Explained;
pub use table::table;
pub(crate) use token::{explain_id_token, explain_signin};
use transport::NOT_AWS;

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
