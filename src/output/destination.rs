//! The destination of a session, from the settings.

use std::path::PathBuf;

use super::{format::Format, variables::OutputContext};
use crate::aws_files::SectionName;

/// Whether a session is written to the session profile, printed, or both.
#[derive(Clone, Copy, Debug)]
pub enum OutputMode {
    /// Written to the session profile.
    File,
    /// Printed in this format.
    Printed(&'static Format),
    /// Written, and printed in this format.
    Both(&'static Format),
    /// Written by default, not by request: a failure is only a warning.
    IfWritable,
    /// Neither: `exec` passes it to its command.
    Nowhere,
}

impl OutputMode {
    /// The format in which the session is printed, if it is.
    #[must_use]
    pub fn format(self) -> Option<&'static Format> {
        match self {
            Self::File | Self::IfWritable | Self::Nowhere => None,
            Self::Printed(format) | Self::Both(format) => Some(format),
        }
    }
}

/// Where a session goes.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Whether it is written or printed.
    pub mode: OutputMode,
    /// The credentials file.
    pub credentials_file: PathBuf,
    /// The session profile: a section of the credentials file.
    pub profile: SectionName,
    /// The source profile.
    pub source: String,
    /// The file for the format's variables, such as `$GITHUB_ENV`; `None` if the format only
    /// prints.
    pub environment_file: Option<PathBuf>,
    /// What the output depends on besides the session.
    pub context: OutputContext,
    /// Directories for a rescue file, best first.
    pub rescue_directories: Vec<PathBuf>,
    /// The directory of the prompt locks.
    pub lock_directory: Option<PathBuf>,
}

impl Destination {
    /// Whether other processes can reuse the session.
    #[must_use]
    pub(crate) fn is_shared(&self) -> bool {
        !matches!(self.mode, OutputMode::Printed(_) | OutputMode::Nowhere)
    }
}
