//! AssumeRoleWithWebIdentity: a role's session for the token of an OIDC provider, unsigned.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>

use super::{
    credentials::Credentials,
    operation::Operation,
    parameter::{RoleArn, RoleSessionName, WebIdentityToken},
    query_body::QueryBody,
    restrictions::Policies,
};

/// The parameters of AssumeRoleWithWebIdentity.
#[derive(Debug)]
pub struct AssumeRoleWithWebIdentity<'a> {
    /// `RoleArn`.
    pub role: &'a RoleArn,
    /// `RoleSessionName`.
    pub session_name: &'a RoleSessionName,
    /// `WebIdentityToken`: the provider's token.
    pub token: &'a WebIdentityToken,
    /// `DurationSeconds`: 900 to the role's maximum, which is at most 43,200.
    pub seconds: u32,
    /// `Policy` and `PolicyArns`: the session policies.
    pub policies: &'a Policies,
}

impl Operation for AssumeRoleWithWebIdentity<'_> {
    const ACTION: &'static str = "AssumeRoleWithWebIdentity";
    type Output = Credentials;

    fn fill(&self, body: &mut QueryBody) {
        body.add("RoleArn", self.role.as_str());
        body.add("RoleSessionName", self.session_name.as_str());
        body.add_secret("WebIdentityToken", self.token.secret());
        body.add("DurationSeconds", &self.seconds.to_string());
        self.policies.fill(body);
    }
}
