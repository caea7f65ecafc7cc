//! Lists the names and values in the two files, for completions and hints.

use std::{borrow::Cow, collections::HashSet};

use super::{LONG_TERM, Profiles};
use crate::aws_files::name_in_header;

impl Profiles {
    /// All profiles, each once. `X` stands for `X-long-term`, because `--profile X` finds its key.
    pub(crate) fn profile_names(&self) -> Vec<String> {
        let names = self.headers().map(|name| match name.strip_suffix(LONG_TERM) {
            Some(short) if !short.is_empty() => short.to_owned().into(),
            _ => name,
        });
        distinct(names).map(Cow::into_owned).collect()
    }

    /// The values of these keys in all sections, each once.
    pub(crate) fn values_of(&self, keys: &[&str]) -> Vec<String> {
        let documents = [&self.credentials.document, &self.config.document].into_iter();
        let sections = documents.flat_map(|document| document.sections_with(keys));
        let values = sections.flat_map(|(_, section)| {
            keys.iter().filter_map(|key| section.value(key)).map(Cow::from)
        });
        distinct(values).map(Cow::into_owned).collect()
    }

    /// The profile with the most similar name, if one is similar enough for a typing error.
    pub(super) fn similar_name(&self, name: &str) -> Option<String> {
        let name = name.to_lowercase();
        let is_short = |name: &str| name.len() <= LONGEST_SIMILAR;
        let rated = self.profile_names().into_iter();
        let rated = rated.filter(|other| is_short(&name) && is_short(other));
        let rated = rated.map(|other| (strsim::jaro_winkler(&name, &other.to_lowercase()), other));
        let similar = rated.filter(|(similarity, _)| *similarity > SIMILAR);
        similar.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, other)| other)
    }

    /// Profile names for a hint: the first few, then `…`.
    pub(super) fn some_profile_names(&self) -> Vec<String> {
        let names = distinct(self.headers()).take(MOST_NAMES);
        let mut names: Vec<String> = names.map(Cow::into_owned).collect();
        if names.len() == MOST_NAMES {
            names.push("…".into());
        }
        names
    }

    /// The profiles by their headers, the credentials file first.
    fn headers(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let credentials = self.credentials.document.section_names().map(Cow::from);
        let config = self.config.document.section_names().filter_map(|header| {
            let default = (header == "default").then(|| header.into());
            default.or_else(|| name_in_header(header, "profile"))
        });
        credentials.chain(config)
    }
}

fn distinct<'a>(names: impl Iterator<Item = Cow<'a, str>>) -> impl Iterator<Item = Cow<'a, str>> {
    let mut seen = HashSet::new();
    names.filter(move |name| seen.insert(name.clone()))
}

const MOST_NAMES: usize = 10;

/// By Jaro and Winkler, 0 to 1: `wrok` and `work` have 0.92, `prod` and `work` 0.5.
const SIMILAR: f64 = 0.8;

/// In bytes. The comparison takes quadratic time.
const LONGEST_SIMILAR: usize = 100;
