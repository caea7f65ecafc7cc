//! This process: its memory, its parent, its user's directories.

use std::{env, ffi::OsString, path::PathBuf, process};

use winsafe::{HPROCESSLIST, co::TH32CS};

/// Windows lets other processes of the user read this process's memory.
pub(crate) fn hide_memory() {}

/// The name of the parent process, without `.exe`. Empty if unknown.
pub(crate) fn parent() -> Vec<String> {
    let mut processes = Vec::new();
    if let Ok(mut list) = HPROCESSLIST::CreateToolhelp32Snapshot(TH32CS::SNAPPROCESS, None) {
        let running = list.iter_processes().filter_map(Result::ok);
        processes.extend(running.map(|process| {
            (process.th32ProcessID, process.th32ParentProcessID, process.szExeFile())
        }));
    }
    let find = |wanted: u32| processes.iter().find(|(id, ..)| *id == wanted);
    let mut ancestor = find(process::id()).and_then(|(_, parent, _)| find(*parent));
    // Scoop starts programs by a small program of the same name.
    if let Some((_, parent, name)) = ancestor
        && name.eq_ignore_ascii_case("mfa-session.exe")
    {
        ancestor = find(*parent);
    }
    let name = ancestor.map(|(.., name)| name.to_ascii_lowercase());
    name.map(|name| name.trim_end_matches(".exe").to_owned()).into_iter().collect()
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
