//! `mfa-session decode` (DecodeAuthorizationMessage).

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::Run;
use crate::{
    config::Resolver,
    context::Context,
    failure::Failure,
    flags::{Connection, DryRunReport, ProfileFlag},
    identity_token::TokenInput,
    message::{printable, printable_json},
    origin::Sourced,
    output,
    sts::{DecodeAuthorizationMessage, EncodedMessage},
};

/// Show the JSON in an encoded authorization message.
///
/// Calls DecodeAuthorizationMessage.
#[derive(Args)]
pub(crate) struct Decode {
    /// The message from an error of AWS [default: `-`, standard input].
    #[arg(value_name = "MESSAGE")]
    message: Option<String>,
    #[command(flatten)]
    _dry_run: DryRunReport,
    #[command(flatten)]
    _profile: ProfileFlag,
    #[command(flatten)]
    _connection: Connection,
}

impl Run for Decode {
    const EXAMPLE: &'static str = "cat message.txt | mfa-session decode";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        let key = resolver.any_key()?;
        let typed = self.message.clone().filter(|message| message != "-");
        let message = match typed {
            Some(message) => Some(Sourced::argument("MESSAGE", message).parse()?.value),
            // A dry run reads nothing.
            None if resolver.is_dry_run() => None,
            None => Some(message_on_stdin()?),
        };
        let aws = resolver.aws(None)?;
        let Some(message) = message.filter(|_| !resolver.is_dry_run()) else {
            return resolver.report();
        };
        let decoded = aws.call(&DecodeAuthorizationMessage { message }, &key.open()?)?;
        output::print(&pretty(&decoded.0))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn message_on_stdin() -> Result<EncodedMessage, Failure> {
    TokenInput::Stdin.read(EncodedMessage::HINT, |text| text.trim().parse())
}

/// Indents JSON, and escapes characters that move the cursor.
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
    fn indents_json_and_escapes_control_characters() {
        assert_eq!(pretty(r#"{"allowed":false}"#), "{\n  \"allowed\": false\n}\n");
        assert_eq!(pretty("a\u{1b}[2J"), "a\\u{1b}[2J\n");
        let json = pretty(r#"{"a":"\u001b[2J\u009b\u202e"}"#);
        assert_eq!(json, "{\n  \"a\": \"\\u001b[2J\\u009b\\u202e\"\n}\n");
    }
}
