//! What systems do differently: owners, modes, locks, mounts.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::Path,
};

/// Whether a file is a mount of its own, as in containers: it can't be renamed over.
#[cfg(target_os = "linux")]
pub(super) fn is_mount_point(path: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let mount = |path: &Path| {
        let found = statx(CWD, path, AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
        // The kernel says which fields it knows.
        (found.stx_mask & StatxFlags::MNT_ID.bits() != 0).then_some(found.stx_mnt_id)
    };
    match (mount(path), path.parent().and_then(mount)) {
        (Some(file), Some(directory)) => file != directory,
        _ => false,
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_mount_point(_: &Path) -> bool {
    false
}

#[cfg(unix)]
pub(super) fn open_lock(directory: &Path) -> io::Result<File> {
    File::open(directory)
}

/// A directory can't be locked here: a file among the temporary ones stands for it.
#[cfg(not(unix))]
pub(super) fn open_lock(_: &Path) -> io::Result<File> {
    let path = std::env::temp_dir().join("mfa-session.lock");
    fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

/// The names in a directory. `fs::read_dir` panics where a directory can't be closed.
#[cfg(unix)]
pub(super) fn names(directory: &Path) -> io::Result<Vec<OsString>> {
    use std::os::unix::ffi::OsStringExt as _;
    let entries = rustix::fs::Dir::new(File::open(directory)?)?.map_while(Result::ok);
    Ok(entries.map(|entry| OsString::from_vec(entry.file_name().to_bytes().to_vec())).collect())
}

#[cfg(not(unix))]
pub(super) fn names(directory: &Path) -> io::Result<Vec<OsString>> {
    Ok(fs::read_dir(directory)?.flatten().map(|entry| entry.file_name()).collect())
}

/// Gives the new file the owner and the group of the old one, where they differ.
#[cfg(unix)]
pub(super) fn keep_owner(old: &File, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let (old, now) = (old.metadata()?, new.metadata()?);
    if (old.uid(), old.gid()) == (now.uid(), now.gid()) {
        return Ok(());
    }
    // The group can do nothing with a file of mode 0600: it is kept where that is allowed.
    match fchown(new, Some(old.uid()), Some(old.gid())) {
        Err(_) if old.uid() == now.uid() => Ok(()),
        Err(_) => fchown(new, Some(old.uid()), None),
        done => done,
    }
}

#[cfg(unix)]
pub(super) fn own_mode(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
pub(super) fn own_mode(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn keep_owner(_: &File, _: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(super) fn is_open_to_others(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(super) fn is_open_to_others(_: &File) -> bool {
    false
}

/// Makes the new name outlast a power cut.
#[cfg(unix)]
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
