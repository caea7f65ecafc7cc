//! What the two files know that can be typed: the names of profiles, and values of their keys.

use std::{collections::HashSet, hash::Hash};

use super::{LONG_TERM, Profiles};
use crate::aws_files::Document;

impl Profiles {
    /// Every profile, each once: `X` stands for `X-long-term`, whose keys are found by it.
    #[must_use]
    pub fn every_name(&self) -> Vec<String> {
        let names = self.headers().map(|name| match name.strip_suffix(LONG_TERM) {
            Some(short) if !short.is_empty() => short.to_owned(),
            _ => name,
        });
        each_once(names)
    }

    /// What any section has for these keys, each value once.
    #[must_use]
    pub fn values(&self, keys: &[&str]) -> Vec<String> {
        let documents = self.credentials.document.iter().chain(&self.config.document);
        let sections = documents.flat_map(|document| document.sections_with(keys));
        let values = sections.flat_map(|(_, section)| {
            let values = keys.iter().filter_map(|key| section.value(key));
            values.map(ToOwned::to_owned).collect::<Vec<_>>()
        });
        each_once(values)
    }

    /// The profiles as the headers name them, those of the credentials file first.
    pub(super) fn headers(&self) -> impl Iterator<Item = String> {
        let config = self.config.document.iter().flat_map(Document::section_names);
        let config = config.filter_map(|name| match name.strip_prefix("profile ") {
            None if name == "default" => Some(name.to_string()),
            profile => profile.map(ToOwned::to_owned),
        });
        let credentials = self.credentials.document.iter().flat_map(Document::section_names);
        credentials.map(|name| name.to_string()).chain(config)
    }
}

fn each_once<T: Clone + Eq + Hash>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    all.filter(|one| seen.insert(one.clone())).collect()
}
