//! AssumeRoleWithSAML: from the assertion of a SAML provider to a session of a role. The assertion
//! is the proof: nobody signs.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>

use super::{Credentials, Operation, Policies, ProviderArn, QueryBody, RoleArn, SamlAssertion};

/// The question.
#[derive(Debug)]
pub struct AssumeRoleWithSaml<'a> {
    /// The role.
    pub role: &'a RoleArn,
    /// The provider, as IAM knows it.
    pub provider: &'a ProviderArn,
    /// What the provider gave; good for five minutes.
    pub assertion: &'a SamlAssertion,
    /// How long it is to last: 900 to 43,200 seconds, and no longer than the role and the assertion
    /// allow; `None` for an hour, or what the assertion says.
    pub seconds: Option<u32>,
    /// What narrows it.
    pub policies: &'a Policies,
}

impl Operation for AssumeRoleWithSaml<'_> {
    const ACTION: &'static str = "AssumeRoleWithSAML";
    type Output = Credentials;

    fn fill(&self, form: &mut QueryBody) {
        form.add("RoleArn", self.role.as_str());
        form.add("PrincipalArn", self.provider.as_str());
        form.add("SAMLAssertion", self.assertion.secret().expose());
        form.add_some("DurationSeconds", self.seconds.map(|it| it.to_string()).as_deref());
        self.policies.fill(form);
    }
}
