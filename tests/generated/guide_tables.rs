//! The tables in the guides, each between two comments with its name.

use std::fmt::Write as _;

use mfa_session::{SETTINGS, STATUSES};

use super::{assert_generated, text};

const SETTINGS_GUIDE: &str = "man/settings.md";

#[test]
fn tables_of_the_guides_are_up_to_date() {
    let guide = text(SETTINGS_GUIDE);
    let guide = with_table(&guide, "settings", &settings());
    let guide = with_table(&guide, "exit statuses", &statuses());
    assert_generated(SETTINGS_GUIDE, &guide);
}

/// The hint about the clock is that of Linux.
#[cfg(target_os = "linux")] // needs the hints for Linux
#[test]
fn table_of_errors_is_up_to_date() {
    const GUIDE: &str = "man/troubleshooting.md";
    assert_generated(GUIDE, &with_table(&text(GUIDE), "errors", &errors()));
}

/// The text with the table between the two comments.
fn with_table(text: &str, name: &str, table: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let parts = text.split_once(&start).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&end)?;
        Some((before, after))
    });
    let (before, after) = parts.unwrap_or_else(|| panic!("the guide lacks {start} … {end}"));
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

#[cfg(target_os = "linux")]
fn errors() -> String {
    let mut table = String::from("| error | AWS's code | what to do |\n| --- | --- | --- |\n");
    for error in mfa_session::explain::table() {
        let codes: Vec<&str> = error.codes.iter().map(String::as_str).collect();
        let cells = [error.error, code(&codes), error.hints.join("; ")];
        writeln!(table, "| {} |", cells.join(" | ")).unwrap();
    }
    table
}
