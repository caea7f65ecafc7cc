//! AssumeRole: from a session, or long-term keys, to a session of a role.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use super::{
    Credentials, ExternalId, Operation, Policies, QueryBody, RoleArn, RoleSessionName,
    SourceIdentity, Tags,
};

/// The question. There is no code in it: the session that asks has been through MFA.
#[derive(Debug)]
pub struct AssumeRole<'a> {
    /// The role.
    pub role: &'a RoleArn,
    /// How the session is called, in CloudTrail and in the ARN of who holds it.
    pub session_name: &'a RoleSessionName,
    /// How long it is to last: 900 to 43,200 seconds, and no longer than the role allows; 3,600 at
    /// most where a role's session asks.
    pub seconds: u32,
    /// What the owner of the role wants to be told.
    pub external_id: Option<&'a ExternalId>,
    /// Who is behind it, in CloudTrail; it stays the same for further roles.
    pub source_identity: Option<&'a SourceIdentity>,
    /// What narrows it.
    pub policies: &'a Policies,
    /// What policies look at.
    pub tags: &'a Tags,
}

impl Operation for AssumeRole<'_> {
    const ACTION: &'static str = "AssumeRole";
    type Output = Credentials;

    fn fill(&self, form: &mut QueryBody) {
        form.add("RoleArn", self.role.as_str());
        form.add("RoleSessionName", self.session_name.as_str());
        form.add("DurationSeconds", &self.seconds.to_string());
        form.add_some("ExternalId", self.external_id.map(ExternalId::as_str));
        form.add_some("SourceIdentity", self.source_identity.map(SourceIdentity::as_str));
        self.policies.fill(form);
        self.tags.fill(form);
    }
}
