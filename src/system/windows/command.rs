//! Finds and runs programs.

use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    os::windows::process::CommandExt as _,
    path::Path,
    process::{self, Command},
};

use super::signals::SignalGuard;

/// The variable with the path of the user's shell, and the shell if it is not set.
pub(crate) const SHELL: (&str, &str) = ("COMSPEC", "cmd.exe");

/// Where to look for programs without `PATH`.
pub(crate) const DEFAULT_PATH: &str = r"C:\Windows\System32;C:\Windows";

/// What to do with a file that is not executable.
pub(crate) const MAKE_EXECUTABLE: &str = "name a file with an extension in PATHEXT";

/// Characters that only a shell interprets; and the backslash, which in a path is no escape.
pub(crate) const SHELL_SYNTAX: &[char] = &['|', '&', '<', '>', '^', '%', '\\'];

/// Separates the lines of an argument. Rust refuses line breaks in the arguments of a batch file.
pub(crate) const LINE_BREAK: &str = "; ";

/// How to set the clock.
pub(crate) const SET_CLOCK: &str = "set the clock: w32tm /resync";

/// Runs a line in a shell.
pub(crate) fn shell(line: &str) -> Command {
    let mut command = Command::new("cmd.exe");
    // /D: no AutoRun commands, which could print. With /S, cmd removes the outer quotes only.
    command.args(["/D", "/S", "/C"]).raw_arg(format!("\"{line}\""));
    command
}

/// The names that the file of a program can have: with an extension of `PATHEXT`, unless it has
/// one already.
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

/// Runs a program and ends this process with its exit status. Returns only if that fails.
///
/// The console sends Ctrl-C to the program, too. It decides whether to end.
pub(crate) fn replace_process(mut command: Command, _name: &OsStr) -> io::Error {
    let signals = SignalGuard::block();
    match command.status() {
        // On Windows, every process has an exit status.
        Ok(status) => process::exit(status.code().unwrap_or(1)),
        Err(error) => {
            drop(signals);
            error
        }
    }
}
