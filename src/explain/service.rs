//! Errors that a service answers with, in words: a table, and the errors outside of it.

use time::Duration;

use super::{caller::Caller, clock::clock_difference, transport::LATER};
use crate::{
    failure::{Failure, Status},
    origin::Origin,
    sts::{EncodedMessage, Region, ServiceError, clocks_agree},
    system::command::SET_CLOCK,
};

/// The failure for a service's error. It does not mention the MFA code.
pub(super) fn explain(
    error: &ServiceError,
    host: &str,
    clock_ahead: Option<Duration>,
    caller: Caller<'_>,
) -> Failure {
    let (what, hint) = templates(error, clock_ahead, caller);
    let value = |name: &str| match name {
        "clocks" => clock_ahead.map_or(String::new(), clock_difference),
        _ => value(name, error, host, caller),
    };
    let what = fill(what, value);
    // An empty value leaves a colon behind.
    let what = what.trim_end().trim_end_matches(':');
    let request = error.request_id.as_ref().map_or(String::new(), |id| format!(", request {id}"));
    let status = if error.is_temporary() { Status::Unreached } else { Status::Refused };
    let failure = Failure::new(status, format!("{what} ({}{request})", error.code));
    let failure = failure.hint(fill(hint, value));
    match disabled_region(error, host) {
        Some(region) => failure.hint(format!(
            "if the account has not enabled {region}, enable it or use another --region"
        )),
        None => failure,
    }
}

/// The templates of what happened and of what to do.
fn templates(
    error: &ServiceError,
    clock_ahead: Option<Duration>,
    caller: Caller<'_>,
) -> (&'static str, &'static str) {
    let of_kind = |kinds: &'static [Kind]| {
        let found = kinds.iter().find(|Kind(is_met, ..)| is_met(error, clock_ahead));
        found.map(|Kind(_, what, hint)| (*what, *hint))
    };
    let row = || {
        let found = ROWS.iter().find(|row| row.matches(error, caller));
        found.map(|Row(.., what, hint)| (*what, *hint))
    };
    let found = of_kind(ABOUT_TIME).or_else(row).or_else(|| of_kind(OTHERS));
    found.expect("the last kind is that of every error")
}

/// An error in words.
pub struct Explained {
    /// The codes of AWS's error, if it has any.
    pub codes: Vec<String>,
    /// What happened.
    pub error: String,
    /// What to do.
    pub hints: Vec<String>,
}

/// Each error with names in capitals for its values.
pub(super) fn table() -> Vec<Explained> {
    let origin = Origin::Default;
    let key = Caller::Key { id: "AKIA", origin: &origin, serial: Some("SERIAL") };
    let explained = |&Row(codes, message, applies_to, what, hint): &Row| {
        let value = |name: &str| match name {
            "credential" if !applies_to(key) => "SESSION".to_owned(),
            "message" if message.is_empty() => "…".to_owned(),
            "message" => format!("… {message} …"),
            "clocks" => "this machine's clock is wrong".to_owned(),
            name => name.to_uppercase(),
        };
        let codes = codes.split_whitespace().map(ToOwned::to_owned).collect();
        Explained { codes, error: fill(what, value), hints: vec![fill(hint, value)] }
    };
    let of_kind = |&Kind(_, what, hint): &Kind| explained(&Row("", "", ANY, what, hint));
    let rows = ROWS.iter().map(explained);
    ABOUT_TIME.iter().map(of_kind).chain(rows).chain(OTHERS.iter().map(of_kind)).collect()
}

/// The region, if the account may have to enable it: AWS knows none of the account's keys in a
/// region that is not enabled.
///
/// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>
fn disabled_region(error: &ServiceError, host: &str) -> Option<Region> {
    let region: Region = host.strip_prefix("sts.")?.split('.').next()?.parse().ok()?;
    // The home region of a partition is always enabled.
    let may_be_disabled = region != Region::home_of(Some(region.partition_name()));
    (may_be_disabled && error.code == "InvalidClientTokenId").then_some(region)
}

/// Replaces each `{name}` in a template, in one pass: a server's text may contain braces.
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
    match (name, caller) {
        ("host", _) => host.to_owned(),
        ("status", _) => error.status.to_string(),
        ("message", _) => error.message.clone(),
        ("credential", Caller::Key { id, origin, .. }) => {
            let kind = if caller.has_session() { "session" } else { "access key" };
            format!("{kind} {id} from {origin}")
        }
        ("credential", Caller::IdentityToken { kind, origin }) => format!("{kind} from {origin}"),
        ("serial", Caller::Key { serial: Some(serial), .. }) => serial.to_owned(),
        _ => String::new(),
    }
}

/// The words for a kind of errors: the condition; templates of what happened and of what to do.
struct Kind(fn(&ServiceError, Option<Duration>) -> bool, &'static str, &'static str);

/// Errors whose code does not matter.
const ABOUT_TIME: &[Kind] = &[
    Kind(
        |error, ahead| error.is_about_time() && ahead.is_some_and(clocks_agree),
        "{host} rejected the time of the signature, although the clocks agree",
        "look for a proxy that delays requests",
    ),
    Kind(
        |error, _| error.is_about_time(),
        "{host} rejected the time of the signature: {clocks}",
        SET_CLOCK,
    ),
];

/// Errors without a row.
const OTHERS: &[Kind] = &[
    Kind(
        |error, _| error.is_throttling(),
        "too many requests to {host} (HTTP {status}): {message}",
        LATER,
    ),
    Kind(
        |error, _| error.is_temporary(),
        "{host} is unavailable (HTTP {status}): {message}",
        LATER,
    ),
    Kind(
        |_, _| true,
        "{host} refused the request (HTTP {status}): {message}",
        "look up the error code in the AWS documentation",
    ),
];

/// The words for a service's error: its codes, separated by spaces; a part of its message; the
/// callers; templates of what happened and of what to do.
struct Row(&'static str, &'static str, Callers, &'static str, &'static str);

/// The callers that a row applies to.
type Callers = fn(Caller<'_>) -> bool;

const ANY: Callers = |_| true;
const KEY: Callers = |caller| matches!(caller, Caller::Key { .. });
const CODE: Callers = |caller| caller.has_code();
const SESSION: Callers = |caller| caller.has_session();

impl Row {
    fn matches(&self, error: &ServiceError, caller: Caller<'_>) -> bool {
        let Self(codes, message, applies_to, ..) = self;
        let has_code = codes.split(' ').any(|code| code == error.code);
        has_code && error.message.contains(message) && applies_to(caller)
    }
}

const DENIED: &str = "AccessDenied AccessDeniedException NotAuthorized";
const DENIAL: &str = "permission denied for the {credential}: {message}";

const LONG_TERM: &str = "name a profile with long-term keys: --profile NAME";
const NOT_FOR_MFA_SESSIONS: &str = "an MFA session may only call AssumeRole and \
                                    GetCallerIdentity in STS: name a profile with long-term keys \
                                    or a role: --profile NAME";
const ANOTHER_TOKEN: &str = "get another one from the identity provider";

/// The errors of the services. The first row that matches counts.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row("SignatureDoesNotMatch", "should be scoped", ANY,
        "{host} requires a signature for another region: {message}",
        "name the region of the endpoint: --region NAME"),
    Row("SignatureDoesNotMatch", "", KEY,
        "the secret of the {credential} is wrong",
        "correct the secret access key there"),
    Row("SignatureDoesNotMatch", "", ANY,
        "{host} requires a signature: {message}",
        "correct the secret access key there"),
    Row("MissingAuthenticationToken IncompleteSignature", "", ANY,
        "{host} received an incomplete signature: {message}",
        "look for a proxy that changes requests between here and AWS"),
    Row("AccessDenied", "invalid MFA one time pass code", CODE,
        "STS rejected the code for {serial}",
        "each code works once, for about half a minute: give the next one"),
    Row("AccessDenied", "unable to validate MFA code", CODE,
        "{serial} is not an MFA device of the user of the {credential}",
        "compare it with the output of: aws iam list-mfa-devices; the code is still valid"),
    Row("AccessDenied", "with session credentials", ANY,
        "AWS does not allow this operation for the {credential}",
        NOT_FOR_MFA_SESSIONS),
    Row("InvalidClientTokenId", "", SESSION,
        "AWS does not know the {credential}",
        "check that its user's key is active and that the partition is right; to get a new \
         session: mfa-session --force"),
    Row("InvalidClientTokenId", "", ANY,
        "AWS does not know the {credential}",
        "check that it exists, is active, and belongs to the partition of {host}"),
    Row("ExpiredToken ExpiredTokenException", "", SESSION,
        "the {credential} has expired",
        "get a new one: mfa-session --force"),
    Row("ExpiredToken ExpiredTokenException", "", KEY,
        "the {credential} belongs to an expired session",
        LONG_TERM),
    Row("ExpiredToken ExpiredTokenException", "", ANY,
        "the {credential} has expired: {message}",
        ANOTHER_TOKEN),
    Row("IDPRejectedClaim", "", ANY,
        "the identity provider rejected the {credential}: {message}",
        ANOTHER_TOKEN),
    Row("InvalidIdentityToken", "", ANY,
        "AWS rejected the {credential}: {message}",
        "check that the role's account has an IAM identity provider for the token's issuer \
         and audience"),
    Row("OptInRequired", "", ANY,
        "the account of the {credential} is not signed up for this service",
        "ask the account's administrator"),
    Row(DENIED, "sts:AssumeRoleWith", ANY,
        DENIAL,
        "check that the role's trust policy names this provider, subject and audience"),
    Row(DENIED, "sts:AssumeRole", ANY,
        DENIAL,
        "check the role's name, and that its trust policy allows this user, with its conditions \
         (external id, age of the MFA, tags)"),
    Row(DENIED, "sts:AssumeRoot", ANY,
        DENIAL,
        "check that the organization has the account; use a user or a role, not the root user, of \
         its management account or of its delegated administrator for IAM: --profile NAME"),
    Row(DENIED, "not enabled for your AWS Organization", ANY,
        DENIAL,
        "an administrator can change that: aws iam enable-organizations-root-sessions, or \
         enable-organizations-root-credentials-management"),
    Row(DENIED, "sts:DecodeAuthorizationMessage", ANY,
        DENIAL,
        "name a profile with the permission sts:DecodeAuthorizationMessage, which no MFA session \
         has: --profile NAME"),
    Row(DENIED, "", SESSION,
        DENIAL,
        "ask for the permission, or name another profile: --profile NAME; an MFA session may only \
         call AssumeRole and GetCallerIdentity in STS"),
    Row(DENIED, "", ANY,
        DENIAL,
        "ask for the permission, or name another profile: --profile NAME"),
    Row("RegionDisabledException", "", ANY,
        "the account has not activated STS at {host}",
        "activate it in IAM's account settings, or use another --region"),
    Row("SessionDurationEscalationException", "", ANY,
        "a token cannot outlive the session that requests it: {message}",
        "ask for less: --duration 5m"),
    Row("OutboundWebIdentityFederationDisabledException", "", ANY,
        "the account issues no tokens: {message}",
        "an administrator can change that: aws iam enable-outbound-web-identity-federation"),
    Row("JWTPayloadSizeExceededException", "", ANY,
        "the token would be too large: {message}",
        "give fewer or shorter --tag"),
    Row("MalformedPolicyDocument", "", ANY,
        "AWS cannot parse the session policy: {message}",
        "correct the JSON of --policy"),
    Row("PackedPolicyTooLarge", "", ANY,
        "the session policies and tags are too large: {message}",
        "shorten --policy, or name fewer --policy-arn and --tag"),
    Row("InvalidAuthorizationMessageException", "", ANY,
        "the message is not one that AWS encoded: {message}",
        EncodedMessage::HINT),
    Row("IDPCommunicationError", "", ANY,
        "AWS cannot reach the identity provider: {message}",
        LATER),
    Row("ValidationError", "MaxSessionDuration", ANY,
        "the role does not allow sessions of this duration: {message}",
        "request less: --duration 1h, or `duration_seconds` in the profile; or raise the limit: \
         aws iam update-role --role-name NAME --max-session-duration 43200"),
    Row("ValidationError", "role chaining", ANY,
        "AWS grants at most 1h of a role to a session: {message}",
        "request less: --duration 1h; only long-term keys get more"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str) -> ServiceError {
        ServiceError {
            status: 403,
            code: code.to_owned(),
            message: String::new(),
            request_id: None,
        }
    }

    #[test]
    fn an_unknown_key_may_mean_a_disabled_region() {
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
        let origin = Origin::Flag("profile");
        let callers = [
            Caller::IdentityToken { kind: "SAML assertion", origin: "a file" },
            Caller::with_key("AKIAIOSFODNN7EXAMPLE", &origin),
            Caller::with_key("ASIAIOSFODNN7EXAMPLE", &origin),
            Caller::Key { id: "AKIA", origin: &origin, serial: Some("GAHT12345678") },
        ];
        for Row(codes, _, applies_to, what, hint) in ROWS {
            let error = ServiceError { message: "x".to_owned(), ..error(codes) };
            for caller in callers.into_iter().filter(|caller| applies_to(*caller)) {
                fill(&format!("{what}{hint}"), |name| {
                    let value = value(name, &error, "sts.example", caller);
                    assert!(!value.is_empty(), "{name} in {what}");
                    value
                });
            }
        }
    }

    #[test]
    fn braces_in_a_server_message_are_not_placeholders() {
        let error = ServiceError { message: "{host} {".to_owned(), ..error("X") };
        let origin = Origin::Flag("profile");
        let failure = explain(&error, "h", None, Caller::with_key("AKIA", &origin));
        assert_eq!(failure.to_string(), "h refused the request (HTTP 403): {host} { (X)");
    }
}
