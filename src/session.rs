//! The session: reused where there is a good one, else got from STS, for whatever proves who asks.
//!
//! A new way to get one is one more file below, and a line in the list here.

mod federation;
mod lifetime;
mod mfa;
mod role;
mod saml;
mod turn;
mod web_identity;

use time::{Duration, OffsetDateTime};

use crate::{
    credentials::{Provenance, Session},
    environment,
    failure::Failure,
    message::{self, format_duration, round_to_minute},
    output::Destination,
    profiles::Profiles,
    sts::{Client, Credentials, Endpoint},
};
pub use federation::Federation;
pub use lifetime::{Lifetime, MinRemaining, RoleLifetime};
pub use mfa::Mfa;
pub use role::{Role, Roles};
pub use saml::Saml;
pub use turn::PromptLock;
pub use web_identity::{TokenSource, WebIdentity};

/// A session that is wanted somewhere.
pub struct SessionRequest {
    /// How it is got.
    pub recipe: Method,
    /// Whether one that is there already will do.
    pub reuse: Reuse,
    /// Where it goes.
    pub place: Destination,
}

/// A way to a session.
pub enum Method {
    /// For a code.
    Mfa(Mfa),
    /// For roles that the session of another job assumes.
    Roles(Roles, Box<SessionRequest>),
    /// For somebody whom IAM does not know.
    Federation(Federation),
    /// For the token of an OIDC provider.
    WebIdentity(WebIdentity),
    /// For the assertion of a SAML provider.
    Saml(Saml),
}

/// Whether a session that is there already will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// If that much of it is left, and it is made from the same.
    While(MinRemaining, Wanted),
    /// Never.
    Never,
}

/// What a session must be made from to be reused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The id of the long-term key, if any.
    pub key_id: Option<String>,
    /// The serial number of the MFA device; `None` where any will do.
    pub serial: Option<String>,
    /// The ARN of the role, if any.
    pub role: Option<String>,
}

/// The services, and the way to them.
#[derive(Clone, Copy)]
pub struct Aws<'a> {
    /// The way.
    pub client: &'a Client,
    /// STS.
    pub sts: &'a Endpoint,
    /// IAM.
    pub iam: &'a Endpoint,
}

impl SessionRequest {
    /// The session in the session profile, if it will do.
    #[must_use]
    pub fn reusable(&self, profiles: &Profiles) -> Option<Session> {
        let Reuse::While(min_remaining, wanted) = &self.reuse else { return None };
        let session = profiles.session(self.place.profile.as_str())?;
        is_good(&session, wanted, *min_remaining, environment::now()).then_some(session)
    }

    /// The same after others had their turn: they may have got one meanwhile.
    pub fn reusable_by_now(&self, profiles: &Profiles) -> Result<Option<Session>, Failure> {
        match (&self.recipe, &self.reuse) {
            (Method::Mfa(_), Reuse::While(..)) => Ok(self.reusable(&profiles.again()?)),
            _ => Ok(None),
        }
    }
}

/// Whether the session is made from what is wanted, and lasts.
fn is_good(
    session: &Session,
    wanted: &Wanted,
    min_remaining: MinRemaining,
    now: OffsetDateTime,
) -> bool {
    let Provenance { key_id, serial, role, is_restricted, .. } = &session.provenance;
    let is_wanted = match &wanted.serial {
        Some(wanted) => serial.as_ref() == Some(wanted),
        // Who has a key goes through MFA.
        None => serial.is_some() == wanted.key_id.is_some(),
    };
    is_wanted
        && *key_id == wanted.key_id
        && *role == wanted.role
        && !is_restricted
        && session.expires > now
        && min_remaining.is_within(session.expires - now)
}

/// The session that was granted; says so where it is shorter than `seconds`, for the reason `why`.
fn session(
    granted: Credentials,
    provenance: Provenance,
    seconds: u32,
    why: &str,
    now: OffsetDateTime,
) -> Session {
    let left = granted.expires - now;
    let asked = Duration::seconds(seconds.into());
    if left + SLACK < asked {
        message::warn(format_args!(
            "asked for {}, but STS granted {} ({why})",
            format_duration(asked),
            format_duration(round_to_minute(left)),
        ));
    }
    Session { key: granted.key, token: granted.token, expires: granted.expires, provenance }
}

/// The way of the answer, and a clock that is a little off, as [`Client::now`] has it.
const SLACK: Duration = Duration::minutes(5);

const ROOT_GETS: &str = "the root user gets 1h at most";
