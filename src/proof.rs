//! A proof of who somebody is, from an identity provider: where it is read from, and what can be
//! told from it. Whether it is true is for AWS to find out.

mod assertion;
mod token;

use std::{
    fmt,
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, Status},
    input,
    secret::Secret,
};
pub use assertion::{Pair, pairs};
pub use token::subject;

/// A place that a proof is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Source {
    /// Where a text leads to: `-` is standard input.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        if path.as_os_str() == "-" { Self::Stdin } else { Self::File(path) }
    }

    /// Reads the proof; `hint` says what to give where there is none.
    pub fn read(&self, hint: &str) -> Result<Secret, Failure> {
        // It would be shown while it is typed, and cut off at 4,096 characters.
        if *self == Self::Stdin && io::stdin().is_terminal() {
            let what = "there is nothing to read: standard input is a terminal";
            return Err(Failure::new(Status::Usage, what).hint(hint));
        }
        let text = match self {
            Self::File(path) => input::read(path, LONGEST),
            Self::Stdin => input::stdin(LONGEST),
        };
        let text = text.and_then(self::text).with_context(|| format!("cannot read {self}"));
        let text = text.map_err(|error| Failure::from(error).hint(hint))?;
        if text.expose().trim().is_empty() {
            let what = format!("there is nothing in {self}");
            return Err(Failure::new(Status::Here, what).hint(hint));
        }
        Ok(text)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Stdin => f.write_str("standard input"),
        }
    }
}

fn text(mut bytes: Zeroizing<Vec<u8>>) -> io::Result<Secret> {
    String::from_utf8(std::mem::take(&mut *bytes)).map(Secret::new).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8")
    })
}

/// In bytes. AWS takes assertions of 100,000 characters.
const LONGEST: usize = 256 << 10;
