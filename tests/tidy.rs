//! Rules of the source text that a reviewer need not check: dependencies between modules, files
//! that expose secrets, sizes, forbidden words.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use regex_lite::Regex;

use crate::generated::{project, text};

/// Every file that exposes a secret, except [`SIGNING`].
const EXPOSING: [&str; 15] = [
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
    "src/sts/signin.rs",
];

/// The only file that reads the secret of a signing key.
const SIGNING: &str = "src/sts/sign.rs";

/// In lines, without the tests at the end.
const MAX_FILE: usize = 310;

/// In lines.
const MAX_FUNCTION: usize = 75;

/// In characters.
const WIDEST: usize = 100;

/// Words forbidden in code outside tests. `print!` and `eprint!` panic when their reader is gone;
/// `message` and `output` do not.
const FORBIDDEN: [&str; 10] = [
    ".unwrap()",
    "print!(",
    "println!(",
    "dbg!(",
    // It panics where the system allows no further thread: use `thread::Builder`.
    "thread::spawn(",
    "todo!(",
    "unimplemented!(",
    "/home/",
    "/root/",
    "/tmp/",
];

/// Words that mark unfinished work. This file has them.
const MARKS: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// A Rust file.
pub(crate) struct Source {
    /// Relative to the project, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text without comments and tests.
    pub(crate) code: String,
}

/// The Rust files in a directory of the project, at any depth.
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

/// The text without the module of tests, which ends at the first brace in the first column.
fn without_tests(text: &str) -> String {
    let Some((before, tests)) = text.split_once("#[cfg(test)]\nmod tests {") else {
        return text.to_owned();
    };
    let (_, after) = tests.split_once("\n}\n").unwrap();
    format!("{before}{after}")
}

/// The text without tests and comment lines.
fn code(text: &str) -> String {
    let text = without_tests(text);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn modules_use_only_modules_on_lower_lines_of_the_picture() {
    let levels = levels(&text("src/lib.rs"));
    let mut known = BTreeSet::new();
    let mut violations = Vec::new();
    for source in sources("src").iter().filter(|source| !is_test(&source.path)) {
        let module = module(&source.path);
        known.insert(module[0].clone());
        let level = levels.get(&module[0]);
        let level = level.unwrap_or_else(|| panic!("{} is not in the picture", module[0]));
        for used in used_modules(&module, &source.code) {
            // `main` uses what the crate exports; other files name the module of an item.
            let is_allowed = levels.get(&used).map_or(module[0] == "main", |used| used > level);
            if used != module[0] && !is_allowed {
                violations.push(format!("{} uses {used}", source.path));
            }
        }
    }
    assert!(violations.is_empty(), "against the picture in src/lib.rs: {violations:#?}");
    assert!(known.iter().eq(levels.keys()), "the picture has modules that do not exist");
}

#[test]
fn sts_and_aws_files_use_no_other_module_but_secret() {
    let mut checked = BTreeSet::new();
    for source in sources("src") {
        let module = module(&source.path);
        if !["sts", "aws_files"].contains(&&*module[0]) {
            continue;
        }
        for used in used_modules(&module, &source.code) {
            assert!(used == module[0] || used == "secret", "{} uses {used}", source.path);
        }
        checked.insert(module[0].clone());
    }
    assert_eq!(checked.len(), 2);
}

/// The line of each module in the picture, counted from the top.
fn levels(crate_root: &str) -> BTreeMap<String, usize> {
    let (_, picture) = crate_root.split_once("//! ```text\n").expect("a picture");
    let (picture, _) = picture.split_once("//! ```").unwrap();
    let mut levels = BTreeMap::new();
    for (level, line) in picture.lines().enumerate() {
        let line = line.trim_start_matches(['/', '!', ' ']);
        // The rest of the line describes the modules.
        for name in line.split("   ").next().unwrap().split_whitespace() {
            assert!(
                levels.insert(name.to_owned(), level).is_none(),
                "the picture has {name} twice"
            );
        }
    }
    levels
}

/// The path of a file's module. The picture calls the crate root `run`.
fn module(path: &str) -> Vec<String> {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    let path = if path == "lib" { "run" } else { path };
    path.split('/').map(ToOwned::to_owned).collect()
}

/// The modules of the crate root that the code of a module names, by `crate::` or by `super::`.
fn used_modules(module: &[String], code: &str) -> BTreeSet<String> {
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

/// `a` of `a::b`; `a` and `d` of `{a::{b, c}, d}`.
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
fn used_modules_finds_every_notation() {
    let code = "use crate::{a::{b, c}, d};\nuse super::e;\ncrate::f::g(); super::super::h()";
    let names = |module: &[&str]| {
        let module: Vec<String> = module.iter().map(|&name| name.to_owned()).collect();
        used_modules(&module, code).into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&["x", "y"]), "a d f h");
    assert_eq!(names(&["x"]), "a d e f h");
    assert_eq!(names(&["x", "y", "z"]), "a d f");
}

#[test]
fn only_listed_files_expose_secrets() {
    let call = Regex::new(r"(?:\.|::)expose\b").unwrap();
    let sources = sources("src");
    let exposing = sources.iter().filter(|source| call.is_match(&source.code));
    let exposing: BTreeSet<&str> = exposing.map(|source| source.path.as_str()).collect();
    assert_eq!(exposing, EXPOSING.into_iter().chain([SIGNING]).collect());
}

/// The field is private, and its file reads it once: to sign.
#[test]
fn only_sign_reads_the_secret_of_a_signing_key() {
    let code = code(&text(SIGNING));
    let (_, fields) = code.split_once("pub struct SigningKey {\n").unwrap();
    let (fields, rest) = fields.split_once("}\n").unwrap();
    assert_eq!(fields, "    id: String,\n    secret: Secret,\n");
    let reads = Regex::new(r"\.secret\b.*").unwrap();
    let reads: Vec<&str> = reads.find_iter(rest).map(|found| found.as_str()).collect();
    assert_eq!(reads, [".secret.expose()));"]);
}

#[test]
fn only_environment_and_system_read_variables() {
    let reading = sources("src").into_iter().filter(|source| source.code.contains("env::var"));
    let mut reading = reading.filter(|source| !source.path.starts_with("src/system/"));
    assert!(reading.all(|source| source.path == "src/environment.rs"));
}

#[test]
fn only_system_depends_on_the_operating_system() {
    let cfg = Regex::new(r"cfg!?\((?:.*\()?(?:unix|windows|target_)").unwrap();
    let depending = sources("src").into_iter().filter(|source| cfg.is_match(&source.code));
    let mut depending = depending.filter(|source| !source.path.starts_with("src/system"));
    let found = depending.next().map(|source| source.path);
    assert_eq!(found, None, "move it to src/system");
}

#[test]
fn code_has_no_forbidden_words() {
    for source in sources("src") {
        for word in FORBIDDEN {
            assert!(!source.code.contains(word), "{} has `{word}`", source.path);
        }
    }
}

#[test]
fn no_file_marks_unfinished_work() {
    for source in [sources("src"), sources("tests")].into_iter().flatten() {
        for word in MARKS.iter().filter(|_| source.path != "tests/tidy.rs") {
            assert!(!source.text.contains(word), "{} has `{word}`", source.path);
        }
    }
}

#[test]
fn every_file_begins_with_a_doc_comment() {
    for source in [sources("src"), sources("tests")].into_iter().flatten() {
        assert!(source.text.starts_with("//! "), "{} does not begin with `//! `", source.path);
    }
}

#[test]
fn files_and_functions_are_short() {
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

/// The functions of formatted code, with their lengths in lines. The indentation of the closing
/// brace is that of the first line.
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
fn files_do_not_use_each_other_in_a_circle() {
    let sources = sources("src");
    let modules: BTreeSet<Vec<String>> =
        sources.iter().map(|source| module(&source.path)).collect();
    let mut reexports: BTreeMap<_, _> = sources.iter().flat_map(reexports).collect();
    // A path through a module that shares the item's name leads to the module.
    reexports.retain(|item, _| !modules.contains(item));
    let uses = |source| used_files(source, &modules, &reexports);
    let uses: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> =
        sources.iter().map(|source| (module(&source.path), uses(source))).collect();
    let mut circles = Vec::new();
    for start in &modules {
        let mut reached = BTreeSet::new();
        let mut next = vec![start];
        while let Some(file) = next.pop() {
            if uses[file].contains(start) {
                circles.push(format!("{} and {}", start.join("::"), file.join("::")));
            }
            next.extend(uses[file].iter().filter(|used| reached.insert(*used)));
        }
    }
    assert!(circles.is_empty(), "{circles:#?}");
}

const REEXPORT: &str = r"(?ms)^pub(?:\([a-z ]+\))? use (.*?);";

/// The items that a file re-exports from its child modules, each with its own path.
fn reexports(source: &Source) -> Vec<(Vec<String>, Vec<String>)> {
    let own = module(&source.path);
    let below = |path: &[String]| [&own, path].concat();
    let reexport = Regex::new(REEXPORT).unwrap();
    let paths = reexport.captures_iter(&source.code).flat_map(|found| paths(&found[1]));
    paths.map(|path| (below(&path[path.len() - 1..]), below(&path))).collect()
}

/// The files that a file uses. A re-exported item counts as used from its own file.
fn used_files(
    source: &Source,
    modules: &BTreeSet<Vec<String>>,
    reexports: &BTreeMap<Vec<String>, Vec<String>>,
) -> BTreeSet<Vec<String>> {
    let own = module(&source.path);
    let code = Regex::new(REEXPORT).unwrap().replace_all(&source.code, "");
    let code = code.replace("pub(in crate::", "pub(in ");
    // Any other path begins at a child module or at a library.
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
            // A single name is a variable or the declaration of a module.
            if path[0].is_empty() || is_bare && path.len() < 2 {
                continue;
            }
            let mut whole: Vec<String> = base.iter().cloned().chain(path).collect();
            while let Some(item) = (1..=whole.len()).find_map(|end| reexports.get(&whole[..end])) {
                whole.clone_from(item);
            }
            let file = (1..=whole.len()).rev().map(|length| whole[..length].to_vec());
            let file = file.into_iter().find(|prefix| modules.contains(prefix));
            files.extend(file.filter(|file| *file != own));
        }
    }
    files
}

/// Expands the groups of a path: `a::{b, c}` is `a::b` and `a::c`.
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
fn lines_are_at_most_100_characters_wide() {
    for source in [sources("src"), sources("tests")].into_iter().flatten() {
        // A snapshot holds the program's own lines.
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
fn every_snapshot_file_has_a_test() {
    let tests: String = sources("tests").into_iter().map(|source| source.text).collect();
    for file in snapshot_files() {
        let name = file.with_extension("");
        let name = name.strip_prefix(project("tests/snapshots")).unwrap().to_str().unwrap();
        let name = name.replace('\\', "/");
        assert!(tests.contains(&format!("\"{name}\"")), "no test compares {name}");
    }
}

pub(crate) fn snapshot_files() -> Vec<PathBuf> {
    let entries = |path: PathBuf| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    entries(project("tests/snapshots")).flat_map(entries).collect()
}

#[test]
fn the_changelog_has_a_section_for_this_version() {
    let heading = format!("\n## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(text("CHANGELOG.md").contains(&heading), "CHANGELOG.md has no{heading}");
}
