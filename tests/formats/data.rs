//! What is for programs: JSON, read by botocore and by a parser.

use serde_json::{Value, json};

use super::{get, print};
use crate::{
    interop::{ALICES_ARN, botocore, json_of},
    shell::{GOOD, keys_in_variables, world},
    tools,
    world::{PROGRAM, World, keys},
};

#[test]
fn botocore_runs_the_program_as_a_credential_process() {
    let Some(python) = tools::python("botocore") else { return };
    let world = World::new();
    let process = format!("{PROGRAM} --profile default --format process --write --no-prompt");
    world.write("config", &format!("[profile p]\ncredential_process = {process}\n"));
    let ask = || {
        let mut command = botocore(&world, &python, ["sts", "GetCallerIdentity"], &json!({}));
        command.env("AWS_PROFILE", "p");
        world.outcome(command, "")
    };
    let without = ask();
    assert_eq!(without.status, 1);
    assert!(without.stderr.contains("CredentialRetrievalError"), "{without:?}");
    get(&world, &[]).wrote("default-mfa");
    for _ in 0..2 {
        assert_eq!(json_of(&ask())["Arn"], ALICES_ARN);
    }
    let asked = ["GetSessionToken OK", "GetCallerIdentity OK", "GetCallerIdentity OK"];
    assert_eq!(world.asked(), asked);
}

#[test]
fn a_process_prints_what_the_sdks_document() {
    let outcome = print(&world(), "process", &[]);
    outcome.is(0, PROCESS, GOOD);
}

const PROCESS: &str = r#"{
  "Version": 1,
  "AccessKeyId": "ASIALOOPBACKSESSION1",
  "SecretAccessKey": "Session/Secret+Of/Forty+Characters/Abcde",
  "SessionToken": "IQoJb3JpZ2luX2VjE/+abc==",
  "Expiration": "2099-12-31T23:59:59Z"
}
"#;

#[test]
fn json_tells_all_that_is_known() {
    let world = world();
    world.write("credentials", &keys("default"));
    let outcome = print(&world, "json", &["--region", "eu-west-1"]);
    outcome.is(0, JSON, GOOD);
}

const JSON: &str = r#"{
  "access_key_id": "ASIALOOPBACKSESSION1",
  "secret_access_key": "Session/Secret+Of/Forty+Characters/Abcde",
  "session_token": "IQoJb3JpZ2luX2VjE/+abc==",
  "expiration": "2099-12-31T23:59:59Z",
  "session_profile": "default-mfa",
  "source_profile": "default",
  "source_key_id": "AKIALOOPBACKALICE234",
  "serial": "arn:aws:iam::123456789012:mfa/alice",
  "role_arn": null,
  "region": "eu-west-1"
}
"#;

#[test]
fn json_has_the_name_of_every_profile_as_it_is() {
    for name in ["it's \"$(x)\" \\ # {}", "a\nb\r\t\u{1b}[2J\u{7f}", "Müller \u{1f511}\u{202e}"] {
        let mut world = keys_in_variables();
        world.set("AWS_PROFILE", name);
        let outcome = print(&world, "json", &[]);
        assert!(outcome.stdout.is_ascii());
        let read: Value = json_of(&outcome);
        assert_eq!(read["source_profile"], name);
    }
}
