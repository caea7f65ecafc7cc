//! Why there is no answer: the service refused, was not reached, or something else answered.

use super::{
    InvalidResponse, Operation, ServiceError, TransportError, connection::RetryReason,
    service_error::PASSING, transport_error::ANOTHER,
};
use crate::{
    credentials::is_temporary,
    failure::{Failure, Status},
    origin::Origin,
};

/// Why an operation has no output.
#[derive(Debug)]
pub enum Error {
    /// The service said no.
    Service {
        /// Who was asked.
        host: String,
        /// What it said.
        refusal: ServiceError,
        /// How far this machine's clock is ahead of the service's.
        clock_ahead: Option<time::Duration>,
    },
    /// The service did not answer.
    Transport(TransportError),
    /// Something answered, but not as the service does.
    InvalidResponse {
        /// Who was asked.
        host: String,
        /// The HTTP status.
        status: u16,
        /// What is wrong with the answer.
        why: InvalidResponse,
    },
}

/// Who asked, for the words of an explanation.
#[derive(Clone, Copy, Debug)]
pub enum Caller<'a> {
    /// The holder of a key.
    Key {
        /// The access key id.
        id: &'a str,
        /// Where it stands.
        origin: &'a Origin,
        /// The MFA device, where there is a code in the question.
        serial: Option<&'a str>,
    },
    /// The bearer of a proof that stands in the question.
    Proof {
        /// What it is, such as "web identity token".
        kind: &'static str,
        /// Where it is from.
        origin: &'a str,
    },
}

impl<'a> Caller<'a> {
    /// The holder of a key who sends no code.
    #[must_use]
    pub fn with(id: &'a str, origin: &'a Origin) -> Self {
        Self::Key { id, origin, serial: None }
    }

    pub(super) fn may_have_spent_its_code(self, failure: Failure) -> Failure {
        match self {
            Self::Key { serial: Some(_), .. } => failure.hint(MAYBE_SPENT),
            _ => failure,
        }
    }

    /// What is to be said of the code where it was not looked at.
    pub(super) fn unused_code(self) -> &'static str {
        match self {
            Self::Key { serial: Some(_), .. } => "; the code was not used",
            _ => "",
        }
    }

    /// The one to whom something is denied.
    pub(super) fn who(self) -> String {
        match self {
            Self::Key { id, .. } if is_temporary(id) => format!("the session {id}"),
            Self::Key { id, .. } => format!("the user of {id}"),
            Self::Proof { kind, .. } => format!("the bearer of the {kind}"),
        }
    }

    /// What proves who asks, and where it is from.
    pub(super) fn proof(self) -> String {
        match self {
            Self::Key { id, origin, .. } => format!("key {id} from {origin}"),
            Self::Proof { kind, origin } => format!("{kind} from {origin}"),
        }
    }
}

impl Error {
    /// Whether it was the code that was refused, so that another one may do.
    #[must_use]
    pub fn is_wrong_code(&self) -> bool {
        matches!(self, Self::Service { refusal, .. } if refusal.is_wrong_code())
    }

    /// Whether a code that was in the question may be spent, although nothing came of it.
    #[must_use]
    pub fn may_have_spent_the_code(&self) -> bool {
        match self {
            Self::Service { refusal, .. } => refusal.is_of_the_service(),
            Self::Transport(unreached) => unreached.may_have_arrived(),
            Self::InvalidResponse { status, .. } => *status >= 500,
        }
    }

    /// Whether the signature was refused for what a wrong clock may have done to it. Then nothing
    /// else was looked at: a code is as good as before.
    pub(super) fn may_be_the_clock(&self) -> bool {
        matches!(self, Self::Service { refusal, .. }
            if refusal.is_about_time() || refusal.code == "SignatureDoesNotMatch")
    }

    /// Why the same question may have an answer the next time, if it may. Where a code is
    /// in it, it is certain not to have been looked at.
    pub(super) fn passing<O: Operation>(&self) -> Option<RetryReason> {
        let passing = match self {
            Self::Service { refusal, .. } if refusal.is_throttled() => {
                return Some(RetryReason::Throttling);
            }
            Self::Service { refusal, .. } => refusal.is_of_the_service(),
            Self::Transport(unreached) => {
                unreached.may_pass() && (!O::SPENDS_A_CODE || !unreached.may_have_arrived())
            }
            Self::InvalidResponse { status, .. } => PASSING.contains(status),
        };
        let is_safe = !O::SPENDS_A_CODE || matches!(self, Self::Transport(_));
        (passing && is_safe).then_some(RetryReason::Failure)
    }

    /// The failure: what happened and what to do about it.
    #[must_use]
    pub fn explain(&self, asked: Caller<'_>) -> Failure {
        match self {
            Self::Service { host, refusal, clock_ahead } => {
                refusal.explain(asked, host, *clock_ahead)
            }
            Self::Transport(unreached) => unreached.explain(asked),
            Self::InvalidResponse { host, status, why } => asked.may_have_spent_its_code(
                Failure::new(
                    Status::Unreached,
                    format!("the answer of {host} (HTTP {status}) is not one of AWS's: {}", why.0),
                )
                .hint(ANOTHER),
            ),
        }
    }
}

const MAYBE_SPENT: &str = "the code may be spent: give the next one";
