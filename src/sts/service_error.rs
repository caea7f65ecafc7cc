//! An error of a service, and its classification.
//!
//! The codes are the [common errors] and those of each operation. If a code has several meanings
//! (`AccessDenied`, `SignatureDoesNotMatch`), the message decides.
//!
//! [common errors]: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html

/// An error of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    /// The HTTP status. The AWS documentation contradicts itself about the status of a code.
    pub status: u16,
    /// `Code`, such as `AccessDenied`.
    pub code: String,
    /// `Message`, shortened to 1,000 characters.
    pub message: String,
    /// `RequestId`, for AWS Support.
    pub request_id: Option<String>,
}

impl ServiceError {
    /// Whether STS rejected the MFA code.
    pub(super) fn is_wrong_code(&self) -> bool {
        self.code == "AccessDenied" && self.message.contains("invalid MFA one time pass code")
    }

    /// Whether the MFA device in the request is not one of the user's. The code is still valid.
    pub(super) fn is_unknown_device(&self) -> bool {
        self.code == "AccessDenied" && self.message.contains("unable to validate MFA code")
    }

    /// Whether the key lacks a permission, if the request has no MFA code.
    pub(super) fn is_denial(&self) -> bool {
        DENIALS.contains(&self.code.as_str())
    }

    /// Whether the signature is too old, or not valid yet.
    pub(crate) fn is_about_time(&self) -> bool {
        self.code == "RequestExpired"
            || self.message.starts_with("Signature expired")
            || self.message.starts_with("Signature not yet current")
    }

    /// Whether the service received too many requests. It did not check an MFA code.
    pub(crate) fn is_throttling(&self) -> bool {
        THROTTLING.contains(&self.code.as_str())
    }

    /// Whether the service failed, perhaps after it spent an MFA code.
    pub(crate) fn is_service_fault(&self) -> bool {
        !self.is_throttling() && (self.status >= 500 || FAULTS.contains(&self.code.as_str()))
    }

    /// Whether a retry may succeed.
    pub(crate) fn is_temporary(&self) -> bool {
        self.is_service_fault() || self.is_throttling()
    }
}

/// The codes of a missing permission.
const DENIALS: [&str; 3] = ["AccessDenied", "AccessDeniedException", "NotAuthorized"];

/// The codes of throttling in the SDKs.
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

/// The SDKs retry after these codes, whatever the status.
const FAULTS: [&str; 4] = [
    "IDPCommunicationError",
    "PriorRequestNotComplete",
    "RequestTimeout",
    "RequestTimeoutException",
];
