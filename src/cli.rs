//! Parses the command line into a [`Command`] and its [`Flags`]. `config` interprets the values.
//!
//! Help, completions and the manual page are generated from here.

mod examples;
mod usage;

use std::{ffi::OsString, mem::ManuallyDrop};

use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, error::ErrorKind};

use crate::{
    commands::Command,
    failure::Failure,
    flags::{DeliveryFlags, Flags, SessionFlags},
};
pub use examples::EXAMPLES;

/// Get temporary AWS credentials for an MFA code.
///
/// Reads long-term keys from the AWS files, a `credential_process` or the environment, prompts for
/// the MFA code, gets a session from STS (GetSessionToken), and writes it to the session profile,
/// which every AWS SDK reads. A session that is still valid is reused without a prompt. If a role
/// is configured, the session assumes it.
#[derive(Parser)]
#[command(name = "mfa-session", version, max_term_width = 100)]
#[command(subcommand_negates_reqs = true, after_long_help = examples::text())]
// No `Debug`: a flag may hold a code.
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    _session: SessionFlags,
    #[command(flatten)]
    _delivery: DeliveryFlags,
}

/// The whole command line, as help, completions and manual show it.
///
/// A global flag such as `--region` may precede any command. Commands that ignore it hide it.
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

/// A parsed command line.
#[expect(clippy::large_enum_variant, reason = "there is one value in a run")]
pub(crate) enum Parsed {
    /// A command, or none for the main job.
    Run(Option<Command>, Flags),
    /// The text of `--help`, `--version` or `help`, to be printed.
    Text(String),
}

/// Parses a command line.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Parsed, Failure> {
    // Not freed: the process ends soon, and freeing is 6 % of the work of a short run.
    let mut line = ManuallyDrop::new(command_line());
    let matches = match line.try_get_matches_from_mut(arguments) {
        Ok(matches) => matches,
        Err(error) if error.kind() == ErrorKind::DisplayHelp && exports_help(arguments) => {
            return Err(
                Failure::usage("`help` has no flag --export").hint("see mfa-session --help")
            );
        }
        Err(error) if !error.use_stderr() => return Ok(Parsed::Text(error.render().to_string())),
        Err(error) => return Err(usage::explain(&error, &line, arguments)),
    };
    let cli = Cli::from_arg_matches(&matches);
    let cli = cli.map_err(|error| usage::explain(&error, &line, arguments))?;
    Ok(Parsed::Run(cli.command, Flags::new(&line, matches)?))
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
