//! The parameters `SerialNumber` and `TokenCode`: MFA in a request.

use crate::answer::ServiceError;
use crate::constraint::Constraints;
use crate::operation::Call;
use crate::principal::Caller;

/// Checks the form of both parameters.
pub(super) fn constrain(call: &Call<'_>, constraints: &mut Constraints) {
    constraints.text("serialNumber", call.parameter("SerialNumber"), 9, 256, r"[\w+=/:,.@-]*");
    constraints.text("tokenCode", call.parameter("TokenCode"), 6, 6, r"[\d]*");
}

/// Uses up the code. Returns whether the request has one; a code that is not valid for a device of
/// the caller is an error.
pub(super) fn verify(call: &mut Call<'_>, caller: &Caller) -> Result<bool, ServiceError> {
    let (serial_number, code) = match (call.parameter("SerialNumber"), call.parameter("TokenCode"))
    {
        (Some(serial_number), Some(code)) => (serial_number, code),
        (None, None) => return Ok(false),
        _ => return Err(ServiceError::access_denied(INCOMPLETE)),
    };
    let user = call.account.user_of_mut(&caller.principal);
    let device = user.and_then(|user| user.device_mut(serial_number));
    let totp = device.and_then(|device| device.totp.as_mut());
    let totp = totp.ok_or_else(|| ServiceError::access_denied(UNKNOWN_DEVICE))?;
    if !totp.accept(code, call.now) {
        return Err(ServiceError::access_denied(WRONG_CODE));
    }
    Ok(true)
}

/// AWS sends the trailing space.
const WRONG_CODE: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
const UNKNOWN_DEVICE: &str = "MultiFactorAuthentication failed, unable to validate MFA code.  \
                              Please verify your MFA serial number is valid and associated with \
                              this user.";
const INCOMPLETE: &str = "MultiFactorAuthentication failed, must provide both MFA serial number \
                          and one time pass code.";
