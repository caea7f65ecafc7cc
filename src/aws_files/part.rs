//! The parts of a file: each is a header and its lines.

use std::{
    cell::OnceCell,
    collections::BTreeMap,
    hash::{BuildHasher as _, Hasher as _},
    iter, mem,
    num::NonZero,
    ops::Range,
};

use foldhash::fast::RandomState;

use super::{header, line::Lines, section::Section, syntax_error::SyntaxError};

/// A header and the lines down to the next header.
pub(super) struct Part {
    /// The start of the header's line.
    pub(super) start: usize,
    /// The text between the brackets, trimmed.
    pub(super) name: Range<usize>,
    /// The lines below the header.
    pub(super) body: Range<usize>,
    /// Whether every reader finds the section by this name, once `splice` has moved a comment that
    /// touches the bracket.
    pub(super) is_portable: bool,
}

/// The parts of a text, by their numbers, and a hash table of their names with chains. A file may
/// have 100,000 parts: each costs few bytes, because its header is parsed again when needed.
#[derive(Default)]
pub(super) struct Parts {
    list: Vec<Entry>,
    /// The names of sections, if they are not the text between the brackets.
    canonical: BTreeMap<usize, String>,
    /// Starts from a random seed, so that no file can make many names collide.
    hasher: RandomState,
    /// The first part of each chain.
    chains: Vec<Link>,
}

/// One more than the number of a part.
type Link = Option<NonZero<usize>>;

struct Entry {
    start: usize,
    /// Of the name.
    hash: u64,
    /// The next part of its chain.
    next: Link,
    /// The parsed section; only in the first part of its name.
    section: OnceCell<Box<Section>>,
}

/// How the headers of a file name its sections.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Headers {
    /// As they are, in the credentials file.
    Literal,
    /// As a kind and a name, which may be quoted, in the config file.
    Words,
}

impl Parts {
    /// Splits the text at the headers, and checks every line.
    pub(super) fn split(text: &str, headers: Headers) -> Result<Self, SyntaxError> {
        let list = Vec::with_capacity(text.len() / MEAN_LENGTH);
        let mut parts = Self { list, ..Self::default() };
        let mut lines = Lines::of_file(text, text_start(text)..text.len());
        while let Some(header) = lines.next_header()? {
            let hash = if headers == Headers::Words
                && !header.is_plain
                && let Some(name) = header::canonical(&text[header.name.clone()])
            {
                let hash = parts.hash(name.as_bytes());
                parts.canonical.insert(parts.list.len(), name);
                hash
            } else {
                parts.hash(&text.as_bytes()[header.name])
            };
            let section = OnceCell::new();
            parts.list.push(Entry { start: header.start, hash, next: None, section });
        }
        parts.link();
        Ok(parts)
    }

    /// Makes the chains. Each is in the order of the parts.
    fn link(&mut self) {
        let chains = self.list.len().next_power_of_two();
        self.chains = vec![None; chains];
        for (number, entry) in self.list.iter_mut().enumerate().rev() {
            let first = &mut self.chains[chain(entry.hash, chains)];
            entry.next = mem::replace(first, NonZero::new(number + 1));
        }
    }

    pub(super) fn numbers(&self) -> Range<usize> {
        0..self.list.len()
    }

    pub(super) fn part(&self, number: usize, text: &str) -> Part {
        let start = self.list[number].start;
        let end = self.list.get(number + 1).map_or(text.len(), |next| next.start);
        let line = Lines::of_file(text, start..end).next();
        let header = line.and_then(|line| line.header(text).ok());
        let header = header.expect("`split` found a header here");
        let body = header.next..end;
        Part { start, name: header.name, body, is_portable: header.is_portable }
    }

    pub(super) fn name<'a>(&'a self, number: usize, text: &'a str) -> &'a str {
        let canonical = self.canonical.get(&number);
        canonical.map_or_else(|| &text[self.part(number, text).name], String::as_str)
    }

    /// The parts of a section, in file order.
    pub(super) fn of_section(&self, name: &str, text: &str) -> impl Iterator<Item = usize> {
        let candidates = self.with_hash(self.hash(name.as_bytes()));
        candidates.filter(move |part| self.name(*part, text) == name)
    }

    /// Whether no part above has the same name.
    pub(super) fn is_first(&self, number: usize, text: &str) -> bool {
        // The names matter only if an earlier part has the same hash.
        self.with_hash(self.list[number].hash).next() == Some(number)
            || self.of_section(self.name(number, text), text).next() == Some(number)
    }

    fn with_hash(&self, hash: u64) -> impl Iterator<Item = usize> {
        let first = self.chains.get(chain(hash, self.chains.len())).copied().flatten();
        let links = iter::successors(first, |link| self.list[link.get() - 1].next);
        links.map(|link| link.get() - 1).filter(move |part| self.list[*part].hash == hash)
    }

    fn hash(&self, name: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(name);
        hasher.finish()
    }

    /// The part with this position of the text in its body.
    pub(super) fn around(&self, at: usize, text: &str) -> Option<usize> {
        let number = self.list.partition_point(|part| part.start <= at).checked_sub(1)?;
        self.part(number, text).body.contains(&at).then_some(number)
    }

    /// Where to keep the parsed section of this part.
    pub(super) fn cell(&self, number: usize) -> &OnceCell<Box<Section>> {
        &self.list[number].section
    }
}

/// Of a part, in bytes.
const MEAN_LENGTH: usize = 128;

/// The chain for a hash; the number of chains is a power of two.
fn chain(hash: u64, chains: usize) -> usize {
    let mask = chains.saturating_sub(1);
    usize::try_from(hash & mask as u64).unwrap_or(mask)
}

/// The start of the first line, after a byte order mark.
pub(super) fn text_start(text: &str) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 }
}

pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';
