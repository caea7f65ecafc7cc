//! The syntax of the two AWS files: read a section, replace a section, keep every other byte.
//!
//! It is pure: where the files are, who may write them and what the keys mean is said elsewhere.
//!
//! Four programs read these files, and they disagree (the AWS SDKs for Rust and JavaScript, and
//! botocore, which the AWS CLI uses, were compared). The measure for reading is the grammar of the
//! [AWS SDKs and Tools Reference Guide][format]. A line that one reader takes for a header and
//! another for text is refused, because a key written below it would land in two different
//! sections. What is written is what all of them read alike.
//!
//! Our own scanner decides what a line is; `rust-ini` reads the properties of a section and never
//! writes, because it would drop comments, spacing and newline style.
//!
//! [format]: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::error::Error;
use std::fmt;
use std::ops::Range;

use crate::secret::Secret;

mod line;
mod section;
mod splice;
mod written;

#[cfg(test)]
mod tests;

pub use section::Section;
pub use written::{SectionName, Unwritable, Value};

/// A credentials or config file, split into sections.
pub struct Document {
    text: Secret,
    parts: Vec<Part>,
}

impl Document {
    /// Checks every line. Time and memory are linear in the length of the text.
    pub fn parse(text: Secret) -> Result<Self, SyntaxError> {
        let parts = split(text.expose())?;
        Ok(Self { text, parts })
    }

    /// The names in the headers, each once, in the order of the file; a run of white space inside
    /// a name, as in `[profile   x]`, is one space.
    pub fn section_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let mut seen = HashSet::new();
        self.parts
            .iter()
            .map(|part| part.name(self.text.expose()))
            .filter(move |name| seen.insert(name.clone()))
    }

    /// What the SDKs read as section `name`: all sections of that name together, the last of equal
    /// properties alone. `None` where there is no such section.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<Section> {
        let mut parts = self.parts_named(name).peekable();
        parts.peek()?;
        Some(Section::read(parts.map(|part| &self.text.expose()[part.body.clone()])))
    }

    /// The sections in which one of these words stands, each with its name, in the order of the
    /// file. Of a file with thousands of sections, few are read.
    #[must_use]
    pub fn sections_with(&self, words: &[&str]) -> Vec<(String, Section)> {
        let text = self.text.expose();
        let has_one =
            |part: &&Part| words.iter().any(|word| text[part.body.clone()].contains(word));
        let mut places: HashMap<_, usize> = HashMap::new();
        let mut sections: Vec<(String, Vec<&str>)> = Vec::new();
        for part in self.parts.iter().filter(has_one) {
            let name = part.name(text);
            places.entry(name.clone()).or_insert_with(|| {
                sections.push((name.into_owned(), Vec::new()));
                sections.len() - 1
            });
        }
        for part in &self.parts {
            if let Some(place) = places.get(&part.name(text)) {
                sections[*place].1.push(&text[part.body.clone()]);
            }
        }
        let read = |(name, bodies): (String, Vec<&str>)| (name, Section::read(bodies.into_iter()));
        sections.into_iter().map(read).collect()
    }

    /// The names that more than one header has. botocore, and with it the AWS CLI, refuses such a
    /// file; the SDKs merge the sections.
    #[must_use]
    pub fn repeated_sections(&self) -> BTreeSet<Cow<'_, str>> {
        let mut seen = HashSet::new();
        let names = self.parts.iter().map(|part| part.name(self.text.expose()));
        names.filter(|name| !seen.insert(name.clone())).collect()
    }

    /// Whether the text begins with U+FEFF, as some Windows editors leave it. botocore and the SDK
    /// for Rust refuse such a file.
    #[must_use]
    pub fn has_byte_order_mark(&self) -> bool {
        self.text.expose().starts_with(BYTE_ORDER_MARK)
    }

    /// Whether this is the text.
    #[must_use]
    pub fn is_of(&self, text: &[u8]) -> bool {
        self.text.expose().as_bytes() == text
    }

    /// The text with section `name` holding `set`, in this order, and no property of a key in
    /// `remove`; every byte that is not part of such a property stays.
    ///
    /// The new lines stand where the first of the old ones stood, or else right below the header;
    /// a section that is not there yet is appended. Replacing again changes nothing.
    ///
    /// Keys are lower case, as the SDKs look them up.
    #[must_use]
    pub fn replace(
        &self,
        name: &SectionName,
        set: &[(&'static str, &Value)],
        remove: &[&'static str],
    ) -> Secret {
        splice::replace(self, name, set, remove)
    }

    /// The text without these properties of section `name`, and without its header where nothing
    /// else is left of the section.
    #[must_use]
    pub fn clear(&self, name: &SectionName, remove: &[&'static str]) -> Secret {
        splice::clear(self, name, remove)
    }

    fn parts_named(&self, name: &str) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| part.name(self.text.expose()) == name)
    }
}

/// The text holds secrets.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document(..)")
    }
}

/// A line that no AWS SDK reads, or that they read differently. It does not hold the line's text,
/// which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl Error for SyntaxError {}

/// A header and what follows it up to the next header.
struct Part {
    /// Where the header's line begins.
    start: usize,
    /// What is between the brackets, trimmed.
    name: Range<usize>,
    /// The lines below the header.
    body: Range<usize>,
    /// Whether every reader finds the section under this name, but for a comment that is too
    /// close, see [`splice`].
    plain: bool,
}

impl Part {
    fn name<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let name = &text[self.name.clone()];
        if name.contains("  ") || name.contains('\t') {
            Cow::Owned(name.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
        } else {
            Cow::Borrowed(name)
        }
    }
}

fn split(text: &str) -> Result<Vec<Part>, SyntaxError> {
    let mut parts: Vec<Part> = Vec::new();
    let mut above = line::Above::Nothing;
    for (index, line) in line::lines(text, first_line(text)..text.len()).enumerate() {
        let refused = |problem| SyntaxError { line: index + 1, problem };
        match line::classify(line.content(text), above).map_err(refused)? {
            line::Kind::Blank | line::Kind::Comment => {}
            line::Kind::Header { name, plain } => {
                if let Some(part) = parts.last_mut() {
                    part.body.end = line.start;
                }
                let name = line.start + name.start..line.start + name.end;
                parts.push(Part { start: line.start, name, body: line.next..text.len(), plain });
                above = line::Above::Header;
            }
            line::Kind::Property | line::Kind::Continuation if parts.is_empty() => {
                return Err(refused("expected a `[section]` before this line"));
            }
            line::Kind::Property | line::Kind::Continuation => above = line::Above::Property,
        }
    }
    Ok(parts)
}

/// Where the text begins, behind a byte order mark.
fn first_line(text: &str) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 }
}

const BYTE_ORDER_MARK: char = '\u{feff}';
