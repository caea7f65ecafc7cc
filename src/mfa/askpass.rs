//! A code source where there is no terminal: an askpass program shows the prompt in a dialog.
//!
//! The convention is that of ssh, git and sudo: the only argument is the prompt, and the program
//! prints the answer.

use std::{io::ErrorKind, path::PathBuf, process::Command};

use zeroize::Zeroizing;

use super::{
    Code, CodeSource, Prompt,
    code_source::{MAX_ANSWERS, no_choice, numbered, parse_choice},
};
use crate::{
    child::{self, ChildError},
    failure::{Failure, Status},
    origin::Sourced,
    system::{command::LINE_BREAK, programs::MAKE_EXECUTABLE},
};

/// The askpass program.
#[derive(Debug)]
pub(crate) struct Askpass(Sourced<PathBuf>);

impl Askpass {
    pub(crate) fn new(program: Sourced<PathBuf>) -> Self {
        Self(program)
    }

    /// The answer to a prompt. Text that is not UTF-8 is as invalid as an empty answer.
    fn ask(
        &self,
        prompt: &str,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Zeroizing<String>, Failure> {
        let mut command = Command::new(&self.0.value);
        let output = child::output(command.arg(prompt), interruption)
            .map_err(|error| self.failure(error))?;
        Ok(Zeroizing::new(str::from_utf8(&output).unwrap_or_default().to_owned()))
    }

    /// The program as the subject of a sentence.
    fn subject(&self) -> String {
        let Sourced { value, origin } = &self.0;
        format!("the askpass program {} ({origin})", value.display())
    }

    fn failure(&self, error: ChildError) -> Failure {
        let program = self.subject();
        match error {
            ChildError::CannotStart(error) => {
                let hint = if error.kind() == ErrorKind::PermissionDenied {
                    MAKE_EXECUTABLE.to_owned()
                } else {
                    format!("set {} to the path of a program, without arguments", self.0.origin)
                };
                Failure::new(Status::NoCode, format!("cannot start {program}: {error}")).hint(hint)
            }
            ChildError::Failed(status) => {
                let problem = format!("no code was entered: {program} ended with {status}");
                Failure::new(Status::NoCode, problem)
                    .hint("if you cancelled its dialog, run mfa-session again")
                    .hint("if there was no dialog, run the askpass program yourself to see why")
            }
            ChildError::TimedOut => {
                let minutes = child::TIME_LIMIT.as_secs() / 60;
                let problem = format!("no answer within {minutes} minutes from {program}");
                Failure::new(Status::NoCode, problem)
                    .hint("run mfa-session again, and answer the dialog")
            }
            error => error.explain(|predicate| {
                Failure::new(Status::NoCode, format!("{program} {predicate}"))
            }),
        }
    }
}

impl CodeSource for Askpass {
    fn is_slow(&self) -> bool {
        true
    }

    fn max_codes(&self) -> usize {
        3
    }

    fn read(
        &mut self,
        prompt: &Prompt<'_>,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        let text = format!("{}: ", prompt.text);
        let with = |problem: &str| format!("{problem}{LINE_BREAK}{text}");
        let mut shown = prompt.problem.map_or(text.clone(), with);
        for _ in 0..MAX_ANSWERS {
            match self.ask(&shown, interruption)?.parse() {
                Ok(code) => return Ok(code),
                Err(invalid) => shown = with(&invalid.problem),
            }
        }
        let problem = format!("no code was entered: {} printed no six digits", self.subject());
        Err(Failure::new(Status::NoCode, problem)
            .hint("enter the code that the MFA device shows; the program must print only the code"))
    }

    fn choose(&mut self, prompt: &str, options: &[&str]) -> Result<Option<usize>, Failure> {
        let mut lines = numbered(options);
        lines.push(format!("{prompt} 1 to {}: ", options.len()));
        let text = lines.join(LINE_BREAK);
        for _ in 0..MAX_ANSWERS {
            let answer = self.ask(&text, &mut || None)?;
            if let Some(index) = parse_choice(&answer, options) {
                return Ok(Some(index));
            }
        }
        Err(no_choice())
    }

    fn describe(&self) -> &'static str {
        "prompt of the askpass program"
    }
}
