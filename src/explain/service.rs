//! The words for errors that a service answers with: a table, and the errors outside of it.

use time::Duration;

use super::{caller::Caller, clock::clock_difference, transport::LATER};
use crate::{
    failure::{Failure, Status},
    sts::{EncodedMessage, Region, ServiceError, clocks_agree, is_temporary},
};

/// The failure for a service's error, without a word about an MFA code that may be spent.
pub(super) fn explain(
    error: &ServiceError,
    host: &str,
    clock_ahead: Option<Duration>,
    caller: Caller<'_>,
) -> Failure {
    let (what, hint) = if error.is_about_time() {
        wrong_time(clock_ahead)
    } else {
        let row = ROWS.iter().find(|row| row.matches(error, caller));
        let (what, hint) = row.map_or_else(|| other(error), |row| (row.what, row.hint));
        (what.to_owned(), hint.to_owned())
    };
    let value = |name: &str| value(name, error, host, caller);
    let what = fill(&what, value);
    // An empty message leaves a colon behind.
    let what = what.trim_end().trim_end_matches(':');
    let request = error.request_id.as_ref().map_or(String::new(), |id| format!(", request {id}"));
    let status = if error.is_temporary() { Status::Unreached } else { Status::Refused };
    let failure = Failure::new(status, format!("{what} ({}{request})", error.code));
    let failure = failure.hint(fill(&hint, value));
    match disabled_region(error, host) {
        Some(region) => failure.hint(format!(
            "is {region} enabled for the account? if not, enable it or take another --region"
        )),
        None => failure,
    }
}

/// The region, if the account may have to enable it: in a region that is not enabled, AWS knows
/// none of the account's keys.
///
/// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>
fn disabled_region(error: &ServiceError, host: &str) -> Option<Region> {
    let region: Region = host.strip_prefix("sts.")?.split('.').next()?.parse().ok()?;
    // The home region of a partition is always enabled.
    let may_be_disabled = region != Region::home_of(Some(region.partition_name()));
    (may_be_disabled && error.code == "InvalidClientTokenId").then_some(region)
}

/// The text and the hint for a signature that is too old or not valid yet.
fn wrong_time(clock_ahead: Option<Duration>) -> (String, String) {
    let what = "{host} refused the signature for its time";
    let (what, hint) = match clock_ahead {
        Some(ahead) if clocks_agree(ahead) => (
            format!("{what}, although the clocks agree"),
            "look for a proxy that holds requests back",
        ),
        Some(ahead) => (format!("{what}: {}", clock_difference(ahead)), "set this machine's clock"),
        None => (what.to_owned(), "set this machine's clock"),
    };
    (what, format!("{hint}{{unused}}"))
}

/// The text and the hint for codes that are not in the table.
fn other(error: &ServiceError) -> (&'static str, &'static str) {
    if error.is_throttling() {
        ("{host} has too much to do (HTTP {status}): {message}", "{later}{unused}")
    } else if error.is_temporary() {
        ("{host} can't answer now (HTTP {status}): {message}", LATER)
    } else {
        ("{host} refused (HTTP {status}): {message}", "see the code in the AWS documentation")
    }
}

/// Replaces each `{name}` in a template of this file, in one pass: a server's text may have braces.
fn fill(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').expect("each brace of a template is closed");
        text += &value(name);
        text += rest;
    }
    text
}

/// The value of a placeholder.
fn value(name: &str, error: &ServiceError, host: &str, caller: Caller<'_>) -> String {
    let user = |user: &str| match caller {
        Caller::Key { id, .. } if is_temporary(id) => format!("the session {id}"),
        Caller::Key { id, .. } => format!("the {user} of {id}"),
        Caller::IdentityToken { kind, .. } => format!("the bearer of the {kind}"),
    };
    match (name, caller) {
        ("host", _) => host.to_owned(),
        ("status", _) => error.status.to_string(),
        ("message", _) => error.message.clone(),
        ("later", _) => LATER.to_owned(),
        ("user", _) => user("user"),
        ("account", _) => user("account"),
        ("unused", _) if caller.has_code() => "; the code was not used".to_owned(),
        ("credential", Caller::Key { id, origin, .. }) => format!("key {id} from {origin}"),
        ("credential", Caller::IdentityToken { kind, origin }) => format!("{kind} from {origin}"),
        ("id", Caller::Key { id, .. }) => id.to_owned(),
        ("origin", Caller::Key { origin, .. }) => origin.to_string(),
        ("serial", Caller::Key { serial: Some(serial), .. }) => serial.to_owned(),
        _ => String::new(),
    }
}

/// The codes of a denial.
const DENIED: &str = "AccessDenied AccessDeniedException NotAuthorized";
const DENIAL: &str = "AWS denies this to {user}: {message}";

const LONG_TERM: &str = "name a profile with long-term keys: --profile NAME";
const NEW_SESSION: &str = "to get a new one: mfa-session --force";
const ANOTHER_TOKEN: &str = "get another one from the identity provider";

/// The words for a service's error.
struct Row {
    /// The codes, with blanks between them.
    codes: &'static str,
    /// A part of the service's message.
    message: &'static str,
    caller: Callers,
    /// What happened; a template.
    what: &'static str,
    /// What to do; a template.
    hint: &'static str,
}

/// The callers that a row is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Callers {
    Any,
    /// An access key.
    Key,
    /// An access key with an MFA code.
    Code,
    /// The access key of a session.
    Session,
}

use Callers::{Any, Code, Key, Session};

impl Row {
    fn matches(&self, error: &ServiceError, caller: Caller<'_>) -> bool {
        let is_of_caller = match self.caller {
            Any => true,
            Key => matches!(caller, Caller::Key { .. }),
            Code => caller.has_code(),
            Session => caller.has_session(),
        };
        let is_of_code = self.codes.split(' ').any(|code| code == error.code);
        is_of_caller && is_of_code && error.message.contains(self.message)
    }
}

const fn row(
    codes: &'static str,
    message: &'static str,
    caller: Callers,
    what: &'static str,
    hint: &'static str,
) -> Row {
    Row { codes, message, caller, what, hint }
}

/// The errors of the services. The first row that matches counts.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("SignatureDoesNotMatch", "should be scoped", Any,
        "{host} wants a signature for another region: {message}",
        "name the region of the endpoint: --region NAME{unused}"),
    row("SignatureDoesNotMatch", "", Key,
        "the secret access key beside {origin} is not the one of {id}",
        "correct the secret access key there{unused}"),
    row("SignatureDoesNotMatch", "", Any,
        "{host} wants a signature: {message}",
        "correct the secret access key there"),
    row("MissingAuthenticationToken IncompleteSignature", "", Any,
        "{host} did not get the signature whole: {message}",
        "look for a proxy that changes requests between here and AWS"),
    row("AccessDenied", "invalid MFA one time pass code", Code,
        "STS refused the code for {serial}",
        "each code works once, for about half a minute: give the next one"),
    row("AccessDenied", "unable to validate MFA code", Code,
        "STS does not know {serial} as an MFA device of the user of {id}",
        "compare it with `aws iam list-mfa-devices`; the code is still good"),
    row("AccessDenied", "with session credentials", Any,
        "the {credential} is itself part of a session",
        LONG_TERM),
    row("InvalidClientTokenId", "", Session,
        "AWS does not know the session {id} from {origin}",
        "is its user's key deleted or inactive, or is it of another partition? to get a new one: \
         mfa-session --force"),
    row("InvalidClientTokenId", "", Any,
        "AWS does not know the access {credential}",
        "is it deleted, inactive, or of another partition than {host}?"),
    row("ExpiredToken ExpiredTokenException", "", Session,
        "the session {id} from {origin} is over",
        NEW_SESSION),
    row("ExpiredToken ExpiredTokenException", "", Key,
        "the {credential} belongs to a session that is over",
        LONG_TERM),
    row("ExpiredToken ExpiredTokenException", "", Any,
        "the {credential} is too old: {message}",
        ANOTHER_TOKEN),
    row("IDPRejectedClaim", "", Any,
        "the identity provider takes back the {credential}: {message}",
        ANOTHER_TOKEN),
    row("InvalidIdentityToken", "", Any,
        "AWS does not believe the {credential}: {message}",
        "is its provider set up in IAM of the role's account, for this audience?"),
    row("OptInRequired", "", Any,
        "{account} is not signed up for this",
        "ask the account's administrator"),
    row(DENIED, "sts:AssumeRoleWith", Any,
        DENIAL,
        "does the role's trust policy name this provider, and this subject and audience?"),
    row(DENIED, "sts:AssumeRole", Any,
        DENIAL,
        "does the role's trust policy let this user in, and under which conditions (external id, \
         age of the MFA, tags)? is the role's name right?"),
    row(DENIED, "sts:DecodeAuthorizationMessage", Any,
        DENIAL,
        "only who has the permission sts:DecodeAuthorizationMessage may read it: name a profile \
         that has it, --profile NAME"),
    row(DENIED, "", Any,
        DENIAL,
        "ask for the permission, or name another profile: --profile NAME"),
    row("RegionDisabledException", "", Any,
        "the account has not activated STS at {host}",
        "activate it in IAM's account settings, or take another --region"),
    row("MalformedPolicyDocument", "", Any,
        "AWS can't read the session policy: {message}",
        "correct the JSON of --policy"),
    row("PackedPolicyTooLarge", "", Any,
        "the session policies and tags are too large: {message}",
        "shorten --policy, or name fewer --policy-arn and --tag"),
    row("InvalidAuthorizationMessageException", "", Any,
        "this is no message that AWS encoded: {message}",
        EncodedMessage::HINT),
    row("IDPCommunicationError", "", Any,
        "AWS can't reach the identity provider: {message}",
        LATER),
    row("ValidationError", "MaxSessionDuration", Any,
        "the role's sessions don't last that long: {message}",
        "ask for less: --duration 1h, or `duration_seconds` in the profile"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::Origin;

    fn error(code: &str) -> ServiceError {
        ServiceError {
            status: 403,
            code: code.to_owned(),
            message: String::new(),
            request_id: None,
        }
    }

    #[test]
    fn a_key_that_is_unknown_in_a_region_may_mean_that_the_region_is_disabled() {
        let unknown = error("InvalidClientTokenId");
        for host in ["sts.ap-east-1.amazonaws.com", "sts.me-south-1.api.aws"] {
            let region = host.split('.').nth(1).unwrap();
            assert_eq!(disabled_region(&unknown, host).unwrap().as_str(), region);
            assert_eq!(disabled_region(&error("AccessDenied"), host), None);
        }
        for host in [
            "sts.amazonaws.com",
            "sts.us-east-1.amazonaws.com",
            "sts.cn-north-1.amazonaws.com.cn",
            "iam.amazonaws.com",
            "127.0.0.1:4566",
        ] {
            assert_eq!(disabled_region(&unknown, host), None, "{host}");
        }
    }

    #[test]
    fn every_placeholder_has_a_value() {
        let origin = Origin::Flag("--profile");
        let key = |id| Caller::Key { id, origin: &origin, serial: None };
        for row in ROWS {
            let caller = match row.caller {
                Any => Caller::IdentityToken { kind: "SAML assertion", origin: "a file" },
                Key => key("AKIAIOSFODNN7EXAMPLE"),
                Session => key("ASIAIOSFODNN7EXAMPLE"),
                Code => Caller::Key { id: "AKIA", origin: &origin, serial: Some("GAHT12345678") },
            };
            let error = ServiceError { message: "x".to_owned(), ..error(row.codes) };
            for template in [row.what, row.hint] {
                fill(template, |name| {
                    let value = value(name, &error, "sts.example", caller);
                    assert!(!value.is_empty() || name == "unused", "{name} in {template}");
                    value
                });
            }
        }
    }

    #[test]
    fn braces_of_a_server_are_no_placeholders() {
        let error = ServiceError { message: "{host} {".to_owned(), ..error("X") };
        let origin = Origin::Flag("--profile");
        let failure = explain(&error, "h", None, Caller::with_key("AKIA", &origin));
        assert_eq!(failure.to_string(), "h refused (HTTP 403): {host} { (X)");
    }
}
