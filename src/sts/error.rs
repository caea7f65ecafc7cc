//! Why there is no answer, told in plain words with the next step.
//!
//! The codes are those of the [common errors] and of each operation; one code stands for several
//! mistakes (`AccessDenied`, `SignatureDoesNotMatch`), so that the message decides, too.
//!
//! [common errors]: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html

use std::io;

use ureq::Timeout;

use super::Nonsense;
use crate::{
    credentials::AccessKey,
    failure::{Failure, Status},
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

impl Error {
    /// Whether it was the code that was refused, so that another one may do.
    #[must_use]
    pub fn is_wrong_code(&self) -> bool {
        matches!(self, Self::Refused { refusal, .. } if refusal.is_wrong_code())
    }

    /// The failure: what happened and what to do about it.
    #[must_use]
    pub fn explain(&self, asked: Asked<'_>) -> Failure {
        match self {
            Self::Refused { host, refusal, clock_ahead } => {
                refusal.explain(asked, host, *clock_ahead)
            }
            Self::Unreached(unreached) => unreached.explain(),
            Self::Nonsense { host, status, why } => Failure::new(
                Status::Unreached,
                format!("the answer of {host} (HTTP {status}) is not one of AWS's: {}", why.0),
            )
            .hint("look for a proxy or a login page between here and AWS, and at the endpoint")
            .hint(MAYBE_SPENT),
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
            _ if self.is_about_time() => (
                format!("STS refused the signature for its time: {}", clock(ahead)),
                "set this machine's clock; the code was not used".to_owned(),
            ),
            "InvalidClientTokenId" => (
                format!("AWS does not know the access key {key_id} from {key_origin}"),
                format!("it may be deleted, inactive, or of another partition than {host}"),
            ),
            "SignatureDoesNotMatch" => (
                format!("the secret access key from {key_origin} is not the one of {key_id}"),
                "correct aws_secret_access_key there; the code was not used".to_owned(),
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
            "AccessDenied" | "AccessDeniedException" => (
                format!("AWS denies this to the user of {key_id}: {}", self.message),
                "ask for the permission, or name another profile: --profile NAME".to_owned(),
            ),
            "MissingAuthenticationToken" | "IncompleteSignature" => (
                format!("{host} did not get the signature whole: {}", self.message),
                "look for a proxy that changes requests between here and AWS".to_owned(),
            ),
            _ if self.may_pass() => (
                format!("{host} can't answer now (HTTP {}): {}", self.status, self.message),
                format!("try again in a moment; {MAYBE_SPENT}"),
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
        Failure::new(status, format!("{} ({}{request})", what.trim_end(), self.code)).hint(hint)
    }

    /// Whether the same request may do later.
    fn may_pass(&self) -> bool {
        self.status >= 500 || THROTTLED.contains(&self.code.as_str())
    }
}

const THROTTLED: [&str; 7] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
];

/// How the two clocks differ, in words.
fn clock(ahead: Option<time::Duration>) -> String {
    match ahead {
        Some(ahead) => clock_difference(ahead),
        None => "this machine's clock is wrong".to_owned(),
    }
}

/// "this machine's clock is 2h 0m behind AWS's".
#[must_use]
pub fn clock_difference(ahead: time::Duration) -> String {
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    let minutes = ahead.whole_minutes().unsigned_abs();
    format!("this machine's clock is {}h {}m {side} AWS's", minutes / 60, minutes % 60)
}

/// A service that did not answer.
#[derive(Debug)]
pub struct Unreached {
    what: String,
    hint: &'static str,
    sent: Sent,
}

/// How far a request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    /// It did not leave.
    No,
    /// It may have arrived; the other side broke off.
    Perhaps,
    /// It may have arrived; there was no answer in time.
    PerhapsAndWaited,
}

impl Unreached {
    pub(super) fn new(host: &str, error: ureq::Error) -> Self {
        let (what, hint, sent) = match error {
            ureq::Error::HostNotFound => (
                format!("{host} can't be found"),
                "see whether the network is up, and the region right",
                Sent::No,
            ),
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                (format!("{host} can't be reached: no connection in 5 s"), NETWORK, Sent::No)
            }
            ureq::Error::Timeout(_) => {
                (format!("{host} did not answer in time"), LATER, Sent::PerhapsAndWaited)
            }
            ureq::Error::Io(error) => return Self::from_io(host, &error),
            ureq::Error::Rustls(error) => return Self::from_tls(host, &error.to_string()),
            ureq::Error::Tls(error) => return Self::from_tls(host, error),
            ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => (
                format!("{host} answers with more than STS ever does"),
                "look at the endpoint",
                Sent::Perhaps,
            ),
            ureq::Error::ConnectionFailed => {
                (format!("{host} can't be reached"), NETWORK, Sent::No)
            }
            error => {
                (format!("{host} does not speak HTTP as STS does: {error}"), LATER, Sent::Perhaps)
            }
        };
        Self { what, hint, sent }
    }

    fn from_io(host: &str, error: &io::Error) -> Self {
        use io::ErrorKind::{
            AddrNotAvailable, ConnectionRefused, HostUnreachable, InvalidData, NetworkDown,
            NetworkUnreachable,
        };
        match error.kind() {
            // rustls's errors come as these.
            InvalidData => Self::from_tls(host, &error.to_string()),
            ConnectionRefused | HostUnreachable | NetworkUnreachable | NetworkDown
            | AddrNotAvailable => Self {
                what: format!("{host} can't be reached: {error}"),
                hint: NETWORK,
                sent: Sent::No,
            },
            _ => Self {
                what: format!("{host} broke off the connection: {error}"),
                hint: LATER,
                sent: Sent::Perhaps,
            },
        }
    }

    fn from_tls(host: &str, error: &str) -> Self {
        let hint = match error {
            _ if error.contains("UnknownIssuer") => {
                "if TLS is inspected here, name the inspector's CA: --ca-bundle FILE, AWS_CA_BUNDLE"
            }
            _ if error.contains("xpired") || error.contains("NotValidYet") => {
                "look at this machine's clock"
            }
            _ if error.contains("NotValidForName") => "look at the endpoint",
            _ => "look for a proxy between here and AWS, and at the endpoint",
        };
        Self {
            what: format!("the TLS connection to {host} is not safe: {error}"),
            hint,
            sent: Sent::No,
        }
    }

    /// For a request without a code in it; `None` where the service was there after all, and only
    /// disliked the question.
    pub(super) fn of_probe(self) -> Option<Self> {
        (self.sent != Sent::Perhaps).then_some(Self { sent: Sent::No, ..self })
    }

    fn explain(&self) -> Failure {
        let spent = if self.sent == Sent::No { "no code was used" } else { MAYBE_SPENT };
        Failure::new(Status::Unreached, self.what.clone()).hint(format!("{}; {spent}", self.hint))
    }
}

impl From<Unreached> for Error {
    fn from(unreached: Unreached) -> Self {
        Self::Unreached(unreached)
    }
}

const NETWORK: &str = "see whether the network is up, and the endpoint right";
const LATER: &str = "try again in a moment";
const MAYBE_SPENT: &str = "the code may be spent: give the next one";
