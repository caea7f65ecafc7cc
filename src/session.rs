//! A session: temporary credentials and their provenance.

use time::{Duration, OffsetDateTime};

use crate::{
    message::{self, format_duration, round_to_minute},
    secret::Secret,
    sts::{AccountId, Credentials, SessionKeys, SigningKey},
};

/// Temporary credentials and their provenance.
#[derive(Debug)]
pub struct Session {
    /// The temporary access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token. The access key is invalid without it.
    pub session_token: Secret,
    /// When STS stops accepting them.
    pub expires: OffsetDateTime,
    /// The account, if it is known without a request.
    pub account: Option<AccountId>,
    /// The provenance.
    pub provenance: Provenance,
}

/// The origin of a session. A session is reused only for a request of the same origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The source profile, with the long-term key or the role.
    pub source: String,
    /// The id of the long-term key, if any.
    pub key_id: Option<String>,
    /// The serial number of the MFA device, if any.
    pub serial: Option<String>,
    /// The ARN of the role, if any.
    pub role: Option<String>,
    /// Whether the long-term key assumed the role, with an MFA code.
    pub is_direct: bool,
    /// Whether the session has policies, tags or a name from the command line: it is not reused.
    pub is_restricted: bool,
}

impl Provenance {
    /// Whether STS granted the session for an MFA code. The session of a role costs none, unless
    /// the long-term key assumed the role.
    pub(crate) fn costs_code(&self) -> bool {
        self.serial.is_some() && (self.role.is_none() || self.is_direct)
    }
}

/// The long-term key that a stored session must have been made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyMatch {
    /// The key with this id.
    Id(String),
    /// Any key of this source profile: only its `credential_process` knows the id, and a reuse does
    /// not run it.
    Source(String),
}

impl KeyMatch {
    /// Whether a session of this provenance was made with the key.
    pub(crate) fn is_met_by(&self, provenance: &Provenance) -> bool {
        match (self, &provenance.key_id) {
            (_, None) => false,
            (Self::Id(wanted), Some(id)) => wanted == id,
            (Self::Source(wanted), Some(_)) => *wanted == provenance.source,
        }
    }
}

impl Session {
    /// The session that STS granted at the time `now`. Warns if it is shorter than the `requested`
    /// seconds; `why` names the usual limit.
    pub(crate) fn granted(
        credentials: Credentials,
        provenance: Provenance,
        requested: u32,
        why: &str,
        now: OffsetDateTime,
    ) -> Self {
        let Credentials { access_key_id, secret_access_key, session_token, expires, account } =
            credentials;
        let account = account.or_else(|| provenance.account());
        let (left, requested) = (expires - now, Duration::seconds(requested.into()));
        if left + TOLERANCE < requested {
            message::warn(format_args!(
                "requested {}, but STS granted {} ({why})",
                format_duration(requested),
                format_duration(round_to_minute(left)),
            ));
        }
        Self { access_key_id, secret_access_key, session_token, expires, account, provenance }
    }

    /// The three keys.
    pub(crate) fn keys(&self) -> SessionKeys {
        SessionKeys {
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.clone(),
            session_token: self.session_token.clone(),
        }
    }

    /// The key that signs requests with this session.
    pub(crate) fn signing_key(&self) -> SigningKey {
        SigningKey::new(self.access_key_id.clone(), self.secret_access_key.clone())
    }
}

impl Provenance {
    /// The account of the role, or without a role that of a virtual MFA device: the user's.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        AccountId::in_arn(self.role.as_ref().or(self.serial.as_ref())?)
    }
}

/// A session with less time left may end before a long command does.
pub(crate) const EXPIRES_SOON: Duration = Duration::minutes(15);

/// For the round trip to STS and a clock that is up to four minutes off.
const TOLERANCE: Duration = Duration::minutes(5);

/// Why STS grants the root user less than requested.
pub(crate) const ROOT_LIMIT: &str = "the root user gets 1h at most";

/// Why STS grants a role less than requested.
pub(crate) const ROLE_LIMIT: &str = "the role allows no more";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_that_of_the_role_or_else_of_the_device() {
        let account = |serial: &str, role: Option<&str>| {
            let (serial, role) = (Some(serial.to_owned()), role.map(ToOwned::to_owned));
            let account = Provenance { serial, role, ..Provenance::default() }.account();
            account.map(|account| account.to_string())
        };
        let device = "arn:aws:iam::123456789012:mfa/alice";
        let role = "arn:aws:iam::210987654321:role/admin";
        assert_eq!(account(device, None).as_deref(), Some("123456789012"));
        assert_eq!(account(device, Some(role)).as_deref(), Some("210987654321"));
        assert_eq!(account(device, Some("admin")), None);
        assert_eq!(account("GAHT12345678", None), None);
    }
}
