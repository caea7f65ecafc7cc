//! Finds the settings, the keys and the sessions of a profile in the two AWS files. `aws_files`
//! parses them, and `output::file` writes the credentials file.

mod chain;
mod completion;
mod file;
mod hints;
mod key_process;
mod key_source;
mod keys;
mod scope;
mod session_process;
mod sessions;

use std::{path::Path, rc::Rc};

use crate::{
    aws_files::{Document, Section, config_header},
    environment::{is_unresolved, unknown_home},
    failure::Failure,
    origin::Sourced,
};

pub(crate) use chain::{ProfileChain, RoleProfile};
pub(crate) use key_process::{CallerKey, KeyProcess, RESOLVING};
pub(crate) use key_source::KeySource;
pub(crate) use keys::{KeyProfile, default_session_profile};
pub(crate) use scope::Scope;
pub(crate) use sessions::StoredSession;

use file::{AwsFile, FileSection};

/// The credentials file and the config file, read once.
#[derive(Debug)]
pub(crate) struct Profiles {
    credentials: AwsFile,
    config: AwsFile,
    /// The value of [`RESOLVING`].
    resolving: String,
}

impl Profiles {
    /// Reads both files. A missing file is empty.
    pub(crate) fn read(
        credentials: &Path,
        config: &Path,
        resolving: String,
    ) -> Result<Self, Failure> {
        Ok(Self {
            credentials: AwsFile::read(credentials, Document::parse)?,
            config: AwsFile::read(config, Document::parse_config)?,
            resolving,
        })
    }

    /// The configured path of the credentials file.
    pub(crate) fn credentials_file(&self) -> &Path {
        &self.credentials.path
    }

    /// What the credentials file contained.
    pub(crate) fn credentials(&self) -> &Rc<Document> {
        &self.credentials.document
    }

    /// The configured path of the config file.
    pub(crate) fn config_file(&self) -> &Path {
        &self.config.path
    }

    /// A section of the config file by its header, from [`config_header`].
    pub(crate) fn config_section(&self, header: &str) -> Option<&Section> {
        self.config.document.section(header)
    }

    /// Whether one of the files has the profile.
    pub(crate) fn has(&self, profile: &str) -> bool {
        self.sections(profile).next().is_some()
    }

    /// Fails if the credentials file is unknown, because the home directory is.
    pub(crate) fn check_home(&self) -> Result<(), Failure> {
        if is_unresolved(&self.credentials.path) { Err(unknown_home()) } else { Ok(()) }
    }

    /// The value of `key` in a profile, unless it is a region that this program wrote.
    pub(crate) fn value(&self, profile: &str, key: &'static str) -> Option<Sourced<String>> {
        self.sections(profile).find_map(|found| found.own_value(key))
    }

    /// The sections of a profile: in the credentials file, then in the config file, as in the AWS
    /// SDKs.
    fn sections(&self, profile: &str) -> impl Iterator<Item = FileSection<'_>> {
        self.credentials.section(profile).into_iter().chain(self.config_profile(profile))
    }

    /// The section of a profile in the config file: `[profile default]` comes before `[default]`.
    fn config_profile(&self, profile: &str) -> Option<FileSection<'_>> {
        let without_prefix = || self.config.section(profile).filter(|_| profile == "default");
        self.config.section(&config_header("profile", profile)).or_else(without_prefix)
    }
}

/// As in aws-mfa, `X-long-term` holds the keys of the session in `X`.
const LONG_TERM: &str = "-long-term";
