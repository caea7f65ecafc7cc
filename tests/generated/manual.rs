//! `man/mfa-session.1`: flags from the command line, tables from the code, prose from `manual.md`.
//!
//! clap's generator provides only the roff: its options have long paragraphs, and it knows no
//! variables, files and exit statuses.

use std::{fmt::Write as _, path::Path};

use clap::{Arg, Command};
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};
use mfa_session::{EXAMPLES, SETTINGS, STATUSES, USES};
use regex_lite::Regex;

use super::{NAME, PICTURES, assert_generated, assert_only, command, run_tool, text};
use crate::{
    documents::{guides, title},
    tools,
};

const FILE: &str = "man/mfa-session.1";
const PROSE: &str = include_str!("manual.md");

#[test]
#[cfg_attr(windows, ignore = "needs the examples for Unix")]
fn manual_page_is_up_to_date() {
    assert_generated(FILE, &page());
    let name = Path::new(FILE).file_name().unwrap().to_str().unwrap();
    let others = guides().into_iter().chain(PICTURES.map(ToOwned::to_owned));
    let others = others.map(|path| path.replace("man/", ""));
    assert_only("man", &others.chain([name.to_owned()]).collect::<Vec<_>>());
}

#[test]
#[cfg_attr(windows, ignore = "needs mandoc")]
fn mandoc_accepts_the_manual_page() {
    if tools::program("mandoc").is_some() {
        let outcome = run_tool("mandoc", &["-T", "lint", "-W", "warning"], &page());
        assert_eq!(outcome, (String::new(), true));
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs mandoc")]
fn the_manual_page_has_eight_screens() {
    if tools::program("mandoc").is_some() {
        // `man` leaves two of 80 columns free.
        let (shown, _) = run_tool("mandoc", &["-T", "utf8", "-O", "width=78"], &page());
        let lines = shown.lines().count();
        assert!(lines <= 8 * 24, "{lines} lines");
    }
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

/// The terms of a section of `manual.md`, each with its description.
pub(super) fn entries(section: &str) -> Vec<(String, String)> {
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
    page.paragraph(formatted_synopsis(&format!("{NAME} [OPTIONS]")));
    page.roff.control("br", []);
    page.roff.text(formatted_synopsis(&format!("{NAME} COMMAND [OPTIONS] [ARGUMENTS]")));
    page.section("DESCRIPTION");
    // The first paragraph is in NAME.
    let long_about = command.get_long_about().unwrap().to_string();
    page.paragraphs(long_about.split("\n\n").skip(1));
    page.prose("DESCRIPTION");
    page.prose("COMMANDS");
    page.table(14, command.get_subcommands().map(|it| (it.get_name(), about(it))));
    page.section("OPTIONS");
    page.prose("OPTIONS");
    page.options(&command);
    page.section("EXAMPLES");
    page.table(30, USES);
    page.table(8, EXAMPLES);
    page.section("FILES");
    page.list(8, entries("FILES").into_iter().map(|(file, what)| (vec![italic(file)], what)));
    page.section("ENVIRONMENT");
    page.prose("ENVIRONMENT");
    let own = SETTINGS.iter().filter_map(|setting| Some((setting, setting.variables.first()?)));
    let own = own.filter(|(_, name)| name.starts_with("MFA_SESSION_"));
    let (with_flag, others): (Vec<_>, Vec<_>) = own.partition(|(it, _)| it.flag.is_some());
    let with_flag = with_flag.into_iter().filter_map(|(setting, name)| {
        Some(format!("`{name}` (--{})", setting.flag?.replace('_', "-")))
    });
    page.paragraphs([with_flag.collect::<Vec<_>>().join(", ").as_str()]);
    page.prose("OTHER VARIABLES");
    page.table(23, others.into_iter().map(|(setting, name)| (name, setting.help)));
    page.section("EXIT STATUS");
    page.table(5, STATUSES.map(|(status, meaning)| (status.to_string(), meaning)));
    page.section("SEE ALSO");
    page.prose("SEE ALSO");
    page.list(26, guides().into_iter().map(|guide| (vec![italic(&*guide)], title(&guide))));
    page.text()
}

/// The date of this version in the changelog: the page does not depend on the day of the build.
fn date() -> String {
    let version = regex_lite::escape(env!("CARGO_PKG_VERSION"));
    let heading = Regex::new(&format!(r"(?m)^## \[{version}\] - (\d{{4}}-\d\d-\d\d)$")).unwrap();
    let changelog = text("CHANGELOG.md");
    let found = heading.captures(&changelog).expect("a heading with this version and its date");
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
    words.collect()
}

/// The name of a flag's required value.
fn value(argument: &Arg) -> Option<&str> {
    let names = argument.get_value_names().filter(|_| argument.get_action().takes_values());
    names.filter(|_| !has_optional_value(argument))?.first().map(AsRef::as_ref)
}

/// Whether the value of a flag is optional: it then follows an equals sign.
fn has_optional_value(argument: &Arg) -> bool {
    argument.is_require_equals_set()
}

/// A manual page under construction.
#[derive(Default)]
struct Page {
    roff: Roff,
    /// Whether the last heading has no text yet.
    is_section_empty: bool,
}

impl Page {
    fn new(command: &Command) -> Self {
        let mut page = Self::default();
        let version = format!("{NAME} {}", command.get_version().unwrap());
        page.roff.control("TH", [NAME, "1", &date(), &version, "User Commands"]);
        // Names are long: justified lines would have gaps, and hyphenated names would be ambiguous.
        page.roff.control("ad", ["l"]).control("nh", []);
        page.section("NAME");
        page.paragraph([roman(format!("{NAME} - {}", command.get_about().unwrap()))]);
        page
    }

    fn section(&mut self, title: &str) {
        self.roff.control("SH", [title]);
        self.is_section_empty = true;
    }

    fn paragraph(&mut self, text: impl Into<Vec<Inline>>) {
        if !self.is_section_empty {
            self.roff.control("PP", []);
        }
        self.is_section_empty = false;
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

    /// Terms with their descriptions, without empty lines between them. A term that is wider than
    /// `columns` has a line of its own.
    fn list(
        &mut self,
        columns: usize,
        entries: impl IntoIterator<Item = (Vec<Inline>, impl AsRef<str>)>,
    ) {
        for (number, (term, text)) in entries.into_iter().enumerate() {
            self.roff.control("TP", [columns.to_string().as_str()]);
            self.roff.text(term);
            self.roff.text(inlines(text.as_ref()));
            if number == 0 {
                self.roff.control("PD", ["0"]);
            }
        }
        self.roff.control("PD", []);
        self.is_section_empty = false;
    }

    fn table(
        &mut self,
        columns: usize,
        rows: impl IntoIterator<Item = (impl ToString, impl AsRef<str>)>,
    ) {
        let rows = rows.into_iter().map(|(term, text)| (vec![bold(term.to_string())], text));
        self.list(columns, rows);
    }

    /// The flags under their headings. Flags without a heading come first. `manual.md` describes
    /// those that clap adds.
    fn options(&mut self, command: &Command) {
        let is_own = |flag: &&Arg| !["help", "version"].contains(&flag.get_id().as_str());
        let flags: Vec<&Arg> = command.get_arguments().filter(is_own).collect();
        let mut headings: Vec<Option<&str>> = Vec::new();
        for flag in &flags {
            if !headings.contains(&flag.get_help_heading()) {
                headings.push(flag.get_help_heading());
            }
        }
        for heading in headings {
            self.roff.control("SS", [heading.unwrap_or("Session")]);
            let flags = flags.iter().filter(|flag| flag.get_help_heading() == heading);
            self.list(26, flags.map(|flag| (term(flag), help(flag))));
        }
    }

    /// The page in ASCII. roff would print `~` and `^` as accents: they are escaped.
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

/// The term of a flag, such as `-s, --serial SERIAL`; of a positional argument, its name.
fn term(argument: &Arg) -> Vec<Inline> {
    let mut term = Vec::new();
    let Some(long) = argument.get_long() else {
        return vec![italic(value(argument).unwrap_or_default())];
    };
    if let Some(short) = argument.get_short() {
        term.extend([bold(format!("-{short}")), roman(", ")]);
    }
    term.push(bold(format!("--{long}")));
    if let Some(value) = value(argument) {
        term.extend([roman(" "), italic(value)]);
    } else if has_optional_value(argument) {
        let value = argument.get_value_names().unwrap()[0].as_str();
        term.extend([roman("[="), italic(value), roman("]")]);
    }
    term
}

/// The first paragraph of a flag's help. clap has removed its full stop.
fn help(argument: &Arg) -> String {
    format!("{}.", argument.get_help().unwrap())
}

fn about(command: &Command) -> String {
    format!("{}.", command.get_about().unwrap())
}

/// Prose with words in backticks in bold.
fn inlines(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    parts.map(|(number, part)| if number % 2 == 1 { bold(part) } else { roman(part) }).collect()
}
