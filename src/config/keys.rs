//! The requested profile, and the keys that belong to it.

use super::Resolver;
use crate::{
    context::Context,
    environment::Environment,
    failure::{Failure, Status},
    message,
    origin::{Origin, Sourced},
    profiles::{KeyProfile, ProfileChain},
    secret::Secret,
    session::Provenance,
    settings::{ACCESS_KEY_ID, PROFILE},
    sts::{SigningKey, is_temporary},
};

/// A key that signs, and the token of a temporary one.
pub(crate) type CallerKey = (SigningKey, Option<Secret>);

/// The profile that the flag or the environment names.
pub(super) fn requested_profile(context: &Context<'_>) -> Result<Sourced<String>, Failure> {
    match context.flags.value("profile") {
        Some(name) => Ok(Sourced { value: name.to_owned(), origin: Origin::Flag("profile") }),
        None => Ok(PROFILE
            .in_environment(context.environment)?
            .unwrap_or_else(|| Sourced::default("default".to_owned()))),
    }
}

impl Resolver<'_> {
    pub(crate) fn requested_profile(&self) -> Result<Sourced<String>, Failure> {
        requested_profile(self.context)
    }

    /// The long-term key, and the roles that its profile leads through. Without `--profile`, a key
    /// in the environment comes first.
    pub(crate) fn long_term_key(
        &self,
    ) -> Result<(ProfileChain, KeyProfile, Sourced<SigningKey>), Failure> {
        let requested = self.requested_profile()?;
        let found = if let Some(key) = self.key_of_environment(&requested.value)? {
            let profile = self.profiles.key_profile(&requested.value);
            let profile = profile.unwrap_or_else(|| KeyProfile::from_name(&requested.value));
            (ProfileChain::default(), profile, key)
        } else {
            let chain = self.profiles.chain(&requested.value)?;
            let unknown = || self.profiles.unknown_profile(&requested);
            let profile = chain.key_profile.clone().ok_or_else(unknown)?;
            let key = self.profiles.long_term_key(&profile)?;
            (chain, profile, key)
        };
        self.record(&ACCESS_KEY_ID, found.2.value.id(), &found.2.origin);
        Ok(found)
    }

    /// The keys that an AWS SDK would use. Without `--profile`, keys in the environment come first.
    pub(crate) fn any_key(&self) -> Result<Sourced<CallerKey>, Failure> {
        let key = self.find_any_key()?;
        self.record(&ACCESS_KEY_ID, key.value.0.id(), &key.origin);
        Ok(key)
    }

    fn find_any_key(&self) -> Result<Sourced<CallerKey>, Failure> {
        let requested = self.requested_profile()?;
        if !self.flags().is_given("profile")
            && let Some((key, token)) = session_of_environment(self.context.environment)?
        {
            return Ok(Sourced { value: (key, Some(token)), origin: Origin::Variable(ID) });
        }
        if let Some(key) = self.key_of_environment(&requested.value)? {
            return Ok(key.map(|key| (key, None)));
        }
        if self.profiles.key_profile(&requested.value).is_none() {
            return Err(self.profiles.unknown_profile(&requested));
        }
        self.profiles.sdk_key(&requested.value)
    }

    /// The profile whose settings apply to a session that an identity token gets, and the role of
    /// the session that it replaces: the requested profile may hold such a session.
    pub(crate) fn source_of_role_session(&self, requested: &str) -> (String, Option<String>) {
        let stored = self.profiles.session(requested).map(|session| session.provenance);
        match stored {
            Some(Provenance { source, role: Some(role), key_id: None, .. }) => (source, Some(role)),
            _ => (requested.to_owned(), None),
        }
    }

    /// The long-term key in the environment, unless `--profile` is given.
    fn key_of_environment(&self, profile: &str) -> Result<Option<Sourced<SigningKey>>, Failure> {
        if self.flags().is_given("profile") {
            return Ok(None);
        }
        let variable = |name| self.context.environment.variable(name);
        let incomplete = |present: &str, missing: &str| {
            Failure::new(Status::Local, format!("{present} is set, but {missing} is not"))
                .hint(format!("set both or none, or name a profile: --profile {profile}"))
        };
        let (id, secret) = (variable(ID)?, variable(SECRET)?.map(Secret::new));
        let has_token = variable(TOKEN)?.is_some() || variable(OLD_TOKEN)?.is_some();
        match (id, secret) {
            (None, None) => Ok(None),
            _ if has_token => {
                message::info(format_args!(
                    "the keys in the environment are a session; looking at the profile `{profile}`"
                ));
                Ok(None)
            }
            (Some(_), None) => Err(incomplete(ID, SECRET)),
            (None, Some(_)) => Err(incomplete(SECRET, ID)),
            (Some(id), Some(_)) if is_temporary(&id) => {
                let what = format!("{ID} is a temporary key, but {TOKEN} is not set");
                Err(Failure::new(Status::Local, what)
                    .hint("set long-term keys, or name a profile with them: --profile NAME"))
            }
            (Some(id), Some(secret)) => {
                let value = SigningKey::new(id, secret);
                Ok(Some(Sourced { value, origin: Origin::Variable(ID) }))
            }
        }
    }
}

/// The session in the environment. Its token may have either of two names.
pub(super) fn session_of_environment(
    environment: &Environment,
) -> Result<Option<(SigningKey, Secret)>, Failure> {
    // In botocore's order.
    let token = match environment.variable(OLD_TOKEN)? {
        Some(token) => Some(token),
        None => environment.variable(TOKEN)?,
    };
    let (id, secret) = (environment.variable(ID)?, environment.variable(SECRET)?);
    let (Some(id), Some(secret), Some(token)) = (id, secret, token) else { return Ok(None) };
    Ok(Some((SigningKey::new(id, Secret::new(secret)), Secret::new(token))))
}

const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";
const OLD_TOKEN: &str = "AWS_SECURITY_TOKEN";
