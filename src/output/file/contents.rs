//! The contents of the credentials file.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
    rc::Rc,
};

use super::failures::{holds_long_term_keys, not_a_file, unreadable, unwritable};
use crate::{
    aws_files::{Document, SectionName},
    failure::Failure,
    input, message, session_profile,
    system::files::{is_open_to_others, open},
};

/// The document, and the open file.
pub(super) struct Contents {
    pub(super) document: Rc<Document>,
    /// `None` if the file does not exist.
    file: Option<File>,
}

impl Contents {
    /// Reads the file, and parses it unless it is as `known`. Refuses a session profile with
    /// long-term keys.
    pub(super) fn read(
        path: &Path,
        profile: &SectionName,
        known: &Rc<Document>,
    ) -> Result<Self, Failure> {
        // Opening a pipe would wait for its writer; writing would replace a link.
        if exists_as_other_than_file(path) {
            return Err(not_a_file(path));
        }
        let (document, file) = match open(OpenOptions::new().read(true).write(true), path) {
            Ok(file) => (document(path, &file, known)?, Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Rc::default(), None),
            Err(error) => return Err(unwritable(path, error)),
        };
        let section = document.section(profile.as_str());
        if section.is_some_and(session_profile::has_long_term_keys) {
            return Err(holds_long_term_keys(path, profile));
        }
        Ok(Self { document, file })
    }

    /// The open file, if it exists.
    pub(super) fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    pub(super) fn length(&self) -> usize {
        self.document.length()
    }

    pub(super) fn is_empty_file(&self) -> bool {
        self.file.is_some() && self.length() == 0
    }

    /// Whether the file still has these contents.
    pub(super) fn is_unchanged(&self, path: &Path) -> bool {
        if exists_as_other_than_file(path) {
            return false;
        }
        match (File::open(path), &self.file) {
            (Ok(file), Some(_)) => self.document.has_text(file).unwrap_or(false),
            (Err(error), None) => error.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }

    /// Warns about problems for other programs. Writing only fixes the mode.
    pub(super) fn warn(&self, path: &Path) {
        let path = path.display();
        if self.document.has_byte_order_mark() {
            message::warn(format_args!(
                "the AWS CLI cannot read {path}: it begins with a byte order mark"
            ));
        }
        for name in self.document.repeated_sections() {
            message::warn(format_args!(
                "the AWS CLI cannot read {path}: it has more than one section [{name}]"
            ));
        }
        if self.file.as_ref().is_some_and(is_open_to_others) {
            message::warn(format_args!(
                "other users can read {path}: the next write sets its mode to 0600"
            ));
        }
    }
}

fn document(path: &Path, file: &File, known: &Rc<Document>) -> Result<Rc<Document>, Failure> {
    match input::changed_aws_file(file, known).map_err(|error| unreadable(path, error))? {
        None => Ok(Rc::clone(known)),
        Some(bytes) => session_profile::parse_file(path, bytes, Document::parse).map(Rc::new),
    }
}

fn exists_as_other_than_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file())
}
