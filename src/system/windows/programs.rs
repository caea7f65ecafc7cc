//! The files of programs.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::Path,
};

/// Where to look for programs without `PATH`.
pub(crate) const DEFAULT_PATH: &str = r"C:\Windows\System32;C:\Windows";

/// What to do with a file that is not executable.
pub(crate) const MAKE_EXECUTABLE: &str = "name a file with an extension in PATHEXT";

/// The names that the file of a program can have: with each extension of `PATHEXT`. A name that has
/// an extension comes first as it is.
pub(crate) fn file_names(name: &OsStr) -> Vec<OsString> {
    let extensions = env::var("PATHEXT").unwrap_or_default();
    let extensions = if extensions.is_empty() { ".COM;.EXE;.BAT;.CMD" } else { &extensions };
    let with_extensions = extensions.split(';').filter(|extension| !extension.is_empty());
    let with_extensions = with_extensions.map(|extension| {
        let mut name = name.to_owned();
        name.push(extension.to_lowercase());
        name
    });
    if Path::new(name).extension().is_some() {
        return [name.to_owned()].into_iter().chain(with_extensions).collect();
    }
    with_extensions.collect()
}

/// Whether a file can be executed: Windows decides when it starts the file.
pub(crate) fn is_executable(file: &Path) -> bool {
    file.is_file()
}
