//! Text for an AWS file that every reader reads back unchanged.

use std::{error::Error, fmt};

use crate::secret::Secret;

/// A value that botocore, the AWS SDKs and `rust-ini` read back exactly from a line `key = value`:
/// printable ASCII without a comment.
///
/// ASCII, because botocore reads the file in the system's encoding, which is not UTF-8 on Windows.
/// No maximum length, because AWS sets none for a session token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value(Secret);

impl Value {
    /// Checks that the text is a writable value.
    pub fn parse(text: Secret) -> Result<Self, Unwritable> {
        let value = text.expose().as_bytes();
        let comment = |pair: &[u8]| pair[0] == b' ' && matches!(pair[1], b'#' | b';');
        match value {
            [] => Err(Unwritable("is empty")),
            _ if !value.iter().all(|b| matches!(b, b' '..=b'~')) => {
                Err(Unwritable("contains a character that is not printable ASCII"))
            }
            [b' ', ..] | [.., b' '] => Err(Unwritable("begins or ends with a space")),
            [b'#' | b';', ..] => Err(Unwritable("begins like a comment")),
            _ if value.windows(2).any(comment) => Err(Unwritable("contains a comment")),
            _ => Ok(Self(text)),
        }
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The name of a section that all readers find, with the characters that the SDKs accept:
/// `A-Z a-z 0-9 - _ / . % @ : +`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectionName(String);

impl SectionName {
    /// Checks that the name is writable as a header.
    pub fn parse(name: &str) -> Result<Self, Unwritable> {
        match name {
            "" => Err(Unwritable("is empty")),
            // Python's configparser copies this section's properties into all others.
            "DEFAULT" => Err(Unwritable("means all profiles to the AWS CLI")),
            // The SDK for JavaScript refuses a file with such a section.
            "__proto__" => Err(Unwritable("is refused by the AWS SDK for JavaScript")),
            _ if name.chars().all(Self::allows) => Ok(Self(name.to_owned())),
            _ => Err(Unwritable("contains a character other than A-Z a-z 0-9 - _ / . % @ : +")),
        }
    }

    /// The text with `-` for each character that the SDKs do not accept.
    pub(crate) fn nearest(text: &str) -> String {
        text.chars().map(|c| if Self::allows(c) { c } else { '-' }).collect()
    }

    fn allows(c: char) -> bool {
        c.is_ascii_alphanumeric() || "-_/.%@:+".contains(c)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text cannot be written: a predicate, such as "is empty". It omits the text, which may be a
/// secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unwritable(pub(super) &'static str);

impl Unwritable {
    /// The predicate as text.
    #[must_use]
    pub fn why(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Unwritable {}
