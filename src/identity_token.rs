//! Reads tokens of identity providers, and other long input, from a file or standard input. AWS
//! verifies the tokens.

use std::{
    fmt,
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, Status},
    input,
    secret::Secret,
    sts::{InvalidParameter, WebIdentityToken},
};

/// The source of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenInput {
    File(PathBuf),
    Stdin,
}

impl TokenInput {
    /// A file, or standard input for `-`.
    pub(crate) fn at(path: PathBuf) -> Self {
        if path.as_os_str() == "-" { Self::Stdin } else { Self::File(path) }
    }

    /// Reads and parses a token. `hint` names a valid source.
    pub(crate) fn read<T>(
        &self,
        hint: &str,
        parse: impl FnOnce(&str) -> Result<T, InvalidParameter>,
    ) -> Result<T, Failure> {
        // A terminal shows the token and cuts it off at 4,096 characters.
        if *self == Self::Stdin && io::stdin().is_terminal() {
            let what = "standard input is a terminal, not a file or pipe";
            return Err(Failure::new(Status::Usage, what).hint(hint));
        }
        let bytes = match self {
            Self::File(path) => input::read(path, MAX_BYTES),
            Self::Stdin => input::stdin(MAX_BYTES),
        };
        let text = bytes.and_then(text).map_err(|error| {
            let what = anyhow::Error::new(error).context(format!("cannot read {self}"));
            Failure::from(what).hint(hint)
        })?;
        if text.expose().trim().is_empty() {
            return Err(Failure::new(Status::Local, format!("{self} is empty")).hint(hint));
        }
        parse(text.expose()).map_err(|InvalidParameter { problem, hint }| {
            Failure::new(Status::Local, format!("{self}: {problem}")).hint(hint)
        })
    }
}

impl fmt::Display for TokenInput {
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

/// Parses a token from GitHub.
pub(crate) fn github_token(token: &Secret) -> Result<WebIdentityToken, Failure> {
    WebIdentityToken::new(token.expose()).map_err(|InvalidParameter { problem, hint }| {
        Failure::new(Status::Local, format!("GitHub: {problem}")).hint(hint)
    })
}

/// The subject (`sub`) of a JSON Web Token (RFC 7519), if any.
pub(crate) fn subject(token: &Secret) -> Option<String> {
    let claims = token.expose().split('.').nth(1)?;
    let claims = BASE64URL_NOPAD.decode(claims.trim_end_matches('=').as_bytes()).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims["sub"].as_str().map(ToOwned::to_owned)
}

/// In bytes. AWS accepts assertions of 100,000 characters.
const MAX_BYTES: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_subject_of_a_token() {
        let claims = BASE64URL_NOPAD.encode(br#"{"sub":"repo:octo/x:ref:refs/heads/main"}"#);
        let token = Secret::new(format!("e30.{claims}.c2ln"));
        assert_eq!(subject(&token).as_deref(), Some("repo:octo/x:ref:refs/heads/main"));
    }

    #[test]
    fn finds_no_subject_in_other_texts() {
        for bad in ["", "x", "a.b.c", "a.e30.c", "a.ImEi.c"] {
            assert_eq!(subject(&Secret::from(bad)), None, "{bad}");
        }
    }
}
