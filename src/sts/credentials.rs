//! What every operation that yields a session answers with: its `Credentials`.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html>

use time::OffsetDateTime;

use super::{Answer, InvalidResponse, Output};
use crate::{
    credentials::{AccessKey, is_long_term},
    secret::Secret,
};

/// Temporary credentials.
#[derive(Debug)]
pub struct Credentials {
    /// The temporary access key.
    pub key: AccessKey,
    /// The session token.
    pub token: Secret,
    /// When the session ends.
    pub expires: OffsetDateTime,
}

impl Output for Credentials {
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse> {
        let credentials =
            answer.child("Credentials").ok_or(InvalidResponse("there are no credentials in it"))?;
        let expires = credentials.moment("Expiration")?;
        if expires <= answer.now() {
            return Err(InvalidResponse("the session in it is over already"));
        }
        let id = credentials.access_key_id()?;
        if is_long_term(&id) {
            // In a file it would be taken for one that must not be overwritten.
            return Err(InvalidResponse("the access key id in it is a long-term one"));
        }
        Ok(Self {
            key: AccessKey { id, secret: credentials.secret("SecretAccessKey")? },
            token: credentials.secret("SessionToken")?,
            expires,
        })
    }
}
