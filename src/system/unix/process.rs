//! This process: its memory, its parent, its user's directories.

use std::{
    env,
    ffi::OsString,
    fs::{self, DirBuilder},
    os::unix::{
        fs::{DirBuilderExt as _, MetadataExt as _},
        process::parent_id,
    },
    path::{Path, PathBuf},
};

use rustix::process::geteuid;

/// Prevents core dumps, and other processes of the user from reading this process's memory. The
/// kernel lifts this for the program that `exec` runs. Only Linux has it.
pub(crate) fn hide_memory() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Best effort: the program works without this protection.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// The names that the parent process may have: its executable's and its own. Empty if unknown.
#[cfg(target_os = "linux")]
pub(crate) fn parents() -> Vec<String> {
    let directory = PathBuf::from(format!("/proc/{}", parent_id()));
    let file = fs::read_link(directory.join("exe")).ok();
    let file = file.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    let process = fs::read_to_string(directory.join("comm")).ok();
    // An update may have replaced the executable.
    let file = file.map(|name| name.trim_end_matches(" (deleted)").to_owned());
    file.into_iter().chain(process.map(|name| name.trim_end().to_owned())).collect()
}

/// The name of the parent process, from `ps`: macOS has no `/proc`.
#[cfg(not(target_os = "linux"))]
pub(crate) fn parents() -> Vec<String> {
    let mut ps = std::process::Command::new("/bin/ps");
    let ps = ps.args(["-o", "comm=", "-p", &parent_id().to_string()]).output();
    let Ok(output) = ps else { return Vec::new() };
    let command = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    // `ps` shows a path, or for a login shell `-zsh`.
    let name = Path::new(&command).file_name().and_then(|name| name.to_str());
    name.map(|name| name.trim_start_matches('-').to_owned()).into_iter().collect()
}

/// The user's shell.
pub(crate) fn shell(_is_shell: impl Fn(&str) -> bool) -> OsString {
    let shell = env::var_os("SHELL").filter(|shell| !shell.is_empty());
    shell.unwrap_or_else(|| "/bin/sh".into())
}

/// The home directory.
pub(crate) fn home() -> Option<PathBuf> {
    dirs::home_dir()
}

/// The directory for this user's lock files, if any. As root in the home of another user
/// (`sudo -E`), it is not in that home: the user could not open root's lock files.
pub(crate) fn lock_directory() -> Option<PathBuf> {
    let usual = [dirs::runtime_dir(), dirs::cache_dir()].into_iter().flatten();
    let mut usual = usual.map(|directory| directory.join("mfa-session"));
    usual.find(|directory| may_create(directory)).or_else(private_directory)
}

/// Whether the directory belongs to this user or, if it is missing, would be created in a
/// directory of this user.
fn may_create(directory: &Path) -> bool {
    let existing = directory.ancestors().find_map(|path| fs::metadata(path).ok());
    existing.is_some_and(|found| found.uid() == geteuid().as_raw())
}

/// A directory of this user among the temporary files. Another user may have taken the name.
fn private_directory() -> Option<PathBuf> {
    let user = geteuid().as_raw();
    let path = env::temp_dir().join(format!("mfa-session-locks-{user}"));
    // It may exist.
    let _ = DirBuilder::new().mode(0o700).create(&path);
    let found = fs::symlink_metadata(&path).ok()?;
    (found.is_dir() && found.uid() == user).then_some(path)
}
