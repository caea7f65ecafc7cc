//! SECURITY.md names existing tests and exactly the dependencies of Cargo.toml.

use std::{collections::BTreeSet, fs};

use regex_lite::Regex;

use crate::generated::{project, text};

#[test]
fn every_test_named_in_security_md_exists() {
    let claims = rows("What is protected, and from whom");
    let module = Regex::new(r"`([a-z_]+(?:::[a-z0-9_]+)*)`").unwrap();
    let mut count = 0;
    for claim in &claims {
        let shown_by = claim.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let named = module.captures_iter(shown_by).map(|found| found[1].to_owned());
        for name in named.filter(|name| !name.starts_with("aws_files::")) {
            let is_target = |name: &str| project("tests/fuzz/fuzz_targets").join(name).is_file();
            assert!(exists(&name) || is_target(&format!("{name}.rs")), "{name} does not exist");
            count += 1;
        }
        assert!(shown_by.contains('`'), "no test shows: {claim}");
    }
    assert!(count > 20, "found only {count} tests");
}

/// Whether a module has this name, or a test in the module before the last `::`.
fn exists(name: &str) -> bool {
    let path = |name: &str| project(&format!("tests/{}.rs", name.replace("::", "/")));
    if path(name).is_file() {
        return true;
    }
    let mut outer = name;
    while let Some((before, _)) = outer.rsplit_once("::") {
        outer = before;
        if let Ok(source) = fs::read_to_string(path(outer)) {
            let mut inner = name[outer.len()..].split("::").skip(1);
            return inner.all(|inner| {
                [format!("fn {inner}("), format!("mod {inner} {{")]
                    .iter()
                    .any(|item| source.contains(item))
            });
        }
    }
    false
}

#[test]
fn security_md_gives_a_reason_for_every_dependency() {
    let manifest = text("Cargo.toml");
    let tables = manifest.split("\n[").filter(|table| {
        let heading = table.lines().next().unwrap();
        heading == "dependencies]" || heading.ends_with(".dependencies]")
    });
    let name = Regex::new(r"(?m)^([a-z][a-z0-9_-]*) = ").unwrap();
    let used: BTreeSet<String> = tables
        .flat_map(|table| name.captures_iter(table).map(|found| found[1].to_owned()))
        .collect();
    let explained: BTreeSet<String> = rows("Dependencies")
        .iter()
        .map(|row| row[2..].split(" | ").next().unwrap().to_owned())
        .collect();
    assert!(used.len() > 10);
    assert_eq!(explained, used);
}

/// The rows of the table in a section, without the table's header.
fn rows(heading: &str) -> Vec<String> {
    let document = text("SECURITY.md");
    let (_, section) = document.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(2);
    rows.map(ToOwned::to_owned).collect()
}
