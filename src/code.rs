//! The MFA code: six digits, good once; and the places it can come from.

mod terminal;

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read as _},
    str::FromStr,
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, Status, Unfit},
    origin::Origin,
    secret::Secret,
};
pub use terminal::{Kind, Terminal};

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
    type Err = Unfit;

    /// Spaces are forgiven: authenticator apps show `123 456`.
    fn from_str(text: &str) -> Result<Self, Unfit> {
        // A string that grows leaves copies of itself behind.
        let mut digits = String::with_capacity(text.len());
        digits.extend(text.chars().filter(|c| !c.is_whitespace()));
        let digits = Secret::new(digits);
        if digits.expose().len() == 6 && digits.expose().bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(digits));
        }
        // What was typed is not shown: it may be a password, gone astray.
        Err(Unfit::new("an MFA code is six digits", "give the six digits that the device shows"))
    }
}

/// Where the settings say that the code comes from.
#[derive(Debug)]
pub enum Origins {
    /// A flag or a variable held it.
    Given(Code),
    /// Standard input, for `--code -`; where it is a terminal, the person is asked.
    Stdin,
    /// The person, on the terminal.
    Terminal(Kind),
    /// Nowhere: asking is forbidden, by what stands here.
    Nowhere(Origin),
}

/// A source that a code can be read from, known to be there before anything is sent.
#[derive(Debug)]
pub enum Source {
    /// The code itself; `None` once it is read.
    Given(Option<Code>),
    /// Standard input.
    Stdin,
    /// The person.
    Terminal(Terminal),
}

impl Source {
    /// Makes sure that there is a way to get a code; reads none yet.
    pub fn open(origins: Origins) -> Result<Self, Failure> {
        match origins {
            Origins::Given(code) => Ok(Self::Given(Some(code))),
            Origins::Stdin => Ok(stdin()),
            Origins::Terminal(kind) => match Terminal::open(kind) {
                Some(terminal) => Ok(Self::Terminal(terminal)),
                None => Err(no_code("a code is needed, and there is no terminal to ask on")),
            },
            Origins::Nowhere(origin) => {
                Err(no_code(format!("a code is needed, and {origin} forbids to ask for it")))
            }
        }
    }

    /// Whether there may be another code after the one that STS refused.
    #[must_use]
    pub fn asks(&self) -> bool {
        matches!(self, Self::Terminal(_))
    }

    /// Asks the person which of several they mean; `None` where there is nobody to ask.
    pub fn choose(&mut self, question: &str, among: &[&str]) -> Result<Option<usize>, Failure> {
        match self {
            Self::Terminal(terminal) => terminal.choose(question, among).map(Some),
            Self::Given(_) | Self::Stdin => Ok(None),
        }
    }

    /// Reads a code. At a terminal, `interruption` is looked at while the person thinks: a failure
    /// from it ends the question.
    pub fn read(
        &mut self,
        question: &str,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        match self {
            Self::Given(code) => code.take().ok_or_else(|| no_code("there is no other code")),
            Self::Stdin => read_stdin(),
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
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST_LINE));
    #[expect(clippy::unbuffered_bytes, reason = "nobody wipes the buffer")]
    for byte in unbuffered_stdin().context(PROBLEM)?.bytes().take(LONGEST_LINE) {
        line.push(byte.context(PROBLEM)?);
        if line.ends_with(b"\n") {
            break;
        }
    }
    if line.is_empty() {
        return Err(no_code("standard input ended before there was a code"));
    }
    // What is not UTF-8 is as little a code as nothing.
    str::from_utf8(&line).unwrap_or_default().parse().map_err(|unfit| {
        let Unfit { problem, hint } = unfit;
        Failure::new(Status::Here, format!("standard input: {problem}")).hint(hint)
    })
}

fn unbuffered_stdin() -> io::Result<File> {
    #[cfg(unix)]
    let stdin = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?;
    #[cfg(windows)]
    let stdin = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?;
    Ok(stdin.into())
}

fn no_code(what: impl Into<String>) -> Failure {
    Failure::new(Status::NoCode, what.into()).hint(WAYS)
}

/// In bytes; a code command's chatter before the code is no reason to read for ever.
const LONGEST_LINE: usize = 4096;

const WAYS: &str = "give it with --code 123456, with `--code -` on standard input, in \
                    MFA_SESSION_CODE, or at a terminal without --no-prompt";

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
            let unfit = bad.parse::<Code>().unwrap_err();
            assert_eq!(unfit.problem, "an MFA code is six digits");
        }
    }
}
