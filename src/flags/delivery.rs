//! The flags of commands that deliver a session.

#![allow(dead_code, reason = "clap defines the flags from these fields, `Flags` reads them by id")]
#![allow(clippy::option_option, reason = "the value of `--export` is optional")]

use std::sync::LazyLock;

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser},
};

use super::groups::{GlobalFlags, SessionFlags};
use crate::output::{FORMATS, Format};

/// The flags of the commands that use a session themselves: `exec` and `console`.
#[derive(Args)]
pub(crate) struct UseFlags {
    #[command(flatten)]
    session: SessionFlags,
    #[command(flatten)]
    keep: KeepFlags,
    #[command(flatten)]
    global: GlobalFlags,
}

/// The flags of every command that delivers a session.
#[derive(Args)]
pub(crate) struct DeliveryFlags {
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    global: GlobalFlags,
}

/// The destination of the session.
#[derive(Args)]
pub(crate) struct OutputFlags {
    #[command(flatten)]
    keep: KeepFlags,

    /// Print exports for the shell.
    ///
    /// `eval $(mfa-session --export)` works in sh, bash, dash, ksh and zsh, with and without quotes
    /// around `$(…)`. On failure it prints `false;`, so that `eval` fails, too. In
    /// PowerShell: `mfa-session --export | Out-String | Invoke-Expression`. The default is the
    /// shell that started mfa-session, or else `SHELL`; name any other shell: `--export=fish`. csh
    /// and tcsh are not supported.
    #[arg(
        short, long, value_name = "SHELL", num_args = 0..=1, require_equals = true,
        value_parser = shells(), hide_possible_values = true, help_heading = "Output"
    )]
    export: Option<Option<String>>,

    /// Print the session in a format, such as json or dotenv.
    #[arg(
        long, value_name = "FORMAT", value_parser = formats(), long_help = ABOUT_FORMATS.as_str(),
        hide_possible_values = true, help_heading = "Output"
    )]
    format: Option<String>,
}

/// The session profile, and whether a session that is delivered elsewhere is kept in it.
#[derive(Args)]
struct KeepFlags {
    /// The profile to write to [default: `NAME-mfa` or `NAME-ROLE`].
    ///
    /// This is the session profile, a section of the credentials file. The default is `X` for keys
    /// in `[X-long-term]`, `NAME-ROLE` for a role on the command line, `NAME-USER` for a federated
    /// user, and `NAME-root-ACCOUNT` for a root user. A profile with long-term keys is never
    /// overwritten.
    #[arg(long, value_name = "PROFILE", help_heading = "Output")]
    to: Option<String>,

    /// Write the session to the session profile as well, so that it can be reused.
    ///
    /// This is the default for a session from an MFA code, unless the key is in the environment;
    /// then a file that can't be written is only a warning. A session that is never reused, such as
    /// one with a policy, is not written by default.
    #[arg(long, conflicts_with = "no_write", help_heading = "Output", hide_short_help = true)]
    write: bool,

    /// Don't write the session to the session profile.
    #[arg(long, help_heading = "Output", hide_short_help = true)]
    no_write: bool,
}

/// The values of `--export`.
pub(crate) fn shells() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().flat_map(|format| format.shells))
}

/// The values of `--format`.
fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.map(format_value))
}

/// The values of `clear --format`.
pub(crate) fn clearing_formats() -> PossibleValuesParser {
    let formats = FORMATS.into_iter().filter(|format| format.can_unset());
    PossibleValuesParser::new(formats.map(format_value))
}

fn format_value(format: &Format) -> PossibleValue {
    PossibleValue::new(format.name).help(format.about)
}

/// The help of `--format`, built once for all commands that have the flag.
static ABOUT_FORMATS: LazyLock<String> = LazyLock::new(|| {
    let formats = FORMATS.map(|format| format!("- {}: {}\n", format.name, format.about));
    let usages = FORMATS.iter().filter(|format| !format.shells.is_empty());
    let usages: Vec<_> = usages.map(|format| format!("- {}\n", format.usage)).collect();
    format!(
        "Print the session in a format, such as json or dotenv.\n\n{}\nIn shells:\n{}\n\
         Values are quoted by the rules of the format. A value that the format can't express is an \
         error, and the session is not lost. On failure, a shell format prints a statement that \
         fails, and any other format prints nothing.",
        formats.concat(),
        usages.concat()
    )
});
