//! The operations of AWS STS.

use time::{Duration, OffsetDateTime};

use crate::account::{ACCOUNT_ID, Credentials, Session};
use crate::answer::{Element, Refusal};
use crate::clock::{self, ISO_8601};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation, Service};
use crate::random;

pub(crate) const SERVICE: Service = Service {
    name: "sts",
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    is_region: |_, region| is_region(region),
    admits: |_| true,
};

/// Who signed the request; whoever can sign may ask.
pub(crate) const GET_CALLER_IDENTITY: Operation =
    Operation { name: "GetCallerIdentity", service: SERVICE, run: get_caller_identity };

/// A session for a user with long-term keys, with MFA where a code is given.
pub(crate) const GET_SESSION_TOKEN: Operation =
    Operation { name: "GetSessionToken", service: SERVICE, run: get_session_token };

#[expect(clippy::unnecessary_wraps, reason = "other operations can fail")]
fn get_caller_identity(call: &mut Call<'_>) -> Result<Vec<Element>, Refusal> {
    let user = &call.account.users[call.caller];
    Ok(vec![
        Element::text("Arn", &call.account.arn_of(user)),
        Element::text("UserId", &user.id()),
        Element::text("Account", ACCOUNT_ID),
    ])
}

fn get_session_token(call: &mut Call<'_>) -> Result<Vec<Element>, Refusal> {
    if call.session.is_some() {
        let message = "Cannot call GetSessionToken with session credentials";
        return Err(Refusal::access_denied(message));
    }
    let mut constraints = Constraints::default();
    let seconds = call.parameter("DurationSeconds");
    let seconds = constraints.number("durationSeconds", seconds, 900, 129_600)?;
    constraints.text("serialNumber", call.parameter("SerialNumber"), 9, 256, r"[\w+=/:,.@-]*");
    constraints.text("tokenCode", call.parameter("TokenCode"), 6, 6, r"[\d]*");
    constraints.met()?;

    let has_mfa = check_code(call)?;
    let mut seconds = seconds.unwrap_or(DEFAULT_SECONDS);
    if call.account.users[call.caller].is_root() {
        seconds = seconds.min(MOST_SECONDS_FOR_ROOT);
    }
    Ok(vec![issue(call, call.now + Duration::seconds(seconds), has_mfa)])
}

/// Whether there is a code; one that does not fit is an error.
fn check_code(call: &mut Call<'_>) -> Result<bool, Refusal> {
    let (serial_number, code) = match (call.parameter("SerialNumber"), call.parameter("TokenCode"))
    {
        (Some(serial_number), Some(code)) => (serial_number.to_owned(), code.to_owned()),
        (None, None) => return Ok(false),
        _ => return Err(Refusal::access_denied(HALF_OF_IT)),
    };
    let user = &mut call.account.users[call.caller];
    let device = user.device_mut(&serial_number);
    let totp = device.and_then(|device| device.totp.as_mut());
    let totp = totp.ok_or_else(|| Refusal::access_denied(UNKNOWN_DEVICE))?;
    if !totp.accept(&code, call.now) {
        return Err(Refusal::access_denied(WRONG_CODE));
    }
    Ok(true)
}

/// Makes temporary keys for the caller, and the `Credentials` element that tells them.
fn issue(call: &mut Call<'_>, expiration: OffsetDateTime, has_mfa: bool) -> Element {
    let grant = call.grant;
    let credentials = Credentials {
        access_key_id: grant.access_key_id.text_or(random::access_key_id),
        secret_access_key: grant.secret_access_key.text_or(random::secret_access_key),
        session: None,
    };
    let token = grant.session_token.text_or(random::session_token);
    let told = grant.expiration.text_or(|| clock::format(expiration, ISO_8601));
    let parts = [
        grant.access_key_id.element("AccessKeyId", &credentials.access_key_id),
        grant.secret_access_key.element("SecretAccessKey", &credentials.secret_access_key),
        grant.session_token.element("SessionToken", &token),
        grant.expiration.element("Expiration", &told),
    ];
    let session = Some(Session { token, expiration, has_mfa });
    call.account.users[call.caller].keys.push(Credentials { session, ..credentials });
    Element::node("Credentials", parts.into_iter().flatten())
}

/// Whether it looks like `eu-west-1` or `us-gov-east-1`.
fn is_region(region: &str) -> bool {
    let parts: Vec<_> = region.split('-').collect();
    let [words @ .., number] = &parts[..] else { return false };
    let is_word =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    words.len() >= 2 && words.iter().all(is_word) && number.parse::<u8>().is_ok()
}

const DEFAULT_SECONDS: i64 = 43_200;
const MOST_SECONDS_FOR_ROOT: i64 = 3_600;

/// With the space at the end, as AWS sends it.
const WRONG_CODE: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
const UNKNOWN_DEVICE: &str = "MultiFactorAuthentication failed, unable to validate MFA code.  \
                              Please verify your MFA serial number is valid and associated with \
                              this user.";
const HALF_OF_IT: &str = "MultiFactorAuthentication failed, must provide both MFA serial number \
                          and one time pass code.";
