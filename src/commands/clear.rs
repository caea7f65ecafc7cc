//! `mfa-session clear`: removes sessions from the credentials file, or from the shell.

use std::process::ExitCode;

use clap::Args;

use crate::{
    config::{self, session_profile},
    context::Context,
    failure::Failure,
    flags::{ProfileFlag, clearing_formats, shells},
    message, output,
};

/// Remove the session from the session profile.
///
/// Every other byte of the credentials file stays. Long-term keys are never removed. With
/// `--export` or `--format`, no file is read or changed: what is printed removes the session from
/// the shell.
#[derive(Args)]
pub(crate) struct Clear {
    /// Remove every session that mfa-session wrote.
    #[arg(long, conflicts_with = "profile", help_heading = "Session")]
    all: bool,

    /// Print statements that unset the variables of a session in the shell, and change no file.
    ///
    /// `eval $(mfa-session clear --export)` unsets `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN`, `AWS_SECURITY_TOKEN`, `AWS_CREDENTIAL_EXPIRATION` and
    /// `MFA_SESSION_SOURCE`. The region stays. The shell is found, or named, as with the main
    /// command's `--export`.
    #[arg(
        short, long, value_name = "SHELL", num_args = 0..=1, require_equals = true,
        value_parser = shells(), hide_possible_values = true,
        conflicts_with_all = ["all", "profile"], help_heading = "Output"
    )]
    #[allow(clippy::option_option, reason = "it may have a value, and needs none")]
    export: Option<Option<String>>,

    /// Print these statements in this format.
    #[arg(
        long, value_name = "FORMAT", value_parser = clearing_formats(),
        conflicts_with_all = ["all", "profile"], help_heading = "Output"
    )]
    format: Option<String>,

    #[command(flatten)]
    _profile: ProfileFlag,
}

impl Clear {
    pub(super) fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        if let Some(format) = config::format(&context.flags, context.environment)? {
            output::print(&format.unsetting().unwrap_or_default())?;
            return Ok(ExitCode::SUCCESS);
        }
        let profiles = context.profiles()?;
        let names: Vec<String> = if self.all {
            let own =
                profiles.sessions().into_iter().filter(|session| session.provenance.is_some());
            own.map(|session| session.profile).collect()
        } else {
            let name = session_profile(context)?;
            if profiles.has_session(&name) { vec![name] } else { vec![] }
        };
        if names.is_empty() {
            message::info("there is no session to clear");
        }
        for name in names {
            output::clear(profiles.credentials_file(), &name)?;
            message::info(format_args!("[{name}] has no session any more"));
        }
        Ok(ExitCode::SUCCESS)
    }
}
