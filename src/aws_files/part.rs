//! The parts of a file: each is a header and its lines.

use std::{cell::OnceCell, ops::Range};

use super::{header, line::Lines, section::Section, syntax_error::SyntaxError};

/// A header and the lines down to the next header.
pub(super) struct Part {
    /// The start of the header's line.
    pub(super) start: usize,
    /// The text between the brackets, trimmed.
    pub(super) name: Range<usize>,
    /// The name of the section, if it is not that text.
    canonical: Option<String>,
    /// The lines below the header.
    pub(super) body: Range<usize>,
    /// Whether every reader finds the section by this name, once `splice` has moved a comment that
    /// touches the bracket.
    pub(super) is_portable: bool,
    /// The parsed section; only in the first part of its name.
    pub(super) section: OnceCell<Section>,
}

impl Part {
    pub(super) fn name<'a>(&'a self, text: &'a str) -> &'a str {
        self.canonical.as_deref().unwrap_or_else(|| &text[self.name.clone()])
    }

    pub(super) fn name_bytes<'a>(&'a self, text: &'a [u8]) -> &'a [u8] {
        self.canonical.as_ref().map_or_else(|| &text[self.name.clone()], |it| it.as_bytes())
    }
}

/// How the headers of a file name its sections.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Headers {
    /// As they are, in the credentials file.
    Literal,
    /// As a kind and a name, which may be quoted, in the config file.
    Words,
}

/// Splits the text at the headers, and checks every line.
pub(super) fn split(text: &str, headers: Headers) -> Result<Vec<Part>, SyntaxError> {
    let mut parts: Vec<Part> = Vec::new();
    let mut lines = Lines::of_file(text, text_start(text)..text.len());
    while let Some(header) = lines.next_header()? {
        if let Some(part) = parts.last_mut() {
            part.body.end = header.start;
        }
        let canonical = match headers {
            Headers::Words if !header.is_plain => header::canonical(&text[header.name.clone()]),
            _ => None,
        };
        parts.push(Part {
            start: header.start,
            name: header.name,
            canonical,
            body: header.next..text.len(),
            is_portable: header.is_portable,
            section: OnceCell::new(),
        });
    }
    Ok(parts)
}

/// The start of the first line, after a byte order mark.
pub(super) fn text_start(text: &str) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 }
}

pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';
