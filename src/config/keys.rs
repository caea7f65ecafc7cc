//! The requested profile and its keys.

use time::OffsetDateTime;

use super::Resolver;
use crate::{
    context::Context,
    environment::Environment,
    failure::{Failure, Status},
    message,
    origin::{Origin, Sourced},
    profiles::{KeyProfile, KeySource, ProfileChain},
    secret::Secret,
    session::Provenance,
    session_profile,
    settings::{ACCESS_KEY_ID, PROFILE},
    sts::{SessionKeys, SigningKey, is_temporary},
};

impl Resolver<'_> {
    /// The profile that the flag or the environment names.
    pub(crate) fn requested_profile(&self) -> Result<Sourced<String>, Failure> {
        requested_profile(self.context)
    }

    /// The long-term key, its profile, and the roles from the requested profile to it. Without
    /// `--profile`, a key in the environment comes first.
    pub(crate) fn long_term_key(
        &self,
    ) -> Result<(ProfileChain, KeyProfile, Sourced<KeySource>), Failure> {
        let requested = self.requested_profile()?;
        let (chain, profile, key) = if let Some(key) = self.key_of_environment(&requested.value)? {
            let profile = self.profiles.key_profile(&requested.value);
            let profile = profile.unwrap_or_else(|| KeyProfile::from_name(&requested.value));
            (ProfileChain::default(), profile, key.map(KeySource::from))
        } else {
            let chain = self.profiles.chain(&requested.value)?;
            let unknown = || self.profiles.unknown_profile(&requested);
            let profile = chain.key_profile.clone().ok_or_else(unknown)?;
            let key = self.profiles.long_term_key(&profile)?;
            (chain, profile, key)
        };
        self.record(&ACCESS_KEY_ID, key.describe(), &key.origin);
        Ok((chain, profile, key))
    }

    /// The keys that an AWS SDK would use. Without `--profile`, keys in the environment come first.
    pub(crate) fn any_key(&self) -> Result<Sourced<KeySource>, Failure> {
        let key = self.find_any_key()?;
        self.record(&ACCESS_KEY_ID, key.describe(), &key.origin);
        Ok(key)
    }

    fn find_any_key(&self) -> Result<Sourced<KeySource>, Failure> {
        let requested = self.requested_profile()?;
        if !self.flags().is_given("profile")
            && let Some(session) = session_of_environment(self.context.environment)?
        {
            self.uses_exported_session.set(true);
            let key = SigningKey::new(session.access_key_id, session.secret_access_key);
            let value = KeySource::Read((key, Some(session.session_token)));
            return Ok(Sourced { value, origin: Origin::Variable(ENVIRONMENT_ID) });
        }
        if let Some(key) = self.key_of_environment(&requested.value)? {
            return Ok(key.map(KeySource::from));
        }
        if self.profiles.key_profile(&requested.value).is_none() {
            return Err(self.profiles.unknown_profile(&requested));
        }
        let Some(role) = self.profiles.value(&requested.value, "role_arn") else {
            return self.profiles.sdk_key(&requested.value);
        };
        if let Some(key) = self.role_session(&requested.value, &role.value) {
            return Ok(key);
        }
        self.profiles.sdk_key(&requested.value).map_err(|failure| {
            let name = message::word(&requested.value);
            failure
                .hint(format!("or get a session of its role first: mfa-session --profile {name}"))
        })
    }

    /// The valid stored session of the profile's role.
    fn role_session(&self, profile: &str, role: &str) -> Option<Sourced<KeySource>> {
        let session_profile = self.session_profile_of(profile).ok()?;
        let session = self.profiles.session(&session_profile)?;
        let is_of_role = session.provenance.role.as_deref() == Some(role);
        if !is_of_role || session.expires <= OffsetDateTime::now_utc() {
            return None;
        }
        let value = KeySource::Read((session.signing_key(), Some(session.session_token)));
        let origin = Origin::Key {
            key: session_profile::ACCESS_KEY_ID,
            section: session_profile,
            file: self.profiles.credentials_file().to_owned(),
        };
        Some(Sourced { value, origin })
    }

    /// The source profile of a session for an identity token. If the requested profile holds such a
    /// session, also the role of that session, which the new session replaces.
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
            let profile = message::word(profile);
            Failure::new(Status::Local, format!("{present} is set, but {missing} is not"))
                .hint(format!("set both or neither, or name a profile: --profile {profile}"))
        };
        let (id, secret) = (variable(ENVIRONMENT_ID)?, variable(SECRET)?.map(Secret::new));
        let has_token = variable(TOKEN)?.is_some() || variable(OLD_TOKEN)?.is_some();
        match (id, secret) {
            (None, None) => Ok(None),
            _ if has_token => {
                message::info(format_args!(
                    "ignoring the session in the environment; using the profile `{profile}`"
                ));
                Ok(None)
            }
            (Some(_), None) => Err(incomplete(ENVIRONMENT_ID, SECRET)),
            (None, Some(_)) => Err(incomplete(SECRET, ENVIRONMENT_ID)),
            (Some(id), Some(_)) if is_temporary(&id) => {
                let what =
                    format!("{ENVIRONMENT_ID} is a temporary key id, but {TOKEN} is not set");
                Err(Failure::new(Status::Local, what)
                    .hint("set long-term keys, or name a profile with them: --profile NAME"))
            }
            (Some(id), Some(secret)) => {
                let value = SigningKey::new(id, secret);
                Ok(Some(Sourced { value, origin: Origin::Variable(ENVIRONMENT_ID) }))
            }
        }
    }
}

/// The profile that the flag or the environment names.
pub(crate) fn requested_profile(context: &Context<'_>) -> Result<Sourced<String>, Failure> {
    if let Some(name) = context.flags.value("profile") {
        return Ok(Sourced { value: name.to_owned(), origin: Origin::Flag("profile") });
    }
    let configured = PROFILE.in_environment(context.environment)?;
    Ok(configured.unwrap_or_else(|| Sourced::default("default".to_owned())))
}

/// The session in the environment.
pub(crate) fn session_of_environment(
    environment: &Environment,
) -> Result<Option<SessionKeys>, Failure> {
    // botocore prefers the older name.
    let token = match environment.variable(OLD_TOKEN)? {
        Some(token) => Some(token),
        None => environment.variable(TOKEN)?,
    };
    let (id, secret) = (environment.variable(ENVIRONMENT_ID)?, environment.variable(SECRET)?);
    let (Some(id), Some(secret), Some(token)) = (id, secret, token) else { return Ok(None) };
    Ok(Some(SessionKeys {
        access_key_id: id,
        secret_access_key: Secret::new(secret),
        session_token: Secret::new(token),
    }))
}

pub(super) const ENVIRONMENT_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";
const OLD_TOKEN: &str = "AWS_SECURITY_TOKEN";
