//! The parts of a file: each is a header and its lines.

use std::{cell::OnceCell, error::Error, fmt, ops::Range};

use super::{header, line, section::Section};

/// A line that the AWS SDKs refuse or read differently. It omits the text of the line, which may be
/// a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line number, from 1.
    pub line: usize,
    /// The problem.
    pub problem: &'static str,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl Error for SyntaxError {}

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
    let mut previous = line::Previous::Nothing;
    for (index, line) in line::lines(text, text_start(text)..text.len()).enumerate() {
        let error = |problem| SyntaxError { line: index + 1, problem };
        match line.classify(text, previous).map_err(error)? {
            line::Kind::Blank | line::Kind::Comment => {}
            line::Kind::Header => {
                let (name, is_portable) = line::header(line.content(text)).map_err(error)?;
                if let Some(part) = parts.last_mut() {
                    part.body.end = line.start;
                }
                let name = line.start + name.start..line.start + name.end;
                let canonical = match headers {
                    Headers::Literal => None,
                    Headers::Words => header::canonical(&text[name.clone()]),
                };
                parts.push(Part {
                    start: line.start,
                    name,
                    canonical,
                    body: line.next..text.len(),
                    is_portable,
                    section: OnceCell::new(),
                });
                previous = line::Previous::Header;
            }
            line::Kind::Property | line::Kind::Continuation if parts.is_empty() => {
                return Err(error("expected a `[section]` above this line"));
            }
            line::Kind::Property | line::Kind::Continuation => previous = line::Previous::Property,
        }
    }
    Ok(parts)
}

/// The start of the first line, after a byte order mark.
pub(super) fn text_start(text: &str) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 }
}

pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';
