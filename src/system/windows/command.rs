//! Runs programs, in a shell or without one.

use std::{
    ffi::OsStr,
    io,
    os::windows::process::CommandExt as _,
    process::{self, Command},
};

use super::signals::SignalGuard;
use crate::system::search::find_program;

/// Characters that only a shell interprets.
pub(crate) const SHELL_SYNTAX: &[char] = &['|', '&', '<', '>', '^', '%'];

/// A quote in a command to type, for cmd and PowerShell, and how to write it between such quotes.
pub(crate) const QUOTE: (char, &str) = ('"', "\"\"");

/// Characters that need no quotes, besides letters and digits.
pub(crate) const PLAIN: &str = r"\/._+:-";

/// How to put a session into the shell.
pub(crate) const EXPORT: &str = "mfa-session --export | Out-String | Invoke-Expression";

/// Separates the lines of an argument. Rust refuses line breaks in the arguments of a batch file.
pub(crate) const LINE_BREAK: &str = "; ";

/// How to set the clock.
pub(crate) const SET_CLOCK: &str = "set the clock: w32tm /resync";

/// The words of a command line, or `None` if a quote is not closed. As for most programs and for
/// botocore, a backslash is an escape only before a double quote.
///
/// <https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments>
pub(crate) fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let (mut backslashes, mut is_quoted) = (0, false);
    for c in line.chars() {
        if c == '\\' {
            backslashes += 1;
            continue;
        }
        if backslashes > 0 {
            let is_escape = c == '"';
            let shown = if is_escape { backslashes / 2 } else { backslashes };
            word.get_or_insert_default().push_str(&"\\".repeat(shown));
            let escapes_quote = is_escape && backslashes % 2 == 1;
            backslashes = 0;
            if escapes_quote {
                word.get_or_insert_default().push('"');
                continue;
            }
        }
        match c {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            ' ' | '\t' if !is_quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    if backslashes > 0 {
        word.get_or_insert_default().push_str(&"\\".repeat(backslashes));
    }
    words.extend(word);
    (!is_quoted).then_some(words)
}

/// Whether a word is a program, not a command of cmd such as `echo`. cmd also reports a program
/// that is missing.
pub(crate) fn is_program(word: &str) -> bool {
    find_program(word.as_ref()).is_some()
}

/// Runs a program, also one that is a batch file.
pub(crate) fn program(name: &str) -> Command {
    Command::new(find_program(name.as_ref()).unwrap_or_else(|| name.into()))
}

/// Runs a line in a shell.
pub(crate) fn shell(line: &str) -> Command {
    let mut command = Command::new("cmd.exe");
    // /D: no AutoRun commands, which could print. With /S, cmd removes the outer quotes only.
    command.args(["/D", "/S", "/C"]).raw_arg(format!("\"{line}\""));
    command
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_line_as_windows_programs_do() {
        for (line, words) in [
            (
                r#""C:\Program Files\x\y.exe" --flag "a b""#,
                &[r"C:\Program Files\x\y.exe", "--flag", "a b"][..],
            ),
            (r"C:\tools\otp.exe  it's\tmine", &[r"C:\tools\otp.exe", r"it's\tmine"]),
            (r#"a "" \"b\" "c\\" \\"d e" f\"#, &["a", "", "\"b\"", r"c\", r"\d e", r"f\"]),
            (r"\\server\share\otp.cmd", &[r"\\server\share\otp.cmd"]),
            ("", &[]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        assert_eq!(split(r#"otp "aws\""#), None);
    }
}
