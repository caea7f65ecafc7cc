//! The account: its users, its roles, and the sessions granted so far.

use crate::principal::{Caller, Credentials, Principal};
use crate::role::Role;
use crate::sample::{ALICE, BOB, BOBS_FIDO, BOBS_HARDWARE, ROOT, Sample};
use crate::totp::Totp;
use crate::user::{Device, User};

/// The one account's id.
pub const ACCOUNT_ID: &str = "123456789012";

/// The external id that role `external` of the default account wants.
pub const EXTERNAL_ID: &str = "x-1234";

/// An account with users and roles. The default one has [`ALICE`], [`BOB`] and [`ROOT`], and the
/// roles that [this crate's page](crate) tells.
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
