//! `mfa-session clear`: removes sessions from the credentials file or from the shell.

use std::process::ExitCode;

use clap::Args;

use super::Run;
use crate::{
    config::{self, requested_profile, session_of_environment, session_profile},
    context::Context,
    failure::Failure,
    flags::{ProfileFlag, clearing_formats, shells},
    message,
    origin::Origin,
    output,
    settings::REGION,
};

/// Remove the session from the session profile.
///
/// Every other byte of the credentials file stays, and long-term keys are never removed. With
/// `--export` or `--format`, the command changes no file: it prints statements that remove the
/// session from the shell.
#[derive(Args)]
pub(crate) struct Clear {
    /// Remove every session that mfa-session wrote.
    #[arg(long, conflicts_with = "profile")]
    all: bool,

    /// Print statements that unset the variables of a session, and change no file.
    ///
    /// `eval $(mfa-session clear --export)` unsets `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN`, `AWS_SECURITY_TOKEN`, `AWS_CREDENTIAL_EXPIRATION`, `AWS_ACCOUNT_ID` and
    /// `MFA_SESSION_SOURCE`, and the region if an export set it. The default shell is the same as
    /// for `mfa-session --export`.
    #[arg(
        short, long, value_name = "SHELL", num_args = 0..=1, require_equals = true,
        value_parser = shells(), hide_possible_values = true,
        conflicts_with_all = ["all", "profile"], help_heading = "Output"
    )]
    #[allow(clippy::option_option, reason = "the value is optional")]
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

impl Run for Clear {
    const EXAMPLE: &'static str = "mfa-session clear --profile work";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        if let Some(format) = config::format(&context.flags, context.environment)? {
            let stale = REGION.exported(context.environment)?;
            output::print(&format.unsetting(&stale).unwrap_or_default())?;
            return Ok(ExitCode::SUCCESS);
        }
        let profiles = context.profiles()?;
        profiles.check_home()?;
        let in_environment = session_of_environment(context.environment)?.is_some();
        let has_session = |name: &String| profiles.has_session(name);
        let names: Vec<String> = if self.all {
            let sessions = profiles.sessions().into_iter();
            let own = sessions.filter(|session| session.provenance.is_some());
            own.map(|session| session.profile).filter(has_session).collect()
        } else {
            vec![session_profile(context)?]
        };
        if !names.iter().any(has_session) {
            let file = profiles.credentials_file().display();
            message::info(match names.as_slice() {
                [name] => {
                    format!(
                        "nothing to clear: [{}] holds no session",
                        profile_to_name(context, name)?
                    )
                }
                _ => format!("nothing to clear: {file} holds no session of mfa-session"),
            });
        }
        let names: Vec<String> = names.into_iter().filter(has_session).collect();
        output::clear(profiles.credentials_file(), profiles.credentials(), &names)?;
        for name in names {
            message::info(format_args!("cleared the session in [{name}]"));
        }
        if in_environment && !context.flags.is_given("profile") {
            message::hint(
                "a session is also in the environment; remove it from this shell: \
                 eval $(mfa-session clear --export)",
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The session profile to name in the message that it holds no session. Fails if neither AWS file
/// has the requested profile.
fn profile_to_name(context: &Context<'_>, session_profile: &str) -> Result<String, Failure> {
    let profiles = context.profiles()?;
    let requested = requested_profile(context)?;
    let is_known = |name: &str| profiles.key_profile(name).is_some();
    if requested.origin == Origin::Default || is_known(&requested.value) {
        return Ok(session_profile.to_owned());
    }
    match requested.value.strip_suffix("-mfa") {
        // An earlier `clear` has removed the section.
        Some(source) if is_known(source) => Ok(requested.value),
        _ => Err(profiles.unknown_profile(&requested)),
    }
}
