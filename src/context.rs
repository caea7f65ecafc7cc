//! The flags, the environment and the AWS files of one run.

use std::cell::OnceCell;

use crate::{
    environment::Environment,
    failure::Failure,
    flags::Flags,
    profiles::{Profiles, RESOLVING},
    settings::{CONFIG_FILE, CREDENTIALS_FILE, Setting},
};

/// The flags, the environment and the AWS files of one run.
pub(crate) struct Context<'a> {
    pub(crate) flags: Flags,
    pub(crate) environment: &'a Environment,
    profiles: OnceCell<Profiles>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(flags: Flags, environment: &'a Environment) -> Self {
        Self { flags, environment, profiles: OnceCell::new() }
    }

    /// The two AWS files. The first call reads them.
    pub(crate) fn profiles(&self) -> Result<&Profiles, Failure> {
        if let Some(profiles) = self.profiles.get() {
            return Ok(profiles);
        }
        let path = |setting: &Setting, default: &str| {
            let configured = setting.in_environment(self.environment)?;
            match configured {
                Some(configured) => self.environment.path(&configured.value),
                None => Ok(self.environment.default_path(default)),
            }
        };
        let credentials_file = path(&CREDENTIALS_FILE, "~/.aws/credentials")?;
        let config_file = path(&CONFIG_FILE, "~/.aws/config")?;
        let resolving = self.environment.variable(RESOLVING)?.unwrap_or_default();
        let profiles = Profiles::read(&credentials_file, &config_file, resolving)?;
        Ok(self.profiles.get_or_init(|| profiles))
    }
}
