//! Follows `role_arn` and `source_profile` from a profile to the profile with the long-term key.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>

use std::collections::HashSet;

use super::{KeyProfile, LONG_TERM, Profiles, default_session_profile};
use crate::{
    failure::{Failure, Status},
    message::word,
    origin::{Origin, Sourced},
    session::Provenance,
    session_profile,
};

/// The roles from a profile to its long-term key, and the profile with the key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProfileChain {
    /// The profiles with roles, the requested profile first.
    pub(crate) roles: Vec<RoleProfile>,
    /// `None` if neither file has such a profile.
    pub(crate) key_profile: Option<KeyProfile>,
    /// The session profile of the role, if the files determine it: the requested profile holds the
    /// session, or `X-long-term` has both the key and the role.
    pub(crate) session_profile: Option<String>,
}

/// A profile with a role, or the session profile of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleProfile {
    pub(crate) profile: String,
    /// Not parsed yet.
    pub(crate) arn: Sourced<String>,
}

impl Profiles {
    /// Follows the requested profile to its long-term key.
    pub(crate) fn chain(&self, requested: &str) -> Result<ProfileChain, Failure> {
        let requested = &*self.session_source(requested);
        if self.value(requested, ROLE).is_some() {
            return self.chain_of_role(requested);
        }
        if let Some(chain) = self.role_next_to_key(requested) {
            return Ok(chain);
        }
        if let Some((source, arn)) = self.role_of_session(requested) {
            return self.chain_of_session(requested, source, arn);
        }
        let key_profile = self.key_profile(requested);
        Ok(ProfileChain { key_profile, ..ProfileChain::default() })
    }

    /// The role that aws-mfa assumes, in the profile with the long-term key. If that profile is
    /// `X-long-term`, the role's session goes to `X`, as in aws-mfa, and the MFA session to
    /// `X-mfa`.
    fn role_next_to_key(&self, requested: &str) -> Option<ProfileChain> {
        let name = requested.strip_suffix(LONG_TERM).unwrap_or(requested);
        let long_term = format!("{name}{LONG_TERM}");
        if !self.has(&long_term) {
            let arn = self.value(requested, AWS_MFA_ROLE)?;
            return Some(ProfileChain {
                roles: vec![RoleProfile { profile: requested.to_owned(), arn }],
                key_profile: self.key_profile(requested),
                session_profile: None,
            });
        }
        let arn = self.value(&long_term, AWS_MFA_ROLE)?;
        Some(ProfileChain {
            roles: vec![RoleProfile { profile: name.to_owned(), arn }],
            key_profile: Some(KeyProfile {
                name: long_term,
                requested: requested.to_owned(),
                session_profile: default_session_profile(name),
            }),
            session_profile: Some(name.to_owned()),
        })
    }

    /// The source profile and the role of the session in a profile.
    fn role_of_session(&self, profile: &str) -> Option<(&str, &str)> {
        let section = self.credentials.document.section(profile)?;
        Some((session_profile::source_of(section)?, session_profile::role_of(section)?))
    }

    fn chain_of_session(
        &self,
        requested: &str,
        source: &str,
        arn: &str,
    ) -> Result<ProfileChain, Failure> {
        let session_profile = Some(requested.to_owned());
        // The source profile may have other settings for the role, such as `external_id`.
        if self.value(source, ROLE).is_some_and(|role| role.value == arn) {
            return Ok(ProfileChain { session_profile, ..self.chain_of_role(source)? });
        }
        let origin = Origin::Key {
            key: session_profile::ROLE,
            section: requested.to_owned(),
            file: self.credentials.path.clone(),
        };
        let arn = Sourced { value: arn.to_owned(), origin };
        let roles = vec![RoleProfile { profile: requested.to_owned(), arn }];
        Ok(ProfileChain { roles, key_profile: self.key_profile(source), session_profile })
    }

    /// Fails if the profile holds a restricted session: its replacement would have more
    /// permissions.
    pub(crate) fn check_renewable(&self, profile: &str) -> Result<(), Failure> {
        let section = self.credentials.document.section(profile);
        let section = section.filter(|it| session_profile::temporary_keys(it).is_some());
        let provenance = section.and_then(session_profile::provenance_of);
        let has_keys = self.has(&format!("{profile}{LONG_TERM}"));
        match provenance.filter(|provenance| provenance.is_restricted && !has_keys) {
            None => Ok(()),
            Some(Provenance { source, .. }) => {
                let what = format!(
                    "cannot renew [{profile}]: its session has policies, tags or a name from the \
                     command line"
                );
                Err(Failure::new(Status::Local, what).hint(format!(
                    "repeat the command with the flags of that session, or get an unrestricted \
                     session: --profile {}",
                    word(&source)
                )))
            }
        }
    }

    /// Follows the source profiles of a profile with a role.
    fn chain_of_role(&self, requested: &str) -> Result<ProfileChain, Failure> {
        let mut roles: Vec<RoleProfile> = Vec::new();
        let mut key_profile = None;
        let mut profile = requested.to_owned();
        let mut seen = HashSet::new();
        while let Some(arn) = self.value(&profile, ROLE) {
            let Some(next) = self.value(&profile, "source_profile") else {
                return Err(self.no_source_profile(&profile, &arn));
            };
            roles.push(RoleProfile { profile: profile.clone(), arn });
            let Some(source) = self.key_profile(&next.value) else {
                let what = format!("{}: no profile `{}`", next.origin, next.value);
                let hint = self.hint_for_source(&next.value).unwrap_or(NAME_SOURCE.to_owned());
                return Err(Failure::new(Status::Local, what).hint(hint));
            };
            // A profile with a role and a key may be its own source profile. The SDKs prefer the
            // key of a source profile to its role.
            let is_last = next.value == profile || self.has_long_term_key(&source);
            key_profile = Some(source);
            if is_last {
                break;
            }
            seen.insert(profile);
            if seen.contains(&next.value) {
                return Err(cycle(&roles, &next));
            }
            profile = next.value;
        }
        Ok(ProfileChain { roles, key_profile, session_profile: None })
    }

    fn no_source_profile(&self, profile: &str, arn: &Sourced<String>) -> Failure {
        let other = ["credential_source", "web_identity_token_file"];
        let other = other.into_iter().find_map(|key| self.value(profile, key));
        let Some(Sourced { origin, .. }) = other else {
            let what = format!("{} needs a `source_profile` in the same profile", arn.origin);
            return Failure::new(Status::Local, what).hint(format!(
                "add the profile with your long-term keys: source_profile = NAME (or `{profile}`, \
                 if it has the keys)"
            ));
        };
        let what = format!("{origin} gives no long-term keys, which an MFA session needs");
        let failure = Failure::new(Status::Local, what);
        if let Origin::Key { key: "web_identity_token_file", .. } = origin {
            failure.hint(format!(
                "assume the role: mfa-session web-identity --profile {}",
                word(profile)
            ))
        } else {
            failure.hint(NAME_SOURCE)
        }
    }
}

fn cycle(roles: &[RoleProfile], next: &Sourced<String>) -> Failure {
    let start = roles.iter().position(|role| role.profile == next.value).unwrap_or_default();
    let names = roles[start..].iter().map(|role| role.profile.as_str());
    let cycle: Vec<&str> = names.chain([next.value.as_str()]).collect();
    let what = format!("the source profiles form a cycle: {}", cycle.join(" -> "));
    Failure::new(Status::Local, what).hint(format!("correct {}", next.origin))
}

const NAME_SOURCE: &str = "name the profile with your long-term keys: source_profile = NAME";

const ROLE: &str = "role_arn";
const AWS_MFA_ROLE: &str = "assume_role";
