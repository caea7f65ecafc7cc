//! A session: temporary credentials, and what they were made from.

use time::{Duration, OffsetDateTime};

use crate::{
    message::{self, format_duration, round_to_minute},
    secret::Secret,
    sts::{Credentials, SigningKey},
};

/// Temporary credentials, with what they were made from.
#[derive(Debug)]
pub struct Session {
    /// The temporary access key id.
    pub access_key_id: String,
    /// The secret access key that goes with it.
    pub secret_access_key: Secret,
    /// The session token, without which the two are worth nothing.
    pub session_token: Secret,
    /// When STS stops accepting them.
    pub expires: OffsetDateTime,
    /// What they were made from.
    pub provenance: Provenance,
}

/// What a session was made from. It is reused only for the same request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The profile that leads to it: the one with the long-term key, or with the role.
    pub source: String,
    /// The id of the long-term key, if there was one.
    pub key_id: Option<String>,
    /// The serial number of the MFA device, if there was one.
    pub serial: Option<String>,
    /// The ARN of the role, if it is a role's session.
    pub role: Option<String>,
    /// Whether it is restricted by policies or tags, or has a name of its own: it is not reused.
    pub is_restricted: bool,
}

impl Session {
    /// The session that STS granted at the time `now`. Warns if it is shorter than the `requested`
    /// seconds; `why` says what usually limits it.
    pub(crate) fn granted(
        credentials: Credentials,
        provenance: Provenance,
        requested: u32,
        why: &str,
        now: OffsetDateTime,
    ) -> Self {
        let Credentials { access_key_id, secret_access_key, session_token, expires } = credentials;
        let (left, requested) = (expires - now, Duration::seconds(requested.into()));
        if left + TOLERANCE < requested {
            message::warn(format_args!(
                "asked for {}, but STS granted {} ({why})",
                format_duration(requested),
                format_duration(round_to_minute(left)),
            ));
        }
        Self { access_key_id, secret_access_key, session_token, expires, provenance }
    }

    /// The key that signs with this session.
    pub(crate) fn signing_key(&self) -> SigningKey {
        SigningKey::new(self.access_key_id.clone(), self.secret_access_key.clone())
    }
}

/// The round trip to STS, and a clock that is up to four minutes off.
const TOLERANCE: Duration = Duration::minutes(5);

/// Why STS grants the root user less than requested.
pub(crate) const ROOT_LIMIT: &str = "the root user gets 1h at most";

/// Why STS grants a role less than requested.
pub(crate) const ROLE_LIMIT: &str = "the role allows no more";
