//! GetAccessKeyInfo: the account of any access key id.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>

use super::{
    operation::{Operation, Output},
    parameter::AccessKeyId,
    query_body::QueryBody,
    response::{Answer, InvalidResponse},
};

/// The parameters of GetAccessKeyInfo.
#[derive(Debug)]
pub struct GetAccessKeyInfo {
    /// `AccessKeyId`; the key may be inactive.
    pub id: AccessKeyId,
}

/// `Account`: the account of the key, 12 digits.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyAccount(pub String);

impl Operation for GetAccessKeyInfo {
    const ACTION: &'static str = "GetAccessKeyInfo";
    type Output = KeyAccount;

    fn fill(&self, body: &mut QueryBody) {
        body.add("AccessKeyId", self.id.as_str());
    }
}

impl Output for KeyAccount {
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse> {
        let account = answer.text("Account").ok_or(InvalidResponse("it contains no account"))?;
        Ok(Self(account.to_owned()))
    }
}
