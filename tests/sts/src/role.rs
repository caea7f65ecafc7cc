//! Roles: who may take one, on which conditions, and for how long.

use data_encoding::BASE32;

use crate::principal::Principal;

/// A role of the account.
#[derive(Clone)]
pub struct Role {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) most_seconds: i64,
    pub(crate) withheld: Vec<String>,
    trusted: Vec<Trusted>,
    is_mfa_required: bool,
    external_id: Option<String>,
}

/// Whom a role trusts.
#[derive(Clone, PartialEq, Eq)]
enum Trusted {
    Account,
    User(String),
    Role(String),
    WebIdentity,
    Saml,
}

impl Role {
    /// A role that trusts nobody, for an hour at most.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            path: "/".into(),
            most_seconds: 3_600,
            withheld: Vec::new(),
            trusted: Vec::new(),
            is_mfa_required: false,
            external_id: None,
        }
    }

    /// Puts it in a path, which begins and ends with `/`; its ARN shows it, its sessions' do not.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.path = path.into();
        self
    }

    /// Trusts every user and role of the account.
    #[must_use]
    pub fn trust_account(self) -> Self {
        self.trust(Trusted::Account)
    }

    /// Trusts the user of this name.
    #[must_use]
    pub fn trust_user(self, name: &str) -> Self {
        self.trust(Trusted::User(name.into()))
    }

    /// Trusts the sessions of the role of this name: role chaining.
    #[must_use]
    pub fn trust_role(self, name: &str) -> Self {
        self.trust(Trusted::Role(name.into()))
    }

    /// Trusts the account's OIDC provider, whoever its subject is.
    #[must_use]
    pub fn trust_web_identity(self) -> Self {
        self.trust(Trusted::WebIdentity)
    }

    /// Trusts the account's SAML provider, whoever its subject is.
    #[must_use]
    pub fn trust_saml(self) -> Self {
        self.trust(Trusted::Saml)
    }

    /// Wants MFA (`aws:MultiFactorAuthPresent`): of the caller's session, or a code with the call.
    #[must_use]
    pub fn requires_mfa(mut self) -> Self {
        self.is_mfa_required = true;
        self
    }

    /// Wants this `ExternalId`.
    #[must_use]
    pub fn external_id(mut self, external_id: &str) -> Self {
        self.external_id = Some(external_id.into());
        self
    }

    /// Lets sessions last this long, `MaxSessionDuration`; 3600 otherwise.
    #[must_use]
    pub fn max_session_duration(mut self, seconds: u32) -> Self {
        self.most_seconds = seconds.into();
        self
    }

    /// Takes from its sessions the permission for an action, such as `sts:GetAccessKeyInfo`.
    #[must_use]
    pub fn withhold(mut self, action: &str) -> Self {
        self.withheld.push(action.into());
        self
    }

    /// The unique id: `AROA` and what fits of the name.
    pub(crate) fn id(&self) -> String {
        let letters = BASE32.encode(self.name.as_bytes()).replace('=', "A");
        format!("AROA{letters:A<17.17}")
    }

    /// Whether it lets somebody who signed in, with what they bring.
    pub(crate) fn admits(&self, principal: &Principal, brought: Brought<'_>) -> bool {
        let is_trusted = self.trusted.iter().any(|trusted| match (trusted, principal) {
            (Trusted::Account, Principal::User(_) | Principal::AssumedRole { .. }) => true,
            (Trusted::User(name), Principal::User(user)) => name == user,
            (Trusted::Role(name), Principal::AssumedRole { role, .. }) => name == role,
            _ => false,
        });
        let wanted = self.external_id.as_deref();
        is_trusted
            && (brought.has_mfa || !self.is_mfa_required)
            && (wanted.is_none() || wanted == brought.external_id)
    }

    /// Whether it trusts the OIDC provider.
    pub(crate) fn admits_web_identity(&self) -> bool {
        self.trusted.contains(&Trusted::WebIdentity)
    }

    /// Whether it trusts the SAML provider.
    pub(crate) fn admits_saml(&self) -> bool {
        self.trusted.contains(&Trusted::Saml)
    }

    fn trust(mut self, trusted: Trusted) -> Self {
        self.trusted.push(trusted);
        self
    }
}

/// What somebody who wants a role brings along.
#[derive(Clone, Copy)]
pub(crate) struct Brought<'a> {
    pub(crate) has_mfa: bool,
    pub(crate) external_id: Option<&'a str>,
}
