//! Users, their long-term keys and their MFA devices.

use data_encoding::{BASE32, BASE32_NOPAD};

use crate::account::ACCOUNT_ID;
use crate::principal::Credentials;
use crate::sample::ROOT;
use crate::totp::Totp;

/// A user, or the account's root.
#[derive(Clone)]
pub struct User {
    pub(crate) name: String,
    pub(crate) keys: Vec<Credentials>,
    pub(crate) devices: Vec<Device>,
    pub(crate) withheld: Vec<String>,
}

impl User {
    /// A user without keys and devices.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), keys: Vec::new(), devices: Vec::new(), withheld: Vec::new() }
    }

    /// The root user, without keys and devices.
    #[must_use]
    pub fn root() -> Self {
        Self::new(ROOT.name)
    }

    /// Adds long-term keys: access key id and secret access key.
    #[must_use]
    pub fn key(mut self, access_key_id: &str, secret_access_key: &str) -> Self {
        self.keys.push(Credentials {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session: None,
        });
        self
    }

    /// Adds an MFA device.
    #[must_use]
    pub fn device(mut self, device: Device) -> Self {
        self.devices.push(device);
        self
    }

    /// Takes from the user the permission for an action, such as `sts:DecodeAuthorizationMessage`.
    #[must_use]
    pub fn withhold(mut self, action: &str) -> Self {
        self.withheld.push(action.into());
        self
    }

    pub(crate) fn is_root(&self) -> bool {
        self.name == ROOT.name
    }

    /// The unique id: the account's for root, else `AIDA` and what fits of the name.
    pub(crate) fn id(&self) -> String {
        if self.is_root() {
            return ACCOUNT_ID.into();
        }
        let letters = BASE32.encode(self.name.as_bytes()).replace('=', "A");
        format!("AIDA{letters:A<17.17}")
    }

    pub(crate) fn device_mut(&mut self, serial_number: &str) -> Option<&mut Device> {
        self.devices.iter_mut().find(|device| device.serial_number == serial_number)
    }
}

/// An MFA device.
#[derive(Clone)]
pub struct Device {
    pub(crate) serial_number: String,
    pub(crate) totp: Option<Totp>,
}

impl Device {
    /// A device with codes: a virtual one, whose serial number is an ARN, or a hardware one, whose
    /// serial number is bare.
    ///
    /// # Panics
    ///
    /// Where the seed is not base32 without padding.
    #[must_use]
    pub fn totp(serial_number: &str, seed: &str) -> Self {
        let seed = BASE32_NOPAD.decode(seed.as_bytes()).expect("a seed is base32");
        Self { serial_number: serial_number.into(), totp: Some(Totp::new(seed)) }
    }

    /// A FIDO key or passkey, which has no codes.
    #[must_use]
    pub fn fido(serial_number: &str) -> Self {
        Self { serial_number: serial_number.into(), totp: None }
    }
}
