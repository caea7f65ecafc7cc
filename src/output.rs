//! Where a session goes. [`Sink::open`] does all that can fail before a code is used;
//! [`Sink::deliver`] does the rest, and where that fails the session is not lost.
//!
//! It goes to the credentials file, or it is printed: a new form for that is one more file in
//! `format`.

mod appended;
mod exec;
mod file;
mod format;
mod rescue;
mod stdout;

use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use crate::{
    aws_files::SectionName,
    credentials::Session,
    environment,
    failure::{Failure, Status},
    message::{self, format_duration, round_to_minute},
    signals,
};
pub use exec::Program;
pub use format::{FORMATS, Format, POSIX};

use appended::Appended;

/// Prints what was asked for besides a session.
pub fn print(text: &str) -> Result<(), Failure> {
    stdout::write(text)
}

/// Prints what makes a shell fail that was to read a session in this form.
pub fn print_failure(format: &Format) {
    // Nobody reads it: nobody needs it.
    let _ = stdout::write(format.failure);
}

/// Takes the session in a profile of the credentials file away; a profile with long-term keys is
/// refused.
pub fn clear(file: &Path, profile: &str) -> Result<(), Failure> {
    let name = SectionName::parse(profile)
        .map_err(|why| Failure::new(Status::Here, format!("the profile `{profile}` {why}")))?;
    file::Target::open(file, &name, profile)?.clear()
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum OutputMode {
    /// The session profile.
    File,
    /// The session, printed in this form.
    Printed(&'static Format),
    /// Both.
    Both(&'static Format),
    /// The session profile, if it can be written: nobody asked for it.
    IfWritable,
    /// Neither: a command is run with it.
    Nowhere,
}

impl OutputMode {
    /// The form in which the session is printed, if it is.
    #[must_use]
    pub fn format(self) -> Option<&'static Format> {
        match self {
            Self::File | Self::IfWritable | Self::Nowhere => None,
            Self::Printed(format) | Self::Both(format) => Some(format),
        }
    }
}

/// Everything about the places that a session may go to.
#[derive(Clone, Debug)]
pub struct Destination {
    /// What is asked for.
    pub output: OutputMode,
    /// The credentials file.
    pub file: PathBuf,
    /// The section in it.
    pub profile: SectionName,
    /// The profile that the session is made from.
    pub source: String,
    /// The file that the form appends to; `None` where there is to be none.
    pub appendix: Option<PathBuf>,
    /// The region to print; `None` where none was configured.
    pub region: Option<String>,
    /// Directories for what must not be lost.
    pub rescue: Vec<PathBuf>,
    /// A directory where processes that want the same session wait for each other.
    pub turns: Option<PathBuf>,
}

/// Places that are known to take a session.
#[derive(Debug)]
pub struct Sink<'a> {
    place: &'a Destination,
    target: Option<file::Target>,
    appended: Option<Appended>,
}

impl<'a> Sink<'a> {
    /// Finds out whether the places will take a session. No file is changed; the directory of the
    /// credentials file is made if there is none.
    pub fn open(place: &'a Destination) -> Result<Self, Failure> {
        if let Some(format) = place.output.format() {
            format.check(place)?;
        }
        let target = match place.output {
            OutputMode::Nowhere => None,
            OutputMode::Printed(format) => {
                stdout::open(format.usage)?;
                None
            }
            OutputMode::File | OutputMode::Both(_) => Some(target(place)?),
            OutputMode::IfWritable => target(place).map_err(|failure| not_kept(&failure)).ok(),
        };
        Ok(Self { place, target, appended: place.open_appendix()? })
    }

    /// Hands a new session over; `now` is the time by AWS's clock. Whether it is in the session
    /// profile then. Signals wait until that is done, and told.
    pub fn deliver(self, session: &Session, now: OffsetDateTime) -> Result<bool, Failure> {
        let held = signals::block();
        self.hand_over(session, now).map_err(|failure| failure.holding(held))
    }

    fn hand_over(self, session: &Session, now: OffsetDateTime) -> Result<bool, Failure> {
        let written = match self.target.map(|target| target.write(session)) {
            None => false,
            Some(Ok(())) => true,
            Some(Err(failure)) if matches!(self.place.output, OutputMode::IfWritable) => {
                not_kept(&failure);
                false
            }
            Some(Err(failure)) => return Err(rescue::save(session, self.place, failure)),
        };
        self.place.print(session, self.appended).map_err(|failure| {
            if written {
                failure.hint(format!("the session is in [{}] all the same", self.place.profile))
            } else {
                rescue::save(session, self.place, failure)
            }
        })?;
        if written || matches!(self.place.output, OutputMode::Printed(_)) {
            self.place.announce(session, now);
        }
        Ok(written)
    }
}

fn target(place: &Destination) -> Result<file::Target, Failure> {
    file::Target::open(&place.file, &place.profile, &place.source)
}

fn not_kept(failure: &Failure) {
    message::warn(format_args!("the MFA session is not kept: {failure}"));
}

impl Destination {
    /// Whether the session is to be found there by others.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        !matches!(self.output, OutputMode::Printed(_) | OutputMode::Nowhere)
    }

    /// Saves a session that could not be kept here; the failure then says where.
    #[must_use]
    pub fn rescue(&self, session: &Session, failure: Failure) -> Failure {
        let held = signals::block();
        rescue::save(session, self, failure).holding(held)
    }

    /// Hands a session over that stands in the session profile already.
    pub fn deliver_again(&self, session: &Session) -> Result<(), Failure> {
        if let OutputMode::Printed(format) = self.output {
            stdout::open(format.usage)?;
        }
        self.print(session, self.open_appendix()?)?;
        self.announce(session, environment::now());
        Ok(())
    }

    fn open_appendix(&self) -> Result<Option<Appended>, Failure> {
        self.appendix.as_deref().map(Appended::open).transpose()
    }

    fn print(&self, session: &Session, appended: Option<Appended>) -> Result<(), Failure> {
        let Some(format) = self.output.format() else { return Ok(()) };
        let (text, appendix) = format.texts(session, self)?;
        stdout::write(text.expose())?;
        match (appended, appendix) {
            (Some(mut file), Some(appendix)) => file.append(appendix.expose()),
            _ => Ok(()),
        }
    }

    /// Says where the session is, and how long it lasts.
    fn announce(&self, session: &Session, now: OffsetDateTime) {
        let subject = match self.output {
            OutputMode::File | OutputMode::Both(_) | OutputMode::IfWritable => {
                format!("[{}]", self.profile)
            }
            // The command's own output comes first.
            OutputMode::Nowhere => return,
            OutputMode::Printed(_) => match &session.provenance.role {
                Some(role) => format!("the session of {role}"),
                None => format!("the session of `{}`", self.source),
            },
        };
        let until = environment::shown(session.expires);
        let left = format_duration(round_to_minute(session.expires - now));
        message::info(format_args!("{subject} is good until {until} ({left} left)"));
    }
}
