//! Writes and clears the session profile in the credentials file.
//!
//! A rename replaces the whole file: a reader finds the old or the new one. A lock keeps concurrent
//! processes from losing each other's changes.

mod contents;
mod directory;
mod failures;
mod path;
mod temporary;

use std::{
    path::{Path, PathBuf},
    rc::Rc,
    sync::Once,
    thread,
};

use tempfile::NamedTempFile;

use super::secret_text;
use crate::{
    aws_files::{Document, SectionName, Value},
    environment::{is_unresolved, unknown_home},
    failure::{Failure, Status},
    input::MAX_AWS_FILE,
    message,
    secret::Secret,
    session::Session,
    session_profile::{self, ACCOUNT_ID},
    system::files::{check_replaceable, is_mount_point, replace, reserve, sync_directory},
};
use contents::Contents;
use directory::{RETRY_INTERVAL, lock};
use failures::{cannot_change, mounted, too_large, unwritable};
use path::{directory_of, real_path};

/// Other tools take no lock: give up after so many changes by another tool.
const MAX_ATTEMPTS: u32 = 10;

/// More bytes than a session needs: tokens of STS have some hundred.
const MAX_SESSION_LENGTH: usize = 4096;

/// In bytes: the client reads no longer response of STS.
const MAX_ANSWER: u64 = 1 << 20;

/// The session profile, in a credentials file that passed all checks.
#[derive(Debug)]
pub(super) struct SessionSection {
    /// Without symbolic links.
    path: PathBuf,
    profile: SectionName,
    /// The last document.
    known: Rc<Document>,
}

impl SessionSection {
    /// Checks that a session from `source` can be written to `profile`. Creates a missing
    /// directory, and leaves the file unchanged. Parses it unless it is as `known`.
    pub(super) fn open(
        file: &Path,
        profile: &SectionName,
        source: &str,
        known: &Rc<Document>,
    ) -> Result<Self, Failure> {
        if is_unresolved(file) {
            return Err(unknown_home().hint("or print the session: --export"));
        }
        let path = real_path(file)?;
        check_source(source)?;
        let directory = directory_of(&path);
        directory::create(directory)?;
        if is_mount_point(&path) {
            return Err(mounted(&path));
        }
        let _lock = lock(directory)?;
        temporary::sweep(directory);
        let contents = Contents::read(&path, profile, known)?;
        warn_once(&contents, &path);
        if contents.length() as u64 + MAX_ANSWER > MAX_AWS_FILE {
            return Err(too_large(&path, (MAX_AWS_FILE - MAX_ANSWER) >> 20));
        }
        let length = contents.length() + profile.as_str().len() + source.len();
        try_writing(&path, &contents, length + MAX_SESSION_LENGTH)?;
        let known = Rc::clone(&contents.document);
        drop(contents);
        check_replaceable(&path).map_err(|error| unwritable(&path, error))?;
        Ok(Self { path, profile: profile.clone(), known })
    }

    /// Writes the session to the current file.
    pub(super) fn write(&self, session: &Session, region: Option<&str>) -> Result<(), Failure> {
        let properties = session_profile::properties(session, region)
            .map_err(|why| Failure::new(Status::Local, format!("a part of the session {why}")))?;
        let old =
            self.change(|document| session_profile::store(document, &self.profile, &properties))?;
        self.report_replaced_role(&old, session);
        self.report_removed_account(&old, session);
        Ok(())
    }

    /// Removes only the sessions of these profiles from the current file.
    pub(super) fn clear(&self, profiles: &[SectionName]) -> Result<(), Failure> {
        self.change(|document| session_profile::clear(document, profiles)).map(drop)
    }

    /// Replaces the file with the result of `change`; returns the old document.
    fn change(&self, change: impl Fn(&Document) -> Secret) -> Result<Rc<Document>, Failure> {
        // Since `open`, the file may have become a symbolic link, which must stay one.
        let path = real_path(&self.path)?;
        let directory = directory_of(&path);
        let _lock = lock(directory)?;
        let (old, temporary) = self.prepare_change(&path, change)?;
        replace(temporary, &path).map_err(|error| unwritable(&path, error))?;
        if let Err(error) = sync_directory(directory) {
            // The file is replaced; only a power cut could undo that.
            message::warn(format_args!("cannot sync {}: {error}", directory.display()));
        }
        Ok(old)
    }

    /// Writes the new text to a temporary file. Starts again if the file changes meanwhile: other
    /// tools write without a lock, the AWS CLI even in place.
    fn prepare_change(
        &self,
        path: &Path,
        change: impl Fn(&Document) -> Secret,
    ) -> Result<(Rc<Document>, NamedTempFile), Failure> {
        for attempt in 1..MAX_ATTEMPTS {
            // An invalid file may be half written by another tool.
            if let Ok(contents) = Contents::read(path, &self.profile, &self.known) {
                let temporary = write_new(path, &contents, &change(&contents.document))?;
                // Another tool may have truncated it, to write it next.
                let may_be_truncated = attempt == 1 && contents.is_empty_file();
                if contents.is_unchanged(path) && !may_be_truncated {
                    return Ok((contents.document, temporary));
                }
            }
            thread::sleep(RETRY_INTERVAL);
        }
        let contents = Contents::read(path, &self.profile, &self.known)?;
        let temporary = write_new(path, &contents, &change(&contents.document))?;
        Ok((contents.document, temporary))
    }

    /// An SDK would send requests of the new session to that account's endpoints.
    fn report_removed_account(&self, old: &Document, session: &Session) {
        let section = old.section(self.profile.as_str());
        let account = section.and_then(|section| section.non_empty(ACCOUNT_ID));
        if account.is_some() && session.account.is_none() {
            message::warn(format_args!(
                "removed `{ACCOUNT_ID}` from [{}]: the session's account is unknown",
                self.profile
            ));
        }
    }

    /// Programs that use the profile would not notice another role in it.
    fn report_replaced_role(&self, old: &Document, session: &Session) {
        let section = old.section(self.profile.as_str());
        if let Some(role) = section.and_then(session_profile::role_of)
            && session.provenance.role.as_deref() != Some(role)
        {
            message::info(format_args!("replaced the session of {role} in [{}]", self.profile));
        }
    }
}

fn write_new(path: &Path, old: &Contents, text: &Secret) -> Result<NamedTempFile, Failure> {
    let mut temporary = temporary::create(path, old.file())?;
    secret_text::write_to(temporary.as_file_mut(), text)
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(|error| unwritable(path, error))?;
    Ok(temporary)
}

fn check_source(source: &str) -> Result<(), Failure> {
    Value::parse(Secret::new(source.to_owned())).map(drop).map_err(|why| {
        Failure::new(Status::Local, format!("the name of the source profile {why}: `{source}`"))
            .hint("rename it: the session profile records this name")
    })
}

/// Warns once per run: a role's session and its MFA session share the file.
fn warn_once(contents: &Contents, path: &Path) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| contents.warn(path));
}

/// Creates and deletes a file of this length, to detect a full disk or a read-only directory.
fn try_writing(path: &Path, contents: &Contents, length: usize) -> Result<(), Failure> {
    let mut temporary = temporary::create(path, contents.file())?;
    reserve(temporary.as_file_mut(), length as u64).map_err(|error| unwritable(path, error))?;
    temporary.close().map_err(|error| {
        // A second attempt to delete may succeed.
        temporary::sweep(directory_of(path));
        cannot_change(directory_of(path), "delete a file in", &error)
    })
}
