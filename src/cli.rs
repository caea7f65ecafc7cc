//! The command line: what is typed becomes a [`Command`] and its [`Flags`].
//!
//! Help, completions and the manual page are generated from here. What a value means, and what
//! applies where a flag is missing, is up to `config`.

mod examples;
mod usage;

use std::ffi::OsString;

use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser};

use crate::{
    commands::Command,
    failure::Failure,
    flags::{Connection, DryRunReport, Flags, OutputFlags, ProfileFlag, SessionFlags},
};
pub use examples::EXAMPLES;

/// Get temporary AWS credentials for an MFA code.
///
/// Reads long-term keys from the AWS credentials file or the environment, prompts for the code of
/// the MFA device, gets a session from STS (GetSessionToken), and writes it to the session profile,
/// which every AWS SDK reads. A session that is still valid is reused without a prompt. With a
/// role, the session assumes it.
#[derive(Parser)]
#[command(name = "mfa-session", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(subcommand_negates_reqs = true, after_long_help = examples::text())]
// No `Debug`: a code may be among the flags.
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    _session: SessionFlags,
    #[command(flatten)]
    _output: OutputFlags,
    #[command(flatten)]
    _dry_run: DryRunReport,
    #[command(flatten)]
    _profile: ProfileFlag,
    #[command(flatten)]
    _connection: Connection,
}

/// The whole command line, as help, completions and manual show it.
///
/// A flag such as `--region` may come before every command. A command that has no use for it does
/// not show it.
#[must_use]
pub fn command_line() -> clap::Command {
    let root = Cli::command();
    let shared: Vec<Arg> =
        root.get_arguments().filter(|argument| argument.is_global_set()).cloned().collect();
    root.mut_subcommands(|command| {
        let missing: Vec<Arg> = shared
            .iter()
            .filter(|shared| command.get_arguments().all(|own| own.get_id() != shared.get_id()))
            .map(|shared| shared.clone().hide(true))
            .collect();
        command.args(missing)
    })
}

/// Parses a command line. Help and version are printed, and end the process.
pub(crate) fn parse(arguments: &[OsString]) -> Result<(Option<Command>, Flags), Failure> {
    let mut line = command_line();
    let matches = match line.try_get_matches_from_mut(arguments) {
        Ok(matches) => matches,
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => return Err(usage::explain(&error, arguments)),
    };
    let cli = Cli::from_arg_matches(&matches).map_err(|error| usage::explain(&error, arguments))?;
    Ok((cli.command, Flags::new(&line, matches)?))
}
