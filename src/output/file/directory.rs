//! Creates and locks the directory of the credentials file.

use std::{
    fs::{self, TryLockError},
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::failures::{cannot_change, cannot_lock, has_no_locks, locked};
use crate::{
    failure::Failure,
    message,
    system::{
        files::{DirectoryLock, private_directory},
        signals::SignalGuard,
    },
};

/// How long to wait for the lock.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long to wait before the message.
const SILENCE: Duration = Duration::from_secs(1);

pub(super) const RETRY_INTERVAL: Duration = Duration::from_millis(3);

/// Creates the directory with mode 0700 if it does not exist.
pub(super) fn create(path: &Path) -> Result<(), Failure> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(cannot_change(path, "read", &error));
        }
        _ => {}
    }
    private_directory()
        .recursive(true)
        .create(path)
        .map_err(|error| cannot_change(path, "create", &error))
}

/// The lock. It blocks signals, so that none leaves a temporary file.
pub(super) struct Lock {
    _lock: DirectoryLock,
    _signals: SignalGuard,
}

/// Waits until no other mfa-session writes in this directory. The kernel releases the lock when the
/// process ends.
///
/// Locks the directory: each write replaces the file and its lock, and a lock file would stay.
pub(super) fn lock(directory: &Path) -> Result<Lock, Failure> {
    let mut lock = DirectoryLock::open(directory).map_err(|error| cannot_lock(directory, error))?;
    let start = Instant::now();
    let mut progress = None;
    let mut is_announced = false;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Lock { _lock: lock, _signals: SignalGuard::block() }),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(cannot_lock(directory, error));
            }
            Err(TryLockError::Error(error)) => return Err(has_no_locks(directory, error)),
            Err(TryLockError::WouldBlock) if start.elapsed() >= TIMEOUT => {
                return Err(locked(directory));
            }
            Err(TryLockError::WouldBlock) => {}
        }
        let what = || format!("another program to unlock {}", directory.display());
        let progress = progress.get_or_insert_with(|| message::progress(&what()));
        if !is_announced && start.elapsed() > SILENCE && !progress.is_visible() {
            message::info(format_args!("waiting for {}", what()));
            is_announced = true;
        }
        thread::sleep(RETRY_INTERVAL);
    }
}
