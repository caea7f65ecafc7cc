//! Where a session goes that can't go where it should: a file in a directory that is there for
//! such things, for nobody else to read. STS has answered and the code is spent; the keys must not
//! be lost with a full disk.

use std::{io::Write as _, path::PathBuf};

use super::{Destination, format::quoted_for_shell};
use crate::{credentials::Session, failure::Failure, session_profile};

/// Saves the session; the failure then says where.
pub(super) fn save(session: &Session, place: &Destination, failure: Failure) -> Failure {
    match place.rescue.iter().find_map(|directory| save_in(directory, session, place)) {
        Some(path) => failure.hint(format!(
            "the session is not lost: AWS_SHARED_CREDENTIALS_FILE={} AWS_PROFILE={}",
            quoted_for_shell(&path.to_string_lossy()),
            place.profile
        )),
        None => failure.hint("the session is lost, and the code is spent: give the next one"),
    }
}

fn save_in(directory: &PathBuf, session: &Session, place: &Destination) -> Option<PathBuf> {
    let text = session_profile::alone(session, &place.profile).ok()?;
    // Its mode is 0600 from the beginning.
    let mut file = tempfile::Builder::new().prefix("mfa-session-").tempfile_in(directory).ok()?;
    file.write_all(text.expose().as_bytes()).ok()?;
    let (_, path) = file.keep().ok()?;
    Some(path)
}
