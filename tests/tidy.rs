//! What a reviewer should not have to check: the arrows between modules, circles between files,
//! where secrets are used, sizes, and words that are forbidden.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use regex_lite::Regex;

use crate::generated::{project, text};

/// Files in which a secret is used as text: the complete list.
const EXPOSING: [&str; 14] = [
    "src/aws_files.rs",
    "src/aws_files/section.rs",
    "src/aws_files/splice.rs",
    "src/aws_files/writable.rs",
    "src/config/code.rs",
    "src/identity_token.rs",
    "src/output/format.rs",
    "src/output/secret_text.rs",
    "src/saml.rs",
    "src/session_profile.rs",
    "src/sts/client.rs",
    "src/sts/id_token.rs",
    "src/sts/query_body.rs",
    "src/sts/response.rs",
];

/// The only file that opens a long-term secret access key.
const SIGNING: &str = "src/sts/sign.rs";

/// In lines, without the tests at the end: a longer file does more than one thing.
const MAX_FILE: usize = 310;

/// In lines: a longer function does not fit a screen.
const MAX_FUNCTION: usize = 75;

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
    for source in sources("src").iter().filter(|source| !is_test(&source.path)) {
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

const EXPOSE: [&str; 2] = [".expose()", "Secret::expose"];

#[test]
fn secrets_are_used_in_known_files_only() {
    let sources = sources("src");
    let exposing =
        sources.iter().filter(|source| EXPOSE.iter().any(|call| source.code.contains(call)));
    let exposing: BTreeSet<&str> = exposing.map(|source| source.path.as_str()).collect();
    assert_eq!(exposing, EXPOSING.into_iter().chain([SIGNING]).collect());
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
fn no_file_and_no_function_is_too_long() {
    let mut long = Vec::new();
    for source in sources("src").iter().filter(|source| !is_test(&source.path)) {
        let lines = without_tests(&source.text).lines().count();
        if lines > MAX_FILE {
            long.push(format!("{}: {lines} lines", source.path));
        }
        for (name, lines) in functions(&source.code) {
            if lines > MAX_FUNCTION {
                long.push(format!("{}: {lines} lines in {name}", source.path));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

/// The functions of formatted code, with their lengths in lines: a function ends at the brace that
/// is indented as its first line.
fn functions(code: &str) -> Vec<(&str, usize)> {
    let start = Regex::new(r"^( *)(?:pub(?:\([a-z]+\))? )?(?:const )?fn (\w+)").unwrap();
    let lines: Vec<&str> = code.lines().collect();
    let mut functions = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(found) = start.captures(line) else { continue };
        let (indent, name) = (found.get(1).unwrap().as_str(), found.get(2).unwrap().as_str());
        let end = format!("{indent}}}");
        let length = lines[number..].iter().position(|line| *line == end).unwrap_or_default();
        functions.push((name, length + 1));
    }
    functions
}

#[test]
fn no_circle_of_files() {
    let sources = sources("src");
    let modules: BTreeSet<Vec<String>> =
        sources.iter().map(|source| module(&source.path)).collect();
    let uses: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> =
        sources.iter().map(|source| (module(&source.path), used_files(source, &modules))).collect();
    for start in &modules {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&Vec<String>> = uses[start].iter().collect();
        while let Some(file) = next.pop() {
            let name = start.join("::");
            assert!(file != start, "{name} uses itself by way of {reached:?}");
            if reached.insert(file) {
                next.extend(&uses[file]);
            }
        }
    }
}

/// The files that a file uses. A re-export is no use.
fn used_files(source: &Source, modules: &BTreeSet<Vec<String>>) -> BTreeSet<Vec<String>> {
    let own = module(&source.path);
    let reexport = Regex::new(r"(?ms)^pub(?:\([a-z ]+\))? use .*?;").unwrap();
    let code = reexport.replace_all(&source.code, "");
    // A path without `crate` or `super` begins at a module below, or at a library.
    let root = Regex::new(r"(?m)\bcrate::|\b(?:super::)+|^use |[ (&]").unwrap();
    let below = if own == ["run"] { &[][..] } else { &own[..] };
    let mut files = BTreeSet::new();
    for found in root.find_iter(&code) {
        let base = match found.as_str() {
            "crate::" => &[][..],
            "use " | " " | "(" | "&" => below,
            supers => &own[..own.len().saturating_sub(supers.matches("super").count())],
        };
        let is_bare = !["crate::", "use "].contains(&found.as_str()) && base == below;
        for path in paths(&code[found.end()..]) {
            // A single name is a variable, or the declaration of a module.
            if path[0].is_empty() || is_bare && path.len() < 2 {
                continue;
            }
            let whole: Vec<String> = base.iter().cloned().chain(path).collect();
            let file = (1..=whole.len()).rev().map(|length| whole[..length].to_vec());
            let file = file.into_iter().find(|prefix| modules.contains(prefix));
            files.extend(file.filter(|file| *file != own));
        }
    }
    files
}

/// The paths that a path with groups stands for.
fn paths(text: &str) -> Vec<Vec<String>> {
    let Some(group) = text.strip_prefix('{') else {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let name = vec![text[..end].to_owned()];
        return match text[end..].strip_prefix("::") {
            None => vec![name],
            Some(rest) => {
                let rest = paths(rest).into_iter();
                rest.map(|path| name.iter().cloned().chain(path).collect()).collect()
            }
        };
    };
    let (mut depth, mut start, mut all) = (1, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => {
                all.extend(paths(group[start..at].trim()));
                start = at + 1;
            }
            _ => {}
        }
        if depth == 0 {
            all.extend(paths(group[start..at].trim()));
            break;
        }
    }
    all
}

#[test]
fn no_line_is_too_wide() {
    for source in [sources("src"), sources("tests")].into_iter().flatten() {
        // A snapshot holds a text as the program prints it.
        let mut is_snapshot = false;
        for (line, number) in source.text.lines().zip(1..) {
            is_snapshot &= !line.starts_with("\"#");
            let is_wide = line.chars().count() > WIDEST;
            assert!(is_snapshot || !is_wide, "{}:{number} is too wide", source.path);
            is_snapshot |= line.contains("str![[r#");
        }
    }
}

#[test]
fn every_snapshot_belongs_to_a_test() {
    let tests: String = sources("tests").into_iter().map(|source| source.text).collect();
    for directory in fs::read_dir(project("tests/snapshots")).unwrap() {
        let directory = directory.unwrap().path();
        for file in fs::read_dir(&directory).unwrap() {
            let name = file.unwrap().path().with_extension("");
            let name = name.strip_prefix(project("tests/snapshots")).unwrap().to_str().unwrap();
            assert!(tests.contains(&format!("\"{name}\"")), "no test compares {name}");
        }
    }
}

#[test]
fn the_changelog_tells_of_this_version() {
    let heading = format!("\n## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(text("CHANGELOG.md").contains(&heading), "CHANGELOG.md has no{heading}");
}
