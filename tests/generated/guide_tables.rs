//! The tables in the guides, each between two comments with its name.

use std::fmt::Write as _;

use mfa_session::{
    SETTINGS, STATUSES,
    secret::Secret,
    session::{Provenance, Session},
    session_profile,
    sts::AccountId,
    variables,
};
use time::OffsetDateTime;

use super::{assert_generated, manual, text};

const SETTINGS_GUIDE: &str = "man/settings.md";
const REFERENCE_GUIDE: &str = "man/reference.md";

#[test]
fn tables_of_the_guides_are_up_to_date() {
    let guide = text(SETTINGS_GUIDE);
    let guide = with_table(&guide, "settings", &settings());
    let guide = with_table(&guide, "exit statuses", &statuses());
    let guide = with_table(&guide, "files", &files());
    assert_generated(SETTINGS_GUIDE, &guide);
    let guide = text(REFERENCE_GUIDE);
    let guide = with_table(&guide, "variables", &variables_table());
    let removed = format!("{}\n", code(&session_profile::FOREIGN_KEYS));
    assert_generated(REFERENCE_GUIDE, &with_table(&guide, "removed keys", &removed));
}

#[test]
fn a_guide_lists_the_keys_of_a_session_profile() {
    let any = || "x".to_owned();
    let session = Session {
        // As emulators grant it.
        access_key_id: "AKIA".to_owned(),
        secret_access_key: Secret::new(any()),
        session_token: Secret::new(any()),
        expires: OffsetDateTime::UNIX_EPOCH,
        account: AccountId::parse("123456789012"),
        provenance: Provenance {
            source: any(),
            key_id: Some(any()),
            serial: Some(any()),
            role: Some(any()),
            is_direct: true,
            is_restricted: true,
        },
    };
    let written = session_profile::properties(&session, Some("x")).unwrap();
    let written: Vec<&str> = written.iter().map(|(key, _)| *key).collect();
    let guide = text(REFERENCE_GUIDE);
    let (_, keys) = guide.split_once("\n## Keys of the session profile\n").unwrap();
    let rows = keys.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: Vec<&str> = rows.map(|row| row.split('`').next().unwrap()).collect();
    assert_eq!(written, listed);
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
    let [before, _, after] = around_table(text, name);
    format!("{before}<!-- {name} -->\n\n{table}\n<!-- /{name} -->{after}")
}

/// What precedes the two comments, the table between them, and what follows.
pub(crate) fn around_table<'a>(text: &'a str, name: &str) -> [&'a str; 3] {
    let (start, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let parts = text.split_once(&start).and_then(|(before, rest)| {
        let (table, after) = rest.split_once(&end)?;
        Some([before, table, after])
    });
    parts.unwrap_or_else(|| panic!("the guide lacks {start} … {end}"))
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

fn variables_table() -> String {
    let rows = variables().into_iter().map(|(name, help)| format!("| `{name}` | {help} |\n"));
    format!("| variable | meaning |\n| --- | --- |\n{}", rows.collect::<String>())
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

/// The files of the manual page.
fn files() -> String {
    let mut table = String::from("| file | use |\n| --- | --- |\n");
    for (names, use_) in manual::entries("FILES") {
        let names: Vec<&str> = names.split(", ").collect();
        writeln!(table, "| {} | {use_} |", code(&names)).unwrap();
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
