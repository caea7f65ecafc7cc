//! One run in which one system call fails, or is the last, and what must hold after it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use super::runs::Flow;
use crate::{
    sandbox::{PROGRAM, Sandbox},
    signals::with_signals,
    tools::{STAYS_DUMPABLE, needs, program},
};
use loopback_sts::ALICE;

/// A system call of the first thread.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) name: String,
    /// Which of those of its name: 1 for the first of the process.
    number: usize,
    /// Whether it lets a lock go.
    pub(super) is_unlocking: bool,
    /// Whether it closes a directory whose names were read. Rust's `ReadDir` panics if that fails,
    /// which no file system does.
    pub(super) is_end_of_listing: bool,
    /// Whether STS has answered by then, and the connection is put by for the next request.
    pub(super) is_after_answer: bool,
    /// As strace shows it.
    shown: String,
}

/// What is done to a system call.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// It is not carried out, and says this.
    Error(&'static str),
    /// Nor are those of its name that follow.
    Errors(&'static str),
    /// A signal comes with it.
    Signal(&'static str),
}

pub(super) struct Trial {
    pub(super) flow: Flow,
    pub(super) call: Call,
    pub(super) fault: Fault,
}

/// strace, where it may trace.
pub(super) fn strace() -> Option<PathBuf> {
    let strace = program("strace")?;
    let tried = Command::new(&strace).args(["-o", "/dev/null", "true"]).output().ok()?;
    needs("strace that may trace", tried.status.success().then_some(strace))
}

/// The calls of a run without faults, from the first that is about the credentials file to the
/// last.
pub(super) fn calls(strace: &Path, flow: &Flow) -> Vec<Call> {
    let sandbox = flow.sandbox();
    let (output, trace) = run(strace, flow, &sandbox, &["-y", STAYS_DUMPABLE]);
    assert!(output.status.success(), "{}: {output:?}", flow.name);
    assert_eq!(flow.states.last().unwrap(), &flow.state(&sandbox), "{}", flow.name);
    let home = sandbox.path("").to_str().unwrap().trim_end_matches('/').to_owned();
    let (mut locks, mut listed) = (BTreeSet::new(), BTreeSet::new());
    let mut numbers = BTreeMap::new();
    let (mut is_answered, mut is_put_by) = (false, false);
    let calls = trace.lines().filter_map(|line| {
        let (name, rest) = line.split_once('(')?;
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let number: &mut usize = numbers.entry(name.to_owned()).or_default();
        *number += 1;
        let is_after_answer = is_answered && !line.contains("<socket:");
        is_put_by |= is_after_answer;
        is_answered |= name == "recvfrom" && line.contains("HTTP/1.1 200");
        let (file, _) = rest.split_once('>').unwrap_or_default();
        if name == "flock" {
            locks.insert(file.to_owned());
        }
        if name == "getdents64" {
            listed.insert(file.to_owned());
        }
        is_name.then(|| Call {
            name: name.to_owned(),
            number: *number,
            is_unlocking: name == "close" && locks.remove(file),
            is_end_of_listing: name == "close" && listed.remove(file),
            is_after_answer: is_put_by,
            shown: line.replace(&home, "~"),
        })
    });
    let calls = calls.skip_while(|call| !call.shown.contains(".aws/credentials"));
    calls.collect()
}

fn run(strace: &Path, flow: &Flow, sandbox: &Sandbox, options: &[&str]) -> (Output, String) {
    let trace = sandbox.path("trace");
    let mut command = with_signals(strace);
    command.arg("-o").arg(&trace).args(options).arg(PROGRAM).args(flow.arguments(sandbox));
    sandbox.surround(&mut command);
    command.stdin(Stdio::null());
    let output = command.output().unwrap();
    (output, fs::read_to_string(trace).unwrap())
}

impl Trial {
    /// What went wrong; `None` if the call was not met.
    pub(super) fn run(&self, strace: &Path) -> Option<Vec<String>> {
        let Call { name, number, .. } = &self.call;
        let what = match self.fault {
            Fault::Error(error) => format!("error={error}:when={number}"),
            Fault::Errors(error) => format!("error={error}:when={number}+"),
            Fault::Signal(signal) => format!("signal={signal}:when={number}"),
        };
        let inject = format!("inject={name}:{what}");
        let trace = format!("trace={name}");
        let sandbox = self.flow.sandbox();
        let asked = sandbox.asked().len();
        let (output, trace) =
            run(strace, &self.flow, &sandbox, &["-s", "0", "-e", &trace, "-e", &inject]);
        let is_met = trace.contains(" (INJECTED") || trace.contains("--- SIG");
        let end = End {
            flow: &self.flow,
            is_granted: sandbox.asked().len() > asked,
            state: self.flow.state(&sandbox),
            left: left(self.flow.file(&sandbox).parent().unwrap(), ".mfa-session-new-"),
            sandbox,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            status: output.status.code(),
            signal: output.status.signal(),
        };
        let is_met = is_met || end.signal.is_some();
        is_met.then(|| end.wrongs(self))
    }

    /// Whether it is the message that can't be written.
    fn silences(&self) -> bool {
        self.call.shown.starts_with("write(2<")
    }
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            Fault::Error(name) | Fault::Signal(name) => name.to_owned(),
            Fault::Errors(name) => format!("nothing but {name}"),
        };
        let shown: String = self.call.shown.chars().take(110).collect();
        write!(f, "{}: {fault} at {}", self.flow.name, shown)
    }
}

/// How a run ended.
struct End<'a> {
    flow: &'a Flow,
    sandbox: Sandbox,
    /// Whether STS was asked for a session.
    is_granted: bool,
    state: Option<String>,
    /// Temporary files beside the real one.
    left: Vec<PathBuf>,
    stdout: String,
    stderr: String,
    status: Option<i32>,
    signal: Option<i32>,
}

impl End<'_> {
    fn wrongs(&self, trial: &Trial) -> Vec<String> {
        let last = self.flow.states.last().unwrap();
        let is_done = self.status == Some(0);
        let mut rules = vec![
            ("the file is neither the old one nor the new one", self.is_whole()),
            ("it panicked", !self.stderr.contains("panicked")),
            ("a secret is shown", !shows_secret(&self.stderr)),
            ("it succeeded, and the file is not the new one", !is_done || self.state == *last),
        ];
        match trial.fault {
            Fault::Signal("KILL") => rules.extend([
                ("it survived", self.signal == Some(9)),
                ("a temporary file survives the next run", self.is_swept()),
            ]),
            Fault::Signal(signal) => rules.extend([
                // It may be about to end anyway.
                ("it survived", self.is_ended_by(signal) || trial.call.name == "exit_group"),
                ("a temporary file stays", self.left.is_empty()),
                // Where memory was got otherwise, calls for it are not where they were.
                (
                    "the session is lost",
                    !(trial.call.is_after_answer && self.is_granted) || self.has_session(None),
                ),
            ]),
            Fault::Errors(error) => {
                let is_silent = trial.call.name == "write";
                let is_told = self.stderr.contains("mfa-session: error: ")
                    && self.stderr.contains(said(error));
                let may_stay = trial.call.name.starts_with("unlink");
                let is_lost = "the session is lost, and the code is spent";
                rules.extend([
                    ("it ended by a signal", self.signal.is_none()),
                    ("a temporary file stays", self.left.is_empty() || may_stay),
                    ("what happened is not told", is_done || is_told || is_silent),
                    (
                        "the session is lost, and that is not told",
                        !self.is_granted
                            || self.has_session(self.rescued())
                            || self.stderr.contains(is_lost)
                            || is_silent,
                    ),
                ]);
            }
            Fault::Error(error) => {
                let (error, rescued) = (said(error), self.rescued());
                let is_told =
                    self.stderr.contains("mfa-session: error: ") && self.stderr.contains(error);
                // The line about the rescued session is a next step, too.
                let is_hinted = self.stderr.contains("mfa-session: hint: ") || rescued.is_some();
                let saved = left(&self.sandbox.path("tmp"), "");
                rules.extend([
                    ("it ended by a signal", self.signal.is_none()),
                    ("a temporary file stays", self.left.is_empty()),
                    ("a file stays in TMPDIR", saved.iter().eq(rescued.iter())),
                    ("what happened is not told", is_done || is_told || trial.silences()),
                    ("what to do is not told", is_done || is_hinted || trial.silences()),
                    ("the session is lost", !self.is_granted || self.has_session(rescued)),
                ]);
            }
        }
        let broken = rules.into_iter().filter(|(_, holds)| !holds);
        broken.map(|(rule, _)| format!("{rule}: {:?}\n{}", self.status, self.stderr)).collect()
    }

    fn is_ended_by(&self, signal: &str) -> bool {
        let names = [(1, "HUP"), (2, "INT"), (3, "QUIT"), (15, "TERM")];
        names.iter().any(|(number, name)| *name == signal && self.signal == Some(*number))
    }

    /// Whether the session is where the person finds it.
    fn has_session(&self, rescued: Option<PathBuf>) -> bool {
        let rescued = rescued.and_then(|path| fs::read_to_string(path).ok());
        let texts = [self.state.as_deref(), Some(&self.stdout), rescued.as_deref()];
        texts.into_iter().flatten().any(|text| SESSION.iter().all(|part| text.contains(part)))
    }

    fn is_whole(&self) -> bool {
        let is_link = |path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        let link = self.sandbox.path(".aws/credentials");
        self.flow.states.contains(&self.state) && (!self.flow.is_linked() || is_link(&link))
    }

    /// The file with the session that the message names.
    fn rescued(&self) -> Option<PathBuf> {
        let (_, path) = self.stderr.split_once(" AWS_SHARED_CREDENTIALS_FILE=")?;
        Some(path.split_once(' ')?.0.into())
    }

    /// Whether the next run takes away what this one left.
    fn is_swept(&self) -> bool {
        if self.left.is_empty() {
            return true;
        }
        self.sandbox.get(["--to", "next"]);
        self.left.iter().all(|path| !path.exists())
    }
}

/// The files in a directory whose name begins so.
fn left(directory: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let entries = entries.map(|entry| entry.unwrap());
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    ours.map(|entry| entry.path()).collect()
}

const SESSION: [&str; 3] = [
    "ASIALOOPBACKSESSION1",
    "Session/Secret+Of/Forty+Characters/Abcde",
    "IQoJb3JpZ2luX2VjE/+abc==",
];

fn shows_secret(text: &str) -> bool {
    [ALICE.secret_access_key, SESSION[1], SESSION[2]].iter().any(|secret| text.contains(secret))
}

/// How an error is told.
fn said(error: &str) -> &'static str {
    match error {
        "ENOSPC" => "No space left on device (os error 28)",
        "EIO" => "Input/output error (os error 5)",
        "EACCES" => "Permission denied (os error 13)",
        "EROFS" => "Read-only file system (os error 30)",
        "EINTR" => "Interrupted system call (os error 4)",
        _ => unreachable!("{error}"),
    }
}
