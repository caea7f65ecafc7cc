//! A failure: the error, the hints, and the exit status.

use std::{fmt, process::ExitCode};

use crate::message;

/// The error that ends the program. `?` converts an [`anyhow::Error`] to [`Status::Local`].
#[derive(Debug)]
pub struct Failure {
    what: anyhow::Error,
    hints: Vec<String>,
    status: Status,
}

impl Failure {
    /// A failure without hints; [`Failure::hint`] adds them.
    pub fn new(
        status: Status,
        what: impl fmt::Display + fmt::Debug + Send + Sync + 'static,
    ) -> Self {
        Self { what: anyhow::Error::msg(what), hints: Vec::new(), status }
    }

    /// A usage error.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(Status::Usage, what.into())
    }

    /// The failure of `exec`: 125, unless the status is 126 or 127. The command of `exec` has exit
    /// statuses of its own.
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

    /// Adds a next step before the others.
    #[must_use]
    pub(crate) fn first_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.insert(0, hint.into());
        self
    }

    /// The next steps for the user.
    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Shows the failure on standard error.
    pub fn show(&self) {
        message::error(self);
        self.show_hints();
    }

    /// Shows only the hints.
    pub(crate) fn show_hints(&self) {
        for hint in &self.hints {
            message::hint(hint);
        }
    }
}

impl fmt::Display for Failure {
    /// The error without the hints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `{:?}` would print a backtrace if `RUST_BACKTRACE` is set.
        write!(f, "{:#}", self.what)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(what: anyhow::Error) -> Self {
        Self { what, hints: Vec::new(), status: Status::Local }
    }
}

/// The exit status of the process. The numbers never change, because scripts rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A local error: a file, a profile, the value of a variable or of a profile's key.
    Local = 1,
    /// An invalid command line: a flag or its value.
    Usage = 2,
    /// A code is needed, but no source can give one.
    NoCode = 3,
    /// STS refused.
    Refused = 4,
    /// STS is unreachable, or its response is invalid.
    Unreached = 5,
    /// `exec` has no session for its command.
    ExecFailed = 125,
    /// The command of `exec` can't be run.
    NotRunnable = 126,
    /// The command of `exec` is not found.
    NotFound = 127,
}

/// Every exit status and its meaning, for the manual.
pub const STATUSES: [(u8, &str); 9] = [
    (0, "the session is delivered; exec: the command has its own exit status"),
    (
        Status::Local as u8,
        "a local error: a file, a profile, the value of a variable or of a profile's key; status: \
         the session has expired or does not exist",
    ),
    (Status::Usage as u8, "the command line is invalid: a flag or its value"),
    (Status::NoCode as u8, "a code is needed, but no source can give one"),
    (Status::Refused as u8, "STS rejected the request: use another code, key or permission"),
    (Status::Unreached as u8, "STS is unreachable, or its response is invalid: retry later"),
    (Status::ExecFailed as u8, "exec: any of the errors above"),
    (Status::NotRunnable as u8, "exec: the command can't be run"),
    (Status::NotFound as u8, "exec: the command is not found"),
];

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}
