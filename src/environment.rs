//! The environment of the process: variables, directories, the parent process, the time zone.

use std::{
    env,
    ffi::OsString,
    path::{MAIN_SEPARATOR, Path, PathBuf},
};

use time::{Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset, macros::format_description};

use crate::{
    failure::{Failure, Status},
    system::process,
};

/// The environment of the process.
pub struct Environment {
    home: Option<PathBuf>,
    rescue: Vec<PathBuf>,
}

impl Environment {
    /// Reads the environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let home = process::home();
        let rescue = [dirs::runtime_dir(), Some(env::temp_dir()), home.clone()];
        Self { rescue: rescue.into_iter().flatten().collect(), home }
    }

    /// The value of a variable. An empty variable counts as unset, as for the AWS SDKs.
    #[expect(clippy::unused_self, reason = "only the holder of an environment reads variables")]
    pub(crate) fn variable(&self, name: &str) -> Result<Option<String>, Failure> {
        match env::var_os(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value).filter(|value| !value.is_empty())),
            Some(Err(_)) => Err(Failure::new(Status::Local, format!("{name} is not valid UTF-8"))
                .hint("set it to another value, or unset it")),
        }
    }

    /// A path. As in the AWS SDKs, `~` alone or before a separator at the start is the home
    /// directory.
    pub(crate) fn path(&self, text: &str) -> Result<PathBuf, Failure> {
        match text.strip_prefix('~') {
            Some("") => Ok(self.home()?.to_owned()),
            Some(rest) if rest.starts_with(['/', MAIN_SEPARATOR]) => {
                // With the separators of the system.
                Ok(rest[1..].split('/').fold(self.home()?.to_owned(), |path, part| path.join(part)))
            }
            _ => Ok(PathBuf::from(text)),
        }
    }

    /// Directories for a session that can't be delivered, best first.
    pub(crate) fn rescue_directories(&self) -> &[PathBuf] {
        &self.rescue
    }

    /// The default path of an AWS file. Unresolved without a home directory.
    pub(crate) fn default_path(&self, text: &str) -> PathBuf {
        self.path(text).unwrap_or_else(|_| text.into())
    }

    fn home(&self) -> Result<&Path, Failure> {
        self.home.as_deref().ok_or_else(unknown_home)
    }
}

/// The failure for a file that a run needs.
pub(crate) fn unknown_home() -> Failure {
    Failure::new(Status::Local, "the home directory, and with it ~/.aws, is unknown")
        .hint("set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE")
}

/// Whether this is a default path without a home directory: no other path begins with `~/`.
pub(crate) fn is_unresolved(path: &Path) -> bool {
    path.starts_with("~")
}

/// A time in the local time zone, or in UTC if that is unknown: `2026-11-22 21:14:05 +01:00`.
pub(crate) fn format_local(time: OffsetDateTime) -> String {
    let format = format_description!(
        "[year]-[month]-[day] [hour]:[minute]:[second] \
         [offset_hour sign:mandatory]:[offset_minute]"
    );
    to_local(time).format(format).expect("a time has all that this format needs")
}

/// The same, but for a column of a table: `Sun 21:14`, or if `now` is days away, `2026-11-22`.
pub(crate) fn format_local_briefly(time: OffsetDateTime, now: OffsetDateTime) -> String {
    let local = to_local(time);
    let text = if (time - now).abs() < Duration::days(6) {
        local.format(format_description!("[weekday repr:short] [hour]:[minute]"))
    } else {
        local.format(format_description!("[year]-[month]-[day]"))
    };
    text.expect("a time has all that these formats need")
}

fn to_local(time: OffsetDateTime) -> OffsetDateTime {
    let offset = UtcOffset::local_offset_at(time).ok();
    offset.and_then(|offset| time.checked_to_offset(offset)).unwrap_or(time)
}

/// Interprets a time in the local time zone, or in UTC if that is unknown.
pub(crate) fn from_local(time: PrimitiveDateTime) -> OffsetDateTime {
    let utc = time.assume_utc();
    UtcOffset::local_offset_at(utc).map_or(utc, |offset| time.assume_offset(offset))
}
