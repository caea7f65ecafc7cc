//! The error of an operation.

use std::fmt;

use super::{
    response::InvalidResponse, service_error::ServiceError, transport_error::TransportError,
};

/// Why an operation has no output.
#[derive(Debug)]
pub enum Error {
    /// The endpoint is the global one, which lacks the operation. Nothing was sent.
    GlobalEndpoint {
        /// The host of the endpoint.
        host: String,
        /// The name of the operation.
        action: &'static str,
    },
    /// The service returned an error.
    Service {
        /// The host of the service, with its port unless that is the scheme's default.
        host: String,
        /// The service's error.
        error: ServiceError,
        /// How far this machine's clock is ahead of the service's; negative if it is behind.
        clock_ahead: Option<time::Duration>,
    },
    /// No response arrived.
    Transport(TransportError),
    /// The response is not from AWS.
    InvalidResponse {
        /// The host of the service, with its port unless that is the scheme's default.
        host: String,
        /// The HTTP status of the response.
        status: u16,
        /// What is wrong with the response.
        reason: InvalidResponse,
    },
}

impl Error {
    /// Whether STS rejected the MFA code: it may accept another one.
    #[must_use]
    pub fn is_wrong_code(&self) -> bool {
        matches!(self, Self::Service { error, .. } if error.is_wrong_code())
    }

    /// Whether the MFA device in the request is not one of the user's. The code is still valid.
    #[must_use]
    pub fn is_unknown_device(&self) -> bool {
        matches!(self, Self::Service { error, .. } if error.is_unknown_device())
    }

    /// Whether the key lacks a permission, if the request has no MFA code.
    #[must_use]
    pub fn is_denial(&self) -> bool {
        matches!(self, Self::Service { error, .. } if error.is_denial())
    }

    /// Whether an MFA code in the request may be spent without a session.
    #[must_use]
    pub fn may_have_spent_the_code(&self) -> bool {
        match self {
            Self::Service { error, .. } => error.is_service_fault(),
            Self::Transport(error) => error.may_have_arrived,
            Self::GlobalEndpoint { .. } => false,
            Self::InvalidResponse { status, .. } => *status >= 500,
        }
    }

    /// Whether the service rejected the request before it checked an MFA code.
    pub(crate) fn precedes_the_code(&self) -> bool {
        self.may_be_clock_skew()
            || matches!(self, Self::Service { error, .. } if error.is_throttling())
    }

    /// Whether a wrong clock may have caused the rejection of the signature.
    pub(super) fn may_be_clock_skew(&self) -> bool {
        matches!(self, Self::Service { error, .. }
            if error.is_about_time() || error.code == "SignatureDoesNotMatch")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GlobalEndpoint { host, action } => write!(f, "{host} has no {action}"),
            Self::Service { host, error: ServiceError { status, code, message, .. }, .. } => {
                write!(f, "{host}: HTTP {status}: {code}: {message}")
            }
            Self::Transport(error) => error.fmt(f),
            Self::InvalidResponse { host, status, reason } => {
                write!(f, "{host}: HTTP {status}: invalid response: {reason}")
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}
