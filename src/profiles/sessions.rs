//! Every session in the credentials file, whoever wrote it.

use time::OffsetDateTime;

use super::Profiles;
use crate::{credentials::Provenance, session_profile};

/// A session in the credentials file, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// The profile that holds it.
    pub profile: String,
    /// When it ends, if somebody noted that.
    pub expires: Option<OffsetDateTime>,
    /// What it was made from; `None` where another program wrote it.
    pub provenance: Option<Provenance>,
}

impl Profiles {
    /// The sessions, in the order of the file.
    #[must_use]
    pub fn sessions(&self) -> Vec<StoredSession> {
        let sections = self.credentials.document.iter();
        let sections =
            sections.flat_map(|document| document.sections_with(&session_profile::TOKENS));
        let sessions =
            sections.filter(|(_, section)| session_profile::temporary(section).is_some());
        let kept = sessions.map(|(profile, section)| StoredSession {
            profile,
            expires: session_profile::expiry(&section),
            provenance: session_profile::provenance(&section),
        });
        kept.collect()
    }
}
