//! The README and the guides in `man/`: their lengths and links. `readme` and `pipelines` run their
//! commands.

use std::{
    fs,
    path::{Path, PathBuf},
};

use regex_lite::Regex;

use crate::{
    generated::{guide_tables::around_table, project, text},
    tidy::{snapshot_files, sources},
};

/// In lines.
const MAX_README: usize = 200;
const MAX_GUIDE: usize = 150;

/// The guides, such as `man/ci.md`.
pub(crate) fn guides() -> Vec<String> {
    let files = fs::read_dir(project("man")).unwrap().map(|file| file.unwrap().path());
    let guides = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut guides: Vec<String> = guides.map(|path| format!("man/{}", name(path))).collect();
    guides.sort();
    guides
}

#[test]
fn the_readme_and_the_guides_are_short() {
    let mut lengths = vec![("README.md".to_owned(), MAX_README)];
    lengths.extend(guides().into_iter().map(|guide| (guide, MAX_GUIDE)));
    assert!(lengths.len() > 5);
    for (path, most) in lengths {
        let lines = text(&path).lines().count();
        assert!(lines <= most, "{path} has {lines} lines, more than {most}");
    }
}

#[test]
fn the_readme_links_to_every_guide() {
    let readme = text("README.md");
    for guide in guides() {
        assert!(readme.contains(&format!("\n- [{}]({guide})", title(&guide))), "{guide}");
    }
}

#[test]
fn packages_with_the_manual_page_have_the_guides_and_pictures() {
    let manifests = fs::read_dir(project(".ci/release.d/manifests")).unwrap();
    let manifests = manifests.map(|file| file.unwrap().path()).chain([project("Cargo.toml")]);
    let mut packages = 0;
    for path in manifests {
        let manifest = fs::read_to_string(&path).unwrap();
        let pages = manifest.matches("man/mfa-session.1").count();
        for files in ["man/*.md", "man/*.svg"] {
            assert_eq!(manifest.matches(files).count(), pages, "{files}, {}", path.display());
        }
        packages += pages;
    }
    assert!(packages >= 5, "{packages} packages");
}

/// The title of a guide.
pub(crate) fn title(guide: &str) -> String {
    let text = text(guide);
    text.lines().next().unwrap().strip_prefix("# ").expect("a title").to_owned()
}

#[test]
fn links_lead_to_files_and_headings() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let pages = ["README.md", "SECURITY.md", "CONTRIBUTING.md"].map(ToOwned::to_owned);
    for page in pages.into_iter().chain(guides()) {
        let page_text = text(&page);
        let targets = link.captures_iter(&page_text).map(|found| found[1].to_owned());
        for target in targets.filter(|target| !target.starts_with("https://")) {
            let (path, heading) = target.split_once('#').unwrap_or((&target, ""));
            let file = match path {
                "" => PathBuf::from(&page),
                path => Path::new(&page).with_file_name(path),
            };
            assert!(project(file.to_str().unwrap()).exists(), "{page} links to {target}");
            if !heading.is_empty() {
                let headings = headings(&text(file.to_str().unwrap()));
                assert!(headings.iter().any(|it| it == heading), "{page} links to {target}");
            }
        }
    }
}

/// The names by which links refer to the headings of a document, as GitHub makes them.
fn headings(document: &str) -> Vec<String> {
    let is_kept = |c: &char| c.is_alphanumeric() || "-_ ".contains(*c);
    let headings = document.lines().filter(|line| line.starts_with('#'));
    let headings = headings.map(|line| line.trim_start_matches('#').trim().to_lowercase());
    headings
        .map(|line| line.chars().filter(is_kept).collect::<String>().replace(' ', "-"))
        .collect()
}

/// A snapshot is what the program prints: a message that it no longer prints is in no snapshot.
#[test]
fn troubleshooting_quotes_messages_of_the_program() {
    let guide = text("man/troubleshooting.md");
    let [_, table, _] = around_table(&guide, "local errors");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    assert!(rows.len() > 10, "{} messages", rows.len());

    let printed = tests_and_snapshots();
    for row in rows {
        let message = row.trim_start_matches("| ").split(" | ").next().unwrap();
        let parts: Vec<&str> = message.split('…').map(str::trim).collect();
        let mut messages = printed.lines().filter(|line| line.contains("mfa-session: "));
        let is_printed = messages.any(|line| contains_in_order(line, &parts));
        assert!(is_printed, "no snapshot contains `{message}`");
    }
}

/// Whether the line contains the parts, one after another.
fn contains_in_order(line: &str, parts: &[&str]) -> bool {
    let mut rest = Some(line);
    for part in parts {
        rest = rest.and_then(|rest| Some(rest.split_once(part)?.1));
    }
    rest.is_some()
}

/// The tests and their snapshots.
fn tests_and_snapshots() -> String {
    let tests = sources("tests").into_iter().map(|source| source.text);
    let snapshots = snapshot_files().into_iter().map(|path| fs::read_to_string(path).unwrap());
    tests.chain(snapshots).collect()
}
