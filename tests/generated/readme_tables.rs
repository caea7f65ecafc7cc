//! The tables in the README, each between two comments with its name.

use std::fmt::Write as _;

use mfa_session::{SETTINGS, STATUSES};

use super::{assert_generated, text};

#[test]
fn readme_tables_are_up_to_date() {
    let readme = text("README.md");
    let readme = with_table(&readme, "settings", &settings());
    let readme = with_table(&readme, "exit statuses", &statuses());
    assert_generated("README.md", &readme);
}

/// The text with the table between the two comments.
fn with_table(text: &str, name: &str, table: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let parts = text.split_once(&start).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&end)?;
        Some((before, after))
    });
    let (before, after) = parts.unwrap_or_else(|| panic!("README.md lacks {start} … {end}"));
    format!("{before}{start}\n\n{table}\n{end}{after}")
}

fn settings() -> String {
    let mut table = String::from(
        "| setting | flag | environment | profile key | default |\n\
         | --- | --- | --- | --- | --- |\n",
    );
    for setting in SETTINGS {
        let flag = setting.flag.map(|id| format!("`--{}`", id.replace('_', "-")));
        let cells = [
            setting.name.to_owned(),
            flag.unwrap_or_default(),
            code(setting.variables),
            code(setting.keys),
            setting.default.to_owned(),
        ];
        writeln!(table, "| {} |", cells.join(" | ")).unwrap();
    }
    table
}

fn code(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn statuses() -> String {
    let mut table = String::from("| status | means |\n| ---: | --- |\n");
    for (status, meaning) in STATUSES {
        writeln!(table, "| {status} | {meaning} |").unwrap();
    }
    table
}
