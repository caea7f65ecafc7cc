//! The error that a service answers with, and how the client classifies it.
//!
//! The codes are those of the [common errors] and of each operation. One code may mean several
//! mistakes (`AccessDenied`, `SignatureDoesNotMatch`); then the message decides.
//!
//! [common errors]: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html

/// The error that a service answers with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    /// The HTTP status. AWS's pages disagree about the status of a code, so that no meaning depends
    /// on it.
    pub status: u16,
    /// `Code`, such as `AccessDenied`.
    pub code: String,
    /// `Message`: the explanation in AWS's words, shortened to 1,000 characters.
    pub message: String,
    /// `RequestId`, by which AWS's support finds the request.
    pub request_id: Option<String>,
}

impl ServiceError {
    /// Whether STS rejects the MFA code.
    pub(super) fn is_wrong_code(&self) -> bool {
        self.code == "AccessDenied" && self.message.contains("invalid MFA one time pass code")
    }

    /// Whether the signature is too old, or not valid yet.
    pub(crate) fn is_about_time(&self) -> bool {
        self.code == "RequestExpired"
            || self.message.starts_with("Signature expired")
            || self.message.starts_with("Signature not yet current")
    }

    /// Whether the service rejects the request because of too many requests. Then it looks at
    /// nothing else: an MFA code stays valid.
    pub(crate) fn is_throttling(&self) -> bool {
        THROTTLING.contains(&self.code.as_str())
    }

    /// Whether the service failed, after an unknown part of its work.
    pub(crate) fn is_service_fault(&self) -> bool {
        !self.is_throttling() && (self.status >= 500 || FAULTS.contains(&self.code.as_str()))
    }

    /// Whether the same request may succeed later.
    pub(crate) fn is_temporary(&self) -> bool {
        self.is_service_fault() || self.is_throttling()
    }
}

/// The codes of throttling, by the SDKs' list.
const THROTTLING: [&str; 13] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// The codes after which the SDKs retry, whatever the status.
const FAULTS: [&str; 4] = [
    "IDPCommunicationError",
    "PriorRequestNotComplete",
    "RequestTimeout",
    "RequestTimeoutException",
];
