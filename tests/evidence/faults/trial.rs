//! One run in which one system call fails or is interrupted, and the rules that must hold after it.

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
    /// Its number among the calls of its name in the process; the first is 1.
    number: usize,
    /// Whether it releases a lock.
    pub(super) is_unlocking: bool,
    /// Whether it closes a directory after listing it. No file system fails there; Rust's `ReadDir`
    /// would panic.
    pub(super) is_end_of_listing: bool,
    /// Whether the request to STS was sent before.
    pub(super) is_after_request: bool,
    /// As strace shows it.
    shown: String,
}

/// A fault that strace injects.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// The call fails with this error.
    Error(&'static str),
    /// The call and all later calls of its name fail.
    Errors(&'static str),
    /// The process gets this signal at the call.
    Signal(&'static str),
}

pub(super) struct Trial {
    pub(super) flow: Flow,
    pub(super) call: Call,
    pub(super) fault: Fault,
}

/// Finds strace, if this machine allows tracing.
pub(super) fn strace() -> Option<PathBuf> {
    let strace = program("strace")?;
    let tried = Command::new(&strace).args(["-o", "/dev/null", "true"]).output().ok()?;
    needs("strace that may trace", tried.status.success().then_some(strace))
}

/// The calls of a run without faults, from the first on the credentials file to the last.
pub(super) fn calls(strace: &Path, flow: &Flow) -> Vec<Call> {
    let sandbox = flow.sandbox();
    let (output, trace) = run(strace, flow, &sandbox, &["-y", STAYS_DUMPABLE]);
    assert!(output.status.success(), "{}: {output:?}", flow.name);
    assert_eq!(flow.states.last().unwrap(), &flow.state(&sandbox), "{}", flow.name);
    let home = sandbox.path("").to_str().unwrap().trim_end_matches('/').to_owned();
    let (mut locks, mut listed) = (BTreeSet::new(), BTreeSet::new());
    let mut numbers = BTreeMap::new();
    let mut is_sent = false;
    let calls = trace.lines().filter_map(|line| {
        let (name, rest) = line.split_once('(')?;
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let number: &mut usize = numbers.entry(name.to_owned()).or_default();
        *number += 1;
        let is_after_request = is_sent;
        is_sent |= name == "sendto" && line.contains("Action=");
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
            is_after_request,
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
    /// The violations; `None` if the run did not reach the call.
    pub(super) fn run(&self, strace: &Path) -> Option<Vec<String>> {
        let Call { name, number, .. } = &self.call;
        let what = match self.fault {
            Fault::Error(error) => format!("error={error}:when={number}"),
            Fault::Errors(error) => format!("error={error}:when={number}+"),
            Fault::Signal(signal) => format!("signal={signal}:when={number}"),
        };
        let inject = format!("inject={name}:{what}");
        let trace = format!("trace={name},recvfrom");
        let sandbox = self.flow.sandbox();
        let requests = sandbox.asked().len();
        let (output, trace) =
            run(strace, &self.flow, &sandbox, &["-s", "0", "-e", &trace, "-e", &inject]);
        let is_reached = trace.contains(" (INJECTED") || trace.contains("--- SIG");
        let end = End {
            flow: &self.flow,
            is_granted: sandbox.asked().len() > requests,
            state: self.flow.state(&sandbox),
            left: left(self.flow.file(&sandbox).parent().unwrap(), ".mfa-session-new-"),
            is_wait_interrupted: trace.lines().any(is_late),
            sandbox,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            status: output.status.code(),
            signal: output.status.signal(),
        };
        let is_reached = is_reached || end.signal.is_some();
        (is_reached && !end.ended_while_sts_was_late()).then(|| end.violations(self))
    }

    /// Whether the call writes a message to standard error.
    fn hits_message(&self) -> bool {
        self.call.shown.starts_with("write(2<")
    }
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            Fault::Error(name) | Fault::Signal(name) => name.to_owned(),
            Fault::Errors(name) => format!("{name} from now on"),
        };
        let shown: String = self.call.shown.chars().take(110).collect();
        write!(f, "{}: {fault} at {}", self.flow.name, shown)
    }
}

/// Whether a line of the trace shows that the response did not arrive in time, so that the program
/// let signals through. The check that a connection is open reads one byte, and must not find it.
fn is_late(line: &str) -> bool {
    line.starts_with("recvfrom(") && line.contains("= -1 EAGAIN") && !line.contains(", 1, 0,")
}

/// How a run ended.
struct End<'a> {
    flow: &'a Flow,
    sandbox: Sandbox,
    /// Whether STS got a request for a session.
    is_granted: bool,
    state: Option<String>,
    /// Temporary files beside the real file.
    left: Vec<PathBuf>,
    /// Whether a response was late.
    is_wait_interrupted: bool,
    stdout: String,
    stderr: String,
    status: Option<i32>,
    signal: Option<i32>,
}

impl End<'_> {
    fn violations(&self, trial: &Trial) -> Vec<String> {
        let last = self.flow.states.last().unwrap();
        let succeeded = self.status == Some(0);
        let mut rules = vec![
            ("the file is neither old nor new", self.is_whole()),
            ("it panicked", !self.stderr.contains("panicked")),
            ("a secret is shown", !shows_secret(&self.stderr)),
            ("it succeeded without the new file", !succeeded || self.state == *last),
        ];
        match trial.fault {
            Fault::Signal("KILL") => rules.extend([
                ("it survived", self.signal == Some(9)),
                ("a temporary file survives the next run", self.is_swept()),
            ]),
            Fault::Signal(signal) => rules.extend([
                // At `exit_group` it may exit before the signal arrives.
                ("it survived", self.is_ended_by(signal) || trial.call.name == "exit_group"),
                ("a temporary file stays", self.left.is_empty()),
                ("the session is lost", !self.is_granted || self.has_session(None)),
            ]),
            Fault::Errors(error) => {
                let is_silent = trial.call.name == "write";
                let is_reported = self.stderr.contains("mfa-session: error: ")
                    && self.stderr.contains(message(error));
                let may_stay = trial.call.name.starts_with("unlink");
                let is_lost = "the session is lost and the code is spent";
                rules.extend([
                    ("it ended by a signal", self.signal.is_none()),
                    ("a temporary file stays", self.left.is_empty() || may_stay),
                    ("the error is not reported", succeeded || is_reported || is_silent),
                    (
                        "the session is lost without a message",
                        !self.is_granted
                            || self.has_session(self.rescue_file())
                            || self.stderr.contains(is_lost)
                            || is_silent,
                    ),
                ]);
            }
            Fault::Error(error) => {
                let (error, rescued) = (message(error), self.rescue_file());
                let is_silent = trial.hits_message();
                let is_reported =
                    self.stderr.contains("mfa-session: error: ") && self.stderr.contains(error);
                // The warning about the rescue file says what to do, too.
                let is_hinted = self.stderr.contains("mfa-session: hint: ") || rescued.is_some();
                let saved = left(&self.sandbox.path("tmp"), "");
                rules.extend([
                    ("it ended by a signal", self.signal.is_none()),
                    ("a temporary file stays", self.left.is_empty()),
                    ("a file stays in TMPDIR", saved.iter().eq(rescued.iter())),
                    ("the error is not reported", succeeded || is_reported || is_silent),
                    ("the hint is missing", succeeded || is_hinted || is_silent),
                    ("the session is lost", !self.is_granted || self.has_session(rescued)),
                ]);
            }
        }
        let broken = rules.into_iter().filter(|(_, holds)| !holds);
        broken.map(|(rule, _)| format!("{rule}: {:?}\n{}", self.status, self.stderr)).collect()
    }

    /// Whether a signal got through because the session had not arrived yet.
    fn ended_while_sts_was_late(&self) -> bool {
        self.is_wait_interrupted
            && self.signal.is_some_and(|signal| signal != 9)
            && !self.has_session(None)
    }

    fn is_ended_by(&self, signal: &str) -> bool {
        let names = [(1, "HUP"), (2, "INT"), (3, "QUIT"), (15, "TERM")];
        names.iter().any(|(number, name)| *name == signal && self.signal == Some(*number))
    }

    /// Whether the session is in the file, in the output or in the rescue file.
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

    /// The rescue file that the warning names.
    fn rescue_file(&self) -> Option<PathBuf> {
        let (_, path) = self.stderr.split_once(" AWS_SHARED_CREDENTIALS_FILE=")?;
        Some(path.split_once(' ')?.0.into())
    }

    /// Whether the next run removes the temporary files of this run.
    fn is_swept(&self) -> bool {
        if self.left.is_empty() {
            return true;
        }
        self.sandbox.get(["--to", "next"]);
        self.left.iter().all(|path| !path.exists())
    }
}

/// The files in a directory whose names start with the prefix.
fn left(directory: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let entries = entries.map(|entry| entry.unwrap());
    let found = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    found.map(|entry| entry.path()).collect()
}

const SESSION: [&str; 3] = [
    "ASIALOOPBACKSESSION1",
    "Session/Secret+Of/Forty+Characters/Abcde",
    "IQoJb3JpZ2luX2VjE/+abc==",
];

fn shows_secret(text: &str) -> bool {
    [ALICE.secret_access_key, SESSION[1], SESSION[2]].iter().any(|secret| text.contains(secret))
}

/// The text of an error in messages.
fn message(error: &str) -> &'static str {
    match error {
        "ENOSPC" => "No space left on device (os error 28)",
        "EIO" => "Input/output error (os error 5)",
        "EACCES" => "Permission denied (os error 13)",
        "EROFS" => "Read-only file system (os error 30)",
        "EINTR" => "Interrupted system call (os error 4)",
        _ => unreachable!("{error}"),
    }
}
