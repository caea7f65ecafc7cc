//! The source of an access key: the key itself, or the command that prints it.

use super::{CallerKey, KeyProcess};
use crate::{
    failure::{Failure, Status},
    origin::{Origin, Sourced},
    session::KeyMatch,
    sts::SigningKey,
};

/// The source of an access key.
#[derive(Clone, Debug)]
pub(crate) enum KeySource {
    /// The key, read from an AWS file or the environment.
    Read(CallerKey),
    /// The `credential_process` of a profile. It has not run yet.
    Process(KeyProcess),
}

impl Sourced<KeySource> {
    /// The key. Runs the process.
    pub(crate) fn open(&self) -> Result<Sourced<CallerKey>, Failure> {
        let value = match &self.value {
            KeySource::Read(key) => key.clone(),
            KeySource::Process(process) => process.run(&self.origin)?,
        };
        Ok(Sourced { value, origin: self.origin.clone() })
    }

    /// The key, if it is a long-term key. Runs the process.
    pub(crate) fn open_long_term(&self) -> Result<Sourced<SigningKey>, Failure> {
        let Sourced { value: (key, token), origin } = self.open()?;
        if token.is_some() {
            let what = format!("the keys of {origin} are temporary");
            return Err(Failure::new(Status::Local, what).hint(NAME_PROFILE));
        }
        Ok(Sourced { value: key, origin })
    }

    /// What a stored session from this profile must have in common with the key.
    pub(crate) fn session_match(&self, profile: &str) -> KeyMatch {
        match &self.value {
            KeySource::Read((key, _)) => KeyMatch::Id(key.id().to_owned()),
            KeySource::Process(_) => KeyMatch::Source(profile.to_owned()),
        }
    }

    /// The key in the output of `--dry-run`.
    pub(crate) fn describe(&self) -> &str {
        match &self.value {
            KeySource::Read((key, _)) => key.id(),
            KeySource::Process(_) => "printed by a command",
        }
    }

    /// Whether the environment holds the key.
    pub(crate) fn is_in_environment(&self) -> bool {
        matches!(self.origin, Origin::Variable(_))
    }
}

impl From<SigningKey> for KeySource {
    fn from(key: SigningKey) -> Self {
        Self::Read((key, None))
    }
}

pub(super) const NAME_PROFILE: &str = "name a profile with long-term keys: --profile NAME";
