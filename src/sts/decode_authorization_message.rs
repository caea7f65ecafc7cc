//! DecodeAuthorizationMessage: what a denial says to those who may know.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use super::{Answer, EncodedMessage, InvalidResponse, Operation, Output, QueryBody};

/// The question.
#[derive(Debug)]
pub struct DecodeAuthorizationMessage {
    /// The message as the denial had it.
    pub message: EncodedMessage,
}

/// The message in the clear: JSON, as far as AWS is to be believed.
#[derive(Debug, PartialEq, Eq)]
pub struct DecodedMessage(pub String);

impl Operation for DecodeAuthorizationMessage {
    const ACTION: &'static str = "DecodeAuthorizationMessage";
    type Output = DecodedMessage;

    fn fill(&self, form: &mut QueryBody) {
        form.add("EncodedMessage", self.message.as_str());
    }
}

impl Output for DecodedMessage {
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse> {
        let text =
            answer.text("DecodedMessage").ok_or(InvalidResponse("there is no message in it"))?;
        Ok(Self(text.to_owned()))
    }
}
