//! Where a value comes from. Every setting remembers it, so that every message can name it.

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
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag, by clap's id: `endpoint_url` for `--endpoint-url`.
    Flag(&'static str),
    /// A positional argument, as the help names it.
    Argument(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// A key in a section of one of the two AWS files.
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
    /// The default of a setting.
    pub(crate) fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// A positional argument, as the help names it.
    pub(crate) fn argument(name: &'static str, value: T) -> Self {
        Self { value, origin: Origin::Argument(name) }
    }

    /// Another value of the same origin.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), origin: self.origin }
    }
}

impl Sourced<String> {
    /// The parsed value, or a failure that names the origin.
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
    /// The failure for an invalid value that comes from here.
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
    /// Follows the origin: "`--flag`: …". It quotes the text unless that may be a secret.
    pub problem: String,
    /// What to give instead.
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
