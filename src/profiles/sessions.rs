//! The sessions in the credentials file, whichever program wrote them.

use time::OffsetDateTime;

use super::Profiles;
use crate::{
    session::{Provenance, Session},
    session_profile,
};

/// A session in the credentials file, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSession {
    pub(crate) profile: String,
    /// `None` if the section has no key for the expiry.
    pub(crate) expires: Option<OffsetDateTime>,
    /// `None` if another program wrote the session.
    pub(crate) provenance: Option<Provenance>,
}

impl Profiles {
    /// All sessions, in the order of the file.
    pub(crate) fn sessions(&self) -> Vec<StoredSession> {
        let sections = self.credentials.document.sections_with(&session_profile::TOKEN_KEYS);
        let sections =
            sections.filter(|(_, section)| session_profile::temporary_keys(section).is_some());
        let sessions = sections.map(|(profile, section)| StoredSession {
            profile: profile.into_owned(),
            expires: session_profile::expiry_of(section),
            provenance: session_profile::provenance_of(section),
        });
        sessions.collect()
    }

    /// The session that this program wrote into a profile.
    pub(crate) fn session(&self, profile: &str) -> Option<Session> {
        session_profile::parse_session(self.credentials.document.section(profile)?)
    }

    /// Whether a profile of the credentials file holds a session, whichever program wrote it.
    pub(crate) fn has_session(&self, profile: &str) -> bool {
        let section = self.credentials.document.section(profile);
        section.and_then(session_profile::temporary_keys).is_some()
    }
}
