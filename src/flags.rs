//! The flags of one run, by their ids in clap; and the groups of flags that commands share.

mod delivery;
mod groups;

use clap::{ArgMatches, FromArgMatches, parser::ValueSource};

use crate::{failure::Failure, output::Format, secret::Secret};
pub(crate) use delivery::{DeliveryFlags, UseFlags, clearing_formats, shells};
pub(crate) use groups::{
    Connection, DryRun, DryRunReport, DurationFlag, GlobalFlags, Json, PolicyFlags, ProfileFlag,
    ROLE_DETAILS, ReuseFlags, SessionFlags, TagFlags, with_default,
};

/// The flags that were given.
pub(crate) struct Flags {
    /// The flags of the command, with the global flags before it.
    matches: ArgMatches,
}

impl Flags {
    /// Takes the flags of the command, or of the main job. `line` has parsed `matches`.
    pub(crate) fn new(line: &clap::Command, mut matches: ArgMatches) -> Result<Self, Failure> {
        let Some((name, own)) = matches.remove_subcommand() else {
            return Self { matches }.check(line, "");
        };
        let command = line.find_subcommand(&name).expect("clap has parsed this command");
        if let Some(id) = given_before_command(line, &matches) {
            let flag = name_of(id);
            let is_known = command.get_arguments().any(|argument| argument.get_id() == id);
            return Err(Failure::usage(if is_known {
                format!("{flag} must follow `{name}`")
            } else {
                format!("`{name}` has no flag {flag}")
            })
            .hint(format!("see mfa-session {name} --help")));
        }
        Self { matches: own }.check(command, &name)
    }

    /// Checks the rules for shared flags that clap cannot check.
    fn check(self, command: &clap::Command, name: &str) -> Result<Self, Failure> {
        for id in REPORTING {
            let is_hidden =
                |argument: &&clap::Arg| argument.get_id() == id && argument.is_hide_set();
            if self.is_set(id) && command.get_arguments().any(|argument| is_hidden(&argument)) {
                return Err(Failure::usage(format!("`{name}` has no flag {}", name_of(id))));
            }
        }
        // Commands such as `whoami` print JSON of their own.
        let is_for_report = command.get_groups().any(|group| group.get_id() == "DryRunReport");
        if is_for_report && self.is_set("json") && !self.is_set("dry_run") {
            return Err(Failure::usage("--json works only with --dry-run"));
        }
        if let Some(flag) = self.printing_flag().filter(|_| self.is_set("dry_run")) {
            return Err(Failure::usage(format!("--dry-run conflicts with {flag}")));
        }
        let prints = command.get_arguments().any(|argument| argument.get_id() == "export");
        if self.is_set("no_write") && prints && self.printing_flag().is_none() {
            return Err(Failure::usage("--no-write works only with --export, --format or `exec`"));
        }
        Ok(self)
    }

    /// The arguments of a command.
    pub(crate) fn parse<T: FromArgMatches>(&self) -> T {
        T::from_arg_matches(&self.matches).expect("clap has checked the arguments")
    }

    /// Whether a switch is given.
    pub(crate) fn is_set(&self, id: &str) -> bool {
        self.matches.try_get_one::<bool>(id).ok().flatten().copied().unwrap_or_default()
    }

    /// The value of a flag.
    pub(crate) fn value(&self, id: &str) -> Option<&str> {
        self.matches.try_get_one::<String>(id).ok().flatten().map(String::as_str)
    }

    /// The format that `--format` names.
    pub(crate) fn format(&self) -> Option<&'static Format> {
        self.value("format").and_then(Format::named)
    }

    /// The values of a flag that may be repeated.
    pub(crate) fn values(&self, id: &str) -> Vec<&str> {
        let values = self.matches.try_get_many::<String>(id).ok().flatten();
        values.into_iter().flatten().map(String::as_str).collect()
    }

    /// The value of a flag that holds a secret.
    pub(crate) fn secret(&self, id: &str) -> Option<&Secret> {
        self.matches.try_get_one::<Secret>(id).ok().flatten()
    }

    /// Whether a flag is given, with or without a value.
    pub(crate) fn is_given(&self, id: &str) -> bool {
        let is_known = self.matches.try_contains_id(id).unwrap_or_default();
        is_known && self.matches.value_source(id) == Some(ValueSource::CommandLine)
    }

    /// The flag that prints the session, if given.
    fn printing_flag(&self) -> Option<String> {
        ["export", "format"].into_iter().find(|id| self.is_given(id)).map(name_of)
    }
}

/// A flag before the command that is not global: the command would ignore it.
fn given_before_command<'a>(line: &'a clap::Command, matches: &ArgMatches) -> Option<&'a str> {
    let mut own = line.get_arguments().filter(|argument| !argument.is_global_set());
    let is_given = |argument: &&clap::Arg| {
        matches.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine)
    };
    own.find(is_given).map(|argument| argument.get_id().as_str())
}

/// A flag as it is typed: `--endpoint-url` for `endpoint_url`.
fn name_of(id: &str) -> String {
    format!("--{}", id.replace('_', "-"))
}

/// Flags that a command without them refuses instead of ignoring.
const REPORTING: [&str; 2] = ["dry_run", "json"];
