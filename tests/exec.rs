//! `exec` runs a command with the session in its environment, and gets out of its way.

use std::{
    fs,
    process::{Command, Stdio},
};

use loopback_sts::ALICE;

use crate::world::{Outcome, PROGRAM, World, error};

/// Runs a command with a session for a good code.
fn exec(world: &World, arguments: &[&str]) -> Outcome {
    let mut command = world.command(PROGRAM);
    command.args(["exec", "--serial", ALICE.serial_number, "--code", &world.code()]);
    command.args(arguments);
    world.outcome(command, "")
}

#[test]
fn the_command_finds_the_session_in_its_environment_and_nothing_that_contradicts_it() {
    let mut world = World::new();
    world.set("AWS_PROFILE", "default").set("AWS_SECURITY_TOKEN", "old").set("KEPT", "as it is");
    world.set("AWS_REGION", "eu-west-1");
    let outcome = exec(&world, &["--", "sh", "-c", "env | grep -E '^(AWS_|MFA_|KEPT)' | sort"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    let names: Vec<&str> =
        outcome.stdout.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert_eq!(
        names,
        [
            "AWS_ACCESS_KEY_ID",
            "AWS_CREDENTIAL_EXPIRATION",
            "AWS_DEFAULT_REGION",
            "AWS_ENDPOINT_URL",
            "AWS_REGION",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "KEPT",
            "MFA_SESSION_SOURCE",
        ]
    );
    let value = |name: &str| {
        outcome.stdout.lines().find_map(|line| line.strip_prefix(&format!("{name}="))).unwrap()
    };
    assert!(value("AWS_ACCESS_KEY_ID").starts_with("ASIA"));
    assert_eq!(value("AWS_REGION"), "eu-west-1");
    assert_eq!(value("MFA_SESSION_SOURCE"), "default");
    // Nothing was written: nobody asked for it.
    assert_eq!(world.files(), ["credentials"]);
    assert!(!world.read("credentials").contains("ASIA"));
}

#[test]
fn the_command_does_not_find_what_the_session_was_got_with() {
    let mut world = World::new();
    let code = world.code();
    world.set("MFA_SESSION_CODE", code).set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    let outcome = world.run(["exec", "--serial", ALICE.serial_number, "env"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    for secret in ["MFA_SESSION_CODE", "MFA_SESSION_TOTP_SEED", ALICE.secret_access_key] {
        assert!(!outcome.stdout.contains(secret), "{outcome:?}");
    }
}

#[test]
fn the_session_is_one_that_sts_takes() {
    let world = World::new();
    let whoami = format!("{PROGRAM} whoami");
    let outcome = exec(&world, &["sh", "-c", &whoami]);
    let arn = "arn      arn:aws:iam::123456789012:user/alice\n";
    assert!(outcome.stdout.contains(arn), "{outcome:?}");
    assert_eq!(world.asked(), ["GetSessionToken OK", "GetCallerIdentity OK"]);
}

#[test]
fn a_session_that_is_there_is_reused_and_a_new_one_is_written_if_that_is_asked_for() {
    let world = World::new();
    exec(&world, &["--write", "true"]).wrote("default-mfa");
    let mut command = world.command(PROGRAM);
    command.args(["exec", "--no-prompt", "sh", "-c", "echo $AWS_ACCESS_KEY_ID"]);
    let id = world.value("default-mfa", "aws_access_key_id").unwrap();
    world.outcome(command, "").is(0, &format!("{id}\n"), "");
    assert_eq!(world.asked(), ["GetSessionToken OK"]);
}

#[test]
fn what_the_command_exits_with_is_what_the_program_exits_with() {
    let world = World::new();
    exec(&world, &["--write", "true"]);
    for (script, status) in [("exit 0", 0), ("exit 1", 1), ("exit 42", 42), ("exit 255", 255)] {
        world.run(["exec", "sh", "-c", script]).is(status, "", "");
    }
    // A signal is the command's own death.
    let mut command = Command::new(PROGRAM);
    world.surround(&mut command);
    let killed = command.args(["exec", "sh", "-c", "kill -TERM $$"]).output().unwrap();
    assert_eq!(killed.status.code(), None);
}

#[cfg(unix)]
#[test]
fn the_command_takes_the_place_of_the_program() {
    let world = World::new();
    exec(&world, &["--write", "true"]);
    let mut command = Command::new(PROGRAM);
    world.surround(&mut command);
    command.args(["exec", "sh", "-c", "echo $$"]).stdout(Stdio::piped());
    let child = command.spawn().unwrap();
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{id}\n"));
}

#[test]
fn the_flags_and_the_input_of_the_command_are_its_own() {
    let world = World::new();
    exec(&world, &["--write", "true"]);
    let script = r#"printf '<%s>' "$0" "$@"; cat"#;
    for dashes in [&["--"][..], &[]] {
        let mut command = world.command(PROGRAM);
        command.arg("exec").args(dashes).args(["sh", "-c", script]);
        command.args(["--profile", "x", "--help", "-e", "", "a b", "--"]);
        let expected = "<--profile><x><--help><-e><><a b><-->typed";
        world.outcome(command, "typed").is(0, expected, "");
    }
}

#[test]
fn alone_it_starts_the_persons_shell() {
    let mut world = World::new();
    exec(&world, &["--write", "true"]);
    let shell = world.path("shell");
    fs::write(&shell, "#!/bin/sh\necho \"this is $0\"\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&shell, fs::Permissions::from_mode(0o755)).unwrap();
    }
    world.set("SHELL", shell.to_str().unwrap());
    world.run(["exec"]).is(0, "this is ~/shell\n", "");
    world.set("SHELL", "");
    world.run_with_input(["exec"], "echo $AWS_CREDENTIAL_EXPIRATION | wc -l").is(0, "1\n", "");
}

#[test]
fn a_command_that_can_not_be_run_costs_no_code() {
    let world = World::new();
    fs::write(world.path("text"), "x").unwrap();
    let installed = "is it installed, and in PATH?";
    let executable = "is it an executable file?";
    for (name, status, what, hint) in [
        ("nowhere", 127, "there is no command nowhere", installed),
        ("./nowhere", 127, "there is no command ./nowhere", installed),
        ("./text", 126, "./text can't be run", executable),
        ("./tmp", 126, "./tmp can't be run", executable),
        ("", 127, "there is no command ", installed),
    ] {
        exec(&world, &["--", name]).is(status, "", &error(what, &[hint]));
    }
    assert!(world.asked().is_empty());
}

#[test]
fn a_file_that_the_system_can_not_run_loses_no_session() {
    let world = World::new();
    let file = world.path("broken");
    fs::write(&file, "#!/nowhere/interpreter\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let outcome = exec(&world, &["./broken"]);
    assert_eq!(outcome.status, 127, "{outcome:?}");
    assert!(outcome.stderr.contains("hint: the session is not lost: "), "{outcome:?}");
    // Where it stands in its profile, it can't be lost.
    world.get([]).wrote("default-mfa");
    let again = world.run(["exec", "--serial", ALICE.serial_number, "./broken"]);
    assert_eq!(again.status, 127, "{again:?}");
    assert!(!again.stderr.contains("is not lost"), "{again:?}");
}

#[test]
fn what_the_program_itself_fails_at_has_a_status_of_its_own() {
    let world = World::new();
    let prompt = world.run(["exec", "--serial", ALICE.serial_number, "--no-prompt", "true"]);
    assert_eq!(prompt.status, 125, "{prompt:?}");
    let wrong = world.sts().wrong_code(ALICE.name);
    let arguments = ["exec", "--serial", ALICE.serial_number, "--code", &wrong, "true"];
    assert_eq!(world.run(arguments).status, 125);
    let what = "there is no flag --bogus";
    world.run(["exec", "--bogus"]).is(125, "", &error(what, &["see mfa-session --help"]));
    world.run(["exec", "--duration", "1m", "true"]).is(
        125,
        "",
        &error(
            "--duration: `1m` is not within 15 minutes and 36 hours",
            &["STS gives sessions of 15m to 36h (900 to 129600 seconds)"],
        ),
    );
}

#[test]
fn the_session_may_be_that_of_a_role() {
    let world = World::new();
    let role = world.sts().role_arn("reader");
    let whoami = format!("{PROGRAM} whoami --json");
    let outcome = exec(&world, &["--role-arn", &role, "sh", "-c", &whoami]);
    assert!(outcome.stdout.contains("assumed-role/reader/alice"), "{outcome:?}");
    assert!(outcome.stderr.starts_with("mfa-session: [default-mfa] is good until"));
    assert!(!world.read("credentials").contains("mfa_session_role"));
}
