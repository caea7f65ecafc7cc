//! The operations of AWS STS, a file each.

mod assume_role;
mod assume_role_with_saml;
mod assume_role_with_web_identity;
mod code;
mod decode_authorization_message;
mod get_access_key_info;
mod get_caller_identity;
mod get_federation_token;
mod get_session_token;
mod issue;
mod session_policy;

pub(crate) use assume_role::ASSUME_ROLE;
pub(crate) use assume_role_with_saml::ASSUME_ROLE_WITH_SAML;
pub(crate) use assume_role_with_web_identity::ASSUME_ROLE_WITH_WEB_IDENTITY;
pub(crate) use decode_authorization_message::{DECODE_AUTHORIZATION_MESSAGE, encode};
pub(crate) use get_access_key_info::GET_ACCESS_KEY_INFO;
pub(crate) use get_caller_identity::GET_CALLER_IDENTITY;
pub(crate) use get_federation_token::GET_FEDERATION_TOKEN;
pub(crate) use get_session_token::GET_SESSION_TOKEN;

use crate::operation::Service;

pub(crate) const SERVICE: Service = Service {
    name: "sts",
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    is_region: |_, region| is_region(region),
    admits: |_| true,
};

/// Whether it looks like `eu-west-1` or `us-gov-east-1`.
fn is_region(region: &str) -> bool {
    let parts: Vec<_> = region.split('-').collect();
    let [words @ .., number] = &parts[..] else { return false };
    let is_word =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    words.len() >= 2 && words.iter().all(is_word) && number.parse::<u8>().is_ok()
}

/// The patterns of AWS's model for what several operations take.
const NAME: &str = r"[\w+=,.@-]*";
const ARN: &str =
    r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+";

/// What sessions of users and federated users last where nobody says.
const DEFAULT_SECONDS: i64 = 43_200;
/// What they last at most where root asks, whatever it asks for.
const MOST_SECONDS_FOR_ROOT: i64 = 3_600;
