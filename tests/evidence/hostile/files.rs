//! Hostile files: endless, without a writer, malformed, large.

use std::{fs, io::Write as _, path::Path, process::Command, sync::Arc, time::Instant};

use loopback_sts::ALICE;

use super::{Run, Trial, run};
use crate::sandbox::{PROGRAM, Sandbox, keys};

/// Creates an odd file.
type Make = fn(&Path);

const MAKES: [(&str, Make); 9] = [
    ("nothing", |_| {}),
    ("a directory", |path| fs::create_dir(path).unwrap()),
    ("a pipe without a writer", |path| {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }),
    ("a device without an end", |path| {
        std::os::unix::fs::symlink("/dev/zero", path).unwrap();
    }),
    ("a link to itself", |path| std::os::unix::fs::symlink(path, path).unwrap()),
    ("NUL bytes", |path| fs::write(path, [0; 5000]).unwrap()),
    ("bytes that are no text", |path| fs::write(path, [b'[', 0xff, 0xfe, b']']).unwrap()),
    ("escapes", |path| fs::write(path, "[\u{1b}[2J\u{9b}2J]\n\u{1b}[2J").unwrap()),
    ("100 MiB", |path| large(path, "[a]\nk = v\n", 100 << 20)),
];

/// Repeats the text.
fn large(path: &Path, text: &str, length: usize) {
    let mut file = fs::File::create(path).unwrap();
    let piece = text.repeat((1 << 20) / text.len());
    for _ in 0..length >> 20 {
        file.write_all(piece.as_bytes()).unwrap();
    }
}

pub(super) fn trials() -> Vec<Trial> {
    let mut trials = odd_files(|input, name| {
        // Without a file, `status` fails without a message.
        let has_message = !input.ends_with("status") || name != "nothing";
        has_message && !waits_for_writer(input, name)
    });
    trials.extend(pipes());
    trials
}

/// Pipes that may still get a writer.
pub(super) fn slow_trials() -> Vec<Trial> {
    odd_files(waits_for_writer)
}

fn waits_for_writer(input: &str, name: &str) -> bool {
    name.contains("pipe") && !input.contains(" file") && input != "the policy"
}

/// Files that the program reads: name, arguments, and the variable with the path.
const INPUTS: [(&str, &[&str], &str); 9] = [
    ("the credentials file", &["--code", "123456"], "AWS_SHARED_CREDENTIALS_FILE"),
    ("the config file", &["--code", "123456"], "AWS_CONFIG_FILE"),
    ("the credentials file, for status", &["status"], "AWS_SHARED_CREDENTIALS_FILE"),
    ("the credentials file, for clear", &["clear", "--all"], "AWS_SHARED_CREDENTIALS_FILE"),
    ("the certificates", &["--serial", "GAHT12345678", "--code", "123456"], "AWS_CA_BUNDLE"),
    ("the token", &["web-identity", "--role-arn", ROLE, "--token-file", "odd"], ""),
    ("the variable's token", &["web-identity", "--role-arn", ROLE], "AWS_WEB_IDENTITY_TOKEN_FILE"),
    (
        "the assertion",
        &["saml", "--role-arn", ROLE, "--principal-arn", PROVIDER, "--assertion-file", "odd"],
        "",
    ),
    ("the policy", &["federate", "alice", "--policy", "file://odd"], ""),
];

const ROLE: &str = "arn:aws:iam::123456789012:role/web";
const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/idp";

fn odd_files(is_wanted: fn(&str, &str) -> bool) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (input, arguments, variable) in INPUTS {
        for (name, make) in MAKES.into_iter().filter(|(name, _)| is_wanted(input, name)) {
            trials.push(Trial::new(
                format!("{input} is {name}"),
                &[0, 1, 2, 4, 5],
                "",
                move || {
                    let mut sandbox = Sandbox::new();
                    let path = sandbox.path("odd");
                    make(&path);
                    // Unreachable: the trial is about the file.
                    sandbox.set("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
                    if !variable.is_empty() {
                        sandbox.set(variable, path.to_str().unwrap().to_owned());
                    }
                    run(&sandbox, arguments, "")
                },
            ));
        }
    }
    trials
}

/// Large files; those with valid syntax must get a session.
pub(super) fn large_trials() -> Vec<Trial> {
    let section = |n: u32| format!("[s{n}]\nregion = x\n");
    let sections = (0..100_000).map(section).collect::<Vec<_>>().concat();
    let rows: Vec<(&str, &'static [i32], String)> = vec![
        ("a line of 50 MiB", &[0], format!("# {}\n", "x".repeat(50 << 20))),
        ("a value of 10 MiB", &[0], format!("[x]\nk = {}\n", "x".repeat(10 << 20))),
        ("a name of 5 MiB", &[0], format!("[{}]\n", "x".repeat(5 << 20))),
        ("a key of 5 MiB", &[0], format!("[x]\n{} = v\n", "x".repeat(5 << 20))),
        ("100,000 sections", &[0], sections),
        ("100,000 equal sections", &[0], "[x]\nk = v\n".repeat(100_000)),
        ("100,000 equal keys", &[0], format!("[x]\n{}", "k = v\n".repeat(100_000))),
        ("200,000 lines that go on", &[0], format!("[x]\nk =\n{}", " a = b\n".repeat(200_000))),
        ("2,000,000 blank lines", &[0], "\n".repeat(2_000_000)),
        ("brackets", &[1], "[".repeat(10 << 20)),
        ("a line without an equals sign", &[1], format!("[x]\n{}", "x".repeat(50 << 20))),
        ("a mark of byte order", &[0], "\u{feff}[x]\nk = v\n".to_owned()),
        ("marks of byte order", &[1], "\u{feff}".repeat(10)),
        ("carriage returns", &[1], "\r".repeat(1 << 20)),
    ];
    let trial = |(name, statuses, text): (&str, &'static [i32], String)| {
        let text = Arc::new(text);
        Trial::new(format!("the credentials file has {name}"), statuses, "", move || {
            let sandbox = Sandbox::new();
            let text = format!("{text}\n{}", keys("default"));
            sandbox.write("credentials", &text);
            let code = sandbox.code();
            let arguments = ["--serial", ALICE.serial_number, "--code", code.as_str()];
            let mut run = run(&sandbox, &arguments, "");
            if run.outcome.status == 0 && !sandbox.read("credentials").starts_with(&text) {
                run.damage.push("a byte is lost".to_owned());
            }
            run
        })
    };
    rows.into_iter().map(trial).collect()
}

/// A shell's `<(…)` is a pipe: the program reads it until its writer ends.
fn pipes() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (input, arguments) in [
        ("the token", &["web-identity", "--role-arn", ROLE, "--token-file"][..]),
        (
            "the assertion",
            &["saml", "--role-arn", ROLE, "--principal-arn", PROVIDER, "--assertion-file"],
        ),
    ] {
        for (name, command, statuses) in [
            ("a program's output", "echo abcd", &[5][..]),
            ("the output of a slow program", "sleep 1; echo abcd", &[5]),
            ("the output of a silent program", "true", &[1]),
            ("the output of an endless program", "yes", &[1]),
        ] {
            trials.push(Trial::new(format!("{input} is {name}"), statuses, "", move || {
                let mut sandbox = Sandbox::new();
                sandbox.set("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
                let line = format!("exec \"$@\" <({command})");
                let shell = ["-c", &line, "bash", PROGRAM];
                run_bash(&sandbox, &[&shell[..], arguments].concat())
            }));
        }
    }
    trials
}

/// Runs bash.
fn run_bash(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let mut command = Command::new("bash");
    command.args(arguments);
    sandbox.surround(&mut command);
    let start = Instant::now();
    let outcome = sandbox.outcome(command, "");
    Run { outcome, took: start.elapsed(), damage: Vec::new() }
}
