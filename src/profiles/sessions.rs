//! The sessions in the credentials file, whichever program wrote them.

use time::OffsetDateTime;

use super::Profiles;
use crate::{
    aws_files::{Document, Section},
    failure::Failure,
    origin::{Origin, Sourced},
    session::{KeyMatch, Provenance, Session},
    session_profile,
    sts::{AccountId, SessionKeys},
};

/// A session in the credentials file, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSession {
    pub(crate) profile: String,
    /// `None` if the section has no key for the expiry.
    pub(crate) expires: Option<OffsetDateTime>,
    /// The account, if it is known without a request.
    pub(crate) account: Option<AccountId>,
    /// `None` if another program wrote the session.
    pub(crate) provenance: Option<Provenance>,
}

impl StoredSession {
    fn new(profile: &str, section: &Section) -> Self {
        let provenance = session_profile::provenance_of(section);
        Self {
            profile: profile.to_owned(),
            expires: session_profile::expiry_of(section),
            account: session_profile::account_of(section, provenance.as_ref()),
            provenance,
        }
    }
}

impl Profiles {
    /// All sessions, in the order of the file.
    pub(crate) fn sessions(&self) -> Vec<StoredSession> {
        let sections = self.credentials.document.sections_with(&session_profile::TOKEN_KEYS);
        let sections =
            sections.filter(|(_, section)| session_profile::temporary_keys(section).is_some());
        sections.map(|(profile, section)| StoredSession::new(profile, section)).collect()
    }

    /// The session in a profile of the credentials file, whichever program wrote it.
    pub(crate) fn stored_session(&self, profile: &str) -> Option<StoredSession> {
        let section = self.credentials.document.section(profile);
        let section = section.filter(|it| session_profile::temporary_keys(it).is_some())?;
        Some(StoredSession::new(profile, section))
    }

    /// The session in a profile of the credentials file and its keys, whichever program wrote it.
    pub(crate) fn session_and_keys(&self, profile: &str) -> Option<(SessionKeys, StoredSession)> {
        let section = self.credentials.document.section(profile);
        let section = section.filter(|_| self.has_session(profile))?;
        let keys = session_profile::temporary_keys(section)?;
        let keys = SessionKeys {
            access_key_id: keys.id.to_owned(),
            secret_access_key: keys.secret.clone(),
            session_token: keys.token.clone(),
        };
        Some((keys, StoredSession::new(profile, section)))
    }

    /// The stored session with this access key id.
    pub(crate) fn session_with_key(&self, id: &str) -> Option<StoredSession> {
        let mut sections = self.credentials.document.sections_with(&session_profile::TOKEN_KEYS);
        let (profile, section) = sections.find(|(_, section)| {
            session_profile::temporary_keys(section).is_some_and(|keys| keys.id == id)
        })?;
        Some(StoredSession::new(profile, section))
    }

    /// The session that this program wrote into a profile.
    pub(crate) fn session(&self, profile: &str) -> Option<Session> {
        session_profile::parse_session(self.credentials.document.section(profile)?)
    }

    /// [`Self::session`] after reading the credentials file again; `None` if it is unchanged.
    pub(crate) fn newly_stored(&self, profile: &str) -> Result<Option<Session>, Failure> {
        let changed = self.credentials.reread(Document::parse)?;
        Ok(changed.and_then(|document| session_profile::parse_session(document.section(profile)?)))
    }

    /// The MFA device of the last session that this program made with a long-term key, in any
    /// profile. An expired session counts. Not parsed yet.
    pub(crate) fn last_device(&self, key: &KeyMatch) -> Option<Sourced<String>> {
        let sections = self.credentials.document.sections_with(&[session_profile::SERIAL]);
        let devices = sections.filter_map(|(profile, section)| {
            session_profile::temporary_keys(section)?;
            let provenance = session_profile::provenance_of(section)?;
            let serial = provenance.serial.clone().filter(|_| key.is_met_by(&provenance));
            Some((session_profile::expiry_of(section)?, profile, serial?))
        });
        let (_, profile, value) = devices.max_by_key(|(expires, ..)| *expires)?;
        let origin = Origin::Key {
            key: session_profile::SERIAL,
            section: profile.to_owned(),
            file: self.credentials.path.clone(),
        };
        Some(Sourced { value, origin })
    }

    /// Whether a profile of the credentials file holds a session, whichever program wrote it.
    pub(crate) fn has_session(&self, profile: &str) -> bool {
        let section = self.credentials.document.section(profile);
        section.is_some_and(|section| {
            session_profile::temporary_keys(section).is_some()
                && !session_profile::has_long_term_keys(section)
        })
    }
}
