//! The origin of a value, which messages name.

use std::{fmt, path::PathBuf, str::FromStr};

use crate::{
    failure::{Failure, Status},
    sts::InvalidParameter,
};

/// A value and its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// The origin.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag by its id in clap: `endpoint_url` for `--endpoint-url`.
    Flag(&'static str),
    /// A positional argument, as the help names it.
    Argument(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// A key in a section of an AWS file.
    Key {
        /// The name of the key.
        key: &'static str,
        /// The section's header without brackets.
        section: String,
        /// The file.
        file: PathBuf,
    },
    /// Nothing is configured.
    Default,
}

impl<T> Sourced<T> {
    /// A default value.
    pub(crate) fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// A positional argument, as the help names it.
    pub(crate) fn argument(name: &'static str, value: T) -> Self {
        Self { value, origin: Origin::Argument(name) }
    }

    /// A value with the same origin, made from this one.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), origin: self.origin }
    }

    /// A value with the same origin, made from a reference to this one.
    pub(crate) fn map_ref<'a, U>(&'a self, view: impl FnOnce(&'a T) -> U) -> Sourced<U> {
        Sourced { value: view(&self.value), origin: self.origin.clone() }
    }
}

impl Sourced<String> {
    /// Parses the value. The failure names the origin.
    pub(crate) fn parse<T>(self) -> Result<Sourced<T>, Failure>
    where
        T: FromStr,
        T::Err: Into<InvalidValue>,
    {
        match self.value.parse() {
            Ok(value) => Ok(Sourced { value, origin: self.origin }),
            Err(invalid) => Err(self.origin.invalid(invalid.into())),
        }
    }
}

impl Origin {
    /// The failure for an invalid value of this origin.
    pub(crate) fn invalid(&self, invalid: InvalidValue) -> Failure {
        let status = match self {
            Self::Flag(_) | Self::Argument(_) => Status::Usage,
            _ => Status::Local,
        };
        Failure::new(status, format!("{self}: {}", invalid.problem)).hint(invalid.hint)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(id) => write!(f, "--{}", id.replace('_', "-")),
            Self::Argument(name) | Self::Variable(name) => f.write_str(name),
            Self::Key { key, section, file } => {
                write!(f, "`{key}` in [{section}] of {}", file.display())
            }
            Self::Default => f.write_str("the default"),
        }
    }
}

/// Why a text is not a valid value.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidValue {
    /// Follows the origin: "`--flag`: …". It quotes no text that may be a secret.
    pub problem: String,
    /// A valid value to give instead.
    pub hint: String,
}

impl InvalidValue {
    pub(crate) fn new(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { problem: problem.into(), hint: hint.into() }
    }
}

impl From<InvalidParameter> for InvalidValue {
    fn from(InvalidParameter { problem, hint }: InvalidParameter) -> Self {
        Self { problem, hint }
    }
}
