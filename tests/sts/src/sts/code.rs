//! `SerialNumber` and `TokenCode`: MFA with a call.

use crate::answer::Refusal;
use crate::constraint::Constraints;
use crate::operation::Call;
use crate::principal::{Caller, Principal};

/// Looks at the form of the two.
pub(super) fn constrain(call: &Call<'_>, constraints: &mut Constraints) {
    constraints.text("serialNumber", call.parameter("SerialNumber"), 9, 256, r"[\w+=/:,.@-]*");
    constraints.text("tokenCode", call.parameter("TokenCode"), 6, 6, r"[\d]*");
}

/// Whether there is a code; one that does not fit a device of the caller is an error.
pub(super) fn check(call: &mut Call<'_>, caller: &Caller) -> Result<bool, Refusal> {
    let (serial_number, code) = match (call.parameter("SerialNumber"), call.parameter("TokenCode"))
    {
        (Some(serial_number), Some(code)) => (serial_number, code),
        (None, None) => return Ok(false),
        _ => return Err(Refusal::access_denied(HALF_OF_IT)),
    };
    let device = match &caller.principal {
        Principal::User(name) => call.account.user_named_mut(name).device_mut(serial_number),
        Principal::AssumedRole { .. } | Principal::FederatedUser(_) => None,
    };
    let totp = device.and_then(|device| device.totp.as_mut());
    let totp = totp.ok_or_else(|| Refusal::access_denied(UNKNOWN_DEVICE))?;
    if !totp.accept(code, call.now) {
        return Err(Refusal::access_denied(WRONG_CODE));
    }
    Ok(true)
}

/// With the space at the end, as AWS sends it.
const WRONG_CODE: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
const UNKNOWN_DEVICE: &str = "MultiFactorAuthentication failed, unable to validate MFA code.  \
                              Please verify your MFA serial number is valid and associated with \
                              this user.";
const HALF_OF_IT: &str = "MultiFactorAuthentication failed, must provide both MFA serial number \
                          and one time pass code.";
