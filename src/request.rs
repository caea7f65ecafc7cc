//! Requests for a session, with every setting resolved.

use time::OffsetDateTime;

use crate::{
    lifetime::{Lifetime, MinRemaining},
    mfa::{CodeSource, Serial},
    origin::Sourced,
    output::Destination,
    profiles::Profiles,
    role::RoleChain,
    session::{Provenance, Session},
    sts::{Endpoint, SigningKey},
};

/// A request for the session of the main job.
pub(crate) enum SessionRequest {
    /// An MFA session.
    Mfa(Box<MfaRequest>),
    /// The session of a role, which an MFA session assumes.
    Role(Box<RoleRequest>),
}

impl SessionRequest {
    /// Where the session goes.
    pub(crate) fn destination(&self) -> &Destination {
        match self {
            Self::Mfa(request) => &request.destination,
            Self::Role(request) => &request.destination,
        }
    }
}

/// A request for an MFA session.
pub(crate) struct MfaRequest {
    /// The profile with the long-term key.
    pub(crate) source: String,
    /// The long-term key.
    pub(crate) key: Sourced<SigningKey>,
    /// The MFA device; `None` where IAM must be asked for it.
    pub(crate) serial: Option<Sourced<Serial>>,
    /// The endpoint of IAM.
    pub(crate) iam: Endpoint,
    /// Where the code comes from.
    pub(crate) code_source: Box<dyn CodeSource>,
    /// How long the session lasts.
    pub(crate) lifetime: Lifetime,
    /// Which stored session does as well.
    pub(crate) reuse: Reuse,
    /// Where the session goes.
    pub(crate) destination: Destination,
}

/// A request for the session of a role.
pub(crate) struct RoleRequest {
    /// The roles to assume.
    pub(crate) chain: RoleChain,
    /// The MFA session that assumes the first of them.
    pub(crate) mfa: MfaRequest,
    /// Which stored session does as well.
    pub(crate) reuse: Reuse,
    /// Where the session goes.
    pub(crate) destination: Destination,
}

/// Which stored session does as well as a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reuse {
    /// None.
    Never,
    /// One that matches, with this much time left.
    While(MinRemaining, Match),
}

/// What a stored session must have been made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// The id of the long-term key, if any.
    pub(crate) key_id: Option<String>,
    /// The serial number of the MFA device; `None` accepts any.
    pub(crate) serial: Option<String>,
    /// The ARN of the role, if any.
    pub(crate) role: Option<String>,
}

impl Reuse {
    /// The stored session of this profile, if it does.
    pub(crate) fn find(&self, profiles: &Profiles, profile: &str) -> Option<Session> {
        let Self::While(min_remaining, wanted) = self else { return None };
        let session = profiles.session(profile)?;
        let left = session.expires - OffsetDateTime::now_utc();
        let is_valid = left.is_positive() && min_remaining.is_within(left);
        (is_valid && wanted.is_met_by(&session.provenance)).then_some(session)
    }
}

impl Match {
    fn is_met_by(&self, provenance: &Provenance) -> bool {
        let Provenance { key_id, serial, role, is_restricted, .. } = provenance;
        let has_device = match &self.serial {
            Some(wanted) => serial.as_ref() == Some(wanted),
            // A session of a long-term key counts only if it went through MFA.
            None => serial.is_some() == self.key_id.is_some(),
        };
        has_device && *key_id == self.key_id && *role == self.role && !is_restricted
    }
}
