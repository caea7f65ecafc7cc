//! Every session in the credentials file, whoever wrote it.

use time::OffsetDateTime;

use super::Profiles;
use crate::{credentials::MadeFrom, stored};

/// A session in the credentials file, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The profile that holds it.
    pub profile: String,
    /// When it ends, if somebody noted that.
    pub expires: Option<OffsetDateTime>,
    /// What it was made from; `None` where another program wrote it.
    pub made_from: Option<MadeFrom>,
}

impl Profiles {
    /// The sessions, in the order of the file.
    #[must_use]
    pub fn sessions(&self) -> Vec<Kept> {
        let sections = self.credentials.document.iter();
        let sections = sections.flat_map(|document| document.sections_with(&stored::TOKENS));
        let sessions = sections.filter(|(_, section)| stored::temporary(section).is_some());
        let kept = sessions.map(|(profile, section)| Kept {
            profile,
            expires: stored::expiry(&section),
            made_from: stored::made_from(&section),
        });
        kept.collect()
    }
}
