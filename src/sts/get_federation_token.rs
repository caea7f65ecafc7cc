//! GetFederationToken: a session for a user outside IAM, for a long-term key.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>

use super::{
    credentials::Credentials,
    operation::Operation,
    parameter::FederatedName,
    query_body::QueryBody,
    restrictions::{Policies, Tags},
};

/// The parameters of GetFederationToken.
#[derive(Debug)]
pub struct GetFederationToken<'a> {
    /// `Name`: the federated user's name.
    pub name: &'a FederatedName,
    /// `DurationSeconds`: 900 to 129,600; at most 3,600 for the root user.
    pub seconds: u32,
    /// `Policy` and `PolicyArns`: the session policies. Without one, almost everything is denied.
    pub policies: &'a Policies,
    /// `Tags`: the session tags.
    pub tags: &'a Tags,
}

impl Operation for GetFederationToken<'_> {
    const ACTION: &'static str = "GetFederationToken";
    type Output = Credentials;

    fn fill(&self, body: &mut QueryBody) {
        body.add("Name", self.name.as_str());
        body.add("DurationSeconds", &self.seconds.to_string());
        self.policies.fill(body);
        self.tags.fill(body);
    }
}
