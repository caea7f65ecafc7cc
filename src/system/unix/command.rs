//! Runs programs, in a shell or without one.

use std::{ffi::OsStr, io, os::unix::process::CommandExt as _, process::Command};

/// Characters that only a shell interprets.
pub(crate) const SHELL_SYNTAX: &[char] = &['|', '&', ';', '<', '>', '(', ')', '$', '`', '~'];

/// A quote in a command to type, and how to write it between such quotes.
pub(crate) const QUOTE: (char, &str) = ('\'', r"'\''");

/// Characters that need no quotes, besides letters and digits.
pub(crate) const PLAIN: &str = "/._+@%:,=~-";

/// How to put a session into the shell.
pub(crate) const EXPORT: &str = "eval $(mfa-session --export)";

/// Separates the lines of an argument.
pub(crate) const LINE_BREAK: &str = "\n";

/// How to set the clock.
pub(crate) const SET_CLOCK: &str = if cfg!(target_os = "macos") {
    "set the clock: sudo sntp -sS time.apple.com"
} else {
    "set the clock: sudo timedatectl set-ntp true"
};

/// The words of a command line, or `None` if a quote is not closed.
pub(crate) fn split(line: &str) -> Option<Vec<String>> {
    shlex::split(line)
}

/// Whether a word is a program: every command is.
pub(crate) fn is_program(_: &str) -> bool {
    true
}

/// Runs a program.
pub(crate) fn program(name: &str) -> Command {
    Command::new(name)
}

/// Runs a line in a shell.
pub(crate) fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    command
}

/// Replaces this process with a program, which sees `name` as its own name. Returns only if that
/// fails.
pub(crate) fn replace_process(mut command: Command, name: &OsStr) -> io::Error {
    command.arg0(name).exec()
}
