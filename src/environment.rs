//! The environment of the process: variables, directories, the parent process, the local time.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{MAIN_SEPARATOR, Path, PathBuf},
};

use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset, macros::format_description};

use crate::failure::{Failure, Status};

/// The environment of the process.
pub struct Environment {
    home: Option<PathBuf>,
    rescue: Vec<PathBuf>,
    locks: Option<PathBuf>,
}

impl Environment {
    /// Reads the environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let home = dirs::home_dir();
        let rescue = [dirs::runtime_dir(), Some(env::temp_dir()), home.clone()];
        Self {
            rescue: rescue.into_iter().flatten().collect(),
            locks: dirs::runtime_dir().or_else(dirs::cache_dir).map(|dir| dir.join("mfa-session")),
            home,
        }
    }

    /// The value of a variable. An empty variable counts as unset, as for the AWS SDKs.
    #[expect(clippy::unused_self, reason = "only with an environment, variables are read")]
    pub(crate) fn variable(&self, name: &str) -> Result<Option<String>, Failure> {
        match env::var_os(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value).filter(|value| !value.is_empty())),
            Some(Err(_)) => Err(Failure::new(Status::Local, format!("{name} is not valid UTF-8"))
                .hint(format!("set it anew, or unset it: unset {name}"))),
        }
    }

    /// A path, in which a `~` at the start, alone or before a separator, is the home directory, as
    /// in the AWS SDKs.
    pub(crate) fn path(&self, text: &str) -> Result<PathBuf, Failure> {
        match text.strip_prefix('~') {
            Some("") => Ok(self.home()?.to_owned()),
            Some(rest) if rest.starts_with(['/', MAIN_SEPARATOR]) => {
                Ok(self.home()?.join(&rest[1..]))
            }
            _ => Ok(PathBuf::from(text)),
        }
    }

    /// Directories for a session that can't be written where it should go, best first.
    pub(crate) fn rescue_directories(&self) -> &[PathBuf] {
        &self.rescue
    }

    /// The directory for the user's prompt locks, if there is one.
    pub(crate) fn lock_directory(&self) -> Option<PathBuf> {
        self.locks.clone()
    }

    /// The path of a program: the first executable file of that name in `PATH`, else a file that
    /// can't be executed.
    #[expect(clippy::unused_self, reason = "it reads PATH")]
    pub(crate) fn program(&self, name: &OsStr) -> Option<PathBuf> {
        if Path::new(name).components().count() > 1 {
            return Path::new(name).exists().then(|| name.into());
        }
        let path = env::var_os("PATH").filter(|path| !path.is_empty());
        let path = path.unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
        let files = env::split_paths(&path).map(|directory| directory.join(name));
        let files: Vec<PathBuf> = files.filter(|file| file.is_file()).collect();
        files.iter().find(|file| is_executable(file)).or(files.first()).cloned()
    }

    fn home(&self) -> Result<&Path, Failure> {
        self.home.as_deref().ok_or_else(|| {
            Failure::new(Status::Local, "there is no home directory to look for .aws in")
                .hint("set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE")
        })
    }
}

/// Whether a file can be executed by this user.
#[cfg(unix)]
pub(crate) fn is_executable(file: &Path) -> bool {
    use rustix::fs::{Access, access};
    file.is_file() && access(file, Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
pub(crate) fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// The names of the program that started this one: its file's name and its process name. Empty if
/// they are unknown.
#[cfg(target_os = "linux")]
pub(crate) fn parent() -> Vec<String> {
    let directory = PathBuf::from(format!("/proc/{}", std::os::unix::process::parent_id()));
    let file = std::fs::read_link(directory.join("exe")).ok();
    let file = file.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    let itself = std::fs::read_to_string(directory.join("comm")).ok();
    // An update may have replaced the file since.
    let file = file.map(|name| name.trim_end_matches(" (deleted)").to_owned());
    file.into_iter().chain(itself.map(|name| name.trim_end().to_owned())).collect()
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn parent() -> Vec<String> {
    Vec::new()
}

/// The moment in the local time zone, or in UTC if that is unknown.
fn local(moment: OffsetDateTime) -> OffsetDateTime {
    let there = UtcOffset::local_offset_at(moment).ok();
    there.and_then(|offset| moment.checked_to_offset(offset)).unwrap_or(moment)
}

/// A moment in local time: `2026-11-22 21:14:05 +01:00`.
pub(crate) fn format_local(moment: OffsetDateTime) -> String {
    let format = format_description!(
        "[year]-[month]-[day] [hour]:[minute]:[second] \
         [offset_hour sign:mandatory]:[offset_minute]"
    );
    local(moment).format(format).expect("a time has all that this format needs")
}

/// The moment of a local time, or of a time in UTC if the time zone is unknown.
pub(crate) fn from_local(shown: PrimitiveDateTime) -> OffsetDateTime {
    let nearly = shown.assume_utc();
    UtcOffset::local_offset_at(nearly).map_or(nearly, |offset| shown.assume_offset(offset))
}
