//! Runs a program that prints a secret, such as a password manager. What it prints is wiped after
//! use, and its length and its time are limited.

mod command_line;

pub use command_line::CommandLine;

use std::{
    fmt,
    io::{self, Read as _},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use crate::{
    failure::Failure,
    system::{signals::SignalGuard, terminal},
};

/// Why a program printed no secret.
#[derive(Debug)]
pub(crate) enum ChildError {
    CannotStart(io::Error),
    CannotRead(io::Error),
    /// The program has an exit status of its own, or a signal ended it.
    Failed(ExitStatus),
    TimedOut,
    /// The failure that `interruption` returned.
    Interrupted(Failure),
}

impl ChildError {
    /// The failure with a hint. `failure` adds the program as the subject of a predicate, such as
    /// "cannot start".
    pub(crate) fn explain(self, failure: impl FnOnce(fmt::Arguments<'_>) -> Failure) -> Failure {
        match self {
            Self::CannotStart(error) => {
                let hint = if error.kind() == io::ErrorKind::WouldBlock {
                    "end other processes, or raise the limit of `ulimit -u`"
                } else {
                    "install the program, or give its full path"
                };
                failure(format_args!("cannot start: {error}")).hint(hint)
            }
            Self::CannotRead(error) => failure(format_args!("cannot be read: {error}")),
            Self::Failed(status) => {
                failure(format_args!("failed: {status}")).hint("run it yourself to see why")
            }
            Self::TimedOut => {
                let minutes = TIME_LIMIT.as_secs() / 60;
                failure(format_args!("did not end within {minutes} minutes"))
                    .hint("run it yourself to see what it waits for")
            }
            Self::Interrupted(failure) => failure,
        }
    }
}

/// Long enough to find a security key and to touch it.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Environment variables that the program does not need.
const SECRETS: [&str; 2] = ["MFA_SESSION_CODE", "MFA_SESSION_TOTP_SEED"];

/// Runs a program, and returns what it printed. Kills it if `interruption` returns a failure.
///
/// The program is connected to the terminal, even if an SDK captures this process's standard input
/// and error: it may prompt for a password or a touch.
pub(crate) fn output(
    command: &mut Command,
    interruption: &mut dyn FnMut() -> Option<Failure>,
) -> Result<Zeroizing<Vec<u8>>, ChildError> {
    for secret in SECRETS {
        command.env_remove(secret);
    }
    match terminal::open() {
        Some((input, output)) => command.stdin(input).stderr(output),
        None => command.stdin(Stdio::null()),
    };
    let child = command.stdout(Stdio::piped()).spawn().map_err(ChildError::CannotStart)?;
    let mut child = KilledOnDrop(child);
    let output = child.0.stdout.take().expect("stdout is piped");
    let output = read_in_background(output).map_err(ChildError::CannotRead)?;
    let status = wait(&mut child.0, interruption)?;
    if !status.success() {
        return Err(ChildError::Failed(status));
    }
    collect(&output).map_err(ChildError::CannotRead)
}

fn wait(
    child: &mut Child,
    interruption: &mut dyn FnMut() -> Option<Failure>,
) -> Result<ExitStatus, ChildError> {
    let deadline = Instant::now() + TIME_LIMIT;
    loop {
        if let Some(status) = child.try_wait().map_err(ChildError::CannotRead)? {
            return Ok(status);
        }
        if let Some(failure) = interruption() {
            return Err(ChildError::Interrupted(failure));
        }
        if Instant::now() > deadline {
            return Err(ChildError::TimedOut);
        }
        thread::sleep(POLL_INTERVAL);
    }
}

struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        // Both fail if the program has already ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

type Chunk = io::Result<Zeroizing<Vec<u8>>>;

/// In bytes.
const MAX_OUTPUT: u64 = 256 << 10;

/// Reads the output chunk by chunk, so that the program never blocks on a full pipe. Fails where
/// the system allows no further thread.
fn read_in_background(output: ChildStdout) -> io::Result<mpsc::Receiver<Chunk>> {
    let (sender, receiver) = mpsc::channel();
    // The thread must not receive signals that the main thread blocks.
    let _guard = SignalGuard::block();
    thread::Builder::new().spawn(move || {
        let mut output = output.take(MAX_OUTPUT);
        let mut buffer = Zeroizing::new([0; 4096]);
        loop {
            let chunk = match output.read(&mut buffer[..]) {
                Ok(0) => break,
                Ok(length) => Ok(Zeroizing::new(buffer[..length].to_vec())),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let is_last = chunk.is_err();
            if sender.send(chunk).is_err() || is_last {
                break;
            }
        }
    })?;
    Ok(receiver)
}

/// How long to wait for the rest of the output after the program ended: an agent that it started
/// may keep the pipe open.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

fn collect(chunks: &mpsc::Receiver<Chunk>) -> Chunk {
    let mut received = Vec::new();
    let deadline = Instant::now() + OUTPUT_GRACE;
    while let Ok(chunk) = chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        received.push(chunk?);
    }
    // A vector that grows would leave copies behind.
    let length = received.iter().map(|chunk| chunk.len()).sum();
    let mut output = Zeroizing::new(Vec::with_capacity(length));
    for chunk in &received {
        output.extend_from_slice(chunk);
    }
    Ok(output)
}
