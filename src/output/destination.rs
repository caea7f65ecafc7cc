//! Where a session goes, as the settings say.

use std::path::PathBuf;

use super::format::Format;
use crate::aws_files::SectionName;

/// Whether a session is written to the session profile, printed, or both.
#[derive(Clone, Copy, Debug)]
pub enum OutputMode {
    /// Written.
    File,
    /// Printed in this format.
    Printed(&'static Format),
    /// Written, and printed in this format.
    Both(&'static Format),
    /// Written if possible: the user did not ask for it, so that a failure is only a warning.
    IfWritable,
    /// Neither: `exec` runs a command with it.
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
    /// Whether it is written, printed, or both.
    pub mode: OutputMode,
    /// The credentials file.
    pub credentials_file: PathBuf,
    /// The session profile: a section of the credentials file.
    pub profile: SectionName,
    /// The source profile, which the session is made from.
    pub source: String,
    /// The file that the format appends variables to, such as `$GITHUB_ENV`; `None` for formats
    /// that only print.
    pub environment_file: Option<PathBuf>,
    /// The region to print; `None` if none is configured.
    pub region: Option<String>,
    /// Directories for a session that can't be delivered, best first.
    pub rescue_directories: Vec<PathBuf>,
    /// The directory for locks between processes that need the same session.
    pub lock_directory: Option<PathBuf>,
}

impl Destination {
    /// Whether other processes find the session there.
    #[must_use]
    pub(crate) fn is_shared(&self) -> bool {
        !matches!(self.mode, OutputMode::Printed(_) | OutputMode::Nowhere)
    }
}
