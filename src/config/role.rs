//! Roles, and what narrows their sessions.

use std::{fs, path::Path, slice, str::FromStr};

use anyhow::Context as _;

use super::{
    Resolver, Setting, in_profiles,
    mfa::{named_for, of_role_profile},
    table::{EXTERNAL_ID, ROLE, ROLE_DURATION, ROLE_SESSION_NAME, SOURCE_IDENTITY},
};
use crate::{
    cli,
    failure::{Failure, InvalidValue},
    origin::{Origin, Sourced},
    profiles::{Lead, RoleProfile, Source},
    session::{Role, RoleLifetime},
    sts::{Policies, Policy, RoleArn, Tags},
};

impl Resolver<'_> {
    /// The roles, the one that is assumed first being the first, and what the session profile of
    /// the last is called; `None` where there are none.
    pub(super) fn roles(
        &self,
        lead: &Lead,
        source: &Source,
    ) -> Result<Option<(Vec<Role>, String)>, Failure> {
        let (roles, default) = if let Some(arn) = self.typed(&ROLE) {
            // It stands in for the roles of the profile.
            let role = self.role(arn.parse()?, &[], true)?;
            let default = named_for(&source.name, role.arn.value.name());
            (vec![role], default)
        } else {
            let roles = lead.roles.iter().zip(0..).map(|(RoleProfile { profile, arn }, place)| {
                self.role(arn.clone().parse()?, slice::from_ref(profile), place == 0)
            });
            let mut roles = roles.collect::<Result<Vec<_>, Failure>>()?;
            roles.reverse();
            let Some(last) = roles.last() else { return self.without_role().map(|()| None) };
            let default = of_role_profile(lead, source, last.arn.value.name());
            (roles, default)
        };
        check_chaining(&roles)?;
        Ok(Some((roles, default)))
    }

    /// A role, with what its profile says of it, if it has one. What is typed is meant for the
    /// session that is wanted; the sessions of roles on the way are gone when it is there.
    fn role(
        &self,
        arn: Sourced<RoleArn>,
        profile: &[String],
        is_wanted: bool,
    ) -> Result<Role, Failure> {
        let said = |setting: &'static Setting| {
            let typed = self.typed(setting).filter(|_| is_wanted);
            typed.or_else(|| in_profiles(setting, self.profiles, profile))
        };
        let duration = said(&ROLE_DURATION).map(Sourced::parse::<RoleLifetime>).transpose()?;
        let lifetime = duration.unwrap_or(Sourced::default(RoleLifetime::DEFAULT));
        let cli::Role { policies, tags, transitive_tag, .. } = &self.cli.role;
        let (policies, tags) = if is_wanted {
            (self.policies(policies)?, parsed_tags(tags, transitive_tag)?)
        } else {
            (Policies::default(), Tags::default())
        };
        Ok(Role {
            arn,
            session_name: said(&ROLE_SESSION_NAME).map(Sourced::parse).transpose()?,
            external_id: said(&EXTERNAL_ID).map(Sourced::parse).transpose()?,
            source_identity: said(&SOURCE_IDENTITY).map(Sourced::parse).transpose()?,
            lifetime: if is_wanted { lifetime } else { Sourced::default(RoleLifetime::SHORTEST) },
            policies,
            tags,
        })
    }

    /// Flags that make no sense without a role.
    fn without_role(&self) -> Result<(), Failure> {
        match self.cli.role.flag_besides_arn() {
            None => Ok(()),
            Some(flag) => Err(Origin::Flag(flag).invalid(InvalidValue::new(
                "there is no role that this could be for",
                "name one: --role-arn ARN, or a profile that has one: --profile NAME",
            ))),
        }
    }

    pub(super) fn policies(&self, flags: &cli::Policies) -> Result<Policies, Failure> {
        let inline = flags.policy.as_ref().map(|text| self.policy(text)).transpose()?;
        let arn = |text: &String| parsed("--policy-arn", text);
        let managed = flags.policy_arn.iter().map(arn).collect::<Result<Vec<_>, _>>()?;
        if managed.len() > MOST_MANAGED {
            let problem = format!("there are more than {MOST_MANAGED}");
            let invalid =
                InvalidValue::new(problem, "leave some out, or put them into one --policy");
            return Err(Origin::Flag("--policy-arn").invalid(invalid));
        }
        Ok(Policies { inline, managed })
    }

    /// A policy document, or that of a file.
    fn policy(&self, text: &str) -> Result<Policy, Failure> {
        let Some(path) = text.strip_prefix("file://") else {
            return parsed("--policy", text);
        };
        let path = self.environment.path(path)?;
        let text = read(&path).map_err(|error| {
            Failure::from(error).hint("name a file with a JSON policy document: file://FILE")
        })?;
        let policy = text.parse::<Policy>();
        policy.map_err(|InvalidValue { problem, hint }| {
            Origin::Flag("--policy")
                .invalid(InvalidValue::new(format!("{}: {problem}", path.display()), hint))
        })
    }
}

/// What AWS would say after the code was used.
fn check_chaining(roles: &[Role]) -> Result<(), Failure> {
    let [_, .., Role { lifetime, .. }] = roles else { return Ok(()) };
    if lifetime.value.seconds() <= RoleLifetime::LONGEST_CHAINED.seconds() {
        return Ok(());
    }
    let problem = "a role that is assumed through another role lasts 1h at most";
    Err(lifetime.origin.invalid(InvalidValue::new(problem, "ask for 1h or less: --duration 1h")))
}

pub(super) fn parsed_tags(flags: &cli::Tags, transitive: &[String]) -> Result<Tags, Failure> {
    let tag = |text: &String| parsed("--tag", text);
    let tags = flags.tag.iter().map(tag).collect::<Result<Vec<_>, _>>()?;
    let flag = if transitive.is_empty() { "--tag" } else { "--transitive-tag" };
    Tags::new(tags, transitive.to_vec()).map_err(|invalid| Origin::Flag(flag).invalid(invalid))
}

fn read(path: &Path) -> anyhow::Result<String> {
    let problem = || format!("cannot read {}", path.display());
    let metadata = fs::metadata(path).with_context(problem)?;
    if !metadata.is_file() || metadata.len() > LARGEST_FILE {
        anyhow::bail!("{} is no file with a policy", path.display());
    }
    fs::read_to_string(path).with_context(problem)
}

fn parsed<T: FromStr<Err = InvalidValue>>(flag: &'static str, text: &str) -> Result<T, Failure> {
    Sourced::typed(flag, text.to_owned()).parse().map(|given| given.value)
}

const MOST_MANAGED: usize = 10;

/// In bytes.
const LARGEST_FILE: u64 = 1 << 20;
