//! GetAccessKeyInfo: the account of an access key id, anybody's.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>

use super::{AccessKeyId, Answer, InvalidResponse, Operation, Output, QueryBody};

/// The question.
#[derive(Debug)]
pub struct GetAccessKeyInfo {
    /// The key, which need not be active.
    pub id: AccessKeyId,
}

/// The account that the key belongs to, 12 digits.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyAccount(pub String);

impl Operation for GetAccessKeyInfo {
    const ACTION: &'static str = "GetAccessKeyInfo";
    type Output = KeyAccount;

    fn fill(&self, form: &mut QueryBody) {
        form.add("AccessKeyId", self.id.as_str());
    }
}

impl Output for KeyAccount {
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse> {
        let account = answer.text("Account").ok_or(InvalidResponse("there is no account in it"))?;
        Ok(Self(account.to_owned()))
    }
}
