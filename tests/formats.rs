//! Output formats. The reader of each format gets the exact values. A format refuses a value that
//! it cannot express, and the session is not lost.

mod account_id;
mod data;
pub(crate) mod github_env;
mod parent;
mod shell_syntax;
mod unset;

use std::fs;

use loopback_sts::{ALICE, Field, Grant};
use mfa_session::output::FORMATS;

use crate::{
    sandbox::{Outcome, PROGRAM, Sandbox, Table},
    shells::{grant, keys_in_variables, usual},
};

/// The names of all formats except `github`, which also needs a file.
fn formats() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name).filter(|name| *name != "github")
}

#[test]
fn refuses_an_inexpressible_profile_name_before_sending() {
    let mut table = Table::default();
    for (format, profile) in [
        ("cmd", "50%"),
        ("cmd", "ok!"),
        ("cmd", "a\"b"),
        ("cmd", "a\nb"),
        ("cmd", "Müller"),
        ("dotenv", "a\nAWS_REGION=b"),
        ("dotenv", "a\r"),
        ("ini", "a\n[b]"),
        ("ini", "a ; b"),
        ("ini", "Müller"),
        ("github", "a\r\nb"),
    ] {
        let mut sandbox = keys_in_variables();
        let file = sandbox.path("github");
        fs::write(&file, "").unwrap();
        sandbox.set("AWS_PROFILE", profile).set("GITHUB_ENV", file.to_str().unwrap());
        let outcome = print(&sandbox, format, &[]);
        table.add(format!("{format}, {profile:?}"), &outcome);
        assert!(sandbox.asked().is_empty());
    }
    table.matches_file("formats/profile_names");
}

#[test]
fn saves_a_new_session_that_the_format_cannot_express() {
    let mut table = Table::default();
    for (format, token) in
        [("cmd", "a/50%/b".to_owned()), ("cmd", "a".repeat(65_536)), ("dotenv", "a".repeat(65_536))]
    {
        let sandbox = Sandbox::new();
        grant(&sandbox, Grant { session_token: Field::Source(token.clone()), ..usual() });
        let outcome = print(&sandbox, format, &["--no-write"]);
        table.add(format!("{format}, a token of {} characters", token.len()), &outcome);
        let rescued = fs::read_dir(sandbox.path("tmp")).unwrap().next().unwrap().unwrap();
        let rescued = fs::read_to_string(rescued.path()).unwrap();
        assert!(rescued.contains(&format!("\naws_session_token = {token}\n")));

        let sandbox = Sandbox::new();
        grant(&sandbox, Grant { session_token: Field::Source(token.clone()), ..usual() });
        let outcome = print(&sandbox, format, &[]);
        table.add(format!("{format}, kept, {} characters", token.len()), &outcome);
        assert_eq!(sandbox.value("default-mfa", "aws_session_token").unwrap(), token);
    }
    table.matches_file("formats/tokens");
}

#[test]
fn keeps_a_printed_session_unless_forbidden() {
    for format in formats() {
        let sandbox = Sandbox::new();
        let before = sandbox.read("credentials");
        let outcome = print(&sandbox, format, &["--no-write"]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        assert_eq!(sandbox.read("credentials"), before, "{format}");
        assert_eq!(sandbox.files(), ["credentials"]);

        let sandbox = Sandbox::new();
        let outcome = print(&sandbox, format, &[]);
        let id = sandbox.value("default-mfa", "aws_access_key_id").unwrap();
        assert!(outcome.stdout.contains(&id), "{format}");
        let token = sandbox.value("default-mfa", "aws_session_token").unwrap();
        assert!(outcome.stdout.contains(&token), "{format}");

        let again = sandbox.run(["--format", format, "--no-prompt"]);
        assert_eq!((again.status, again.stdout), (0, outcome.stdout), "{format}");
    }
}

#[test]
fn failure_makes_shells_fail_and_prints_no_data() {
    let mut table = Table::default();
    for format in formats() {
        let sandbox = Sandbox::new();
        table.add(format, &sandbox.run(["--format", format, "--no-prompt"]));
        table.add(
            format!("{format}, and an unknown flag"),
            &sandbox.run(["--bogus", "--format", format]),
        );
        table.add(
            format!("an unknown flag, and --format={format}"),
            &sandbox.run(["--bogus", &format!("--format={format}")]),
        );
    }
    table.matches_file("formats/failures");
}

#[test]
fn export_prints_the_env_format() {
    for arguments in [
        &["--export"][..],
        &["-e"],
        &["--export=bash"],
        &["-e=zsh"],
        &["--format", "env"],
        &["--export", "--format", "env"],
        &["--format=env", "--export=sh"],
    ] {
        let sandbox = crate::shells::sandbox();
        let outcome = get(&sandbox, arguments);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let start = "export AWS_ACCESS_KEY_ID='ASIALOOPBACKSESSION1';\n";
        assert!(outcome.stdout.starts_with(start), "{arguments:?}");
    }
}

#[test]
fn export_for_a_named_shell_prints_its_format() {
    for (shell, format) in
        [("fish", "fish"), ("pwsh", "powershell"), ("powershell", "powershell"), ("nu", "nu")]
    {
        let sandbox = crate::shells::sandbox();
        let exported = get(&sandbox, &[&format!("--export={shell}")]);
        assert_eq!(exported.stdout, print(&sandbox, format, &[]).stdout);
    }
}

#[test]
fn federate_prints_its_session() {
    for (arguments, name) in [
        (["--export=fish"].as_slice(), "set -gx AWS_ACCESS_KEY_ID 'ASIA"),
        (&["--format", "process"], "{\n  \"Version\": 1,\n  \"AccessKeyId\": \"ASIA"),
    ] {
        let sandbox = Sandbox::new();
        let mut command = sandbox.command(PROGRAM);
        command.args(["federate", "bobby"]).args(arguments);
        let outcome = sandbox.outcome(command, "");
        assert!(outcome.stdout.starts_with(name), "{outcome:?}");
        assert_eq!(sandbox.files(), ["credentials"]);
    }
}

/// Prints a session in this format.
fn print(sandbox: &Sandbox, format: &str, more: &[&str]) -> Outcome {
    get(sandbox, &[&["--format", format], more].concat())
}

/// Gets a session for `[default-mfa]`.
fn get(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(["--serial", ALICE.serial_number, "--to", "default-mfa"]);
    command.args(["--code", &sandbox.code()]).args(arguments);
    sandbox.outcome(command, "")
}
