//! The serial number of an MFA device.

use std::{fmt, str::FromStr};

use crate::origin::InvalidValue;

/// `SerialNumber` in STS: the ARN of a virtual device, or the serial number of a hardware token. 9
/// to 256 characters. Not a user's ARN or a FIDO security key: STS rejects both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serial(String);

impl Serial {
    /// The serial number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition in the ARN, such as `aws-cn`; `None` for a hardware token.
    #[must_use]
    pub fn partition(&self) -> Option<&str> {
        self.0.strip_prefix("arn:")?.split(':').next()
    }
}

impl FromStr for Serial {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim();
        // The message omits the code: it may still be valid.
        if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidValue::new(
                "the value is an MFA code, not a device",
                "give the code with --code",
            ));
        }
        if let Some(arn) = text.strip_prefix("arn:") {
            check_arn(text, arn)?;
        }
        if !(9..=256).contains(&text.chars().count()) {
            return Err(invalid(text, "is not 9 to 256 characters long"));
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || "_+=/:,.@-".contains(c)) {
            return Err(invalid(
                text,
                "contains a character that is not allowed in a serial number",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Checks the rest of an ARN after `arn:`, such as `aws:iam::123456789012:mfa/alice`.
fn check_arn(text: &str, arn: &str) -> Result<(), InvalidValue> {
    let parts: Vec<&str> = arn.splitn(5, ':').collect();
    let &[partition, "iam", "", account, resource] = parts.as_slice() else {
        return Err(invalid(text, "is not the ARN of an MFA device"));
    };
    if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
        return Err(invalid(text, "has no 12-digit account id"));
    }
    match resource.split_once('/') {
        Some(("mfa", name)) if !name.is_empty() => Ok(()),
        Some(("user", path)) => Err(InvalidValue::new(
            format!("`{text}` is a user, not an MFA device"),
            format!("try {}; {FIND}", device_of_user(partition, account, path)),
        )),
        Some(("u2f", _)) => Err(InvalidValue::new(
            format!("`{text}` is a FIDO security key, which STS does not accept"),
            BESIDES_FIDO,
        )),
        Some(("sms-mfa", _)) => Err(InvalidValue::new(
            format!("`{text}` is an SMS device, which STS does not accept"),
            ADD_DEVICE,
        )),
        _ => Err(invalid(text, "is not the ARN of an MFA device")),
    }
}

fn invalid(text: &str, problem: &str) -> InvalidValue {
    InvalidValue::new(
        format!("`{text}` {problem}"),
        format!(
            "give arn:aws:iam::123456789012:mfa/NAME or a hardware token's serial number; {FIND}"
        ),
    )
}

/// The usual name of a user's device: many policies allow a user no other name.
pub(super) fn device_of_user(partition: &str, account: &str, path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    format!("arn:{partition}:iam::{account}:mfa/{name}")
}

const FIND: &str = "list your devices: aws iam list-mfa-devices";
pub(super) const ADD_DEVICE: &str = "add a virtual MFA device (an authenticator app) in IAM";
pub(super) const BESIDES_FIDO: &str = "add a virtual MFA device (an authenticator app) beside it \
                                       in IAM: a user may have eight; or sign in without codes: \
                                       aws login";

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_arns_and_hardware_token_serials() {
        for good in [
            "arn:aws:iam::123456789012:mfa/alice",
            "arn:aws-us-gov:iam::123456789012:mfa/team/al+ice=x,y.z@w-v",
            " arn:aws-cn:iam::123456789012:mfa/zoe ",
            "GAHT12345678",
        ] {
            assert_eq!(good.parse::<Serial>().unwrap().as_str(), good.trim());
        }
    }

    #[test]
    fn rejects_a_users_arn_and_suggests_a_device() {
        let invalid = "arn:aws:iam::123456789012:user/alice".parse::<Serial>().unwrap_err();
        assert_eq!(
            invalid.problem,
            "`arn:aws:iam::123456789012:user/alice` is a user, not an MFA device"
        );
        assert!(invalid.hint.contains("arn:aws:iam::123456789012:mfa/alice"));
    }

    #[test]
    fn rejects_invalid_serial_numbers() {
        for bad in [
            "",
            "12345678",
            "alice smith",
            "arn:aws:iam::123456789012:mfa/Zoë",
            "GAHT1234\u{1b}[2J",
            "arn:aws:iam::123456789012:mfa/",
            "arn:aws:iam::1234:mfa/alice",
            "arn:aws:sts::123456789012:mfa/alice",
            "arn:aws:iam::123456789012:u2f/user/alice/default-ABC",
            "arn:aws:iam::123456789012:sms-mfa/alice",
            "arn:aws",
        ] {
            assert!(bad.parse::<Serial>().is_err(), "{bad}");
        }
        assert!("x".repeat(257).parse::<Serial>().is_err());
    }
}
