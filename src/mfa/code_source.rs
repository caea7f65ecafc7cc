//! The interface of code sources, and the prompt that a source receives.

use std::fmt;

use time::OffsetDateTime;

use super::Code;
use crate::{
    failure::{Failure, Status},
    message::printable,
};

/// A source of MFA codes, such as the terminal or a command.
pub(crate) trait CodeSource: fmt::Debug {
    /// Fails if this source has no code. Runs before the first request and reads no code, so that
    /// the failure costs nothing.
    fn check(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Whether a code must be entered or fetched. Then one process does it for all that need the
    /// session. A code that was given does not wait for them: it would expire.
    fn prompts(&self) -> bool {
        true
    }

    /// Whether reading takes long enough to open the connection meanwhile.
    fn is_slow(&self) -> bool {
        false
    }

    /// Whether the codes depend on the time, so that AWS's clock must be known first.
    fn needs_clock(&self) -> bool {
        false
    }

    /// How many codes to read, one after the other, while STS rejects them.
    fn max_codes(&self) -> usize {
        1
    }

    /// Reads a code. A slow source polls `interruption` and returns its failure at once.
    fn read(
        &mut self,
        prompt: &Prompt<'_>,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure>;

    /// Prompts for one of the options and returns its index; `None` if this source cannot prompt.
    fn choose(&mut self, _prompt: &str, _options: &[&str]) -> Result<Option<usize>, Failure> {
        Ok(None)
    }

    /// The source in the output of `--dry-run`.
    fn describe(&self) -> &'static str;
}

/// The context of a code to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prompt<'a> {
    /// The text to show, without the colon.
    pub(crate) text: &'a str,
    /// Why the previous code was rejected, to show above the text.
    pub(crate) problem: Option<&'a str>,
    /// The serial number of the MFA device.
    pub(crate) serial: &'a str,
    /// The time by AWS's clock.
    pub(crate) now: OffsetDateTime,
}

/// The failure of a source without a code.
pub(super) fn no_code(problem: impl Into<String>) -> Failure {
    Failure::new(Status::NoCode, problem.into()).hint(
        "give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, with \
         --code-command, or, without --no-prompt, at a terminal or with \
         MFA_SESSION_ASKPASS",
    )
}

/// The failure of a prompt for a code.
pub(super) fn no_answer(problem: &'static str) -> Failure {
    Failure::new(Status::NoCode, problem)
        .hint("run the command again, and type the six digits that your MFA device shows")
}

/// How often to prompt for a valid answer.
pub(super) const MAX_ANSWERS: usize = 3;

/// A line for each option. An option may come from a server: it must not move the cursor.
pub(super) fn numbered(options: &[&str]) -> Vec<String> {
    let line = |(number, option)| printable(&format!("  {number}  {option}")).into_owned();
    (1..).zip(options).map(line).collect()
}

/// The index of the option whose number was entered.
pub(super) fn parse_choice(answer: &str, options: &[&str]) -> Option<usize> {
    let number: usize = answer.trim().parse().ok()?;
    (1..=options.len()).contains(&number).then(|| number - 1)
}

/// The failure of a prompt for an option.
pub(super) fn no_choice() -> Failure {
    Failure::new(Status::NoCode, "no choice was made").hint("enter the number of an option")
}
