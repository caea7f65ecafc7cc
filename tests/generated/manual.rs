//! `man/mfa-session.1`: the flags from the command line, the tables from the code, and the prose of
//! `manual.md`.
//!
//! Of clap's own generator only the roff is used: its synopsis leaves out the values, its options
//! have no paragraphs, and of variables, files and exit statuses it knows nothing.

use std::{fmt::Write as _, path::Path};

use clap::{Arg, ArgAction, Command};
use clap_mangen::roff::{Inline, Roff, bold, italic, line_break, roman};
use mfa_session::{
    EXAMPLES, SETTINGS, STATUSES, Setting,
    secret::Secret,
    session::{Provenance, Session},
    session_profile, variables,
};
use regex_lite::Regex;
use time::OffsetDateTime;

use super::{NAME, ask, command, keep, keep_only, text};
use crate::tools;

const FILE: &str = "man/mfa-session.1";
const PROSE: &str = include_str!("manual.md");

#[test]
fn the_manual_page_is_made_from_the_tables() {
    keep(FILE, &page());
    let name = Path::new(FILE).file_name().unwrap().to_str().unwrap();
    keep_only("man", &[name.to_owned()]);
}

#[test]
fn mandoc_has_nothing_to_say_about_the_manual_page() {
    if tools::program("mandoc").is_some() {
        let said = ask("mandoc", &["-T", "lint", "-W", "warning"], &page());
        assert_eq!(said, (String::new(), true));
    }
}

/// Whether an argument is of its command alone: neither common to all nor made by clap.
fn is_own(argument: &Arg) -> bool {
    !argument.is_global_set() && !["help", "version"].contains(&argument.get_id().as_str())
}

#[test]
fn the_manual_names_the_keys_of_a_session_as_they_are_written() {
    let any = || "x".to_owned();
    let session = Session {
        access_key_id: any(),
        secret_access_key: Secret::new(any()),
        session_token: Secret::new(any()),
        expires: OffsetDateTime::UNIX_EPOCH,
        provenance: Provenance {
            source: any(),
            key_id: Some(any()),
            serial: Some(any()),
            role: Some(any()),
            is_restricted: true,
        },
    };
    let written = session_profile::properties(&session).unwrap();
    let written: Vec<&str> = written.iter().map(|(key, _)| *key).collect();
    let told = entries("SESSION PROFILE");
    assert_eq!(written, told.iter().map(|(key, _)| key).collect::<Vec<_>>());
}

/// The synopsis of a command, with all its arguments; of the main one if `is_main`, with the flags
/// that all commands share.
fn synopsis(command: &Command, is_main: bool) -> String {
    let mut words = Vec::new();
    if !is_main {
        words.push(command.get_name().to_owned());
    }
    let arguments = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let shown = |argument: &&Arg| is_own(argument) || (is_main && argument.is_global_set());
    let (positional, flags): (Vec<&Arg>, _) =
        arguments.filter(shown).partition(|argument| argument.is_positional());
    for flag in flags {
        let long = || format!("--{}", flag.get_long().unwrap());
        let name = flag.get_short().map_or_else(long, |short| format!("-{short}"));
        let value = value(flag).map(|value| format!(" {value}")).unwrap_or_default();
        let optional = if is_optional(flag) { "[=SHELL]" } else { "" };
        let more = if matches!(flag.get_action(), ArgAction::Append) { "..." } else { "" };
        words.push(format!("[{name}{value}{optional}]{more}"));
    }
    for argument in positional {
        let name = value(argument).unwrap();
        words.push(match argument.get_action() {
            ArgAction::Append => format!("[{name}...]"),
            _ if argument.is_required_set() => name.to_owned(),
            _ => format!("[{name}]"),
        });
    }
    if is_main {
        words.push("[-h | --help | -V]".to_owned());
    }
    words.join(" ")
}

/// The paragraphs of a section of `manual.md`, each with its lines.
fn blocks(section: &str) -> Vec<&'static str> {
    let (_, text) = PROSE.split_once(&format!("\n## {section}\n\n")).expect(section);
    text.split("\n## ").next().unwrap().trim_end().split("\n\n").collect()
}

/// The paragraphs of a section of `manual.md`, each as one line.
fn paragraphs(section: &str) -> Vec<String> {
    blocks(section).into_iter().map(|block| block.replace('\n', " ")).collect()
}

/// The terms of a section of `manual.md`, and what it says of each.
fn entries(section: &str) -> Vec<(String, String)> {
    let entry = |block: &str| {
        let (term, text) = block.split_once('\n').expect(section);
        (term.to_owned(), text.replace('\n', " "))
    };
    blocks(section).into_iter().map(entry).collect()
}

fn page() -> String {
    let command = command();
    let mut page = Page::new(&command);
    page.section("SYNOPSIS");
    page.paragraph(formatted_synopsis(&synopsis(&command, true)));
    for subcommand in command.get_subcommands() {
        page.paragraph(formatted_synopsis(&synopsis(subcommand, false)));
    }
    page.section("DESCRIPTION");
    // The first paragraph is the name's.
    let long_about = command.get_long_about().unwrap().to_string();
    page.paragraphs(long_about.split("\n\n").skip(1));
    page.prose("DESCRIPTION");
    page.section("OPTIONS");
    page.options(&command);
    page.section("COMMANDS");
    page.prose("COMMANDS");
    for command in command.get_subcommands() {
        page.command(command);
    }
    page.section("SETTINGS");
    page.prose("SETTINGS");
    page.entries(SETTINGS.map(|setting| (vec![bold(setting.name)], places(setting))));
    page.section("ENVIRONMENT");
    page.paragraphs(["A variable that is empty counts as unset."]);
    page.entries(variables().into_iter().map(|(name, help)| (vec![bold(name)], help)));
    page.section("SESSION PROFILE");
    page.paragraphs(["The session profile is a section of the credentials file with these keys:"]);
    page.table(entries("SESSION PROFILE"));
    let stale = session_profile::FOREIGN_KEYS.map(|key| format!("`{key}`")).join(", ");
    page.paragraphs([
        "All other keys in it stay, but for those with which other tools would contradict the new \
         session; they are removed:",
        &stale,
    ]);
    page.section("FILES");
    page.entries(entries("FILES").into_iter().map(|(file, what)| (vec![italic(file)], what)));
    page.section("EXIT STATUS");
    page.table(STATUSES.map(|(status, meaning)| (status.to_string(), meaning)));
    page.section("EXAMPLES");
    page.table(EXAMPLES);
    page.section("SEE ALSO");
    for (title, url) in entries("SEE ALSO") {
        page.paragraph([roman(title), line_break(), roman(url)]);
    }
    page.text()
}

/// The day of the version, as the changelog has it: the page is the same on every day.
fn date() -> String {
    let version = regex_lite::escape(env!("CARGO_PKG_VERSION"));
    let heading = Regex::new(&format!(r"(?m)^## \[{version}\] - (\d{{4}}-\d\d-\d\d)$")).unwrap();
    let changelog = text("CHANGELOG.md");
    let found = heading.captures(&changelog).expect("a heading with this version and its day");
    found[1].to_owned()
}

/// Names and flags in bold, values in italics.
fn formatted_synopsis(line: &str) -> Vec<Inline> {
    let words = Regex::new(r"--?[A-Za-z-]+|[A-Z=-]+|[a-z-]+|[^A-Za-z-]+").unwrap();
    let words = words.find_iter(line).map(|word| word.as_str());
    let words = words.map(|word| match word {
        flag if flag.starts_with('-') => bold(flag),
        command if command.starts_with(|c: char| c.is_ascii_lowercase()) => bold(command),
        value if value.starts_with(char::is_alphabetic) => italic(value),
        other => roman(other),
    });
    [bold(NAME), roman(" ")].into_iter().chain(words).collect()
}

/// Where a setting may be said.
fn places(setting: &Setting) -> String {
    let list = |kind: &str, words: &[&str]| {
        let plural = if words.len() > 1 { "s" } else { "" };
        let words = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        if words.is_empty() { words } else { format!("{kind}{plural} {words}; ") }
    };
    let flag = setting.flag.map(|id| format!("--{}", id.replace('_', "-")));
    let flag: Vec<&str> = flag.iter().map(String::as_str).collect();
    format!(
        "{}{}{}else {}",
        list("flag", &flag),
        list("variable", setting.variables),
        list("key", setting.keys),
        setting.default
    )
}

/// The name of a flag's value; `None` where it needs none.
fn value(argument: &Arg) -> Option<&str> {
    let names = argument.get_value_names().filter(|_| argument.get_action().takes_values());
    names.filter(|_| !is_optional(argument))?.first().map(AsRef::as_ref)
}

/// Whether a flag may have a value, and needs none: it stands behind an equals sign.
fn is_optional(argument: &Arg) -> bool {
    argument.is_require_equals_set()
}

/// A manual page that grows downwards.
#[derive(Default)]
struct Page {
    roff: Roff,
    /// Whether there is nothing yet below the last heading.
    begins: bool,
}

impl Page {
    fn new(command: &Command) -> Self {
        let mut page = Self::default();
        let version = format!("{NAME} {}", command.get_version().unwrap());
        page.roff.control("TH", [NAME, "1", &date(), &version, "User Commands"]);
        // Names are long: spread lines would have holes, and a hyphen in one would be misread.
        page.roff.control("ad", ["l"]).control("nh", []);
        page.section("NAME");
        page.paragraph([roman(format!("{NAME} - {}", command.get_about().unwrap()))]);
        page
    }

    fn section(&mut self, title: &str) {
        self.roff.control("SH", [title]);
        self.begins = true;
    }

    fn paragraph(&mut self, text: impl Into<Vec<Inline>>) {
        if !self.begins {
            self.roff.control("PP", []);
        }
        self.begins = false;
        self.roff.text(text);
    }

    fn paragraphs<'a>(&mut self, paragraphs: impl IntoIterator<Item = &'a str>) {
        for paragraph in paragraphs {
            self.paragraph(inlines(paragraph));
        }
    }

    fn prose(&mut self, section: &str) {
        for paragraph in paragraphs(section) {
            self.paragraph(inlines(&paragraph));
        }
    }

    fn entries(&mut self, entries: impl IntoIterator<Item = (Vec<Inline>, String)>) {
        for (term, text) in entries {
            self.roff.control("TP", []);
            self.roff.text(term);
            for (place, paragraph) in text.split("\n\n").enumerate() {
                if place > 0 {
                    self.roff.control("IP", []);
                }
                self.roff.text(inlines(paragraph));
            }
        }
    }

    fn table(&mut self, rows: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) {
        self.entries(rows.into_iter().map(|(term, text)| (vec![bold(term)], text.into())));
    }

    /// All flags under their headings; those that every command has come last.
    fn options(&mut self, command: &Command) {
        let mut headings: Vec<Option<&str>> = Vec::new();
        for argument in command.get_arguments() {
            if !headings.contains(&argument.get_help_heading()) {
                headings.push(argument.get_help_heading());
            }
        }
        headings.sort_by_key(Option::is_none);
        for heading in headings {
            self.roff.control("SS", [heading.unwrap_or("Help")]);
            let arguments = command.get_arguments();
            let arguments = arguments.filter(|argument| argument.get_help_heading() == heading);
            self.entries(arguments.map(|argument| (forms(argument), help(argument))));
        }
    }

    /// What a command does, and what it takes besides the flags that all have.
    fn command(&mut self, command: &Command) {
        let name = command.get_name();
        self.roff.control("SS", [name]);
        self.begins = true;
        let about = command.get_long_about().or(command.get_about()).unwrap().to_string();
        let about = if about.ends_with('.') { about } else { about + "." };
        self.paragraphs(about.split("\n\n"));
        let own = command.get_arguments().filter(|argument| is_own(argument));
        self.entries(own.map(|argument| (forms(argument), help(argument))));
    }

    /// The page, in ASCII: what roff takes for accents and quotes is written as what it is.
    fn text(&self) -> String {
        let text = self.roff.render().replace('~', r"\(ti").replace('^', r"\(ha");
        text.chars().fold(String::new(), |mut page, c| {
            if c.is_ascii() {
                page.push(c);
            } else {
                write!(page, r"\[u{:04X}]", u32::from(c)).unwrap();
            }
            page
        })
    }
}

/// How a flag is given: `-s, --serial SERIAL`; or the name of what stands without one.
fn forms(argument: &Arg) -> Vec<Inline> {
    let mut forms = Vec::new();
    let Some(long) = argument.get_long() else {
        return vec![italic(value(argument).unwrap_or_default())];
    };
    if let Some(short) = argument.get_short() {
        forms.extend([bold(format!("-{short}")), roman(", ")]);
    }
    forms.push(bold(format!("--{long}")));
    if let Some(value) = value(argument) {
        forms.extend([roman(" "), italic(value)]);
    } else if is_optional(argument) {
        let value = argument.get_value_names().unwrap()[0].as_str();
        forms.extend([roman("[="), italic(value), roman("]")]);
    }
    forms
}

/// What a flag does, and the values that it takes, if there are only some. clap takes the full stop
/// from a single line, and leaves it elsewhere.
fn help(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help()).unwrap().to_string();
    let help = if help.ends_with('.') { help } else { help + "." };
    let values = argument.get_possible_values();
    let values = values.iter().filter_map(|value| {
        let about = value.get_help().filter(|_| argument.get_action().takes_values())?;
        Some(format!("\n\n`{}`: {about}", value.get_name()))
    });
    help + &values.collect::<String>()
}

/// Prose, with what stands in backticks in bold.
fn inlines(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    parts.map(|(place, part)| if place % 2 == 1 { bold(part) } else { roman(part) }).collect()
}
