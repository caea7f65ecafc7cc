//! AssumeRoleWithSAML: a role's session for the assertion of a SAML provider, unsigned.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>

use super::{
    credentials::Credentials,
    operation::Operation,
    parameter::{ProviderArn, RoleArn, SamlAssertion},
    query_body::QueryBody,
    restrictions::Policies,
};

/// The parameters of AssumeRoleWithSAML.
#[derive(Debug)]
pub struct AssumeRoleWithSaml<'a> {
    /// `RoleArn`.
    pub role: &'a RoleArn,
    /// `PrincipalArn`: the SAML provider in IAM.
    pub provider: &'a ProviderArn,
    /// `SAMLAssertion`: the provider's response; AWS accepts it for five minutes.
    pub assertion: &'a SamlAssertion,
    /// `DurationSeconds`: 900 to the role's maximum, which is at most 43,200; `None` for an hour.
    /// The assertion may shorten it.
    pub seconds: Option<u32>,
    /// `Policy` and `PolicyArns`: the session policies.
    pub policies: &'a Policies,
}

impl Operation for AssumeRoleWithSaml<'_> {
    const ACTION: &'static str = "AssumeRoleWithSAML";
    type Output = Credentials;

    fn fill(&self, body: &mut QueryBody) {
        body.add("RoleArn", self.role.as_str());
        body.add("PrincipalArn", self.provider.as_str());
        body.add_secret("SAMLAssertion", self.assertion.secret());
        body.add_some("DurationSeconds", self.seconds.map(|it| it.to_string()).as_deref());
        self.policies.fill(body);
    }
}
