//! The splicer: any file, section and values, separated by NUL characters.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mfa_session::{
    aws_files::{Document, SectionName, Value},
    secret::Secret,
};
use mfa_session_fuzz::{is_plain_file, ours, rust_ini};

const REMOVE: [&str; 2] = ["aws_security_token", "expiration"];
const KEYS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

fuzz_target!(|input: &str| {
    let mut parts = input.splitn(5, '\0');
    let mut part = || parts.next().unwrap_or_default();
    let (name, values, text) = (part(), [part(), part(), part()], part());
    let Ok(before) = parsed(text) else { return };
    let name = SectionName::parse(name).unwrap_or(SectionName::parse("mfa").unwrap());
    let values = values.map(|text| {
        Value::parse(Secret::from(text)).unwrap_or(Value::parse(Secret::from("v")).unwrap())
    });
    let set: Vec<_> = KEYS.into_iter().zip(&values).collect();

    let after = before.replace(&name, &set, &REMOVE).expose().to_owned();
    let read = parsed(&after).expect("the new file is well-formed");
    let change = || format!("{name}: {text:?} -> {after:?}");
    assert_eq!(read.replace(&name, &set, &REMOVE).expose(), after, "{}", change());
    let mut expected = ours(&before);
    let section = expected.entry(name.to_string()).or_default();
    section.retain(|key, _| !is_owned(key));
    for (key, value) in set {
        section.insert(key.to_owned(), text_of(value));
    }
    assert_eq!(ours(&read), expected, "{}", change());
    if is_plain_file(&after) {
        assert_eq!(rust_ini(&after), Some(expected), "{}", change());
    }
    let rest = foreign_text(&after, name.as_str());
    match rest.strip_prefix(&*foreign_text(text, name.as_str())) {
        // A newline may precede a new section.
        Some(added) => assert!(["", "\n", "\r\n"].contains(&added), "{}", change()),
        None => panic!("a byte is lost: {}", change()),
    }

    let all: Vec<&'static str> = KEYS.into_iter().chain(REMOVE).collect();
    let cleared = read.clear(&[(&name, all.clone())]).expose().to_owned();
    let rest = parsed(&cleared).expect("the rest is well-formed");
    assert_eq!(rest.clear(&[(&name, all.clone())]).expose(), cleared, "{}", change());
    let section = rest.section(name.as_str());
    let is_gone = |key: &&str| section.as_ref().is_none_or(|section| section.value(key).is_none());
    assert!(all.iter().all(is_gone), "{}", change());
    let others = |text: &str| {
        let mut sections = ours(&parsed(text).unwrap());
        sections.remove(name.as_str());
        sections
    };
    assert_eq!(others(text), others(&cleared), "{}", change());
});

fn parsed(text: &str) -> Result<Document, mfa_session::aws_files::SyntaxError> {
    Document::parse(Secret::from(text))
}

/// A value as written to a file.
fn text_of(value: &Value) -> String {
    let empty = parsed("").unwrap();
    let name = SectionName::parse("a").unwrap();
    let text = empty.replace(&name, &[("k", value)], &[]).expose().to_owned();
    text.strip_prefix("[a]\nk = ").unwrap().strip_suffix('\n').unwrap().to_owned()
}

/// Whether any reader takes the key for one of ours: botocore also ends a key at `:`, and
/// lower-cases all of Unicode.
fn is_owned(key: &str) -> bool {
    let key = key.split([':', '=']).next().unwrap_or_default();
    let key = key.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c));
    let key = key.to_lowercase();
    KEYS.contains(&&*key) || REMOVE.contains(&&*key)
}

/// The text without the owned properties of the sections of this name. Omits what the splicer may
/// change in these sections: their headers, newlines, and the indentation of comments.
fn foreign_text(text: &str, name: &str) -> String {
    let mut foreign = String::new();
    let mut has_property = false;
    let (mut is_here, mut drops) = (false, false);
    let mut header_seen = false;
    let rest = text.trim_start_matches('\u{feff}');
    foreign += &text[..text.len() - rest.len()];
    for line in rest.split_inclusive('\n') {
        let trimmed = line.trim_matches([' ', '\t', '\r', '\n']);
        let is_indented = line.starts_with([' ', '\t']);
        if trimmed.starts_with('[') && (!is_indented || !header_seen) {
            let header = parsed(line).unwrap();
            is_here = header.section_names().next().is_some_and(|found| found == name);
            (header_seen, has_property, drops) = (true, false, false);
            if !is_here {
                foreign += line;
            }
            continue;
        }
        let is_text = !trimmed.is_empty() && !trimmed.starts_with(['#', ';']);
        if is_text && !(is_indented && has_property) {
            (has_property, drops) = (true, is_owned(trimmed));
        }
        if !is_here {
            foreign += line;
        } else if !is_text {
            let comment = line.trim_start_matches([' ', '\t']);
            foreign += comment.trim_end_matches(['\r', '\n']);
        } else if !drops {
            foreign += line.trim_end_matches(['\r', '\n']);
        }
    }
    foreign
}
