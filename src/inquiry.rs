//! What STS tells besides sessions: whose keys they are, which account a key belongs to, what an
//! encoded message says. Yields text for standard output.

use serde_json::{Value, json};

use crate::{
    credentials::AccessKey,
    failure::Failure,
    message::{printable, printable_json},
    origin::Sourced,
    secret::Secret,
    sts::{
        AccessKeyId, Caller, Client, DecodeAuthorizationMessage, EncodedMessage, Endpoint,
        GetAccessKeyInfo, GetCallerIdentity, Identity, Operation, Signer,
    },
};

/// A question, and the keys that ask it.
pub struct Inquiry {
    /// What is asked.
    pub question: Question,
    /// Who asks: an access key, and the token that goes with a temporary one.
    pub caller: Sourced<(AccessKey, Option<Secret>)>,
    /// How the answer is printed.
    pub form: Form,
}

/// What is asked.
pub enum Question {
    /// Whose keys they are.
    Whoami,
    /// Which account a key belongs to.
    KeyInfo(AccessKeyId),
    /// What an encoded authorization message says.
    Decode(EncodedMessage),
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// For programs, with the names of the AWS CLI.
    Json,
}

impl Inquiry {
    /// Asks, and yields what is to be printed.
    pub fn answer(&self, client: &Client, sts: &Endpoint) -> Result<String, Failure> {
        let is_json = self.form == Form::Json;
        match &self.question {
            Question::Whoami => {
                let identity = self.ask(&GetCallerIdentity, client, sts)?;
                Ok(if is_json { identity_as_json(&identity) } else { identity_as_text(&identity) })
            }
            Question::KeyInfo(id) => {
                let account = self.ask(&GetAccessKeyInfo { id: id.clone() }, client, sts)?.0;
                let json = json!({ "Account": account });
                Ok(if is_json {
                    printable_json(&format!("{json:#}\n"))
                } else {
                    format!("{}\n", printable(&account))
                })
            }
            Question::Decode(message) => {
                let operation = DecodeAuthorizationMessage { message: message.clone() };
                Ok(pretty(&self.ask(&operation, client, sts)?.0))
            }
        }
    }

    fn ask<O: Operation>(
        &self,
        operation: &O,
        client: &Client,
        sts: &Endpoint,
    ) -> Result<O::Output, Failure> {
        let Sourced { value: (key, token), origin } = &self.caller;
        let signer = Signer::Key(key, token.as_ref());
        client.call_as(Caller::with(&key.id, origin), operation, sts, signer)
    }
}

fn identity_as_text(identity: &Identity) -> String {
    let Identity { account, arn, user_id } = identity;
    let rows = [("account", account), ("arn", arn), ("user id", user_id)];
    let lines = rows.map(|(name, text)| format!("{name:7}  {}\n", printable(text)));
    lines.concat()
}

fn identity_as_json(identity: &Identity) -> String {
    let Identity { account, arn, user_id } = identity;
    printable_json(&format!("{:#}\n", json!({ "UserId": user_id, "Account": account, "Arn": arn })))
}

/// What is not JSON is shown all the same, as far as it can do no harm.
fn pretty(message: &str) -> String {
    match serde_json::from_str::<Value>(message) {
        Ok(json) => printable_json(&format!("{json:#}\n")),
        Err(_) => format!("{}\n", printable(message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_printed_as_json_and_can_not_move_the_cursor() {
        assert_eq!(pretty(r#"{"allowed":false}"#), "{\n  \"allowed\": false\n}\n");
        assert_eq!(pretty("a\u{1b}[2J"), "a\\u{1b}[2J\n");
        let json = pretty(r#"{"a":"\u001b[2J\u009b\u202e"}"#);
        assert_eq!(json, "{\n  \"a\": \"\\u001b[2J\\u009b\\u202e\"\n}\n");
    }
}
