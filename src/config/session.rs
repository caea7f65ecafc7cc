//! The request of the main job: an MFA session, and with it the session of a role if there is one.

use super::{Aws, Partition, Resolver};
use crate::{
    aws_files::SectionName,
    failure::Failure,
    lifetime::{Lifetime, MinRemaining},
    mfa::Serial,
    origin::{InvalidValue, Origin, Sourced},
    output::{Destination, OutputMode},
    profiles::{self, KeyProfile},
    request::{Match, MfaRequest, Reuse, RoleRequest, SessionRequest},
    role::{Role, RoleChain},
    session_profile,
    settings::{DURATION, MIN_REMAINING, SERIAL, SESSION_PROFILE},
    sts::SigningKey,
};

/// The user who goes through MFA.
struct User {
    profile: KeyProfile,
    key: Sourced<SigningKey>,
    /// `None` where IAM must be asked for the device.
    serial: Option<Sourced<Serial>>,
}

impl User {
    /// What a session of this user must have been made from.
    fn session_with(&self, role: Option<String>) -> Match {
        Match {
            key_id: Some(self.key.value.id().to_owned()),
            serial: self.serial.as_ref().map(|serial| serial.value.to_string()),
            role,
        }
    }
}

impl Resolver<'_> {
    /// The session that the flags request, for an output in this mode.
    pub(crate) fn session_request(
        &self,
        mode: OutputMode,
    ) -> Result<(SessionRequest, Aws), Failure> {
        let (leading, profile, key) = self.long_term_key()?;
        if !matches!(key.origin, Origin::Variable(_)) && !self.has_role_flags() {
            self.profiles.check_renewable(&self.requested_profile()?.value)?;
        }
        let of_keys = vec![profile.name.clone(), profile.requested.clone()];
        let of_roles = leading.roles.iter().map(|role| role.profile.clone());
        let of_all = of_roles.chain(of_keys.clone()).collect();
        let (keys, all) = (self.scoped(of_keys), self.scoped(of_all));

        let serial = all.parse::<Serial>(&SERIAL)?;
        let partition = serial.as_ref().and_then(|serial| serial.value.partition());
        let device = partition.map(|name| Partition { name: name.to_owned(), of: "MFA device" });
        let user = User { profile, key, serial };
        let Some((roles, default)) = all.roles(&leading, &user.profile)? else {
            let aws = all.aws(device.as_ref())?;
            let request = all.mfa_request(user, mode, &aws)?;
            return Ok((SessionRequest::Mfa(Box::new(request)), aws));
        };
        let partition = common_partition(&roles, device)?;
        let aws = all.aws(partition.as_ref())?;
        let role = user.session_with(Some(last(&roles).arn.value.to_string()));
        let source = all.role_source(&leading, &user.profile).to_owned();
        let mfa = keys.mfa_request_for_role(user, mode, &aws)?;
        let session_profile = all.session_profile(default, Some(&mfa.destination.profile))?;
        let reuse = if roles.iter().any(Role::is_restricted) {
            all.get(&MIN_REMAINING)?;
            Reuse::Never
        } else {
            all.reuse(last(&roles).lifetime.value.seconds(), role, mode)?
        };
        let caller = Origin::Key {
            key: session_profile::ACCESS_KEY_ID,
            section: mfa.destination.profile.to_string(),
            file: mfa.destination.credentials_file.clone(),
        };
        let destination = all.destination(mode, session_profile, &source, &aws)?;
        let chain = RoleChain { source, roles, caller };
        let request = RoleRequest { chain, mfa, reuse, destination };
        Ok((SessionRequest::Role(Box::new(request)), aws))
    }

    /// The profile that leads to the role. A role on the command line has the profile of the keys.
    fn role_source<'b>(
        &self,
        leading: &'b profiles::ProfileChain,
        profile: &'b KeyProfile,
    ) -> &'b str {
        let role = leading.roles.first().filter(|_| !self.flags().is_given("role_arn"));
        let is_other = |name: &String| leading.session_profile.as_ref() != Some(name);
        role.map(|role| &role.profile).filter(|name| is_other(name)).unwrap_or(&profile.name)
    }

    /// An MFA session for its own sake.
    fn mfa_request(&self, user: User, mode: OutputMode, aws: &Aws) -> Result<MfaRequest, Failure> {
        let configured = self.find(&SESSION_PROFILE)?;
        let default = user.profile.session_profile.clone();
        let profile = self.checked_session_profile(configured, default)?;
        let duration = self.get(&DURATION)?;
        self.get(&crate::settings::ROLE)?;
        self.build_mfa_request(user, duration, profile, mode, aws)
    }

    /// An MFA session that assumes a role. It is stored, whatever the mode of the role's session.
    fn mfa_request_for_role(
        &self,
        user: User,
        mode: OutputMode,
        aws: &Aws,
    ) -> Result<MfaRequest, Failure> {
        let configured = self.in_profiles(&SESSION_PROFILE);
        let default = user.profile.session_profile.clone();
        let profile = self.checked_session_profile(configured, default)?;
        let mode = match mode {
            OutputMode::Printed(_) | OutputMode::Nowhere => OutputMode::IfWritable,
            _ => OutputMode::File,
        };
        // The flag is for the role's session.
        let duration = self.find_besides_flag(&DURATION)?;
        self.record_text(&DURATION, None);
        if let Some(duration) = duration.clone() {
            let lifetime = duration.parse::<Lifetime>()?;
            let seconds = format!("{}s", lifetime.value.seconds());
            self.record(&DURATION, seconds, &lifetime.origin);
        }
        self.build_mfa_request(user, duration, profile, mode, aws)
    }

    fn build_mfa_request(
        &self,
        user: User,
        duration: Option<Sourced<String>>,
        profile: SectionName,
        mode: OutputMode,
        aws: &Aws,
    ) -> Result<MfaRequest, Failure> {
        let lifetime = duration.map(Sourced::parse::<Lifetime>).transpose()?;
        let lifetime = lifetime.map_or(Lifetime::DEFAULT, |lifetime| lifetime.value);
        let reuse = self.reuse(lifetime.seconds(), user.session_with(None), mode)?;
        let User { profile: KeyProfile { name: source, .. }, key, serial } = user;
        Ok(MfaRequest {
            destination: self.destination(mode, profile, &source, aws)?,
            code_source: self.code_source()?.value,
            iam: self.iam(aws)?,
            source,
            key,
            serial,
            lifetime,
            reuse,
        })
    }

    /// The session profile of a role, a federated user or an identity token. A key of a profile
    /// applies only to the profile that was requested, and not to a role on the command line.
    pub(crate) fn session_profile(
        &self,
        default: String,
        taken: Option<&SectionName>,
    ) -> Result<SectionName, Failure> {
        let mut configured = self.typed(&SESSION_PROFILE);
        if configured.is_none() {
            configured = self.in_environment(&SESSION_PROFILE)?;
        }
        if configured.is_none() && !self.flags().is_given("role_arn") {
            let first = self.scope.iter().take(1).cloned().collect();
            configured = self.scoped(first).in_profiles(&SESSION_PROFILE);
        }
        let origin = configured.as_ref().map_or(Origin::Default, |it| it.origin.clone());
        let profile = self.checked_session_profile(configured, default)?;
        if taken == Some(&profile) {
            let problem =
                format!("the role's session would replace the MFA session in [{profile}]");
            let hint = "name another session profile: --to NAME";
            return Err(origin.invalid(InvalidValue::new(problem, hint)));
        }
        Ok(profile)
    }

    /// The configured session profile, or the default, if a session may go there.
    fn checked_session_profile(
        &self,
        configured: Option<Sourced<String>>,
        default: String,
    ) -> Result<SectionName, Failure> {
        let Sourced { value, origin } = configured.unwrap_or_else(|| Sourced::default(default));
        self.record(&SESSION_PROFILE, &value, &origin);
        let invalid =
            |problem| origin.invalid(InvalidValue::new(problem, "name another one: --to NAME"));
        // SDKs read the credentials file first: the session would hide keys in the config file.
        if self.profiles.config_has_keys(&value) {
            let problem = format!("a session in [{value}] would hide the long-term keys");
            return Err(invalid(problem));
        }
        SectionName::parse(&value)
            .map_err(|why| invalid(format!("the session profile `{value}` {why}")))
    }

    /// Whether a stored session does as well as a new one that lasts so many seconds.
    pub(crate) fn reuse(
        &self,
        seconds: u32,
        wanted: Match,
        mode: OutputMode,
    ) -> Result<Reuse, Failure> {
        let configured = self.parse::<MinRemaining>(&MIN_REMAINING)?;
        if self.flags().is_set("force") {
            return Ok(Reuse::Never);
        }
        let Some(configured) = configured else {
            let is_refreshed = mode.format().is_some_and(|format| format.is_refreshed);
            let default = if is_refreshed {
                MinRemaining::for_process(seconds)
            } else {
                MinRemaining::DEFAULT
            };
            return Ok(Reuse::While(default, wanted));
        };
        if configured.value.is_more_than(seconds) {
            let problem = "this is more than a session lasts: none would be reused";
            let hint = "give less than the duration, or --force to get a new session each time";
            return Err(configured.origin.invalid(InvalidValue::new(problem, hint)));
        }
        Ok(Reuse::While(configured.value, wanted))
    }

    /// Where a session goes.
    pub(crate) fn destination(
        &self,
        mode: OutputMode,
        profile: SectionName,
        source: &str,
        aws: &Aws,
    ) -> Result<Destination, Failure> {
        let environment = self.context.environment;
        let is_configured = aws.region.origin != Origin::Default;
        Ok(Destination {
            mode,
            credentials_file: self.profiles.credentials_file().to_owned(),
            profile,
            source: source.to_owned(),
            environment_file: super::output::environment_file(mode, environment)?,
            region: is_configured.then(|| aws.region.value.to_string()),
            rescue_directories: environment.rescue_directories().to_vec(),
            lock_directory: environment.lock_directory(),
        })
    }
}

fn last(roles: &[Role]) -> &Role {
    roles.last().expect("a chain has at least one role")
}

/// The partition of the device and the roles: a session is valid in one partition only.
fn common_partition(
    roles: &[Role],
    device: Option<Partition>,
) -> Result<Option<Partition>, Failure> {
    let mut partition = device;
    for Role { arn, .. } in roles {
        let name = arn.value.partition();
        match &partition {
            Some(Partition { name: other, of }) if other != name => {
                let problem = format!("the role is in partition {name}, the {of} in {other}");
                let hint = "name a role of that partition, or another profile: --profile NAME";
                return Err(arn.origin.invalid(InvalidValue::new(problem, hint)));
            }
            Some(_) => {}
            None => partition = Some(Partition { name: name.to_owned(), of: "role" }),
        }
    }
    Ok(partition)
}

/// The name of a session profile, from the profile that leads to it and the name of the role.
pub(crate) fn named_for(source: &str, role: &str) -> String {
    let profile = source.strip_suffix("-long-term").unwrap_or(source);
    // These names mean the keys, and the MFA session.
    let end = if ["long-term", "mfa"].contains(&role) { "-session" } else { "" };
    format!("{profile}-{role}{end}")
}

/// The name of the session profile for a role of the requested profile.
pub(super) fn session_profile_of_role(
    leading: &profiles::ProfileChain,
    key_profile: &KeyProfile,
    role: &str,
) -> String {
    if let Some(profile) = &leading.session_profile {
        return profile.clone();
    }
    let name = leading.roles.first().map(|role| format!("{}-mfa", role.profile));
    // For a profile that is its own source, the MFA session has that name.
    let name = name.filter(|name| *name != key_profile.session_profile);
    name.unwrap_or_else(|| named_for(&key_profile.name, role))
}
