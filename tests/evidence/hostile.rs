//! Servers that mean harm, and files that have no end: whatever they say, the program ends in
//! bounded time and memory, tells what happened and what to do in printable lines, and leaves the
//! credentials file alone.

mod answers;
#[cfg(unix)]
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
#[ignore = "takes the minute that an answer may take"]
fn servers_that_never_end_are_not_waited_for() {
    let mut trials = slow::trials();
    #[cfg(unix)]
    trials.extend(files::slow_trials());
    for trial in &mut trials {
        // All attempts together.
        trial.limit = Duration::from_secs(70);
    }
    let violations = violations(&trials, trials.len());
    record("answers that never end", trials.len(), &violations);
}

#[test]
#[cfg(unix)]
#[ignore = "takes a minute without optimisation"]
fn large_files_are_read_and_written_in_time() {
    let mut trials = files::large_trials();
    for trial in &mut trials {
        trial.limit = Duration::from_secs(60);
    }
    let violations = violations(&trials, 2);
    record("large credentials files", trials.len(), &violations);
}

/// Something hostile, and how it must end.
struct Trial {
    name: String,
    /// The exit statuses that are right.
    statuses: &'static [i32],
    /// What must be told.
    told: &'static str,
    limit: Duration,
    run: Box<dyn Fn() -> Run + Send + Sync>,
}

/// What came of it.
struct Run {
    outcome: Outcome,
    took: Duration,
    /// What has been done that must not be, besides.
    damage: Vec<String>,
}

impl Trial {
    fn new(
        name: impl Into<String>,
        statuses: &'static [i32],
        told: &'static str,
        run: impl Fn() -> Run + Send + Sync + 'static,
    ) -> Self {
        let limit = Duration::from_secs(20);
        Self { name: name.into(), statuses, told, limit, run: Box::new(run) }
    }

    /// A code is sent to a server that replies in this way.
    fn of_reply(
        name: impl Into<String>,
        statuses: &'static [i32],
        told: &'static str,
        reply: impl Reply,
    ) -> Self {
        let reply = std::sync::Arc::new(reply);
        Self::new(name, statuses, told, move || {
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
            damage.push(format!("the exit status is {}", outcome.status));
        }
        if outcome.status != 0 && !outcome.stdout.is_empty() {
            damage.push("something stands on standard output".to_owned());
        }
        damage.extend(misprinted(&outcome.stdout).map(|why| format!("standard output {why}")));
        damage.extend(misprinted(&outcome.stderr).map(|why| format!("standard error {why}")));
        if outcome.stderr.lines().any(|line| !line.starts_with("mfa-session: ")) {
            damage.push("a line is not the program's own".to_owned());
        }
        if outcome.stderr.len() > MOST_TOLD {
            damage.push(format!("{} bytes are told", outcome.stderr.len()));
        }
        if !outcome.stderr.contains(self.told) {
            damage.push(format!("it does not tell `{}`", self.told));
        }
        let is_whole = ["mfa-session: error: ", "\nmfa-session: hint: "];
        if outcome.status != 0 && !is_whole.iter().all(|it| outcome.stderr.contains(it)) {
            damage.push("it does not tell what happened and what to do".to_owned());
        }
        let shown: String = outcome.stderr.chars().take(600).collect();
        let told = |what| format!("{}: {what}: exit {}: {shown:?}", self.name, outcome.status);
        damage.into_iter().map(told).collect()
    }
}

/// Nobody reads more. In bytes.
const MOST_TOLD: usize = 16 << 10;

/// Why a text must not go to a terminal.
fn misprinted(text: &str) -> Option<String> {
    let moves = |c: char| {
        let reorders = matches!(u32::from(c), 0x61c | 0x200b..=0x200f | 0x2028..=0x202e
            | 0x2060 | 0x2066..=0x2069 | 0xfeff);
        c != '\n' && c.is_control() || reorders
    };
    text.chars().find(|&c| moves(c)).map(|c| format!("has a {}", c.escape_unicode()))
}

/// All that goes wrong in all trials, of which so many run at once.
fn violations(trials: &[Trial], at_once: usize) -> Vec<String> {
    let next = Mutex::new(trials.iter());
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..at_once {
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

/// Sends a code to the endpoint, and looks at the file afterwards.
fn get(sandbox: &Sandbox, endpoint: &str, more: &[&str]) -> Run {
    let code = ["--serial", ALICE.serial_number, "--code", "123456", "--endpoint-url", endpoint];
    run(sandbox, &[&code[..], more].concat(), "")
}

/// Runs the program in little memory, and looks at the file afterwards.
fn run(sandbox: &Sandbox, arguments: &[&str], input: &str) -> Run {
    let before = fs::read(sandbox.path(".aws/credentials")).ok();
    let files = fs::exists(sandbox.path(".aws")).unwrap().then(|| sandbox.files());
    let mut command = confined(sandbox);
    command.args(arguments);
    let start = Instant::now();
    let outcome = sandbox.outcome(command, input);
    let took = start.elapsed();
    let mut damage = Vec::new();
    // What is longer than any file that is right is not read here, either.
    if outcome.status != 0 {
        if fs::read(sandbox.path(".aws/credentials")).ok() != before {
            damage.push("the credentials file is another".to_owned());
        }
        if files.is_some_and(|files| files != sandbox.files()) {
            damage.push("there are other files".to_owned());
        }
    }
    Run { outcome, took, damage }
}

/// The program; where the system can do that, with an end to its memory and to its time.
fn confined(sandbox: &Sandbox) -> Command {
    if !cfg!(target_os = "linux") {
        return sandbox.command(PROGRAM);
    }
    let mut command = Command::new("prlimit");
    command.arg(format!("--as={MOST_MEMORY}"));
    command.args(["timeout", "--kill-after=1", "120", "setsid", "--wait", PROGRAM]);
    sandbox.surround(&mut command);
    command
}

/// In bytes, of addresses, of which each thread reserves many: of a body of 1 GiB no half fits.
const MOST_MEMORY: usize = 512 << 20;

/// An answer of HTTP with this body.
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
