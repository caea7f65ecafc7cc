//! The `Credentials` element of an output: temporary credentials.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html>

use time::OffsetDateTime;

use super::{
    account_id::AccountId,
    operation::Output,
    response::{Answer, InvalidResponse},
    sign::SigningKey,
};
use crate::secret::Secret;

/// Temporary credentials from STS.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `AccessKeyId`: 8 to 128 letters, digits and `_+=,.@-`. AWS's begin with `ASIA`; an
    /// emulator's may look like that of a long-term key.
    pub access_key_id: String,
    /// `SecretAccessKey`.
    pub secret_access_key: Secret,
    /// `SessionToken`.
    pub session_token: Secret,
    /// `Expiration`, in UTC.
    pub expires: OffsetDateTime,
    /// The account of the role or the federated user, if the output names its ARN.
    pub account: Option<AccountId>,
}

impl Credentials {
    /// The signing key; requests also need the session token.
    #[must_use]
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::new(self.access_key_id.clone(), self.secret_access_key.clone())
    }
}

impl Output for Credentials {
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse> {
        let credentials =
            answer.child("Credentials").ok_or(InvalidResponse("it contains no credentials"))?;
        let expires = credentials.moment("Expiration")?;
        if expires <= answer.now() {
            return Err(InvalidResponse("its session has already expired"));
        }
        let owner = answer.child("AssumedRoleUser").or_else(|| answer.child("FederatedUser"));
        let account = owner.and_then(|owner| AccountId::in_arn(owner.text("Arn")?));
        Ok(Self {
            access_key_id: credentials.access_key_id()?,
            secret_access_key: credentials.secret("SecretAccessKey")?,
            session_token: credentials.secret("SessionToken")?,
            expires,
            account,
        })
    }
}

/// Whether an access key id belongs to temporary credentials, by its prefix.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
pub(crate) fn is_temporary(id: &str) -> bool {
    id.starts_with("ASIA")
}

/// Whether an access key id belongs to a long-term key, by its prefix.
pub(crate) fn is_long_term(id: &str) -> bool {
    id.starts_with("AKIA")
}
