//! The `credential_process` of a profile: a command that prints an access key, such as a password
//! manager.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use std::fmt;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::Profiles;
use crate::{
    child::{self, CommandLine},
    failure::{Failure, Status},
    origin::{InvalidValue, Origin, Sourced},
    secret::Secret,
    sts::{SigningKey, is_access_key_id, is_plain, is_temporary},
};

/// A signing key, and the session token of a temporary key.
pub(crate) type CallerKey = (SigningKey, Option<Secret>);

/// The command of a profile.
#[derive(Clone, Debug)]
pub(crate) struct KeyProcess {
    line: CommandLine,
    /// The profiles whose commands wait for this one, and its own.
    resolving: String,
}

/// For a command: the profiles whose commands wait for it, each on a line. A command that needs the
/// key of such a profile would never end.
pub(crate) const RESOLVING: &str = "MFA_SESSION_RESOLVING";

impl Profiles {
    /// The command that prints the key of a profile.
    pub(super) fn key_process(
        &self,
        profile: &str,
    ) -> Result<Option<Sourced<KeyProcess>>, Failure> {
        let Some(Sourced { value: line, origin }) = self.value(profile, CREDENTIAL_PROCESS) else {
            return Ok(None);
        };
        let resolving = self.resolving.lines();
        if resolving.clone().any(|waiting| waiting == profile) {
            let what = format!("{origin} needs the key of its own profile");
            return Err(Failure::new(Status::Local, what)
                .hint("make the command print the key, or name another profile in it"));
        }
        let line = CommandLine::parse(&line).map_err(|problem| {
            let hint = "give a command that prints the access key, such as `pass show aws/work`";
            origin.invalid(InvalidValue::new(format!("the command {problem}"), hint))
        })?;
        let resolving = resolving.chain([profile]).collect::<Vec<_>>().join("\n");
        Ok(Some(Sourced { value: KeyProcess { line, resolving }, origin }))
    }
}

impl KeyProcess {
    /// Runs the command. Its output is in no message.
    pub(super) fn run(&self, origin: &Origin) -> Result<CallerKey, Failure> {
        let failure = |predicate: fmt::Arguments<'_>| {
            Failure::new(Status::Local, format!("the command of {origin} {predicate}"))
        };
        let mut command = self.line.command();
        command.env(RESOLVING, &self.resolving);
        let output =
            child::output(&mut command, &mut || None).map_err(|error| error.explain(failure))?;
        parse(&output)
            .map_err(|problem| failure(format_args!("printed {problem}")).hint(EXPECTED_OUTPUT))
    }
}

const EXPECTED_OUTPUT: &str =
    r#"it must print {"Version": 1, "AccessKeyId": "…", "SecretAccessKey": "…"}"#;

/// The key in the output. The error says what the output is instead.
fn parse(output: &[u8]) -> Result<CallerKey, &'static str> {
    if output.trim_ascii().is_empty() {
        return Err("nothing");
    }
    let mut object: Map<String, Value> =
        serde_json::from_slice(output).map_err(|_| "output that is not one JSON object")?;
    if object.get("Version").and_then(Value::as_u64) != Some(1) {
        return Err("JSON without `\"Version\": 1`");
    }
    let mut text = |name: &str| match object.get_mut(name).map(Value::take) {
        Some(Value::String(text)) if !text.is_empty() => Some(Zeroizing::new(text)),
        _ => None,
    };
    let (id, secret, token) = (text("AccessKeyId"), text("SecretAccessKey"), text("SessionToken"));
    let id = id.ok_or("JSON without an `AccessKeyId`")?.to_string();
    if !is_access_key_id(&id) {
        return Err("JSON with an invalid `AccessKeyId`");
    }
    let secret = secret.ok_or("JSON without a `SecretAccessKey`")?;
    if token.is_none() && is_temporary(&id) {
        return Err("a temporary `AccessKeyId` without its `SessionToken`");
    }
    if secret.contains(char::is_control) || token.as_ref().is_some_and(|token| !is_plain(token)) {
        return Err("JSON with an invalid secret");
    }
    Ok((SigningKey::new(id, secret.into()), token.map(Secret::from)))
}

pub(super) const CREDENTIAL_PROCESS: &str = "credential_process";

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = r#""Version": 1, "AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "a/b+c=""#;

    #[test]
    fn parses_the_key() {
        for more in ["", ", \"SessionToken\": null", ", \"SessionToken\": \"\"", ", \"x\": [1]"] {
            let (key, token) = parse(format!("\n {{{KEY}{more}}} \n").as_bytes()).unwrap();
            assert_eq!((key.id(), token), ("AKIAEXAMPLE", None), "{more}");
        }
        let token = "x".repeat(64 << 10);
        let output = format!("{{{KEY}, \"SessionToken\": \"{token}\"}}");
        assert_eq!(parse(output.as_bytes()).unwrap().1.unwrap().expose(), token);
    }

    #[test]
    fn rejects_other_output() {
        let deep = "[".repeat(100_000);
        for bad in [
            "",
            " \n",
            "hunter2",
            "[]",
            "{}",
            &deep,
            &format!("{{{KEY}}}x"),
            &format!("{{{KEY}"),
            &format!("{{{}}}", KEY.replace('1', "2")),
            &format!("{{{}}}", KEY.replace('1', "\"1\"")),
            &format!("{{{}}}", KEY.replace('1', "1.0")),
            &format!("{{{}}}", KEY.replace("AKIAEXAMPLE", "")),
            &format!("{{{}}}", KEY.replace("AKIAEXAMPLE", "AKIA\\nHost: x")),
            &format!("{{{}}}", KEY.replace("AKIAEXAMPLE", &"A".repeat(129))),
            &format!("{{{}}}", KEY.replace("AKIA", "ASIA")),
            &format!("{{{}}}", KEY.replace("\"a/b+c=\"", "1")),
            &format!("{{{}}}", KEY.replace("a/b+c=", "a\\u0000")),
            &format!("{{{KEY}, \"SessionToken\": \"a b\"}}"),
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse(b"{\"\xff").is_err());
    }
}
