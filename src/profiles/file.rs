//! Reads one of the two AWS files.

use std::{
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
};

use crate::{
    aws_files::{Document, Section, SyntaxError},
    environment::is_unresolved,
    failure::{Failure, Status},
    input,
    origin::{Origin, Sourced},
    secret::Secret,
    session_profile,
    system::files::{is_in_use, is_pipe, open},
};

/// The credentials file or the config file.
#[derive(Debug)]
pub(super) struct AwsFile {
    pub(super) path: PathBuf,
    pub(super) document: Document,
}

impl AwsFile {
    /// Reads the file with [`Document::parse`] or [`Document::parse_config`]. A missing file is
    /// empty, and every file without a home directory.
    pub(super) fn read(
        path: &Path,
        parse: fn(Secret) -> Result<Document, SyntaxError>,
    ) -> Result<Self, Failure> {
        let shown = path.display();
        if is_unresolved(path) {
            return Ok(Self { path: path.to_owned(), document: Document::default() });
        }
        if is_pipe(path) {
            return Err(
                Failure::new(Status::Local, format!("{shown} is a pipe, not a file")).hint(HINT)
            );
        }
        let document = match open(OpenOptions::new().read(true), path)
            .and_then(|file| input::aws_file(&file))
        {
            Ok(bytes) => session_profile::parse_file(path, bytes, parse)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Document::default(),
            Err(error) => {
                let hint = if is_in_use(&error) { IN_USE } else { HINT };
                let what = anyhow::Error::new(error).context(format!("cannot read {shown}"));
                return Err(Failure::from(what).hint(hint));
            }
        };
        Ok(Self { path: path.to_owned(), document })
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
    pub(super) fn value(self, key: &'static str) -> Option<Sourced<String>> {
        let value = self.section.non_empty(key)?.to_owned();
        Some(Sourced { value, origin: self.origin(key) })
    }

    pub(super) fn origin(self, key: &'static str) -> Origin {
        Origin::Key { key, section: self.header, file: self.path.to_owned() }
    }
}

const IN_USE: &str = "close the program that has it open";
const HINT: &str = "make it a readable file, or name another one: \
                    AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE";
