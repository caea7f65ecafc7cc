//! The operations of AWS STS, one file each.

mod assume_role;
mod assume_role_with_saml;
mod assume_role_with_web_identity;
mod assume_root;
mod decode_authorization_message;
mod get_access_key_info;
mod get_caller_identity;
mod get_federation_token;
mod get_session_token;
mod get_web_identity_token;
mod issue;
mod mfa;
mod session_policy;
mod tags;

pub(crate) use decode_authorization_message::encode_message;

use crate::answer::ServiceError;
use crate::operation::{Operation, Service};
use crate::principal::{Caller, Principal};

pub(crate) const OPERATIONS: &[Operation] = &[
    assume_role::OPERATION,
    assume_role_with_saml::OPERATION,
    assume_role_with_web_identity::OPERATION,
    assume_root::OPERATION,
    decode_authorization_message::OPERATION,
    get_access_key_info::OPERATION,
    get_caller_identity::OPERATION,
    get_federation_token::OPERATION,
    get_session_token::OPERATION,
    get_web_identity_token::OPERATION,
];

pub(crate) const SERVICE: Service = Service {
    name: "sts",
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    is_region: |_, region| is_region(region),
    check_caller,
};

/// Operations that a session of `GetSessionToken` may call, with or without MFA. Source: the
/// service model of botocore 1.44.8, documentation of `GetSessionToken`.
const ALLOWED_FOR_USER_SESSIONS: &[&str] =
    &["AssumeRole", "GetCallerIdentity", "GetWebIdentityToken"];

/// Operations that require long-term keys.
const DENIED_FOR_SESSIONS: &[&str] = &["GetFederationToken", "GetSessionToken"];

/// Refuses session credentials where AWS refuses them.
///
/// AWS's message is known for `GetSessionToken` (aws/aws-sdk-php#1876) and `GetFederationToken`
/// (fwdcloudsec/granted#151). This server uses it for the other operations too.
fn check_caller(operation: &Operation, caller: &Caller) -> Result<(), ServiceError> {
    let is_allowed = match (&caller.principal, &caller.session) {
        (_, None) => true,
        (Principal::User(_) | Principal::Root(_), Some(_)) => {
            ALLOWED_FOR_USER_SESSIONS.contains(&operation.name)
        }
        (Principal::AssumedRole { .. } | Principal::FederatedUser(_), Some(_)) => {
            !DENIED_FOR_SESSIONS.contains(&operation.name)
        }
    };
    if is_allowed {
        return Ok(());
    }
    let message = format!("Cannot call {} with session credentials", operation.name);
    Err(ServiceError::access_denied(message))
}

/// Whether it has the form of `eu-west-1` or `us-gov-east-1`.
fn is_region(region: &str) -> bool {
    let parts: Vec<_> = region.split('-').collect();
    let [words @ .., number] = &parts[..] else { return false };
    let is_word =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    words.len() >= 2 && words.iter().all(is_word) && number.parse::<u8>().is_ok()
}

/// Patterns of AWS's service model that several operations use.
const NAME: &str = r"[\w+=,.@-]*";
const ARN: &str =
    r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+";
