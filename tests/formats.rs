//! Each form in which a session is printed is read by who it is for, and yields the exact values;
//! what a form has no way to say is refused, and the session is not lost.

mod data;
mod github;
mod parent;
mod shells;
mod unset;

use std::fs;

use loopback_sts::{ALICE, Field, Grant};

use crate::{
    shell::{grant, keys_in_variables, usual},
    world::{Outcome, PROGRAM, World},
};

/// All forms, but for the one that needs a file besides.
const FORMS: [&str; 9] =
    ["env", "fish", "powershell", "cmd", "nu", "process", "json", "dotenv", "ini"];

#[test]
fn what_a_form_can_not_carry_is_refused_before_a_code_is_asked_for() {
    for (form, profile, why) in [
        ("cmd", "50%", "holds one of % ! \""),
        ("cmd", "ok!", "holds one of % ! \""),
        ("cmd", "a\"b", "holds one of % ! \""),
        ("cmd", "a\nb", "holds a character that is not printable ASCII"),
        ("cmd", "Müller", "holds a character that is not printable ASCII"),
        ("dotenv", "a\nAWS_REGION=b", "holds a line break"),
        ("dotenv", "a\r", "holds a line break"),
        ("ini", "a\n[b]", "holds a character that is not printable ASCII"),
        ("ini", "a ; b", "holds a comment"),
        ("ini", "Müller", "holds a character that is not printable ASCII"),
        ("github", "a\r\nb", "holds a carriage return"),
    ] {
        let mut world = keys_in_variables();
        let file = world.path("github");
        fs::write(&file, "").unwrap();
        world.set("AWS_PROFILE", profile).set("GITHUB_ENV", file.to_str().unwrap());
        let outcome = print(&world, form, &[]);
        let what = format!("the profile's name can't be printed as {form}: it {why}");
        assert_eq!(outcome.stderr, refusal(&what), "{profile}");
        assert_eq!(outcome.status, 1);
        assert!(world.asked().is_empty());
    }
}

#[test]
fn what_a_form_can_not_carry_of_a_new_session_is_not_lost() {
    for (form, token) in
        [("cmd", "a/50%/b".to_owned()), ("cmd", "a".repeat(65_536)), ("dotenv", "a".repeat(65_536))]
    {
        let world = World::new();
        grant(&world, Grant { session_token: Field::Source(token.clone()), ..usual() });
        let outcome = print(&world, form, &[]);
        assert_eq!(outcome.status, 1, "{form}");
        let hint = "mfa-session: hint: the session is not lost: \
                    AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-RANDOM AWS_PROFILE=default-mfa\n";
        assert!(outcome.stderr.ends_with(hint), "{}", outcome.stderr);
        let rescued = fs::read_dir(world.path("tmp")).unwrap().next().unwrap().unwrap();
        let rescued = fs::read_to_string(rescued.path()).unwrap();
        assert!(rescued.contains(&format!("\naws_session_token = {token}\n")));

        let world = World::new();
        grant(&world, Grant { session_token: Field::Source(token.clone()), ..usual() });
        let outcome = print(&world, form, &["--write"]);
        let hint = "mfa-session: hint: the session is in [default-mfa] all the same\n";
        assert!(outcome.stderr.ends_with(hint), "{}", outcome.stderr);
        assert_eq!(world.value("default-mfa", "aws_session_token").unwrap(), token);
    }
}

#[test]
fn without_write_no_file_is_written_and_with_it_the_session_profile_is() {
    for form in FORMS {
        let world = World::new();
        let before = world.read("credentials");
        let outcome = print(&world, form, &[]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        assert_eq!(world.read("credentials"), before, "{form}");
        assert_eq!(world.files(), ["credentials"]);

        let world = World::new();
        let outcome = print(&world, form, &["--write"]);
        let id = world.value("default-mfa", "aws_access_key_id").unwrap();
        assert!(outcome.stdout.contains(&id), "{form}");
        let token = world.value("default-mfa", "aws_session_token").unwrap();
        assert!(outcome.stdout.contains(&token), "{form}");

        // It is reused, without a code.
        let again = world.run(["--format", form, "--no-prompt"]);
        assert_eq!((again.status, again.stdout), (0, outcome.stdout), "{form}");
    }
}

#[test]
fn where_there_is_no_session_shells_fail_and_data_is_nothing() {
    for (form, statement) in FORMS.into_iter().zip(FAILURES) {
        let world = World::new();
        world.run(["--format", form, "--no-prompt"]).is(3, statement, NO_CODE);
        let bogus = "mfa-session: error: there is no flag --bogus\n\
                     mfa-session: hint: see mfa-session --help\n";
        world.run(["--bogus", "--format", form]).is(2, statement, bogus);
        world.run(["--bogus", &format!("--format={form}")]).is(2, statement, bogus);
    }
}

/// What is printed, form by form.
const FAILURES: [&str; 9] =
    ["false;\n", "false;\n", "throw 'mfa-session failed'\n", "cmd /c exit 1\n", "", "", "", "", ""];

const NO_CODE: &str = "\
mfa-session: error: a code is needed, and --no-prompt forbids to ask for it
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in \
MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt
";

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
        let world = crate::shell::world();
        let outcome = get(&world, arguments);
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
        let world = crate::shell::world();
        let exported = get(&world, &[&format!("--export={shell}")]);
        assert_eq!(exported.stdout, print(&world, form, &[]).stdout);
    }
}

#[test]
fn every_command_that_yields_a_session_prints_it() {
    for (arguments, name) in [
        (["--export=fish"].as_slice(), "set -gx AWS_ACCESS_KEY_ID 'ASIA"),
        (&["--format", "process"], "{\n  \"Version\": 1,\n  \"AccessKeyId\": \"ASIA"),
    ] {
        let world = World::new();
        let mut command = world.command(PROGRAM);
        command.args(["federate", "bobby"]).args(arguments);
        let outcome = world.outcome(command, "");
        assert!(outcome.stdout.starts_with(name), "{outcome:?}");
        assert_eq!(world.files(), ["credentials"]);
    }
}

/// Lets the program print a session in this form.
fn print(world: &World, form: &str, more: &[&str]) -> Outcome {
    get(world, &[&["--format", form], more].concat())
}

/// Lets the program get a session.
fn get(world: &World, arguments: &[&str]) -> Outcome {
    let mut command = world.command(PROGRAM);
    command.args(["--serial", ALICE.serial_number, "--to", "default-mfa"]);
    command.args(["--code", &world.code()]).args(arguments);
    world.outcome(command, "")
}

fn refusal(what: &str) -> String {
    let hint = "choose another --format, or write the session: leave --format away";
    crate::world::error(what, &[hint])
}
