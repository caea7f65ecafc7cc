//! Which stored session a command means.

use std::slice;

use super::{keys, session::session_profile_of_role};
use crate::{
    context::Context,
    failure::Failure,
    profiles::{KeyProfile, RoleProfile},
    session_profile::parse_rfc_3339,
    settings::SESSION_PROFILE,
};
use time::OffsetDateTime;

/// The session that is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ActiveSession {
    /// The session in the environment, with its expiry if that is known.
    Environment(Option<OffsetDateTime>),
    /// The session in this profile of the credentials file, if it holds one.
    Profile(String),
}

/// The session that is in use. Without `--profile`, one in the environment comes first.
pub(crate) fn active_session(context: &Context<'_>) -> Result<ActiveSession, Failure> {
    let environment = context.environment;
    if !context.flags.is_given("profile") && keys::session_of_environment(environment)?.is_some() {
        let expires = environment.variable("AWS_CREDENTIAL_EXPIRATION")?;
        return Ok(ActiveSession::Environment(expires.as_deref().and_then(parse_rfc_3339)));
    }
    session_profile(context).map(ActiveSession::Profile)
}

/// The session profile of the requested profile, which may be a session profile itself.
pub(crate) fn session_profile(context: &Context<'_>) -> Result<String, Failure> {
    let requested = keys::requested_profile(context)?.value;
    let profiles = context.profiles()?;
    if profiles.has_session(&requested) {
        return Ok(requested);
    }
    if let Some(configured) = SESSION_PROFILE.in_environment(context.environment)? {
        return Ok(configured.value);
    }
    let mut keys = SESSION_PROFILE.keys.iter();
    let scope = slice::from_ref(&requested);
    if let Some(configured) = keys.find_map(|key| profiles.setting(scope, key)) {
        return Ok(configured.value);
    }
    let chain = profiles.chain(&requested)?;
    let key_profile =
        chain.key_profile.clone().unwrap_or_else(|| KeyProfile::from_name(&requested));
    Ok(match chain.roles.first() {
        Some(RoleProfile { arn, .. }) => {
            let role = arn.value.rsplit('/').next().unwrap_or_default();
            session_profile_of_role(&chain, &key_profile, role)
        }
        None => key_profile.session_profile,
    })
}
