//! Replacing a section's properties in the text, and nothing else.

use std::fmt::Write as _;

use super::line::{self, Above, Kind};
use super::{Document, Part, SectionName, Value, first_line};
use crate::secret::Secret;

pub(super) fn replace(
    document: &Document,
    name: &SectionName,
    set: &[(&'static str, &Value)],
    remove: &[&'static str],
) -> Secret {
    let text = document.text.expose();
    let owned: Vec<&str> = set.iter().map(|(key, _)| *key).chain(remove.iter().copied()).collect();
    let writable = |part: &&Part| part.plain && !set.is_empty();
    let home = document.parts_named(name.as_str()).filter(writable).last();
    let newline = newline_of(&text[home.map_or(first_line(text), |part| part.start)..])
        .or_else(|| newline_of(text))
        .unwrap_or("\n");
    let block = Block::new(set, newline);
    let mut out = room_for(text, &block, name);
    let mut copied = 0;
    for part in document.parts_named(name.as_str()) {
        out.push_str(&text[copied..part.start]);
        let here = home.is_some_and(|home| home.start == part.start).then_some(&block);
        rewrite(&mut out, text, part, &owned, here);
        copied = part.body.end;
    }
    out.push_str(&text[copied..]);
    if home.is_none() && !set.is_empty() {
        append(&mut out, name, &block);
    }
    Secret::new(out)
}

pub(super) fn clear(document: &Document, name: &SectionName, remove: &[&'static str]) -> Secret {
    let text = document.text.expose();
    let nothing = Block::new(&[], "\n");
    let mut out = room_for(text, &nothing, name);
    let mut copied = 0;
    for part in document.parts_named(name.as_str()) {
        out.push_str(&text[copied..part.start]);
        let start = out.len();
        rewrite(&mut out, text, part, remove, None);
        let left = &out[start + (part.body.start - part.start)..];
        let commented = text[part.start..part.body.start].contains(['#', ';']);
        let cleared = left.len() < part.body.len();
        if cleared && !commented && left.trim_matches(NEWLINE_OR_BLANK).is_empty() {
            out.truncate(start);
        }
        copied = part.body.end;
    }
    out.push_str(&text[copied..]);
    Secret::new(out)
}

/// The lines to write.
struct Block<'a> {
    set: &'a [(&'static str, &'a Value)],
    newline: &'static str,
}

impl<'a> Block<'a> {
    fn new(set: &'a [(&'static str, &'a Value)], newline: &'static str) -> Self {
        Self { set, newline }
    }

    fn len(&self) -> usize {
        let line = |(key, value): &(&str, &Value)| key.len() + value.expose().len() + 5;
        self.set.iter().map(line).sum()
    }

    /// Puts the lines below a line that may lack its newline.
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

/// Enough for all that `replace` makes of `text`: a string that grows leaves copies of its text
/// behind, which nobody wipes.
fn room_for(text: &str, block: &Block<'_>, name: &SectionName) -> String {
    String::with_capacity(text.len() + block.len() + name.as_str().len() + 16)
}

/// Copies `part` without the properties in `owned`, with `block`, if it belongs here, in place of
/// the first of them.
fn rewrite(
    out: &mut String,
    text: &str,
    part: &Part,
    owned: &[&str],
    mut block: Option<&Block<'_>>,
) {
    push_header(out, text, part, block.is_some());
    let place = place(text, part, owned);
    let mut above = Above::Header;
    let mut dropping = false;
    for line in line::lines(text, part.body.clone()) {
        if let Some(block) = block.take_if(|_| line.start == place) {
            block.push_to(out);
        }
        let kind = line::classify(line.content(text), above);
        if kind == Ok(Kind::Property) {
            above = Above::Property;
            dropping = is_owned(line.content(text), owned);
        }
        match kind {
            Ok(Kind::Property | Kind::Continuation) if dropping => {}
            // Below the new lines the SDK for Rust would read on into an indented comment.
            Ok(Kind::Comment) if dropping => {
                out.push_str(line.whole(text).trim_start_matches(line::BLANK));
            }
            _ => out.push_str(line.whole(text)),
        }
    }
    if let Some(block) = block {
        block.push_to(out);
    }
}

/// Copies the header. The SDK for JavaScript reads none in `[a]# c`, and would find new lines in
/// the section above: `apart` puts a space before the comment.
fn push_header(out: &mut String, text: &str, part: &Part, apart: bool) {
    let bracket = part.name.end + 1;
    if apart && text[bracket..].starts_with(['#', ';']) {
        out.push_str(&text[part.start..bracket]);
        out.push(' ');
        out.push_str(&text[bracket..part.body.start]);
    } else {
        out.push_str(&text[part.start..part.body.start]);
    }
}

/// Where the new lines of `part` begin: at the first owned property; else below the header and the
/// indented comments that follow it, which must not become part of a value.
fn place(text: &str, part: &Part, owned: &[&str]) -> usize {
    let mut below_header = part.body.start;
    let mut above = Above::Header;
    for line in line::lines(text, part.body.clone()) {
        match line::classify(line.content(text), above) {
            Ok(Kind::Property) if is_owned(line.content(text), owned) => return line.start,
            Ok(Kind::Property) => above = Above::Property,
            Ok(Kind::Comment)
                if above == Above::Header && line.content(text).starts_with(line::BLANK) =>
            {
                below_header = line.next;
            }
            _ => {}
        }
    }
    below_header
}

/// Whether the property in this line has one of the keys `owned` to any reader: botocore ends a key
/// at a `:`, too, and lower-cases all of Unicode.
fn is_owned(line: &str, owned: &[&str]) -> bool {
    let key = line.split(['=', ':']).next().unwrap_or_default().trim_matches(line::is_space);
    owned.contains(&key.to_lowercase().as_str())
}

fn append(out: &mut String, name: &SectionName, block: &Block<'_>) {
    if out.len() > first_line(out) {
        if !out.ends_with('\n') {
            out.push_str(block.newline);
        }
        let above = out[first_line(out)..].trim_end_matches(line::BLANK);
        let above = above.strip_suffix('\n').unwrap_or(above);
        let above = above.strip_suffix('\r').unwrap_or(above).trim_end_matches(line::BLANK);
        if !(above.is_empty() || above.ends_with('\n')) {
            out.push_str(block.newline);
        }
    }
    let _ = write!(out, "[{name}]{}", block.newline);
    block.push_to(out);
}

/// The newline that ends the first line of `text`, if one does.
fn newline_of(text: &str) -> Option<&'static str> {
    let end = text.find('\n')?;
    Some(if text[..end].ends_with('\r') { "\r\n" } else { "\n" })
}

const NEWLINE_OR_BLANK: [char; 4] = ['\n', '\r', ' ', '\t'];
