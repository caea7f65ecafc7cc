//! Session requests: every setting is resolved.

use time::OffsetDateTime;

use crate::{
    lifetime::{Lifetime, MinRemaining},
    mfa::{CodeSource, Serial},
    origin::Sourced,
    output::Destination,
    profiles::KeySource,
    role::{Role, RoleChain},
    session::{KeyMatch, Provenance, Session},
    sts::Endpoint,
};

/// The session request of the main job.
pub(crate) enum SessionRequest {
    WithCode(Box<MfaRequest>),
    Role(Box<RoleRequest>),
}

impl SessionRequest {
    /// The role whose session is requested; `None` for an MFA session.
    pub(crate) fn role(&self) -> Option<&Role> {
        match self {
            Self::WithCode(request) => match &request.operation {
                CodeOperation::GetSessionToken(_) => None,
                CodeOperation::AssumeRole(role) => Some(role),
            },
            Self::Role(request) => request.chain.roles.last(),
        }
    }

    pub(crate) fn destination(&self) -> &Destination {
        match self {
            Self::WithCode(request) => &request.destination,
            Self::Role(request) => &request.destination,
        }
    }
}

/// A request for a session that needs an MFA code.
pub(crate) struct MfaRequest {
    pub(crate) operation: CodeOperation,
    /// The source profile.
    pub(crate) source: String,
    /// The source of the long-term key.
    pub(crate) key: Sourced<KeySource>,
    /// The MFA device; `None`: look it up in IAM.
    pub(crate) serial: Option<Sourced<Serial>>,
    pub(crate) iam: Endpoint,
    pub(crate) code_source: Box<dyn CodeSource>,
    pub(crate) reuse: Reuse,
    pub(crate) destination: Destination,
}

/// The operation that takes the code.
pub(crate) enum CodeOperation {
    /// GetSessionToken: an MFA session.
    GetSessionToken(Lifetime),
    /// AssumeRole with the long-term key: AWS grants an MFA session at most one hour of a role.
    AssumeRole(Box<Role>),
}

impl CodeOperation {
    /// The requested duration.
    pub(crate) fn seconds(&self) -> u32 {
        match self {
            Self::GetSessionToken(lifetime) => lifetime.seconds(),
            Self::AssumeRole(role) => role.lifetime.value.seconds(),
        }
    }
}

/// A request for the session of a role that an MFA session assumes.
pub(crate) struct RoleRequest {
    pub(crate) chain: RoleChain,
    /// The MFA session.
    pub(crate) mfa: MfaRequest,
    pub(crate) reuse: Reuse,
    pub(crate) destination: Destination,
}

/// When a stored session is reused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reuse {
    Never,
    /// If it matches, and this much time is left.
    While(MinRemaining, Match),
}

/// The provenance that a stored session must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// The long-term key, if any.
    pub(crate) key: Option<KeyMatch>,
    /// The serial number of the MFA device; `None` accepts any.
    pub(crate) serial: Option<String>,
    /// The ARN of the role, if any.
    pub(crate) role: Option<String>,
}

impl Reuse {
    /// Whether this stored session can be reused.
    pub(crate) fn accepts(&self, session: &Session) -> bool {
        let Self::While(min_remaining, wanted) = self else { return false };
        let left = session.expires - OffsetDateTime::now_utc();
        left.is_positive() && min_remaining.is_within(left) && wanted.is_met_by(&session.provenance)
    }
}

impl Match {
    fn is_met_by(&self, provenance: &Provenance) -> bool {
        let Provenance { key_id, serial, role, is_restricted, .. } = provenance;
        let has_key = match &self.key {
            Some(wanted) => wanted.is_met_by(provenance),
            None => key_id.is_none(),
        };
        let has_device = match &self.serial {
            Some(wanted) => serial.as_ref() == Some(wanted),
            // A session of a long-term key is reused only if it was made with an MFA code.
            None => serial.is_some() == self.key.is_some(),
        };
        has_device && has_key && *role == self.role && !is_restricted
    }
}
