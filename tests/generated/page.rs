//! `man/mfa-session.1`: the flags from the command line, the tables from the code, and what only
//! the manual tells.
//!
//! Of clap's own generator only the roff is used: its synopsis leaves out the values, its options
//! have no paragraphs, and of variables, files and exit statuses it knows nothing.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use clap::{Arg, Command};
use clap_mangen::roff::{Inline, Roff, bold, italic, line_break, roman};
use mfa_session::{
    cli::EXAMPLES,
    config::{SETTINGS, Setting},
    credentials::{AccessKey, Provenance, Session},
    environment::VARIABLES,
    failure::STATUSES,
    secret::Secret,
    session_profile,
};
use regex_lite::Regex;
use time::OffsetDateTime;

use super::{NAME, ask, command, keep, keep_only, text};
use crate::tools;

const FILE: &str = "man/mfa-session.1";

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

#[test]
fn the_synopsis_has_every_flag_and_no_other() {
    let command = command();
    for (name, synopsis) in SYNOPSIS {
        let command = match name {
            "" => &command,
            name => command.find_subcommand(name).expect(name),
        };
        let mut said: BTreeSet<String> = synopsis
            .split(['[', ']', '|', '(', ')', '.'])
            .map(|form| form.trim().to_owned())
            .filter(|form| form.starts_with('-'))
            .collect();
        let options = command.get_arguments().filter(|argument| !argument.is_positional());
        for argument in options.filter(|argument| name.is_empty() || is_own(argument)) {
            let value = value(argument).map(|value| format!(" {value}")).unwrap_or_default();
            let long = format!("--{}{value}", argument.get_long().unwrap());
            let short = argument.get_short().map(|short| format!("-{short}{value}"));
            let found = [Some(long), short].into_iter().flatten().filter(|form| said.remove(form));
            assert!(found.count() > 0, "the synopsis of {name} lacks {argument}");
        }
        assert!(said.is_empty(), "there is no {said:?} for {name}");
    }
    let names: Vec<&str> = SYNOPSIS.iter().skip(1).map(|(name, _)| *name).collect();
    assert!(command.get_subcommands().map(Command::get_name).eq(names));
}

/// Whether an argument is of its command alone: neither common to all nor made by clap.
fn is_own(argument: &Arg) -> bool {
    !argument.is_global_set() && !["help", "version"].contains(&argument.get_id().as_str())
}

#[test]
fn the_manual_names_the_keys_of_a_session_as_they_are_written() {
    let any = || "x".to_owned();
    let session = Session {
        key: AccessKey { id: any(), secret: Secret::new(any()) },
        token: Secret::new(any()),
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
    assert_eq!(written, SESSION_KEYS.map(|(key, _)| key));
}

/// The command, and what follows the program's name; the flags that all commands have stand with
/// the main one.
const SYNOPSIS: [(&str, &str); 10] = [
    (
        "",
        "[-p NAME] [-s SERIAL] [-c CODE | --code-command COMMAND] [-d TIME] \
         [--min-remaining TIME] [--force] [--no-prompt] \
         [--role-arn ARN] [--role-session-name NAME] [--external-id ID] [--source-identity NAME] \
         [--policy JSON] [--policy-arn ARN]... [--tag KEY=VALUE]... [--transitive-tag KEY]... \
         [--to PROFILE] [-e[=SHELL] | --format FORMAT] [--write] [--region REGION] \
         [--endpoint-url URL] [--ca-bundle FILE] [--allow-http] [--dry-run] [--json] \
         [-h | --help | -V]",
    ),
    (
        "exec",
        "exec [-s SERIAL] [-c CODE | --code-command COMMAND] [-d TIME] [--min-remaining TIME] \
         [--force] [--no-prompt] [--role-arn ARN] [--role-session-name NAME] [--external-id ID] \
         [--source-identity NAME] [--policy JSON] [--policy-arn ARN]... [--tag KEY=VALUE]... \
         [--transitive-tag KEY]... [--to PROFILE] [--write] [COMMAND...]",
    ),
    ("status", "status [--short]"),
    ("clear", "clear [--all | -e[=SHELL] | --format FORMAT]"),
    ("whoami", "whoami"),
    ("key-info", "key-info KEY-ID"),
    ("decode", "decode [MESSAGE]"),
    (
        "federate",
        "federate NAME [-d TIME] [--policy JSON] [--policy-arn ARN]... [--tag KEY=VALUE]... \
         [--to PROFILE] [-e[=SHELL] | --format FORMAT] [--write]",
    ),
    (
        "web-identity",
        "web-identity [--role-arn ARN] [--role-session-name NAME] [--token-file FILE] \
         [--audience AUDIENCE] [--policy JSON] [--policy-arn ARN]... [-d TIME] \
         [--min-remaining TIME] [--force] [--to PROFILE] [-e[=SHELL] | --format FORMAT] \
         [--write]",
    ),
    (
        "saml",
        "saml [--assertion-file FILE] [--role-arn ARN] [--principal-arn ARN] [--policy JSON] \
         [--policy-arn ARN]... [-d TIME] [--to PROFILE] [-e[=SHELL] | --format FORMAT] [--write]",
    ),
];

const DESCRIPTION: [&str; 2] = [
    "A code is good once. All that can fail without one has failed before one is asked for or \
     sent: files, settings, the way to STS. Where the session can't be written after all, it is \
     saved elsewhere: see FILES.",
    "Standard output carries what was asked for and nothing else; everything that is said to a \
     person goes to standard error, the question to the terminal.",
];

const COMMANDS_TEXT: [&str; 1] = [
    "Behind a command go its own flags; those of the profile and the connection, `--dry-run` and \
     `--json` go with every command. Sessions go where the main command's go.",
];

const SETTINGS_TEXT: [&str; 2] = [
    "Each setting is looked for in the flag, then in the variables, then in the keys of the \
     profile. What is found first counts; if it does not fit, that is an error.",
    "Keys are looked for in the profile with the long-term keys, then in the profile that was \
     asked for; in the credentials file, then in the config file.",
];

/// In the order in which they are written.
const SESSION_KEYS: [(&str, &str); 9] = [
    ("aws_access_key_id", "the temporary access key id"),
    ("aws_secret_access_key", "the secret access key that goes with it"),
    ("aws_session_token", "the session token, without which the two are worth nothing"),
    ("x_security_token_expires", "when the session ends, such as 2026-11-22T20:14:05Z"),
    (
        "mfa_session_source",
        "the profile that leads to it: with the long-term keys, or with the role",
    ),
    ("mfa_session_key", "the id of the long-term key, where there is one"),
    ("mfa_session_serial", "the serial number of the MFA device, where there is one"),
    ("mfa_session_role", "the ARN of the role, where it is a role's"),
    (
        "mfa_session_restricted",
        "true where policies or tags of its own narrow it: it is not reused",
    ),
];

const FILES: [(&str, &str); 6] = [
    (
        "~/.aws/credentials",
        "The credentials file. Long-term keys are read from it, and the session profile is \
         written to it; every other byte of it stays. It is replaced as a whole: its owner stays, \
         and a symbolic link that leads to it; its mode becomes 0600. Where it is missing, it is \
         created. `AWS_SHARED_CREDENTIALS_FILE` names another.",
    ),
    ("~/.aws/config", "The config file, which is only read. `AWS_CONFIG_FILE` names another."),
    (
        "~/.aws/.mfa-session-new-*",
        "The new credentials file while it is written, or while it is tried whether it can be. \
         What a killed run left behind goes with the next.",
    ),
    (
        "$XDG_RUNTIME_DIR/mfa-session/, ~/.cache/mfa-session/",
        "Empty files, one for each session profile, with which processes that need the same \
         session wait for each other. They may be deleted. `XDG_CACHE_HOME` names another place \
         than `~/.cache`.",
    ),
    (
        "$XDG_RUNTIME_DIR/mfa-session-*, $TMPDIR/mfa-session-*, ~/mfa-session-*",
        "A session that could not be written where it should go, in a credentials file of its own \
         with the mode 0600. The error message says how to use it. It may be deleted afterwards.",
    ),
    (
        "$GITHUB_ENV",
        "With `--format github`, the file of GitHub Actions that lines are appended to.",
    ),
];

const SEE_ALSO: [(&str, &str); 3] = [
    (
        "GetSessionToken in the AWS STS API Reference",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html",
    ),
    (
        "Shared config and credentials files in the AWS SDKs and Tools Reference Guide",
        "https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html",
    ),
    (
        "MFA devices in the IAM User Guide",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html",
    ),
];

fn page() -> String {
    let command = command();
    let mut page = Page::new(&command);
    page.section("SYNOPSIS");
    for (_, line) in SYNOPSIS {
        page.paragraph(synopsis(line));
    }
    page.section("DESCRIPTION");
    // The first paragraph is the name's.
    let long_about = command.get_long_about().unwrap().to_string();
    page.paragraphs(long_about.split("\n\n").skip(1));
    page.paragraphs(DESCRIPTION);
    page.section("OPTIONS");
    page.options(&command);
    page.section("COMMANDS");
    page.paragraphs(COMMANDS_TEXT);
    for command in command.get_subcommands() {
        page.command(command);
    }
    page.section("SETTINGS");
    page.paragraphs(SETTINGS_TEXT);
    page.entries(SETTINGS.map(|setting| (vec![bold(setting.name)], places(setting))));
    page.section("ENVIRONMENT");
    page.paragraphs(["A variable that is empty counts as unset."]);
    page.table(VARIABLES);
    page.section("SESSION PROFILE");
    page.paragraphs(["The session profile is a section of the credentials file with these keys:"]);
    page.table(SESSION_KEYS);
    let stale = session_profile::STALE.map(|key| format!("`{key}`")).join(", ");
    page.paragraphs([
        "All other keys in it stay, but for those with which other tools would contradict the new \
         session; they are removed:",
        &stale,
    ]);
    page.section("FILES");
    page.entries(FILES.map(|(file, what)| (vec![italic(file)], what.to_owned())));
    page.section("EXIT STATUS");
    page.table(STATUSES.map(|(status, meaning)| (status.to_string(), meaning)));
    page.section("EXAMPLES");
    page.table(EXAMPLES);
    page.section("SEE ALSO");
    for (title, url) in SEE_ALSO {
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
fn synopsis(line: &str) -> Vec<Inline> {
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
    let flag = if setting.flag.is_empty() { vec![] } else { vec![setting.flag] };
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

    fn table(&mut self, rows: impl IntoIterator<Item = (impl Into<String>, &'static str)>) {
        self.entries(rows.into_iter().map(|(term, text)| (vec![bold(term)], text.to_owned())));
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
