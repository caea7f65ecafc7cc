//! A code source: a command that prints the code, such as a password manager.

use std::{
    fmt,
    io::{self, Read as _},
    process::{Child, ChildStdout, Command, Stdio},
    str::FromStr,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use super::{Code, CodeSource, Prompt, tty};
use crate::{
    failure::{Failure, Status},
    origin::{InvalidValue, Sourced},
    signals::SignalGuard,
};

/// A command that prints the code. `Debug` hides it: an argument may be a seed.
#[derive(Clone, PartialEq, Eq)]
pub enum CodeCommand {
    /// A program and its arguments; at least one word.
    Words(Vec<String>),
    /// A command line for `sh -c`.
    Shell(String),
}

/// Characters that only a shell interprets.
const SHELL_SYNTAX: [char; 9] = ['|', '&', ';', '<', '>', '(', ')', '$', '`'];

impl FromStr for CodeCommand {
    type Err = InvalidValue;

    /// Splits the text into words as a shell does. A shell runs text with shell syntax.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let hint = "give a command that prints the code, such as `pass otp aws`";
        if text.trim().is_empty() {
            return Err(InvalidValue::new("the code command is empty", hint));
        }
        if cfg!(unix) && text.contains(SHELL_SYNTAX) {
            return Ok(Self::Shell(text.to_owned()));
        }
        match shlex::split(text) {
            Some(words) if !words.is_empty() => Ok(Self::Words(words)),
            _ => Err(InvalidValue::new("a quote in the code command is not closed", hint)),
        }
    }
}

impl fmt::Debug for CodeCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeCommand(..)")
    }
}

impl CodeSource for Sourced<CodeCommand> {
    fn is_slow(&self) -> bool {
        true
    }

    fn read(
        &mut self,
        prompt: &Prompt<'_>,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        let child = self.value.spawn(prompt.serial).map_err(|error| {
            self.failure(&format!("cannot start: {error}"))
                .hint("install the program, or give its full path")
        })?;
        let mut child = KilledOnDrop(child);
        let output = read_in_background(child.0.stdout.take().expect("stdout is piped"));
        self.wait(&mut child.0, interruption)?;
        let output = collect(&output).context("cannot read the output of the code command")?;
        // Output that is not UTF-8 contains no code, as empty output.
        Code::find_in(str::from_utf8(&output).unwrap_or_default())
            .map_err(|problem| self.failure(problem).hint("make it print only the code"))
    }

    fn describe(&self) -> &'static str {
        "printed by a command"
    }
}

impl Sourced<CodeCommand> {
    fn wait(
        &self,
        child: &mut Child,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<(), Failure> {
        let deadline = Instant::now() + TIME_LIMIT;
        let status = loop {
            if let Some(status) = child.try_wait().context("cannot wait for the code command")? {
                break status;
            }
            if let Some(failure) = interruption() {
                return Err(failure);
            }
            if Instant::now() > deadline {
                let minutes = TIME_LIMIT.as_secs() / 60;
                let failure = self.failure(&format!("printed no code in {minutes} minutes"));
                return Err(failure.hint("run it yourself to see what it waits for"));
            }
            thread::sleep(POLL_INTERVAL);
        };
        if status.success() {
            return Ok(());
        }
        Err(self.failure(&format!("failed: {status}")).hint("run it yourself to see why"))
    }

    fn failure(&self, predicate: &str) -> Failure {
        let Self { origin, .. } = self;
        Failure::new(Status::NoCode, format!("the code command ({origin}) {predicate}"))
    }
}

/// Long enough to find a security key and to touch it.
const TIME_LIMIT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_millis(5);

impl CodeCommand {
    /// Connects the command to the terminal, even if an SDK captures this process's standard input
    /// and error: the command may prompt for a password or a touch.
    fn spawn(&self, serial: &str) -> io::Result<Child> {
        let mut command = match self {
            Self::Words(words) => {
                let mut command = Command::new(&words[0]);
                command.args(&words[1..]);
                command
            }
            Self::Shell(line) => {
                let mut command = Command::new("sh");
                command.args(["-c", line]);
                command
            }
        };
        command.env("MFA_SERIAL", serial).stdout(Stdio::piped());
        for secret in ["MFA_SESSION_CODE", "MFA_SESSION_TOTP_SEED"] {
            command.env_remove(secret);
        }
        match tty::open_files() {
            Some((input, output)) => command.stdin(input).stderr(output),
            None => command.stdin(Stdio::null()),
        };
        command.spawn()
    }
}

struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        // Both fail if the command has already ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

type Chunk = io::Result<Zeroizing<Vec<u8>>>;

/// In bytes.
const MAX_OUTPUT: u64 = 64 << 10;

/// Reads the output chunk by chunk, so that the command never blocks on a full pipe.
fn read_in_background(output: ChildStdout) -> mpsc::Receiver<Chunk> {
    let (sender, receiver) = mpsc::channel();
    // The thread must not receive signals that the main thread blocks.
    let _guard = SignalGuard::block();
    thread::spawn(move || {
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
    });
    receiver
}

/// How long to wait for the rest of the output after the command ended: an agent that it started
/// may keep the pipe open.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

fn collect(chunks: &mpsc::Receiver<Chunk>) -> Chunk {
    let mut output = Zeroizing::new(Vec::new());
    let deadline = Instant::now() + OUTPUT_GRACE;
    while let Ok(chunk) = chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        output.extend_from_slice(&chunk?);
    }
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_command_as_a_shell_does() {
        let command: CodeCommand = "op item get 'AWS work' --otp".parse().unwrap();
        let words = ["op", "item", "get", "AWS work", "--otp"].map(str::to_owned);
        assert_eq!(command, CodeCommand::Words(words.to_vec()));
    }

    #[cfg(unix)]
    #[test]
    fn runs_shell_syntax_in_a_shell() {
        for line in ["ykman oath accounts code | tail -1", "echo $CODE", "echo `date`"] {
            assert_eq!(line.parse(), Ok(CodeCommand::Shell(line.into())));
        }
    }

    #[test]
    fn rejects_an_empty_command_and_an_open_quote() {
        for bad in ["", "  ", "pass 'otp"] {
            assert!(bad.parse::<CodeCommand>().is_err(), "{bad}");
        }
    }
}
