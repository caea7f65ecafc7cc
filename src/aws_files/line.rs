//! Classifies a line of an AWS file.

use std::ops::Range;

/// The lines of `text` within `range`, which must begin at the start of a line.
pub(super) fn lines(text: &str, range: Range<usize>) -> impl Iterator<Item = Line> {
    let mut start = range.start;
    std::iter::from_fn(move || {
        if start >= range.end {
            return None;
        }
        let rest = &text[start..range.end];
        let (end, next) = match rest.find('\n') {
            Some(at) if rest[..at].ends_with('\r') => (at - 1, at + 1),
            Some(at) => (at, at + 1),
            None => (rest.len(), rest.len()),
        };
        let line = Line { start, end: start + end, next: start + next };
        start = line.next;
        Some(line)
    })
}

/// The position of a line in the text.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) start: usize,
    /// The start of its newline.
    pub(super) end: usize,
    /// The start of the next line.
    pub(super) next: usize,
}

impl Line {
    /// The line without its newline.
    pub(super) fn content<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.end]
    }

    /// The line with its newline, if any.
    pub(super) fn whole<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.next]
    }
}

/// The kind of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Blank,
    /// A whole line, perhaps indented. The SDK for Rust reads an indented comment below a property
    /// as part of the value: a replacement must not leave one there.
    Comment,
    /// `is_portable` as in [`super::Part`].
    Header {
        name: Range<usize>,
        is_portable: bool,
    },
    Property,
    Continuation,
}

/// The line above, except for blank lines and comments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Previous {
    Nothing,
    Header,
    Property,
}

/// Classifies `line`, without its newline, as the SDKs do. The error is the problem.
pub(super) fn classify(line: &str, previous: Previous) -> Result<Kind, &'static str> {
    // A line ends here for Python, but not for the SDKs.
    if line.contains('\r') {
        return Err("a carriage return without a line feed");
    }
    let trimmed = line.trim_matches(BLANK);
    let Some(first) = trimmed.chars().next() else { return Ok(Kind::Blank) };
    if first == '#' || first == ';' {
        return Ok(Kind::Comment);
    }
    // Such a line is indented for Python, but not for the SDKs.
    if is_space(first) {
        return Err("white space other than spaces and tabs at the start of the line");
    }
    let indented = line.starts_with(BLANK);
    if first == '[' && (!indented || uncommented(trimmed).ends_with(']')) {
        // Only the SDK for JavaScript reads a header here below a property; the others continue the
        // value. So they would below a header, once it has a property.
        return if indented && previous != Previous::Nothing {
            Err("this section header must not be indented")
        } else {
            header(line)
        };
    }
    match (indented, previous) {
        (false, _) => property(line).map(|_| Kind::Property),
        (true, Previous::Property) => Ok(Kind::Continuation),
        (true, _) => Err("an indented line without a property above it"),
    }
}

fn header(line: &str) -> Result<Kind, &'static str> {
    let open = line.find('[').ok_or(UNCLOSED)? + 1;
    let comment = line.find(COMMENT).unwrap_or(line.len());
    let close = open + line.get(open..comment).ok_or(UNCLOSED)?.rfind(']').ok_or(UNCLOSED)?;
    if !line[close + 1..comment].trim_matches(BLANK).is_empty() {
        return Err(UNCLOSED);
    }
    let inner = &line[open..close];
    let start = open + (inner.len() - inner.trim_start_matches(BLANK).len());
    let name = start..start + inner.trim_matches(BLANK).len();
    // botocore and the SDK for JavaScript keep blanks inside the brackets. For botocore, the name
    // ends at the last `]` of the line, even in a comment.
    let is_portable = name == (open..close) && !line[close + 1..].contains(']');
    Ok(Kind::Header { name, is_portable })
}

/// The trimmed key and value of a property's line, without the comment at its end.
pub(super) fn property(line: &str) -> Result<(&str, &str), &'static str> {
    let (key, value) = uncommented(line).split_once('=').ok_or("expected `key = value`")?;
    match key.trim_matches(is_space) {
        "" => Err("expected a key before the `=`"),
        key => Ok((key, value.trim_matches(is_space))),
    }
}

/// `line` without the comment at its end: a `#` or `;` after white space.
fn uncommented(line: &str) -> &str {
    let is_comment = |(at, byte): &(usize, u8)| {
        matches!(byte, b'#' | b';') && line[..*at].ends_with(char::is_whitespace)
    };
    let comment = line.bytes().enumerate().find(is_comment);
    line[..comment.map_or(line.len(), |(at, _)| at)].trim_matches(BLANK)
}

/// Whether the character is white space for Rust or Python.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// The SDKs only skip this white space around keys, values and names.
pub(super) const BLANK: [char; 2] = [' ', '\t'];
const COMMENT: [char; 2] = ['#', ';'];
const UNCLOSED: &str = "expected `]` at the end of the section header";
