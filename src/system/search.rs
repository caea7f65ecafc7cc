//! Finds programs in `PATH`.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use crate::system::programs::{DEFAULT_PATH, file_names, is_executable};

/// The path of a program: the first executable file of that name in `PATH`, or else the first
/// file.
pub(crate) fn find_program(name: &OsStr) -> Option<PathBuf> {
    let names = file_names(name);
    if Path::new(name).components().count() > 1 {
        return names.into_iter().map(PathBuf::from).find(|path| path.exists());
    }
    let path = env::var_os("PATH").filter(|path| !path.is_empty());
    let path = path.unwrap_or_else(|| DEFAULT_PATH.into());
    let files = env::split_paths(&path)
        .flat_map(|directory| names.iter().map(move |name| directory.join(name)));
    let files: Vec<PathBuf> = files.filter(|file| file.is_file()).collect();
    files.iter().find(|file| is_executable(file)).or(files.first()).cloned()
}
