//! `exec` replaces the program by a command, which has the session in its environment.

use std::{
    fs,
    process::{Command, Stdio},
};

use loopback_sts::ALICE;
use snapbox::{assert_data_eq, str};

use crate::{
    sandbox::{
        Outcome, PRINT_VARIABLES, PROGRAM, Sandbox, Table, absolute_program, keys, shell,
        write_program,
    },
    shells::two_regions,
    status::session,
};

/// Runs `exec` with a valid code.
fn exec(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(["exec", "--serial", ALICE.serial_number, "--code", &sandbox.code()]);
    command.args(arguments);
    sandbox.outcome(command, "")
}

/// Keeps a session in its profile.
fn write_session(sandbox: &Sandbox) -> Outcome {
    exec(sandbox, &[&["--write"], &shell("exit 0")[..]].concat())
}

#[test]
fn sets_the_sessions_variables_and_unsets_conflicting_ones() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_PROFILE", "default").set("AWS_SECURITY_TOKEN", "old").set("KEPT", "as it is");
    sandbox.set("AWS_REGION", "eu-west-1");
    let outcome = exec(&sandbox, &shell(PRINT_VARIABLES));
    let announced = "mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)\n";
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, announced), "{outcome:?}");
    let names = outcome.stdout.lines().filter_map(|line| Some(line.split_once('=')?.0));
    let is_ours = |name: &&str| ["AWS_", "MFA_", "KEPT"].iter().any(|it| name.starts_with(it));
    let mut names: Vec<&str> = names.filter(is_ours).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "AWS_ACCESS_KEY_ID",
            "AWS_ACCOUNT_ID",
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
    // The region is the user's own: no mark.
    let value = |name: &str| {
        outcome.stdout.lines().find_map(|line| line.strip_prefix(&format!("{name}="))).unwrap()
    };
    assert_eq!(value("AWS_REGION"), "eu-west-1");
    assert_eq!(value("MFA_SESSION_SOURCE"), "default");
    let id = sandbox.value("default-mfa", "aws_access_key_id").unwrap();
    assert_eq!(value("AWS_ACCESS_KEY_ID"), id);
}

#[test]
fn unsets_or_replaces_the_region_of_an_earlier_export() {
    let mut sandbox = two_regions();
    let regions = |sandbox: &Sandbox, profile: &str| {
        let [shell, flag, line] = shell(PRINT_VARIABLES);
        let variables = sandbox.run(["exec", "-p", profile, shell, flag, line]).stdout;
        let mut regions: Vec<_> =
            variables.lines().filter(|line| line.contains("_REGION=")).collect();
        regions.sort_unstable();
        regions.iter().flat_map(|line| [line, "\n"]).collect::<String>()
    };
    let of_work = "AWS_DEFAULT_REGION=eu-west-1\nAWS_REGION=eu-west-1\n\
                   MFA_SESSION_REGION=eu-west-1\n";
    assert_eq!(regions(&sandbox, "work"), of_work);
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "MFA_SESSION_REGION"] {
        sandbox.set(name, "eu-west-1");
    }
    assert_eq!(regions(&sandbox, "default"), "");
    assert_eq!(regions(&sandbox, "home"), of_work.replace("eu-west-1", "sa-east-1"));
}

#[test]
fn hides_code_seed_and_long_term_keys_from_the_command() {
    let mut sandbox = Sandbox::new();
    let code = sandbox.code();
    sandbox.set("MFA_SESSION_CODE", code).set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    let [shell, flag, line] = shell(PRINT_VARIABLES);
    let outcome = sandbox.run(["exec", "--serial", ALICE.serial_number, shell, flag, line]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    for secret in ["MFA_SESSION_CODE", "MFA_SESSION_TOTP_SEED", ALICE.secret_access_key] {
        assert!(!outcome.stdout.contains(secret), "{outcome:?}");
    }
}

#[test]
fn sts_accepts_the_commands_session() {
    let sandbox = Sandbox::new();
    let outcome = exec(&sandbox, &[&absolute_program(), "whoami"]);
    let arn = "arn      arn:aws:iam::123456789012:user/alice\n";
    assert!(outcome.stdout.contains(arn), "{outcome:?}");
    assert_eq!(sandbox.asked(), ["GetSessionToken OK", "GetCallerIdentity OK"]);
}

#[test]
fn stores_the_session_on_request_and_reuses_it() {
    let sandbox = Sandbox::new();
    write_session(&sandbox).wrote("default-mfa");
    let mut command = sandbox.command(PROGRAM);
    command.args(["exec", "--no-prompt"]).args(shell(PRINT_VARIABLES));
    let id = sandbox.value("default-mfa", "aws_access_key_id").unwrap();
    let outcome = sandbox.outcome(command, "");
    assert!(outcome.stdout.lines().any(|line| line == format!("AWS_ACCESS_KEY_ID={id}")));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
}

#[test]
fn warns_if_a_reused_session_ends_soon() {
    for (minutes, left) in [(16, None), (14, Some("14m")), (6, Some("6m"))] {
        let sandbox = Sandbox::new();
        let made = format!(
            "mfa_session_source = default\nmfa_session_key = {}\nmfa_session_serial = {}\n\
             mfa_session_role = arn:aws:iam::123456789012:role/admin\n",
            ALICE.access_key_id, ALICE.serial_number,
        );
        sandbox
            .write("credentials", &(keys("default") + &session("default-admin", minutes, &made)));
        let role = sandbox.sts().role_arn("admin");
        let mut command = sandbox.command(PROGRAM);
        command.args(["exec", "--role-arn", &role, "--no-prompt"]).args(shell("exit 0"));
        let expected = left.map_or(String::new(), |left| {
            format!(
                "mfa-session: warning: the session in [default-admin] ends in {left}\n\
                 mfa-session: hint: for a longer command, get a new session first: \
                 --min-remaining 30m\n"
            )
        });
        sandbox.outcome(command, "").printed(&expected);
    }
}

#[test]
fn passes_on_the_commands_exit_status() {
    let sandbox = Sandbox::new();
    write_session(&sandbox);
    for (script, status) in [("exit 0", 0), ("exit 1", 1), ("exit 42", 42), ("exit 255", 255)] {
        let mut command = sandbox.command(PROGRAM);
        command.arg("exec").args(shell(script));
        assert_eq!(sandbox.outcome(command, "").to_string(), format!("exit {status}"));
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs signals")]
fn passes_on_the_commands_signal() {
    let sandbox = Sandbox::new();
    write_session(&sandbox);
    // Not `sandbox.run`: `setsid` would turn the signal into an exit status.
    let mut command = Command::new(PROGRAM);
    sandbox.surround(&mut command);
    let killed = command.args(["exec", "sh", "-c", "kill -TERM $$"]).output().unwrap();
    assert_eq!(killed.status.code(), None);
}

#[test]
#[cfg_attr(windows, ignore = "needs a command that replaces the program")]
fn keeps_its_process_id_for_the_command() {
    let sandbox = Sandbox::new();
    write_session(&sandbox);
    let mut command = Command::new(PROGRAM);
    sandbox.surround(&mut command);
    command.args(["exec", "sh", "-c", "echo $$"]).stdout(Stdio::piped());
    let child = command.spawn().unwrap();
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{id}\n"));
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn passes_flags_and_input_to_the_command() {
    let sandbox = Sandbox::new();
    write_session(&sandbox);
    let script = r#"printf '<%s>' "$0" "$@"; cat"#;
    for dashes in [&["--"][..], &[]] {
        let mut command = sandbox.command(PROGRAM);
        command.arg("exec").args(dashes).args(["sh", "-c", script]);
        command.args(["--profile", "x", "--help", "-e", "", "a b", "--"]);
        sandbox.outcome(command, "typed").matches(str![[r#"
exit 0
--- stdout
<--profile><x><--help><-e><><a b><-->typed
(no newline at the end)
"#]]);
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs SHELL")]
fn starts_the_users_shell_without_a_command() {
    let mut sandbox = Sandbox::new();
    write_session(&sandbox);
    let shell = sandbox.path("shell");
    write_program(&shell, "#!/bin/sh\necho \"this is $0\"\n");
    sandbox.set("SHELL", shell.to_str().unwrap());
    sandbox.run(["exec"]).matches(str![[r#"
exit 0
--- stdout
this is ~/shell
"#]]);
    sandbox.set("SHELL", "");
    sandbox.run_with_input(["exec"], "echo $AWS_CREDENTIAL_EXPIRATION | wc -l").matches(str![[
        r#"
exit 0
--- stdout
1
"#
    ]]);
}

#[test]
#[cfg_attr(windows, ignore = "needs modes of files")]
fn refuses_a_command_that_is_not_executable_before_using_a_code() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("text"), "x").unwrap();
    let mut table = Table::default();
    // Other programs take a profile where this one takes the command.
    sandbox.write("config", "[profile work]\n");
    for name in ["nowhere", "./nowhere", "./text", "./tmp", "", "work"] {
        table.add(name, &exec(&sandbox, &["--", name]));
    }
    table.matches_file("exec/not_runnable");
    assert!(sandbox.asked().is_empty());
}

#[test]
fn saves_the_session_if_the_system_cannot_run_the_command() {
    let sandbox = Sandbox::new();
    // On Windows, no program begins like this.
    let name = if cfg!(windows) { "broken.exe" } else { "broken" };
    write_program(&sandbox.path(name), "#!/nowhere/interpreter\n");
    let name = format!("./{name}");
    // As in a shell: a file that is missing, and a file that is no program.
    let status = if cfg!(windows) { 126 } else { 127 };
    let outcome = exec(&sandbox, &["--no-write", &name]).replace(".exe", "");
    assert_eq!(outcome.status, status);
    assert_data_eq!(
        outcome.stderr,
        str![[r#"
mfa-session: warning: saved the session in another file; to use it, set AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: cannot run ./broken: No such file or directory (os error 2)
mfa-session: hint: check that it is an executable file for this machine

"#]]
    );
    // A session that is already in its profile is not saved again.
    sandbox.get([]).wrote("default-mfa");
    let again = sandbox.run(["exec", "--serial", ALICE.serial_number, &name]);
    let again = again.replace(".exe", "");
    assert_eq!(again.status, status);
    assert_data_eq!(
        again.stderr,
        str![[r#"
mfa-session: error: cannot run ./broken: No such file or directory (os error 2)
mfa-session: hint: check that it is an executable file for this machine

"#]]
    );
}

#[test]
fn exits_with_125_on_its_own_failures() {
    let sandbox = Sandbox::new();
    let run = |arguments: &[&str]| {
        let mut command = sandbox.command(PROGRAM);
        command.args(["exec", "--serial", ALICE.serial_number]).args(arguments);
        command.args(shell("exit 0"));
        sandbox.outcome(command, "")
    };
    let prompt = run(&["--no-prompt"]);
    assert_eq!(prompt.status, 125, "{prompt:?}");
    let wrong = sandbox.sts().wrong_code(ALICE.name);
    assert_eq!(run(&["--code", &wrong]).status, 125);
    sandbox.run(["exec", "--bogus"]).matches(str![[r#"
exit 125
--- stderr
mfa-session: error: unknown flag --bogus
mfa-session: hint: see mfa-session --help
"#]]);
    run(&["--duration", "1m"]).matches(str![[r#"
exit 125
--- stderr
mfa-session: error: --duration: `1m` is not between 15m and 36h
mfa-session: hint: a session lasts 15m to 36h (900 to 129600 seconds)
"#]]);
}

#[test]
fn runs_a_command_with_a_roles_session() {
    let sandbox = Sandbox::new();
    let role = sandbox.sts().role_arn("reader");
    let program = absolute_program();
    let outcome = exec(&sandbox, &["--role-arn", &role, &program, "whoami", "--json"]);
    assert!(outcome.stdout.contains("assumed-role/reader/alice"), "{outcome:?}");
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: [default-reader] is valid until [TIME] ([LEFT] left)
"#]]);
    assert_eq!(sandbox.value("default-reader", "mfa_session_role"), Some(role));
}
