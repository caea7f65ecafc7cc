//! Files: owners, modes, mounts, locks.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Read as _},
    os::{
        fd::AsFd as _,
        unix::fs::{
            DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _,
            PermissionsExt as _, fchown,
        },
    },
    path::Path,
};

use rustix::fs::{Stat, fstat, stat};
#[cfg(target_os = "linux")]
use rustix::{
    fs::{FallocateFlags, fallocate},
    io::{Errno, retry_on_intr},
};
use tempfile::NamedTempFile;

/// Whether a file is a mount point, as in containers: a rename cannot replace it.
#[cfg(target_os = "linux")]
pub(crate) fn is_mount_point(path: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let mount = |path: &Path| {
        let found = statx(CWD, path, AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
        // Kernels before 5.8 return no mount IDs.
        (found.stx_mask & StatxFlags::MNT_ID.bits() != 0).then_some(found.stx_mnt_id)
    };
    match (mount(path), path.parent().and_then(mount)) {
        (Some(file), Some(directory)) => file != directory,
        _ => false,
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn is_mount_point(_: &Path) -> bool {
    false
}

/// Creates directories that only the user can enter.
pub(crate) fn private_directory() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

/// Creates files that only the user can read and write.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// The lock of a directory, which the system releases when the process ends.
///
/// Locks the directory itself: each write replaces the file in it, and a lock file would stay.
pub(crate) struct DirectoryLock(File);

impl DirectoryLock {
    pub(crate) fn open(directory: &Path) -> io::Result<Self> {
        File::open(directory).map(Self)
    }

    pub(crate) fn try_lock(&mut self) -> Result<(), TryLockError> {
        self.0.try_lock()
    }
}

/// Gives the new file the owner and the group of the old one.
pub(crate) fn keep_owner(old: &File, new: &File) -> io::Result<()> {
    let (old, current) = (old.metadata()?, new.metadata()?);
    if (old.uid(), old.gid()) == (current.uid(), current.gid()) {
        return Ok(());
    }
    // The group may differ: mode 0600 gives it no access.
    match fchown(new, Some(old.uid()), Some(old.gid())) {
        Err(_) if old.uid() == current.uid() => Ok(()),
        Err(_) => fchown(new, Some(old.uid()), None),
        result => result,
    }
}

/// Only the owner can read and write the file.
pub(crate) fn set_private_mode(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Whether other users have access to the file.
pub(crate) fn is_open_to_others(file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Opens a file.
pub(crate) fn open(options: &OpenOptions, path: &Path) -> io::Result<File> {
    options.open(path)
}

/// Whether another program prevents the use of a file by having it open: never on Unix.
pub(crate) fn is_in_use(_: &io::Error) -> bool {
    false
}

/// Checks that a rename can replace the file. On Unix, only its directory matters.
pub(crate) fn check_replaceable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Creates a file that only the user can read and write; fails if it exists.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    private_file().read(true).write(true).create_new(true).open(path)
}

/// Takes disk space for an empty file, and fails if there is not enough.
pub(crate) fn reserve(file: &mut File, length: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    match retry_on_intr(|| fallocate(&*file, FallocateFlags::empty(), 0, length)) {
        // Some network file systems.
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => {}
        reserved => return Ok(reserved?),
    }
    io::copy(&mut io::repeat(0).take(length), file).map(drop)
}

/// Renames the new file to the path of the old one.
pub(crate) fn replace(new: NamedTempFile, path: &Path) -> io::Result<()> {
    new.persist(path).map(drop).map_err(|error| error.error)
}

/// Makes a renamed file survive a power cut.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Whether the path is a named pipe, from which a read would wait for a writer.
pub(crate) fn is_pipe(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

/// Standard input, without a buffer.
pub(crate) fn stdin() -> io::Result<File> {
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Whether standard output is the null device, which Rust also opens if it is closed.
pub(crate) fn stdout_is_null() -> bool {
    let identity = |stat: Stat| (stat.st_rdev, stat.st_ino);
    match (fstat(io::stdout()), stat("/dev/null")) {
        (Ok(stdout), Ok(null)) => identity(stdout) == identity(null),
        _ => false,
    }
}
