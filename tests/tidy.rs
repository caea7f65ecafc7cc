//! What a reviewer should not have to check: the arrows between modules, where secrets are used,
//! sizes, and words that are not to be there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use regex_lite::Regex;

use crate::generated::{project, text};

/// Files in which a secret is used as text: the complete list.
const EXPOSING: [&str; 22] = [
    "src/aws_files.rs",
    "src/aws_files/splice.rs",
    "src/aws_files/written.rs",
    "src/code.rs",
    "src/code/command.rs",
    "src/config/code.rs",
    "src/config/inquiry.rs",
    "src/output.rs",
    "src/output/file.rs",
    "src/output/format.rs",
    "src/output/rescue.rs",
    "src/proof.rs",
    "src/session/saml.rs",
    "src/session/web_identity.rs",
    "src/session_profile.rs",
    "src/sts/assume_role_with_saml.rs",
    "src/sts/assume_role_with_web_identity.rs",
    "src/sts/connection.rs",
    "src/sts/connection/id_token.rs",
    "src/sts/get_session_token.rs",
    "src/sts/response.rs",
    "src/sts/sign.rs",
];

/// In lines, without the tests at the end: past this there is a family in it, or two jobs.
const LONGEST: usize = 350;

/// In characters.
const WIDEST: usize = 100;

/// Words that no code of the program has, tests aside. What is said goes through `message`, what
/// is printed through `output`: neither panics where nobody listens.
const NOT_IN_CODE: [&str; 11] = [
    ".unwrap()",
    "print!(",
    "println!(",
    "eprint!(",
    "eprintln!(",
    "dbg!(",
    "todo!(",
    "unimplemented!(",
    "/home/",
    "/root/",
    "/tmp/",
];

/// Marks of work that is left for later; this file aside.
const MARKS: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// A file of Rust.
pub(crate) struct Source {
    /// Below the project, with slashes.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
    /// Without comments and tests.
    pub(crate) code: String,
}

/// The files of Rust below a directory of the project.
pub(crate) fn sources(directory: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(project(directory)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{directory}/{name}");
        if entry.file_type().unwrap().is_dir() {
            if !["target", "node_modules"].contains(&name.as_str()) {
                sources.extend(self::sources(&path));
            }
        } else if Path::new(&name).extension().is_some_and(|extension| extension == "rs") {
            let text = text(&path);
            let code = if is_test(&path) { String::new() } else { code(&text) };
            sources.push(Source { path, text, code });
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn is_test(path: &str) -> bool {
    path.split(['/', '.']).any(|part| part == "tests")
}

/// The text up to the tests at its end.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

/// The text without tests and lines that are comments.
fn code(text: &str) -> String {
    let lines = without_tests(text).lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn arrows_between_modules_point_down() {
    let levels = levels(&text("src/lib.rs"));
    let mut known = BTreeSet::new();
    let mut against = Vec::new();
    for source in sources("src") {
        let module = module(&source.path);
        known.insert(module[0].clone());
        let level = levels.get(&module[0]);
        let level = level.unwrap_or_else(|| panic!("{} is not in the picture", module[0]));
        for used in used(&module, &source.code) {
            if used != module[0] && levels.get(&used).is_some_and(|below| below <= level) {
                against.push(format!("{} uses {used}", source.path));
            }
        }
    }
    assert!(against.is_empty(), "against the picture in src/lib.rs: {against:#?}");
    assert!(known.iter().eq(levels.keys()), "the picture has modules that are not there");
}

/// How far down each module stands in the picture.
fn levels(crate_root: &str) -> BTreeMap<String, usize> {
    let (_, picture) = crate_root.split_once("//! ```text\n").expect("a picture");
    let (picture, _) = picture.split_once("//! ```").unwrap();
    let mut levels = BTreeMap::new();
    for (level, line) in picture.lines().enumerate() {
        let line = line.trim_start_matches(['/', '!', ' ', '└']);
        // What stands further to the right is a remark.
        for name in line.split("   ").next().unwrap().split_whitespace() {
            assert!(levels.insert(name.to_owned(), level).is_none(), "{name} is there twice");
        }
    }
    levels
}

/// The modules that a file is in, outermost first; the crate's root is what it does: `run`.
fn module(path: &str) -> Vec<String> {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    let path = if path == "lib" { "run" } else { path };
    path.split('/').map(ToOwned::to_owned).collect()
}

/// What follows `crate::`, or as many `super::` as lead to the root.
fn used(module: &[String], code: &str) -> BTreeSet<String> {
    let root = Regex::new(r"\b(?:crate|mfa_session)::|\b(?:super::)+").unwrap();
    let mut used = BTreeSet::new();
    for found in root.find_iter(code) {
        let supers = found.as_str().matches("super::").count();
        if supers > 0 && supers < module.len() {
            continue;
        }
        used.extend(first_names(&code[found.end()..]));
    }
    used
}

/// `a::b` begins with `a`, `{a::{b, c}, d}` with `a` and `d`.
fn first_names(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
        return vec![path[..end].to_owned()];
    };
    let mut depth = 1;
    let mut names = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(String::new()),
            c if depth == 1 => names.last_mut().unwrap().push(c),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    let names = names.iter().map(|name| name.trim().split("::").next().unwrap().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn a_use_is_found_however_it_is_written() {
    let code = "use crate::{a::{b, c}, d};\nuse super::e;\ncrate::f::g(); super::super::h()";
    let names = |module: &[&str]| {
        let module: Vec<String> = module.iter().map(|&name| name.to_owned()).collect();
        used(&module, code).into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&["x", "y"]), "a d f h");
    assert_eq!(names(&["x"]), "a d e f h");
    assert_eq!(names(&["x", "y", "z"]), "a d f");
}

#[test]
fn secrets_are_used_in_known_files_only() {
    let sources = sources("src");
    let exposing = sources.iter().filter(|source| source.code.contains(".expose()"));
    let exposing: Vec<&str> = exposing.map(|source| source.path.as_str()).collect();
    assert_eq!(exposing, EXPOSING);
}

#[test]
fn the_environment_is_read_in_one_file() {
    let sources = sources("src");
    let reading = sources.iter().filter(|source| source.code.contains("env::var"));
    let reading: Vec<&str> = reading.map(|source| source.path.as_str()).collect();
    assert_eq!(reading, ["src/environment.rs"]);
}

#[test]
fn no_code_has_words_that_are_not_to_be_there() {
    for source in sources("src") {
        for word in NOT_IN_CODE {
            assert!(!source.code.contains(word), "{} has `{word}`", source.path);
        }
    }
}

#[test]
fn nothing_is_left_for_later() {
    for source in [sources("src"), sources("tests")].into_iter().flatten() {
        for word in MARKS.iter().filter(|_| source.path != "tests/tidy.rs") {
            assert!(!source.text.contains(word), "{} has `{word}`", source.path);
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for source in [sources("src"), sources("tests")].into_iter().flatten() {
        assert!(source.text.starts_with("//! "), "{} begins with code", source.path);
    }
}

#[test]
fn no_file_is_too_long() {
    let sources = sources("src");
    let code = sources.iter().filter(|source| !is_test(&source.path));
    let long = code.filter(|source| without_tests(&source.text).lines().count() > LONGEST);
    let long: Vec<&str> = long.map(|source| source.path.as_str()).collect();
    assert!(long.is_empty(), "over {LONGEST} lines: {long:?}");
}

#[test]
fn no_line_is_too_wide() {
    for source in [sources("src"), sources("tests")].into_iter().flatten() {
        for (line, number) in source.text.lines().zip(1..) {
            assert!(line.chars().count() <= WIDEST, "{}:{number} is too wide", source.path);
        }
    }
}

#[test]
fn the_changelog_tells_of_this_version() {
    let heading = format!("\n## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(text("CHANGELOG.md").contains(&heading), "CHANGELOG.md has no{heading}");
}
