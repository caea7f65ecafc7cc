//! GetCallerIdentity: whose key it is. It needs no permission, and can't be denied.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use super::{Answer, InvalidResponse, Operation, Output, QueryBody};

/// The question.
#[derive(Debug)]
pub struct GetCallerIdentity;

/// The answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account, 12 digits.
    pub account: String,
    /// The ARN of the user, or of the session.
    pub arn: String,
    /// The unique id behind the name.
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
                .ok_or(InvalidResponse("a part of it is missing"))
        };
        Ok(Self { account: text("Account")?, arn: text("Arn")?, user_id: text("UserId")? })
    }
}
