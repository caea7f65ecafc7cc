//! Finds the access key of a profile.

use super::{
    FileSection, KeyProcess, KeySource, LONG_TERM, Profiles, key_process::CREDENTIAL_PROCESS,
    key_source::NAME_PROFILE, session_process::SessionProcess,
};
use crate::{
    aws_files::SectionName,
    failure::{Failure, Status},
    message::word,
    origin::{Origin, Sourced},
    session_profile::{self, ACCESS_KEY_ID, SectionKeys},
    sts::SigningKey,
};

/// The profile with the long-term key, and the session profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyProfile {
    /// `X-long-term` or `X`.
    pub(crate) name: String,
    /// The profile that was requested.
    pub(crate) requested: String,
    /// The default session profile.
    pub(crate) session_profile: String,
}

/// The session profile of a profile without `-long-term`. A profile of the config file may have a
/// name with spaces, which not all SDKs read in the credentials file.
pub(crate) fn default_session_profile(profile: &str) -> String {
    SectionName::nearest(&format!("{profile}-mfa"))
}

impl KeyProfile {
    /// By the name alone: the session of `X-long-term` goes to `X`, of any other `X` to `X-mfa`.
    pub(crate) fn from_name(requested: &str) -> Self {
        let session_profile = match requested.strip_suffix(LONG_TERM) {
            Some(name) if !name.is_empty() => SectionName::nearest(name),
            _ => default_session_profile(requested),
        };
        Self { name: requested.to_owned(), requested: requested.to_owned(), session_profile }
    }

    /// The requested profile is the session profile of `name`.
    fn of_session_profile(name: &str, requested: &str) -> Self {
        Self {
            name: name.to_owned(),
            requested: requested.to_owned(),
            session_profile: requested.to_owned(),
        }
    }
}

impl Profiles {
    /// Finds the profile with the long-term key of the requested profile, which may be a session
    /// profile. `None` if neither file has the profile.
    pub(crate) fn key_profile(&self, requested: &str) -> Option<KeyProfile> {
        let long_term = format!("{requested}{LONG_TERM}");
        if self.has(&long_term) {
            return Some(KeyProfile::of_session_profile(&long_term, requested));
        }
        let section = self.credentials.document.section(requested);
        if let Some(source) = section.and_then(session_profile::source_of) {
            return Some(KeyProfile::of_session_profile(source, requested));
        }
        self.has(requested).then(|| KeyProfile::from_name(requested))
    }

    /// The long-term key of a profile. Its `credential_process` does not run yet.
    pub(crate) fn long_term_key(
        &self,
        profile: &KeyProfile,
    ) -> Result<Sourced<KeySource>, Failure> {
        let key = self.find_key(&profile.name, Wanted::LongTerm)?;
        key.map_or_else(|| Err(self.no_long_term_key(profile)), Ok)
    }

    pub(super) fn has_long_term_key(&self, profile: &KeyProfile) -> bool {
        matches!(self.find_key(&profile.name, Wanted::LongTerm), Ok(Some(_)))
    }

    /// The key that an AWS SDK would use for a profile, perhaps a temporary one. If profile `X` has
    /// no key, the key of `X-long-term`.
    pub(crate) fn sdk_key(&self, profile: &str) -> Result<Sourced<KeySource>, Failure> {
        if let Some(key) = self.find_key(profile, Wanted::Any)? {
            return Ok(key);
        }
        let long_term = format!("{profile}{LONG_TERM}");
        let name = if self.has(&long_term) { &long_term } else { profile };
        self.long_term_key(&KeyProfile::from_name(name))
    }

    /// The key of a profile, in botocore's order.
    fn find_key(
        &self,
        profile: &str,
        wanted: Wanted,
    ) -> Result<Option<Sourced<KeySource>>, Failure> {
        if let Some(found) = self.credentials.section(profile)
            && let Some(key) = key_in(&found, wanted)?
        {
            return Ok(Some(key));
        }
        if let Some(process) = self.wanted_process(profile, wanted)? {
            return Ok(Some(process.map(KeySource::Process)));
        }
        self.config_profile(profile).map_or(Ok(None), |found| key_in(&found, wanted))
    }

    fn wanted_process(
        &self,
        profile: &str,
        wanted: Wanted,
    ) -> Result<Option<Sourced<KeyProcess>>, Failure> {
        let process = self.session_process(profile).filter(|_| wanted == Wanted::LongTerm);
        match process {
            None => self.key_process(profile),
            // It prints sessions made with another key of this profile.
            Some(SessionProcess { profile: Some(own), .. }) if own == profile => Ok(None),
            Some(SessionProcess { profile: printed, origin }) => {
                let what = format!("{origin} runs mfa-session, whose keys are temporary");
                let source = printed.filter(|name| self.session_process(name).is_none());
                let hint = source
                    .map(|name| format!("name its source profile: --profile {}", word(&name)));
                Err(Failure::new(Status::Local, what).hint(hint.unwrap_or(NAME_PROFILE.to_owned())))
            }
        }
    }

    /// What a session in a profile of the credentials file would hide from the SDKs: the source of
    /// a long-term key that comes second to the file.
    pub(crate) fn hidden_by_session(&self, profile: &str) -> Option<&'static str> {
        let section = self.config_profile(profile);
        if section.is_some_and(|found| session_profile::has_long_term_keys(found.section)) {
            return Some("the long-term keys of the config file");
        }
        let is_source = self.value(profile, CREDENTIAL_PROCESS).is_some()
            && self.session_process(profile).is_none()
            && !self.has(&format!("{profile}{LONG_TERM}"));
        is_source.then_some("its `credential_process`")
    }

    /// The setting that makes the AWS CLI ignore a session in a profile: a role or IAM Identity
    /// Center comes before keys. A role may use the session if the profile is its own source.
    pub(crate) fn preferred_to_session(&self, profile: &str) -> Option<Origin> {
        let source = self.value(profile, "source_profile");
        let is_own_source = source.is_some_and(|source| source.value == profile);
        let role = self.value(profile, "role_arn").filter(|_| !is_own_source);
        Some(role.or_else(|| self.value(profile, "sso_account_id"))?.origin)
    }

    fn no_long_term_key(&self, profile: &KeyProfile) -> Failure {
        let KeyProfile { name, requested, .. } = profile;
        if !self.has(name) {
            let what = format!("the source profile `{name}` of [{requested}] does not exist");
            let hint = self.ignored_header(name).unwrap_or_else(|| NAME_PROFILE.to_owned());
            return Failure::new(Status::Local, what).hint(hint);
        }
        if let Some(failure) = self.signs_in_elsewhere(name) {
            return failure;
        }
        if let Some(process) = self.session_process(name) {
            let what = format!("{} needs the long-term keys of its own profile", process.origin);
            return Failure::new(Status::Local, what)
                .hint(format!("name the profile with the keys in it, or add them to [{name}]"));
        }
        let what = match self.value(name, "role_arn") {
            Some(_) => format!("the profile `{name}` has `role_arn`, but no long-term keys"),
            None => format!("the profile `{name}` has no long-term keys"),
        };
        let hint = self.ignored_header(name).unwrap_or_else(|| NAME_PROFILE.to_owned());
        Failure::new(Status::Local, what).hint(hint)
    }

    /// The failure for a profile that the AWS CLI signs in for.
    pub(crate) fn signs_in_elsewhere(&self, profile: &str) -> Option<Failure> {
        let (_, with, command) =
            SIGN_IN.into_iter().find(|(key, ..)| self.value(profile, key).is_some())?;
        let what = format!("the profile `{profile}` uses {with}, not long-term keys");
        let command = format!("{command} --profile {}", word(profile));
        let hint = format!("sign in with the AWS CLI, without mfa-session: {command}");
        Some(Failure::new(Status::Local, what).hint(hint))
    }
}

/// The keys that the caller accepts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    LongTerm,
    Any,
}

/// The key in a section, if it has one.
fn key_in(found: &FileSection<'_>, wanted: Wanted) -> Result<Option<Sourced<KeySource>>, Failure> {
    let key = match session_profile::classify_keys(found.section) {
        SectionKeys::None => return Ok(None),
        SectionKeys::LongTerm(key) => (key, None),
        SectionKeys::Temporary => match session_profile::temporary_keys(found.section) {
            Some(keys) if wanted == Wanted::Any => {
                let key = SigningKey::new(keys.id.to_owned(), keys.secret.clone());
                (key, Some(keys.token.clone()))
            }
            _ => return Err(temporary(found)),
        },
        SectionKeys::Partial { present, missing } => {
            return Err(partial(found, present, missing));
        }
    };
    let origin = found.origin(ACCESS_KEY_ID);
    Ok(Some(Sourced { value: KeySource::Read(key), origin }))
}

fn temporary(found: &FileSection<'_>) -> Failure {
    let what = format!("the keys in {} are temporary", location(found));
    let failure = Failure::new(Status::Local, what).hint(NAME_PROFILE);
    if session_profile::has_long_term_keys(found.section) {
        // The SDKs use them with the token.
        return failure.hint(format!(
            "if they are long-term keys, remove the session token from {}",
            location(found)
        ));
    }
    failure
}

fn partial(found: &FileSection<'_>, present: &str, missing: &str) -> Failure {
    let what = format!("{} has `{present}` but no `{missing}`", location(found));
    Failure::new(Status::Local, what).hint(format!("add the line `{missing} = …`"))
}

fn location(found: &FileSection<'_>) -> String {
    format!("[{}] of {}", found.header, found.path.display())
}

/// A key of profiles without long-term keys, the method of their sign-in, and its command.
const SIGN_IN: [(&str, &str, &str); 3] = [
    ("sso_session", "IAM Identity Center", "aws sso login"),
    ("sso_start_url", "IAM Identity Center", "aws sso login"),
    ("login_session", "`aws login`", "aws login"),
];
