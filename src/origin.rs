//! Where a value came from: every setting remembers it, so that every message can say it.

use std::{fmt, path::PathBuf, str::FromStr};

use crate::failure::{Failure, InvalidValue, Status};

/// A value and its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

/// The place that a value was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag, with its dashes.
    Flag(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// A key of a section in one of the two AWS files.
    Key {
        /// The key as the manual spells it.
        key: &'static str,
        /// The section's header without brackets.
        section: String,
        /// The file.
        file: PathBuf,
    },
    /// Nobody said otherwise.
    Default,
}

impl<T> Sourced<T> {
    /// What is used when nobody says otherwise.
    pub fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// What was typed for a flag, which is given with its dashes, or for an argument.
    pub fn typed(flag: &'static str, value: T) -> Self {
        Self { value, origin: Origin::Flag(flag) }
    }

    /// The same origin with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), origin: self.origin }
    }
}

impl Sourced<String> {
    /// The narrower value, or a failure that names the origin.
    pub fn parse<T: FromStr<Err = InvalidValue>>(self) -> Result<Sourced<T>, Failure> {
        match self.value.parse() {
            Ok(value) => Ok(Sourced { value, origin: self.origin }),
            Err(invalid) => Err(self.origin.invalid(invalid)),
        }
    }
}

impl Origin {
    /// The failure for a value that came from here and is of no use.
    #[must_use]
    pub fn invalid(&self, invalid: InvalidValue) -> Failure {
        let status = if let Self::Flag(_) = self { Status::Usage } else { Status::Here };
        Failure::new(status, format!("{self}: {}", invalid.problem)).hint(invalid.hint)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::Key { key, section, file } => {
                write!(f, "`{key}` in [{section}] of {}", file.display())
            }
            Self::Default => f.write_str("the default"),
        }
    }
}
