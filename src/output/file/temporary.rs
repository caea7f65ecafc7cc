//! The temporary file that replaces the credentials file.

use std::{fs, fs::File, path::Path};

use tempfile::NamedTempFile;

use super::{
    failures::{cannot_change, foreign_owner, unwritable},
    path::directory_of,
};
use crate::{
    failure::Failure,
    system::files::{create_new, keep_owner, set_private_mode},
};

const PREFIX: &str = ".mfa-session-new-";

/// Random letters and digits after the prefix.
const RANDOM_LENGTH: usize = 6;

/// Creates an empty file with the owner of the old one; only the owner can read it.
pub(super) fn create(path: &Path, old: Option<&File>) -> Result<NamedTempFile, Failure> {
    let directory = directory_of(path);
    let temporary = tempfile::Builder::new()
        .prefix(PREFIX)
        .rand_bytes(RANDOM_LENGTH)
        .make_in(directory, create_new)
        .map_err(|error| cannot_change(directory, "write in", &error))?;
    match (old, File::open(directory)) {
        (Some(old), _) => {
            keep_owner(old, temporary.as_file()).map_err(|error| foreign_owner(path, error))?;
        }
        // If root writes in the home of a user, the new file must belong to the user. Only root can
        // change an owner: for other users this fails.
        (None, Ok(directory)) => drop(keep_owner(&directory, temporary.as_file())),
        (None, Err(_)) => {}
    }
    // A umask can remove the owner's permissions.
    set_private_mode(temporary.as_file()).map_err(|error| unwritable(path, error))?;
    Ok(temporary)
}

/// Deletes files of killed processes. Call it under the lock: no other process has such a file
/// then.
pub(super) fn sweep(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_temporary(&entry.file_name().to_string_lossy()) {
            // The next run tries again.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The directory may be a home directory: accept only names exactly as from `create`.
fn is_temporary(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|random| {
        random.len() == RANDOM_LENGTH && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
