//! Which session is meant, of those that are there.

use std::slice;

use super::{in_profiles, key, mfa::of_role_profile, table::SESSION_PROFILE, variable};
use crate::{
    cli::Cli,
    environment::Environment,
    failure::Failure,
    origin::Sourced,
    profiles::{Profiles, RoleProfile, Source},
    session_profile::rfc_3339,
    status::ActiveSession,
};

/// The session that is in use: that of the environment, where there is one and no profile is named
/// by flag; else that of the profile, which may be the session profile itself.
pub fn chosen(
    cli: &Cli,
    environment: &Environment,
    profiles: &Profiles,
) -> Result<ActiveSession, Failure> {
    if cli.common.profile.is_none() && key::session_of_environment(environment)?.is_some() {
        let expires = environment.variable("AWS_CREDENTIAL_EXPIRATION")?;
        return Ok(ActiveSession::Environment(expires.as_deref().and_then(rfc_3339)));
    }
    session_profile(cli, environment, profiles).map(|it| ActiveSession::Profile(it.value))
}

/// The session profile of the profile that is asked for.
pub fn session_profile(
    cli: &Cli,
    environment: &Environment,
    profiles: &Profiles,
) -> Result<Sourced<String>, Failure> {
    let asked = key::asked(cli, environment)?;
    if profiles.holds_session(&asked.value) {
        return Ok(asked);
    }
    if let Some(said) = variable(&SESSION_PROFILE, environment)? {
        return Ok(said);
    }
    if let Some(said) = in_profiles(&SESSION_PROFILE, profiles, slice::from_ref(&asked.value)) {
        return Ok(said);
    }
    let lead = profiles.lead(&asked.value)?;
    let source = lead.source.clone().unwrap_or_else(|| Source::unknown(&asked.value));
    let value = match lead.roles.first() {
        Some(RoleProfile { arn, .. }) => {
            of_role_profile(&lead, &source, arn.value.rsplit('/').next().unwrap_or_default())
        }
        None => source.session_profile,
    };
    Ok(Sourced { value, origin: asked.origin })
}
