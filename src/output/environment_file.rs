//! The file with variables for the later steps of a CI job, such as `$GITHUB_ENV`.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use super::secret_text;
use crate::{failure::Failure, secret::Secret};

/// An environment file, open for appending.
#[derive(Debug)]
pub(super) struct EnvironmentFile {
    file: File,
    path: PathBuf,
}

impl EnvironmentFile {
    /// Opens the file. It must exist: the CI system only reads a file that it created.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let file = OpenOptions::new().read(true).append(true).open(path);
        // `ends_with_line_feed` cannot seek in a pipe or a terminal.
        let file = file.and_then(|mut file| file.seek(SeekFrom::End(0)).map(|_| file));
        let file = file.with_context(|| format!("cannot append to {}", path.display()));
        let hint = "leave the variable as the job's runner set it";
        let file = file.map_err(|error| Failure::from(error).hint(hint))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Appends all lines, or none.
    pub(super) fn append(&mut self, lines: &Secret) -> Result<(), Failure> {
        let length = self.file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
        self.write(lines).or_else(|error| {
            // Remove an incomplete text, if possible.
            let _ = self.file.set_len(length);
            Err(error).with_context(|| format!("cannot append to {}", self.path.display()))
        })?;
        Ok(())
    }

    fn write(&mut self, lines: &Secret) -> io::Result<()> {
        let mut text = Zeroizing::new(Vec::new());
        if !self.ends_with_line_feed()? {
            text.push(b'\n');
        }
        secret_text::write_to(&mut *text, lines)?;
        // One write, so that a reader finds all lines or none, even after a crash.
        self.file.write_all(&text)
    }

    fn ends_with_line_feed(&mut self) -> io::Result<bool> {
        let mut last = [b'\n'];
        if self.file.seek(SeekFrom::End(0))? > 0 {
            self.file.seek(SeekFrom::End(-1))?;
            self.file.read_exact(&mut last)?;
        }
        Ok(last == *b"\n")
    }
}
