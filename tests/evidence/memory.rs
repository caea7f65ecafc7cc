//! The memory of the running program: other processes of the user cannot read it, and no signal
//! dumps it. The commands that the program runs are ordinary processes.
//!
//! All processes run as an ordinary user, as root passes every check.

mod flow;
mod observer;

use std::{fs, os::unix::process::ExitStatusExt as _, path::Path, process::ExitStatus};

use loopback_sts::ALICE;
use rustix::process::{Pid, Signal, kill_process};

use super::record;
use crate::{sandbox::Sandbox, terminal::until, tools};
use flow::flows;
use observer::{Home, Run, WAYS};

#[test]
fn other_processes_cannot_read_the_memory() {
    let ways = ways_into_an_ordinary_process();
    let (mut tried, mut violations) = (0, Vec::new());
    for flow in flows() {
        let mut run = flow.home.observed(&flow.command());
        flow.wait(&mut run);
        tried += ways.len();
        let open = run.ways_into(run.child());
        violations.extend(open.iter().map(|way| format!("{}: {way}", flow.name)));
    }
    record("attempts to read the memory of the process", tried, &violations);
}

/// The control: the ways into an ordinary process on this machine.
fn ways_into_an_ordinary_process() -> Vec<&'static str> {
    let home = Home::of(Sandbox::new());
    let run = home.observed("sleep 60");
    let open = run.ways_into(run.child());
    let ways = WAYS.into_iter().filter(|way| {
        // Yama may forbid attaching to any process.
        let is_allowed = open.iter().any(|open| open == way).then_some(());
        tools::needs(&format!("a kernel where a parent reads its child by {way}"), is_allowed)
            .is_some()
    });
    ways.collect()
}

#[test]
fn no_signal_dumps_core() {
    let control = Home::of(Sandbox::new());
    let run = control.dumping("sleep 60");
    until(|| is_sleep(run.id()));
    let (status, _) = kill(run, Signal::QUIT);
    let dumps = status.core_dumped().then_some(());
    if tools::needs("a machine where an ordinary process dumps core", dumps).is_none() {
        return;
    }
    let (mut tried, mut violations) = (0, Vec::new());
    for flow in flows() {
        for signal in [Signal::QUIT, Signal::ABORT, Signal::ILL] {
            let mut run = flow.home.dumping(&flow.command());
            flow.wait(&mut run);
            let (status, files) = kill(run, signal);
            tried += 1;
            let is_killed = status.signal() == Some(signal.as_raw());
            let has_dumped = status.core_dumped() || files.iter().any(|n| n.starts_with("core"));
            if !is_killed || has_dumped {
                violations.push(format!("{}: {status}, {files:?}", flow.name));
            }
        }
    }
    record("fatal signals that may dump core", tried, &violations);
}

/// Kills a process. Returns its exit status and the files in its directory.
fn kill(mut run: Run<'_>, signal: Signal) -> (ExitStatus, Vec<String>) {
    kill_process(Pid::from_raw(run.id().try_into().unwrap()).unwrap(), signal).unwrap();
    (run.person.ends(), run.files())
}

fn is_sleep(process: u32) -> bool {
    fs::read_to_string(format!("/proc/{process}/comm")).is_ok_and(|name| name == "sleep\n")
}

#[test]
fn commands_run_as_ordinary_processes() {
    let ways = ways_into_an_ordinary_process();
    for (name, arguments) in [
        ("exec", "exec sleep 60"),
        ("a code command", "--code-command 'sleep 60'"),
        ("a code command for a shell", "--code-command 'true; exec sleep 60'"),
    ] {
        let mut sandbox = Sandbox::new();
        sandbox.set("MFA_SESSION_SERIAL", ALICE.serial_number);
        if name == "exec" {
            sandbox.set("MFA_SESSION_CODE", sandbox.code());
        }
        let home = Home::of(sandbox);
        let run = home.observed(&format!("{} {arguments}", home.program));
        let mut sleep = 0;
        until(|| {
            sleep = run.descendant();
            is_sleep(sleep)
        });
        assert_eq!(run.ways_into(sleep), ways, "{name}");
    }
}

/// The paths lead through `/proc/self/fd`, which belongs to root while a process is not dumpable.
#[test]
fn reads_files_that_a_shell_passes() {
    let Some(bash) = tools::program("bash") else { return };
    for arguments in [
        "web-identity --token-file /dev/stdin <token",
        "web-identity --token-file <(cat token)",
        "saml --assertion-file /dev/stdin <assertion",
        "saml --assertion-file <(cat assertion)",
        "federate carol --policy file:///dev/stdin <policy",
        "federate carol --ca-bundle /dev/stdin <ca.pem",
        "federate carol --ca-bundle <(cat ca.pem)",
        "--code - <code",
    ] {
        let mut sandbox = Sandbox::with_tls();
        if !arguments.contains("--ca-bundle") {
            sandbox.set("AWS_CA_BUNDLE", "~/ca.pem");
        }
        sandbox.set("MFA_SESSION_SERIAL", ALICE.serial_number);
        let sts = sandbox.sts();
        let web = sts.role_arn("web");
        let token = sts.web_identity_token("app");
        let assertion = sts.saml_assertion(&sts.role_arn("saml"), &sts.saml_provider_arn());
        let policy = r#"{"Version": "2012-10-17", "Statement": []}"#.to_owned();
        let texts = [
            ("token", token),
            ("assertion", assertion),
            ("policy", policy),
            ("code", sandbox.code()),
        ];
        for (name, text) in texts {
            fs::write(sandbox.path(name), text).unwrap();
        }
        sandbox.set("AWS_ROLE_ARN", web);
        let home = Home::of(sandbox);
        let mut command = home.command(&bash);
        command.args(["-c", &format!("{} {arguments}", home.program)]);
        let outcome = home.sandbox.outcome(command, "");
        assert_eq!(outcome.status, 0, "{arguments}: {outcome:?}");
    }
}

/// The inner `--export` cannot inspect its parent, the outer program, to find a shell.
#[test]
fn runs_as_its_own_code_command() {
    let mut sandbox = Sandbox::new();
    sandbox.set("MFA_SESSION_SERIAL", ALICE.serial_number);
    let code = sandbox.code();
    let home = Home::of(sandbox);
    let inner = format!("{} --export --write --to inner --code {code}", home.program);
    let mut command = home.command(Path::new(&home.program));
    command.args(["--to", "outer", "--code-command", &inner]);
    let outcome = home.sandbox.outcome(command, "");
    // The outer run fails, as the inner one prints exports and no code.
    assert_eq!(outcome.status, 3, "{outcome:?}");
    assert!(home.sandbox.value("inner", "aws_session_token").is_some(), "{outcome:?}");
}
