//! The directory of the credentials file: in it stands the new file while it is written, and it is
//! locked meanwhile.

use std::{
    fs::{self, File},
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::system::{names, open_lock};
use crate::{
    failure::{Failure, Status},
    message,
    signals::{self, SignalGuard},
};

/// Creates the directory, for nobody else to look into, if it is not there.
pub(super) fn create(path: &Path) -> Result<(), Failure> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(cannot_change(path, "read", &error));
        }
        _ => {}
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| cannot_change(path, "create", &error))
}

/// The name of a temporary file, which stands behind the error, tells nobody anything.
pub(super) fn cannot_change(directory: &Path, verb: &str, error: &io::Error) -> Failure {
    let why = error.to_string();
    let why = why.split(" at path ").next().unwrap_or_default();
    let what = format!("cannot {verb} {}: {why}", directory.display());
    Failure::new(Status::Here, what)
        .hint("make the directory writable for you, or print the session: --export")
}

/// Removes what a run left behind that was killed between its first write and its last. Whoever
/// holds the lock is the only one with such a file.
pub(super) fn sweep(directory: &Path) {
    for name in names(directory).unwrap_or_default() {
        let path = directory.join(&name);
        if is_temporary(&name.to_string_lossy())
            && fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file())
        {
            // What can't be removed now may be the next time.
            let _ = fs::remove_file(path);
        }
    }
}

/// Whether a file of this name can only be ours: the directory may be somebody's home.
fn is_temporary(name: &str) -> bool {
    name.strip_prefix(TEMPORARY).is_some_and(|rest| {
        rest.len() == RANDOM && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// How the names of temporary files begin, and how many random letters and digits follow.
pub(super) const TEMPORARY: &str = ".mfa-session-new-";
pub(super) const RANDOM: usize = 6;

/// A directory in which nobody else writes. No signal leaves a temporary file behind in it.
pub(super) struct Locked {
    // The lock goes first.
    _file: File,
    _held: SignalGuard,
}

/// Waits until nobody else writes in this directory. The kernel ends the lock with the process.
///
/// It is the directory that is locked, because the file itself is another one after each write,
/// and a lock file would stay behind.
pub(super) fn lock(directory: &Path) -> Result<Locked, Failure> {
    let cannot_lock = || format!("cannot lock {}", directory.display());
    let failed = |error| {
        Failure::from(anyhow::Error::new(error).context(cannot_lock()))
            .hint("make the directory readable for you, or print the session: --export")
    };
    let file = open_lock(directory).map_err(failed)?;
    let begin = Instant::now();
    let mut is_told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Locked { _file: file, _held: signals::block() }),
            Err(fs::TryLockError::WouldBlock) if begin.elapsed() < TIMEOUT => {
                if !is_told && begin.elapsed() > SILENCE {
                    let directory = directory.display();
                    message::info(format_args!("waiting for another program to leave {directory}"));
                    is_told = true;
                }
                thread::sleep(PAUSE);
            }
            Err(fs::TryLockError::WouldBlock) => {
                let what = format!("{}: another program holds it", cannot_lock());
                return Err(Failure::new(Status::Here, what).hint("try again"));
            }
            Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}

const TIMEOUT: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(1);
pub(super) const PAUSE: Duration = Duration::from_millis(3);
