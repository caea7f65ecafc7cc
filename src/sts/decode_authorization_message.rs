//! DecodeAuthorizationMessage: the details of a denial, for callers with permission to see them.
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

/// `DecodedMessage`: JSON, which this client does not check.
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
        let text =
            answer.text("DecodedMessage").ok_or(InvalidResponse("there is no message in it"))?;
        Ok(Self(text.to_owned()))
    }
}
