//! Delivers a session to the credentials file, to standard output in a format, to the environment
//! file of a CI job, or to a rescue file if these fail.
//!
//! `Destination::open` makes every check that needs no session; `OpenDestination::deliver` writes.

mod destination;
mod environment_file;
mod file;
mod format;
mod formats;
mod rescue;
mod secret_text;
mod stdout;
mod variables;

use std::{path::Path, rc::Rc};

use time::{Duration, OffsetDateTime};

use crate::{
    aws_files::{Document, SectionName},
    environment,
    failure::{Failure, Status},
    message::{self, format_duration, round_to_minute},
    session::{EXPIRES_SOON, Session},
};
pub use destination::{Destination, Keep, OutputMode};
use environment_file::EnvironmentFile;
use file::SessionSection;
pub(crate) use format::for_each_variable;
pub use format::{Format, Rendered};
pub use formats::{FORMATS, POSIX};
pub(crate) use secret_text::{print as print_secret, write_to as write_secret_to};
pub(crate) use variables::ACCOUNT_ID;
pub use variables::OutputContext;

/// Prints text that contains no session.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    stdout::write_until_closed(text)
}

/// Fails if standard output is the null device; `hint` shows how to read the secret.
pub(crate) fn check_stdout(hint: &str) -> Result<(), Failure> {
    stdout::check(hint)
}

/// Prints the statement that makes a shell fail if there is no session.
pub fn print_failure(format: &Format) {
    // The error on standard error follows anyway.
    let _ = stdout::write(format.failure);
}

/// Removes the sessions from profiles of the credentials file, which have no long-term keys. All go
/// in one write.
pub(crate) fn clear(
    credentials_file: &Path,
    credentials: &Rc<Document>,
    profiles: &[String],
) -> Result<(), Failure> {
    let parse = |profile: &String| {
        SectionName::parse(profile)
            .map_err(|why| Failure::new(Status::Local, format!("the profile `{profile}` {why}")))
    };
    let names = profiles.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = names.first() else { return Ok(()) };
    SessionSection::open(credentials_file, first, first.as_str(), credentials)?.clear(&names)
}

/// A destination that passed all checks.
#[derive(Debug)]
#[must_use]
pub(crate) struct OpenDestination<'a> {
    destination: &'a Destination,
    section: Option<SessionSection>,
    environment_file: Option<EnvironmentFile>,
}

impl Destination {
    /// Checks everything that can fail without a session. Changes no file, but creates a missing
    /// directory for the credentials file. Parses that file unless it is as `credentials`.
    pub(crate) fn open(&self, credentials: &Rc<Document>) -> Result<OpenDestination<'_>, Failure> {
        if let Some(format) = self.mode.format() {
            format.check(&self.source, &self.profile, &self.context)?;
        }
        let open = || {
            SessionSection::open(&self.credentials_file, &self.profile, &self.source, credentials)
        };
        let section = match self.keep {
            Keep::Required => Some(open()?),
            Keep::BestEffort => open().map_err(|why| self.warn_not_kept(&why)).ok(),
            Keep::No => None,
        };
        if let (None, OutputMode::Printed(format)) = (&section, self.mode) {
            stdout::check(&format!("read the session from standard output: {}", format.usage))?;
        }
        let environment_file = self.open_environment_file()?;
        Ok(OpenDestination { destination: self, section, environment_file })
    }

    /// Delivers a session from the session profile.
    pub(crate) fn deliver_stored(&self, session: &Session) -> Result<(), Failure> {
        self.print(session, self.open_environment_file()?)?;
        let now = OffsetDateTime::now_utc();
        match self.mode {
            // The command that `exec` runs has the screen.
            OutputMode::Command => self.warn_of_end(session, now),
            OutputMode::Printed(format) if format.is_refreshed => return Ok(()),
            _ => self.announce(session, true, now),
        }
        self.explain_duration(session, now);
        Ok(())
    }

    /// Says that `--duration` does not change a stored session, if that has much less time left.
    fn explain_duration(&self, session: &Session, now: OffsetDateTime) {
        let asked = self.asked.map(|asked| Duration::seconds(asked.seconds().into()));
        if let Some(asked) = asked.filter(|asked| session.expires - now < *asked / 2) {
            let asked = format_duration(asked);
            message::hint(format_args!(
                "--duration does not change a stored session: for a new one of {asked}, add --force"
            ));
        }
    }

    /// Saves an undelivered session in a private file, and reports its path. If that also fails,
    /// the returned failure says so.
    ///
    /// Call it with signals blocked: a signal before the report would hide the path.
    #[must_use]
    pub(crate) fn rescue(&self, session: &Session, failure: Failure) -> Failure {
        rescue::save(session, self, failure)
    }

    fn warn_not_kept(&self, why: &Failure) {
        message::warn(format_args!("not keeping the session in [{}]: {why}", self.profile));
    }

    fn open_environment_file(&self) -> Result<Option<EnvironmentFile>, Failure> {
        self.environment_file.as_deref().map(EnvironmentFile::open).transpose()
    }

    /// Returns whether the session is in the session profile.
    fn store(&self, section: &SessionSection, session: &Session) -> Result<bool, Failure> {
        match section.write(session, self.context.profile_region.as_deref()) {
            Ok(()) => Ok(true),
            Err(failure) if self.keep == Keep::BestEffort => {
                self.warn_not_kept(&failure);
                Ok(false)
            }
            Err(failure) => Err(self.rescue(session, failure)),
        }
    }

    fn print(&self, session: &Session, file: Option<EnvironmentFile>) -> Result<(), Failure> {
        let Some(format) = self.mode.format() else { return Ok(()) };
        if format.changes_environment() {
            self.context.warn_about_account(session);
        }
        let Rendered { printed, appended } =
            format.render(session, &self.profile, &self.context)?;
        // The masks for a CI log come before the variables.
        print_secret(&printed)?;
        match (file, appended) {
            (Some(mut file), Some(text)) => file.append(&text),
            _ => Ok(()),
        }
    }

    /// Reports where the session is, and how long it is valid.
    fn announce(&self, session: &Session, is_stored: bool, now: OffsetDateTime) {
        let subject = match (self.mode, &session.provenance.role) {
            _ if is_stored => format!("[{}]", self.profile),
            (OutputMode::Printed(_), Some(role)) => format!("the session of {role}"),
            (OutputMode::Printed(_), None) => format!("the session of `{}`", self.source),
            _ => return,
        };
        let until = environment::format_local(session.expires);
        let left = format_duration(round_to_minute(session.expires - now));
        message::info(format_args!("{subject} is valid until {until} ({left} left)"));
        if let Some(step) = &self.next_step {
            message::info(format_args!("use it: {step}"));
        }
    }

    /// Warns of a stored session that may end before a long command does.
    fn warn_of_end(&self, session: &Session, now: OffsetDateTime) {
        let left = session.expires - now;
        if left < EXPIRES_SOON {
            let left = format_duration(round_to_minute(left));
            message::warn(format_args!("the session in [{}] ends in {left}", self.profile));
            message::hint("for a longer command, get a new session first: --min-remaining 30m");
        }
    }
}

impl OpenDestination<'_> {
    /// Delivers a new session, or saves it elsewhere; `now` is the time by AWS's clock. Returns
    /// whether the session is in the session profile.
    ///
    /// Call it with signals blocked: a signal would lose the session.
    pub(crate) fn deliver(self, session: &Session, now: OffsetDateTime) -> Result<bool, Failure> {
        let Self { destination, section, environment_file } = self;
        let is_stored = match section {
            Some(section) => destination.store(&section, session)?,
            None => false,
        };
        destination.print(session, environment_file).map_err(|failure| {
            if is_stored {
                failure.hint(format!("the session is in the profile [{}]", destination.profile))
            } else {
                destination.rescue(session, failure)
            }
        })?;
        // A program that renews the session by itself, hour after hour, may show each message.
        let is_refreshed = destination.mode.format().is_some_and(|format| format.is_refreshed);
        if session.provenance.costs_code() || !is_refreshed {
            destination.announce(session, is_stored, now);
        }
        Ok(is_stored)
    }
}
