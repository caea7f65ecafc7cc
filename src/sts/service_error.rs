//! An error that a service answers with: what it means, told in plain words with the next step.
//!
//! The codes are those of the [common errors] and of each operation; one code stands for several
//! mistakes (`AccessDenied`, `SignatureDoesNotMatch`), so that the message decides, too.
//!
//! [common errors]: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html

use super::{Caller, EncodedMessage, Region, connection::agree};
use crate::{
    credentials::is_temporary,
    failure::{Failure, Status},
    message::format_duration,
};

/// An error that a service answers with.
#[derive(Debug, PartialEq, Eq)]
pub struct ServiceError {
    /// The HTTP status. It decides nothing: AWS's own pages disagree about it.
    pub status: u16,
    /// The error code, such as `AccessDenied`.
    pub code: String,
    /// The explanation, in AWS's words.
    pub message: String,
    /// What AWS's support asks for.
    pub request_id: Option<String>,
}

impl ServiceError {
    pub(super) fn is_wrong_code(&self) -> bool {
        self.code == "AccessDenied" && self.message.contains("invalid MFA one time pass code")
    }

    /// The message of a signature that is too old, or not yet good.
    pub(super) fn is_about_time(&self) -> bool {
        self.code == "RequestExpired"
            || self.message.starts_with("Signature expired")
            || self.message.starts_with("Signature not yet current")
    }

    pub(super) fn explain(
        &self,
        asked: Caller<'_>,
        host: &str,
        ahead: Option<time::Duration>,
    ) -> Failure {
        let (what, hint) = self
            .about_signature(asked, host, ahead)
            .or_else(|| self.about_identity(asked, host))
            .or_else(|| self.about_permission(asked))
            .unwrap_or_else(|| self.about_request(asked, host));
        let status = if self.may_pass() { Status::Unreached } else { Status::Refused };
        let request = match &self.request_id {
            Some(id) => format!(", request {id}"),
            None => String::new(),
        };
        // A message that is empty leaves a colon behind.
        let what = what.trim_end().trim_end_matches(':');
        let failure = Failure::new(status, format!("{what} ({}{request})", self.code)).hint(hint);
        let failure = match self.opt_in(host) {
            Some(hint) => failure.hint(hint),
            None => failure,
        };
        let is_certain = status == Status::Refused || self.is_throttled();
        if is_certain { failure } else { asked.may_have_spent_its_code(failure) }
    }

    /// In a region that the account has not enabled, no key of it is known.
    ///
    /// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>
    fn opt_in(&self, host: &str) -> Option<String> {
        let region: Region = host.strip_prefix("sts.")?.split('.').next()?.parse().ok()?;
        // The home of a partition is always enabled.
        let may_be_off = region != Region::home_of(Some(region.partition_name()));
        (may_be_off && self.code == "InvalidClientTokenId").then(|| {
            format!(
                "is {region} enabled for the account? if not, enable it or take another --region"
            )
        })
    }

    /// What is wrong with the signature: nothing else was looked at.
    fn about_signature(
        &self,
        asked: Caller<'_>,
        host: &str,
        ahead: Option<time::Duration>,
    ) -> Option<(String, String)> {
        let unused = asked.unused_code();
        let (what, hint) = match self.code.as_str() {
            _ if self.is_about_time() => about_time(host, ahead),
            "SignatureDoesNotMatch" if self.message.contains("should be scoped") => (
                format!("{host} wants a signature for another region: {}", self.message),
                "name the region of the endpoint: --region NAME".to_owned(),
            ),
            "SignatureDoesNotMatch" => (
                match asked {
                    Caller::Key { id, origin, .. } => {
                        format!("the secret access key beside {origin} is not the one of {id}")
                    }
                    Caller::Proof { .. } => format!("{host} wants a signature: {}", self.message),
                },
                "correct the secret access key there".to_owned(),
            ),
            "MissingAuthenticationToken" | "IncompleteSignature" => {
                return Some((
                    format!("{host} did not get the signature whole: {}", self.message),
                    "look for a proxy that changes requests between here and AWS".to_owned(),
                ));
            }
            _ => return None,
        };
        Some((what, format!("{hint}{unused}")))
    }

    /// What is wrong with the key, the code or the token that proves who asks.
    fn about_identity(&self, asked: Caller<'_>, host: &str) -> Option<(String, String)> {
        let proof = asked.proof();
        let told = match (self.code.as_str(), asked) {
            (_, Caller::Key { serial: Some(serial), .. }) if self.is_wrong_code() => (
                format!("STS refused the code for {serial}"),
                "each code works once, for about half a minute: give the next one".to_owned(),
            ),
            ("AccessDenied", Caller::Key { id, serial: Some(serial), .. })
                if self.message.contains("unable to validate MFA code") =>
            {
                (
                    format!("STS does not know {serial} as an MFA device of the user of {id}"),
                    "compare it with `aws iam list-mfa-devices`; the code is still good".to_owned(),
                )
            }
            ("AccessDenied", _) if self.message.contains("with session credentials") => {
                (format!("the {proof} is itself part of a session"), LONG_TERM.to_owned())
            }
            ("InvalidClientTokenId", Caller::Key { id, origin, .. }) if is_temporary(id) => (
                format!("AWS does not know the session {id} from {origin}"),
                format!(
                    "is its user's key deleted or inactive, or is it of another partition? \
                     {NEW_SESSION}"
                ),
            ),
            ("InvalidClientTokenId", _) => (
                format!("AWS does not know the access {proof}"),
                format!("is it deleted, inactive, or of another partition than {host}?"),
            ),
            ("ExpiredToken" | "ExpiredTokenException", Caller::Key { id, origin, .. })
                if is_temporary(id) =>
            {
                (format!("the session {id} from {origin} is over"), NEW_SESSION.to_owned())
            }
            ("ExpiredToken" | "ExpiredTokenException", Caller::Key { .. }) => {
                (format!("the {proof} belongs to a session that is over"), LONG_TERM.to_owned())
            }
            ("ExpiredToken" | "ExpiredTokenException", _) => {
                (format!("the {proof} is too old: {}", self.message), ANOTHER_PROOF.to_owned())
            }
            ("IDPRejectedClaim", _) => (
                format!("the identity provider takes back the {proof}: {}", self.message),
                ANOTHER_PROOF.to_owned(),
            ),
            ("InvalidIdentityToken", _) => (
                format!("AWS does not believe the {proof}: {}", self.message),
                "is its provider set up in IAM of the role's account, for this audience?"
                    .to_owned(),
            ),
            _ => return None,
        };
        Some(told)
    }

    /// What is not allowed to whom.
    fn about_permission(&self, asked: Caller<'_>) -> Option<(String, String)> {
        let who = asked.who();
        let hint = match self.code.as_str() {
            "OptInRequired" => {
                let account = who.replacen("the user", "the account", 1);
                let what = format!("{account} is not signed up for this");
                return Some((what, "ask the account's administrator".to_owned()));
            }
            "AccessDenied" | "AccessDeniedException" | "NotAuthorized" => self.permission(),
            _ => return None,
        };
        Some((format!("AWS denies this to {who}: {}", self.message), hint.to_owned()))
    }

    fn permission(&self) -> &'static str {
        let action = |action: &str| self.message.contains(action);
        if action("sts:AssumeRoleWith") {
            "does the role's trust policy name this provider, and this subject and audience?"
        } else if action("sts:AssumeRole") {
            "does the role's trust policy let this user in, and under which conditions (external \
             id, age of the MFA, tags)? is the role's name right?"
        } else if action("sts:DecodeAuthorizationMessage") {
            "only who has the permission sts:DecodeAuthorizationMessage may read it: name a \
             profile that has it, --profile NAME"
        } else {
            "ask for the permission, or name another profile: --profile NAME"
        }
    }

    /// What is wrong with the question, or with the service.
    fn about_request(&self, asked: Caller<'_>, host: &str) -> (String, String) {
        let (status, message) = (self.status, &self.message);
        let (what, hint) = match self.code.as_str() {
            "RegionDisabledException" => (
                format!("the account has not activated STS at {host}"),
                "activate it in IAM's account settings, or take another --region",
            ),
            "MalformedPolicyDocument" => (
                format!("AWS can't read the session policy: {message}"),
                "correct the JSON of --policy",
            ),
            "PackedPolicyTooLarge" => (
                format!("the session policies and tags are too large: {message}"),
                "shorten --policy, or name fewer --policy-arn and --tag",
            ),
            "InvalidAuthorizationMessageException" => {
                (format!("this is no message that AWS encoded: {message}"), EncodedMessage::HINT)
            }
            "IDPCommunicationError" => {
                (format!("AWS can't reach the identity provider: {message}"), LATER)
            }
            "ValidationError" if message.contains("MaxSessionDuration") => (
                format!("the role's sessions don't last that long: {message}"),
                "ask for less: --duration 1h, or `duration_seconds` in the profile",
            ),
            _ if self.is_throttled() => {
                let what = format!("{host} has too much to do (HTTP {status}): {message}");
                return (what, format!("{LATER}{}", asked.unused_code()));
            }
            _ if self.may_pass() => {
                (format!("{host} can't answer now (HTTP {status}): {message}"), LATER)
            }
            _ => (
                format!("{host} refused (HTTP {status}): {message}"),
                "see the code in the AWS documentation",
            ),
        };
        (what, hint.to_owned())
    }

    /// Then it was not looked at any further.
    pub(super) fn is_throttled(&self) -> bool {
        THROTTLED.contains(&self.code.as_str())
    }

    /// Whether it is the service that failed, at a point that nobody knows.
    pub(super) fn is_of_the_service(&self) -> bool {
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
const FAILED: [&str; 4] = [
    "IDPCommunicationError",
    "PriorRequestNotComplete",
    "RequestTimeout",
    "RequestTimeoutException",
];

/// The same, whatever the code.
pub(super) const PASSING: [u16; 4] = [500, 502, 503, 504];

/// What a signature that is out of its time comes from, and what to do.
fn about_time(host: &str, ahead: Option<time::Duration>) -> (String, String) {
    let refused = format!("{host} refused the signature for its time");
    match ahead {
        Some(ahead) if agree(ahead) => (
            format!("{refused}, although the clocks agree"),
            "look for a proxy that holds requests back".to_owned(),
        ),
        ahead => (
            match ahead {
                Some(ahead) => format!("{refused}: {}", clock_difference(ahead)),
                None => refused,
            },
            "set this machine's clock".to_owned(),
        ),
    }
}

/// "this machine's clock is 2h 5m behind AWS's".
#[must_use]
pub fn clock_difference(ahead: time::Duration) -> String {
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    format!("this machine's clock is {} {side} AWS's", format_duration(ahead.abs()))
}

const LONG_TERM: &str = "name a profile with long-term keys: --profile NAME";
const NEW_SESSION: &str = "to get a new one: mfa-session --force";
const ANOTHER_PROOF: &str = "get another one from the identity provider";
const LATER: &str = "try again in a moment";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_region_may_be_off_that_is_asked() {
        let refusal = |code: &str| ServiceError {
            status: 403,
            code: code.to_owned(),
            message: String::new(),
            request_id: None,
        };
        let unknown = refusal("InvalidClientTokenId");
        for host in ["sts.ap-east-1.amazonaws.com", "sts.me-south-1.api.aws"] {
            let region = host.split('.').nth(1).unwrap();
            assert!(unknown.opt_in(host).unwrap().starts_with(&format!("is {region} enabled ")));
            assert_eq!(refusal("AccessDenied").opt_in(host), None);
        }
        for host in [
            "sts.amazonaws.com",
            "sts.us-east-1.amazonaws.com",
            "sts.cn-north-1.amazonaws.com.cn",
            "iam.amazonaws.com",
            "127.0.0.1:4566",
        ] {
            assert_eq!(unknown.opt_in(host), None, "{host}");
        }
    }
}
