//! Finds the MFA device in IAM if none is known, and explains what to do if it is the wrong one.

use super::{
    CodeSource, Serial,
    device::{ADD_DEVICE, BESIDES_FIDO, device_of_user},
};
use crate::{
    explain::{Caller, explain},
    failure::{Failure, Status},
    message,
    origin::{Origin, Sourced},
    session_profile,
    sts::{self, Client, Endpoint, GetCallerIdentity, ListMfaDevices, Signer, SigningKey},
};

/// Finds the user's MFA device in IAM. Prompts for a choice if several devices are usable.
pub(crate) fn find_device(
    client: &Client,
    sts: &Endpoint,
    iam: &Endpoint,
    key: &Sourced<SigningKey>,
    code_source: &mut dyn CodeSource,
) -> Result<Serial, Failure> {
    let listed = list_devices(client, iam, key).map_err(|error| {
        let failure = explain(&error, Caller::with_key(key.value.id(), &key.origin));
        let likely = if error.is_denial() { likely_device(client, sts, key) } else { None };
        match likely {
            Some(serial) => failure.first_hint(likely_hint(&serial, &key.origin)),
            None => failure.hint("or name the MFA device: --serial ARN, MFA_SESSION_SERIAL"),
        }
    })?;
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
) -> Result<Vec<String>, sts::Error> {
    let mut serials = Vec::new();
    let mut page = ListMfaDevices::default();
    for _ in 0..MAX_PAGES {
        let devices = client.call(&page, iam, Signer::Key(&key.value, None))?;
        serials.extend(devices.serials);
        serials.truncate(MAX_DEVICES);
        match devices.marker {
            Some(marker) => page.marker = Some(marker),
            None => break,
        }
    }
    Ok(serials)
}

/// The device that the user most likely has. GetCallerIdentity needs no permission.
fn likely_device(client: &Client, sts: &Endpoint, key: &Sourced<SigningKey>) -> Option<Serial> {
    let identity = client.call(&GetCallerIdentity, sts, Signer::Key(&key.value, None)).ok()?;
    let (partition, rest) = identity.arn.strip_prefix("arn:")?.split_once(":iam::")?;
    let (account, user) = rest.split_once(":user/")?;
    device_of_user(partition, account, user).parse().ok()
}

fn likely_hint(serial: &Serial, key: &Origin) -> String {
    let likely = format!("your MFA device is probably {serial}");
    match key {
        Origin::Key { section, file, .. } => format!(
            "{likely}: add the line `mfa_serial = {serial}` to [{section}] of {}",
            file.display()
        ),
        _ => format!("{likely}: set MFA_SESSION_SERIAL={serial}"),
    }
}

/// Whether a device is remembered from the last session.
pub(crate) fn is_remembered(origin: &Origin) -> bool {
    matches!(origin, Origin::Key { key, .. } if *key == session_profile::SERIAL)
}

/// Adds how to use another device, if STS accepts no code of a remembered one.
pub(crate) fn explain_device(
    failure: Failure,
    error: &sts::Error,
    serial: Option<&Sourced<Serial>>,
) -> Failure {
    match serial.map(|serial| &serial.origin) {
        Some(origin @ Origin::Key { section, .. })
            if is_remembered(origin) && (error.is_unknown_device() || error.is_wrong_code()) =>
        {
            failure.hint(format!(
                "this device is remembered from the session in [{section}]; use another one: \
                 --serial ARN, or forget it: mfa-session clear --profile {}",
                message::word(section)
            ))
        }
        _ => failure,
    }
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
        return Err(Failure::new(Status::Local, "the user has no MFA device").hint(ADD_DEVICE));
    }
    let what = format!("STS accepts none of the user's MFA devices: {}", listed.join(", "));
    Err(Failure::new(Status::Local, what).hint(BESIDES_FIDO))
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
    fn fido_keys_are_not_usable() {
        let fido = "arn:aws:iam::123456789012:u2f/user/alice/default-ABC".to_owned();
        let app = "arn:aws:iam::123456789012:mfa/alice".to_owned();
        assert_eq!(usable_devices(&[fido.clone(), app.clone()]).unwrap()[0].as_str(), app);
        assert!(usable_devices(&[]).is_err());
        assert!(usable_devices(&[fido]).is_err());
        assert_eq!(usable_devices(&[app.clone(), "GAHT12345678".into()]).unwrap().len(), 2);
    }
}
