//! Splits an AWS file into lines, and classifies them.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr2_iter, memrchr};

use super::{
    find::{Word, find},
    syntax_error::SyntaxError,
};

/// The lines of a text, classified as the SDKs do.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// The start of the next line; beyond the end of the text after the last one.
    next: usize,
    previous: Previous,
}

impl<'a> Lines<'a> {
    /// The lines within `range`, which must begin at the start of a line.
    pub(super) fn of_file(text: &'a str, range: Range<usize>) -> Self {
        Self::new(text, range, Previous::Nothing)
    }

    /// The lines within `range`, which must begin below a header.
    pub(super) fn of_section(text: &'a str, range: Range<usize>) -> Self {
        Self::new(text, range, Previous::Header)
    }

    fn new(text: &'a str, range: Range<usize>, previous: Previous) -> Self {
        Self { text: &text[..range.end], next: range.start, previous }
    }

    /// The next header. Checks all lines above it.
    pub(super) fn next_header(&mut self) -> Result<Option<Header>, SyntaxError> {
        loop {
            self.skip_plain_lines();
            if let Some(header) = self.next_plain_header() {
                return Ok(Some(header));
            }
            let is_first = self.previous == Previous::Nothing;
            let Some(line) = self.next() else { return Ok(None) };
            let error = |problem| SyntaxError::new(self.text, line.start, problem);
            match line.kind.map_err(error)? {
                Kind::Header => return line.header(self.text).map(Some).map_err(error),
                Kind::Property | Kind::Continuation if is_first => {
                    return Err(error("expected a `[section]` above this line"));
                }
                _ => {}
            }
        }
    }

    /// Skips blank lines, comments and properties, which make up most of a file, at a third of the
    /// cost of [`Self::next`]. Stops at a line that is unusual, such as an indented one.
    fn skip_plain_lines(&mut self) {
        if self.previous == Previous::Nothing {
            return;
        }
        let bytes = self.text.as_bytes();
        while let Some(first) = bytes.get(self.next) {
            let rest = match first {
                b'a'..=b'z' | b'A'..=b'Z' => match end_of_key(self.text, self.next) {
                    Some(end) => {
                        self.previous = Previous::Property;
                        end
                    }
                    None => return,
                },
                b'\n' => {
                    self.next += 1;
                    continue;
                }
                b'#' | b';' | b'\r' => self.next,
                _ => return,
            };
            let Some(next) = next_line(bytes, rest) else { return };
            self.next = next;
        }
    }

    /// The header in the next line, if it has only brackets, and a name or two without quotes.
    fn next_plain_header(&mut self) -> Option<Header> {
        let bytes = self.text.as_bytes();
        let start = self.next;
        if bytes.get(start) != Some(&b'[') {
            return None;
        }
        // Blanks, quotes and `#` come before the hyphen.
        let special =
            |word: Word| word.less(b'-') | word.equal(b';') | word.equal(b'\\') | word.equal(b']');
        let mut end = start;
        loop {
            end = find(bytes, end + 1, special);
            if matches!(bytes[end - 1], b'[' | b' ') {
                return None;
            }
            match bytes.get(end)? {
                b']' => break,
                b' ' => {}
                _ => return None,
            }
        }
        self.next = match bytes[end + 1..] {
            [b'\n', ..] => end + 2,
            [b'\r', b'\n', ..] => end + 3,
            _ => return None,
        };
        self.previous = Previous::Header;
        let name = start + 1..end;
        Some(Header { start, name, next: self.next, is_plain: true, is_portable: true })
    }

    fn classify(&self, line: &str) -> Result<Kind, &'static str> {
        let rest = line.trim_start_matches(BLANK);
        let is_indented = rest.len() < line.len();
        match rest.chars().next() {
            None => Ok(Kind::Blank),
            Some('#' | ';') => Ok(Kind::Comment),
            // Such a line is indented for Python, but not for the SDKs.
            Some(c) if is_space(c) => {
                Err("white space other than spaces and tabs at the start of the line")
            }
            Some('[') if !is_indented => Ok(Kind::Header),
            // Only the SDK for JavaScript reads a header here below a property; the others continue
            // the value. So they would below a header, once it has a property.
            Some('[') if uncommented(line).ends_with(']') => match self.previous {
                Previous::Nothing => Ok(Kind::Header),
                _ => Err("this section header must not be indented"),
            },
            Some(_) if !is_indented => match end_of_key(line, 0) {
                Some(0) => Err("expected a key before the `=`"),
                Some(_) => Ok(Kind::Property),
                None => Err("expected `key = value`"),
            },
            Some(_) if self.previous == Previous::Property => Ok(Kind::Continuation),
            Some(_) => Err("an indented line without a property above it"),
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let bytes = self.text.as_bytes();
        let start = self.next;
        if start >= bytes.len() {
            return None;
        }
        let newline = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
        self.next = bytes.len().min(newline + 1);
        let is_crlf = bytes[start..self.next].ends_with(b"\r\n");
        let end = newline - usize::from(is_crlf);
        let kind = if memchr(b'\r', &bytes[start..end]).is_some() {
            // A line ends here for Python, but not for the SDKs.
            Err("a carriage return without a line feed")
        } else {
            self.classify(&self.text[start..end])
        };
        match kind {
            Ok(Kind::Header) => self.previous = Previous::Header,
            Ok(Kind::Property) => self.previous = Previous::Property,
            _ => {}
        }
        Some(Line { start, end, next: self.next, kind })
    }
}

/// A line of the text.
pub(super) struct Line {
    pub(super) start: usize,
    /// The start of its newline.
    end: usize,
    /// The start of the next line.
    pub(super) next: usize,
    /// The error is the problem.
    pub(super) kind: Result<Kind, &'static str>,
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

    /// The header in a line of [`Kind::Header`]. The error is the problem.
    pub(super) fn header(&self, text: &str) -> Result<Header, &'static str> {
        let line = self.content(text);
        let bytes = line.as_bytes();
        let open = memchr(b'[', bytes).ok_or(UNCLOSED)? + 1;
        let end = memchr2(b'#', b';', bytes).unwrap_or(line.len());
        let inner = bytes.get(open..end).ok_or(UNCLOSED)?;
        let close = open + memrchr(b']', inner).ok_or(UNCLOSED)?;
        if !line[close + 1..end].trim_matches(BLANK).is_empty() {
            return Err(UNCLOSED);
        }
        let inner = &line[open..close];
        let name = inner.trim_matches(BLANK);
        let start = self.start + close - inner.trim_start_matches(BLANK).len();
        // botocore and the SDK for JavaScript keep blanks inside the brackets. For botocore, the
        // name ends at the last `]` of the line, even in a comment.
        let is_portable = name.len() == inner.len() && !bytes[end..].contains(&b']');
        let (name, next) = (start..start + name.len(), self.next);
        Ok(Header { start: self.start, name, next, is_plain: false, is_portable })
    }
}

/// The kind of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Blank,
    /// A whole line, perhaps indented. The SDK for Rust reads an indented comment below a property
    /// as part of the value: a replacement must not leave one there.
    Comment,
    /// The line begins like a header, which may lack its bracket.
    Header,
    Property,
    Continuation,
}

/// The line above, except for blank lines and comments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    Nothing,
    Header,
    Property,
}

/// A header's line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) start: usize,
    /// The text between the brackets, trimmed.
    pub(super) name: Range<usize>,
    /// The start of the next line.
    pub(super) next: usize,
    /// `true` if the name has no quotes and no repeated blanks; `false` if it may have some.
    pub(super) is_plain: bool,
    /// As in [`super::Part`].
    pub(super) is_portable: bool,
}

/// The start of the line below this position. `None` if a carriage return without a line feed comes
/// first.
fn next_line(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = find(bytes, at, |word| word.less(b' '));
        match bytes.get(at) {
            Some(b'\n') | None => return Some(at + 1),
            Some(b'\r') => return (bytes.get(at + 1) == Some(&b'\n')).then_some(at + 2),
            Some(_) => at += 1,
        }
    }
}

/// The trimmed key and value of a property's line, without the comment at its end.
pub(super) fn property(line: &str) -> Option<(&str, &str)> {
    let end = end_of_key(line, 0)?;
    let value = uncommented(line).get(end + 1..).unwrap_or_default();
    Some((line[..end].trim_matches(is_space), value.trim_matches(is_space)))
}

/// The position of the `=` in the property's line that begins here, and not with white space.
#[expect(clippy::inline_always, reason = "saves an eighth of the time to read a file")]
#[inline(always)]
fn end_of_key(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    // Letters come after these characters.
    let mut at = find(bytes, start, |word| word.less(b'=' + 1));
    if let [b' ', b'=', ..] = bytes[at..] {
        return Some(at + 1);
    }
    loop {
        match bytes.get(at)? {
            b'=' => return Some(at),
            b'\n' | b'\r' => return None,
            b'#' | b';' if is_comment(text, at) => return None,
            _ => at += 1,
        }
    }
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

/// Whether the character is white space for Rust or Python.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// The SDKs only skip this white space around keys, values and names.
pub(super) const BLANK: [char; 2] = [' ', '\t'];
const UNCLOSED: &str = "expected `]` at the end of the section header";
