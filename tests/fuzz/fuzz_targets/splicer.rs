//! The splicer: any file, any section, any values. Texts are parted by NUL characters.

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
    let read = parsed(&after).expect("what is written is well-formed");
    let told = || format!("{name}: {text:?} -> {after:?}");
    assert_eq!(read.replace(&name, &set, &REMOVE).expose(), after, "{}", told());
    let mut expected = ours(&before);
    let section = expected.entry(name.to_string()).or_default();
    section.retain(|key, _| !is_owned(key));
    for (key, value) in set {
        section.insert(key.to_owned(), text_of(value));
    }
    assert_eq!(ours(&read), expected, "{}", told());
    if is_plain_file(&after) {
        assert_eq!(rust_ini(&after), Some(expected), "{}", told());
    }
    let kept = kept(&after, name.as_str());
    match kept.strip_prefix(&*self::kept(text, name.as_str())) {
        // Where the section was not there, a newline and a blank line may part it from the rest.
        Some(added) => {
            assert!(["", "\n", "\n\n", "\r\n", "\r\n\r\n"].contains(&added), "{}", told());
        }
        None => panic!("a byte is lost: {}", told()),
    }

    let all: Vec<&'static str> = KEYS.into_iter().chain(REMOVE).collect();
    let cleared = read.clear(&name, &all).expose().to_owned();
    let rest = parsed(&cleared).expect("what is left is well-formed");
    assert_eq!(rest.clear(&name, &all).expose(), cleared, "{}", told());
    let section = rest.section(name.as_str());
    let is_gone = |key: &&str| section.as_ref().is_none_or(|section| section.value(key).is_none());
    assert!(all.iter().all(is_gone), "{}", told());
    let others = |text: &str| {
        let mut sections = ours(&parsed(text).unwrap());
        sections.remove(name.as_str());
        sections
    };
    assert_eq!(others(text), others(&cleared), "{}", told());
});

fn parsed(text: &str) -> Result<Document, mfa_session::aws_files::SyntaxError> {
    Document::parse(Secret::from(text))
}

/// A value as it stands in a file.
fn text_of(value: &Value) -> String {
    let empty = parsed("").unwrap();
    let name = SectionName::parse("a").unwrap();
    let text = empty.replace(&name, &[("k", value)], &[]).expose().to_owned();
    text.strip_prefix("[a]\nk = ").unwrap().strip_suffix('\n').unwrap().to_owned()
}

/// To any reader: botocore ends a key at a `:`, too, and lower-cases all of Unicode.
fn is_owned(key: &str) -> bool {
    let key = key.split([':', '=']).next().unwrap_or_default();
    let key = key.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c));
    let key = key.to_lowercase();
    KEYS.contains(&&*key) || REMOVE.contains(&&*key)
}

/// The text without what is to be written: in sections of this name, owned properties with their
/// further lines. Of what else stands there, a blank more or less before a comment is nothing, nor
/// is the header of a section that would be empty, nor a newline at its end.
fn kept(text: &str, name: &str) -> String {
    let mut kept = String::new();
    let mut has_property = false;
    let (mut is_here, mut drops) = (false, false);
    let mut header_seen = false;
    let rest = text.trim_start_matches('\u{feff}');
    kept += &text[..text.len() - rest.len()];
    for line in rest.split_inclusive('\n') {
        let trimmed = line.trim_matches([' ', '\t', '\r', '\n']);
        let is_indented = line.starts_with([' ', '\t']);
        if trimmed.starts_with('[') && (!is_indented || !header_seen) {
            let header = parsed(line).unwrap();
            is_here = header.section_names().next().is_some_and(|found| found == name);
            (header_seen, has_property, drops) = (true, false, false);
            if !is_here {
                kept += line;
            }
            continue;
        }
        let is_text = !trimmed.is_empty() && !trimmed.starts_with(['#', ';']);
        if is_text && !(is_indented && has_property) {
            (has_property, drops) = (true, is_owned(trimmed));
        }
        if !is_here {
            kept += line;
        } else if !is_text {
            let comment = line.trim_start_matches([' ', '\t']);
            kept += comment.trim_end_matches(['\r', '\n']);
        } else if !drops {
            kept += line.trim_end_matches(['\r', '\n']);
        }
    }
    kept
}
