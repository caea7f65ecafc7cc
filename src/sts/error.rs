//! Why there is no answer, told in plain words with the next step.
//!
//! The codes are those of the [common errors] and of each operation; one code stands for several
//! mistakes (`AccessDenied`, `SignatureDoesNotMatch`), so that the message decides, too.
//!
//! [common errors]: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html

use super::{
    Nonsense, Operation, Unreached,
    connection::{Passing, agree},
    unreached::ANOTHER,
};
use crate::{
    credentials::AccessKey,
    failure::{Failure, Status},
    message::words,
    origin::Given,
};

/// Why an operation has no output.
#[derive(Debug)]
pub enum Error {
    /// The service said no.
    Refused {
        /// Who was asked.
        host: String,
        /// What it said.
        refusal: Refusal,
        /// How far this machine's clock is ahead of the service's.
        clock_ahead: Option<time::Duration>,
    },
    /// The service did not answer.
    Unreached(Unreached),
    /// Something answered, but not as the service does.
    Nonsense {
        /// Who was asked.
        host: String,
        /// The HTTP status.
        status: u16,
        /// What is wrong with the answer.
        why: Nonsense,
    },
}

/// An error that a service answers with.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status. It decides nothing: AWS's own pages disagree about it.
    pub status: u16,
    /// The error code, such as `AccessDenied`.
    pub code: String,
    /// The explanation, in AWS's words.
    pub message: String,
    /// What AWS's support asks for.
    pub request_id: Option<String>,
}

/// Who asked, for the words of an explanation.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The key that signed.
    pub key: &'a Given<AccessKey>,
    /// The MFA device; empty where the question names none.
    pub serial: &'a str,
}

impl Asked<'_> {
    pub(super) fn may_have_spent_its_code(self, failure: Failure) -> Failure {
        if self.serial.is_empty() { failure } else { failure.hint(MAYBE_SPENT) }
    }
}

impl Error {
    /// Whether it was the code that was refused, so that another one may do.
    #[must_use]
    pub fn is_wrong_code(&self) -> bool {
        matches!(self, Self::Refused { refusal, .. } if refusal.is_wrong_code())
    }

    /// Whether a code that was in the question may be spent, although nothing came of it.
    #[must_use]
    pub fn may_have_spent_the_code(&self) -> bool {
        match self {
            Self::Refused { refusal, .. } => refusal.is_of_the_service(),
            Self::Unreached(unreached) => unreached.may_have_arrived(),
            Self::Nonsense { status, .. } => *status >= 500,
        }
    }

    /// Whether the signature was refused for what a wrong clock may have done to it. Then nothing
    /// else was looked at: a code is as good as before.
    pub(super) fn may_be_the_clock(&self) -> bool {
        matches!(self, Self::Refused { refusal, .. }
            if refusal.is_about_time() || refusal.code == "SignatureDoesNotMatch")
    }

    /// Why the same question may have an answer the next time, if it may. It is [`REPEATABLE`], or
    /// certain not to have been looked at.
    ///
    /// [`REPEATABLE`]: super::Operation::REPEATABLE
    pub(super) fn passing<O: Operation>(&self) -> Option<Passing> {
        let passing = match self {
            Self::Refused { refusal, .. } if refusal.is_throttled() => {
                return Some(Passing::Throttling);
            }
            Self::Refused { refusal, .. } => refusal.is_of_the_service(),
            Self::Unreached(unreached) => {
                unreached.may_pass() && (O::REPEATABLE || !unreached.may_have_arrived())
            }
            Self::Nonsense { status, .. } => PASSING.contains(status),
        };
        let is_safe = O::REPEATABLE || matches!(self, Self::Unreached(_));
        (passing && is_safe).then_some(Passing::Failure)
    }

    /// The failure: what happened and what to do about it.
    #[must_use]
    pub fn explain(&self, asked: Asked<'_>) -> Failure {
        match self {
            Self::Refused { host, refusal, clock_ahead } => {
                refusal.explain(asked, host, *clock_ahead)
            }
            Self::Unreached(unreached) => unreached.explain(asked),
            Self::Nonsense { host, status, why } => asked.may_have_spent_its_code(
                Failure::new(
                    Status::Unreached,
                    format!("the answer of {host} (HTTP {status}) is not one of AWS's: {}", why.0),
                )
                .hint(ANOTHER),
            ),
        }
    }
}

impl Refusal {
    fn is_wrong_code(&self) -> bool {
        self.code == "AccessDenied" && self.message.contains("invalid MFA one time pass code")
    }

    /// The message of a signature that is too old, or not yet good.
    fn is_about_time(&self) -> bool {
        self.code == "RequestExpired"
            || self.message.starts_with("Signature expired")
            || self.message.starts_with("Signature not yet current")
    }

    fn explain(&self, asked: Asked<'_>, host: &str, ahead: Option<time::Duration>) -> Failure {
        let Asked { key, serial } = asked;
        let (key_id, key_origin) = (&key.value.id, &key.origin);
        let (what, hint) = match self.code.as_str() {
            _ if self.is_wrong_code() => (
                format!("STS refused the code for {serial}"),
                "each code works once, for about half a minute: give the next one".to_owned(),
            ),
            "AccessDenied" if self.message.contains("unable to validate MFA code") => (
                format!("STS does not know {serial} as an MFA device of the user of {key_id}"),
                "compare it with `aws iam list-mfa-devices`; the code is still good".to_owned(),
            ),
            "AccessDenied" if self.message.contains("with session credentials") => (
                format!("the key {key_id} from {key_origin} is itself part of a session"),
                "name a profile with long-term keys: --profile NAME".to_owned(),
            ),
            _ if self.is_about_time() => about_time(host, ahead),
            "InvalidClientTokenId" => (
                format!("AWS does not know the access key {key_id} from {key_origin}"),
                format!("is it deleted, inactive, or of another partition than {host}?"),
            ),
            "SignatureDoesNotMatch" if self.message.contains("should be scoped") => (
                format!("{host} wants a signature for another region: {}", self.message),
                "name the region of the endpoint: --region NAME; the code was not used".to_owned(),
            ),
            "SignatureDoesNotMatch" => (
                format!("the secret access key beside {key_origin} is not the one of {key_id}"),
                "correct the secret access key there; the code was not used".to_owned(),
            ),
            "ExpiredToken" | "ExpiredTokenException" => (
                format!("the key {key_id} from {key_origin} belongs to a session that is over"),
                "name a profile with long-term keys: --profile NAME".to_owned(),
            ),
            "RegionDisabledException" => (
                format!("the account has not activated STS at {host}"),
                "activate it in IAM's account settings, or take another --region".to_owned(),
            ),
            "OptInRequired" => (
                format!("the account of {key_id} is not signed up for this"),
                "ask the account's administrator".to_owned(),
            ),
            "AccessDenied" | "AccessDeniedException" | "NotAuthorized" => (
                format!("AWS denies this to the user of {key_id}: {}", self.message),
                "ask for the permission, or name another profile: --profile NAME".to_owned(),
            ),
            "MissingAuthenticationToken" | "IncompleteSignature" => (
                format!("{host} did not get the signature whole: {}", self.message),
                "look for a proxy that changes requests between here and AWS".to_owned(),
            ),
            _ if self.is_throttled() => (
                format!("{host} has too much to do (HTTP {}): {}", self.status, self.message),
                "try again in a moment; the code was not used".to_owned(),
            ),
            _ if self.may_pass() => (
                format!("{host} can't answer now (HTTP {}): {}", self.status, self.message),
                LATER.to_owned(),
            ),
            _ => (
                format!("{host} refused (HTTP {}): {}", self.status, self.message),
                "see the code in the AWS documentation".to_owned(),
            ),
        };
        let status = if self.may_pass() { Status::Unreached } else { Status::Refused };
        let request = match &self.request_id {
            Some(id) => format!(", request {id}"),
            None => String::new(),
        };
        // A message that is empty leaves a colon behind.
        let what = what.trim_end().trim_end_matches(':');
        let failure = Failure::new(status, format!("{what} ({}{request})", self.code)).hint(hint);
        let is_certain = status == Status::Refused || self.is_throttled();
        if is_certain { failure } else { asked.may_have_spent_its_code(failure) }
    }

    /// Then it was not looked at any further.
    fn is_throttled(&self) -> bool {
        THROTTLED.contains(&self.code.as_str())
    }

    /// Whether it is the service that failed, at a point that nobody knows.
    fn is_of_the_service(&self) -> bool {
        !self.is_throttled() && (self.status >= 500 || FAILED.contains(&self.code.as_str()))
    }

    /// Whether the same request may do later.
    fn may_pass(&self) -> bool {
        self.is_of_the_service() || self.is_throttled()
    }
}

/// The SDKs' list.
const THROTTLED: [&str; 13] = [
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

/// What the SDKs ask again after, whatever the status.
const FAILED: [&str; 3] = ["PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"];

/// The same, whatever the code.
const PASSING: [u16; 4] = [500, 502, 503, 504];

/// What a signature that is out of its time comes from, and what to do.
fn about_time(host: &str, ahead: Option<time::Duration>) -> (String, String) {
    let refused = format!("{host} refused the signature for its time");
    match ahead {
        Some(ahead) if agree(ahead) => (
            format!("{refused}, although the clocks agree"),
            "look for a proxy that holds requests back; the code was not used".to_owned(),
        ),
        ahead => (
            match ahead {
                Some(ahead) => format!("{refused}: {}", clock_difference(ahead)),
                None => refused,
            },
            "set this machine's clock; the code was not used".to_owned(),
        ),
    }
}

/// "this machine's clock is 2h 5m behind AWS's".
#[must_use]
pub fn clock_difference(ahead: time::Duration) -> String {
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    format!("this machine's clock is {} {side} AWS's", words(ahead.abs()))
}

const LATER: &str = "try again in a moment";
const MAYBE_SPENT: &str = "the code may be spent: give the next one";
