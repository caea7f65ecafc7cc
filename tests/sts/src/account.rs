//! The account: its users, its roles, and the sessions that STS has granted.

use time::OffsetDateTime;

use crate::principal::{Credentials, Principal};
use crate::role::Role;
use crate::sample::{ALICE, BOB, BOBS_FIDO, BOBS_HARDWARE, ROOT, Sample};
use crate::totp::Totp;
use crate::user::{Device, User};

/// The ID of the account.
pub const ACCOUNT_ID: &str = "123456789012";

/// The external ID that role `external` of the default account requires.
pub const EXTERNAL_ID: &str = "x-1234";

/// An account with users and roles. The default account has [`ALICE`], [`BOB`], [`ROOT`] and the
/// roles listed in the [crate documentation](crate).
#[derive(Clone)]
pub struct Account {
    pub(crate) partition: String,
    pub(crate) users: Vec<User>,
    pub(crate) roles: Vec<Role>,
    pub(crate) page_size: usize,
    pub(crate) has_outbound_federation: bool,
    pub(crate) has_root_credentials_management: bool,
    pub(crate) has_root_sessions: bool,
    members: Vec<String>,
    sessions: Vec<(Principal, Credentials)>,
    revoked_subjects: Vec<String>,
    /// Sign-in tokens and when they expire.
    signin_tokens: Vec<(String, OffsetDateTime)>,
}

impl Default for Account {
    fn default() -> Self {
        Self::in_partition("aws")
    }
}

impl Account {
    /// The ID of the default account's member account.
    pub const MEMBER_ACCOUNT_ID: &'static str = "210987654321";

    /// The default account with its ARNs in this partition, such as `aws-cn`.
    #[must_use]
    pub fn in_partition(partition: &str) -> Self {
        let in_partition =
            |serial: &str| serial.replacen("arn:aws:", &format!("arn:{partition}:"), 1);
        let user = |sample: Sample| {
            let device = Device::totp(&in_partition(sample.serial_number), sample.seed);
            User::new(sample.name)
                .key(sample.access_key_id, sample.secret_access_key)
                .device(device)
        };
        let bob = user(BOB)
            .device(Device::totp(BOBS_HARDWARE, BOB.seed))
            .device(Device::fido(&in_partition(BOBS_FIDO)));
        let account = Self::empty(partition).user(user(ALICE)).user(bob).user(user(ROOT));
        let account = account.member_account(Self::MEMBER_ACCOUNT_ID);
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
            has_outbound_federation: true,
            has_root_credentials_management: true,
            has_root_sessions: true,
            members: Vec::new(),
            sessions: Vec::new(),
            revoked_subjects: Vec::new(),
            signin_tokens: Vec::new(),
        }
    }

    /// Adds a user. Replaces a user of the same name.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.retain(|other| other.name != user.name);
        self.users.push(user);
        self
    }

    /// Adds a role. Replaces a role of the same name.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.roles.retain(|other| other.name != role.name);
        self.roles.push(role);
        self
    }

    /// Makes the identity providers reject every claim of this subject: `IDPRejectedClaim`.
    #[must_use]
    pub fn revoke_subject(mut self, subject: &str) -> Self {
        self.revoked_subjects.push(subject.into());
        self
    }

    /// Sets the page size of listings without `MaxItems`. The default is 100.
    #[must_use]
    pub fn page_size(mut self, items: usize) -> Self {
        self.page_size = items.max(1);
        self
    }

    /// Disables outbound web identity federation, which is disabled in a new account of AWS:
    /// `OutboundWebIdentityFederationDisabledException` for `GetWebIdentityToken`.
    #[must_use]
    pub fn disable_outbound_federation(mut self) -> Self {
        self.has_outbound_federation = false;
        self
    }

    /// Adds a member account, which `AssumeRoot` accepts as a target. This account is the
    /// management account of the organization.
    #[must_use]
    pub fn member_account(mut self, account_id: &str) -> Self {
        self.members.push(account_id.into());
        self
    }

    /// Disables the root credentials management of the organization: `AssumeRoot` refuses the
    /// `IAM…` task policies.
    #[must_use]
    pub fn disable_root_credentials_management(mut self) -> Self {
        self.has_root_credentials_management = false;
        self
    }

    /// Disables the root sessions of the organization: `AssumeRoot` refuses the `…Unlock…` task
    /// policies.
    #[must_use]
    pub fn disable_root_sessions(mut self) -> Self {
        self.has_root_sessions = false;
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
            Principal::Root(account_id) => format!("arn:{}:iam::{account_id}:root", self.partition),
            Principal::User(name) => self.arn("iam", &format!("user/{name}")),
            Principal::AssumedRole { role, session } => {
                self.arn("sts", &format!("assumed-role/{role}/{session}"))
            }
            Principal::FederatedUser(name) => self.arn("sts", &format!("federated-user/{name}")),
        }
    }

    /// The unique ID, as in `UserId` and `AssumedRoleId`.
    pub(crate) fn principal_id(&self, principal: &Principal) -> String {
        match principal {
            Principal::Root(account_id) => account_id.clone(),
            Principal::User(name) => self.user_named(name).id(),
            Principal::AssumedRole { role, session } => {
                format!("{}:{session}", self.role_named(role).id())
            }
            Principal::FederatedUser(name) => format!("{ACCOUNT_ID}:{name}"),
        }
    }

    /// Whether the principal has the permission for an action, such as `sts:AssumeRole`. Federated
    /// users have no permissions here.
    pub(crate) fn permits(&self, principal: &Principal, action: &str) -> bool {
        let denied_actions = match principal {
            Principal::AssumedRole { role, .. } => Some(&self.role_named(role).denied_actions),
            _ => self.user_of(principal).map(|user| &user.denied_actions),
        };
        denied_actions.is_some_and(|denied| !denied.iter().any(|it| it == action))
    }

    /// Whether the identity providers reject this subject.
    pub(crate) fn is_revoked(&self, subject: &str) -> bool {
        self.revoked_subjects.iter().any(|revoked| revoked == subject)
    }

    /// Whether the organization has this member account.
    pub(crate) fn has_member(&self, account_id: &str) -> bool {
        self.members.iter().any(|member| member == account_id)
    }

    /// The principal and the credentials that belong to an access key ID.
    pub(crate) fn find_key(&self, access_key_id: &str) -> Option<(Principal, Credentials)> {
        let long_term =
            self.users.iter().flat_map(|user| user.keys.iter().map(|key| (user.principal(), key)));
        let temporary = self.sessions.iter().map(|(principal, key)| (principal.clone(), key));
        let mut keys = long_term.chain(temporary);
        let (principal, key) = keys.find(|(_, key)| key.access_key_id == access_key_id)?;
        Some((principal, key.clone()))
    }

    pub(crate) fn add_session(&mut self, principal: Principal, credentials: Credentials) {
        self.sessions.push((principal, credentials));
    }

    pub(crate) fn add_signin_token(&mut self, token: &str, expires: OffsetDateTime) {
        self.signin_tokens.push((token.into(), expires));
    }

    /// Whether the token is valid. It works once.
    pub(crate) fn take_signin_token(&mut self, token: &str, now: OffsetDateTime) -> bool {
        let found = self.signin_tokens.iter().position(|(known, _)| known == token);
        found.is_some_and(|index| self.signin_tokens.remove(index).1 > now)
    }

    /// The user or the root user of this account; `None` for other principals.
    pub(crate) fn user_of(&self, principal: &Principal) -> Option<&User> {
        self.users.iter().find(|user| user.principal() == *principal)
    }

    pub(crate) fn user_of_mut(&mut self, principal: &Principal) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.principal() == *principal)
    }

    fn user_named(&self, name: &str) -> &User {
        self.users.iter().find(|user| user.name == name).expect(PRINCIPALS_EXIST)
    }

    pub(crate) fn role_named(&self, name: &str) -> &Role {
        self.roles.iter().find(|role| role.name == name).expect(PRINCIPALS_EXIST)
    }

    /// The code generator of the device with this serial number, or of the user's first device.
    pub(crate) fn totp(&self, user_or_serial: &str) -> Option<&Totp> {
        let all = self.users.iter().flat_map(|user| user.devices.iter().map(move |it| (user, it)));
        let mut matching = all.filter(|(user, device)| {
            user.name == user_or_serial || device.serial_number == user_or_serial
        });
        matching.find_map(|(_, device)| device.totp.as_ref())
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

const PRINCIPALS_EXIST: &str = "a running account never loses a user or a role";
