//! AssumeRoleWithWebIdentity: from the token of an OIDC provider to a session of a role. The token
//! is the proof: nobody signs.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>

use super::{
    Credentials, Operation, Policies, QueryBody, RoleArn, RoleSessionName, WebIdentityToken,
};

/// The question.
#[derive(Debug)]
pub struct AssumeRoleWithWebIdentity<'a> {
    /// The role.
    pub role: &'a RoleArn,
    /// How the session is called.
    pub session_name: &'a RoleSessionName,
    /// What the provider gave.
    pub token: &'a WebIdentityToken,
    /// How long it is to last: 900 to 43,200 seconds, and no longer than the role allows.
    pub seconds: u32,
    /// What narrows it.
    pub policies: &'a Policies,
}

impl Operation for AssumeRoleWithWebIdentity<'_> {
    const ACTION: &'static str = "AssumeRoleWithWebIdentity";
    type Output = Credentials;

    fn fill(&self, form: &mut QueryBody) {
        form.add("RoleArn", self.role.as_str());
        form.add("RoleSessionName", self.session_name.as_str());
        form.add("WebIdentityToken", self.token.secret().expose());
        form.add("DurationSeconds", &self.seconds.to_string());
        self.policies.fill(form);
    }
}
