//! The profile, and the long-term key that goes with it.

use super::{PROFILE, variable};
use crate::{
    cli::Cli,
    credentials::{AccessKey, is_temporary},
    environment::Environment,
    failure::{Failure, Status},
    message,
    origin::{Given, Origin},
    profile::{Profiles, Source},
    secret::Secret,
};

/// The profile, and the long-term key: that of the environment unless a profile is named by flag,
/// else that of the profile.
pub(super) fn source_and_key(
    cli: &Cli,
    environment: &Environment,
    profiles: &Profiles,
) -> Result<(Source, Given<AccessKey>), Failure> {
    let asked = match &cli.profile {
        Some(name) => Given { value: name.clone(), origin: Origin::Flag(PROFILE.flag) },
        None => {
            variable(&PROFILE, environment)?.unwrap_or_else(|| Given::default("default".to_owned()))
        }
    };
    let source = profiles.source(&asked.value);
    if cli.profile.is_none()
        && let Some(key) = key_of_environment(environment, &asked.value)?
    {
        return Ok((source.unwrap_or_else(|| Source::unknown(&asked.value)), key));
    }
    let source = source.ok_or_else(|| profiles.missing(&asked))?;
    let key = profiles.long_term_key(&source)?;
    Ok((source, key))
}

fn key_of_environment(
    environment: &Environment,
    profile: &str,
) -> Result<Option<Given<AccessKey>>, Failure> {
    let half = |there: &str, missing: &str| {
        Failure::new(Status::Here, format!("{there} is set, but {missing} is not"))
            .hint(format!("set both or none, or name a profile: --profile {profile}"))
    };
    let id = environment.variable(ID)?;
    let secret = environment.variable(SECRET)?.map(Secret::new);
    let tokens = [environment.variable(TOKEN)?, environment.variable("AWS_SECURITY_TOKEN")?];
    match (id, secret) {
        (None, None) => Ok(None),
        _ if tokens.iter().any(Option::is_some) => {
            message::tell(format_args!(
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
            Ok(Some(Given { value: AccessKey { id, secret }, origin: Origin::Variable(ID) }))
        }
    }
}

const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";
