//! A failure is three things: what happened, what to do about it, and what to exit with.

use std::{fmt, process::ExitCode};

use crate::{message, signals::SignalGuard};

/// Why the job ended early. `?` turns any [`anyhow::Error`] into one with [`Status::Here`].
#[derive(Debug)]
pub struct Failure {
    what: anyhow::Error,
    hints: Vec<String>,
    status: Status,
    held: Option<SignalGuard>,
}

impl Failure {
    /// A failure with its exit status; [`Failure::hint`] says what to do.
    pub fn new(
        status: Status,
        what: impl fmt::Display + fmt::Debug + Send + Sync + 'static,
    ) -> Self {
        Self { what: anyhow::Error::msg(what), hints: Vec::new(), status, held: None }
    }

    /// The same failure of `exec`, whose command has exit statuses of its own.
    #[must_use]
    pub fn of_exec(mut self) -> Self {
        if (self.status as u8) < Status::NoSession as u8 {
            self.status = Status::NoSession;
        }
        self
    }

    /// Adds a next step for the person.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Lets signals wait until the failure is shown: it says where something is.
    #[must_use]
    pub fn holding(mut self, held: SignalGuard) -> Self {
        self.held = Some(held);
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
        Self { what, hints: Vec::new(), status: Status::Here, held: None }
    }
}

/// What the process exits with. Scripts rely on these numbers: they do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A file, a profile, a variable's or a profile key's value.
    Here = 1,
    /// A flag, or a flag's value.
    Usage = 2,
    /// A code is needed, and there is no way to get one.
    NoCode = 3,
    /// STS refused.
    Refused = 4,
    /// STS was not reached, or its answer makes no sense.
    Unreached = 5,
    /// There is no session to run a command with.
    NoSession = 125,
    /// The command can't be run.
    NotRunnable = 126,
    /// The command is not there.
    NotFound = 127,
}

/// Every exit status and what it means, for the manual.
pub const STATUSES: [(u8, &str); 10] = [
    (0, "the session is where you asked"),
    (
        Status::Here as u8,
        "something here failed: a file, a profile, a variable's or a profile key's value; of \
         status, that the session is over or not there",
    ),
    (Status::Usage as u8, "the command line is wrong: a flag, or a flag's value"),
    (Status::NoCode as u8, "a code is needed and there is no way to get one"),
    (Status::Refused as u8, "STS refused: another code, key or permission is needed"),
    (Status::Unreached as u8, "STS was not reached, or did not answer sensibly: try again later"),
    (Status::NoSession as u8, "of exec: any of these"),
    (Status::NotRunnable as u8, "of exec: the command can't be run"),
    (Status::NotFound as u8, "of exec: the command is not there"),
    (0, "of exec, afterwards: what the command exits with"),
];

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// Why a text is not a value of some type, and what to give instead.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidValue {
    /// Completes "`--flag`: …"; it quotes the text unless that may be a secret.
    pub problem: String,
    /// What to give instead.
    pub hint: String,
}

impl InvalidValue {
    /// For the `FromStr` of a setting's type.
    pub fn new(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { problem: problem.into(), hint: hint.into() }
    }
}
