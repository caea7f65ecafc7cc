//! A setting: its name, its sources and their precedence.

use crate::{
    environment::Environment,
    failure::Failure,
    origin::{Origin, Sourced},
};

/// A setting and its sources, in order of precedence.
#[derive(Debug)]
pub struct Setting {
    /// The name for programs, as in `--dry-run --json`.
    pub id: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// The flag by its id in clap: `endpoint_url` for `--endpoint-url`.
    pub flag: Option<&'static str>,
    /// The environment variables. The first variable that is set applies.
    pub variables: &'static [&'static str],
    /// The variable with the value that an earlier export set: an equal value is not the user's.
    pub mark: Option<&'static str>,
    /// The keys in a profile of an AWS file.
    pub keys: &'static [&'static str],
    /// The default.
    pub default: &'static str,
    /// The meaning of the variables; empty without variables.
    pub help: &'static str,
}

impl Setting {
    /// A setting without sources.
    pub(super) const fn new(id: &'static str, name: &'static str, default: &'static str) -> Self {
        Self { id, name, flag: None, variables: &[], mark: None, keys: &[], default, help: "" }
    }

    pub(super) const fn flag(self, id: &'static str) -> Self {
        Self { flag: Some(id), ..self }
    }

    pub(super) const fn variables(
        self,
        names: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self { variables: names, help, ..self }
    }

    pub(super) const fn mark(self, name: &'static str) -> Self {
        Self { mark: Some(name), ..self }
    }

    pub(super) const fn keys(self, keys: &'static [&'static str]) -> Self {
        Self { keys, ..self }
    }

    /// The value in the environment, unless an earlier export set it.
    pub(crate) fn in_environment(
        &self,
        environment: &Environment,
    ) -> Result<Option<Sourced<String>>, Failure> {
        self.find_in(environment, &self.exported(environment)?)
    }

    /// The value in the environment, even if an earlier export set it.
    pub(crate) fn in_environment_or_exported(
        &self,
        environment: &Environment,
    ) -> Result<Option<Sourced<String>>, Failure> {
        self.find_in(environment, &[])
    }

    fn find_in(
        &self,
        environment: &Environment,
        exported: &[&str],
    ) -> Result<Option<Sourced<String>>, Failure> {
        for name in self.variables.iter().filter(|name| !exported.contains(name)) {
            if let Some(value) = environment.variable(name)? {
                return Ok(Some(Sourced { value, origin: Origin::Variable(name) }));
            }
        }
        Ok(None)
    }

    /// The variables that an earlier export set: those with the value of the mark, and the mark.
    pub(crate) fn exported(&self, environment: &Environment) -> Result<Vec<&'static str>, Failure> {
        let Some(mark) = self.mark else { return Ok(Vec::new()) };
        let Some(value) = environment.variable(mark)? else { return Ok(Vec::new()) };
        let mut names = Vec::new();
        for name in self.variables {
            if environment.variable(name)?.as_ref() == Some(&value) {
                names.push(*name);
            }
        }
        names.push(mark);
        Ok(names)
    }
}
