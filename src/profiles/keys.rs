//! Finds the access key of a profile.

use super::{FileSection, LONG_TERM, Profiles};
use crate::{
    failure::{Failure, Status},
    origin::Sourced,
    secret::Secret,
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

impl KeyProfile {
    /// By the name alone: the session of `X-long-term` goes to `X`, of any other `X` to `X-mfa`.
    pub(crate) fn from_name(requested: &str) -> Self {
        let session_profile = match requested.strip_suffix(LONG_TERM) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => format!("{requested}-mfa"),
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

    /// The long-term key of a profile.
    pub(crate) fn long_term_key(
        &self,
        profile: &KeyProfile,
    ) -> Result<Sourced<SigningKey>, Failure> {
        for found in self.sections(&profile.name) {
            match session_profile::classify_keys(found.section) {
                SectionKeys::None => {}
                SectionKeys::LongTerm(value) => {
                    return Ok(Sourced { value, origin: found.origin(ACCESS_KEY_ID) });
                }
                SectionKeys::Temporary => return Err(temporary(&found)),
                SectionKeys::Partial { present, missing } => {
                    return Err(partial(&found, present, missing));
                }
            }
        }
        Err(self.no_long_term_key(profile))
    }

    /// The key that an AWS SDK would use for a profile, with its session token if it is temporary.
    /// If profile `X` has no key, the key of `X-long-term`.
    pub(crate) fn sdk_key(
        &self,
        profile: &str,
    ) -> Result<Sourced<(SigningKey, Option<Secret>)>, Failure> {
        let has_keys = |found: &FileSection<'_>| {
            !matches!(session_profile::classify_keys(found.section), SectionKeys::None)
        };
        let own = self.sections(profile).find(has_keys);
        let long_term = format!("{profile}{LONG_TERM}");
        let key_profile = match own {
            Some(found) => {
                if let Some(keys) = session_profile::temporary_keys(found.section) {
                    let key = SigningKey::new(keys.id.to_owned(), keys.secret.clone());
                    let value = (key, Some(keys.token.clone()));
                    return Ok(Sourced { value, origin: found.origin(ACCESS_KEY_ID) });
                }
                profile
            }
            None if self.has(&long_term) => &long_term,
            None => profile,
        };
        let key = self.long_term_key(&KeyProfile::from_name(key_profile))?;
        Ok(key.map(|key| (key, None)))
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
        let other = ["role_arn", "credential_process"];
        let other = other.into_iter().find(|key| self.value(name, key).is_some());
        let what = match other {
            Some(key) => format!("the profile `{name}` has `{key}`, but no long-term keys"),
            None => format!("the profile `{name}` has no long-term keys"),
        };
        let hint = self.ignored_header(name).unwrap_or_else(|| NAME_PROFILE.to_owned());
        Failure::new(Status::Local, what).hint(hint)
    }

    /// The failure for a profile that the AWS CLI signs in for.
    fn signs_in_elsewhere(&self, profile: &str) -> Option<Failure> {
        let (_, with, command) =
            SIGN_IN.into_iter().find(|(key, ..)| self.value(profile, key).is_some())?;
        let what = format!("the profile `{profile}` uses {with}, not long-term keys");
        let hint = format!("sign in with the AWS CLI: {command} --profile {profile}");
        Some(Failure::new(Status::Local, what).hint(hint))
    }
}

fn temporary(found: &FileSection<'_>) -> Failure {
    let what = format!("the keys in {} are temporary", location(found));
    let failure = Failure::new(Status::Local, what).hint(NAME_PROFILE);
    if session_profile::has_long_term_keys(found.section) {
        // As the SDKs do.
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

const NAME_PROFILE: &str = "name a profile with long-term keys: --profile NAME";

/// Keys of profiles that the AWS CLI signs in for, by what, and its command.
const SIGN_IN: [(&str, &str, &str); 3] = [
    ("sso_session", "IAM Identity Center", "aws sso login"),
    ("sso_start_url", "IAM Identity Center", "aws sso login"),
    ("login_session", "`aws login`", "aws login"),
];
