//! The properties of a section.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use ini::{Ini, ParseOption};
use zeroize::Zeroizing;

use super::line::{self, Above, Kind};
use crate::secret::Secret;

/// The properties of one section; its keys are in lower case, as in the SDKs.
#[derive(Clone, PartialEq, Eq)]
pub struct Section(Vec<(String, Secret)>);

impl Section {
    /// The value of `key`, which is given in lower case. It may be empty. The lines of a value that
    /// goes on below are joined with `\n`.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.secret(key).map(Secret::expose)
    }

    /// The same, for a value that must not be shown.
    #[must_use]
    pub fn secret(&self, key: &str) -> Option<&Secret> {
        self.0.iter().rfind(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The properties indented below `key =`, as in `s3 =` or in a `[services x]` section.
    #[must_use]
    pub fn nested(&self, key: &str) -> Option<Self> {
        let block = self.value(key)?.strip_prefix('\n')?;
        Some(Self::read([block].into_iter()))
    }

    /// The keys, each once, in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        self.0.iter().map(|(key, _)| key.as_str()).filter(move |key| seen.insert(*key))
    }

    /// The keys that stand there more than once. botocore, and with it the AWS CLI, refuses such a
    /// file; the SDKs take the last.
    #[must_use]
    pub fn repeated_keys(&self) -> BTreeSet<&str> {
        let mut seen = HashSet::new();
        self.0.iter().map(|(key, _)| key.as_str()).filter(|key| !seen.insert(*key)).collect()
    }

    /// Reads the lines below the headers of one section, which were checked before.
    pub(super) fn read<'a>(bodies: impl Iterator<Item = &'a str>) -> Self {
        let mut properties = Vec::new();
        for body in bodies {
            let (text, nests) = prepared(body);
            let mut read = Ini::load_from_str_opt(&text, OPTIONS)
                .expect("rust-ini reads whatever `prepared` yields");
            let read = read.delete(None::<String>).into_iter().flatten();
            for ((key, mut value), nests) in read.zip(nests) {
                if nests {
                    value.insert(0, '\n');
                }
                properties.push((key.to_ascii_lowercase(), Secret::new(value)));
            }
        }
        Self(properties)
    }
}

/// The values are secrets.
impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Section(..)")
    }
}

/// The properties of `body` in the words of `rust-ini`, and of each whether it is a nested block
/// (which `rust-ini` does not say).
///
/// Comments and blank lines are left out: `rust-ini` 0.21.3 drops the first character of the line
/// that follows an inline comment if it also reads indented values. What means something to it but
/// not to the SDKs is escaped.
fn prepared(body: &str) -> (Zeroizing<String>, Vec<bool>) {
    let mut text = Zeroizing::new(String::with_capacity(2 * body.len() + 2));
    let mut nests = Vec::new();
    let mut above = Above::Header;
    let mut empty = false;
    for line in line::lines(body, 0..body.len()) {
        let line = line.content(body);
        match line::classify(line, above) {
            Ok(Kind::Property) => {
                let (key, value) = line::property(line).unwrap_or_default();
                push_escaped(&mut text, key, &['\\', ':']);
                text.push('=');
                push_escaped(&mut text, value, &['\\']);
                text.push('\n');
                nests.push(false);
                (above, empty) = (Above::Property, value.is_empty());
            }
            Ok(Kind::Continuation) => {
                text.push(' ');
                push_escaped(&mut text, line.trim_matches(line::BLANK), &['\\', '#', ';']);
                text.push('\n');
                if let (Some(nests), true) = (nests.last_mut(), empty) {
                    *nests = true;
                }
            }
            // Within a nested block, a line may be anything.
            Ok(_) | Err(_) => {}
        }
    }
    (text, nests)
}

fn push_escaped(text: &mut String, raw: &str, special: &[char]) {
    for c in raw.chars() {
        if special.contains(&c) {
            text.push('\\');
        }
        text.push(c);
    }
}

const OPTIONS: ParseOption = ParseOption {
    enabled_quote: false,
    enabled_escape: true,
    enabled_indented_mutiline_value: true,
    enabled_preserve_key_leading_whitespace: false,
};
