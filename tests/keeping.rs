//! A session for a key in an AWS file is kept in the session profile, whatever the output.

use loopback_sts::ALICE;
use snapbox::str;

use crate::sandbox::{PROGRAM, Sandbox, Table, keys, shell};

/// A sandbox with a device, and the key in the environment.
fn with_key_in_environment() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    sandbox
}

/// A sandbox with a role and a device in the default profile.
fn with_role() -> Sandbox {
    let sandbox = Sandbox::new();
    let role = "role_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = default\n";
    let serial = ALICE.serial_number;
    sandbox.write("config", &format!("[default]\n{role}mfa_serial = {serial}\n"));
    sandbox
}

#[test]
fn two_commands_need_one_code() {
    let exec = [&["exec", "--"], &shell("exit 0")[..]].concat();
    for arguments in [&exec[..], &["--export"], &["--format", "json"]] {
        let sandbox = Sandbox::new();
        let run = |more: &[&str]| {
            let mut command = sandbox.command(PROGRAM);
            let command_name = usize::from(arguments[0] == "exec");
            command.args(&arguments[..command_name]).args(more).args(&arguments[command_name..]);
            sandbox.outcome(command, "")
        };
        let code = sandbox.code();
        let first = run(&["--serial", ALICE.serial_number, "--code", &code]);
        assert_eq!(first.status, 0, "{first:?}");
        let second = run(&["--no-prompt"]);
        assert_eq!((second.status, second.stdout), (0, first.stdout));
        assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
    }
}

#[test]
fn keeps_a_session_for_a_key_in_the_environment_only_with_write() {
    let sandbox = with_key_in_environment();
    let before = sandbox.read("credentials");
    assert_eq!(sandbox.get(["--export"]).status, 0);
    assert_eq!(sandbox.read("credentials"), before);
    sandbox.get(["--export", "--write"]).messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    assert!(sandbox.value("default-mfa", "aws_session_token").is_some());
}

#[test]
fn dry_run_shows_whether_the_session_is_kept() {
    let default = "the default";
    for (sandbox, flag, value, origin) in [
        (Sandbox::new(), None, "true", default),
        (Sandbox::new(), Some("--no-write"), "false", "--no-write"),
        (with_key_in_environment(), None, "false", default),
        (with_key_in_environment(), Some("--write"), "true", "--write"),
        (with_role(), None, "true", default),
        (with_role(), Some("--policy-arn=arn:aws:iam::aws:policy/x"), "false", default),
    ] {
        let mut command = sandbox.command(PROGRAM);
        command.args(["exec", "--dry-run"]).args(flag).arg("--").args(shell("exit 0"));
        let report = sandbox.outcome(command, "").stdout;
        let row = report.lines().find(|line| line.starts_with("keep the session")).unwrap();
        let row: Vec<_> = row.split("  ").map(str::trim).filter(|it| !it.is_empty()).collect();
        assert_eq!(row, ["keep the session", value, origin]);
    }
}

#[test]
fn settings_forbid_keeping() {
    let variable: fn(&mut Sandbox) = |sandbox| {
        sandbox.set("MFA_SESSION_WRITE", "false");
    };
    let key: fn(&mut Sandbox) = |sandbox| {
        sandbox.write("config", "[default]\nmfa_session_write = no\n");
    };
    let role = "arn:aws:iam::123456789012:role/reader";
    for (prepare, arguments) in [
        (variable, ["--export"].as_slice()),
        (key, &["--export"]),
        (|_| {}, &["--export", "--no-write"]),
        (|_| {}, &["--export", "--no-write", "--role-arn", role]),
    ] {
        let mut sandbox = Sandbox::new();
        prepare(&mut sandbox);
        let before = sandbox.read("credentials");
        let mut command = sandbox.command(PROGRAM);
        let code = sandbox.code();
        command.args(["--serial", ALICE.serial_number, "--code", &code]).args(arguments);
        let outcome = sandbox.outcome(command, "");
        assert!(outcome.stdout.contains("AWS_SESSION_TOKEN="), "{outcome:?}");
        assert_eq!(sandbox.read("credentials"), before, "{arguments:?}");
    }
}

#[test]
fn a_restricted_session_is_kept_only_on_request() {
    let sandbox = Sandbox::new();
    let run = |more: &[&str]| {
        let role = ["--role-arn", "arn:aws:iam::123456789012:role/reader"];
        let mut command = sandbox.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number]).args(role).args(more);
        sandbox.outcome(command, "")
    };
    assert_eq!(run(&["--code", &sandbox.code()]).status, 0);
    let before = sandbox.read("credentials");
    let restricted = ["--export", "--role-session-name", "by-hand"];
    let outcome = run(&restricted);
    assert!(outcome.stdout.contains("AWS_SESSION_TOKEN="), "{outcome:?}");
    // It would replace a session that can be reused.
    assert_eq!(sandbox.read("credentials"), before);
    assert_eq!(run(&[&restricted[..], &["--write"]].concat()).status, 0);
    assert_ne!(sandbox.read("credentials"), before);
}

#[test]
fn refuses_contradicting_settings() {
    let mut sandbox = Sandbox::new();
    let mut table = Table::default();
    table.add("--no-write without an output", &sandbox.run(["--no-write"]));
    table.add("--write and --no-write", &sandbox.run(["--export", "--write", "--no-write"]));
    sandbox.set("MFA_SESSION_WRITE", "maybe");
    table.add("an invalid variable", &sandbox.run(["--format", "json"]));
    table.matches(str![[r#"
=== --no-write without an output
exit 2
--- stderr
mfa-session: error: --no-write works only with --export, --format or `exec`

=== --write and --no-write
exit 2
--- stdout
false;
--- stderr
mfa-session: error: --write conflicts with --no-write
mfa-session: hint: see mfa-session --help

=== an invalid variable
exit 1
--- stderr
mfa-session: error: MFA_SESSION_WRITE: `maybe` is neither on nor off
mfa-session: hint: set it to 1 or 0
"#]]);
}

#[test]
#[cfg(unix)] // needs modes of directories
fn delivers_a_session_that_cannot_be_kept() {
    let mut table = Table::default();
    let serial = ALICE.serial_number;
    for (name, arguments) in [
        ("export", ["--export"].as_slice()),
        ("export --write", &["--export", "--write"]),
        ("export --to", &["--export", "--to", "other"]),
        ("exec", &["--", "true"]),
    ] {
        let sandbox = Sandbox::new();
        let code = sandbox.code();
        let command: &[&str] = if name == "exec" { &["exec"] } else { &[] };
        let line = [command, &["--serial", serial, "--code", &code], arguments].concat();
        let outcome = sandbox.run_read_only(&line);
        if outcome.status == 0 && name != "exec" {
            assert!(outcome.stdout.contains("AWS_SESSION_TOKEN="), "{outcome:?}");
        }
        table.add(name, &outcome.messages());
    }
    table.matches(str![[r#"
=== export
exit 0
--- stderr
mfa-session: warning: not keeping the session in [default-mfa]: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: the session of `default` is valid until [TIME] ([LEFT] left)

=== export --write
exit 1
--- stderr
mfa-session: error: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: hint: make the directory writable, or don't keep the session: --export --no-write

=== export --to
exit 1
--- stderr
mfa-session: error: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: hint: make the directory writable, or don't keep the session: --export --no-write

=== exec
exit 0
--- stderr
mfa-session: warning: not keeping the session in [default-mfa]: cannot write in ~/.aws: Permission denied (os error 13)
"#]]);
}

#[test]
fn never_replaces_long_term_keys_to_keep_a_session() {
    let mut table = Table::default();
    let config = keys("profile default-mfa");
    for (name, file, text) in [
        ("credentials file", "credentials", keys("default") + &keys("default-mfa")),
        ("config file", "config", config),
    ] {
        for arguments in [["--export"].as_slice(), &["--export", "--to", "default-mfa"]] {
            let sandbox = Sandbox::new();
            sandbox.write(file, &text);
            let mut command = sandbox.command(PROGRAM);
            let code = sandbox.code();
            command.args(["--serial", ALICE.serial_number, "--code", &code]).args(arguments);
            let outcome = sandbox.outcome(command, "");
            assert_eq!(sandbox.read(file), text);
            table.add(format!("{name}, {arguments:?}"), &outcome.messages());
        }
    }
    table.matches(str![[r#"
=== credentials file, ["--export"]
exit 0
--- stderr
mfa-session: warning: not keeping the session in [default-mfa]: [default-mfa] in ~/.aws/credentials contains long-term keys, which are never overwritten
mfa-session: the session of `default` is valid until [TIME] ([LEFT] left)

=== credentials file, ["--export", "--to", "default-mfa"]
exit 1
--- stderr
mfa-session: error: [default-mfa] in ~/.aws/credentials contains long-term keys, which are never overwritten
mfa-session: hint: name another session profile: --to NAME

=== config file, ["--export"]
exit 0
--- stderr
mfa-session: warning: not keeping the session: a session in [default-mfa] would hide the long-term keys of the config file
mfa-session: the session of `default` is valid until [TIME] ([LEFT] left)

=== config file, ["--export", "--to", "default-mfa"]
exit 2
--- stderr
mfa-session: error: --to: a session in [default-mfa] would hide the long-term keys of the config file
mfa-session: hint: name another session profile: --to NAME
"#]]);
}

#[test]
fn a_kept_session_may_be_printed_to_the_null_device() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(PROGRAM);
    command.args(["--export", "--serial", ALICE.serial_number, "--code", &sandbox.code()]);
    sandbox.outcome_without_stdout(command).wrote("default-mfa");
}
