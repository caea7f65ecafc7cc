//! A proof of who somebody is, from an identity provider: where it is read from, and what can be
//! told from it. Whether it is true is for AWS to find out.

mod assertion;
mod token;

use std::{
    fmt,
    fs::File,
    io::{self, IsTerminal as _, Read as _},
    path::PathBuf,
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, Status},
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
            Self::File(path) => File::open(path).and_then(bounded),
            Self::Stdin => bounded(io::stdin().lock()),
        };
        let text = text.with_context(|| format!("cannot read {self}"));
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

/// A device such as `/dev/zero` has no end.
fn bounded(input: impl io::Read) -> io::Result<Secret> {
    // A string that grows leaves its old self behind, unwiped: there is room for all of it.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST));
    input.take(LONGEST as u64).read_to_string(&mut text)?;
    if text.len() == LONGEST {
        return Err(io::Error::other("it is larger than 256 KiB"));
    }
    Ok(Secret::new(std::mem::take(&mut *text)))
}

/// In bytes. AWS takes assertions of 100,000 characters.
const LONGEST: usize = 256 << 10;
