//! Random files of known parts, which determine the expected properties and replacements.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::*;
use crate::aws_files::line::{Header, Kind, Lines};

/// The keys that every test sets and removes in `[mfa]`.
pub(super) const SET: [&str; 3] =
    ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];
pub(super) const REMOVE: [&str; 2] = ["aws_security_token", "expiration"];

pub(super) fn replaced(text: &str, values: &[Value]) -> String {
    let document = Document::parse(Secret::new(text.to_owned())).unwrap();
    let set: Vec<_> = SET.into_iter().zip(values).collect();
    let name = SectionName::parse("mfa").unwrap();
    document.replace(&name, &set, &REMOVE).expose().to_owned()
}

#[derive(Clone, Debug)]
pub(super) struct File {
    before: &'static str,
    comments: Vec<String>,
    sections: Vec<Part>,
    unfinished: bool,
}

#[derive(Clone, Debug)]
struct Part {
    name: &'static str,
    /// The header's text, and whether every reader finds `name`.
    header: (String, bool),
    newline: &'static str,
    /// Blank lines and comments, with newlines.
    above: Vec<String>,
    properties: Vec<Property>,
}

#[derive(Clone, Debug)]
struct Property {
    key: &'static str,
    value: String,
    line: String,
    below: Vec<(Below, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Below {
    Continuation,
    IndentedComment,
    Other,
}

impl File {
    pub(super) fn text(&self) -> String {
        let sections: String = self.sections.iter().map(Part::text).collect();
        let mut text = format!("{}{}{sections}", self.before, self.comments.concat());
        if self.unfinished {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        text
    }

    /// The text after [`replaced`].
    fn expected(&self, values: &[Value]) -> String {
        let home = self.sections.iter().rposition(|part| part.name == "mfa" && part.header.1);
        let whole = self.text();
        let first = whole.trim_start_matches('\u{feff}').split_inclusive('\n').next();
        let newline = if first.is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
        let mut text = format!("{}{}", self.before, self.comments.concat());
        let mut left = whole.len().saturating_sub(text.len());
        for (at, part) in self.sections.iter().enumerate() {
            // `unfinished` removes the newlines at the end.
            let cut = part.cut(left);
            left -= cut.text().len().min(left);
            if part.name != "mfa" {
                text += &cut.text();
            } else if home == Some(at) {
                let newline = if cut.header.0.ends_with('\n') { part.newline } else { newline };
                text += &cut.replaced(Some(&lines(values, newline)), newline);
            } else {
                text += &cut.replaced(None, newline);
            }
        }
        if self.sections.is_empty() {
            text = whole;
        }
        if home.is_none() {
            if !text.trim_start_matches('\u{feff}').is_empty() {
                text += newline;
            }
            text += "[mfa]";
            text += newline;
            text += &lines(values, newline);
        }
        text
    }

    /// The file without properties that a replacement removes, without a header that it changes,
    /// and with a newline where the new lines need one.
    fn without_owned(mut self) -> Self {
        for part in self.sections.iter_mut().filter(|part| part.name == "mfa") {
            part.properties.retain(|property| !property.owned());
            part.header.0 = part.header.0.replace("]#", "] #");
            self.unfinished &= !part.properties.is_empty();
        }
        self
    }

    /// The properties of each section, as the SDKs read them.
    fn properties(&self) -> BTreeMap<&str, BTreeMap<String, String>> {
        let mut sections: BTreeMap<&str, BTreeMap<_, _>> = BTreeMap::new();
        for part in &self.sections {
            let section = sections.entry(part.name).or_default();
            for property in &part.properties {
                section.insert(property.key.to_ascii_lowercase(), property.read());
            }
        }
        sections
    }
}

fn lines(values: &[Value], newline: &str) -> String {
    let line = |(key, value): (&str, &Value)| format!("{key} = {}{newline}", value.expose());
    SET.into_iter().zip(values).map(line).collect()
}

impl Part {
    fn text(&self) -> String {
        let properties: String = self.properties.iter().map(Property::text).collect();
        format!("{}{}{properties}", self.header.0, self.above.concat())
    }

    /// The first `length` bytes, which only lacks newlines at the end.
    fn cut(&self, length: usize) -> Self {
        let mut part = self.clone();
        let mut left = length;
        let mut cut = |line: &mut String| {
            line.truncate(left);
            left -= line.len();
        };
        cut(&mut part.header.0);
        part.above.iter_mut().for_each(&mut cut);
        for property in &mut part.properties {
            cut(&mut property.line);
            property.below.iter_mut().for_each(|(_, line)| cut(line));
        }
        part
    }

    /// Whether it has no property and no comment.
    fn is_empty(&self) -> bool {
        let is_blank = |line: &String| line.trim().is_empty();
        self.properties.is_empty()
            && self.above.iter().all(is_blank)
            && !self.header.0.contains(['#', ';'])
    }

    /// The part without its owned properties, and with `block` in their place.
    fn replaced(&self, block: Option<&str>, newline: &str) -> String {
        let mut block = block;
        let apart = if block.is_some() { "] #" } else { "]#" };
        let mut text = self.header.0.replace("]#", apart);
        let indented = self.above.iter().rposition(|line| {
            line.starts_with([' ', '\t']) && line.trim_start().starts_with(['#', ';'])
        });
        let in_place = self.properties.iter().any(Property::owned);
        if block.is_some() && self.is_empty() {
            if !text.ends_with('\n') {
                text += newline;
            }
            text += newline;
        }
        for at in 0..=self.above.len() {
            if at == indented.map_or(0, |at| at + 1) && !in_place && block.is_some() {
                if !text.ends_with('\n') {
                    text += newline;
                }
                text += block.take().unwrap();
            }
            text += self.above.get(at).map_or("", String::as_str);
        }
        for property in &self.properties {
            if property.owned() {
                text += block.take().unwrap_or_default();
                for (kind, line) in &property.below {
                    match kind {
                        Below::Continuation => {}
                        Below::IndentedComment => text += line.trim_start_matches([' ', '\t']),
                        Below::Other => text += line,
                    }
                }
            } else {
                text += &property.text();
            }
        }
        text
    }
}

impl Property {
    fn text(&self) -> String {
        let below = self.below.iter().map(|(_, line)| line.as_str());
        format!("{}{}", self.line, below.collect::<String>())
    }

    fn owned(&self) -> bool {
        let key = self.key.split(':').next().unwrap().to_ascii_lowercase();
        SET.contains(&key.as_str()) || REMOVE.contains(&key.as_str())
    }

    fn read(&self) -> String {
        let mut value = self.value.clone();
        for (_, line) in self.below.iter().filter(|(kind, _)| *kind == Below::Continuation) {
            value += "\n";
            value += line.trim();
        }
        value
    }
}

const NAMES: [&str; 7] = ["default", "mfa", "mfa", "work", "mfa-2", "profile x", "a,b"];

const KEYS: [&str; 14] = [
    "region",
    "Region",
    "output",
    "s3",
    "x:y",
    "aws_access_key_id",
    "AWS_Access_Key_Id",
    "aws_secret_access_key",
    "aws_session_token",
    "Aws_session_token",
    "aws_session_token:x",
    "aws_security_token",
    "expiration",
    "aws_account_id",
];

/// A file that the SDKs read; with `odd`, perhaps with syntax for some readers only.
pub(super) fn file(odd: bool) -> impl Strategy<Value = File> {
    let newlines = select(vec![["\n"; 2], ["\r\n"; 2], ["\n", "\r\n"]]);
    let before = if odd { vec!["", "", "\u{feff}"] } else { vec![""] };
    newlines.prop_flat_map(move |newlines| {
        let newline = || select(newlines.to_vec());
        let comments = vec(blank_or_comment(newline(), odd), 0..3);
        let sections = vec(part(newlines, odd), 0..6).prop_map(move |mut sections| {
            unindent_headers(&mut sections);
            if !odd {
                make_distinct(&mut sections);
            }
            sections
        });
        (select(before.clone()), comments, sections, any::<bool>()).prop_map(
            |(before, comments, sections, unfinished)| File {
                before,
                comments,
                sections,
                unfinished,
            },
        )
    })
}

/// Only the first header may be indented.
fn unindent_headers(sections: &mut [Part]) {
    for part in sections.iter_mut().skip(1) {
        part.header.0 = part.header.0.trim_start_matches([' ', '\t']).to_owned();
    }
}

/// botocore refuses repeated sections and keys.
fn make_distinct(sections: &mut Vec<Part>) {
    let mut names = HashSet::new();
    sections.retain(|part| names.insert(part.header.0.trim().to_owned()));
    let mut names = HashSet::new();
    sections.retain(|part| !part.header.1 || names.insert(part.name));
    for part in sections {
        let mut keys = HashSet::new();
        part.properties.retain(|property| {
            keys.insert(property.key.split(':').next().unwrap().to_ascii_lowercase())
        });
    }
}

fn part(newlines: [&'static str; 2], odd: bool) -> impl Strategy<Value = Part> {
    let newline = move || select(newlines.to_vec());
    let blank = blank_or_comment(newline(), odd);
    let properties = vec(property(newlines, odd), 0..6);
    (select(NAMES.to_vec()), 0..12_usize, newline(), vec(blank, 0..3), properties).prop_map(
        move |(name, style, newline, above, properties)| {
            let (header, plain) = match style {
                0 => (format!("[ {name} ]"), false),
                1 => (format!("[{name}\t] # c"), false),
                2 => (format!("[{name}] # see [other]"), false),
                3 if odd => (format!("[{name}]# c"), true),
                4 if odd => (format!("  [{name}]"), true),
                5 => (format!("[{}]", name.replace(' ', "  \t")), true),
                6 => (format!("[{name}] ; c"), true),
                7 => (format!("[{name}]\t# c # d"), true),
                _ => (format!("[{name}] "), true),
            };
            Part { name, header: (header + newline, plain), newline, above, properties }
        },
    )
}

fn property(newlines: [&'static str; 2], odd: bool) -> impl Strategy<Value = Property> {
    let newline = move || select(newlines.to_vec());
    let equals = select(vec![" = ", "=", "= ", " =", "\t=  "]);
    let comment = select(vec!["", "", "", " ", " # c", "\t;c = d", " # [x]"]);
    let below = (0..6_usize, vec(below(newline(), odd), 0..4));
    (select(KEYS.to_vec()), text(), equals, comment, newline(), below).prop_map(
        move |(key, value, equals, comment, newline, (nested, below))| {
            let (value, mut below) = match nested {
                0 => (String::new(), below),
                1 if odd => (value, below),
                _ => (value, below.into_iter().filter(|(kind, _)| *kind == Below::Other).collect()),
            };
            // The SDK for Rust refuses an indented comment in a nested block.
            below.retain(|(kind, _)| odd || *kind != Below::IndentedComment);
            Property { key, line: format!("{key}{equals}{value}{comment}{newline}"), value, below }
        },
    )
}

fn below(
    newline: impl Strategy<Value = &'static str>,
    odd: bool,
) -> impl Strategy<Value = (Below, String)> {
    let nested = "[a-z_]{1,9} ?= ?[!-~&&[^#;]]{1,5}";
    let owned = "aws_session_token = nested|aws_access_key_id=nested";
    let anything = if odd { "[!-\"$-:<-Z\\\\^-~][ -~]{0,9}" } else { nested };
    let line = prop_oneof![
        2 => (select(vec![" ", "\t", "    "]), prop_oneof![nested, owned, anything])
            .prop_map(|(indent, text)| (Below::Continuation, format!("{indent}{text}"))),
        1 => select(vec!["  # c", "\t; token = x"])
            .prop_map(|text| (Below::IndentedComment, text.to_owned())),
        1 => select(vec!["", " \t", "# c", "; [d]", "#"])
            .prop_map(|text| (Below::Other, text.to_owned())),
    ];
    (line, newline).prop_map(|((kind, text), newline)| (kind, text + newline))
}

fn blank_or_comment(
    newline: impl Strategy<Value = &'static str>,
    odd: bool,
) -> impl Strategy<Value = String> {
    let indented = if odd { "  # c" } else { "#c" };
    let line = select(vec!["", "\t", "# c = d", "; [x]", "#", indented]);
    (line, newline).prop_map(|(line, newline)| format!("{line}{newline}"))
}

/// A value with special characters of ini dialects.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9+/]{1,40}={0,2}",
        "[!\"'$%\\\\=:\\[\\]a-z{}#;]{0,12}",
        "[a-z%\\\\\"'] [=\\\\%\"'\\[\\]a]{1,5}"
    ]
    .prop_map(|text| text.trim_start_matches(['#', ';']).to_owned())
}

pub(super) fn values() -> impl Strategy<Value = Vec<Value>> {
    let value = text()
        .prop_filter_map("the value must be writable", |text| Value::parse(Secret::new(text)).ok());
    vec(value, SET.len())
}

fn read(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let document = Document::parse_config(Secret::new(text.to_owned())).unwrap();
    let section = |name: &str| {
        let section = document.section(name).unwrap();
        let properties =
            section.keys().map(|key| (key.to_owned(), section.value(key).unwrap().to_owned()));
        (name.to_owned(), properties.collect())
    };
    document.section_names().map(section).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_the_properties_of_a_file(file in file(true)) {
        let expected: BTreeMap<_, _> =
            file.properties().into_iter().map(|(name, read)| (name.to_owned(), read)).collect();
        prop_assert_eq!(read(&file.text()), expected);
    }

    #[test]
    fn replacing_keeps_all_other_bytes(file in file(true), values in values()) {
        let once = replaced(&file.text(), &values);
        prop_assert_eq!(&once, &file.expected(&values));
        prop_assert_eq!(&replaced(&once, &values), &once);
    }

    #[test]
    fn replacing_keeps_all_other_properties(file in file(true), values in values()) {
        let before = file.text();
        let after = read(&replaced(&before, &values));
        let mut expected = read(&before);
        let target = expected.entry("mfa".to_owned()).or_default();
        target.retain(|key, _| {
            let key = key.split(':').next().unwrap();
            !SET.contains(&key) && !REMOVE.contains(&key)
        });
        for (key, value) in SET.into_iter().zip(&values) {
            target.insert(key.to_owned(), value.expose().to_owned());
        }
        prop_assert_eq!(after, expected);
    }

    #[test]
    fn clearing_keeps_all_other_properties(file in file(true)) {
        let owned = [&SET[..], &REMOVE[..]].concat();
        let mfa = SectionName::parse("mfa").unwrap();
        let clear = |text: &str| {
            let document = Document::parse(Secret::new(text.to_owned())).unwrap();
            document.clear(&[(&mfa, owned.clone())]).expose().to_owned()
        };
        let before = file.text();
        let after = clear(&before);
        let mut expected = read(&before);
        if let Some(target) = expected.get_mut("mfa") {
            target.retain(|key, _| !owned.contains(&key.split(':').next().unwrap()));
        }
        let mut found = read(&after);
        if expected.get("mfa").is_some_and(BTreeMap::is_empty) {
            found.entry("mfa".to_owned()).or_default();
        }
        prop_assert_eq!(found, expected);
        prop_assert_eq!(&clear(&after), &after);
    }

    #[test]
    fn clearing_undoes_a_replacement_that_only_adds(file in file(true), values in values()) {
        let owned = [&SET[..], &REMOVE[..]].concat();
        let before = file.without_owned().text();
        let document = Document::parse(Secret::new(replaced(&before, &values))).unwrap();
        let after = document.clear(&[(&SectionName::parse("mfa").unwrap(), owned)]);
        prop_assert_eq!(after.expose(), &before);
    }

    #[test]
    fn reads_a_plain_file_like_rust_ini(
        sections in vec(("[a-z]{1,5}", vec(("[a-z_]{1,5}", "[!-~&&[^#;\\\\]]{0,9}"), 0..5)), 0..5),
    ) {
        let line = |(key, value): &(String, String)| format!("{key} = {value}\n");
        let section = |(name, properties): &(String, Vec<_>)| {
            format!("[{name}]\n{}", properties.iter().map(line).collect::<String>())
        };
        let text: String = sections.iter().map(section).collect();
        let options = ini::ParseOption {
            enabled_quote: false,
            enabled_escape: false,
            ..ini::ParseOption::default()
        };
        let mut expected: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (name, properties) in &ini::Ini::load_from_str_opt(&text, options).unwrap() {
            let Some(name) = name else { continue };
            let section = expected.entry(name.to_owned()).or_default();
            let properties = properties.iter();
            section.extend(properties.map(|(key, value)| (key.to_owned(), value.to_owned())));
        }
        prop_assert_eq!(read(&text), expected);
    }

    #[test]
    fn never_panics(text in JUNK) {
        if let Ok(document) = Document::parse(Secret::new(text.clone())) {
            for name in document.section_names() {
                let section = document.section(name).unwrap();
                for key in section.keys() {
                    let _ = section.nested(key);
                }
                let _ = section.repeated_keys();
            }
            let _ = document.repeated_sections();
            let name = SectionName::parse("a").unwrap();
            let _ = document.clear(&[(&name, vec!["a"])]);
            let value = Value::parse(Secret::new("v".to_owned())).unwrap();
            let after = document.replace(&name, &[("a", &value)], &["k"]);
            let after = Document::parse(after).unwrap();
            let target = after.section("a").unwrap();
            prop_assert_eq!(target.value("a"), Some("v"));
            prop_assert_eq!(target.value("k"), None);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 10_000,
        ..ProptestConfig::default()
    })]

    /// The scan for plain lines finds what the classification of each line finds.
    #[test]
    fn finds_the_same_headers_as_line_by_line(pieces in vec(select(PIECES.as_slice()), 0..30)) {
        let text = pieces.concat();
        let mut lines = Lines::of_file(&text, 0..text.len());
        let mut found = vec![];
        let error = loop {
            match lines.next_header() {
                Ok(Some(Header { start, name, next, is_plain, is_portable })) => {
                    prop_assert!(!is_plain || header::canonical(&text[name.clone()]).is_none());
                    found.push((start, name, next, is_portable));
                }
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        let mut expected = vec![];
        let mut expected_error = None;
        for (number, line) in Lines::of_file(&text, 0..text.len()).enumerate() {
            let found = line.kind.and_then(|kind| match kind {
                Kind::Header => line.header(&text).map(Some),
                Kind::Property | Kind::Continuation if expected.is_empty() => {
                    Err("expected a `[section]` above this line")
                }
                _ => Ok(None),
            });
            match found {
                Ok(header) => expected.extend(
                    header.map(|found| (found.start, found.name, found.next, found.is_portable)),
                ),
                Err(problem) => {
                    expected_error = Some(SyntaxError { line: number + 1, problem });
                    break;
                }
            }
        }
        prop_assert_eq!((found, error), (expected, expected_error));
    }
}

/// Arbitrary text, text of special characters, and text of pieces of the syntax.
const JUNK: &str = concat!(
    "\\PC{0,20}|",
    "[\\[\\]=:#; \t\r\n\\\\a\"\u{feff}\u{a0}\u{b}\u{85}]{0,40}|",
    "(\\[a\\]|a|k=|\\\\|[ :#;=\t]|\r?\n){0,30}",
);

/// Lines, and characters that make them unusual.
const PIECES: [&str; 30] = [
    "[a]\n",
    "[a;]\n",
    "[profile a\\b]\n",
    "[a ]\n",
    "[a\tb]",
    "\n[profile a]\n",
    "k = v\n",
    "longer_than_eight=value of many bytes\n",
    "# a comment\n",
    "\n  c",
    "\r\n",
    "\r",
    " b",
    "a",
    "-",
    "[",
    "]",
    "=",
    ";",
    "#",
    "\\",
    "\"",
    "'",
    " ",
    "\t",
    "\n",
    "é",
    "\u{a0}",
    "\u{b}",
    "\u{85}",
];
