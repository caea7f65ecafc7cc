//! Each form in which a session is printed is read by who it is for, and yields the exact values;
//! what a form has no way to say is refused, and the session is not lost.

mod data;
mod github_env;
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

/// The names of all forms but `github`, which needs a file besides.
fn forms() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name).filter(|name| *name != "github")
}

#[test]
fn what_a_form_can_not_carry_is_refused_before_a_code_is_asked_for() {
    let mut table = Table::default();
    for (form, profile) in [
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
        let outcome = print(&sandbox, form, &[]);
        table.add(format!("{form}, {profile:?}"), &outcome);
        assert!(sandbox.asked().is_empty());
    }
    table.matches_file("formats/profile_names");
}

#[test]
fn what_a_form_can_not_carry_of_a_new_session_is_not_lost() {
    let mut table = Table::default();
    for (form, token) in
        [("cmd", "a/50%/b".to_owned()), ("cmd", "a".repeat(65_536)), ("dotenv", "a".repeat(65_536))]
    {
        let sandbox = Sandbox::new();
        grant(&sandbox, Grant { session_token: Field::Source(token.clone()), ..usual() });
        let outcome = print(&sandbox, form, &[]);
        table.add(format!("{form}, a token of {} characters", token.len()), &outcome);
        let rescued = fs::read_dir(sandbox.path("tmp")).unwrap().next().unwrap().unwrap();
        let rescued = fs::read_to_string(rescued.path()).unwrap();
        assert!(rescued.contains(&format!("\naws_session_token = {token}\n")));

        let sandbox = Sandbox::new();
        grant(&sandbox, Grant { session_token: Field::Source(token.clone()), ..usual() });
        let outcome = print(&sandbox, form, &["--write"]);
        table.add(format!("{form} with --write, {} characters", token.len()), &outcome);
        assert_eq!(sandbox.value("default-mfa", "aws_session_token").unwrap(), token);
    }
    table.matches_file("formats/tokens");
}

#[test]
fn without_write_no_file_is_written_and_with_it_the_session_profile_is() {
    for form in forms() {
        let sandbox = Sandbox::new();
        let before = sandbox.read("credentials");
        let outcome = print(&sandbox, form, &[]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        assert_eq!(sandbox.read("credentials"), before, "{form}");
        assert_eq!(sandbox.files(), ["credentials"]);

        let sandbox = Sandbox::new();
        let outcome = print(&sandbox, form, &["--write"]);
        let id = sandbox.value("default-mfa", "aws_access_key_id").unwrap();
        assert!(outcome.stdout.contains(&id), "{form}");
        let token = sandbox.value("default-mfa", "aws_session_token").unwrap();
        assert!(outcome.stdout.contains(&token), "{form}");

        // It is reused, without a code.
        let again = sandbox.run(["--format", form, "--no-prompt"]);
        assert_eq!((again.status, again.stdout), (0, outcome.stdout), "{form}");
    }
}

#[test]
fn where_there_is_no_session_shells_fail_and_data_is_nothing() {
    let mut table = Table::default();
    for form in forms() {
        let sandbox = Sandbox::new();
        table.add(form, &sandbox.run(["--format", form, "--no-prompt"]));
        table.add(
            format!("{form}, and an unknown flag"),
            &sandbox.run(["--bogus", "--format", form]),
        );
        table.add(
            format!("an unknown flag, and --format={form}"),
            &sandbox.run(["--bogus", &format!("--format={form}")]),
        );
    }
    table.matches_file("formats/failures");
}

#[test]
fn the_form_env_is_what_export_prints() {
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
fn a_shell_that_is_named_gets_its_own_form() {
    for (shell, form) in
        [("fish", "fish"), ("pwsh", "powershell"), ("powershell", "powershell"), ("nu", "nu")]
    {
        let sandbox = crate::shells::sandbox();
        let exported = get(&sandbox, &[&format!("--export={shell}")]);
        assert_eq!(exported.stdout, print(&sandbox, form, &[]).stdout);
    }
}

#[test]
fn every_command_that_yields_a_session_prints_it() {
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

/// Lets the program print a session in this form.
fn print(sandbox: &Sandbox, form: &str, more: &[&str]) -> Outcome {
    get(sandbox, &[&["--format", form], more].concat())
}

/// Lets the program get a session.
fn get(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(["--serial", ALICE.serial_number, "--to", "default-mfa"]);
    command.args(["--code", &sandbox.code()]).args(arguments);
    sandbox.outcome(command, "")
}
