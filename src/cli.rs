//! Parses the command line into a [`Command`] and its [`Flags`]. `config` interprets the values.
//!
//! Help, completions and the manual page are generated from here.

mod examples;
mod usage;

use std::{ffi::OsString, mem::ManuallyDrop};

use clap::{Arg, Args as _, CommandFactory as _, Parser, error::ErrorKind};

use crate::{
    commands::{COMMANDS, Command},
    failure::Failure,
    flags::{DeliveryFlags, Flags, GlobalFlags, SessionFlags},
};
pub use examples::{EXAMPLES, USES, command_examples};

/// Get temporary AWS credentials for an MFA code.
///
/// mfa-session reads long-term keys from the AWS files, a `credential_process` or the environment,
/// prompts for the MFA code, gets a session from STS (GetSessionToken), and writes it to the
/// session profile: a section of the credentials file, which every AWS SDK reads. A session that is
/// still valid is reused without a prompt. If a role is configured, the session assumes it.
#[derive(Parser)]
#[command(name = "mfa-session", version, max_term_width = 80)]
#[command(override_usage = "mfa-session [OPTIONS] [COMMAND]")]
#[command(subcommand_negates_reqs = true)]
// No `Debug`: a flag may hold a code.
struct Cli {
    #[command(flatten)]
    _session: SessionFlags,
    #[command(flatten)]
    _delivery: DeliveryFlags,
}

/// The whole command line, as help, completions and manual show it.
#[must_use]
pub fn command_line() -> clap::Command {
    examples::with_examples(with_commands(Cli::command(), COMMANDS.iter()))
}

/// The part of the command line that valid arguments use. To define all of it takes longer than to
/// reuse a session.
fn used_part(arguments: &[OsString]) -> clap::Command {
    let is_used = |command: &&Command| arguments.iter().any(|argument| argument == command.name);
    let mut used = COMMANDS.iter().filter(is_used).peekable();
    let before_command = || GlobalFlags::augment_args(clap::Command::default());
    let root = if used.peek().is_some() { before_command() } else { Cli::command() };
    with_commands(root, used)
}

/// A global flag such as `--region` may precede any command. Commands that ignore it hide it.
fn with_commands(
    root: clap::Command,
    commands: impl Iterator<Item = &'static Command>,
) -> clap::Command {
    let with_global_flags = |command: &Command| {
        let line = command.line();
        let missing: Vec<Arg> = root
            .get_arguments()
            .filter(|flag| flag.is_global_set())
            .filter(|flag| line.get_arguments().all(|own| own.get_id() != flag.get_id()))
            .map(|flag| flag.clone().hide(true))
            .collect();
        line.args(missing)
    };
    let commands: Vec<_> = commands.map(with_global_flags).collect();
    root.subcommands(commands)
}

/// A parsed command line.
pub(crate) enum Parsed {
    /// A command, or none for the main job.
    Run(Option<&'static Command>, Flags),
    /// The text of `--help`, `--version` or `help`, to be printed.
    Text(String),
}

/// Parses a command line.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Parsed, Failure> {
    // Not freed: the process ends soon.
    let mut line = ManuallyDrop::new(used_part(arguments));
    let mut parsed = line.try_get_matches_from_mut(arguments);
    if parsed.as_ref().is_err_and(|error| error.kind() != ErrorKind::DisplayVersion) {
        // Help and messages may name any command and flag.
        *line = command_line();
        parsed = line.try_get_matches_from_mut(arguments);
    }
    let matches = match parsed {
        Ok(matches) => matches,
        Err(error) if error.kind() == ErrorKind::DisplayHelp && exports_help(arguments) => {
            return Err(
                Failure::usage("`help` has no flag --export").hint("see mfa-session --help")
            );
        }
        Err(error) if !error.use_stderr() => return Ok(Parsed::Text(error.render().to_string())),
        Err(error) => return Err(usage::explain(&error, &line, arguments)),
    };
    let command = matches.subcommand_name();
    let command = COMMANDS.iter().find(|it| Some(it.name) == command);
    Ok(Parsed::Run(command, Flags::new(&line, matches)?))
}

/// Whether a shell would evaluate the text of `help`: the function of `init` adds `--export`.
fn exports_help(arguments: &[OsString]) -> bool {
    let mut parts = arguments.split(|word| word == "help");
    let is_export = |flag: &OsString| {
        let flag = flag.to_string_lossy();
        flag.starts_with("--export") || flag.starts_with("-e")
    };
    parts.next().is_some_and(|before| before.iter().any(is_export)) && parts.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_of_the_command_line_means_the_same_as_the_whole() {
        let ids = |line: &clap::Command| -> Vec<_> {
            let global = line.get_arguments().filter(|flag| flag.is_global_set());
            global.map(|flag| flag.get_id().to_string()).collect()
        };
        let before_command = GlobalFlags::augment_args(clap::Command::default());
        assert_eq!(ids(&before_command).len(), before_command.get_arguments().count());
        assert_eq!(ids(&before_command), ids(&command_line()));
        // The part may lack a flag that is not given: it must have no value then.
        assert!(command_line().get_arguments().all(|flag| flag.get_default_values().is_empty()));
    }
}
