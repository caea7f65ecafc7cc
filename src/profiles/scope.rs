//! The profiles whose keys apply to a request.

use super::{FileSection, Profiles};
use crate::{origin::Sourced, session_profile::REGION};

/// The profiles whose keys apply. The first profile with a key decides.
pub(crate) struct Scope<'a> {
    pub(crate) profiles: Vec<String>,
    /// Of all these profiles, in their order. Each profile is looked up once: a chain of roles may
    /// have thousands, and each setting is searched in all.
    sections: Vec<FileSection<'a>>,
}

impl Profiles {
    pub(crate) fn scope(&self, profiles: Vec<String>) -> Scope<'_> {
        let sections = profiles.iter().flat_map(|profile| self.sections(profile)).collect();
        Scope { profiles, sections }
    }
}

impl Scope<'_> {
    /// The value of `key` in the first profile that has one.
    pub(crate) fn value(&self, key: &'static str) -> Option<Sourced<String>> {
        self.own_value(key).or_else(|| {
            // A region that this program wrote comes last.
            let mut sections = self.sections.iter().filter(|_| key == REGION);
            sections.find_map(|found| found.value(key))
        })
    }

    /// [`Self::value`] without a region that this program wrote into a session profile.
    pub(crate) fn own_value(&self, key: &'static str) -> Option<Sourced<String>> {
        self.sections.iter().find_map(|found| found.own_value(key))
    }
}
