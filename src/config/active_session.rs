//! The active session, which an AWS SDK would use.

use time::OffsetDateTime;

use super::{keys::session_of_environment, session_profile::session_profile};
use crate::{context::Context, failure::Failure, session_profile::parse_rfc_3339};

/// The active session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ActiveSession {
    /// The session in the environment, with its expiry if known.
    Environment(Option<OffsetDateTime>),
    /// The session profile; it may hold no session.
    Profile(String),
}

/// Finds the active session. Without `--profile`, a session in the environment comes first.
pub(crate) fn active_session(context: &Context<'_>) -> Result<ActiveSession, Failure> {
    let environment = context.environment;
    if !context.flags.is_given("profile") && session_of_environment(environment)?.is_some() {
        let expires = environment.variable("AWS_CREDENTIAL_EXPIRATION")?;
        return Ok(ActiveSession::Environment(expires.as_deref().and_then(parse_rfc_3339)));
    }
    session_profile(context).map(ActiveSession::Profile)
}
