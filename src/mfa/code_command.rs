//! A code source: a command that prints the code, such as a password manager.

use std::{fmt, process::Command, str::FromStr};

use super::{Code, CodeSource, Prompt};
use crate::{
    child,
    failure::{Failure, Status},
    origin::{InvalidValue, Sourced},
};

/// A command that prints the code. `Debug` hides it: an argument may be a seed.
#[derive(Clone, PartialEq, Eq)]
pub enum CodeCommand {
    /// A program and its arguments; at least one word.
    Words(Vec<String>),
    /// A command line for `sh -c`.
    Shell(String),
}

/// Characters that only a shell interprets.
const SHELL_SYNTAX: [char; 9] = ['|', '&', ';', '<', '>', '(', ')', '$', '`'];

impl FromStr for CodeCommand {
    type Err = InvalidValue;

    /// Splits the text into words as a shell does. A shell runs text with shell syntax.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let hint = "give a command that prints the code, such as `pass otp aws`";
        if text.trim().is_empty() {
            return Err(InvalidValue::new("the code command is empty", hint));
        }
        if cfg!(unix) && text.contains(SHELL_SYNTAX) {
            return Ok(Self::Shell(text.to_owned()));
        }
        match shlex::split(text) {
            Some(words) if !words.is_empty() => Ok(Self::Words(words)),
            _ => Err(InvalidValue::new("a quote in the code command is not closed", hint)),
        }
    }
}

impl fmt::Debug for CodeCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeCommand(..)")
    }
}

impl CodeSource for Sourced<CodeCommand> {
    fn is_slow(&self) -> bool {
        true
    }

    fn read(
        &mut self,
        prompt: &Prompt<'_>,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        let mut command = self.value.command();
        command.env("MFA_SERIAL", prompt.serial);
        let output = child::output(&mut command, interruption)
            .map_err(|error| error.explain(|predicate| self.failure(predicate)))?;
        // Output that is not UTF-8 contains no code, as empty output.
        Code::find_in(str::from_utf8(&output).unwrap_or_default())
            .map_err(|problem| self.failure(problem).hint("make it print only the code"))
    }

    fn describe(&self) -> &'static str {
        "printed by a command"
    }
}

impl Sourced<CodeCommand> {
    fn failure(&self, predicate: impl fmt::Display) -> Failure {
        let Self { origin, .. } = self;
        Failure::new(Status::NoCode, format!("the code command ({origin}) {predicate}"))
    }
}

impl CodeCommand {
    fn command(&self) -> Command {
        match self {
            Self::Words(words) => {
                let mut command = Command::new(&words[0]);
                command.args(&words[1..]);
                command
            }
            Self::Shell(line) => {
                let mut command = Command::new("sh");
                command.args(["-c", line]);
                command
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_command_as_a_shell_does() {
        let command: CodeCommand = "op item get 'AWS work' --otp".parse().unwrap();
        let words = ["op", "item", "get", "AWS work", "--otp"].map(str::to_owned);
        assert_eq!(command, CodeCommand::Words(words.to_vec()));
    }

    #[cfg(unix)]
    #[test]
    fn runs_shell_syntax_in_a_shell() {
        for line in ["ykman oath accounts code | tail -1", "echo $CODE", "echo `date`"] {
            assert_eq!(line.parse(), Ok(CodeCommand::Shell(line.into())));
        }
    }

    #[test]
    fn rejects_an_empty_command_and_an_open_quote() {
        for bad in ["", "  ", "pass 'otp"] {
            assert!(bad.parse::<CodeCommand>().is_err(), "{bad}");
        }
    }
}
