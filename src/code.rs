//! The MFA code: six digits, good once; and the places it can come from.

mod command;
mod terminal;
mod totp;

use std::{
    io::{self, IsTerminal as _},
    str::FromStr,
};

use time::OffsetDateTime;

use crate::{
    failure::{Failure, InvalidValue, Status},
    input,
    origin::{Origin, Sourced},
    secret::Secret,
};
pub use command::CodeCommand;
pub use terminal::{Kind, Terminal};
pub use totp::{Seed, Totp};

/// What STS calls `TokenCode`. It is neither `Clone` nor `Copy`: who has sent it has none left.
#[derive(Debug, PartialEq, Eq)]
pub struct Code(Secret);

impl Code {
    /// The six digits, for the one request that they are good for.
    #[must_use]
    pub fn into_digits(self) -> Secret {
        self.0
    }
}

impl FromStr for Code {
    type Err = InvalidValue;

    /// Spaces are forgiven: authenticator apps show `123 456`.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        // A string that grows leaves copies of itself behind.
        let mut digits = String::with_capacity(text.len());
        digits.extend(text.chars().filter(|c| !c.is_whitespace()));
        let digits = Secret::new(digits);
        if digits.expose().len() == 6 && digits.expose().bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(digits));
        }
        // What was typed is not shown: it may be a password, gone astray.
        Err(InvalidValue::new(
            "an MFA code is six digits",
            "give the six digits that the device shows",
        ))
    }
}

/// Where the settings say that the code comes from.
#[derive(Debug)]
pub enum Origins {
    /// A flag or a variable held it.
    Sourced(Code),
    /// Standard input, for `--code -`; where it is a terminal, the person is asked.
    Stdin,
    /// A command prints it.
    Command(Sourced<CodeCommand>),
    /// It is made from the seed of a device.
    Totp(Seed),
    /// The person, on the terminal.
    Terminal(Kind),
    /// Nowhere: asking is forbidden, by what stands here.
    Nowhere(Origin),
}

/// A source that a code can be read from, known to be there before anything is sent.
#[derive(Debug)]
pub enum Source {
    /// The code itself; `None` once it is read.
    Sourced(Option<Code>),
    /// Standard input.
    Stdin,
    /// A command.
    Command(Sourced<CodeCommand>),
    /// The seed of a device.
    Totp(Totp),
    /// The person.
    Terminal(Terminal),
}

/// What a code is needed for.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// How a person is asked.
    pub text: &'a str,
    /// What was wrong with the code before, which is told above it.
    pub problem: Option<&'a str>,
    /// The serial number of the device.
    pub serial: &'a str,
    /// The time by AWS's clock.
    pub now: OffsetDateTime,
}

impl Source {
    /// Makes sure that there is a way to get a code; reads none yet.
    pub fn open(origins: Origins) -> Result<Self, Failure> {
        match origins {
            Origins::Sourced(code) => Ok(Self::Sourced(Some(code))),
            Origins::Stdin => Ok(stdin()),
            Origins::Command(command) => Ok(Self::Command(command)),
            Origins::Totp(seed) => Ok(Self::Totp(Totp::new(seed))),
            Origins::Terminal(kind) => match Terminal::open(kind) {
                Some(terminal) => Ok(Self::Terminal(terminal)),
                None => Err(no_code("a code is needed, and there is no terminal to ask on")),
            },
            Origins::Nowhere(origin) => {
                Err(no_code(format!("a code is needed, and {origin} forbids to ask for it")))
            }
        }
    }

    /// How many codes there may be, one after the other, where STS refuses them.
    #[must_use]
    pub fn most_codes(&self) -> usize {
        match self {
            Self::Sourced(_) | Self::Stdin | Self::Command(_) => 1,
            Self::Terminal(_) => 3,
            // Of all jobs with the same seed, one gets a session in each step of 30 seconds.
            Self::Totp(_) => 12,
        }
    }

    /// Whether it takes a while to get a code, in which a connection can be made.
    #[must_use]
    pub fn takes_a_while(&self) -> bool {
        matches!(self, Self::Terminal(_) | Self::Command(_))
    }

    /// Whether codes are made by the clock, which then must be right.
    #[must_use]
    pub fn needs_the_time(&self) -> bool {
        matches!(self, Self::Totp(_))
    }

    /// Asks the person which of several they mean; `None` where there is nobody to ask.
    pub fn choose(&mut self, question: &str, among: &[&str]) -> Result<Option<usize>, Failure> {
        match self {
            Self::Terminal(terminal) => terminal.choose(question, among).map(Some),
            Self::Sourced(_) | Self::Stdin | Self::Command(_) | Self::Totp(_) => Ok(None),
        }
    }

    /// Reads a code. Where that takes a while, `interruption` is looked at meanwhile: a failure
    /// from it ends the question.
    pub fn read(
        &mut self,
        question: &Question<'_>,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        match self {
            Self::Sourced(code) => code.take().ok_or_else(|| no_code("there is no other code")),
            Self::Stdin => read_stdin(),
            Self::Command(command) => command::run(command, question, interruption),
            Self::Totp(totp) => Ok(totp.code(question.now)),
            Self::Terminal(terminal) => terminal.ask(question, interruption),
        }
    }
}

/// A terminal waits for the person, who is to know it. Nobody said what it can do: no escapes.
fn stdin() -> Source {
    let is_terminal = io::stdin().is_terminal();
    let terminal = is_terminal.then(|| Terminal::open(Kind::Dumb)).flatten();
    terminal.map_or(Source::Stdin, Source::Terminal)
}

fn read_stdin() -> Result<Code, Failure> {
    const PROBLEM: &str = "cannot read the code from standard input";
    let line = input::line_of_stdin(LONGEST_LINE).map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => no_code(format!("{PROBLEM}: {error}")),
        _ => anyhow::Error::new(error).context(PROBLEM).into(),
    })?;
    if line.is_empty() {
        return Err(no_code("standard input ended before there was a code"));
    }
    // What is not UTF-8 is as little a code as nothing.
    str::from_utf8(&line).unwrap_or_default().parse().map_err(|invalid| {
        let InvalidValue { problem, hint } = invalid;
        Failure::new(Status::Here, format!("standard input: {problem}")).hint(hint)
    })
}

fn no_code(what: impl Into<String>) -> Failure {
    Failure::new(Status::NoCode, what.into()).hint(WAYS)
}

/// In bytes; a code command's chatter before the code is no reason to read for ever.
const LONGEST_LINE: usize = 4096;

const WAYS: &str = "give it with --code 123456, with `--code -` on standard input, in \
                    MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_are_a_code_with_and_without_spaces() {
        for good in ["012345", " 012 345\r\n", "0 1 2 3 4 5"] {
            let code: Code = good.parse().unwrap();
            assert_eq!(code.into_digits().expose(), "012345");
        }
    }

    #[test]
    fn nothing_else_is_a_code_and_it_is_not_shown() {
        for bad in ["", "12345", "1234567", "12345a", "१२३४५६", "hunter2"] {
            let invalid = bad.parse::<Code>().unwrap_err();
            assert_eq!(invalid.problem, "an MFA code is six digits");
        }
    }
}
