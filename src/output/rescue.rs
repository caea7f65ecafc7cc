//! Saves an undelivered session: the code is spent, and a full disk must not cost the session.

use std::path::{Path, PathBuf};

use super::{destination::Destination, secret_text};
use crate::{failure::Failure, message, session::Session, session_profile};

/// Saves the session in a file that only the user can read, and reports its path. If no directory
/// is writable, adds a hint to the failure.
pub(super) fn save(session: &Session, destination: &Destination, failure: Failure) -> Failure {
    let mut directories = destination.rescue_directories.iter();
    let saved = directories.find_map(|directory| save_in(directory, session, destination));
    let Some(path) = saved else {
        return failure.hint("the session is lost and the code is spent: give the next one");
    };
    message::warn(format_args!(
        "saved the session in another file; to use it, set AWS_SHARED_CREDENTIALS_FILE={} \
         AWS_PROFILE={}",
        message::word(&path.to_string_lossy()),
        message::word(destination.profile.as_str())
    ));
    failure
}

fn save_in(directory: &Path, session: &Session, destination: &Destination) -> Option<PathBuf> {
    let text = session_profile::credentials_file(
        session,
        &destination.profile,
        destination.context.profile_region.as_deref(),
    )
    .ok()?;
    // `tempfile` creates it with mode 0600.
    let mut file = tempfile::Builder::new().prefix("mfa-session-").tempfile_in(directory).ok()?;
    secret_text::write_to(&mut file, &text).ok()?;
    let (_, path) = file.keep().ok()?;
    Some(path)
}
