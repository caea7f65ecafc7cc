//! Classifies a line of an AWS file.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr2_iter};

/// The lines of `text` within `range`, which must begin at the start of a line.
pub(super) fn lines(text: &str, range: Range<usize>) -> impl Iterator<Item = Line> {
    let bytes = &text.as_bytes()[..range.end];
    let mut start = range.start;
    std::iter::from_fn(move || {
        if start >= bytes.len() {
            return None;
        }
        let line = Line::at(bytes, start);
        start = line.next;
        Some(line)
    })
}

/// The position of a line in the text.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) start: usize,
    /// The start of its newline.
    end: usize,
    /// The start of the next line.
    pub(super) next: usize,
    /// Whether the line contains a carriage return that is not part of its newline.
    has_carriage_return: bool,
}

impl Line {
    fn at(bytes: &[u8], start: usize) -> Self {
        let line = |end, next, has_carriage_return| Self { start, end, next, has_carriage_return };
        let length = bytes.len();
        match memchr2(b'\n', b'\r', &bytes[start..]).map(|at| start + at) {
            None => line(length, length, false),
            Some(at) if bytes[at] == b'\n' => line(at, at + 1, false),
            Some(at) if bytes.get(at + 1) == Some(&b'\n') => line(at, at + 2, false),
            Some(at) => {
                let end = memchr(b'\n', &bytes[at..]).map_or(length, |found| at + found);
                line(end, length.min(end + 1), true)
            }
        }
    }

    /// The line without its newline.
    pub(super) fn content<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.end]
    }

    /// The line with its newline, if any.
    pub(super) fn whole<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.next]
    }

    /// Classifies the line as the SDKs do. The error is the problem.
    pub(super) fn classify(&self, text: &str, previous: Previous) -> Result<Kind, &'static str> {
        // A line ends here for Python, but not for the SDKs.
        if self.has_carriage_return {
            return Err("a carriage return without a line feed");
        }
        classify(self.content(text), previous)
    }
}

/// The kind of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Blank,
    /// A whole line, perhaps indented. The SDK for Rust reads an indented comment below a property
    /// as part of the value: a replacement must not leave one there.
    Comment,
    /// The line begins like a header: see [`header`].
    Header,
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

fn classify(line: &str, previous: Previous) -> Result<Kind, &'static str> {
    let bytes = line.as_bytes();
    let indentation = bytes.iter().take_while(|byte| is_blank(**byte)).count();
    let is_indented = indentation > 0;
    match bytes.get(indentation) {
        None => Ok(Kind::Blank),
        Some(b'#' | b';') => Ok(Kind::Comment),
        // Such a line is indented for Python, but not for the SDKs.
        Some(byte) if !byte.is_ascii_graphic() && line[indentation..].starts_with(is_space) => {
            Err("white space other than spaces and tabs at the start of the line")
        }
        Some(b'[') if !is_indented => Ok(Kind::Header),
        // Only the SDK for JavaScript reads a header here below a property; the others continue the
        // value. So they would below a header, once it has a property.
        Some(b'[') if uncommented(line).ends_with(']') => match previous {
            Previous::Nothing => Ok(Kind::Header),
            _ => Err("this section header must not be indented"),
        },
        Some(_) if !is_indented => end_of_key(line).map(|_| Kind::Property),
        Some(_) if previous == Previous::Property => Ok(Kind::Continuation),
        Some(_) => Err("an indented line without a property above it"),
    }
}

/// The name in a header's line, trimmed; and whether every reader finds it, as in [`super::Part`].
pub(super) fn header(line: &str) -> Result<(Range<usize>, bool), &'static str> {
    let bytes = line.as_bytes();
    let open = bytes.iter().position(|byte| *byte == b'[').ok_or(UNCLOSED)? + 1;
    let end = memchr2(b'#', b';', bytes).unwrap_or(line.len());
    let inner = bytes.get(open..end).ok_or(UNCLOSED)?;
    let close = open + inner.iter().rposition(|byte| *byte == b']').ok_or(UNCLOSED)?;
    if !bytes[close + 1..end].iter().all(|byte| is_blank(*byte)) {
        return Err(UNCLOSED);
    }
    let inner = &line[open..close];
    let name = inner.trim_matches(BLANK);
    let start = open + (inner.len() - inner.trim_start_matches(BLANK).len());
    // botocore and the SDK for JavaScript keep blanks inside the brackets. For botocore, the name
    // ends at the last `]` of the line, even in a comment.
    let is_portable = name.len() == inner.len() && !bytes[end..].contains(&b']');
    Ok((start..start + name.len(), is_portable))
}

/// The trimmed key and value of a property's line, without the comment at its end.
pub(super) fn property(line: &str) -> Result<(&str, &str), &'static str> {
    let end = end_of_key(line)?;
    let value = uncommented(line).get(end + 1..).unwrap_or_default();
    Ok((line[..end].trim_matches(is_space), value.trim_matches(is_space)))
}

/// The position of the `=` in a property's line, which does not begin with white space.
fn end_of_key(line: &str) -> Result<usize, &'static str> {
    let bytes = line.as_bytes();
    let mut at = 0;
    // Letters come after these characters: most bytes need one comparison.
    while let Some(found) = bytes[at..].iter().position(|byte| *byte <= b'=') {
        at += found;
        match bytes[at] {
            b'=' if at == 0 => return Err("expected a key before the `=`"),
            b'=' => return Ok(at),
            b'#' | b';' if is_comment(line, at) => break,
            _ => at += 1,
        }
    }
    Err("expected `key = value`")
}

/// `line` without the comment at its end.
fn uncommented(line: &str) -> &str {
    let mut candidates = memchr2_iter(b'#', b';', line.as_bytes());
    let comment = candidates.find(|at| is_comment(line, *at));
    line[..comment.unwrap_or(line.len())].trim_matches(BLANK)
}

/// Whether the `#` or `;` at this position begins a comment: it does after white space.
fn is_comment(line: &str, at: usize) -> bool {
    line[..at].ends_with(char::is_whitespace)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether the character is white space for Rust or Python.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// The SDKs only skip this white space around keys, values and names.
pub(super) const BLANK: [char; 2] = [' ', '\t'];
const UNCLOSED: &str = "expected `]` at the end of the section header";
