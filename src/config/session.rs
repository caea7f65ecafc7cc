//! The session request of the main job: an MFA session, and the session of a role if one is
//! configured.

use super::{Aws, Partition, Resolver};
use crate::{
    aws_files::SectionName,
    failure::Failure,
    lifetime::{Lifetime, MinRemaining, RoleLifetime},
    mfa::{self, Serial},
    origin::{InvalidValue, Origin, Sourced},
    output::{Destination, Keep, OutputMode},
    profiles::{KeyProfile, KeySource, ProfileChain},
    request::{CodeOperation, Match, MfaRequest, Reuse, RoleRequest, SessionRequest},
    role::{Role, RoleChain},
    session::KeyMatch,
    session_profile,
    settings::{DURATION, MIN_REMAINING, ROLE, SERIAL, SESSION_PROFILE},
};

/// The user with the long-term key, and the MFA device.
struct User {
    profile: KeyProfile,
    key: Sourced<KeySource>,
    /// The configured device, or the device of the last session. `None`: look it up in IAM.
    serial: Option<Sourced<Serial>>,
}

impl User {
    /// The provenance that a stored session of this user must have; `source` is its source profile.
    fn session_with(&self, role: Option<String>, source: &str) -> Match {
        // If no device is configured, a session of any device is reused.
        let configured = self.serial.as_ref().filter(|serial| !mfa::is_remembered(&serial.origin));
        Match {
            key: Some(self.key.session_match(source)),
            serial: configured.map(|serial| serial.value.to_string()),
            role,
        }
    }
}

impl Resolver<'_> {
    /// The session that the flags, the environment and the profile request.
    pub(crate) fn session_request(
        &self,
        mode: OutputMode,
    ) -> Result<(SessionRequest, Aws), Failure> {
        let (chain, profile, key) = self.long_term_key()?;
        if !key.is_in_environment() && !self.has_role_flags() {
            self.profiles.check_renewable(&self.requested_profile()?.value)?;
        }
        let key_profiles = vec![profile.name.clone(), profile.requested.clone()];
        let role_profiles = chain.roles.iter().map(|role| role.profile.clone());
        let all = self.scoped(role_profiles.chain(key_profiles.clone()).collect());

        let serial = match all.parse::<Serial>(&SERIAL)? {
            Some(serial) => Some(serial),
            None => all.remembered_device(&key.session_match(&profile.name)),
        };
        let partition = serial.as_ref().and_then(|serial| serial.value.partition());
        let partition = partition.map(|name| Partition { name: name.to_owned(), of: "MFA device" });
        let keep = all.keep(mode, !key.is_in_environment())?;
        let user = User { profile, key, serial };
        let Some((roles, default)) = all.roles(&chain, &user.profile)? else {
            let aws = all.aws(partition.as_ref())?;
            let request = all.mfa_request(user, mode, keep, &aws)?;
            return Ok((SessionRequest::WithCode(Box::new(request)), aws));
        };

        let aws = all.aws(common_partition(&roles, partition)?.as_ref())?;
        let source = all.role_source(&chain, &user.profile).to_owned();
        let reuse = all.reuse_of_role(&roles, &user, &source, mode)?;
        let of_user = self.scoped(key_profiles);
        let mfa_profile = of_user.session_profile_of_user(&user, keep)?;
        let keep = all.keep_of_role(&roles, keep);
        let (profile, keep) = all.session_profile(default, Some(&mfa_profile.0), keep)?;
        let destination = all.destination(mode, keep, profile, &source, &aws)?;
        if is_direct(&roles) {
            let role = roles.into_iter().next().expect("only one role is direct");
            let operation = CodeOperation::AssumeRole(Box::new(role));
            let request = of_user.with_code(user, operation, reuse, destination, &aws)?;
            return Ok((SessionRequest::WithCode(Box::new(request)), aws));
        }

        let mfa = of_user.mfa_request_for_role(user, mode, mfa_profile, &aws)?;
        let caller = Origin::Key {
            key: session_profile::ACCESS_KEY_ID,
            section: mfa.destination.profile.to_string(),
            file: mfa.destination.credentials_file.clone(),
        };
        let chain = RoleChain { source, roles, caller };
        let request = RoleRequest { chain, mfa, reuse, destination };
        Ok((SessionRequest::Role(Box::new(request)), aws))
    }

    /// Which stored session of the last role is reused.
    fn reuse_of_role(
        &self,
        roles: &[Role],
        user: &User,
        source: &str,
        mode: OutputMode,
    ) -> Result<Reuse, Failure> {
        if roles.iter().any(Role::is_restricted) {
            // Only for the record of `--dry-run`.
            self.get(&MIN_REMAINING)?;
            return Ok(Reuse::Never);
        }
        let role = roles.last().expect("a chain has at least one role");
        let wanted = user.session_with(Some(role.arn.value.to_string()), source);
        self.reuse(role.lifetime.value.seconds(), wanted, mode)
    }

    /// The device of the last session of this key, so that neither IAM nor the user is asked again.
    fn remembered_device(&self, key: &KeyMatch) -> Option<Sourced<Serial>> {
        let serial = self.profiles.last_device(key)?.parse::<Serial>().ok()?;
        self.record(&SERIAL, &serial.value, &serial.origin);
        Some(serial)
    }

    /// The source profile of the role's session: the profile with the role, or for a role on the
    /// command line the profile with the keys.
    fn role_source<'b>(&self, chain: &'b ProfileChain, profile: &'b KeyProfile) -> &'b str {
        let role = chain.roles.first().filter(|_| !self.flags().is_given("role_arn"));
        let is_other = |name: &String| chain.session_profile.as_ref() != Some(name);
        role.map(|role| &role.profile).filter(|name| is_other(name)).unwrap_or(&profile.name)
    }

    /// A request for an MFA session without a role.
    fn mfa_request(
        &self,
        user: User,
        mode: OutputMode,
        keep: Keep,
        aws: &Aws,
    ) -> Result<MfaRequest, Failure> {
        let configured = self.find(&SESSION_PROFILE)?;
        let default = user.profile.session_profile.clone();
        let (profile, keep) = self.checked_session_profile(configured, default, keep)?;
        let lifetime = self.parse::<Lifetime>(&DURATION)?;
        self.get(&ROLE)?;
        let lifetime = lifetime.map_or(Lifetime::DEFAULT, |lifetime| lifetime.value);
        let wanted = user.session_with(None, &user.profile.name);
        let reuse = self.reuse(lifetime.seconds(), wanted, mode)?;
        let destination = self.destination(mode, keep, profile, &user.profile.name, aws)?;
        self.with_code(user, CodeOperation::GetSessionToken(lifetime), reuse, destination, aws)
    }

    /// The session profile of the MFA session that assumes a role. The flag `--to` does not apply.
    fn session_profile_of_user(
        &self,
        user: &User,
        keep: Keep,
    ) -> Result<(SectionName, Keep), Failure> {
        let configured = self.in_profiles(&SESSION_PROFILE);
        self.checked_session_profile(configured, user.profile.session_profile.clone(), keep)
    }

    /// A request for an MFA session that assumes a role. The flag `--duration` does not apply.
    fn mfa_request_for_role(
        &self,
        user: User,
        mode: OutputMode,
        (profile, keep): (SectionName, Keep),
        aws: &Aws,
    ) -> Result<MfaRequest, Failure> {
        let configured = self.find_besides_flag(&DURATION)?;
        let lifetime = configured.map(Sourced::parse::<Lifetime>).transpose()?;
        let seconds = lifetime.as_ref().map(|it| it.map_ref(|it| format!("{}s", it.seconds())));
        self.record_configured(&DURATION, seconds.as_ref());
        let lifetime = lifetime.map_or(Lifetime::DEFAULT, |lifetime| lifetime.value);
        let wanted = user.session_with(None, &user.profile.name);
        let reuse = self.reuse(lifetime.seconds(), wanted, mode)?;
        let mode = OutputMode::Profile;
        let destination = self.destination(mode, keep, profile, &user.profile.name, aws)?;
        // The session of the role is the one to use.
        let destination = Destination { next_step: None, ..destination };
        self.with_code(user, CodeOperation::GetSessionToken(lifetime), reuse, destination, aws)
    }

    /// A request for a session that needs a code.
    fn with_code(
        &self,
        user: User,
        operation: CodeOperation,
        reuse: Reuse,
        destination: Destination,
        aws: &Aws,
    ) -> Result<MfaRequest, Failure> {
        Ok(MfaRequest {
            operation,
            source: destination.source.clone(),
            code_source: self.code_source()?.value,
            iam: self.iam(aws)?,
            key: user.key,
            serial: user.serial,
            reuse,
            destination,
        })
    }

    /// Which stored session is reused instead of a new one of so many seconds.
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
            let problem = "longer than a new session lasts: no session would be reused";
            let hint = "give less than the duration, or get a new session each time: --force";
            return Err(configured.origin.invalid(InvalidValue::new(problem, hint)));
        }
        Ok(Reuse::While(configured.value, wanted))
    }

    /// The destination of a session.
    pub(crate) fn destination(
        &self,
        mode: OutputMode,
        keep: Keep,
        profile: SectionName,
        source: &str,
        aws: &Aws,
    ) -> Result<Destination, Failure> {
        let environment = self.context.environment;
        let context = self.output_context(&aws.region, &profile)?;
        Ok(Destination {
            mode,
            keep,
            credentials_file: self.profiles.credentials_file().to_owned(),
            source: source.to_owned(),
            environment_file: super::output::environment_file(mode, environment)?,
            next_step: super::output::next_step(mode, &profile, environment)?,
            // An invalid value is reported where it is used.
            asked: self.in_flags(&DURATION).and_then(|flag| flag.value.parse().ok()),
            profile,
            context,
            rescue_directories: environment.rescue_directories().to_vec(),
        })
    }
}

/// Whether the long-term key must assume the role. AWS treats a role that an MFA session assumes as
/// a chained role.
fn is_direct(roles: &[Role]) -> bool {
    let longest = RoleLifetime::LONGEST_CHAINED.seconds();
    matches!(roles, [role] if role.lifetime.value.seconds() > longest)
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
