//! The values that everything is about: an access key, and a session.

use time::OffsetDateTime;

use crate::secret::Secret;

/// An access key: its id, which may be shown, and its secret, which may not.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// The access key id, such as `AKIAIOSFODNN7EXAMPLE`.
    pub id: String,
    /// The secret access key.
    pub secret: Secret,
}

/// Whether an access key id is one that goes with a session token.
#[must_use]
pub fn is_temporary(id: &str) -> bool {
    id.starts_with("ASIA")
}

/// Whether an access key id is one of a long-term key, whatever stands beside it.
#[must_use]
pub fn is_long_term(id: &str) -> bool {
    id.starts_with("AKIA")
}

/// Whether a text is of the alphabet that AWS uses for keys and tokens, and a little beyond:
/// nothing in it means anything to a shell, quoted or not, or to the syntax of a file.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "+/=-_.~:,@%".contains(c))
}

/// Temporary credentials, with what they were made from.
#[derive(Debug)]
pub struct Session {
    /// The temporary access key.
    pub key: AccessKey,
    /// The session token, without which the key is worth nothing.
    pub token: Secret,
    /// When STS stops to accept them.
    pub expires: OffsetDateTime,
    /// What they were made from.
    pub provenance: Provenance,
}

/// What a session was made from: it is reused only for the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The profile that leads to it: the one with the long-term key, or with the role.
    pub source: String,
    /// The id of the long-term key; `None` where there was none.
    pub key_id: Option<String>,
    /// The serial number of the MFA device; `None` where there was none.
    pub serial: Option<String>,
    /// The ARN of the role that it is of; `None` where it is the user's own.
    pub role: Option<String>,
    /// Whether it may do less than others of the same user or role, or is called otherwise.
    pub is_restricted: bool,
}
