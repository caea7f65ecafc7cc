//! A session for somebody whom IAM does not know (GetFederationToken).

use super::{Aws, Lifetime, ROOT_GETS};
use crate::{
    credentials::{AccessKey, Provenance, Session},
    failure::Failure,
    message,
    origin::Sourced,
    sts::{Caller, FederatedName, GetFederationToken, Policies, Signer, Tags},
};

/// What is needed to get it.
pub struct Federation {
    /// How the federated user is called.
    pub name: FederatedName,
    /// The profile of the key.
    pub source: String,
    /// The long-term key of the user who lends permissions.
    pub key: Sourced<AccessKey>,
    /// How long the session is to last.
    pub lifetime: Sourced<Lifetime>,
    /// Which permissions are lent.
    pub policies: Policies,
    /// What policies look at.
    pub tags: Tags,
}

impl Federation {
    /// Gets the session.
    pub fn obtain(&self, aws: Aws<'_>) -> Result<Session, Failure> {
        let Self { key, policies, .. } = self;
        if policies.is_empty() {
            message::warn(
                "without a policy the session can do next to nothing: --policy, --policy-arn",
            );
        }
        let seconds = self.lifetime.value.seconds();
        let operation =
            GetFederationToken { name: &self.name, seconds, policies, tags: &self.tags };
        let asked = Caller::with(&key.value.id, &key.origin);
        let signer = Signer::Key(&key.value, None);
        let granted = aws.client.call_as(asked, &operation, aws.sts, signer)?;
        let provenance = Provenance {
            source: self.source.clone(),
            key_id: Some(key.value.id.clone()),
            is_restricted: true,
            ..Provenance::default()
        };
        Ok(super::session(granted, provenance, seconds, ROOT_GETS, aws.client.now()))
    }
}
