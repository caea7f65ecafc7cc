//! A credential process: an SDK runs the program, and keeps its standard output and standard error
//! to itself. It gets JSON; the person gets the question, on the terminal.

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
    sandbox::{PROGRAM, Sandbox, keys},
    terminal::{Person, QUESTION},
    tools,
};

/// Long-term keys in `[work]`, and a profile whose credentials the program prints.
fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.write("credentials", &keys("work"));
    configure(&sandbox, &format!("{PROGRAM} --profile work --format process --write"));
    sandbox.set("AWS_PROFILE", "sdk");
    // Without credentials they would ask the machine's own service for some.
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

/// What is typed to use each SDK that is here.
fn sdks(sandbox: &Sandbox) -> Vec<String> {
    let script = |name: &str| tools::script(name).display().to_string();
    let botocore = tools::python("botocore").map(|python| {
        let script = script("interop/botocore_asks.py");
        format!("{} {script} sts GetCallerIdentity", python.display())
    });
    let cli = tools::program("aws").map(|aws| {
        let asks = "sts get-caller-identity --output json --region us-east-1 --endpoint-url";
        format!("{} {asks} {}", aws.display(), sandbox.endpoint())
    });
    let javascript = tools::node("@aws-sdk/credential-providers").map(|node| {
        let script = script("credential_process/javascript_asks.cjs");
        format!("{} {script}", node.display())
    });
    [botocore, cli, javascript].into_iter().flatten().collect()
}

/// Whether an SDK used the session that is kept in the session profile.
fn is_answered(sandbox: &Sandbox, answer: &str) -> bool {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    let id = sandbox.value("work-mfa", "aws_access_key_id").unwrap();
    answer["Arn"] == ALICES_ARN || answer["accessKeyId"] == id.as_str()
}

/// How often a code was sent.
fn codes_sent(sandbox: &Sandbox) -> usize {
    sandbox.asked().iter().filter(|asked| asked.starts_with("GetSessionToken")).count()
}

#[test]
fn the_person_is_asked_though_the_sdk_holds_all_streams_and_the_session_is_kept() {
    for place in 0..3 {
        let sandbox = sandbox();
        let Some(sdk) = sdks(&sandbox).into_iter().nth(place) else { return };
        let mut person = Person::runs_script(&sandbox, &format!("exec {sdk} >stdout 2>stderr"));
        person.reads(QUESTION);
        person.types(&format!("{}\n", sandbox.code()));
        assert_eq!(person.leaves(), Some(0), "{}", text(&sandbox, "stderr"));
        assert!(is_answered(&sandbox, &text(&sandbox, "stdout")), "{sdk}");
        assert_eq!(text(&sandbox, "stderr"), "", "{sdk}");

        let mut command = sandbox.command("sh");
        command.args(["-c", &sdk]);
        let again = sandbox.outcome(command, "");
        assert!(is_answered(&sandbox, &again.stdout), "{again:?}");
        assert_eq!(codes_sent(&sandbox), 1);
        assert_eq!(sandbox.files(), ["config", "credentials"]);
    }
}

#[test]
fn without_a_terminal_the_sdk_fails_and_shows_what_to_do() {
    let sandbox = sandbox();
    for sdk in sdks(&sandbox) {
        let mut command = sandbox.command("sh");
        command.args(["-c", &sdk]);
        let outcome = sandbox.outcome(command, "");
        assert_ne!(outcome.status, 0);
        for told in [NO_CODE, "mfa-session: hint: give it "] {
            assert!(outcome.stderr.contains(told), "{outcome:?}");
        }
        assert_eq!(outcome.stdout.trim(), "");
    }
    assert!(sandbox.asked().is_empty());
    assert_eq!(sandbox.files(), ["config", "credentials"]);
}

#[test]
fn twenty_processes_on_one_terminal_ask_one_question() {
    let sandbox = sandbox();
    let Some(mut person) = twenty_wait(&sandbox, "") else { return };
    person.types(&format!("{}\n", sandbox.code()));
    assert!(failed(&sandbox, &mut person).is_empty());
    assert!(!person.screen.contains(QUESTION));
    assert_eq!(codes_sent(&sandbox), 1);
}

#[test]
fn nineteen_processes_without_a_terminal_wait_for_the_one_that_asks() {
    let sandbox = sandbox();
    let Some(mut person) = twenty_wait(&sandbox, "setsid --wait") else { return };
    person.types(&format!("{}\n", sandbox.code()));
    assert!(failed(&sandbox, &mut person).is_empty());
    assert_eq!(codes_sent(&sandbox), 1);
}

#[test]
fn another_process_asks_where_the_one_that_asked_is_killed() {
    let sandbox = sandbox();
    let Some(mut person) = twenty_wait(&sandbox, "") else { return };
    let id = asker(&sandbox);
    assert!(Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
    person.reads(QUESTION);
    assert_ne!(asker(&sandbox), id);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(failed(&sandbox, &mut person), [0], "the SDK whose process was killed");
    assert!(!person.screen.contains(QUESTION));
    assert_eq!(codes_sent(&sandbox), 1);
}

#[test]
fn who_waited_and_has_no_terminal_fails_and_the_sdk_shows_both() {
    let sandbox = sandbox();
    let Some(mut person) = twenty_wait(&sandbox, "setsid --wait") else { return };
    assert!(Command::new("kill").args(["-KILL", &asker(&sandbox)]).status().unwrap().success());
    patiently(|| sandbox.path("done").exists());
    assert_eq!(person.leaves(), Some(0));
    for number in 1..COUNT {
        let told = text(&sandbox, &format!("stderr-{number}"));
        for part in [WAITING.trim_end(), NO_CODE] {
            assert!(told.contains(part), "{told}");
        }
    }
    assert_eq!(codes_sent(&sandbox), 0);
    assert_eq!(sandbox.files(), ["config", "credentials"]);
}

/// Lets twenty processes of all SDKs wait for one answer: the first of them asks at the terminal,
/// the others are started by this command.
fn twenty_wait(sandbox: &Sandbox, starter: &str) -> Option<Person> {
    let sdks = sdks(sandbox);
    if sdks.is_empty() {
        return None;
    }
    let start = |number: usize| {
        let starter = if number == 0 { "" } else { starter };
        let sdk = &sdks[number % sdks.len()];
        format!("{starter} {sdk} </dev/null >stdout-{number} 2>stderr-{number} &\n")
    };
    let others: String = (1..COUNT).map(start).collect();
    let first = start(0);
    let script = format!("{first} until [ -e asked ]; do sleep 0.1; done\n{others} wait; : >done");
    let mut person = Person::runs_script(sandbox, &script);
    person.reads(QUESTION);
    fs::write(sandbox.path("asked"), "").unwrap();
    patiently(|| at_the_lock(sandbox) == COUNT);
    Some(person)
}

/// How the failure begins where a code is needed.
const NO_CODE: &str = "mfa-session: error: a code is needed, and ";

const COUNT: usize = 20;

/// The processes whose SDK failed, once all have ended; the others used the session.
fn failed(sandbox: &Sandbox, person: &mut Person) -> Vec<usize> {
    patiently(|| sandbox.path("done").exists());
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.files(), ["config", "credentials"]);
    let is_good =
        |number: &usize| is_answered(sandbox, &text(sandbox, &format!("stdout-{number}")));
    let failed: Vec<usize> = (0..COUNT).filter(|number| !is_good(number)).collect();
    let told = failed.iter().map(|number| text(sandbox, &format!("stderr-{number}")));
    assert!(failed.len() < 2, "{:?}", told.collect::<Vec<_>>());
    failed
}

/// How many processes have the file open that stands for a turn, as the kernel tells it.
fn at_the_lock(sandbox: &Sandbox) -> usize {
    let lock = fs::canonicalize(sandbox.path(".cache/mfa-session")).unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let holds = |process: &fs::DirEntry| {
        let files = fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        let mut targets = files.filter_map(|file| fs::read_link(file.path()).ok());
        targets.any(|target| target.starts_with(&lock))
    };
    processes.filter(holds).count()
}

/// The id of the process whose turn it is.
fn asker(sandbox: &Sandbox) -> String {
    let mut files = fs::read_dir(sandbox.path(".cache/mfa-session")).unwrap();
    let inode = files.next().unwrap().unwrap().metadata().unwrap().ino();
    let locks = fs::read_to_string("/proc/locks").unwrap();
    let line = locks.lines().find(|line| line.contains(&format!(":{inode} "))).unwrap();
    line.split_whitespace().nth(4).unwrap().to_owned()
}

#[test]
fn a_session_is_reused_while_no_sdk_wants_a_new_one() {
    let Some(python) = tools::python("botocore") else { return };
    let sandbox = sandbox();
    let code = sandbox.code();
    sandbox.run(["--profile", "work", "--code", &code]).wrote("work-mfa");
    // Whether there is an answer, and how often the process was run for one.
    let asked = |minutes: i64, more: &str| {
        last(&sandbox, minutes);
        let program = format!("{PROGRAM} --profile work --format process --write");
        configure(&sandbox, &format!("sh -c 'echo >>runs; exec {program} --no-prompt {more}'"));
        let _ = fs::remove_file(sandbox.path("runs"));
        let mut command = sandbox.command(&python);
        command.arg(tools::script("interop/botocore_asks.py")).args(["sts", "GetCallerIdentity"]);
        (sandbox.outcome(command, "").status == 0, text(&sandbox, "runs").len())
    };
    assert_eq!(asked(16, ""), (true, 1));
    // One that refreshes what it has just got does so for each request.
    let (is_answered, runs) = asked(14, "--min-remaining 5m");
    assert!(is_answered && runs > 1, "{runs}");
    assert_eq!(asked(14, ""), (false, 1));
    let printed = sandbox.run(["--profile", "work", "--export", "--no-prompt"]);
    assert_eq!(printed.status, 0, "{printed:?}");
}

/// Lets the session end in so many minutes, as far as the credentials file says.
fn last(sandbox: &Sandbox, minutes: i64) {
    let end = sandbox.value("work-mfa", "x_security_token_expires").unwrap();
    let sooner = OffsetDateTime::now_utc() + time::Duration::minutes(minutes);
    let sooner = sooner.format(&Rfc3339).unwrap();
    sandbox.write("credentials", &sandbox.read("credentials").replace(&end, &sooner));
}

fn text(sandbox: &Sandbox, name: &str) -> String {
    fs::read_to_string(sandbox.path(name)).unwrap()
}

#[track_caller]
fn patiently(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !condition() {
        assert!(Instant::now() < deadline, "it does not come to pass");
        thread::sleep(Duration::from_millis(100));
    }
}
