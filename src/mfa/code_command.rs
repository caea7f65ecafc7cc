//! A code source: a command that prints the code, such as a password manager.

use std::{fmt, str::FromStr};

use super::{Code, CodeSource, Prompt};
use crate::{
    child::{self, CommandLine},
    failure::{Failure, Status},
    origin::{InvalidValue, Sourced},
};

/// A command that prints the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeCommand(CommandLine);

impl FromStr for CodeCommand {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        CommandLine::parse(text).map(Self).map_err(|problem| {
            let hint = "give a command that prints the code, such as `pass otp aws`";
            InvalidValue::new(format!("the code command {problem}"), hint)
        })
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
        let mut command = self.value.0.command();
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
