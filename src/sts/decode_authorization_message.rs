//! DecodeAuthorizationMessage: the details of a denial. It requires a permission.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use super::{
    operation::{Operation, Output},
    parameter::EncodedMessage,
    query_body::QueryBody,
    response::{Answer, InvalidResponse},
};

/// The parameters of DecodeAuthorizationMessage.
#[derive(Debug)]
pub struct DecodeAuthorizationMessage {
    /// `EncodedMessage`, from the denial.
    pub message: EncodedMessage,
}

/// `DecodedMessage`: unchecked JSON.
#[derive(Debug, PartialEq, Eq)]
pub struct DecodedMessage(pub String);

impl Operation for DecodeAuthorizationMessage {
    const ACTION: &'static str = "DecodeAuthorizationMessage";
    type Output = DecodedMessage;

    fn fill(&self, body: &mut QueryBody) {
        body.add("EncodedMessage", self.message.as_str());
    }
}

impl Output for DecodedMessage {
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse> {
        let missing = InvalidResponse("it contains no decoded message");
        let text = answer.text("DecodedMessage").ok_or(missing)?;
        Ok(Self(text.to_owned()))
    }
}
