//! Assumes roles. A role of more than an hour is assumed with a long-term key and an MFA code. Else
//! the MFA session assumes the first role, and each role assumes the next.

use crate::{
    explain::{Caller, explain},
    failure::Failure,
    lifetime::RoleLifetime,
    origin::{Origin, Sourced},
    secret::Secret,
    session::{Provenance, ROLE_LIMIT, Session},
    sts::{
        AssumeRole, AssumeRoleWithCode, Client, Endpoint, ExternalId, GetCallerIdentity, Identity,
        Operation, Policies, RoleArn, RoleSessionName, Signer, SigningKey, SourceIdentity, Tags,
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

    /// Names the session after the IAM user with this key, unless it has a name.
    pub(crate) fn name_session(
        &mut self,
        key: &Sourced<SigningKey>,
        client: &Client,
        sts: &Endpoint,
    ) -> Result<(), Failure> {
        if self.session_name.is_none() {
            let caller = Caller::with_key(key.value.id(), &key.origin);
            let identity = client
                .call(&GetCallerIdentity, sts, Signer::Key(&key.value, None))
                .map_err(|error| explain(&error, caller))?;
            self.session_name = Some(Sourced::default(session_name_of(&identity)));
        }
        Ok(())
    }

    /// AssumeRole with an MFA code.
    pub(crate) fn with_code<'a>(
        &'a self,
        serial: &'a str,
        digits: &'a Secret,
    ) -> AssumeRoleWithCode<'a> {
        let name = self.session_name.as_ref().expect("the session has a name before the prompt");
        AssumeRoleWithCode { assume_role: self.operation(&name.value), serial, digits }
    }

    fn operation<'a>(&'a self, session_name: &'a RoleSessionName) -> AssumeRole<'a> {
        AssumeRole {
            role: &self.arn.value,
            session_name,
            seconds: self.lifetime.value.seconds(),
            external_id: self.external_id.as_ref().map(|it| &it.value),
            source_identity: self.source_identity.as_ref().map(|it| &it.value),
            policies: &self.policies,
            tags: &self.tags,
        }
    }
}

/// Names the role in a failure.
pub(crate) fn name_role(failure: Failure, role: &RoleArn) -> Failure {
    failure.hint(format!("the role to assume is {role}"))
}

/// The IAM user's name, made valid. Trust policies compare it with `${aws:username}`.
fn session_name_of(identity: &Identity) -> RoleSessionName {
    // `arn:aws:iam::123456789012:user/path/alice`, or `…:root`.
    let name = identity.arn.rsplit(['/', ':']).next().unwrap_or_default();
    RoleSessionName::nearest(name)
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
        let operation = role.operation(session_name);
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

    fn user_name(&self, base: &Session, role: &RoleArn) -> Result<RoleSessionName, Failure> {
        self.send(&GetCallerIdentity, role, base).map(|identity| session_name_of(&identity))
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
            name_role(explain(&error, Caller::with_key(key.id(), &self.chain.caller)), role)
        })
    }
}
