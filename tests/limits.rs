//! Runs at the limits of the system: no further thread can be started, or the program panics.

use std::{os::unix::process::CommandExt as _, process::Command};

use loopback_sts::ALICE;
use snapbox::str;

use crate::{
    sandbox::{PROGRAM, Sandbox, Table},
    terminal::{Person, QUESTION},
    tools::program,
};

/// Uses a host name, which a thread would resolve.
fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    let url = sandbox.sts().url().replace("127.0.0.1", "localhost");
    sandbox.set("AWS_ENDPOINT_URL", url).set("MFA_SESSION_SERIAL", ALICE.serial_number);
    sandbox
}

/// The program, run by an ordinary user with `ulimit -u 1`. `None` without prlimit.
fn without_threads(sandbox: &Sandbox) -> Option<Command> {
    let mut command = sandbox.command(program("prlimit")?);
    let (program, user) = sandbox.give_away();
    command.arg("--nproc=1").arg(program);
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    Some(command)
}

#[test]
fn gets_a_session_without_threads() {
    let sandbox = sandbox();
    let Some(mut command) = without_threads(&sandbox) else { return };
    command.args(["--code", &sandbox.code()]);
    sandbox.outcome(command, "").wrote("default-mfa");
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
}

#[test]
fn checks_the_clock_without_threads() {
    let mut sandbox = sandbox();
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    let Some(command) = without_threads(&sandbox) else { return };
    sandbox.outcome(command, "").wrote("default-mfa");
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
}

#[test]
fn prompts_without_threads() {
    let sandbox = sandbox();
    let Some(prlimit) = program("prlimit") else { return };
    let (program, user) = sandbox.give_away();
    let user = user.map(|id| format!("setpriv --reuid={id} --regid={id} --clear-groups"));
    let limited = format!("{} {} --nproc=1", user.unwrap_or_default(), prlimit.display());
    let script = format!("exec {limited} {} --export >stdout 2>stderr", program.display());
    let mut person = Person::runs_script(&sandbox, &script);
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    let outcome = person.outcome(&sandbox);
    assert!(outcome.stdout.starts_with("export AWS_ACCESS_KEY_ID='ASIA"), "{outcome:?}");
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
}

#[test]
fn reports_the_missing_thread() {
    let rows: [(&str, &[&str]); 3] = [
        ("standard input", &["--code", "-"]),
        ("a code command", &["--code-command", "echo 123456"]),
        ("a shell command", &["--code-command", "echo 123456 | cat"]),
    ];
    let mut table = Table::default();
    for (name, arguments) in rows {
        let sandbox = sandbox();
        let Some(mut command) = without_threads(&sandbox) else { return };
        command.arg("--export").args(arguments);
        table.add(name, &sandbox.outcome(command, "123456\n"));
    }
    table.matches(str![[r#"
=== standard input
exit 1
--- stdout
false;
--- stderr
mfa-session: error: cannot read the code from standard input: cannot start a thread: Resource temporarily unavailable (os error 11)

=== a code command
exit 3
--- stdout
false;
--- stderr
mfa-session: error: the code command (--code-command) cannot start: Resource temporarily unavailable (os error 11)
mfa-session: hint: end other processes, or raise the limit of `ulimit -u`

=== a shell command
exit 3
--- stdout
false;
--- stderr
mfa-session: error: the code command (--code-command) cannot start: Resource temporarily unavailable (os error 11)
mfa-session: hint: end other processes, or raise the limit of `ulimit -u`
"#]]);
}

/// Causes a panic: the year 10026 is too large for the library for dates.
#[test]
#[cfg_attr(target_env = "musl", ignore = "libfaketime has no effect on a static binary")]
fn a_panic_makes_eval_fail() {
    let Some(faketime) = program("faketime") else { return };
    let sandbox = sandbox();
    let mut command = sandbox.command("sh");
    let script = "set -e\nout=$(\"$@\" 2>stderr) || true\necho \"$out\"\neval \"$out\"\necho lost";
    command.args(["-c", script, "sh"]).arg(faketime).args(["-f", "+8000y", PROGRAM]);
    command.args(["--export", "--code", "123456"]);
    sandbox.outcome(command, "").matches(str![[r#"
exit 1
--- stdout
false;
"#]]);
    let stderr = std::fs::read_to_string(sandbox.path("stderr")).unwrap();
    assert!(stderr.contains("panicked"), "{stderr}");
}
