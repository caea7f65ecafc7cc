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
    terminal::{Person, QUESTION},
    tools,
    world::{PROGRAM, World, keys},
};

/// Long-term keys in `[work]`, and a profile whose credentials the program prints.
fn world() -> World {
    let mut world = World::new();
    world.write("credentials", &keys("work"));
    configure(&world, &format!("{PROGRAM} --profile work --format process --write"));
    world.set("AWS_PROFILE", "sdk");
    // Without credentials they would ask the machine's own service for some.
    world.set("AWS_EC2_METADATA_DISABLED", "true");
    world.set("NODE_PATH", env::var("NODE_PATH").unwrap_or_default());
    world
}

fn configure(world: &World, process: &str) {
    let serial = ALICE.serial_number;
    world.write(
        "config",
        &format!(
            "[profile work]\nmfa_serial = {serial}\n\
             [profile sdk]\ncredential_process = {process}\n"
        ),
    );
}

/// What is typed to use each SDK that is here.
fn sdks(world: &World) -> Vec<String> {
    let script = |name: &str| tools::script(name).display().to_string();
    let botocore = tools::python("botocore").map(|python| {
        let script = script("interop/botocore_asks.py");
        format!("{} {script} sts GetCallerIdentity", python.display())
    });
    let cli = tools::program("aws").map(|aws| {
        let asks = "sts get-caller-identity --output json --region us-east-1 --endpoint-url";
        format!("{} {asks} {}", aws.display(), world.endpoint())
    });
    let javascript = tools::node("@aws-sdk/credential-providers").map(|node| {
        let script = script("process/javascript_asks.cjs");
        format!("{} {script}", node.display())
    });
    [botocore, cli, javascript].into_iter().flatten().collect()
}

/// Whether an SDK used the session that is kept in the session profile.
fn is_answered(world: &World, answer: &str) -> bool {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    let id = world.value("work-mfa", "aws_access_key_id").unwrap();
    answer["Arn"] == ALICES_ARN || answer["accessKeyId"] == id.as_str()
}

/// How often a code was sent.
fn codes_sent(world: &World) -> usize {
    world.asked().iter().filter(|asked| asked.starts_with("GetSessionToken")).count()
}

#[test]
fn the_person_is_asked_though_the_sdk_holds_all_streams_and_the_session_is_kept() {
    for place in 0..3 {
        let world = world();
        let Some(sdk) = sdks(&world).into_iter().nth(place) else { return };
        let mut person = Person::runs_script(&world, &format!("exec {sdk} >stdout 2>stderr"));
        person.reads(QUESTION);
        person.types(&format!("{}\n", world.code()));
        assert_eq!(person.leaves(), Some(0), "{}", text(&world, "stderr"));
        assert!(is_answered(&world, &text(&world, "stdout")), "{sdk}");
        assert_eq!(text(&world, "stderr"), "", "{sdk}");

        let mut command = world.command("sh");
        command.args(["-c", &sdk]);
        let again = world.outcome(command, "");
        assert!(is_answered(&world, &again.stdout), "{again:?}");
        assert_eq!(codes_sent(&world), 1);
        assert_eq!(world.files(), ["config", "credentials"]);
    }
}

#[test]
fn without_a_terminal_the_sdk_fails_and_shows_what_to_do() {
    let world = world();
    for sdk in sdks(&world) {
        let mut command = world.command("sh");
        command.args(["-c", &sdk]);
        let outcome = world.outcome(command, "");
        assert_ne!(outcome.status, 0);
        for told in ["mfa-session: error: a code is needed, and ", "mfa-session: hint: give it "] {
            assert!(outcome.stderr.contains(told), "{outcome:?}");
        }
        assert_eq!(outcome.stdout.trim(), "");
    }
    assert!(world.asked().is_empty());
    assert_eq!(world.files(), ["config", "credentials"]);
}

#[test]
fn twenty_processes_on_one_terminal_ask_one_question() {
    let world = world();
    let Some(mut person) = twenty_wait(&world, "") else { return };
    person.types(&format!("{}\n", world.code()));
    assert!(failed(&world, &mut person).is_empty());
    assert!(!person.screen.contains(QUESTION));
    assert_eq!(codes_sent(&world), 1);
}

#[test]
fn nineteen_processes_without_a_terminal_wait_for_the_one_that_asks() {
    let world = world();
    let Some(mut person) = twenty_wait(&world, "setsid --wait") else { return };
    person.types(&format!("{}\n", world.code()));
    assert!(failed(&world, &mut person).is_empty());
    assert_eq!(codes_sent(&world), 1);
}

#[test]
fn another_process_asks_where_the_one_that_asked_is_killed() {
    let world = world();
    let Some(mut person) = twenty_wait(&world, "") else { return };
    let id = asker(&world);
    assert!(Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
    person.reads(QUESTION);
    assert_ne!(asker(&world), id);
    person.types(&format!("{}\n", world.code()));
    assert_eq!(failed(&world, &mut person), [0], "the SDK whose process was killed");
    assert!(!person.screen.contains(QUESTION));
    assert_eq!(codes_sent(&world), 1);
}

#[test]
fn who_waited_and_has_no_terminal_fails_and_the_sdk_shows_both() {
    let world = world();
    let Some(mut person) = twenty_wait(&world, "setsid --wait") else { return };
    assert!(Command::new("kill").args(["-KILL", &asker(&world)]).status().unwrap().success());
    patiently(|| world.path("done").exists());
    assert_eq!(person.leaves(), Some(0));
    let waiting =
        "mfa-session: waiting for another mfa-session that gets the session of [work-mfa]";
    for number in 1..COUNT {
        let told = text(&world, &format!("stderr-{number}"));
        for part in [waiting, "mfa-session: error: a code is needed, and "] {
            assert!(told.contains(part), "{told}");
        }
    }
    assert_eq!(codes_sent(&world), 0);
    assert_eq!(world.files(), ["config", "credentials"]);
}

/// Lets twenty processes of all SDKs wait for one answer: the first of them asks at the terminal,
/// the others are started by this command.
fn twenty_wait(world: &World, starter: &str) -> Option<Person> {
    let sdks = sdks(world);
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
    let mut person = Person::runs_script(world, &script);
    person.reads(QUESTION);
    fs::write(world.path("asked"), "").unwrap();
    patiently(|| at_the_lock(world) == COUNT);
    Some(person)
}

const COUNT: usize = 20;

/// The processes whose SDK failed, once all have ended; the others used the session.
fn failed(world: &World, person: &mut Person) -> Vec<usize> {
    patiently(|| world.path("done").exists());
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(world.files(), ["config", "credentials"]);
    let is_good = |number: &usize| is_answered(world, &text(world, &format!("stdout-{number}")));
    let failed: Vec<usize> = (0..COUNT).filter(|number| !is_good(number)).collect();
    let told = failed.iter().map(|number| text(world, &format!("stderr-{number}")));
    assert!(failed.len() < 2, "{:?}", told.collect::<Vec<_>>());
    failed
}

/// How many processes have the file open that stands for a turn, as the kernel tells it.
fn at_the_lock(world: &World) -> usize {
    let lock = fs::canonicalize(world.path(".cache/mfa-session")).unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let holds = |process: &fs::DirEntry| {
        let files = fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        let mut targets = files.filter_map(|file| fs::read_link(file.path()).ok());
        targets.any(|target| target.starts_with(&lock))
    };
    processes.filter(holds).count()
}

/// The id of the process whose turn it is.
fn asker(world: &World) -> String {
    let mut files = fs::read_dir(world.path(".cache/mfa-session")).unwrap();
    let inode = files.next().unwrap().unwrap().metadata().unwrap().ino();
    let locks = fs::read_to_string("/proc/locks").unwrap();
    let line = locks.lines().find(|line| line.contains(&format!(":{inode} "))).unwrap();
    line.split_whitespace().nth(4).unwrap().to_owned()
}

#[test]
fn a_session_is_reused_while_no_sdk_wants_a_new_one() {
    let Some(python) = tools::python("botocore") else { return };
    let world = world();
    let code = world.code();
    world.run(["--profile", "work", "--code", &code]).wrote("work-mfa");
    // Whether there is an answer, and how often the process was run for one.
    let asked = |minutes: i64, more: &str| {
        last(&world, minutes);
        let program = format!("{PROGRAM} --profile work --format process --write");
        configure(&world, &format!("sh -c 'echo >>runs; exec {program} --no-prompt {more}'"));
        let _ = fs::remove_file(world.path("runs"));
        let mut command = world.command(&python);
        command.arg(tools::script("interop/botocore_asks.py")).args(["sts", "GetCallerIdentity"]);
        (world.outcome(command, "").status == 0, text(&world, "runs").len())
    };
    assert_eq!(asked(16, ""), (true, 1));
    // One that refreshes what it has just got does so for each request.
    let (is_answered, runs) = asked(14, "--min-remaining 5m");
    assert!(is_answered && runs > 1, "{runs}");
    assert_eq!(asked(14, ""), (false, 1));
    let printed = world.run(["--profile", "work", "--export", "--no-prompt"]);
    assert_eq!(printed.status, 0, "{printed:?}");
}

/// Lets the session end in so many minutes, as far as the credentials file says.
fn last(world: &World, minutes: i64) {
    let end = world.value("work-mfa", "x_security_token_expires").unwrap();
    let sooner = OffsetDateTime::now_utc() + time::Duration::minutes(minutes);
    let sooner = sooner.format(&Rfc3339).unwrap();
    world.write("credentials", &world.read("credentials").replace(&end, &sooner));
}

fn text(world: &World, name: &str) -> String {
    fs::read_to_string(world.path(name)).unwrap()
}

#[track_caller]
fn patiently(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !condition() {
        assert!(Instant::now() < deadline, "it does not come to pass");
        thread::sleep(Duration::from_millis(100));
    }
}
