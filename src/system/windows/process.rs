//! This process: its memory, its parent, its user's directories.

use std::{collections::HashMap, env, ffi::OsString, path::PathBuf, process};

use winsafe::{HPROCESSLIST, co::TH32CS};

use crate::system::search::find_program;

/// Windows lets other processes of the user read this process's memory.
pub(crate) fn hide_memory() {}

/// The names of the parent process and of its own ancestors, without `.exe`: a package manager may
/// start programs by another program. Empty if unknown.
pub(crate) fn parents() -> Vec<String> {
    let mut processes = HashMap::new();
    if let Ok(mut list) = HPROCESSLIST::CreateToolhelp32Snapshot(TH32CS::SNAPPROCESS, None) {
        let running = list.iter_processes().filter_map(Result::ok);
        processes.extend(running.map(|process| {
            (process.th32ProcessID, (process.th32ParentProcessID, process.szExeFile()))
        }));
    }
    let mut names = Vec::new();
    let mut id = process::id();
    // Windows reuses the ID of a process that ended: a process may seem to be its own ancestor.
    while let Some((parent, name)) = processes.remove(&id) {
        names.push(name.to_ascii_lowercase().trim_end_matches(".exe").to_owned());
        id = parent;
    }
    names.into_iter().skip(1).collect()
}

/// The shell that started this process, or else the system's.
pub(crate) fn shell(is_shell: impl Fn(&str) -> bool) -> OsString {
    let shell = parents().into_iter().find(|name| is_shell(name)).map(OsString::from);
    let shell = shell.filter(|name| find_program(name).is_some());
    shell.or_else(|| variable("COMSPEC")).unwrap_or_else(|| "cmd.exe".into())
}

/// The home directory: `USERPROFILE`, then `HOME`, then `HOMEDRIVE` and `HOMEPATH`, as for most
/// AWS SDKs.
pub(crate) fn home() -> Option<PathBuf> {
    let of_drive = || {
        let mut home = variable("HOMEDRIVE")?;
        home.push(variable("HOMEPATH")?);
        Some(home)
    };
    let home = variable("USERPROFILE").or_else(|| variable("HOME")).or_else(of_drive);
    home.map(PathBuf::from).or_else(dirs::home_dir)
}

/// The directory for this user's lock files, if any.
pub(crate) fn lock_directory() -> Option<PathBuf> {
    let cache = variable("LOCALAPPDATA").map(PathBuf::from).or_else(dirs::cache_dir);
    cache.map(|directory| directory.join("mfa-session"))
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
