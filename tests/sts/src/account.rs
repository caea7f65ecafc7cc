//! The account: its users, their keys and MFA devices, and the sessions granted so far.

use data_encoding::{BASE32, BASE32_NOPAD};
use time::OffsetDateTime;

use crate::totp::Totp;

/// The one account's id.
pub const ACCOUNT_ID: &str = "123456789012";

/// A user whose keys and virtual MFA device are known to all who read this, so that documentation,
/// tests and people can name them.
#[derive(Clone, Copy)]
pub struct Sample {
    /// The user's name, empty for the root user.
    pub name: &'static str,
    /// `AKIA` and 16 characters.
    pub access_key_id: &'static str,
    /// 40 characters, some of which must be encoded in a URL.
    pub secret_access_key: &'static str,
    /// The ARN of the virtual device in partition `aws`.
    pub serial_number: &'static str,
    /// The virtual device's seed: 64 characters of base32, as AWS hands them out.
    pub seed: &'static str,
}

/// The user of all examples, who has one virtual MFA device.
pub const ALICE: Sample = Sample {
    name: "alice",
    access_key_id: "AKIALOOPBACKALICE234",
    secret_access_key: "Alice+Keeps/This+Secret/Only+On/Loopback",
    serial_number: "arn:aws:iam::123456789012:mfa/alice",
    seed: "ICFSPUYJP3VFURV7FK3EGOTSGSRT2XSJSV5RH3D2ZQWKBDQ2CPDVE4WJBSGTHBOU",
};

/// Another user, who also has a hardware device ([`BOBS_HARDWARE`]) and a FIDO key ([`BOBS_FIDO`]).
pub const BOB: Sample = Sample {
    name: "bob",
    access_key_id: "AKIALOOPBACKBOB23456",
    secret_access_key: "Bob+Keeps/This+Secret/Only+On/Loopback+2",
    serial_number: "arn:aws:iam::123456789012:mfa/bob",
    seed: "AQLKE25FKQZUFBVRSVERR3FNPOTMGNLVWSO7SFP7GNT3LTXX5TMTWHYLINTDMZT3",
};

/// The account's owner, whose sessions last an hour at most.
pub const ROOT: Sample = Sample {
    name: "",
    access_key_id: "AKIALOOPBACKROOT2345",
    secret_access_key: "Root+Keeps/This+Secret/Only+On/Loopback3",
    serial_number: "arn:aws:iam::123456789012:mfa/root-account-mfa-device",
    seed: "XNKMOM55QITLG2SSVFERZDHTQBGRU6Z5YIWRANWHY6KW5YMHM6R7XSURS5ATHS6N",
};

/// The serial number of bob's hardware device, which shares the seed of his virtual one.
pub const BOBS_HARDWARE: &str = "GAHT12345678";

/// The serial number of bob's FIDO key, which has no codes that STS could take.
pub const BOBS_FIDO: &str = "arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5";

/// An account with users. The default one has [`ALICE`], [`BOB`] and [`ROOT`].
#[derive(Clone)]
pub struct Account {
    pub(crate) partition: String,
    pub(crate) users: Vec<User>,
    pub(crate) page_size: usize,
}

impl Default for Account {
    fn default() -> Self {
        Self::in_partition("aws")
    }
}

impl Account {
    /// The default account, with all its ARNs in this partition, such as `aws-cn`.
    #[must_use]
    pub fn in_partition(partition: &str) -> Self {
        let there = |serial: &str| serial.replacen("arn:aws:", &format!("arn:{partition}:"), 1);
        let user = |sample: Sample| {
            let device = Device::totp(&there(sample.serial_number), sample.seed);
            User::new(sample.name)
                .key(sample.access_key_id, sample.secret_access_key)
                .device(device)
        };
        let bob = user(BOB)
            .device(Device::totp(BOBS_HARDWARE, BOB.seed))
            .device(Device::fido(&there(BOBS_FIDO)));
        Self::empty(partition).user(user(ALICE)).user(bob).user(user(ROOT))
    }

    /// An account without users.
    #[must_use]
    pub fn empty(partition: &str) -> Self {
        Self { partition: partition.into(), users: Vec::new(), page_size: 100 }
    }

    /// Adds a user, in place of the one of that name.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.retain(|other| other.name != user.name);
        self.users.push(user);
        self
    }

    /// Sets how many items a listing gives at a time where the caller does not say; 100 otherwise.
    #[must_use]
    pub fn page_size(mut self, items: usize) -> Self {
        self.page_size = items.max(1);
        self
    }

    pub(crate) fn arn_of(&self, user: &User) -> String {
        let Self { partition, .. } = self;
        if user.is_root() {
            return format!("arn:{partition}:iam::{ACCOUNT_ID}:root");
        }
        format!("arn:{partition}:iam::{ACCOUNT_ID}:user/{}", user.name)
    }

    /// Who has the key of this id: the user's place in `users`, and the key.
    pub(crate) fn key(&self, access_key_id: &str) -> Option<(usize, &Credentials)> {
        let mut users = self.users.iter().enumerate();
        users.find_map(|(place, user)| {
            Some((place, user.keys.iter().find(|key| key.access_key_id == access_key_id)?))
        })
    }

    /// The first code generator of the user, or of the device, of this name.
    pub(crate) fn totp(&self, user_or_serial: &str) -> Option<&Totp> {
        let all = self.users.iter().flat_map(|user| user.devices.iter().map(move |it| (user, it)));
        let mut named = all.filter(|(user, device)| {
            user.name == user_or_serial || device.serial_number == user_or_serial
        });
        named.find_map(|(_, device)| device.totp.as_ref())
    }
}

/// A user, or the account's root.
#[derive(Clone)]
pub struct User {
    pub(crate) name: String,
    pub(crate) keys: Vec<Credentials>,
    pub(crate) devices: Vec<Device>,
}

impl User {
    /// A user without keys and devices.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), keys: Vec::new(), devices: Vec::new() }
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

/// An access key with its secret: long-term, or of a session.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session: Option<Session>,
}

/// What makes a key temporary.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) token: String,
    pub(crate) expiration: OffsetDateTime,
    /// Whether a code was given for it.
    pub(crate) has_mfa: bool,
}
