//! Files: locks, replacing a file that others read.
//!
//! A new file inherits the access of its directory: in a user's profile, only the user, the
//! administrators and the system have access.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, IsTerminal as _, Read as _},
    os::windows::{fs::OpenOptionsExt as _, io::AsHandle as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use tempfile::NamedTempFile;
use winapi_util::HandleRef;

/// Windows allows no mount point that is a file.
pub(crate) fn is_mount_point(_: &Path) -> bool {
    false
}

/// Creates directories that only the user can enter.
pub(crate) fn private_directory() -> DirBuilder {
    DirBuilder::new()
}

/// Creates files that only the user can read and write.
pub(crate) fn private_file() -> OpenOptions {
    OpenOptions::new()
}

/// The lock of a directory, which the system releases when the process ends.
///
/// Windows cannot lock a directory: the lock is a file in it, which no other process can open, and
/// which Windows deletes when it is closed.
pub(crate) struct DirectoryLock {
    path: PathBuf,
    file: Option<File>,
}

impl DirectoryLock {
    pub(crate) fn open(directory: &Path) -> io::Result<Self> {
        Ok(Self { path: directory.join(".mfa-session-lock"), file: None })
    }

    pub(crate) fn try_lock(&mut self) -> Result<(), TryLockError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        options.share_mode(NOT_SHARED).custom_flags(FILE_FLAG_DELETE_ON_CLOSE);
        // The previous owner's file may be just about to disappear: access is denied then.
        match retry(|| options.open(&self.path), is_denied, DELETION_TIME) {
            Ok(file) => self.file = Some(file),
            Err(error) if is_in_use(&error) => return Err(TryLockError::WouldBlock),
            Err(error) => return Err(TryLockError::Error(error)),
        }
        Ok(())
    }
}

/// Windows keeps a file's owner for a user's own files; another owner is not kept.
pub(crate) fn keep_owner(_: &File, _: &File) -> io::Result<()> {
    Ok(())
}

/// Nothing to do: the file inherits its access.
pub(crate) fn set_private_mode(_: &File) -> io::Result<()> {
    Ok(())
}

/// Whether other users have access to the file. Reading its access control list requires unsafe
/// code: unknown.
pub(crate) fn is_open_to_others(_: &File) -> bool {
    false
}

/// Opens a file. Waits while another program has it open without sharing it.
pub(crate) fn open(options: &OpenOptions, path: &Path) -> io::Result<File> {
    retry(|| options.open(path), is_in_use, OPEN_PATIENCE)
}

/// Whether another program prevents the use of a file by having it open without sharing it.
pub(crate) fn is_in_use(error: &io::Error) -> bool {
    error.raw_os_error() == Some(ERROR_SHARING_VIOLATION)
}

/// Checks that a rename can replace the file: waits while another program has it open without
/// sharing its deletion.
pub(crate) fn check_replaceable(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.access_mode(DELETE);
    match open(&options, path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Creates a file; fails if it exists.
///
/// `tempfile` would mark it as temporary, which a rename keeps.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Takes disk space for an empty file, and fails if there is not enough.
pub(crate) fn reserve(file: &mut File, length: u64) -> io::Result<()> {
    io::copy(&mut io::repeat(0).take(length), file).map(drop)
}

/// Renames the new file to the path of the old one. Waits while another program has the old one
/// open without sharing its deletion.
pub(crate) fn replace(new: NamedTempFile, path: &Path) -> io::Result<()> {
    let new = new.into_temp_path();
    let is_busy = |error: &io::Error| is_in_use(error) || is_denied(error);
    let replaced = retry(|| fs::rename(&new, path), is_busy, REPLACE_PATIENCE);
    // Windows denies access for several reasons: report that the file is in use, if it is.
    replaced.map_err(|error| check_replaceable(path).err().unwrap_or(error))
}

/// Windows writes the journal of its file system by itself.
pub(crate) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Named pipes have a name space of their own on Windows.
pub(crate) fn is_pipe(_: &Path) -> bool {
    false
}

/// Standard input, without a buffer.
pub(crate) fn stdin() -> io::Result<File> {
    Ok(io::stdin().as_handle().try_clone_to_owned()?.into())
}

/// Whether standard output is closed, or the null device: a device that is no console.
pub(crate) fn stdout_is_null() -> bool {
    let kind = winapi_util::file::typ(HandleRef::stdout());
    !io::stdout().is_terminal() && !kind.is_ok_and(|kind| kind.is_disk() || kind.is_pipe())
}

/// Repeats an operation while it fails for a reason that passes.
fn retry<T>(
    mut operation: impl FnMut() -> io::Result<T>,
    passes: impl Fn(&io::Error) -> bool,
    patience: Duration,
) -> io::Result<T> {
    let deadline = Instant::now() + patience;
    loop {
        match operation() {
            Err(error) if passes(&error) && Instant::now() < deadline => {}
            result => return result,
        }
        thread::sleep(RETRY_INTERVAL);
    }
}

fn is_denied(error: &io::Error) -> bool {
    error.raw_os_error() == Some(ERROR_ACCESS_DENIED)
}

/// How long to wait for programs that have a file open: a virus scanner has it for a moment.
const OPEN_PATIENCE: Duration = Duration::from_secs(2);

/// How long delivery waits for programs that have the credentials file open: the code is spent.
const REPLACE_PATIENCE: Duration = Duration::from_secs(10);

/// How long Windows may take to delete a closed file.
const DELETION_TIME: Duration = Duration::from_millis(100);

const RETRY_INTERVAL: Duration = Duration::from_millis(3);

const ERROR_ACCESS_DENIED: i32 = 5;
const ERROR_SHARING_VIOLATION: i32 = 32;
const NOT_SHARED: u32 = 0;
const DELETE: u32 = 0x0001_0000;
const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
