//! Formats for programs, read by botocore, by a JSON parser and by the rules of docker.

use std::{collections::BTreeMap, fs};

use loopback_sts::{Field, Grant};
use serde_json::{Value, json};
use snapbox::str;

use super::{get, print};
use crate::{
    interop::{ALICES_ARN, botocore, json_of},
    sandbox::{PROGRAM, Sandbox, keys},
    shells::{ALPHABET, grant, granted, granted_in, keys_in_variables, sandbox, usual},
    tools,
};

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn botocore_runs_the_program_as_a_credential_process() {
    let Some(python) = tools::python("botocore") else { return };
    let sandbox = Sandbox::new();
    let process = format!("{PROGRAM} --profile default --format process --write --no-prompt");
    sandbox.write("config", &format!("[profile p]\ncredential_process = {process}\n"));
    let get_caller_identity = || {
        let mut command = botocore(&sandbox, &python, ["sts", "GetCallerIdentity"], &json!({}));
        command.env("AWS_PROFILE", "p");
        sandbox.outcome(command, "")
    };
    let outcome = get_caller_identity();
    assert_eq!(outcome.status, 1);
    assert!(outcome.stderr.contains("CredentialRetrievalError"), "{outcome:?}");
    get(&sandbox, &[]).wrote("default-mfa");
    for _ in 0..2 {
        assert_eq!(json_of(&get_caller_identity())["Arn"], ALICES_ARN);
    }
    let asked = ["GetSessionToken OK", "GetCallerIdentity OK", "GetCallerIdentity OK"];
    assert_eq!(sandbox.asked(), asked);
}

#[test]
fn process_prints_the_json_that_sdks_document() {
    let outcome = print(&sandbox(), "process", &[]);
    outcome.matches(str![[r#"
exit 0
--- stdout
{
  "Version": 1,
  "AccessKeyId": "ASIALOOPBACKSESSION1",
  "SecretAccessKey": "Session/Secret+Of/Forty+Characters/Abcde",
  "SessionToken": "IQoJb3JpZ2luX2VjE/+abc==",
  "Expiration": "2099-12-31T23:59:59Z",
  "AccountId": "123456789012"
}
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn json_contains_every_property() {
    let sandbox = sandbox();
    sandbox.write("credentials", &keys("default"));
    let outcome = print(&sandbox, "json", &["--region", "eu-west-1"]);
    outcome.matches(str![[r#"
exit 0
--- stdout
{
  "access_key_id": "ASIALOOPBACKSESSION1",
  "secret_access_key": "Session/Secret+Of/Forty+Characters/Abcde",
  "session_token": "IQoJb3JpZ2luX2VjE/+abc==",
  "expiration": "2099-12-31T23:59:59Z",
  "session_profile": "default-mfa",
  "source_profile": "default",
  "source_key_id": "AKIALOOPBACKALICE234",
  "serial": "arn:aws:iam::123456789012:mfa/alice",
  "role_arn": null,
  "region": "eu-west-1",
  "account_id": "123456789012"
}
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn json_keeps_unusual_profile_names() {
    for name in ["it's \"$(x)\" \\ # {}", "a\nb\r\t\u{1b}[2J\u{7f}", "Müller \u{1f511}\u{202e}"] {
        let mut sandbox = keys_in_variables();
        sandbox.set("AWS_PROFILE", name);
        let outcome = print(&sandbox, "json", &[]);
        assert!(outcome.stdout.is_ascii());
        let read: Value = json_of(&outcome);
        assert_eq!(read["source_profile"], name);
    }
}

#[test]
fn docker_reads_the_granted_values() {
    let outcome = print(&sandbox(), "dotenv", &["--region", "eu-west-1"]);
    assert_eq!(read_by_docker(&outcome.stdout), granted_in("eu-west-1"));

    let sandbox = Sandbox::new();
    grant(&sandbox, Grant { session_token: Field::Source(ALPHABET.into()), ..usual() });
    let outcome = print(&sandbox, "dotenv", &[]);
    assert_eq!(read_by_docker(&outcome.stdout)["AWS_SESSION_TOKEN"], ALPHABET);

    let longest = 65_536 - "AWS_SESSION_TOKEN=\n".len();
    let sandbox = Sandbox::new();
    grant(&sandbox, Grant { session_token: Field::of_length(longest), ..usual() });
    let outcome = print(&sandbox, "dotenv", &[]);
    assert_eq!(read_by_docker(&outcome.stdout)["AWS_SESSION_TOKEN"].len(), longest);
}

#[test]
fn docker_reads_unusual_profile_names() {
    for name in [
        "it's \"$(x)\" `x` \\ # {} = ${HOME} %HOME%",
        " leading and trailing ",
        "a\tb\u{1b}[2J\u{7f}\u{9b}",
        "Müller \u{1f511}\u{2028}\u{85}",
    ] {
        let mut sandbox = keys_in_variables();
        sandbox.set("AWS_PROFILE", name);
        let outcome = print(&sandbox, "dotenv", &[]);
        let mut expected = granted();
        expected.insert("MFA_SESSION_SOURCE".to_owned(), name.to_owned());
        assert_eq!(read_by_docker(&outcome.stdout), expected);
    }
}

/// Parses a file as `docker run --env-file` does. A line is shorter than 64 KiB; leading blanks and
/// a trailing carriage return are removed; empty lines and comments are ignored; the value follows
/// the first equals sign.
fn read_by_docker(text: &str) -> BTreeMap<String, String> {
    assert!(text.ends_with('\n') && !text.starts_with('\u{feff}'));
    let lines = text.strip_suffix('\n').unwrap().split('\n');
    let lines = lines.map(|line| {
        assert!(line.len() < 65_536);
        line.strip_suffix('\r').unwrap_or(line).trim_start()
    });
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let pairs = lines.map(|line| line.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn ini_equals_the_written_session_profile() {
    let sandbox = Sandbox::new();
    let outcome = print(&sandbox, "ini", &["--write"]);
    assert_eq!(sandbox.read("credentials"), format!("{}\n{}", keys("default"), outcome.stdout));
}

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn botocore_signs_with_the_ini_format() {
    let Some(python) = tools::python("botocore") else { return };
    let sandbox = Sandbox::new();
    let outcome = print(&sandbox, "ini", &[]);
    assert!(outcome.stdout.starts_with("[default-mfa]\n"), "{outcome:?}");
    fs::write(sandbox.path("file"), &outcome.stdout).unwrap();
    let mut command = botocore(&sandbox, &python, ["sts", "GetCallerIdentity"], &json!({}));
    command.env("AWS_PROFILE", "default-mfa");
    command.env("AWS_SHARED_CREDENTIALS_FILE", sandbox.path("file"));
    assert_eq!(json_of(&sandbox.outcome(command, ""))["Arn"], ALICES_ARN);
}

#[test]
fn ini_keeps_long_tokens() {
    let sandbox = Sandbox::new();
    grant(&sandbox, Grant { session_token: Field::of_length(65_536), ..usual() });
    let outcome = print(&sandbox, "ini", &[]);
    assert!(outcome.stdout.contains(&format!("\naws_session_token = {}\n", "a".repeat(65_536))));
}
