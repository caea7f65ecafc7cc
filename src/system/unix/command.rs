//! Finds and runs programs.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::unix::process::CommandExt as _,
    path::Path,
    process::Command,
};

use rustix::fs::{Access, access};

/// The variable with the path of the user's shell, and the shell if it is not set.
pub(crate) const SHELL: (&str, &str) = ("SHELL", "/bin/sh");

/// Where to look for programs without `PATH`.
pub(crate) const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What to do with a file that is not executable.
pub(crate) const MAKE_EXECUTABLE: &str = "make it executable with chmod +x";

/// Characters that only a shell interprets.
pub(crate) const SHELL_SYNTAX: &[char] = &['|', '&', ';', '<', '>', '(', ')', '$', '`', '~'];

/// Separates the lines of an argument.
pub(crate) const LINE_BREAK: &str = "\n";

/// How to set the clock.
pub(crate) const SET_CLOCK: &str = if cfg!(target_os = "macos") {
    "set the clock: sudo sntp -sS time.apple.com"
} else {
    "set the clock: sudo timedatectl set-ntp true"
};

/// Runs a line in a shell.
pub(crate) fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    command
}

/// The names that the file of a program can have.
pub(crate) fn file_names(name: &OsStr) -> Vec<OsString> {
    vec![name.to_owned()]
}

/// Whether a file can be executed by this user.
pub(crate) fn is_executable(file: &Path) -> bool {
    file.is_file() && access(file, Access::EXEC_OK).is_ok()
}

/// Replaces this process with a program, which sees `name` as its own name. Returns only if that
/// fails.
pub(crate) fn replace_process(mut command: Command, name: &OsStr) -> io::Error {
    command.arg0(name).exec()
}
