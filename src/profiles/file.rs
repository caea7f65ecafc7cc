//! Reads one of the two AWS files.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
    rc::Rc,
};

use crate::{
    aws_files::{Document, Section, SyntaxError},
    environment::is_unresolved,
    failure::{Failure, Status},
    input,
    origin::{Origin, Sourced},
    secret::Secret,
    session_profile::{self, REGION, has_carried_region},
    system::files::{is_in_use, is_pipe, open},
};

type Parser = fn(Secret) -> Result<Document, SyntaxError>;

/// The credentials file or the config file.
#[derive(Debug)]
pub(super) struct AwsFile {
    pub(super) path: PathBuf,
    pub(super) document: Rc<Document>,
}

impl AwsFile {
    /// Reads the file with [`Document::parse`] or [`Document::parse_config`]. A missing file is
    /// empty, and every file without a home directory.
    pub(super) fn read(path: &Path, parse: Parser) -> Result<Self, Failure> {
        let bytes = match open_file(path)? {
            Some(file) => input::aws_file(&file).map_err(|error| unreadable(path, error))?,
            None => Vec::new(),
        };
        let document = Rc::new(session_profile::parse_file(path, bytes, parse)?);
        Ok(Self { path: path.to_owned(), document })
    }

    /// The document after reading the file again; `None` if it is unchanged.
    pub(super) fn reread(&self, parse: Parser) -> Result<Option<Document>, Failure> {
        let Some(file) = open_file(&self.path)? else { return Ok(Some(Document::default())) };
        let changed = input::changed_aws_file(&file, &self.document)
            .map_err(|error| unreadable(&self.path, error))?;
        changed.map(|bytes| session_profile::parse_file(&self.path, bytes, parse)).transpose()
    }

    pub(super) fn section(&self, header: &str) -> Option<FileSection<'_>> {
        let section = self.document.section(header)?;
        Some(FileSection { section, header: header.to_owned(), path: &self.path })
    }
}

/// A section, its header and its file.
pub(super) struct FileSection<'a> {
    pub(super) section: &'a Section,
    pub(super) header: String,
    pub(super) path: &'a Path,
}

impl FileSection<'_> {
    /// The value of `key`, unless it is empty.
    pub(super) fn value(&self, key: &'static str) -> Option<Sourced<String>> {
        let value = self.section.non_empty(key)?.to_owned();
        Some(Sourced { value, origin: self.origin(key) })
    }

    /// [`Self::value`], unless it is a region that this program wrote into a session profile.
    pub(super) fn own_value(&self, key: &'static str) -> Option<Sourced<String>> {
        self.value(key).filter(|_| !(key == REGION && has_carried_region(self.section)))
    }

    pub(super) fn origin(&self, key: &'static str) -> Origin {
        Origin::Key { key, section: self.header.clone(), file: self.path.to_owned() }
    }
}

/// Opens the file, if it exists.
fn open_file(path: &Path) -> Result<Option<File>, Failure> {
    if is_unresolved(path) {
        return Ok(None);
    }
    if is_pipe(path) {
        let problem = format!("{} is a pipe, not a file", path.display());
        return Err(Failure::new(Status::Local, problem).hint(HINT));
    }
    match open(OpenOptions::new().read(true), path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, error)),
    }
}

fn unreadable(path: &Path, error: io::Error) -> Failure {
    let hint = if is_in_use(&error) { IN_USE } else { HINT };
    let what = anyhow::Error::new(error).context(format!("cannot read {}", path.display()));
    Failure::from(what).hint(hint)
}

const IN_USE: &str = "close the program that has it open";
const HINT: &str = "make it a readable file, or name another one: \
                    AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE";
