//! A failure: what happened, what to do about it, and the exit status.

use std::{fmt, process::ExitCode};

use crate::message;

/// Why the program ends early. `?` turns an [`anyhow::Error`] into one with [`Status::Local`].
#[derive(Debug)]
pub struct Failure {
    what: anyhow::Error,
    hints: Vec<String>,
    status: Status,
}

impl Failure {
    /// A failure with its exit status; [`Failure::hint`] says what to do.
    pub fn new(
        status: Status,
        what: impl fmt::Display + fmt::Debug + Send + Sync + 'static,
    ) -> Self {
        Self { what: anyhow::Error::msg(what), hints: Vec::new(), status }
    }

    /// The same failure within `exec`, whose command has exit statuses of its own.
    #[must_use]
    pub(crate) fn in_exec(mut self) -> Self {
        if (self.status as u8) < Status::ExecFailed as u8 {
            self.status = Status::ExecFailed;
        }
        self
    }

    /// Adds a next step for the user.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Shows the failure on standard error.
    pub fn show(&self) {
        message::error(self);
        for hint in &self.hints {
            message::hint(hint);
        }
    }
}

impl fmt::Display for Failure {
    /// What happened, without the hints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not `{:?}`: that prints a backtrace where `RUST_BACKTRACE` is set.
        write!(f, "{:#}", self.what)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(what: anyhow::Error) -> Self {
        Self { what, hints: Vec::new(), status: Status::Local }
    }
}

/// The exit status of the process. Scripts rely on these numbers: they do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A file, a profile, a variable's or a profile key's value.
    Local = 1,
    /// A flag, or a flag's value.
    Usage = 2,
    /// A code is needed, and there is no way to get one.
    NoCode = 3,
    /// STS refused.
    Refused = 4,
    /// STS was not reached, or its response is invalid.
    Unreached = 5,
    /// `exec` has no session for its command.
    ExecFailed = 125,
    /// The command of `exec` can't be run.
    NotRunnable = 126,
    /// The command of `exec` is not found.
    NotFound = 127,
}

/// Every exit status with its meaning, for the manual.
pub const STATUSES: [(u8, &str); 10] = [
    (0, "the session is where you asked"),
    (
        Status::Local as u8,
        "something failed here: a file, a profile, the value of a variable or of a profile's key; \
         status: the session has expired or does not exist",
    ),
    (Status::Usage as u8, "the command line is wrong: a flag, or a flag's value"),
    (Status::NoCode as u8, "a code is needed and there is no way to get one"),
    (Status::Refused as u8, "STS refused: another code, key or permission is needed"),
    (Status::Unreached as u8, "STS was not reached, or its response is invalid: try again later"),
    (Status::ExecFailed as u8, "exec: any of these"),
    (Status::NotRunnable as u8, "exec: the command can't be run"),
    (Status::NotFound as u8, "exec: the command is not found"),
    (0, "exec, afterwards: the exit status of the command"),
];

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}
