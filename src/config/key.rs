//! The profile, and the keys that go with it.

use super::{PROFILE, variable};
use crate::{
    cli::Cli,
    credentials::{AccessKey, is_temporary},
    environment::Environment,
    failure::{Failure, Status},
    message,
    origin::{Origin, Sourced},
    profiles::{Lead, Profiles, Source},
    secret::Secret,
};

/// The profile that is asked for.
pub(super) fn asked(cli: &Cli, environment: &Environment) -> Result<Sourced<String>, Failure> {
    match &cli.common.profile {
        Some(name) => Ok(Sourced::typed(PROFILE.flag, name.clone())),
        None => Ok(variable(&PROFILE, environment)?
            .unwrap_or_else(|| Sourced::default("default".to_owned()))),
    }
}

/// Where the profile leads, and the long-term key: that of the environment unless a profile is
/// named by flag, else that of the profile.
pub(super) fn lead_and_key(
    cli: &Cli,
    environment: &Environment,
    profiles: &Profiles,
) -> Result<(Lead, Source, Sourced<AccessKey>), Failure> {
    let asked = asked(cli, environment)?;
    if cli.common.profile.is_none()
        && let Some(key) = key_of_environment(environment, &asked.value)?
    {
        let lead = Lead { roles: vec![], source: None, session_profile: None };
        let source = profiles.source(&asked.value);
        return Ok((lead, source.unwrap_or_else(|| Source::unknown(&asked.value)), key));
    }
    let lead = profiles.lead(&asked.value)?;
    let source = lead.source.clone().ok_or_else(|| profiles.missing(&asked))?;
    let key = profiles.long_term_key(&source)?;
    Ok((lead, source, key))
}

/// The keys that an AWS SDK would use: those of the environment unless a profile is named by flag,
/// else those of the profile.
pub(super) fn any_key(
    cli: &Cli,
    environment: &Environment,
    profiles: &Profiles,
) -> Result<Sourced<(AccessKey, Option<Secret>)>, Failure> {
    let asked = asked(cli, environment)?;
    if cli.common.profile.is_none() {
        if let Some((key, token)) = session_of_environment(environment)? {
            return Ok(Sourced { value: (key, Some(token)), origin: Origin::Variable(ID) });
        }
        if let Some(key) = key_of_environment(environment, &asked.value)? {
            return Ok(key.map(|key| (key, None)));
        }
    }
    if profiles.source(&asked.value).is_none() {
        return Err(profiles.missing(&asked));
    }
    profiles.any_key(&asked.value)
}

/// The session in the environment, and its token by either name.
pub(super) fn session_of_environment(
    environment: &Environment,
) -> Result<Option<(AccessKey, Secret)>, Failure> {
    let text = |name| environment.variable(name);
    // In botocore's order.
    let token = match text(OLD_TOKEN)? {
        Some(token) => Some(token),
        None => text(TOKEN)?,
    };
    let (Some(id), Some(secret), Some(token)) = (text(ID)?, text(SECRET)?, token) else {
        return Ok(None);
    };
    Ok(Some((AccessKey { id, secret: Secret::new(secret) }, Secret::new(token))))
}

fn key_of_environment(
    environment: &Environment,
    profile: &str,
) -> Result<Option<Sourced<AccessKey>>, Failure> {
    let half = |there: &str, missing: &str| {
        Failure::new(Status::Here, format!("{there} is set, but {missing} is not"))
            .hint(format!("set both or none, or name a profile: --profile {profile}"))
    };
    let id = environment.variable(ID)?;
    let secret = environment.variable(SECRET)?.map(Secret::new);
    let tokens = [environment.variable(TOKEN)?, environment.variable(OLD_TOKEN)?];
    match (id, secret) {
        (None, None) => Ok(None),
        _ if tokens.iter().any(Option::is_some) => {
            message::info(format_args!(
                "the keys in the environment are a session; looking at the profile `{profile}`"
            ));
            Ok(None)
        }
        (Some(_), None) => Err(half(ID, SECRET)),
        (None, Some(_)) => Err(half(SECRET, ID)),
        (Some(id), Some(_)) if is_temporary(&id) => Err(Failure::new(
            Status::Here,
            format!("{ID} is a temporary key, but {TOKEN} is not set"),
        )
        .hint("set long-term keys, or name a profile that has them: --profile NAME")),
        (Some(id), Some(secret)) => {
            Ok(Some(Sourced { value: AccessKey { id, secret }, origin: Origin::Variable(ID) }))
        }
    }
}

const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";
const OLD_TOKEN: &str = "AWS_SECURITY_TOKEN";
