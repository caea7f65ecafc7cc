//! Replaces the properties of a section in the text. All other bytes stay.

use std::fmt::Write as _;

use super::{
    line::{self, Kind, Lines},
    part::{Part, text_start},
    writable::{SectionName, Value},
};
use crate::secret::Secret;

/// See `Document::replace`; `parts` are those of the section.
pub(super) fn replace(
    text: &str,
    parts: &[Part],
    name: &SectionName,
    set: &[(&'static str, &Value)],
    remove: &[&'static str],
) -> Secret {
    let owned: Vec<&str> = set.iter().map(|(key, _)| *key).chain(remove.iter().copied()).collect();
    let is_target = |part: &&Part| part.is_portable && !set.is_empty();
    let target = parts.iter().rfind(is_target);
    let newline = newline_of(&text[target.map_or(text_start(text), |part| part.start)..])
        .or_else(|| newline_of(text))
        .unwrap_or("\n");
    let new_lines = NewLines { set, newline };
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for part in parts {
        out.push_str(&text[copied..part.start]);
        let is_target = target.is_some_and(|target| target.start == part.start);
        rewrite(&mut out, text, part, &owned, is_target.then_some(&new_lines));
        copied = part.body.end;
    }
    out.push_str(&text[copied..]);
    if target.is_none() && !set.is_empty() {
        append(&mut out, name, &new_lines);
    }
    Secret::new(out)
}

/// See `Document::clear`; `parts` are those of the sections, in file order, with the properties to
/// remove.
pub(super) fn clear(text: &str, parts: &[(Part, &[&'static str])]) -> Secret {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (part, remove) in parts {
        out.push_str(&text[copied..part.start]);
        let start = out.len();
        rewrite(&mut out, text, part, remove, None);
        let body_start = start + (part.body.start - part.start);
        let is_changed = out.len() - body_start < part.body.len();
        if is_changed && !has_comment(text, part) && is_blank(&out[body_start..]) {
            // `replace` changes an empty section and a missing one in different ways.
            let added = starts_with_newline(&text[part.body.clone()]);
            if added > 0 {
                out.drain(body_start..body_start + added);
            } else {
                out.drain(start..body_start);
                remove_newline_above(&mut out, start, &text[part.body.end..]);
            }
        }
        copied = part.body.end;
    }
    out.push_str(&text[copied..]);
    Secret::new(out)
}

/// Removes the newline that [`append`] added above the header at `start`, if each line above and
/// below stays a line of its own. `rest` follows `out`.
fn remove_newline_above(out: &mut String, start: usize, rest: &str) {
    let above = &out[..start];
    let length = if above.ends_with("\r\n") { 2 } else { usize::from(above.ends_with('\n')) };
    let end = start - length;
    let is_line_start = end == text_start(out) || out[..end].ends_with('\n');
    let below = if start < out.len() { &out[start..] } else { rest };
    if is_line_start || below.is_empty() || starts_with_newline(below) > 0 {
        out.drain(end..start);
    }
}

/// The length of the newline at the start of a text; zero if the text starts otherwise.
fn starts_with_newline(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with('\n')) }
}

fn has_comment(text: &str, part: &Part) -> bool {
    text[part.start..part.body.start].contains(['#', ';'])
}

/// Whether a text has only blank lines.
fn is_blank(text: &str) -> bool {
    text.trim_matches(NEWLINE_OR_BLANK).is_empty()
}

/// The lines to write.
struct NewLines<'a> {
    set: &'a [(&'static str, &'a Value)],
    newline: &'static str,
}

impl NewLines<'_> {
    /// Adds an empty line below a line that may lack its newline.
    fn push_empty_to(&self, out: &mut String) {
        if !out.ends_with('\n') {
            out.push_str(self.newline);
        }
        out.push_str(self.newline);
    }

    /// Adds the lines below a line that may lack its newline.
    fn push_to(&self, out: &mut String) {
        if !self.set.is_empty() && !out.ends_with('\n') {
            out.push_str(self.newline);
        }
        for (key, value) in self.set {
            for piece in [key, " = ", value.expose(), self.newline] {
                out.push_str(piece);
            }
        }
    }
}

/// Copies `part` without the properties in `owned`; `new_lines` replace the first of them.
fn rewrite(
    out: &mut String,
    text: &str,
    part: &Part,
    owned: &[&str],
    mut new_lines: Option<&NewLines<'_>>,
) {
    push_header(out, text, part, new_lines.is_some());
    if let Some(new_lines) = new_lines
        && !has_comment(text, part)
        && is_blank(&text[part.body.clone()])
    {
        // `clear` keeps a header with an empty line below it.
        new_lines.push_empty_to(out);
    }
    let insertion_point = insertion_point(text, part, owned);
    let mut is_dropping = false;
    for line in Lines::of_section(text, part.body.clone()) {
        if let Some(new_lines) = new_lines.take_if(|_| line.start == insertion_point) {
            new_lines.push_to(out);
        }
        if line.kind == Ok(Kind::Property) {
            is_dropping = is_owned(line.content(text), owned);
        }
        match line.kind {
            Ok(Kind::Property | Kind::Continuation) if is_dropping => {}
            // The SDK for Rust would append an indented comment to the value above.
            Ok(Kind::Comment) if is_dropping => {
                out.push_str(line.whole(text).trim_start_matches(line::BLANK));
            }
            _ => out.push_str(line.whole(text)),
        }
    }
    if let Some(new_lines) = new_lines {
        new_lines.push_to(out);
    }
}

/// Copies the header; `separate` inserts a space before its comment. The SDK for JavaScript does
/// not read `[a]# c` as a header: it would find the new lines in the section above.
fn push_header(out: &mut String, text: &str, part: &Part, separate: bool) {
    let after_bracket = part.name.end + 1;
    if separate && text[after_bracket..].starts_with(['#', ';']) {
        out.push_str(&text[part.start..after_bracket]);
        out.push(' ');
        out.push_str(&text[after_bracket..part.body.start]);
    } else {
        out.push_str(&text[part.start..part.body.start]);
    }
}

/// The start of the new lines: the first owned property, or else below the header and its indented
/// comments, which must not become part of a value.
fn insertion_point(text: &str, part: &Part, owned: &[&str]) -> usize {
    let mut below_header = part.body.start;
    let mut has_property = false;
    for line in Lines::of_section(text, part.body.clone()) {
        match line.kind {
            Ok(Kind::Property) if is_owned(line.content(text), owned) => return line.start,
            Ok(Kind::Property) => has_property = true,
            Ok(Kind::Comment) if !has_property && line.content(text).starts_with(line::BLANK) => {
                below_header = line.next;
            }
            _ => {}
        }
    }
    below_header
}

/// Whether the key is in `owned` for any reader: in botocore, `:` also ends a key, and lower case
/// includes all of Unicode.
fn is_owned(line: &str, owned: &[&str]) -> bool {
    let key = line.split(['=', ':']).next().unwrap_or_default().trim_matches(line::is_space);
    owned.contains(&key.to_lowercase().as_str())
}

/// Appends the section below exactly one newline, whatever is above, so that `clear` can remove
/// what was added.
fn append(out: &mut String, name: &SectionName, new_lines: &NewLines<'_>) {
    if out.len() > text_start(out) {
        out.push_str(new_lines.newline);
    }
    let _ = write!(out, "[{name}]{}", new_lines.newline);
    new_lines.push_to(out);
}

/// The newline of the first line of `text`.
fn newline_of(text: &str) -> Option<&'static str> {
    let end = text.find('\n')?;
    Some(if text[..end].ends_with('\r') { "\r\n" } else { "\n" })
}

const NEWLINE_OR_BLANK: [char; 4] = ['\n', '\r', ' ', '\t'];
