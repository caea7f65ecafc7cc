//! Who asks: a user, or somebody with the keys of a session. What they may do is told elsewhere.

use time::OffsetDateTime;

/// Somebody whom STS can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Principal {
    /// A user of this name; the root user's is empty.
    User(String),
    /// A session of a role.
    AssumedRole {
        /// The role's name, without its path.
        role: String,
        /// `RoleSessionName`
        session: String,
    },
    /// A federated user of this name.
    FederatedUser(String),
}

/// The principal who signed a request, and with what.
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// Where the keys are temporary.
    pub(crate) session: Option<Session>,
}

impl Caller {
    /// Whether a code was given for the session. The keys of a role do not tell of it.
    pub(crate) fn has_mfa(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.lease.has_mfa)
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
    pub(crate) lease: Lease,
}

/// What a session was granted for.
#[derive(Clone)]
pub(crate) struct Lease {
    pub(crate) expiration: OffsetDateTime,
    /// Whether a code was given for it.
    pub(crate) has_mfa: bool,
    /// What stays with all sessions that are made of this one.
    pub(crate) source_identity: Option<String>,
    /// The keys of the tags that do so too, in lower case.
    pub(crate) transitive_tag_keys: Vec<String>,
}

impl Lease {
    /// A session until then, and nothing more.
    pub(crate) fn until(expiration: OffsetDateTime) -> Self {
        Self { expiration, has_mfa: false, source_identity: None, transitive_tag_keys: Vec::new() }
    }
}
