//! A command line in a setting.

use std::{fmt, process::Command};

use crate::system::command::{SHELL_SYNTAX, is_program, program, shell, split};

/// A command line, as the AWS SDKs run it. `Debug` hides it: an argument may be a secret.
///
/// botocore splits the line into words, and the other SDKs pass it to `sh`, on Windows to
/// `cmd`. Without shell syntax both mean the same.
#[derive(Clone, PartialEq, Eq)]
pub enum CommandLine {
    /// A program and its arguments; at least one word.
    Words(Vec<String>),
    /// A line for the shell.
    Shell(String),
}

impl CommandLine {
    /// Splits the text into words as a shell does, unless it has shell syntax. The error is a
    /// predicate, such as "is empty".
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.trim().is_empty() {
            return Err("is empty");
        }
        if text.contains(SHELL_SYNTAX) {
            return Ok(Self::Shell(text.to_owned()));
        }
        match split(text) {
            // An assignment, as in `STORE=work program`, or a command of the shell.
            Some(words)
                if words.first().is_some_and(|word| word.contains('=') || !is_program(word)) =>
            {
                Ok(Self::Shell(text.to_owned()))
            }
            Some(words) if !words.is_empty() => Ok(Self::Words(words)),
            _ => Err("has a quote that is not closed"),
        }
    }

    /// The command to run.
    #[must_use]
    pub fn command(&self) -> Command {
        match self {
            Self::Words(words) => {
                let mut command = program(&words[0]);
                command.args(&words[1..]);
                command
            }
            Self::Shell(line) => shell(line),
        }
    }
}

impl fmt::Debug for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CommandLine(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn splits_a_line_as_a_shell_does() {
        let words = ["op", "item", "get", "AWS work", "--otp"].map(str::to_owned);
        let line = CommandLine::parse("op item get 'AWS work' --otp");
        assert_eq!(line, Ok(CommandLine::Words(words.to_vec())));
    }

    #[cfg(windows)]
    #[test]
    fn keeps_backslashes_and_runs_commands_of_cmd_in_cmd() {
        let words = [r"C:\Windows\System32\find.exe", "AWS work"].map(str::to_owned);
        let line = CommandLine::parse(r#"C:\Windows\System32\find.exe "AWS work""#);
        assert_eq!(line, Ok(CommandLine::Words(words.to_vec())));
        for line in ["echo 123456", r"type C:\code.txt", "find x | find y", "find %CODE%"] {
            assert_eq!(CommandLine::parse(line), Ok(CommandLine::Shell(line.into())));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_runs_shell_syntax() {
        for line in [
            "ykman oath accounts code | tail -1",
            "echo $CODE",
            "echo `date`",
            "~/bin/keys",
            "STORE=work keys",
        ] {
            assert_eq!(CommandLine::parse(line), Ok(CommandLine::Shell(line.into())));
        }
    }

    #[test]
    fn rejects_an_empty_line_and_an_open_quote() {
        for bad in ["", "  ", "pass \"otp"] {
            assert!(CommandLine::parse(bad).is_err(), "{bad}");
        }
    }
}
