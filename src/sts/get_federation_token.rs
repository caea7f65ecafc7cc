//! GetFederationToken: from a long-term key to a session for somebody whom IAM does not know.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>

use super::{Credentials, FederatedName, Operation, Policies, QueryBody, Tags};

/// The question.
#[derive(Debug)]
pub struct GetFederationToken<'a> {
    /// How the federated user is called.
    pub name: &'a FederatedName,
    /// How long the session is to last: 900 to 129,600 seconds; 3,600 at most for the root user.
    pub seconds: u32,
    /// What it may do, as far as the user whose key signs may: without any, next to nothing.
    pub policies: &'a Policies,
    /// What policies look at.
    pub tags: &'a Tags,
}

impl Operation for GetFederationToken<'_> {
    const ACTION: &'static str = "GetFederationToken";
    type Output = Credentials;

    fn fill(&self, form: &mut QueryBody) {
        form.add("Name", self.name.as_str());
        form.add("DurationSeconds", &self.seconds.to_string());
        self.policies.fill(form);
        self.tags.fill(form);
    }
}
