//! A file of somebody else's that a session is appended to.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// A file that is known to be writable.
#[derive(Debug)]
pub(super) struct Appended {
    file: File,
    path: PathBuf,
}

impl Appended {
    /// Opens the file, which must be there: nobody would read one that is made here.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let file = OpenOptions::new().read(true).append(true).open(path);
        // Of a pipe or a terminal nobody knows how the last line ends.
        let file = file.and_then(|mut file| file.seek(SeekFrom::End(0)).map(|_| file));
        let file = file.with_context(|| format!("cannot append to {}", path.display()));
        let hint = "is it the file that the job's runner made?";
        let file = file.map_err(|error| Failure::from(error).hint(hint))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Appends lines: all of them, or none.
    pub(super) fn append(&mut self, lines: &str) -> Result<(), Failure> {
        let length = self.file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
        self.write(lines).or_else(|error| {
            // Half of a line is worse than none; what can't be taken back stays.
            let _ = self.file.set_len(length);
            Err(error).with_context(|| format!("cannot append to {}", self.path.display()))
        })?;
        Ok(())
    }

    fn write(&mut self, lines: &str) -> io::Result<()> {
        let mut last = [b'\n'];
        if self.file.seek(SeekFrom::End(0))? > 0 {
            self.file.seek(SeekFrom::End(-1))?;
            self.file.read_exact(&mut last)?;
        }
        // In one piece: whoever reads the file meanwhile, or after a crash, finds all or nothing.
        let end = if last == *b"\n" { "" } else { "\n" };
        self.file.write_all(Zeroizing::new([end, lines].concat()).as_bytes())
    }
}
