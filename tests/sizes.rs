//! AWS files of hostile sizes: no command takes quadratic time.

use std::time::{Duration, Instant};

use crate::{
    sandbox::{Outcome, PROGRAM, Sandbox, keys},
    status::{MADE, session},
};

/// The outcome of a run that takes less than so many seconds. A debug build beside other tests: the
/// limit only rules out quadratic time.
#[track_caller]
fn timed(name: &str, seconds: u64, run: impl FnOnce() -> Outcome) -> Outcome {
    let start = Instant::now();
    let outcome = run();
    let took = start.elapsed();
    assert!(took < Duration::from_secs(seconds), "{name}: {took:?}");
    outcome
}

#[test]
fn follows_thousands_of_profiles() {
    let last = 7999;
    let next = |n| if n == last { "default".to_owned() } else { format!("p{}", n + 1) };
    let profiles = |text: &dyn Fn(i32) -> String| (0..=last).map(text).collect::<String>();
    let role = |n| format!("role_arn = {ARN}{n}\nsource_profile = {}\n", next(n));
    let roles = profiles(&|n| format!("[profile p{n}]\n{}", role(n)));
    let stored_roles = profiles(&|n| format!("[p{n}]\n{}", role(n)));
    let circle = roles.replace("= default", "= p0");
    let process = |n| format!("credential_process = mfa-session -p {}\n", next(n));
    let commands = profiles(&|n| format!("[profile p{n}]\n{}", process(n)));
    let made = |n| format!("mfa_session_source = {}\nmfa_session_role = {ARN}{n}\n", next(n));
    let sessions = profiles(&|n| session(&format!("p{n}"), 9, &made(n)));
    let rows = [
        ("roles", "", roles.as_str(), 0, "role/r0 "),
        ("roles in the credentials file", &stored_roles, "", 0, "role/r0 "),
        ("a circle", "", &circle, 1, "p7998 -> p7999 -> p0\n"),
        ("commands", "", &commands, 0, "default-mfa"),
        ("sessions", &sessions, "", 1, "temporary"),
    ];
    for (name, credentials, config, status, expected) in rows {
        let sandbox = Sandbox::new();
        sandbox.write("credentials", &(keys("default") + credentials));
        sandbox.write("config", config);
        let outcome = timed(name, 10, || sandbox.run(["--dry-run", "--profile", "p0"]));
        assert_eq!(outcome.status, status, "{name}: {outcome}");
        assert!(outcome.to_string().contains(expected), "{name}: {outcome}");
        timed(name, 10, || sandbox.run(["status", "--short", "--profile", "p0"]));
    }
}

#[test]
fn clears_two_thousand_sessions_at_once() {
    let sandbox = Sandbox::new();
    let sessions = (0..2000).map(|n| format!("\n{}", session(&format!("s{n}"), 9, MADE)));
    sandbox.write("credentials", &(keys("default") + &sessions.collect::<String>()));
    let outcome = timed("clear --all", 10, || sandbox.run(["clear", "--all"]));
    assert!(outcome.stderr.ends_with("cleared the session in [s1999]\n"), "{outcome}");
    assert_eq!(sandbox.read("credentials"), keys("default"));
}

#[test]
fn reads_and_writes_large_files() {
    reads_and_writes(10, 10);
}

#[test]
#[ignore = "takes a minute: files of up to 60 MB"]
fn reads_and_writes_files_near_the_limit() {
    reads_and_writes(100, 60);
}

fn reads_and_writes(scale: usize, seconds: u64) {
    let numbered =
        |count: usize, text: &dyn Fn(usize) -> String| (0..count).map(text).collect::<String>();
    let properties = numbered(1_000 * scale, &|n| format!("k{n} = v\n"));
    let rows = [
        ("a long line", format!("# {}\n", "x".repeat(600_000 * scale))),
        ("comments", "# c\n".repeat(10_000 * scale)),
        ("sections", numbered(10_000 * scale, &|n| format!("[s{n}]\n"))),
        ("headers of one name", "[x]\n".repeat(1_000 * scale)),
        ("keys", format!("[x]\n{properties}")),
        ("keys in the session profile", properties),
    ];
    for (name, text) in rows {
        let sandbox = Sandbox::new();
        sandbox.get([]).wrote("default-mfa");
        sandbox.write("credentials", &(sandbox.read("credentials") + &text));
        sandbox.write("config", &format!("[default]\n{text}"));
        let requests = sandbox.asked().len();
        for arguments in [&[][..], &["status"], &["--dry-run"]] {
            let mut command = sandbox.command(PROGRAM);
            command.args(arguments);
            let outcome = timed(name, seconds, || sandbox.outcome(command, ""));
            assert_eq!(outcome.status, 0, "{name}: {outcome}");
        }
        assert_eq!(sandbox.asked().len(), requests, "{name}");
        let outcome = timed(name, seconds, || sandbox.get(["--force"]));
        assert_eq!(outcome.status, 0, "{name}: {outcome}");
        assert!(sandbox.read("credentials").ends_with(&text), "{name}: a byte is lost");
    }
}

const ARN: &str = "arn:aws:iam::123456789012:role/r";
