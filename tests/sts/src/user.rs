//! Users with their long-term keys and their MFA devices.

use data_encoding::{BASE32, BASE32_NOPAD};

use crate::account::ACCOUNT_ID;
use crate::principal::{Credentials, Principal};
use crate::sample::ROOT;
use crate::totp::Totp;

/// An IAM user, or the root user of the account.
#[derive(Clone)]
pub struct User {
    pub(crate) name: String,
    pub(crate) keys: Vec<Credentials>,
    pub(crate) devices: Vec<Device>,
    pub(crate) denied_actions: Vec<String>,
}

impl User {
    /// A user without keys and devices.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let (keys, devices, denied_actions) = (Vec::new(), Vec::new(), Vec::new());
        Self { name: name.into(), keys, devices, denied_actions }
    }

    /// The root user, without keys and devices.
    #[must_use]
    pub fn root() -> Self {
        Self::new(ROOT.name)
    }

    /// Adds long-term keys.
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

    /// Denies an action, such as `sts:DecodeAuthorizationMessage`. Everything else is allowed.
    #[must_use]
    pub fn deny(mut self, action: &str) -> Self {
        self.denied_actions.push(action.into());
        self
    }

    pub(crate) fn principal(&self) -> Principal {
        if self.name == ROOT.name {
            Principal::Root(ACCOUNT_ID.into())
        } else {
            Principal::User(self.name.clone())
        }
    }

    /// The unique ID: `AIDA` and 17 characters made of the name.
    pub(crate) fn id(&self) -> String {
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
    /// A device with codes. The serial number of a virtual device is an ARN.
    ///
    /// # Panics
    ///
    /// If the seed is not base32 without padding.
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
