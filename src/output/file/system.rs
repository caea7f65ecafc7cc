//! Owners, modes, locks and mounts, on Unix and elsewhere.

use std::{fs::File, io, path::Path};

/// Whether a file is a mount point, as in containers: a rename cannot replace it.
#[cfg(target_os = "linux")]
pub(super) fn is_mount_point(path: &Path) -> bool {
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
pub(super) fn is_mount_point(_: &Path) -> bool {
    false
}

/// Opens the file to lock for a directory.
#[cfg(unix)]
pub(super) fn open_lock(directory: &Path) -> io::Result<File> {
    File::open(directory)
}

/// Other systems cannot lock a directory: use a file in the directory for temporary files.
#[cfg(not(unix))]
pub(super) fn open_lock(_: &Path) -> io::Result<File> {
    let path = std::env::temp_dir().join("mfa-session.lock");
    std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

/// Gives the new file the owner and the group of the old one.
#[cfg(unix)]
pub(super) fn keep_owner(old: &File, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
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

#[cfg(not(unix))]
pub(super) fn keep_owner(_: &File, _: &File) -> io::Result<()> {
    Ok(())
}

/// Only the owner can read and write the file.
#[cfg(unix)]
pub(super) fn set_private_mode(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
pub(super) fn set_private_mode(_: &File) -> io::Result<()> {
    Ok(())
}

/// Whether other users have access to the file.
#[cfg(unix)]
pub(super) fn is_open_to_others(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(super) fn is_open_to_others(_: &File) -> bool {
    false
}

/// Makes a renamed file survive a power cut.
#[cfg(unix)]
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
