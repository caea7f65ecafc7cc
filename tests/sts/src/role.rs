//! Roles: their trust policy, their session duration and their permissions.

use data_encoding::BASE32;

use crate::principal::Principal;

/// A role of the account.
#[derive(Clone)]
pub struct Role {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) max_seconds: i64,
    pub(crate) granted_seconds: Option<i64>,
    pub(crate) denied_actions: Vec<String>,
    trusted: Vec<TrustedPrincipal>,
    is_mfa_required: bool,
    external_id: Option<String>,
}

/// A principal in a trust policy.
#[derive(Clone, PartialEq, Eq)]
enum TrustedPrincipal {
    Account,
    User(String),
    Role(String),
    WebIdentity,
    Saml,
}

impl Role {
    /// A role with an empty trust policy and sessions of at most one hour.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            path: "/".into(),
            max_seconds: 3_600,
            granted_seconds: None,
            denied_actions: Vec::new(),
            trusted: Vec::new(),
            is_mfa_required: false,
            external_id: None,
        }
    }

    /// Sets the path, which begins and ends with `/`. The ARN of the role contains the path; the
    /// ARNs of its sessions do not.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.path = path.into();
        self
    }

    /// Trusts every user and role of the account.
    #[must_use]
    pub fn trust_account(self) -> Self {
        self.trust(TrustedPrincipal::Account)
    }

    /// Trusts one user.
    #[must_use]
    pub fn trust_user(self, name: &str) -> Self {
        self.trust(TrustedPrincipal::User(name.into()))
    }

    /// Trusts the sessions of another role: role chaining.
    #[must_use]
    pub fn trust_role(self, name: &str) -> Self {
        self.trust(TrustedPrincipal::Role(name.into()))
    }

    /// Trusts every subject of the account's OIDC provider.
    #[must_use]
    pub fn trust_web_identity(self) -> Self {
        self.trust(TrustedPrincipal::WebIdentity)
    }

    /// Trusts every subject of the account's SAML provider.
    #[must_use]
    pub fn trust_saml(self) -> Self {
        self.trust(TrustedPrincipal::Saml)
    }

    /// Requires MFA (`aws:MultiFactorAuthPresent`), by the caller's session or by a code in the
    /// request.
    #[must_use]
    pub fn requires_mfa(mut self) -> Self {
        self.is_mfa_required = true;
        self
    }

    /// Requires this `ExternalId`.
    #[must_use]
    pub fn external_id(mut self, external_id: &str) -> Self {
        self.external_id = Some(external_id.into());
        self
    }

    /// Sets `MaxSessionDuration`. The default is 3600.
    #[must_use]
    pub fn max_session_duration(mut self, seconds: u32) -> Self {
        self.max_seconds = seconds.into();
        self
    }

    /// Grants sessions of so many seconds, whatever is requested. AWS does not: with it, a test of
    /// renewal takes seconds.
    #[must_use]
    pub fn grant_seconds(mut self, seconds: u32) -> Self {
        self.granted_seconds = Some(seconds.into());
        self
    }

    /// Denies an action to the role's sessions, such as `sts:GetAccessKeyInfo`. Everything else is
    /// allowed.
    #[must_use]
    pub fn deny(mut self, action: &str) -> Self {
        self.denied_actions.push(action.into());
        self
    }

    /// The unique ID: `AROA` and 17 characters made of the name.
    pub(crate) fn id(&self) -> String {
        let letters = BASE32.encode(self.name.as_bytes()).replace('=', "A");
        format!("AROA{letters:A<17.17}")
    }

    /// Whether the trust policy lets a principal assume the role.
    pub(crate) fn trusts(&self, principal: &Principal, conditions: TrustConditions<'_>) -> bool {
        let is_trusted = self.trusted.iter().any(|trusted| match (trusted, principal) {
            (TrustedPrincipal::Account, Principal::User(_) | Principal::AssumedRole { .. }) => true,
            (TrustedPrincipal::User(name), Principal::User(user)) => name == user,
            (TrustedPrincipal::Role(name), Principal::AssumedRole { role, .. }) => name == role,
            _ => false,
        });
        let required = self.external_id.as_deref();
        is_trusted
            && (conditions.has_mfa || !self.is_mfa_required)
            && (required.is_none() || required == conditions.external_id)
    }

    pub(crate) fn trusts_web_identity(&self) -> bool {
        self.trusted.contains(&TrustedPrincipal::WebIdentity)
    }

    pub(crate) fn trusts_saml(&self) -> bool {
        self.trusted.contains(&TrustedPrincipal::Saml)
    }

    fn trust(mut self, trusted: TrustedPrincipal) -> Self {
        self.trusted.push(trusted);
        self
    }
}

/// Facts about a request that a trust policy can require.
#[derive(Clone, Copy)]
pub(crate) struct TrustConditions<'a> {
    pub(crate) has_mfa: bool,
    pub(crate) external_id: Option<&'a str>,
}
