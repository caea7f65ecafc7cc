//! The destination of a session, from the settings.

use std::path::PathBuf;

use super::{format::Format, variables::OutputContext};
use crate::{aws_files::SectionName, lifetime::Lifetime};

/// How a session is delivered.
#[derive(Clone, Copy, Debug)]
pub enum OutputMode {
    /// In the session profile.
    Profile,
    /// Printed in this format.
    Printed(&'static Format),
    /// To the command itself: `exec` puts it into an environment, `console` into a link.
    Command,
}

/// Whether a session is kept in the session profile, where it can be reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// On request: a failure is an error.
    Required,
    /// By default: a failure is only a warning.
    BestEffort,
    /// Not kept.
    No,
}

impl OutputMode {
    /// The format in which the session is printed, if it is.
    #[must_use]
    pub fn format(self) -> Option<&'static Format> {
        match self {
            Self::Profile | Self::Command => None,
            Self::Printed(format) => Some(format),
        }
    }
}

/// Where a session goes.
#[derive(Clone, Debug)]
pub struct Destination {
    /// How it is delivered.
    pub mode: OutputMode,
    /// Whether it is kept in the session profile.
    pub keep: Keep,
    /// The credentials file.
    pub credentials_file: PathBuf,
    /// The session profile: a section of the credentials file.
    pub profile: SectionName,
    /// The source profile.
    pub source: String,
    /// The file for the format's variables, such as `$GITHUB_ENV`; `None` if the format only
    /// prints.
    pub environment_file: Option<PathBuf>,
    /// For a person: what to type to use the session profile.
    pub next_step: Option<String>,
    /// The duration that the command line asks for.
    pub asked: Option<Lifetime>,
    /// What the output depends on besides the session.
    pub context: OutputContext,
    /// Directories for a rescue file, best first.
    pub rescue_directories: Vec<PathBuf>,
}
