//! Hostile servers and endless files. The program must end in bounded time and memory, print error
//! and hint in printable lines, and leave the credentials file unchanged.

mod answers;
#[cfg(unix)] // needs named pipes and links
mod files;
mod http;
mod server;
mod services;
mod slow;

use std::{
    fs,
    io::Write as _,
    process::Command,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use loopback_sts::ALICE;

use super::record;
use crate::sandbox::{Outcome, PROGRAM, Sandbox};
use server::{Reply, Server};

#[test]
#[cfg_attr(windows, ignore = "takes minutes under Wine, nothing depends on the system")]
fn hostile_servers_and_files_do_no_harm() {
    let mut trials = Vec::new();
    trials.extend(answers::trials());
    trials.extend(http::trials());
    trials.extend(services::trials());
    #[cfg(unix)]
    trials.extend(files::trials());
    let violations = violations(&trials, 2);
    record("hostile answers and files", trials.len(), &violations);
}

#[test]
#[ignore = "waits for the timeout of a minute"]
fn endless_servers_and_pipes_time_out() {
    let mut trials = slow::trials();
    #[cfg(unix)]
    trials.extend(files::slow_trials());
    for trial in &mut trials {
        // For all retries together.
        trial.limit = Duration::from_secs(70);
    }
    let violations = violations(&trials, trials.len());
    record("answers that never end", trials.len(), &violations);
}

#[test]
#[cfg(unix)] // needs named pipes and links
#[ignore = "takes a minute without optimisation"]
fn reads_and_writes_large_files_in_time() {
    let mut trials = files::large_trials();
    for trial in &mut trials {
        trial.limit = Duration::from_secs(60);
    }
    let violations = violations(&trials, 2);
    record("large credentials files", trials.len(), &violations);
}

/// A hostile input and the outcome that it must have.
struct Trial {
    name: String,
    /// The allowed exit statuses.
    statuses: &'static [i32],
    /// A text that standard error must contain.
    message: &'static str,
    limit: Duration,
    run: Box<dyn Fn() -> Run + Send + Sync>,
}

struct Run {
    outcome: Outcome,
    took: Duration,
    /// Violations besides those of the output.
    damage: Vec<String>,
}

impl Trial {
    fn new(
        name: impl Into<String>,
        statuses: &'static [i32],
        message: &'static str,
        run: impl Fn() -> Run + Send + Sync + 'static,
    ) -> Self {
        let limit = Duration::from_secs(20);
        Self { name: name.into(), statuses, message, limit, run: Box::new(run) }
    }

    /// Sends a code to a server with this reply.
    fn of_reply(
        name: impl Into<String>,
        statuses: &'static [i32],
        message: &'static str,
        reply: impl Reply,
    ) -> Self {
        let reply = std::sync::Arc::new(reply);
        Self::new(name, statuses, message, move || {
            let server = Server::start(std::sync::Arc::clone(&reply));
            get(&Sandbox::new(), &server.url("http"), &[])
        })
    }

    fn violations(&self) -> Vec<String> {
        let Run { outcome, took, mut damage } = (self.run)();
        if took > self.limit {
            damage.push(format!("it took {took:?}"));
        }
        if !self.statuses.contains(&outcome.status) {
            damage.push(format!("unexpected exit status {}", outcome.status));
        }
        if outcome.status != 0 && !outcome.stdout.is_empty() {
            damage.push("standard output is not empty".to_owned());
        }
        damage.extend(unprintable(&outcome.stdout).map(|why| format!("standard output {why}")));
        damage.extend(unprintable(&outcome.stderr).map(|why| format!("standard error {why}")));
        if outcome.stderr.lines().any(|line| !line.starts_with("mfa-session: ")) {
            damage.push("a line lacks the prefix `mfa-session: `".to_owned());
        }
        if outcome.stderr.len() > MAX_STDERR {
            damage.push(format!("{} bytes on standard error", outcome.stderr.len()));
        }
        if !outcome.stderr.contains(self.message) {
            damage.push(format!("standard error lacks `{}`", self.message));
        }
        let is_whole = ["mfa-session: error: ", "\nmfa-session: hint: "];
        if outcome.status != 0 && !is_whole.iter().all(|it| outcome.stderr.contains(it)) {
            damage.push("error or hint is missing".to_owned());
        }
        let shown: String = outcome.stderr.chars().take(600).collect();
        let describe = |what| format!("{}: {what}: exit {}: {shown:?}", self.name, outcome.status);
        damage.into_iter().map(describe).collect()
    }
}

/// In bytes.
const MAX_STDERR: usize = 16 << 10;

/// Why a text is unsafe for a terminal.
fn unprintable(text: &str) -> Option<String> {
    let is_unsafe = |c: char| {
        let reorders = matches!(u32::from(c), 0x61c | 0x200b..=0x200f | 0x2028..=0x202e
            | 0x2060 | 0x2066..=0x2069 | 0xfeff);
        c != '\n' && c.is_control() || reorders
    };
    text.chars().find(|&c| is_unsafe(c)).map(|c| format!("has a {}", c.escape_unicode()))
}

/// The violations in all trials, run by this many threads.
fn violations(trials: &[Trial], threads: usize) -> Vec<String> {
    let next = Mutex::new(trials.iter());
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(trial) = next.lock().unwrap().next() else { break };
                    let violations = trial.violations();
                    found.lock().unwrap().extend(violations);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

/// Sends a code to the endpoint and checks the files afterwards.
fn get(sandbox: &Sandbox, endpoint: &str, more: &[&str]) -> Run {
    let code = ["--serial", ALICE.serial_number, "--code", "123456", "--endpoint-url", endpoint];
    run(sandbox, &[&code[..], more].concat(), "")
}

/// Runs the program in little memory and checks the files afterwards.
fn run(sandbox: &Sandbox, arguments: &[&str], input: &str) -> Run {
    let before = fs::read(sandbox.path(".aws/credentials")).ok();
    let files = fs::exists(sandbox.path(".aws")).unwrap().then(|| sandbox.files());
    let mut command = confined(sandbox);
    command.args(arguments);
    let start = Instant::now();
    let outcome = sandbox.outcome(command, input);
    let took = start.elapsed();
    let mut damage = Vec::new();
    if outcome.status != 0 {
        if fs::read(sandbox.path(".aws/credentials")).ok() != before {
            damage.push("the credentials file has changed".to_owned());
        }
        if files.is_some_and(|files| files != sandbox.files()) {
            damage.push("files have appeared or vanished".to_owned());
        }
    }
    Run { outcome, took, damage }
}

/// The program; on Linux with a limit on memory and time.
fn confined(sandbox: &Sandbox) -> Command {
    if !cfg!(target_os = "linux") {
        return sandbox.command(PROGRAM);
    }
    let mut command = Command::new("prlimit");
    command.arg(format!("--as={MAX_MEMORY}"));
    command.args(["timeout", "--kill-after=1", "120", "setsid", "--wait", PROGRAM]);
    sandbox.surround(&mut command);
    command
}

/// In bytes of address space. Each thread reserves much of it; a body of 1 GiB does not fit.
const MAX_MEMORY: usize = 512 << 20;

/// An HTTP response with status 200.
fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("200 OK", "", body)
}

fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut answer = Vec::new();
    write!(answer, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len()).unwrap();
    answer.extend(body);
    answer
}
