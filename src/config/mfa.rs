//! A session for a code, and the roles that it assumes.

use super::{
    Partition, Resolver, Task, in_profiles,
    key::lead_and_key,
    table::{DURATION, MIN_REMAINING, SERIAL, SESSION_PROFILE},
    variable,
};
use crate::{
    aws_files::SectionName,
    cli,
    credentials::AccessKey,
    device::Serial,
    failure::{Failure, InvalidValue},
    origin::{Origin, Sourced},
    output::{Destination, Format, OutputMode},
    profiles::{Lead, Source},
    session::{Lifetime, Method, Mfa, MinRemaining, Reuse, Role, Roles, SessionRequest, Wanted},
    session_profile,
};

/// Who goes through MFA.
#[derive(Clone, Copy)]
struct Holder<'a> {
    /// The profile of the key.
    source: &'a Source,
    key: &'a Sourced<AccessKey>,
    /// `None` where IAM is to be asked.
    serial: Option<&'a Sourced<Serial>>,
}

impl Holder<'_> {
    /// What a session must be made from to be theirs, and of this role.
    fn wants(self, role: Option<String>) -> Wanted {
        Wanted {
            key_id: Some(self.key.value.id.clone()),
            serial: self.serial.map(|serial| serial.value.to_string()),
            role,
        }
    }
}

impl Resolver<'_> {
    /// The main job: an MFA session, and with it the session of a role where there is one.
    pub(super) fn mfa_or_roles(&mut self) -> Result<(Task, Option<Partition>), Failure> {
        let (lead, source, key) = lead_and_key(self.cli, self.environment, self.profiles)?;
        if !matches!(key.origin, Origin::Variable(_)) && !self.cli.role.says_anything() {
            self.profiles.check_renewable(&self.places[0])?;
        }
        let of_keys = vec![source.name.clone(), source.asked.clone()];
        self.places = lead.roles.iter().map(|role| role.profile.clone()).collect();
        self.places.extend(of_keys.clone());
        let serial = self.parse::<Serial>(&SERIAL)?;
        let partition = serial.as_ref().and_then(|serial| serial.value.partition());
        let partition = partition.map(|it| Partition { name: it.to_owned(), of: "MFA device" });
        let holder = Holder { source: &source, key: &key, serial: serial.as_ref() };
        let Some((chain, default)) = self.roles(&lead, &source)? else {
            return Ok((Task::deliver(self.mfa(holder)?), partition));
        };
        // What is said of the keys' profile is said of their session.
        let behind = Resolver { places: of_keys, ..*self };
        let mfa = behind.mfa_behind(holder)?;
        let profile = self.session_profile(default)?;
        if profile == mfa.place.profile {
            let problem =
                format!("the role's session would replace the MFA session in [{profile}]");
            let invalid = InvalidValue::new(problem, "name another session profile: --to NAME");
            let said = self.said_session_profile()?;
            return Err(said.map_or(Origin::Default, |said| said.origin).invalid(invalid));
        }
        let partition = of_roles(&chain, partition)?;
        let place = self.place(profile, self.leads_from(&lead, &source));
        let job = self.roles_job(chain, holder, mfa, place)?;
        Ok((Task::deliver(job), partition))
    }

    fn roles_job(
        &self,
        chain: Vec<Role>,
        holder: Holder<'_>,
        mfa: SessionRequest,
        place: Destination,
    ) -> Result<SessionRequest, Failure> {
        let base = Origin::Key {
            key: session_profile::ID,
            section: mfa.place.profile.to_string(),
            file: mfa.place.file.clone(),
        };
        let roles = Roles { source: place.source.clone(), chain, base };
        let Role { arn, lifetime, .. } = roles.wanted();
        let reuse = if roles.chain.iter().any(Role::is_particular) {
            Reuse::Never
        } else {
            let wanted = holder.wants(Some(arn.value.to_string()));
            self.reuse(lifetime.value.seconds(), wanted, place.output)?
        };
        Ok(SessionRequest { recipe: Method::Roles(roles, Box::new(mfa)), reuse, place })
    }

    /// The profile that leads to the role. Of a role that was typed, and of its session, there is
    /// none but that of the keys.
    fn leads_from<'b>(&self, lead: &'b Lead, source: &'b Source) -> &'b str {
        let leading = lead.roles.first().filter(|_| self.cli.role.role_arn.is_none());
        let itself = lead.session_profile.as_ref();
        let leading = leading.filter(|role| itself != Some(&role.profile));
        leading.map_or(&source.name, |role| &role.profile)
    }

    /// An MFA session for itself.
    fn mfa(&self, holder: Holder<'_>) -> Result<SessionRequest, Failure> {
        let Holder { source, .. } = holder;
        let default = Sourced::default(source.session_profile.clone());
        let said = self.said(&SESSION_PROFILE)?.unwrap_or(default);
        let place = self.place(self.section(&said)?, &source.name);
        self.mfa_job(holder, self.said(&DURATION)?, place)
    }

    /// An MFA session that is to assume roles: it is kept, whatever becomes of theirs. Where theirs
    /// is only printed, that it can't be kept is no reason to fail.
    fn mfa_behind(&self, holder: Holder<'_>) -> Result<SessionRequest, Failure> {
        let Holder { source, .. } = holder;
        let said = in_profiles(&SESSION_PROFILE, self.profiles, &self.places);
        let said = said.unwrap_or_else(|| Sourced::default(source.session_profile.clone()));
        let profile = self.section(&said)?;
        let place = self.place(profile, &source.name);
        let output = match place.output {
            OutputMode::Printed(_) | OutputMode::Nowhere => OutputMode::IfWritable,
            _ => OutputMode::File,
        };
        let place = Destination { output, ..place };
        self.mfa_job(holder, self.said_elsewhere(&DURATION)?, place)
    }

    fn mfa_job(
        &self,
        holder: Holder<'_>,
        duration: Option<Sourced<String>>,
        place: Destination,
    ) -> Result<SessionRequest, Failure> {
        let lifetime = duration.map(Sourced::parse).transpose()?;
        let lifetime = lifetime.unwrap_or(Sourced::default(Lifetime::DEFAULT));
        let reuse = self.reuse(lifetime.value.seconds(), holder.wants(None), place.output)?;
        let Holder { source, key, serial } = holder;
        let mfa = Mfa {
            source: source.name.clone(),
            key: key.clone(),
            serial: serial.cloned(),
            code: self.code()?,
            lifetime,
        };
        Ok(SessionRequest { recipe: Method::Mfa(mfa), reuse, place })
    }

    /// Where a session goes. What else is printed and appended to is known later.
    pub(super) fn place(&self, profile: SectionName, source: &str) -> Destination {
        Destination {
            output: self.output,
            file: self.profiles.credentials_file().to_owned(),
            profile,
            source: source.to_owned(),
            appendix: None,
            region: None,
            rescue: self.environment.rescue_directories().to_vec(),
            turns: self.environment.lock_directory(),
        }
    }

    /// The session profile that was said, or this one.
    pub(super) fn session_profile(&self, default: String) -> Result<SectionName, Failure> {
        let said = self.said_session_profile()?;
        self.section(&said.unwrap_or_else(|| Sourced::default(default)))
    }

    /// What was said about it; of profiles, by the one that was asked for, unless the role is
    /// another one than it leads to.
    pub(super) fn said_session_profile(&self) -> Result<Option<Sourced<String>>, Failure> {
        let typed = match self.typed(&SESSION_PROFILE) {
            Some(typed) => Some(typed),
            None => variable(&SESSION_PROFILE, self.environment)?,
        };
        let places = if self.cli.role.role_arn.is_some() { &[] } else { self.places.as_slice() };
        let own = places.get(..1).unwrap_or_default();
        Ok(typed.or_else(|| in_profiles(&SESSION_PROFILE, self.profiles, own)))
    }

    fn section(&self, said: &Sourced<String>) -> Result<SectionName, Failure> {
        // The credentials file goes before the config file: the session would hide the keys.
        let refuse = |problem| {
            said.origin.invalid(InvalidValue::new(problem, "name another one: --to NAME"))
        };
        if self.profiles.config_holds_keys(&said.value) {
            let problem = format!("a session in [{}] would hide the long-term keys", said.value);
            return Err(refuse(problem));
        }
        SectionName::parse(&said.value)
            .map_err(|why| refuse(format!("the session profile `{}` {why}", said.value)))
    }

    /// Whether a session that is to last so many seconds may be one that is there.
    pub(super) fn reuse(
        &self,
        seconds: u32,
        wanted: Wanted,
        output: OutputMode,
    ) -> Result<Reuse, Failure> {
        let said = self.parse::<MinRemaining>(&MIN_REMAINING)?;
        let is_refreshed = output.format().is_some_and(Format::is_refreshed);
        match said {
            _ if self.cli.reuse().is_some_and(|cli::Reuse { force, .. }| *force) => {
                Ok(Reuse::Never)
            }
            None if is_refreshed => Ok(Reuse::While(MinRemaining::of_a_process(seconds), wanted)),
            None => Ok(Reuse::While(MinRemaining::DEFAULT, wanted)),
            Some(said) if said.value.is_more_than(seconds) => {
                let problem = "this is more than a session lasts: none would be reused";
                let hint = "give less than the duration, or --force to get a new session each time";
                Err(said.origin.invalid(InvalidValue::new(problem, hint)))
            }
            Some(said) => Ok(Reuse::While(said.value, wanted)),
        }
    }
}

/// The partition of device and roles: no session of one partition is good in another.
fn of_roles(chain: &[Role], device: Option<Partition>) -> Result<Option<Partition>, Failure> {
    let mut partition = device;
    for Role { arn, .. } in chain {
        let name = arn.value.partition();
        match &partition {
            Some(Partition { name: other, of }) if other != name => {
                let problem =
                    format!("a role in partition {name} does not go with the {of} in {other}");
                let hint = "name a role of that partition, or another profile: --profile NAME";
                return Err(arn.origin.invalid(InvalidValue::new(problem, hint)));
            }
            Some(_) => {}
            None => partition = Some(Partition { name: name.to_owned(), of: "role" }),
        }
    }
    Ok(partition)
}

/// What a session profile is called that is named for the profile that leads to it and for what it
/// is of.
pub(super) fn named_for(source: &str, what: &str) -> String {
    let profile = source.strip_suffix("-long-term").unwrap_or(source);
    // These names have a meaning: the keys, and their own session.
    let end = if ["long-term", "mfa"].contains(&what) { "-session" } else { "" };
    format!("{profile}-{what}{end}")
}

/// What a session profile is called where the profile that was asked for has the role.
pub(super) fn of_role_profile(lead: &Lead, source: &Source, role: &str) -> String {
    if let Some(profile) = &lead.session_profile {
        return profile.clone();
    }
    let named = lead.roles.first().map(|role| format!("{}-mfa", role.profile));
    // Of a profile that is its own source, that is where the MFA session goes.
    let named = named.filter(|name| *name != source.session_profile);
    named.unwrap_or_else(|| named_for(&source.name, role))
}
