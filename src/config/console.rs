//! The session that `console` signs in with: one that an SDK would use, or a role's.

use time::OffsetDateTime;

use super::{
    ActiveSession, Aws, Partition, Resolver, active_session,
    keys::{ENVIRONMENT_ID, session_of_environment},
};
use crate::{
    environment::format_local,
    failure::{Failure, Status},
    mfa::Serial,
    origin::{InvalidValue, Origin, Sourced},
    output::OutputMode,
    profiles::StoredSession,
    request::SessionRequest,
    session::Provenance,
    session_profile::ACCESS_KEY_ID,
    settings,
    sts::{AccountId, RoleArn, SessionKeys},
};

/// The session that `console` signs in with.
pub(crate) enum ConsoleSession {
    /// A session that exists.
    Existing(Box<ExistingSession>),
    /// The session of a role, to be reused or made.
    Requested(SessionRequest),
}

/// A session in the environment or in the credentials file.
pub(crate) struct ExistingSession {
    pub(crate) keys: SessionKeys,
    /// `None` for the environment.
    pub(crate) profile: Option<String>,
    /// `None` if unknown.
    pub(crate) expires: Option<OffsetDateTime>,
    /// `None` if another program made it.
    provenance: Option<Provenance>,
}

impl Resolver<'_> {
    /// The session that `console` signs in with. Fails if it is a user's MFA session.
    pub(crate) fn console_session(
        &self,
        mode: OutputMode,
    ) -> Result<(ConsoleSession, Aws), Failure> {
        let wants_role = self.has_role_flags() || self.flags().is_set("force");
        if !wants_role && let Some(existing) = self.existing_session()? {
            self.record(
                &settings::ACCESS_KEY_ID,
                &existing.keys.access_key_id,
                &self.origin_of(&existing),
            );
            let source = existing.provenance.as_ref().map(|it| it.source.clone());
            let scope = self.scope.profiles.iter().cloned().chain(source).collect();
            let aws = self.scoped(scope).aws(existing.partition().as_ref())?;
            existing.check(&aws)?;
            if let Some(duration) = self.in_flags(&settings::DURATION) {
                let problem = format!("the console session ends with {}", existing.location());
                let hint = "leave the flag out, or name a profile with a role: --profile NAME";
                return Err(duration.origin.invalid(InvalidValue::new(problem, hint)));
            }
            return Ok((ConsoleSession::Existing(Box::new(existing)), aws));
        }
        let (request, aws) = self.session_request(mode)?;
        match &request {
            SessionRequest::WithCode(mfa) if request.role().is_none() => {
                let serial = mfa.serial.as_ref().map(|serial| serial.value.as_str());
                let what = match &mfa.key.origin {
                    Origin::Variable(name) => format!("no role is given for the key in {name}"),
                    _ => format!("the profile `{}` has no role", mfa.source),
                };
                Err(no_user_session(&what, serial, &aws))
            }
            _ => Ok((ConsoleSession::Requested(request), aws)),
        }
    }

    /// The session that an SDK would use; `None` if a role is configured, or a key in the
    /// environment.
    fn existing_session(&self) -> Result<Option<ExistingSession>, Failure> {
        let environment = self.context.environment;
        let session_profile = match active_session(self.context)? {
            ActiveSession::Environment { expires, provenance, .. } => {
                let keys = session_of_environment(environment)?;
                let keys = keys.expect("the active session is in the environment");
                let provenance = Some(provenance);
                self.uses_exported_session.set(true);
                return Ok(Some(ExistingSession { keys, profile: None, expires, provenance }));
            }
            ActiveSession::Profile(name) => name,
        };
        if !self.flags().is_given("profile") && environment.variable(ENVIRONMENT_ID)?.is_some() {
            return Ok(None);
        }
        let Sourced { value: requested, .. } = self.requested_profile()?;
        let has_role = !self.profiles.chain(&requested)?.roles.is_empty();
        if let Some(existing) = self.session_in(&requested) {
            // The main job renews the session of a role. A role beside another session comes first,
            // as in the SDKs.
            let is_for_main_job = match &existing.provenance {
                Some(Provenance {
                    role: Some(_), key_id: Some(_), is_restricted: false, ..
                }) => true,
                Some(Provenance { role: Some(_), .. }) => false,
                _ => has_role,
            };
            return Ok((!is_for_main_job).then_some(existing));
        }
        if has_role {
            return Ok(None);
        }
        let federated =
            self.session_in(&session_profile).filter(ExistingSession::is_of_federated_user);
        Ok(federated.filter(|existing| !existing.is_expired()))
    }

    fn session_in(&self, profile: &str) -> Option<ExistingSession> {
        let (keys, stored) = self.profiles.session_and_keys(profile)?;
        let StoredSession { expires, provenance, .. } = stored;
        Some(ExistingSession { keys, profile: Some(profile.to_owned()), expires, provenance })
    }

    fn origin_of(&self, existing: &ExistingSession) -> Origin {
        match &existing.profile {
            None => Origin::Variable(ENVIRONMENT_ID),
            Some(profile) => Origin::Key {
                key: ACCESS_KEY_ID,
                section: profile.clone(),
                file: self.profiles.credentials_file().to_owned(),
            },
        }
    }
}

impl ExistingSession {
    /// Such as "the session of arn:aws:iam::123456789012:role/admin".
    pub(crate) fn name(&self) -> String {
        match self.provenance.as_ref().and_then(|provenance| provenance.role.as_ref()) {
            Some(role) => format!("the session of {role}"),
            None => self.location(),
        }
    }

    /// Such as "the session in [work]".
    fn location(&self) -> String {
        match &self.profile {
            None => "the session in the environment".to_owned(),
            Some(profile) => format!("the session in [{profile}]"),
        }
    }

    /// The partition of the role or the device.
    fn partition(&self) -> Option<Partition> {
        let Provenance { role, serial, .. } = self.provenance.as_ref()?;
        if let Some(role) = role.as_ref().and_then(|role| role.parse::<RoleArn>().ok()) {
            return Some(Partition { name: role.partition().to_owned(), of: "role" });
        }
        let serial = serial.as_ref()?.parse::<Serial>().ok()?;
        Some(Partition { name: serial.partition()?.to_owned(), of: "MFA device" })
    }

    fn is_of_federated_user(&self) -> bool {
        let federated =
            |it: &Provenance| it.role.is_none() && it.serial.is_none() && it.key_id.is_some();
        self.provenance.as_ref().is_some_and(federated)
    }

    fn is_expired(&self) -> bool {
        self.expires.is_some_and(|expires| expires <= OffsetDateTime::now_utc())
    }

    /// Fails if AWS would refuse the session.
    fn check(&self, aws: &Aws) -> Result<(), Failure> {
        if let Some(Provenance { role: None, serial: Some(serial), .. }) = &self.provenance {
            let what = format!("{} is one", self.location());
            return Err(no_user_session(&what, Some(serial), aws));
        }
        if self.is_expired() {
            let until = self.expires.map(format_local).unwrap_or_default();
            let what = format!("{} expired at {until}", self.location());
            return Err(Failure::new(Status::Local, what)
                .hint("get a new one, or name a profile with a role: --profile NAME"));
        }
        Ok(())
    }
}

/// The failure for a user's MFA session. `what` explains why it would be used.
fn no_user_session(what: &str, serial: Option<&str>, aws: &Aws) -> Failure {
    let what = format!("AWS lets no MFA session of a user into the console, and {what}");
    let failure = Failure::new(Status::Local, what)
        .hint("name a role: --role-arn ARN, or a profile with `role_arn`: --profile NAME");
    match aws.region.value.sign_in_page(serial.and_then(AccountId::in_arn).as_ref()) {
        Some(page) => failure.hint(format!("or sign in with the user's own password: {page}")),
        None => failure,
    }
}
