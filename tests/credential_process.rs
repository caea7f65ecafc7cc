//! `credential_process`: an SDK runs the program and captures standard output and standard error.
//! The SDK gets JSON; the person gets the prompt on the terminal.

use std::{
    env, fs,
    os::unix::fs::MetadataExt as _,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use loopback_sts::ALICE;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    interop::ALICES_ARN,
    prompt_lock::WAITING,
    sandbox::{PROGRAM, Sandbox, keys, write_program},
    terminal::{Person, QUESTION},
    tools,
};

/// Long-term keys in `[work]`, and `[profile sdk]` with the program as `credential_process`.
fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.write("credentials", &keys("work"));
    configure(&sandbox, &format!("{PROGRAM} --profile work --format process --write"));
    sandbox.set("AWS_PROFILE", "sdk");
    // SDKs would otherwise query the EC2 metadata service.
    sandbox.set("AWS_EC2_METADATA_DISABLED", "true");
    sandbox.set("NODE_PATH", env::var("NODE_PATH").unwrap_or_default());
    sandbox
}

fn configure(sandbox: &Sandbox, process: &str) {
    let serial = ALICE.serial_number;
    sandbox.write(
        "config",
        &format!(
            "[profile work]\nmfa_serial = {serial}\n\
             [profile sdk]\ncredential_process = {process}\n"
        ),
    );
}

/// A shell command for each SDK on this machine.
fn sdks(sandbox: &Sandbox) -> Vec<String> {
    let script = |name: &str| tools::script(name).display().to_string();
    let botocore = tools::python("botocore").map(|python| {
        let script = script("interop/botocore_asks.py");
        format!("{} {script} sts GetCallerIdentity", python.display())
    });
    let cli = tools::program("aws").map(|aws| {
        let arguments = "sts get-caller-identity --output json --region us-east-1 --endpoint-url";
        format!("{} {arguments} {}", aws.display(), sandbox.endpoint())
    });
    let javascript = tools::node("@aws-sdk/credential-providers").map(|node| {
        let script = script("credential_process/javascript_asks.cjs");
        format!("{} {script}", node.display())
    });
    [botocore, cli, javascript].into_iter().flatten().collect()
}

/// Whether an SDK's output shows that it used the stored session.
fn used_session(sandbox: &Sandbox, output: &str) -> bool {
    let output: Value = serde_json::from_str(output).unwrap_or_default();
    let id = sandbox.value("work-mfa", "aws_access_key_id").unwrap();
    output["Arn"] == ALICES_ARN || output["accessKeyId"] == id.as_str()
}

fn codes_sent(sandbox: &Sandbox) -> usize {
    sandbox.asked().iter().filter(|request| request.starts_with("GetSessionToken")).count()
}

#[test]
fn prompts_on_the_terminal_and_stores_the_session() {
    for index in 0..3 {
        let sandbox = sandbox();
        let Some(sdk) = sdks(&sandbox).into_iter().nth(index) else { return };
        let mut person = Person::runs_script(&sandbox, &format!("exec {sdk} >stdout 2>stderr"));
        person.reads(QUESTION);
        person.types(&format!("{}\n", sandbox.code()));
        assert_eq!(person.leaves(), Some(0), "{}", text(&sandbox, "stderr"));
        assert!(used_session(&sandbox, &text(&sandbox, "stdout")), "{sdk}");
        assert_eq!(text(&sandbox, "stderr"), "", "{sdk}");

        let mut command = sandbox.command("sh");
        command.args(["-c", &sdk]);
        let again = sandbox.outcome(command, "");
        assert!(used_session(&sandbox, &again.stdout), "{again:?}");
        assert_eq!(codes_sent(&sandbox), 1);
        assert_eq!(sandbox.files(), ["config", "credentials"]);
    }
}

#[test]
fn sdk_shows_error_and_hint_without_a_terminal() {
    let sandbox = sandbox();
    for sdk in sdks(&sandbox) {
        let mut command = sandbox.command("sh");
        command.args(["-c", &sdk]);
        let outcome = sandbox.outcome(command, "");
        assert_ne!(outcome.status, 0);
        for line in [NO_CODE, "mfa-session: hint: give it "] {
            assert!(outcome.stderr.contains(line), "{outcome:?}");
        }
        assert_eq!(outcome.stdout.trim(), "");
    }
    assert!(sandbox.asked().is_empty());
    assert_eq!(sandbox.files(), ["config", "credentials"]);
}

#[test]
fn askpass_program_prompts_without_a_terminal() {
    for index in 0..3 {
        let sandbox = sandbox();
        let Some(sdk) = sdks(&sandbox).into_iter().nth(index) else { return };
        let ask = sandbox.path("ask");
        write_program(&ask, &format!("#!/bin/sh\necho {}\n", sandbox.code()));
        let ask = format!("env MFA_SESSION_ASKPASS={}", ask.display());
        configure(&sandbox, &format!("{ask} {PROGRAM} --profile work --format process --write"));
        let mut command = sandbox.command("sh");
        command.args(["-c", &sdk]);
        let outcome = sandbox.outcome(command, "");
        assert!(used_session(&sandbox, &outcome.stdout), "{sdk}: {outcome:?}");
        assert_eq!(outcome.stderr, "", "{sdk}");
    }
}

#[test]
fn twenty_processes_on_one_terminal_prompt_once() {
    let sandbox = sandbox();
    let Some(mut person) = start_twenty(&sandbox, "") else { return };
    person.types(&format!("{}\n", sandbox.code()));
    assert!(wait_for_failed(&sandbox, &mut person).is_empty());
    assert!(!person.screen.contains(QUESTION));
    assert_eq!(codes_sent(&sandbox), 1);
}

#[test]
fn processes_without_a_terminal_wait_for_the_prompting_process() {
    let sandbox = sandbox();
    let Some(mut person) = start_twenty(&sandbox, "setsid --wait") else { return };
    person.types(&format!("{}\n", sandbox.code()));
    assert!(wait_for_failed(&sandbox, &mut person).is_empty());
    assert_eq!(codes_sent(&sandbox), 1);
}

#[test]
fn another_process_prompts_if_the_prompting_process_is_killed() {
    let sandbox = sandbox();
    let Some(mut person) = start_twenty(&sandbox, "") else { return };
    let id = prompting_process(&sandbox);
    assert!(Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
    person.reads(QUESTION);
    assert_ne!(prompting_process(&sandbox), id);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(wait_for_failed(&sandbox, &mut person), [0], "the SDK whose process was killed");
    assert!(!person.screen.contains(QUESTION));
    assert_eq!(codes_sent(&sandbox), 1);
}

#[test]
fn waiting_processes_without_a_terminal_fail_if_the_prompting_process_is_killed() {
    let sandbox = sandbox();
    let Some(mut person) = start_twenty(&sandbox, "setsid --wait") else { return };
    let id = prompting_process(&sandbox);
    assert!(Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
    wait_until(|| sandbox.path("done").exists());
    assert_eq!(person.leaves(), Some(0));
    for number in 1..COUNT {
        let stderr = text(&sandbox, &format!("stderr-{number}"));
        for line in [WAITING.trim_end(), NO_CODE] {
            assert!(stderr.contains(line), "{stderr}");
        }
    }
    assert_eq!(codes_sent(&sandbox), 0);
    assert_eq!(sandbox.files(), ["config", "credentials"]);
}

/// Starts twenty processes of all SDKs. The first prompts on the terminal; the others, started by
/// `prefix`, wait for it.
fn start_twenty(sandbox: &Sandbox, prefix: &str) -> Option<Person> {
    let sdks = sdks(sandbox);
    if sdks.is_empty() {
        return None;
    }
    let start = |number: usize| {
        let prefix = if number == 0 { "" } else { prefix };
        let sdk = &sdks[number % sdks.len()];
        format!("{prefix} {sdk} </dev/null >stdout-{number} 2>stderr-{number} &\n")
    };
    let others: String = (1..COUNT).map(start).collect();
    let first = start(0);
    let script =
        format!("{first} until [ -e prompted ]; do sleep 0.1; done\n{others} wait; : >done");
    let mut person = Person::runs_script(sandbox, &script);
    person.reads(QUESTION);
    fs::write(sandbox.path("prompted"), "").unwrap();
    wait_until(|| processes_at_the_lock(sandbox) == COUNT);
    Some(person)
}

/// The start of the error about a missing code.
const NO_CODE: &str = "mfa-session: error: a code is needed, but there is no terminal";

const COUNT: usize = 20;

/// Waits for all processes. Returns the failed ones; the others used the session.
fn wait_for_failed(sandbox: &Sandbox, person: &mut Person) -> Vec<usize> {
    wait_until(|| sandbox.path("done").exists());
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.files(), ["config", "credentials"]);
    let succeeded =
        |number: &usize| used_session(sandbox, &text(sandbox, &format!("stdout-{number}")));
    let failed: Vec<usize> = (0..COUNT).filter(|number| !succeeded(number)).collect();
    let errors = failed.iter().map(|number| text(sandbox, &format!("stderr-{number}")));
    assert!(failed.len() < 2, "{:?}", errors.collect::<Vec<_>>());
    failed
}

/// How many processes have the file of the prompt lock open, according to `/proc`.
fn processes_at_the_lock(sandbox: &Sandbox) -> usize {
    let lock = fs::canonicalize(sandbox.path(".cache/mfa-session")).unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let has_open = |process: &fs::DirEntry| {
        let files = fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        let mut targets = files.filter_map(|file| fs::read_link(file.path()).ok());
        targets.any(|target| target.starts_with(&lock))
    };
    processes.filter(has_open).count()
}

/// The id of the process that holds the prompt lock.
fn prompting_process(sandbox: &Sandbox) -> String {
    let mut files = fs::read_dir(sandbox.path(".cache/mfa-session")).unwrap();
    let inode = files.next().unwrap().unwrap().metadata().unwrap().ino();
    let mut holder = None;
    // Linux may skip lines of this file while other processes take or release locks.
    wait_until(|| {
        let locks = fs::read_to_string("/proc/locks").unwrap();
        let mut lines = locks.lines();
        let line = lines.find(|line| line.contains(&format!(":{inode} ")));
        holder = line.and_then(|line| line.split_whitespace().nth(4)).map(ToOwned::to_owned);
        holder.is_some()
    });
    holder.unwrap()
}

#[test]
fn reuses_a_session_until_sdks_refresh_it() {
    let Some(python) = tools::python("botocore") else { return };
    let sandbox = sandbox();
    let code = sandbox.code();
    sandbox.run(["--profile", "work", "--code", &code]).wrote("work-mfa");
    // Whether botocore succeeds, and how often it runs the process.
    let run = |minutes: i64, more: &str| {
        expire_in(&sandbox, minutes);
        let program = format!("{PROGRAM} --profile work --format process --write");
        configure(&sandbox, &format!("sh -c 'echo >>runs; exec {program} --no-prompt {more}'"));
        let _ = fs::remove_file(sandbox.path("runs"));
        let mut command = sandbox.command(&python);
        command.arg(tools::script("interop/botocore_asks.py")).args(["sts", "GetCallerIdentity"]);
        (sandbox.outcome(command, "").status == 0, text(&sandbox, "runs").len())
    };
    assert_eq!(run(16, ""), (true, 1));
    // botocore refreshes credentials that expire within 15 minutes, on each request.
    let (succeeds, runs) = run(14, "--min-remaining 5m");
    assert!(succeeds && runs > 1, "{runs}");
    assert_eq!(run(14, ""), (false, 1));
    let printed = sandbox.run(["--profile", "work", "--export", "--no-prompt"]);
    assert_eq!(printed.status, 0, "{printed:?}");
}

/// Changes the expiry in the credentials file.
fn expire_in(sandbox: &Sandbox, minutes: i64) {
    let end = sandbox.value("work-mfa", "x_security_token_expires").unwrap();
    let sooner = OffsetDateTime::now_utc() + time::Duration::minutes(minutes);
    let sooner = sooner.format(&Rfc3339).unwrap();
    sandbox.write("credentials", &sandbox.read("credentials").replace(&end, &sooner));
}

fn text(sandbox: &Sandbox, name: &str) -> String {
    fs::read_to_string(sandbox.path(name)).unwrap()
}

#[track_caller]
fn wait_until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !condition() {
        assert!(Instant::now() < deadline, "timed out after 90 seconds");
        thread::sleep(Duration::from_millis(100));
    }
}
