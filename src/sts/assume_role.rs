//! AssumeRole: a role's session for another session or for long-term keys.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use super::{
    credentials::Credentials,
    operation::Operation,
    parameter::{ExternalId, RoleArn, RoleSessionName, SourceIdentity},
    query_body::QueryBody,
    restrictions::{Policies, Tags},
};
use crate::secret::Secret;

/// The parameters of AssumeRole without an MFA code, for a session that already has MFA.
#[derive(Debug)]
pub struct AssumeRole<'a> {
    /// `RoleArn`.
    pub role: &'a RoleArn,
    /// `RoleSessionName`: part of the session's ARN; CloudTrail shows it.
    pub session_name: &'a RoleSessionName,
    /// `DurationSeconds`: 900 to the role's maximum, which is at most 43,200; at most 3,600 if a
    /// session signs.
    pub seconds: u32,
    /// `ExternalId`: some trust policies require it.
    pub external_id: Option<&'a ExternalId>,
    /// `SourceIdentity`: CloudTrail shows it; further roles inherit it.
    pub source_identity: Option<&'a SourceIdentity>,
    /// `Policy` and `PolicyArns`: the session policies.
    pub policies: &'a Policies,
    /// `Tags` and `TransitiveTagKeys`: the session tags.
    pub tags: &'a Tags,
}

impl Operation for AssumeRole<'_> {
    const ACTION: &'static str = "AssumeRole";
    type Output = Credentials;

    fn fill(&self, body: &mut QueryBody) {
        body.add("RoleArn", self.role.as_str());
        body.add("RoleSessionName", self.session_name.as_str());
        body.add("DurationSeconds", &self.seconds.to_string());
        body.add_some("ExternalId", self.external_id.map(ExternalId::as_str));
        body.add_some("SourceIdentity", self.source_identity.map(SourceIdentity::as_str));
        self.policies.fill(body);
        self.tags.fill(body);
    }
}

/// The parameters of AssumeRole with an MFA code, for a long-term key.
#[derive(Debug)]
pub struct AssumeRoleWithCode<'a> {
    /// The parameters without the code.
    pub assume_role: AssumeRole<'a>,
    /// `SerialNumber`: the serial number or the ARN of the MFA device.
    pub serial: &'a str,
    /// `TokenCode`: the six digits of the MFA code, which AWS accepts once.
    pub digits: &'a Secret,
}

impl Operation for AssumeRoleWithCode<'_> {
    const ACTION: &'static str = AssumeRole::ACTION;
    const SPENDS_A_CODE: bool = true;
    type Output = Credentials;

    fn fill(&self, body: &mut QueryBody) {
        self.assume_role.fill(body);
        body.add("SerialNumber", self.serial);
        body.add_secret("TokenCode", self.digits);
    }
}
