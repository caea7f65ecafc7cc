//! Roles, session policies and session tags.

use std::{fs, path::Path};

use anyhow::Context as _;

use super::{
    Resolver, Setting,
    session_profile::{named_for, session_profile_of_role},
};
use crate::{
    failure::Failure,
    flags::ROLE_DETAILS,
    lifetime::RoleLifetime,
    origin::{InvalidValue, Origin, Sourced},
    profiles::{KeyProfile, ProfileChain, RoleProfile},
    role::Role,
    settings::{EXTERNAL_ID, ROLE, ROLE_DURATION, ROLE_SESSION_NAME, SOURCE_IDENTITY},
    sts::{
        ExternalId, Policies, Policy, PolicyArn, RoleArn, RoleSessionName, SourceIdentity, Tag,
        Tags,
    },
};

impl Resolver<'_> {
    /// The roles in the order in which they are assumed, and the default session profile; `None`
    /// without a role.
    pub(super) fn roles(
        &self,
        chain: &ProfileChain,
        profile: &KeyProfile,
    ) -> Result<Option<(Vec<Role>, String)>, Failure> {
        if let Some(arn) = self.in_flags(&ROLE) {
            let role = self.scoped(vec![]).requested_role(arn.parse()?)?;
            let default = named_for(&profile.name, role.arn.value.name());
            return Ok(Some((vec![role], default)));
        }
        let Some((RoleProfile { profile: requested, arn }, others)) = chain.roles.split_first()
        else {
            return self.no_role().map(|()| None);
        };
        let of_profile = self.scoped(vec![requested.clone()]);
        let role = of_profile.requested_role(arn.clone().parse()?)?;
        let default = session_profile_of_role(chain, profile, role.arn.value.name());
        let mut roles = vec![role];
        for RoleProfile { profile, arn } in others {
            let of_profile = self.scoped(vec![profile.clone()]);
            roles.push(of_profile.intermediate_role(arn.clone().parse()?)?);
        }
        roles.reverse();
        check_chaining(&roles)?;
        Ok(Some((roles, default)))
    }

    /// The role whose session is requested. All flags apply to it.
    fn requested_role(&self, arn: Sourced<RoleArn>) -> Result<Role, Failure> {
        let find = |setting| self.in_flags(setting).or_else(|| self.in_profiles(setting));
        let role = role(arn, find)?;
        let role = Role { policies: self.policies()?, tags: self.tags()?, ..role };
        self.record_role(&role);
        Ok(role)
    }

    /// A role that only assumes the next one. No flag applies to it, and a short session will do.
    fn intermediate_role(&self, arn: Sourced<RoleArn>) -> Result<Role, Failure> {
        let role = role(arn, |setting| self.in_profiles(setting))?;
        Ok(Role { lifetime: Sourced::default(RoleLifetime::SHORTEST), ..role })
    }

    fn record_role(&self, role: &Role) {
        let Role { arn, session_name, external_id, source_identity, lifetime, .. } = role;
        self.record(&ROLE, &arn.value, &arn.origin);
        let name = session_name.as_ref().map(|it| it.map_ref(RoleSessionName::as_str));
        self.record_configured(&ROLE_SESSION_NAME, name.as_ref());
        let id = external_id.as_ref().map(|it| it.map_ref(ExternalId::as_str));
        self.record_configured(&EXTERNAL_ID, id.as_ref());
        let identity = source_identity.as_ref().map(|it| it.map_ref(SourceIdentity::as_str));
        self.record_configured(&SOURCE_IDENTITY, identity.as_ref());
        let configured = Some(lifetime).filter(|lifetime| lifetime.origin != Origin::Default);
        let seconds = configured.map(|it| it.map_ref(|it| format!("{}s", it.seconds())));
        self.record_configured(&ROLE_DURATION, seconds.as_ref());
    }

    /// Whether the command line has a role or a detail of one.
    pub(super) fn has_role_flags(&self) -> bool {
        self.flags().is_given("role_arn") || self.role_detail().is_some()
    }

    fn role_detail(&self) -> Option<&'static str> {
        ROLE_DETAILS.into_iter().find(|id| self.flags().is_given(id))
    }

    /// Fails if the command line has a detail of a role: no role is configured.
    fn no_role(&self) -> Result<(), Failure> {
        match self.role_detail() {
            None => Ok(()),
            Some(flag) => Err(Origin::Flag(flag).invalid(InvalidValue::new(
                "no role is configured",
                "name the role: --role-arn ARN, or a profile with a role: --profile NAME",
            ))),
        }
    }

    /// The session policies of the flags.
    pub(crate) fn policies(&self) -> Result<Policies, Failure> {
        let inline = self.flags().value("policy").map(|text| self.policy(text)).transpose()?;
        let managed: Vec<PolicyArn> = self.flag_values("policy_arn")?;
        if managed.len() > MAX_MANAGED_POLICIES {
            let problem = format!("AWS accepts at most {MAX_MANAGED_POLICIES} managed policies");
            let hint = "remove some, or combine them in one --policy";
            return Err(Origin::Flag("policy_arn").invalid(InvalidValue::new(problem, hint)));
        }
        Ok(Policies { inline, managed })
    }

    /// A policy from the command line or, for `file://`, from a file.
    fn policy(&self, text: &str) -> Result<Policy, Failure> {
        let Some(path) = text.strip_prefix("file://") else {
            let typed = Sourced { value: text.to_owned(), origin: Origin::Flag("policy") };
            return typed.parse().map(|policy| policy.value);
        };
        let path = self.context.environment.path(path)?;
        let text = read(&path).map_err(|error| {
            Failure::from(error).hint("name a file with a JSON policy document: file://FILE")
        })?;
        text.parse::<Policy>().map_err(|invalid| {
            let InvalidValue { problem, hint } = invalid.into();
            let problem = format!("{}: {problem}", path.display());
            Origin::Flag("policy").invalid(InvalidValue::new(problem, hint))
        })
    }

    /// The session tags of the flags.
    pub(crate) fn tags(&self) -> Result<Tags, Failure> {
        let tags: Vec<Tag> = self.flag_values("tag")?;
        let transitive = self.flags().values("transitive_tag").into_iter();
        let transitive: Vec<String> = transitive.map(ToOwned::to_owned).collect();
        let flag = if transitive.is_empty() { "tag" } else { "transitive_tag" };
        Tags::new(tags, transitive).map_err(|invalid| Origin::Flag(flag).invalid(invalid.into()))
    }
}

/// A role with the settings that `find` returns, without policies and tags.
fn role(
    arn: Sourced<RoleArn>,
    find: impl Fn(&'static Setting) -> Option<Sourced<String>>,
) -> Result<Role, Failure> {
    let lifetime = find(&ROLE_DURATION).map(Sourced::parse::<RoleLifetime>).transpose()?;
    Ok(Role {
        arn,
        session_name: find(&ROLE_SESSION_NAME).map(Sourced::parse).transpose()?,
        external_id: find(&EXTERNAL_ID).map(Sourced::parse).transpose()?,
        source_identity: find(&SOURCE_IDENTITY).map(Sourced::parse).transpose()?,
        lifetime: lifetime.unwrap_or(Sourced::default(RoleLifetime::DEFAULT)),
        policies: Policies::default(),
        tags: Tags::default(),
    })
}

/// Refuses a long session of a chained role: AWS refuses it only after the code was used.
fn check_chaining(roles: &[Role]) -> Result<(), Failure> {
    let [_, .., Role { lifetime, .. }] = roles else { return Ok(()) };
    if lifetime.value.seconds() <= RoleLifetime::LONGEST_CHAINED.seconds() {
        return Ok(());
    }
    let problem = "the session of a role that another role assumes lasts 1h at most";
    Err(lifetime.origin.invalid(InvalidValue::new(problem, "shorten it: --duration 1h")))
}

fn read(path: &Path) -> anyhow::Result<String> {
    let problem = || format!("cannot read {}", path.display());
    let metadata = fs::metadata(path).with_context(problem)?;
    if !metadata.is_file() || metadata.len() > MAX_POLICY_FILE {
        anyhow::bail!("{} is not a regular file of at most 1 MiB", path.display());
    }
    fs::read_to_string(path).with_context(problem)
}

const MAX_MANAGED_POLICIES: usize = 10;

/// In bytes.
const MAX_POLICY_FILE: u64 = 1 << 20;
