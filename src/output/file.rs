//! Writes and clears the session profile in the credentials file.
//!
//! The file is replaced as a whole: at every moment it is the old or the new one. A lock keeps
//! processes that write at the same time from losing each other's changes.

mod contents;
mod directory;
mod failures;
mod path;
mod system;
mod temporary;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Once,
    thread,
};

use tempfile::NamedTempFile;

use super::secret_text;
use crate::{
    aws_files::{Document, SectionName, Value},
    failure::{Failure, Status},
    message,
    secret::Secret,
    session::Session,
    session_profile,
};
use contents::Contents;
use directory::{RETRY_INTERVAL, lock};
use failures::{cannot_change, mounted, unwritable};
use path::{directory_of, real_path};
use system::{is_mount_point, sync_directory};

/// How often a file that another tool keeps changing is read: such a tool takes no lock, but does
/// not write all the time either.
const MAX_ATTEMPTS: u32 = 10;

/// More bytes than a session takes: STS's tokens have some hundred.
const MAX_SESSION_LENGTH: usize = 4096;

/// The session profile: a section of a credentials file that was writable a moment ago.
#[derive(Debug)]
pub(super) struct SessionSection {
    /// Without symbolic links.
    path: PathBuf,
    profile: SectionName,
}

impl SessionSection {
    /// Checks that a session from `source` can be written to `profile`. Creates the directory if it
    /// is missing, and leaves the file unchanged.
    pub(super) fn open(file: &Path, profile: &SectionName, source: &str) -> Result<Self, Failure> {
        let path = real_path(file)?;
        check_source(source)?;
        let directory = directory_of(&path);
        directory::create(directory)?;
        if is_mount_point(&path) {
            return Err(mounted(&path));
        }
        let _lock = lock(directory)?;
        temporary::sweep(directory);
        let contents = Contents::read(&path, profile)?;
        warn_once(&contents, &path);
        let length = contents.length() + profile.as_str().len() + source.len();
        try_writing(&path, &contents, length + MAX_SESSION_LENGTH)?;
        Ok(Self { path, profile: profile.clone() })
    }

    /// Writes the session to the file as it is now.
    pub(super) fn write(&self, session: &Session) -> Result<(), Failure> {
        let properties = session_profile::properties(session)
            .map_err(|why| Failure::new(Status::Local, format!("a part of the session {why}")))?;
        let set: Vec<_> = properties.iter().map(|(key, value)| (*key, value)).collect();
        let remove = session_profile::keys_to_remove(&properties);
        let old = self.change(|document| document.replace(&self.profile, &set, &remove))?;
        self.tell_replaced_role(&old, session);
        Ok(())
    }

    /// Removes the session from the file as it is now, and nothing else.
    pub(super) fn clear(&self) -> Result<(), Failure> {
        let remove = session_profile::keys_to_remove(&[]);
        self.change(|document| document.clear(&self.profile, &remove)).map(drop)
    }

    /// Replaces the file by the result of `change`; returns the old document.
    fn change(&self, change: impl Fn(&Document) -> Secret) -> Result<Document, Failure> {
        // The file may have become a symbolic link since `open`, which must stay one.
        let path = real_path(&self.path)?;
        let directory = directory_of(&path);
        let _lock = lock(directory)?;
        let (old, temporary) = self.prepare_change(&path, change)?;
        temporary.persist(&path).map_err(|error| unwritable(&path, error.error))?;
        if let Err(error) = sync_directory(directory) {
            // The file is replaced; only a power cut now could undo that.
            message::warn(format_args!("cannot sync {}: {error}", directory.display()));
        }
        Ok(old)
    }

    /// Writes the new text to a temporary file. Some tools write without a lock, the AWS CLI even
    /// in place: if the file changes meanwhile, starts again.
    fn prepare_change(
        &self,
        path: &Path,
        change: impl Fn(&Document) -> Secret,
    ) -> Result<(Document, NamedTempFile), Failure> {
        for attempt in 1..MAX_ATTEMPTS {
            // The file can be invalid because another tool has written half of it.
            if let Ok(contents) = Contents::read(path, &self.profile) {
                let temporary = write_new(path, &contents, &change(&contents.document))?;
                // It can be empty because another tool is about to write it.
                let may_be_truncated = attempt == 1 && contents.is_empty_file();
                if contents.is_unchanged(path) && !may_be_truncated {
                    return Ok((contents.document, temporary));
                }
            }
            thread::sleep(RETRY_INTERVAL);
        }
        let contents = Contents::read(path, &self.profile)?;
        let temporary = write_new(path, &contents, &change(&contents.document))?;
        Ok((contents.document, temporary))
    }

    /// Roles of two accounts may share a name, and programs that use the profile would not notice.
    fn tell_replaced_role(&self, old: &Document, session: &Session) {
        let section = old.section(self.profile.as_str());
        if let Some(role) = section.and_then(session_profile::role_of)
            && session.provenance.role.as_deref() != Some(role)
        {
            message::info(format_args!("[{}] held a session of {role} before", self.profile));
        }
    }
}

/// Writes a temporary file that is to replace the old one.
fn write_new(path: &Path, old: &Contents, text: &Secret) -> Result<NamedTempFile, Failure> {
    let mut temporary = temporary::create(path, old.file())?;
    secret_text::write_to(temporary.as_file_mut(), text)
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(|error| unwritable(path, error))?;
    Ok(temporary)
}

fn check_source(source: &str) -> Result<(), Failure> {
    Value::parse(Secret::new(source.to_owned())).map(drop).map_err(|why| {
        Failure::new(Status::Local, format!("the profile's name {why}: `{source}`"))
            .hint("rename the profile: the session profile must name it")
    })
}

/// Warns only once per run: the session of a role and its MFA session go to the same file.
fn warn_once(contents: &Contents, path: &Path) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| contents.warn(path));
}

/// Writes and deletes a file of this length: the disk may be full, or the directory read-only.
fn try_writing(path: &Path, contents: &Contents, length: usize) -> Result<(), Failure> {
    let mut temporary = temporary::create(path, contents.file())?;
    let written = temporary.as_file_mut().write_all(&vec![0; length]);
    written.map_err(|error| unwritable(path, error))?;
    temporary.close().map_err(|error| {
        // A second attempt may succeed.
        temporary::sweep(directory_of(path));
        cannot_change(directory_of(path), "delete a file in", &error)
    })
}
