//! Principals: users, roles and federated users, and the sessions they call with.

use time::OffsetDateTime;

use crate::account::ACCOUNT_ID;

/// An identity that an ARN names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Principal {
    /// The root user of the account with this ID.
    Root(String),
    /// An IAM user, by name.
    User(String),
    /// A session of a role.
    AssumedRole {
        /// The role's name, without its path.
        role: String,
        /// `RoleSessionName`
        session: String,
    },
    /// A federated user, by name.
    FederatedUser(String),
}

impl Principal {
    pub(crate) fn account_id(&self) -> &str {
        match self {
            Self::Root(account_id) => account_id,
            Self::User(_) | Self::AssumedRole { .. } | Self::FederatedUser(_) => ACCOUNT_ID,
        }
    }
}

/// The signer of a request.
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// `None` for long-term keys.
    pub(crate) session: Option<Session>,
}

impl Caller {
    /// Whether the session was granted for an MFA code. A session of a role never counts as such.
    pub(crate) fn has_mfa(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.context.has_mfa)
    }
}

/// An access key with its secret: long-term, or of a session.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session: Option<Session>,
}

/// The token of temporary credentials, and what STS granted with them.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) token: String,
    pub(crate) context: SessionContext,
}

/// Properties of a session that later requests depend on.
#[derive(Clone)]
pub(crate) struct SessionContext {
    pub(crate) expiration: OffsetDateTime,
    /// Whether the request had a valid MFA code.
    pub(crate) has_mfa: bool,
    /// Inherited by every role that this session assumes.
    pub(crate) source_identity: Option<String>,
    /// Keys of the transitive tags, in lower case. Inherited like the source identity.
    pub(crate) transitive_tag_keys: Vec<String>,
    /// Whether a session has assumed the role, not a long-term key.
    pub(crate) is_chained: bool,
}

impl SessionContext {
    /// A session without MFA, source identity or tags.
    pub(crate) fn until(expiration: OffsetDateTime) -> Self {
        Self {
            expiration,
            has_mfa: false,
            source_identity: None,
            transitive_tag_keys: Vec::new(),
            is_chained: false,
        }
    }
}
