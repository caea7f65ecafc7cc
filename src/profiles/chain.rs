//! Where a profile leads: over the roles that it and its `source_profile` name, to long-term keys.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>

use super::{LONG_TERM, Profiles, Source};
use crate::{
    credentials::Provenance,
    failure::{Failure, Status},
    origin::{Origin, Sourced},
    session_profile,
};

/// Where a profile leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// The profiles with roles, the one that was asked for first; there may be none.
    pub roles: Vec<RoleProfile>,
    /// The profile with the keys; `None` where there is no such profile.
    pub source: Option<Source>,
    /// The profile that holds the session of the role, where that is known: it was asked for, or
    /// the role stands beside the keys of `X-long-term`.
    pub session_profile: Option<String>,
}

/// A profile that names a role, or a session of one that does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleProfile {
    /// The profile.
    pub profile: String,
    /// What it calls the role: an ARN, if it is right.
    pub arn: Sourced<String>,
}

impl Profiles {
    /// Follows the profile `asked`.
    pub fn lead(&self, asked: &str) -> Result<Lead, Failure> {
        let named = Lead { roles: vec![], source: None, session_profile: None };
        if self.value(asked, ROLE).is_some() {
            let (roles, source) = self.roles(asked)?;
            return Ok(Lead { roles, source: self.source(&source), ..named });
        }
        if let Some(lead) = self.role_beside_keys(asked) {
            return Ok(lead);
        }
        let section = self.credentials.section(asked);
        let stored = section.as_ref().and_then(|section| {
            Some((
                session_profile::source(section)?.to_owned(),
                session_profile::role(section)?.to_owned(),
            ))
        });
        let Some((source, arn)) = stored else {
            return Ok(Lead { source: self.source(asked), ..named });
        };
        let session_profile = Some(asked.to_owned());
        // The profile that led to the role may tell more than its name.
        if self.value(&source, ROLE).is_some_and(|role| role.value == arn) {
            return Ok(Lead { session_profile, ..self.lead(&source)? });
        }
        let file = self.credentials.path.clone();
        let origin = Origin::Key { key: session_profile::ROLE, section: asked.to_owned(), file };
        let role = RoleProfile { profile: asked.to_owned(), arn: Sourced { value: arn, origin } };
        Ok(Lead { roles: vec![role], source: self.source(&source), session_profile })
    }

    /// The role that aws-mfa assumes: it stands beside the long-term keys. Where these are those of
    /// `X-long-term`, its session goes to `X`, as aws-mfa's does, and the MFA session to `X-mfa`.
    fn role_beside_keys(&self, asked: &str) -> Option<Lead> {
        let name = asked.strip_suffix(LONG_TERM).unwrap_or(asked);
        let long_term = format!("{name}{LONG_TERM}");
        if !self.has(&long_term) {
            let arn = self.value(asked, ROLE_BESIDE_KEYS)?;
            let roles = vec![RoleProfile { profile: asked.to_owned(), arn }];
            return Some(Lead { roles, source: self.source(asked), session_profile: None });
        }
        let arn = self.value(&long_term, ROLE_BESIDE_KEYS)?;
        let session_profile = format!("{name}-mfa");
        Some(Lead {
            roles: vec![RoleProfile { profile: name.to_owned(), arn }],
            source: Some(Source { name: long_term, asked: asked.to_owned(), session_profile }),
            session_profile: Some(name.to_owned()),
        })
    }

    /// Refuses the profile of a session that may do less than the one that would take its place.
    pub fn check_renewable(&self, profile: &str) -> Result<(), Failure> {
        let section = self.credentials.section(profile);
        let section = section.filter(|section| session_profile::temporary(section).is_some());
        let provenance = section.as_ref().and_then(session_profile::provenance);
        let is_of_keys = self.has(&format!("{profile}{LONG_TERM}"));
        match provenance.filter(|provenance| provenance.is_restricted && !is_of_keys) {
            None => Ok(()),
            Some(Provenance { source, .. }) => {
                let what =
                    format!("the session in [{profile}] has policies, tags or a name of its own");
                Err(Failure::new(Status::Here, what).hint(format!(
                    "get it again as it was got; or, for one without them, --profile {source}"
                )))
            }
        }
    }

    /// The roles on the way from a profile to keys, and the profile that holds these.
    fn roles(&self, asked: &str) -> Result<(Vec<RoleProfile>, String), Failure> {
        let mut roles: Vec<RoleProfile> = Vec::new();
        let mut profile = asked.to_owned();
        while let Some(arn) = self.value(&profile, ROLE) {
            let Some(next) = self.value(&profile, "source_profile") else {
                return Err(self.without_source(&profile, &arn));
            };
            roles.push(RoleProfile { profile: profile.clone(), arn });
            // A profile may be its own source, with keys that stand beside the role; and the SDKs
            // take the keys of a source before its role.
            if next.value == profile || self.has_keys(&next.value) {
                return Ok((roles, next.value));
            }
            if roles.iter().any(|role| role.profile == next.value) {
                return Err(in_a_circle(&roles, &next));
            }
            if self.source(&next.value).is_none() {
                let what = format!("{}: there is no profile `{}`", next.origin, next.value);
                return Err(Failure::new(Status::Here, what)
                    .hint("name the profile with the user's long-term keys"));
            }
            profile = next.value;
        }
        Ok((roles, profile))
    }

    fn has_keys(&self, profile: &str) -> bool {
        self.source(profile).is_some_and(|source| self.long_term_key(&source).is_ok())
    }

    fn without_source(&self, profile: &str, arn: &Sourced<String>) -> Failure {
        let other = ["credential_source", "web_identity_token_file"];
        let other = other.into_iter().find_map(|key| self.value(profile, key));
        match other.map(|other| other.origin) {
            Some(origin @ Origin::Key { key: "web_identity_token_file", .. }) => {
                Failure::new(Status::Here, format!("{origin} is no way to an MFA session"))
                    .hint(format!("for its role: mfa-session web-identity --profile {profile}"))
            }
            Some(origin) => {
                Failure::new(Status::Here, format!("{origin} is no way to an MFA session"))
                    .hint("name the profile with the user's long-term keys: source_profile = NAME")
            }
            None => {
                let what = format!("{} has no `source_profile` beside it", arn.origin);
                Failure::new(Status::Here, what).hint(format!(
                    "add the profile with the long-term keys: source_profile = NAME (`{profile}` \
                     itself, if they are in it)"
                ))
            }
        }
    }
}

fn in_a_circle(roles: &[RoleProfile], next: &Sourced<String>) -> Failure {
    let start = roles.iter().position(|role| role.profile == next.value).unwrap_or_default();
    let names = roles[start..].iter().map(|role| role.profile.as_str());
    let circle: Vec<&str> = names.chain([next.value.as_str()]).collect();
    let what = format!("the profiles lead in a circle: {}", circle.join(" -> "));
    Failure::new(Status::Here, what).hint(format!("correct {}", next.origin))
}

const ROLE: &str = "role_arn";
const ROLE_BESIDE_KEYS: &str = "assume_role";
