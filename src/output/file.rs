//! The session profile in the credentials file. The file is replaced as a whole: at every instant
//! it is the old one or the new one, and two that write at once lose nothing of each other's.

mod directory;
mod system;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Once,
    thread,
};

use anyhow::Context as _;
use tempfile::NamedTempFile;

use crate::{
    aws_files::{Document, SectionName, Value},
    credentials::Session,
    failure::{Failure, Status},
    message,
    secret::Secret,
    session_profile::{self, Keys},
};
use directory::{PAUSE, RANDOM, TEMPORARY, cannot_change, lock, sweep};
use system::{is_mount_point, is_open_to_others, keep_owner, own_mode, sync_directory};

/// A section of a file that is known to be writable.
#[derive(Debug)]
pub(super) struct Target {
    /// The file itself, behind all symbolic links.
    path: PathBuf,
    profile: SectionName,
}

impl Target {
    /// Finds the file and makes sure that a session from `source` can be written to `profile`: by
    /// writing a file of that size beside it, which goes again.
    pub(super) fn open(file: &Path, profile: &SectionName, source: &str) -> Result<Self, Failure> {
        let target = Self { path: real_path(file)?, profile: profile.clone() };
        let source = Value::parse(Secret::new(source.to_owned())).map_err(|why| {
            Failure::new(Status::Here, format!("the profile's name {why}: `{source}`"))
                .hint("rename the profile: the session profile must name it")
        })?;
        directory::create(target.directory())?;
        if is_mount_point(&target.path) {
            let what = format!("{} is mounted, and can't be replaced", target.path.display());
            return Err(Failure::new(Status::Here, what)
                .hint("mount its directory instead, or print the session: --export"));
        }
        let _lock = lock(target.directory())?;
        sweep(target.directory());
        let old = target.read()?;
        // Two sessions of one run go to the same file.
        WARNED.call_once(|| old.warn(&target.path));
        let length = old
            .document
            .replace(profile, &[(session_profile::SOURCE, &source)], &[])
            .expose()
            .len();
        let temporary = target.prepare(&old, &vec![0; length + ROOM])?;
        temporary.close().map_err(|error| {
            // It may have been for once.
            sweep(target.directory());
            cannot_change(target.directory(), "delete a file in", &error)
        })?;
        Ok(target)
    }

    /// Writes the session into the file as it is now.
    pub(super) fn write(&self, session: &Session) -> Result<(), Failure> {
        let properties = session_profile::properties(session)
            .map_err(|why| Failure::new(Status::Here, format!("a part of the session {why}")))?;
        let set: Vec<_> = properties.iter().map(|(key, value)| (*key, value)).collect();
        let stale = session_profile::stale(&properties);
        let before = self.change(|document| document.replace(&self.profile, &set, &stale))?;
        // Roles of two accounts may share a name, and what uses the profile would not know.
        let before = before.section(self.profile.as_str());
        if let Some(role) = before.as_ref().and_then(session_profile::role)
            && session.provenance.role.as_deref() != Some(role)
        {
            message::info(format_args!("[{}] held a session of {role} before", self.profile));
        }
        Ok(())
    }

    /// Takes the session out of the file as it is now; all else that stands there stays.
    pub(super) fn clear(&self) -> Result<(), Failure> {
        let stale = session_profile::stale(&[]);
        self.change(|document| document.clear(&self.profile, &stale)).map(drop)
    }

    /// Replaces the file by what `change` makes of it; yields what it was. Some write without our
    /// lock, the AWS CLI even in place: what they wrote meanwhile is kept, as far as it is there
    /// just before the end.
    fn change(&self, change: impl Fn(&Document) -> Secret) -> Result<Document, Failure> {
        // It may have become a link since, which is to stay one.
        let now = Self { path: real_path(&self.path)?, profile: self.profile.clone() };
        now.replace(change)
    }

    fn replace(&self, change: impl Fn(&Document) -> Secret) -> Result<Document, Failure> {
        let _lock = lock(self.directory())?;
        let mut attempt = 1;
        let (old, temporary) = loop {
            let is_last = attempt == MOST_ATTEMPTS;
            match self.read() {
                Ok(old) => {
                    let temporary =
                        self.prepare(&old, change(&old.document).expose().as_bytes())?;
                    temporary.as_file().sync_all().map_err(|error| self.unwritable(error))?;
                    // Somebody may just begin to write an empty file.
                    let is_begun = attempt == 1 && old.file.is_some() && old.document.is_of(b"");
                    if is_last || (self.is_still(&old) && !is_begun) {
                        break (old.document, temporary);
                    }
                }
                // It may be half of what somebody writes.
                Err(failure) if is_last => return Err(failure),
                Err(_) => {}
            }
            attempt += 1;
            thread::sleep(PAUSE);
        };
        temporary.persist(&self.path).map_err(|error| self.unwritable(error.error))?;
        if let Err(error) = sync_directory(self.directory()) {
            // It is there; whether it outlasts a power cut, only the system knows.
            let directory = self.directory().display();
            message::warn(format_args!("cannot sync {directory}: {error}"));
        }
        Ok(old)
    }

    /// The file as it is, with a section for the session that may be overwritten.
    fn read(&self) -> Result<Old, Failure> {
        // A pipe would be waited for, a link replaced.
        if self.is_something_else() {
            return Err(no_file(&self.path));
        }
        let (bytes, file) = match OpenOptions::new().read(true).write(true).open(&self.path) {
            Ok(mut file) => {
                let mut bytes = Vec::new();
                io::Read::read_to_end(&mut file, &mut bytes)
                    .map_err(|error| unreadable(&self.path, error))?;
                (bytes, Some(file))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Vec::new(), None),
            Err(error) => return Err(self.unwritable(error)),
        };
        let document = session_profile::parse(&self.path, bytes)?;
        let keys =
            document.section(self.profile.as_str()).map(|section| session_profile::keys(&section));
        match keys {
            None | Some(Keys::None | Keys::Temporary) => Ok(Old { document, file }),
            Some(Keys::LongTerm(_) | Keys::Half { .. }) => Err(Failure::new(
                Status::Here,
                format!(
                    "[{}] in {} holds long-term keys, which are never overwritten",
                    self.profile,
                    self.path.display()
                ),
            )
            .hint("name another session profile: --to NAME")),
        }
    }

    /// Whether the file is still what was read.
    fn is_still(&self, old: &Old) -> bool {
        if self.is_something_else() {
            return false;
        }
        match (fs::read(&self.path), &old.file) {
            (Ok(bytes), Some(_)) => old.document.is_of(&bytes),
            (Err(error), None) => error.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }

    /// Whether there is something by that name that is no file, or no longer one.
    fn is_something_else(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|metadata| !metadata.is_file())
    }

    /// A temporary file beside the real one, with the bytes, the owner and the mode of the new one.
    fn prepare(&self, old: &Old, bytes: &[u8]) -> Result<NamedTempFile, Failure> {
        // Nobody else can read it from the beginning.
        let mut temporary = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .rand_bytes(RANDOM)
            .tempfile_in(self.directory())
            .map_err(|error| cannot_change(self.directory(), "write in", &error))?;
        if let Some(file) = &old.file {
            keep_owner(file, temporary.as_file()).map_err(|error| {
                let what = format!("cannot keep the owner of {}", self.path.display());
                Failure::from(anyhow::Error::new(error).context(what))
                    .hint("make the file yours, or print the session: --export")
            })?;
        }
        // A umask may have taken even the owner's rights.
        own_mode(temporary.as_file()).map_err(|error| self.unwritable(error))?;
        temporary.as_file_mut().write_all(bytes).map_err(|error| self.unwritable(error))?;
        Ok(temporary)
    }

    fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    fn unwritable(&self, error: io::Error) -> Failure {
        let what = format!("cannot write {}", self.path.display());
        Failure::from(anyhow::Error::new(error).context(what))
            .hint("make the file writable for you, or print the session: --export")
    }
}

/// What is to be replaced.
struct Old {
    document: Document,
    /// `None` where there was no file.
    file: Option<File>,
}

impl Old {
    /// Says what other programs will stumble over: it was there before, and stays.
    fn warn(&self, path: &Path) {
        let path = path.display();
        if self.document.has_byte_order_mark() {
            message::warn(format_args!(
                "{path} begins with a byte order mark: the AWS CLI does not read it"
            ));
        }
        for name in self.document.repeated_sections() {
            message::warn(format_args!(
                "{path} has more than one section [{name}]: the AWS CLI does not read it"
            ));
        }
        if self.file.as_ref().is_some_and(is_open_to_others) {
            message::warn(format_args!("{path} can be read by other users; its mode will be 0600"));
        }
    }
}

static WARNED: Once = Once::new();

/// The path behind all symbolic links, also where the last one leads to a file that is not there.
fn real_path(path: &Path) -> Result<PathBuf, Failure> {
    let mut path = std::path::absolute(path).with_context(|| format!("{}", path.display()))?;
    for _ in 0..MOST_LINKS {
        let kind = match fs::symlink_metadata(&path) {
            Ok(metadata) => metadata.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(unreadable(&path, error)),
        };
        if kind.is_file() {
            return Ok(path);
        }
        if !kind.is_symlink() {
            return Err(no_file(&path));
        }
        let link = fs::read_link(&path).map_err(|error| unreadable(&path, error))?;
        path = path.parent().unwrap_or(Path::new("/")).join(link);
    }
    let what = format!("{} is a symbolic link that leads nowhere", path.display());
    Err(Failure::new(Status::Here, what).hint("correct the link, or print the session: --export"))
}

fn unreadable(path: &Path, error: io::Error) -> Failure {
    let what = format!("cannot read {}", path.display());
    Failure::from(anyhow::Error::new(error).context(what))
        .hint("make the file readable for you, or name another in AWS_SHARED_CREDENTIALS_FILE")
}

fn no_file(path: &Path) -> Failure {
    Failure::new(Status::Here, format!("{} is not a file", path.display()))
        .hint("name the credentials file in AWS_SHARED_CREDENTIALS_FILE")
}

/// Who writes without a lock does not write again and again.
const MOST_ATTEMPTS: u32 = 10;

/// The kernel follows as many.
const MOST_LINKS: usize = 40;

/// In bytes: more than a session takes, for STS's tokens of some hundred.
const ROOM: usize = 4096;
