//! The properties of a section.
//!
//! `rust-ini` splits the lines into keys and values, and joins continuation lines. It would misread
//! raw lines: `:` ends a key, `\` escapes, and a comment after a value is part of the value.
//! Therefore our scanner first removes comments and blank lines, and escapes these characters.

use std::{
    collections::{BTreeSet, HashSet},
    fmt,
};

use ini::{Ini, ParseOption};
use zeroize::Zeroizing;

use super::line::{self, Kind, Lines};
use crate::secret::Secret;

/// The properties of a section. Keys are lower case, as in the SDKs.
#[derive(Clone, PartialEq, Eq)]
pub struct Section(Vec<(String, Secret)>);

impl Section {
    /// The value of `key`, which must be lower case. It may be empty. `\n` joins continuation
    /// lines.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.secret(key).map(Secret::expose)
    }

    /// [`Self::value`], if it is not empty.
    #[must_use]
    pub fn non_empty(&self, key: &str) -> Option<&str> {
        self.value(key).filter(|value| !value.is_empty())
    }

    /// The value of `key` as a secret. It may be empty.
    #[must_use]
    pub fn secret(&self, key: &str) -> Option<&Secret> {
        self.0.iter().rfind(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// [`Self::secret`], if it is not empty.
    #[must_use]
    pub fn non_empty_secret(&self, key: &str) -> Option<&Secret> {
        self.non_empty(key).and_then(|_| self.secret(key))
    }

    /// The properties indented below `key =`, as in `s3 =` or in a `[services x]` section.
    #[must_use]
    pub fn nested(&self, key: &str) -> Option<Self> {
        let block = self.value(key)?.strip_prefix('\n')?;
        Some(Self::parse([block].into_iter()))
    }

    /// The keys, each once, in file order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        self.0.iter().map(|(key, _)| key.as_str()).filter(move |key| seen.insert(*key))
    }

    /// The repeated keys. botocore, and thus the AWS CLI, refuses such a file; in the SDKs, the
    /// last one wins.
    #[must_use]
    pub fn repeated_keys(&self) -> BTreeSet<&str> {
        let mut seen = HashSet::new();
        self.0.iter().map(|(key, _)| key.as_str()).filter(|key| !seen.insert(*key)).collect()
    }

    /// Parses the lines below the headers of a section. [`super::split`] checked them.
    pub(super) fn parse<'a>(bodies: impl Iterator<Item = &'a str>) -> Self {
        let mut properties = Vec::new();
        for body in bodies {
            let (text, nested) = for_rust_ini(body);
            let mut read = Ini::load_from_str_opt(&text, OPTIONS)
                .expect("rust-ini parses the output of `for_rust_ini`");
            let read = read.delete(None::<String>).into_iter().flatten();
            for ((key, mut value), is_nested) in read.zip(nested) {
                if is_nested {
                    value.insert(0, '\n');
                }
                properties.push((key.to_ascii_lowercase(), Secret::new(value)));
            }
        }
        Self(properties)
    }
}

/// Hides the values: they are secrets.
impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Section(..)")
    }
}

/// A text that `rust-ini` reads as the SDKs read `body`; and whether each property is a nested
/// block, which `rust-ini` does not report.
///
/// This removes comments because the feature `inline-comment` of `rust-ini` 0.21.3, together with
/// indented values, drops the first character of the next line.
fn for_rust_ini(body: &str) -> (Zeroizing<String>, Vec<bool>) {
    let mut text = Zeroizing::new(String::new());
    let mut nested = Vec::new();
    let mut is_empty = false;
    for line in Lines::of_section(body, 0..body.len()) {
        let kind = line.kind;
        let line = line.content(body);
        match kind {
            Ok(Kind::Property) => {
                let (key, value) = line::property(line).unwrap_or_default();
                push_escaped(&mut text, key, &['\\', ':']);
                text.push('=');
                push_escaped(&mut text, value, &['\\']);
                text.push('\n');
                nested.push(false);
                is_empty = value.is_empty();
            }
            Ok(Kind::Continuation) => {
                text.push(' ');
                push_escaped(&mut text, line.trim_matches(line::BLANK), &['\\', '#', ';']);
                text.push('\n');
                if let (Some(is_nested), true) = (nested.last_mut(), is_empty) {
                    *is_nested = true;
                }
            }
            // The SDKs ignore an invalid line in a nested block.
            Ok(_) | Err(_) => {}
        }
    }
    (text, nested)
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
