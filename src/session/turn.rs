//! One question for many processes: those that need the same session take turns, and find it when
//! it is theirs. The kernel ends a turn with its process.
//!
//! Apart from the lock for writing, which nobody holds while a person types.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use data_encoding::HEXLOWER;
use ring::digest;

use super::{Method, SessionRequest};
use crate::{
    code,
    failure::{Failure, Status},
    message,
};

/// The turn of this process, until it is dropped.
#[derive(Debug)]
pub struct PromptLock {
    _lock: Option<File>,
}

/// How long the others may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Patience {
    /// As long as a person may need to answer.
    ForAPerson,
    /// Not longer than a code is good.
    ForACode,
}

impl PromptLock {
    /// The turn to do a job for which a code is needed, and whose session others will find. Others
    /// need no turn.
    pub fn of(job: &SessionRequest) -> Result<Option<Self>, Failure> {
        let SessionRequest { recipe: Method::Mfa(mfa), place, .. } = job else { return Ok(None) };
        if !place.is_shared() {
            return Ok(None);
        }
        let patience = match mfa.code {
            code::Origins::Sourced(_) => Patience::ForACode,
            // It is to fail at once.
            code::Origins::Nowhere(_) => return Ok(None),
            _ => Patience::ForAPerson,
        };
        let profile = place.profile.as_str();
        Self::take(place.turns.as_deref(), &place.file, profile, patience).map(Some)
    }

    /// Waits for the turn to get the session that stands in `profile` of `file`. Where there is no
    /// place for locks, everybody's turn is now; as it is where a code can't wait any longer.
    fn take(
        directory: Option<&Path>,
        file: &Path,
        profile: &str,
        patience: Patience,
    ) -> Result<Self, Failure> {
        let Some(lock) = directory.and_then(|directory| open(directory, file, profile).ok()) else {
            return Ok(Self { _lock: None });
        };
        let limit = match patience {
            Patience::ForAPerson => Duration::from_secs(300),
            Patience::ForACode => Duration::from_secs(20),
        };
        let deadline = Instant::now() + limit;
        let mut is_told = false;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { _lock: Some(lock) }),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    if !is_told {
                        message::info(format_args!(
                            "waiting for another mfa-session that gets the session of [{profile}]"
                        ));
                        is_told = true;
                    }
                    thread::sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) if patience == Patience::ForAPerson => {
                    let what = format!(
                        "another mfa-session still waits for the code for [{profile}], after 5 \
                         minutes"
                    );
                    return Err(Failure::new(Status::NoCode, what)
                        .hint("answer it, or end it: pkill mfa-session"));
                }
                // The locks of some file systems do not work.
                Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {
                    return Ok(Self { _lock: None });
                }
            }
        }
    }
}

/// The file that stands for a session profile; it stays, and is empty.
fn open(directory: &Path, file: &Path, profile: &str) -> io::Result<File> {
    // A home that is not there is not made.
    for directory in directory.parent().into_iter().chain([directory]) {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(directory) {
            // Others make it, too, at the same moment.
            Err(_) if directory.is_dir() => {}
            made => made?,
        }
    }
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(directory.join(name(file, profile)))
}

/// The same for all who mean the same section of the same file.
fn name(file: &Path, profile: &str) -> PathBuf {
    // It may come to be while others wait for it; its directory is there.
    let in_directory = || {
        let directory = fs::canonicalize(file.parent()?).ok()?;
        Some(directory.join(file.file_name()?))
    };
    let found = fs::canonicalize(file).ok().or_else(in_directory);
    let file = found.unwrap_or_else(|| file.to_owned());
    let whole = format!("{}\n{profile}", file.display());
    let digest = digest::digest(&digest::SHA256, whole.as_bytes());
    PathBuf::from(format!("{}.lock", HEXLOWER.encode(&digest.as_ref()[..8])))
}

/// Short, as the others are waiting for a person.
const PAUSE: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn a_turn_ends_when_it_is_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("credentials");
        let lock = || open(directory.path(), &file, "work").unwrap();
        let turn =
            PromptLock::take(Some(directory.path()), &file, "work", Patience::ForAPerson).unwrap();
        assert!(lock().try_lock().is_err());
        drop(turn);
        assert!(lock().try_lock().is_ok());
    }

    #[test]
    fn processes_that_begin_together_find_the_same_place() {
        for _ in 0..100 {
            let home = tempfile::tempdir().unwrap();
            let directory = home.path().join("cache/locks");
            let together = Barrier::new(4);
            let opens = || {
                together.wait();
                open(&directory, Path::new("credentials"), "work").is_ok()
            };
            thread::scope(|threads| {
                let all: Vec<_> = (0..4).map(|_| threads.spawn(opens)).collect();
                assert!(all.into_iter().all(|thread| thread.join().unwrap()));
            });
        }
    }

    #[test]
    fn each_session_profile_of_each_file_has_turns_of_its_own() {
        let names = [("a", "x"), ("a", "y"), ("b", "x")];
        let names = names.map(|(file, profile)| name(Path::new(file), profile));
        assert!(names[0] != names[1] && names[0] != names[2] && names[1] != names[2]);
    }

    #[test]
    fn without_a_place_for_locks_it_is_everybodys_turn() {
        let nowhere = Path::new("/dev/null/x");
        let file = Path::new("credentials");
        for directory in [None, Some(nowhere)] {
            assert!(PromptLock::take(directory, file, "work", Patience::ForAPerson).is_ok());
        }
    }
}
