//! `mfa-session complete`: the items for shell completions. Help does not show it.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Run, init};
use crate::{context::Context, failure::Failure, message, output, session_profile};

/// Print names from the AWS files, one per line, for shell completions.
///
/// If the files can't be read, nothing is printed. Nothing is sent.
#[derive(Args)]
#[command(hide = true)]
pub(crate) struct Complete {
    /// The kind of name.
    #[arg(value_name = "WHAT")]
    kind: Kind,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// The profiles, for `--profile`.
    Profiles,
    /// The profiles that hold a session, for `--to`.
    Sessions,
    /// The MFA devices, for `--serial`.
    Serials,
    /// The roles, for `--role-arn`.
    Roles,
    /// The words that may follow the function of `init`.
    Words,
}

impl Run for Complete {
    const EXAMPLE: &'static str = "mfa-session complete profiles";

    /// Never shows a failure, which would disturb the user at the command line.
    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let printed = self.print(context);
        Ok(if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Complete {
    fn print(&self, context: &Context<'_>) -> Result<(), Failure> {
        let profiles = context.profiles()?;
        let known = match self.kind {
            Kind::Profiles => profiles.profile_names(),
            Kind::Sessions => profiles.sessions().into_iter().map(|it| it.profile).collect(),
            Kind::Serials => {
                profiles.values_of(&["mfa_serial", "aws_mfa_device", session_profile::SERIAL])
            }
            Kind::Words => {
                let mut names = profiles.profile_names();
                names.retain(|name| !init::WORDS.contains(&name.as_str()));
                names.extend(init::WORDS.map(str::to_owned));
                names
            }
            Kind::Roles => profiles.values_of(&["role_arn", session_profile::ROLE]),
        };
        // Names that move the cursor or break a line cannot be completed.
        let is_typeable = |text: &&String| !text.is_empty() && message::printable(text) == **text;
        let lines = known.iter().filter(is_typeable).flat_map(|text| [text, "\n"]);
        output::print(&lines.collect::<String>())
    }
}
