//! The list of tests that do not run on each platform, from the attributes of the tests.
//!
//! `#[cfg_attr(windows, ignore = "reason")]` skips a test. `#[cfg(unix)] // reason` leaves out a
//! test or a module, which does not compile elsewhere.

use std::{collections::BTreeMap, fmt::Write as _};

use regex_lite::Regex;

use super::assert_generated;
use crate::tidy::{Source, sources};

/// Tests that some platforms skip.
#[derive(Clone)]
struct Skipped {
    /// The path of a test or of a module.
    path: String,
    tests: usize,
    platforms: &'static [&'static str],
    reason: String,
}

#[test]
fn list_of_skipped_tests() {
    let sources: Vec<Source> = ["sts", "fuzz"].iter().fold(sources("tests"), |mut all, other| {
        all.retain(|source| !source.path.starts_with(&format!("tests/{other}/")));
        all
    });
    let all: Vec<Skipped> = sources.iter().flat_map(|source| skipped(source, &sources)).collect();
    let mut platforms: BTreeMap<&str, Vec<&Skipped>> = BTreeMap::new();
    for skipped in &all {
        for platform in skipped.platforms {
            platforms.entry(platform).or_default().push(skipped);
        }
    }
    let mut text = "<!-- Generated from the attributes of the tests: `BLESS=1 cargo test` -->\n\n\
                    # Integration tests that a platform skips\n"
        .to_owned();
    for (platform, mut rows) in platforms {
        let modules: Vec<String> = rows.iter().map(|row| format!("{}::", row.path)).collect();
        rows.retain(|row| !modules.iter().any(|module| row.path.starts_with(module)));
        rows.sort_by(|a, b| a.path.cmp(&b.path));
        let total: usize = rows.iter().map(|row| row.tests).sum();
        write!(text, "\n## {platform}: {total}\n\n| tests | | reason |\n| --- | ---: | --- |\n")
            .unwrap();
        for Skipped { path, tests, reason, .. } in rows {
            writeln!(text, "| `{path}` | {tests} | {reason} |").unwrap();
        }
    }
    assert_generated("tests/skipped.md", &text);
}

/// What the attributes in a file skip.
fn skipped(source: &Source, sources: &[Source]) -> Vec<Skipped> {
    // An attribute on several lines becomes one line.
    let broken = Regex::new(r#"#\[cfg_attr\(\s+(.+),\s+(ignore = ".+"),?\s+\)\]"#).unwrap();
    let text = broken.replace_all(&source.text, "#[cfg_attr($1, $2)]");
    let item = Regex::new(r"^(?:pub\(crate\) )?(mod|fn) (\w+)").unwrap();
    let file = module(source);
    let mut all = Vec::new();
    let mut attributes = Vec::new();
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("#![cfg(") {
            all.extend(attribute(line, &file, count(&file, sources)));
        } else if line.starts_with("#[") || line.starts_with("//") {
            attributes.push(line);
            continue;
        } else if let Some(found) = item.captures(line) {
            let path = format!("{file}::{}", &found[2]);
            let path = path.trim_start_matches("::");
            let tests = match &found[1] {
                "fn" => attributes.iter().filter(|line| **line == "#[test]").count(),
                _ if line.ends_with('{') => {
                    let (_, inside) = text.split_once(line).unwrap();
                    inside.split("\n}\n").next().unwrap().matches("#[test]").count()
                }
                _ => count(path, sources),
            };
            if tests > 0 {
                all.extend(attributes.iter().filter_map(|line| attribute(line, path, tests)));
            }
        }
        attributes.clear();
    }
    all
}

/// What an attribute skips.
fn attribute(line: &str, path: &str, tests: usize) -> Option<Skipped> {
    let of = |pattern| Regex::new(pattern).unwrap().captures(line);
    let (platforms, reason): (&[_], _) = if let Some(found) =
        of(r#"^#\[cfg_attr\((.+), ignore = "(.+)"\)\]$"#)
    {
        let platforms: &[_] = match &found[1] {
            "windows" => &["Windows"],
            "target_env = \"musl\"" => &["static Linux"],
            condition => panic!("{path}: add the condition {condition}"),
        };
        (platforms, found[2].to_owned())
    } else {
        let found = of(r"^#!?\[cfg\((.+)\)\](?: // (.+))?$")?;
        let platforms: &[_] = match &found[1] {
            "unix" => &["Windows"],
            "target_os = \"linux\"" => &["Windows", "macOS"],
            "windows" => &["Linux", "macOS"],
            condition => panic!("{path}: add the condition {condition}"),
        };
        let reason = match found.get(2) {
            Some(reason) => reason.as_str(),
            None if platforms.contains(&"Linux") => "about Windows",
            None => panic!("{path}: add the reason after the attribute: `#[cfg(…)] // needs …`"),
        };
        (platforms, reason.to_owned())
    };
    Some(Skipped { path: path.to_owned(), tests, platforms, reason })
}

/// The path of a file's module.
fn module(source: &Source) -> String {
    let path = source.path.trim_start_matches("tests/").trim_end_matches(".rs");
    if path == "main" { String::new() } else { path.replace('/', "::") }
}

/// The number of tests in a module and in the modules below.
fn count(path: &str, sources: &[Source]) -> usize {
    let below = format!("{path}::");
    let files = sources.iter().filter(|source| (module(source) + "::").starts_with(&below));
    files.map(|source| source.text.matches("#[test]\n").count()).sum()
}
