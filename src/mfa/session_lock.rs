//! The locks of a session profile: if several processes need the same session, one prompts for a
//! code, one at a time sends a code, and the others reuse the session. The kernel releases a lock
//! when the process ends.
//!
//! The credentials file has a lock of its own, which no process holds during a prompt.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use data_encoding::HEXLOWER;
use ring::digest;

use crate::{
    failure::{Failure, Status},
    message,
    system::files::{private_directory, private_file},
};

/// Releases the lock when dropped.
#[derive(Debug)]
pub(crate) struct SessionLock {
    _file: File,
}

/// What a process does while it holds the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockKind {
    /// It prompts for a code. Others fail after the time that a person may need.
    Prompt,
    /// It sends a code. Others send theirs before it expires.
    Request,
}

const PROMPT_TIME: Duration = Duration::from_secs(300);
const CODE_LIFETIME: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

impl SessionLock {
    /// Waits for the lock of the session in `profile` of the credentials file. Returns `None` to
    /// continue without a lock, for example if the file system does not support locks.
    pub(crate) fn take(
        kind: LockKind,
        directory: Option<&Path>,
        credentials_file: &Path,
        profile: &str,
    ) -> Result<Option<Self>, Failure> {
        let (time_limit, extension) = match kind {
            LockKind::Prompt => (PROMPT_TIME, "lock"),
            LockKind::Request => (CODE_LIFETIME, "request"),
        };
        let name = file_name(credentials_file, profile).with_extension(extension);
        let file = directory.and_then(|directory| open(directory, &name).ok());
        let Some(file) = file else { return Ok(None) };
        let deadline = Instant::now() + time_limit;
        let mut is_announced = false;
        // The other process may prompt on this terminal: only a wait for its request has a line.
        let mut progress = None;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(TryLockError::Error(_)) => return Ok(None),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {}
                Err(TryLockError::WouldBlock) => match kind {
                    LockKind::Prompt => return Err(timed_out(profile)),
                    LockKind::Request => return Ok(None),
                },
            }
            if kind == LockKind::Request {
                progress.get_or_insert_with(|| message::progress(OTHER_REQUEST));
            } else if !is_announced {
                message::info(format_args!(
                    "waiting for another mfa-session to get the session of [{profile}]"
                ));
                is_announced = true;
            }
            thread::sleep(POLL_INTERVAL);
        }
    }
}

const OTHER_REQUEST: &str = "another mfa-session to send its code";

fn timed_out(profile: &str) -> Failure {
    let minutes = PROMPT_TIME.as_secs() / 60;
    let problem =
        format!("another mfa-session has waited {minutes} minutes for the code for [{profile}]");
    Failure::new(Status::NoCode, problem).hint("enter the code there, or stop that process")
}

/// Opens a lock file, which is empty and never deleted.
fn open(directory: &Path, name: &Path) -> io::Result<File> {
    // Create only the last two levels: never a missing home directory.
    for directory in directory.parent().into_iter().chain([directory]) {
        match private_directory().create(directory) {
            // Another process may have just created it.
            Err(_) if directory.is_dir() => {}
            created => created?,
        }
    }
    private_file().create(true).truncate(false).write(true).open(directory.join(name))
}

/// Depends only on the section and the file, not on the spelling of its path.
fn file_name(credentials_file: &Path, profile: &str) -> PathBuf {
    // The credentials file may appear while others wait, but its directory exists.
    let in_directory = || {
        let directory = fs::canonicalize(credentials_file.parent()?).ok()?;
        Some(directory.join(credentials_file.file_name()?))
    };
    let canonical = fs::canonicalize(credentials_file).ok().or_else(in_directory);
    let file = canonical.unwrap_or_else(|| credentials_file.to_owned());
    let section = format!("{}\n{profile}", file.display());
    let digest = digest::digest(&digest::SHA256, section.as_bytes());
    PathBuf::from(HEXLOWER.encode(&digest.as_ref()[..8]))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn releases_the_lock_when_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("credentials");
        let name = file_name(&file, "work").with_extension("lock");
        let try_lock = || open(directory.path(), &name).unwrap().try_lock();
        let take = |kind| SessionLock::take(kind, Some(directory.path()), &file, "work").unwrap();
        let lock = take(LockKind::Prompt);
        assert!(take(LockKind::Request).is_some(), "a prompt does not delay a code");
        assert!(try_lock().is_err());
        drop(lock);
        assert!(try_lock().is_ok());
    }

    #[test]
    fn concurrent_processes_share_a_new_directory() {
        for _ in 0..100 {
            let home = tempfile::tempdir().unwrap();
            let directory = home.path().join("cache/locks");
            let barrier = Barrier::new(4);
            let opens = || {
                barrier.wait();
                open(&directory, Path::new("work.lock")).is_ok()
            };
            thread::scope(|threads| {
                let all: Vec<_> = (0..4).map(|_| threads.spawn(opens)).collect();
                assert!(all.into_iter().all(|thread| thread.join().unwrap()));
            });
        }
    }

    #[test]
    fn locks_each_session_profile_of_each_file_separately() {
        let names = [("a", "x"), ("a", "y"), ("b", "x")];
        let names = names.map(|(file, profile)| file_name(Path::new(file), profile));
        assert!(names[0] != names[1] && names[0] != names[2] && names[1] != names[2]);
    }

    #[test]
    fn takes_no_lock_without_a_lock_directory() {
        let missing = Path::new("/dev/null/x");
        let file = Path::new("credentials");
        for directory in [None, Some(missing)] {
            let lock = SessionLock::take(LockKind::Prompt, directory, file, "work");
            assert!(lock.unwrap().is_none());
        }
    }
}
