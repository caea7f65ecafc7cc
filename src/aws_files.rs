//! The syntax of the two AWS files: reads and replaces a section, and keeps every other byte. It
//! does no input or output, and does not know the meaning of keys.
//!
//! The AWS SDKs for Rust and JavaScript, and botocore (in the AWS CLI), read these files
//! differently. This module reads by the grammar of the [AWS SDKs and Tools Reference
//! Guide][format], and writes only text that all of them read alike. It refuses a line that is a
//! header to one reader and text to another: a key below it would be in two different sections.
//!
//! A scanner classifies the lines; `rust-ini` parses the properties of a section. It does not
//! write: it would drop comments, spacing and newline style.
//!
//! [format]: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html

use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    io::{self, Read},
};

use memchr::memmem;
use zeroize::Zeroizing;

use crate::secret::Secret;

mod find;
mod header;
mod line;
mod part;
mod section;
mod splice;
mod syntax_error;
mod writable;

#[cfg(test)]
mod tests;

pub use header::{config_header, name_in_header};
pub use section::Section;
pub use syntax_error::SyntaxError;
pub use writable::{SectionName, Unwritable, Value};

use part::{BYTE_ORDER_MARK, Headers, Part, Parts};
use syntax_error::line_number;

/// A credentials or config file, split into sections. It parses a section once, on first use.
pub struct Document {
    text: Secret,
    parts: Parts,
}

impl Document {
    /// Parses a credentials file, whose headers are literal. Checks every line. Time and memory
    /// are linear in the length of the text.
    pub fn parse(text: Secret) -> Result<Self, SyntaxError> {
        let parts = Parts::split(text.expose(), Headers::Literal)?;
        Ok(Self { text, parts })
    }

    /// Parses a config file. [`config_header`] names its sections.
    pub fn parse_config(text: Secret) -> Result<Self, SyntaxError> {
        let parts = Parts::split(text.expose(), Headers::Words)?;
        Ok(Self { text, parts })
    }

    /// The section names, each once, in file order.
    pub fn section_names(&self) -> impl Iterator<Item = &str> {
        let text = self.text.expose();
        let first = self.parts.numbers().filter(move |part| self.parts.is_first(*part, text));
        first.map(move |part| self.parts.name(part, text))
    }

    /// Section `name`, as the SDKs read it: merges all sections of that name; the last of equal
    /// keys wins. `None` if the file has no such section.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Section> {
        let text = self.text.expose();
        let mut parts = self.parts.of_section(name, text).peekable();
        let cell = self.parts.cell(*parts.peek()?);
        let bodies = parts.map(|part| &text[self.parts.part(part, text).body]);
        Some(cell.get_or_init(|| Box::new(Section::parse(bodies))))
    }

    /// The line number of the first header of section `name`, from 1.
    #[must_use]
    pub fn line_of(&self, name: &str) -> Option<usize> {
        let part = self.parts_named(name).next()?;
        Some(line_number(self.text.expose(), part.start))
    }

    /// The sections that contain one of these words, with their names, in the order of the first
    /// occurrences. Does not parse other sections. A word must not be empty.
    pub fn sections_with(&self, words: &[&str]) -> impl Iterator<Item = (&str, &Section)> {
        let text = self.text.expose();
        let found = words.iter().flat_map(|word| memmem::find_iter(text.as_bytes(), *word));
        // In file order, each once.
        let parts: BTreeSet<usize> = found.filter_map(|at| self.parts.around(at, text)).collect();
        let mut seen = HashSet::new();
        let names = parts.into_iter().map(move |part| self.parts.name(part, text));
        let names = names.filter(move |name| seen.insert(*name));
        names.filter_map(|name| self.section(name).map(|section| (name, section)))
    }

    /// The names of more than one header. botocore, and thus the AWS CLI, refuses such a file; the
    /// SDKs merge the sections.
    #[must_use]
    pub fn repeated_sections(&self) -> BTreeSet<&str> {
        let text = self.text.expose();
        let repeated = self.parts.numbers().filter(|part| !self.parts.is_first(*part, text));
        repeated.map(|part| self.parts.name(part, text)).collect()
    }

    /// Whether the text begins with U+FEFF, which some Windows editors add. botocore and the SDK
    /// for Rust refuse such a file.
    #[must_use]
    pub fn has_byte_order_mark(&self) -> bool {
        self.text.expose().starts_with(BYTE_ORDER_MARK)
    }

    /// Whether the document was parsed from this text. Keeps no copy of it.
    pub fn has_text(&self, mut text: impl Read) -> io::Result<bool> {
        let mut rest = self.text.expose().as_bytes();
        let mut buffer = Zeroizing::new(vec![0; 8192.min(rest.len() + 1)]);
        loop {
            let length = match text.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                length => length?,
            };
            match rest.strip_prefix(&buffer[..length]) {
                Some([]) if length == 0 => return Ok(true),
                Some(after) if length > 0 => rest = after,
                _ => return Ok(false),
            }
        }
    }

    /// The length of the text in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.text.expose().len()
    }

    /// The text with the properties `set` in section `name`, in this order, and without the keys in
    /// `remove`. All other bytes stay.
    ///
    /// The new lines replace the first old one. Without old lines, they follow the header, in an
    /// empty section below an empty line. A missing section is appended below one newline. A second
    /// replacement with the same values changes nothing. Keys must be lower case.
    #[must_use]
    pub fn replace(
        &self,
        name: &SectionName,
        set: &[(&'static str, &Value)],
        remove: &[&'static str],
    ) -> Secret {
        let parts: Vec<Part> = self.parts_named(name.as_str()).collect();
        splice::replace(self.text.expose(), &parts, name, set, remove)
    }

    /// The text without these properties of these sections. If a section becomes empty, its header
    /// and one newline above go, too; or else the empty line that [`Self::replace`] left below the
    /// header. So this undoes a replacement that only added lines.
    #[must_use]
    pub fn clear(&self, sections: &[(&SectionName, Vec<&'static str>)]) -> Secret {
        let parts = sections.iter().flat_map(|(name, remove)| {
            self.parts_named(name.as_str()).map(|part| (part, remove.as_slice()))
        });
        let mut parts: Vec<_> = parts.collect();
        parts.sort_by_key(|(part, _)| part.start);
        splice::clear(self.text.expose(), &parts)
    }

    /// In file order.
    fn parts_named(&self, name: &str) -> impl Iterator<Item = Part> {
        let text = self.text.expose();
        self.parts.of_section(name, text).map(|part| self.parts.part(part, text))
    }
}

/// An empty document.
impl Default for Document {
    fn default() -> Self {
        Self { text: Secret::new(String::new()), parts: Parts::default() }
    }
}

/// Hides the text: it contains secrets.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document(..)")
    }
}
