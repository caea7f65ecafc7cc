//! Assumes roles: the MFA session assumes the first role, and each role assumes the next.

use crate::{
    explain::{Caller, explain},
    failure::Failure,
    lifetime::RoleLifetime,
    origin::{Origin, Sourced},
    session::{Provenance, ROLE_LIMIT, Session},
    sts::{
        AssumeRole, Client, Endpoint, ExternalId, GetCallerIdentity, Operation, Policies, RoleArn,
        RoleSessionName, Signer, SourceIdentity, Tags,
    },
};

/// Roles to assume one after the other.
pub(crate) struct RoleChain {
    /// The source profile.
    pub(crate) source: String,
    /// At least one role, in the order of their use.
    pub(crate) roles: Vec<Role>,
    /// The origin of the MFA session.
    pub(crate) caller: Origin,
}

/// A role and the parameters of its session.
pub(crate) struct Role {
    pub(crate) arn: Sourced<RoleArn>,
    /// `None` for the IAM user's name.
    pub(crate) session_name: Option<Sourced<RoleSessionName>>,
    pub(crate) external_id: Option<Sourced<ExternalId>>,
    pub(crate) source_identity: Option<Sourced<SourceIdentity>>,
    pub(crate) lifetime: Sourced<RoleLifetime>,
    pub(crate) policies: Policies,
    pub(crate) tags: Tags,
}

impl RoleChain {
    /// Assumes the roles, the first with the MFA session `base`.
    pub(crate) fn assume(
        &self,
        base: &Session,
        client: &Client,
        sts: &Endpoint,
    ) -> Result<Session, Failure> {
        let call = Call { chain: self, client, sts };
        let mut session: Option<Session> = None;
        let mut user_name = None;
        for role in &self.roles {
            let caller = session.as_ref().unwrap_or(base);
            let name = match (&role.session_name, &user_name) {
                (Some(name), _) => &name.value,
                (None, Some(name)) => name,
                (None, None) => user_name.insert(call.user_name(base, &role.arn.value)?),
            };
            session = Some(call.assume(role, name, caller)?);
        }
        Ok(session.expect("a chain has at least one role"))
    }
}

impl Role {
    /// Whether the session differs from other sessions of the role, so that it is not reused.
    pub(crate) fn is_restricted(&self) -> bool {
        let name = self.session_name.as_ref().map(|name| &name.origin);
        !self.policies.is_empty()
            || !self.tags.is_empty()
            || self.source_identity.is_some()
            || matches!(name, Some(Origin::Flag(_)))
    }
}

/// The calls of one chain.
struct Call<'a> {
    chain: &'a RoleChain,
    client: &'a Client,
    sts: &'a Endpoint,
}

impl Call<'_> {
    fn assume(
        &self,
        role: &Role,
        session_name: &RoleSessionName,
        caller: &Session,
    ) -> Result<Session, Failure> {
        let operation = AssumeRole {
            role: &role.arn.value,
            session_name,
            seconds: role.lifetime.value.seconds(),
            external_id: role.external_id.as_ref().map(|it| &it.value),
            source_identity: role.source_identity.as_ref().map(|it| &it.value),
            policies: &role.policies,
            tags: &role.tags,
        };
        let credentials = self.send(&operation, &role.arn.value, caller)?;
        let provenance = Provenance {
            source: self.chain.source.clone(),
            role: Some(role.arn.value.to_string()),
            is_restricted: role.is_restricted(),
            ..caller.provenance.clone()
        };
        let now = self.client.now();
        Ok(Session::granted(credentials, provenance, operation.seconds, ROLE_LIMIT, now))
    }

    /// The IAM user's name, made valid. Trust policies compare it with `${aws:username}`.
    fn user_name(&self, base: &Session, role: &RoleArn) -> Result<RoleSessionName, Failure> {
        let identity = self.send(&GetCallerIdentity, role, base)?;
        // `arn:aws:iam::123456789012:user/path/alice`, or `…:root`.
        let name = identity.arn.rsplit(['/', ':']).next().unwrap_or_default();
        Ok(RoleSessionName::nearest(name))
    }

    fn send<O: Operation>(
        &self,
        operation: &O,
        role: &RoleArn,
        caller: &Session,
    ) -> Result<O::Output, Failure> {
        let key = caller.signing_key();
        let signer = Signer::Key(&key, Some(&caller.session_token));
        self.client.call(operation, self.sts, signer).map_err(|error| {
            explain(&error, Caller::with_key(key.id(), &self.chain.caller))
                .hint(format!("the role to assume is {role}"))
        })
    }
}
