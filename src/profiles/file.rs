//! Reads one of the two AWS files.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::{
    aws_files::{Document, Section},
    failure::{Failure, Status},
    origin::{Origin, Sourced},
    session_profile,
};

/// The credentials file or the config file.
#[derive(Debug)]
pub(super) struct AwsFile {
    pub(super) path: PathBuf,
    pub(super) document: Document,
}

impl AwsFile {
    /// Reads the file. A missing file is empty.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        if is_pipe(path) {
            return Err(
                Failure::new(Status::Local, format!("{shown} is a pipe, not a file")).hint(HINT)
            );
        }
        let document = match read_bounded(path) {
            Ok(bytes) => session_profile::parse_file(path, bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Document::default(),
            Err(error) => {
                let what = anyhow::Error::new(error).context(format!("cannot read {shown}"));
                return Err(Failure::from(what).hint(HINT));
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

/// The bytes of a file. Their number is limited because a device such as `/dev/zero` has no end.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(io::Error::other("the file is larger than 64 MiB"));
    }
    Ok(bytes)
}

/// Whether the path is a named pipe, from which a read would wait for a writer.
#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}

/// In bytes: hundreds of thousands of profiles.
const LARGEST_FILE: u64 = 64 << 20;

const HINT: &str = "make it a readable file, or name another one: \
                    AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE";
