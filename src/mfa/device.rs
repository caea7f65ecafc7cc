//! The MFA device: its serial number, and the choice among the devices that IAM lists.

use std::{fmt, str::FromStr};

use super::CodeSource;
use crate::{
    explain::{Caller, explain},
    failure::{Failure, Status},
    message,
    origin::{InvalidValue, Sourced},
    sts::{Client, Endpoint, ListMfaDevices, Signer, SigningKey},
};

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
        Some(("user", name)) => Err(InvalidValue::new(
            format!("`{text}` is a user, not an MFA device"),
            format!("try arn:{partition}:iam::{account}:mfa/{name}; {FIND}"),
        )),
        Some(("u2f", _)) => Err(InvalidValue::new(
            format!("`{text}` is a FIDO security key, which STS does not accept"),
            "add a virtual MFA device (an authenticator app) in IAM; the key can stay",
        )),
        Some(("sms-mfa", _)) => Err(InvalidValue::new(
            format!("`{text}` is an SMS device, which STS does not accept"),
            "add a virtual MFA device (an authenticator app) in IAM",
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

const FIND: &str = "list your devices: aws iam list-mfa-devices";

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Finds the user's MFA device in IAM. Prompts for a choice if several devices are usable.
pub(crate) fn find_device(
    client: &Client,
    iam: &Endpoint,
    key: &Sourced<SigningKey>,
    code_source: &mut dyn CodeSource,
) -> Result<Serial, Failure> {
    let listed = list_devices(client, iam, key)?;
    let usable = usable_devices(&listed)?;
    let is_ignored = |serial: &&str| serial.parse::<Serial>().is_err();
    let ignored: Vec<&str> = listed.iter().map(String::as_str).filter(is_ignored).collect();
    if !ignored.is_empty() {
        let names = ignored.join(", ");
        message::info(format_args!("ignoring MFA devices that STS does not accept: {names}"));
    }
    if let [serial] = usable.as_slice() {
        return Ok(serial.clone());
    }
    let names: Vec<&str> = usable.iter().map(Serial::as_str).collect();
    match code_source.choose("which MFA device?", &names)? {
        Some(index) => Ok(usable[index].clone()),
        None => Err(ambiguous_device(&usable)),
    }
}

/// The serial numbers of the user's devices, of all kinds.
fn list_devices(
    client: &Client,
    iam: &Endpoint,
    key: &Sourced<SigningKey>,
) -> Result<Vec<String>, Failure> {
    let mut serials = Vec::new();
    let mut page = ListMfaDevices::default();
    for _ in 0..MAX_PAGES {
        let signer = Signer::Key(&key.value, None);
        let devices = client.call(&page, iam, signer).map_err(|error| {
            explain(&error, Caller::with_key(key.value.id(), &key.origin))
                .hint("or name the MFA device: --serial ARN, MFA_SESSION_SERIAL")
        })?;
        serials.extend(devices.serials);
        serials.truncate(MAX_DEVICES);
        match devices.marker {
            Some(marker) => page.marker = Some(marker),
            None => break,
        }
    }
    Ok(serials)
}

/// A user has at most eight devices, a page up to a hundred: only a hostile server sends more.
const MAX_PAGES: usize = 10;
const MAX_DEVICES: usize = 50;

/// The listed devices that STS accepts. Fails if STS accepts none.
pub fn usable_devices(listed: &[String]) -> Result<Vec<Serial>, Failure> {
    let usable: Vec<Serial> = listed.iter().filter_map(|serial| serial.parse().ok()).collect();
    if !usable.is_empty() {
        return Ok(usable);
    }
    if listed.is_empty() {
        return Err(Failure::new(Status::Local, "the user has no MFA device")
            .hint("add a virtual MFA device (an authenticator app) in IAM"));
    }
    let what = format!("STS accepts none of the user's MFA devices: {}", listed.join(", "));
    Err(Failure::new(Status::Local, what)
        .hint("add a virtual MFA device (an authenticator app) in IAM; a FIDO key can stay"))
}

/// The failure for several usable devices without a prompt.
#[must_use]
pub fn ambiguous_device(devices: &[Serial]) -> Failure {
    let names: Vec<&str> = devices.iter().map(Serial::as_str).collect();
    Failure::new(Status::Local, format!("the user has several MFA devices: {}", names.join(", ")))
        .hint("name one: --serial ARN, or `mfa_serial = ARN` in the profile")
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

    #[test]
    fn fido_keys_are_not_usable() {
        let fido = "arn:aws:iam::123456789012:u2f/user/alice/default-ABC".to_owned();
        let app = "arn:aws:iam::123456789012:mfa/alice".to_owned();
        assert_eq!(usable_devices(&[fido.clone(), app.clone()]).unwrap()[0].as_str(), app);
        assert!(usable_devices(&[]).is_err());
        assert!(usable_devices(&[fido]).is_err());
        assert_eq!(usable_devices(&[app.clone(), "GAHT12345678".into()]).unwrap().len(), 2);
    }
}
