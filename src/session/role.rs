//! Sessions of roles (AssumeRole): the MFA session assumes a role, whose session may assume the
//! next one.

use super::{Aws, RoleLifetime};
use crate::{
    credentials::{Provenance, Session},
    failure::Failure,
    origin::{Origin, Sourced},
    sts::{
        AssumeRole, Caller, ExternalId, GetCallerIdentity, Operation, Policies, RoleArn,
        RoleSessionName, Signer, SourceIdentity, Tags,
    },
};

/// Roles that lead to the one that is wanted.
pub struct Roles {
    /// The profile that leads to them.
    pub source: String,
    /// The role that is assumed first comes first; there is at least one.
    pub chain: Vec<Role>,
    /// Where the session that assumes the first one is kept.
    pub base: Origin,
}

/// A role, and with what it is assumed.
pub struct Role {
    /// Its ARN.
    pub arn: Sourced<RoleArn>,
    /// How the session is called; `None` for the name of the user.
    pub session_name: Option<Sourced<RoleSessionName>>,
    /// What the owner of the role wants to be told.
    pub external_id: Option<Sourced<ExternalId>>,
    /// Who is behind it.
    pub source_identity: Option<Sourced<SourceIdentity>>,
    /// How long its session is to last.
    pub lifetime: Sourced<RoleLifetime>,
    /// What narrows it.
    pub policies: Policies,
    /// What policies look at.
    pub tags: Tags,
}

impl Roles {
    /// Assumes one role after the other, with the MFA session to begin with.
    pub fn assume(&self, base: &Session, aws: Aws<'_>) -> Result<Session, Failure> {
        let mut session = None;
        let mut user = None;
        for role in &self.chain {
            let caller = session.as_ref().unwrap_or(base);
            let name = match &role.session_name {
                Some(name) => &name.value,
                None => match &user {
                    Some(name) => name,
                    None => user.insert(self.user_name(&role.arn.value, base, aws)?),
                },
            };
            session = Some(self.assume_one(role, name, caller, aws)?);
        }
        Ok(session.expect("there is at least one role"))
    }

    /// The role whose session is wanted.
    #[must_use]
    pub fn wanted(&self) -> &Role {
        self.chain.last().expect("there is at least one role")
    }

    fn assume_one(
        &self,
        role: &Role,
        session_name: &RoleSessionName,
        caller: &Session,
        aws: Aws<'_>,
    ) -> Result<Session, Failure> {
        let operation = AssumeRole {
            role: &role.arn.value,
            session_name,
            seconds: role.lifetime.value.seconds(),
            external_id: role.external_id.as_ref().map(|given| &given.value),
            source_identity: role.source_identity.as_ref().map(|given| &given.value),
            policies: &role.policies,
            tags: &role.tags,
        };
        let granted = self.ask(&operation, &role.arn.value, caller, aws)?;
        let provenance = Provenance {
            source: self.source.clone(),
            role: Some(role.arn.value.to_string()),
            is_restricted: role.is_particular(),
            ..caller.provenance.clone()
        };
        let now = aws.client.now();
        Ok(super::session(granted, provenance, operation.seconds, WHY_SHORTER, now))
    }

    /// The name of the IAM user behind the session, made valid: policies compare it with
    /// `${aws:username}`.
    fn user_name(
        &self,
        role: &RoleArn,
        base: &Session,
        aws: Aws<'_>,
    ) -> Result<RoleSessionName, Failure> {
        let identity = self.ask(&GetCallerIdentity, role, base, aws)?;
        // `arn:aws:iam::123456789012:user/path/alice`, or `…:root`.
        let name = identity.arn.rsplit(['/', ':']).next().unwrap_or_default();
        Ok(RoleSessionName::nearest(name))
    }

    fn ask<O: Operation>(
        &self,
        operation: &O,
        role: &RoleArn,
        caller: &Session,
        aws: Aws<'_>,
    ) -> Result<O::Output, Failure> {
        let asked = Caller::with(&caller.key.id, &self.base);
        let signer = Signer::Key(&caller.key, Some(&caller.token));
        let answer = aws.client.call_as(asked, operation, aws.sts, signer);
        answer.map_err(|failure| failure.hint(format!("this was for {role}")))
    }
}

impl Role {
    /// Whether its session is to be different from others of the role.
    #[must_use]
    pub fn is_particular(&self) -> bool {
        let name = self.session_name.as_ref().map(|name| &name.origin);
        !self.policies.is_empty()
            || !self.tags.is_empty()
            || self.source_identity.is_some()
            || matches!(name, Some(Origin::Flag(_)))
    }
}

const WHY_SHORTER: &str = "the role allows no more";
