//! The files of programs.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use rustix::fs::{Access, access};

/// Where to look for programs without `PATH`.
pub(crate) const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What to do with a file that is not executable.
pub(crate) const MAKE_EXECUTABLE: &str = "make it executable with chmod +x";

/// The names that the file of a program can have.
pub(crate) fn file_names(name: &OsStr) -> Vec<OsString> {
    vec![name.to_owned()]
}

/// Whether a file can be executed by this user.
pub(crate) fn is_executable(file: &Path) -> bool {
    file.is_file() && access(file, Access::EXEC_OK).is_ok()
}
