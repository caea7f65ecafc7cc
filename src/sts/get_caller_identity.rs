//! GetCallerIdentity: the user or role of a key. It requires no permission.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use super::{
    operation::{Operation, Output},
    query_body::QueryBody,
    response::{Answer, InvalidResponse},
};

/// GetCallerIdentity, which has no parameters.
#[derive(Debug)]
pub struct GetCallerIdentity;

/// The identity of a key.
#[derive(Debug, PartialEq, Eq)]
pub struct Identity {
    /// `Account`: 12 digits.
    pub account: String,
    /// `Arn`: the ARN of the user or of the role's session.
    pub arn: String,
    /// `UserId`: the unique id of the user or of the role's session.
    pub user_id: String,
}

impl Operation for GetCallerIdentity {
    const ACTION: &'static str = "GetCallerIdentity";
    type Output = Identity;

    fn fill(&self, _: &mut QueryBody) {}
}

impl Output for Identity {
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse> {
        let text = |name| {
            answer
                .text(name)
                .map(ToOwned::to_owned)
                .ok_or(InvalidResponse("its identity is incomplete"))
        };
        Ok(Self { account: text("Account")?, arn: text("Arn")?, user_id: text("UserId")? })
    }
}
