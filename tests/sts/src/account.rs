//! The account: its users, their keys and MFA devices, its roles, and the sessions granted so far.

use data_encoding::{BASE32, BASE32_NOPAD};

use crate::principal::{Caller, Credentials, Principal};
use crate::role::Role;
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

/// The external id that role `external` of the default account wants.
pub const EXTERNAL_ID: &str = "x-1234";

/// An account with users and roles. The default one has [`ALICE`], [`BOB`] and [`ROOT`], and the
/// roles that the table at the top of this documentation tells.
#[derive(Clone)]
pub struct Account {
    pub(crate) partition: String,
    pub(crate) users: Vec<User>,
    pub(crate) roles: Vec<Role>,
    pub(crate) page_size: usize,
    sessions: Vec<(Principal, Credentials)>,
    revoked: Vec<String>,
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
        let account = Self::empty(partition).user(user(ALICE)).user(bob).user(user(ROOT));
        default_roles().into_iter().fold(account, Self::role)
    }

    /// An account without users and roles.
    #[must_use]
    pub fn empty(partition: &str) -> Self {
        Self {
            partition: partition.into(),
            users: Vec::new(),
            roles: Vec::new(),
            page_size: 100,
            sessions: Vec::new(),
            revoked: Vec::new(),
        }
    }

    /// Adds a user, in place of the one of that name.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.retain(|other| other.name != user.name);
        self.users.push(user);
        self
    }

    /// Adds a role, in place of the one of that name.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.roles.retain(|other| other.name != role.name);
        self.roles.push(role);
        self
    }

    /// Lets the identity providers reject all claims of this subject: `IDPRejectedClaim`.
    #[must_use]
    pub fn revoke_subject(mut self, subject: &str) -> Self {
        self.revoked.push(subject.into());
        self
    }

    /// Sets how many items a listing gives at a time where the caller does not say; 100 otherwise.
    #[must_use]
    pub fn page_size(mut self, items: usize) -> Self {
        self.page_size = items.max(1);
        self
    }

    /// An ARN in this account, such as `arn:aws:iam::123456789012:role/admin`.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}::{ACCOUNT_ID}:{resource}", self.partition)
    }

    pub(crate) fn role_arn(&self, role: &Role) -> String {
        self.arn("iam", &format!("role{}{}", role.path, role.name))
    }

    pub(crate) fn principal_arn(&self, principal: &Principal) -> String {
        match principal {
            Principal::User(name) if name == ROOT.name => self.arn("iam", "root"),
            Principal::User(name) => self.arn("iam", &format!("user/{name}")),
            Principal::AssumedRole { role, session } => {
                self.arn("sts", &format!("assumed-role/{role}/{session}"))
            }
            Principal::FederatedUser(name) => self.arn("sts", &format!("federated-user/{name}")),
        }
    }

    /// `UserId`, as `GetCallerIdentity` and those who grant sessions tell it.
    pub(crate) fn principal_id(&self, principal: &Principal) -> String {
        match principal {
            Principal::User(name) => self.user_named(name).id(),
            Principal::AssumedRole { role, session } => {
                format!("{}:{session}", self.role_named(role).id())
            }
            Principal::FederatedUser(name) => format!("{ACCOUNT_ID}:{name}"),
        }
    }

    /// Whether somebody may do something, such as `sts:AssumeRole`.
    pub(crate) fn permits(&self, principal: &Principal, action: &str) -> bool {
        let withheld = match principal {
            Principal::User(name) => &self.user_named(name).withheld,
            Principal::AssumedRole { role, .. } => &self.role_named(role).withheld,
            Principal::FederatedUser(_) => return false,
        };
        !withheld.iter().any(|it| it == action)
    }

    /// Whether the identity providers reject this subject.
    pub(crate) fn is_revoked(&self, subject: &str) -> bool {
        self.revoked.iter().any(|revoked| revoked == subject)
    }

    /// The key of this id, and who signs with it.
    pub(crate) fn key(&self, access_key_id: &str) -> Option<(Credentials, Caller)> {
        let long_term = self
            .users
            .iter()
            .flat_map(|user| user.keys.iter().map(|key| (Principal::User(user.name.clone()), key)));
        let temporary = self.sessions.iter().map(|(principal, key)| (principal.clone(), key));
        let mut keys = long_term.chain(temporary);
        let (principal, key) = keys.find(|(_, key)| key.access_key_id == access_key_id)?;
        Some((key.clone(), Caller { principal, session: key.session.clone() }))
    }

    pub(crate) fn add_session(&mut self, principal: Principal, credentials: Credentials) {
        self.sessions.push((principal, credentials));
    }

    pub(crate) fn user_named(&self, name: &str) -> &User {
        self.users.iter().find(|user| user.name == name).expect(NONE_IS_REMOVED)
    }

    pub(crate) fn user_named_mut(&mut self, name: &str) -> &mut User {
        self.users.iter_mut().find(|user| user.name == name).expect(NONE_IS_REMOVED)
    }

    fn role_named(&self, name: &str) -> &Role {
        self.roles.iter().find(|role| role.name == name).expect(NONE_IS_REMOVED)
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

fn default_roles() -> Vec<Role> {
    let mut roles = vec![
        Role::new("admin").trust_account().requires_mfa(),
        Role::new("reader").trust_user(ALICE.name),
        Role::new("deploy").trust_role("admin").max_session_duration(43_200),
        Role::new("web").trust_web_identity(),
        Role::new("saml").trust_saml(),
        Role::new("external").trust_account().external_id(EXTERNAL_ID),
    ];
    roles.extend(
        (0..10).map(|number| Role::new(&format!("team-{number}")).trust_account().requires_mfa()),
    );
    roles
}

const NONE_IS_REMOVED: &str = "who has had a key is still in the account";

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
