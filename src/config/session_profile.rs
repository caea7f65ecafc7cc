//! The session profile: which section of the credentials file holds a session.

use super::Resolver;
use crate::{
    aws_files::SectionName,
    context::Context,
    failure::Failure,
    message,
    origin::{InvalidValue, Origin, Sourced},
    output::Keep,
    profiles::{KeyProfile, ProfileChain, RoleProfile, default_session_profile},
    settings::SESSION_PROFILE,
};

/// The session profile of the requested profile, which may be a session profile itself.
pub(crate) fn session_profile(context: &Context<'_>) -> Result<String, Failure> {
    let resolver = Resolver::new(context)?;
    let requested = resolver.requested_profile()?.value;
    resolver.session_profile_of(&requested)
}

impl Resolver<'_> {
    /// The session profile of a profile, by the files and the environment.
    pub(super) fn session_profile_of(&self, requested: &str) -> Result<String, Failure> {
        let requested = self.profiles.session_source(requested);
        let resolver = self.scoped(vec![requested.clone()]);
        if resolver.profiles.has_session(&requested) {
            return Ok(requested);
        }
        if let Some(configured) = resolver.find_besides_flag(&SESSION_PROFILE)? {
            return Ok(configured.value);
        }
        let chain = resolver.profiles.chain(&requested)?;
        let key_profile = chain.key_profile.clone();
        let key_profile = key_profile.unwrap_or_else(|| KeyProfile::from_name(&requested));
        Ok(match chain.roles.first() {
            Some(RoleProfile { arn, .. }) => {
                let role = arn.value.rsplit('/').next().unwrap_or_default();
                session_profile_of_role(&chain, &key_profile, role)
            }
            None => key_profile.session_profile,
        })
    }

    /// The session profile for a session of a role, a federated user or an identity token. Only the
    /// requested profile may configure it, and only if `--role-arn` is not given. `taken` is the
    /// session profile of the MFA session.
    pub(crate) fn session_profile(
        &self,
        default: String,
        taken: Option<&SectionName>,
        keep: Keep,
    ) -> Result<(SectionName, Keep), Failure> {
        let mut configured = self.in_flags(&SESSION_PROFILE);
        if configured.is_none() {
            configured = self.in_environment(&SESSION_PROFILE)?;
        }
        if configured.is_none() && !self.flags().is_given("role_arn") {
            let first = self.scope.profiles.iter().take(1).cloned().collect();
            configured = self.scoped(first).in_profiles(&SESSION_PROFILE);
        }
        let origin = configured.as_ref().map_or(Origin::Default, |it| it.origin.clone());
        let (profile, keep) = self.checked_session_profile(configured, default, keep)?;
        if taken == Some(&profile) {
            let problem =
                format!("the role's session would replace the MFA session in [{profile}]");
            let hint = "name another session profile: --to NAME";
            return Err(origin.invalid(InvalidValue::new(problem, hint)));
        }
        Ok((profile, keep))
    }

    /// The configured session profile or the default, and whether the session is kept in it. Fails
    /// if the profile must hold a session, but cannot.
    pub(super) fn checked_session_profile(
        &self,
        configured: Option<Sourced<String>>,
        default: String,
        mut keep: Keep,
    ) -> Result<(SectionName, Keep), Failure> {
        let Sourced { value, origin } = configured.unwrap_or(Sourced::default(default));
        self.record(&SESSION_PROFILE, &value, &origin);
        let hint = "name another session profile: --to NAME";
        let invalid = |problem| origin.invalid(InvalidValue::new(problem, hint));
        // SDKs prefer the credentials file.
        if keep != Keep::No
            && let Some(hidden) = self.profiles.hidden_by_session(&value)
        {
            let why = format!("a session in [{value}] would hide {hidden}");
            if keep == Keep::Required || origin != Origin::Default {
                return Err(invalid(why));
            }
            message::warn(format_args!("not keeping the session: {why}"));
            keep = Keep::No;
        }
        if keep != Keep::No
            && let Some(preferred) = self.profiles.preferred_to_session(&value)
        {
            message::warn(format_args!(
                "the AWS CLI ignores a session in [{value}]: it prefers {preferred}"
            ));
            message::hint(hint);
        }
        SectionName::parse(&value)
            .map(|name| (name, keep))
            .map_err(|why| invalid(format!("the session profile `{value}` {why}")))
    }
}

/// The default session profile for a role, from the names of the source profile and the role.
pub(crate) fn named_for(source: &str, role: &str) -> String {
    let profile = source.strip_suffix("-long-term").unwrap_or(source);
    // `X-long-term` holds the keys, and `X-mfa` the MFA session.
    let end = if ["long-term", "mfa"].contains(&role) { "-session" } else { "" };
    SectionName::nearest(&format!("{profile}-{role}{end}"))
}

/// The default session profile for the role of the requested profile.
pub(super) fn session_profile_of_role(
    chain: &ProfileChain,
    key_profile: &KeyProfile,
    role: &str,
) -> String {
    if let Some(profile) = &chain.session_profile {
        return profile.clone();
    }
    let name = chain.roles.first().map(|role| default_session_profile(&role.profile));
    // If a profile is its own source profile, the MFA session has that name.
    let name = name.filter(|name| *name != key_profile.session_profile);
    name.unwrap_or_else(|| named_for(&key_profile.name, role))
}
