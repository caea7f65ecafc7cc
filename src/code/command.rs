//! A command that prints the code: a password manager, a hardware key's program.

use std::{
    fmt, io,
    io::Read as _,
    process::{Child, ChildStdout, Command, Stdio},
    str::FromStr,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use super::{Code, Question, terminal};
use crate::{
    failure::{Failure, InvalidValue, Status},
    origin::Sourced,
    secret::Secret,
    signals,
};

/// What is run for a code. It is not shown: a seed may be among its arguments.
#[derive(Clone, PartialEq, Eq)]
pub enum CodeCommand {
    /// A program and its arguments.
    Words(Vec<String>),
    /// A line for a shell.
    Shell(String),
}

impl FromStr for CodeCommand {
    type Err = InvalidValue;

    /// Words as a shell splits them; where there is more in it than words, a shell gets it whole.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let hint = "give a command that prints the code, such as `pass otp aws`";
        if text.trim().is_empty() {
            return Err(InvalidValue::new("the code command is empty", hint));
        }
        if cfg!(unix) && text.contains(FOR_A_SHELL) {
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

/// Runs the command, and finds the code in what it prints. A failure from `interruption` ends it.
pub(super) fn run(
    command: &Sourced<CodeCommand>,
    question: &Question<'_>,
    interruption: &mut dyn FnMut() -> Option<Failure>,
) -> Result<Code, Failure> {
    let failed = |what: String| {
        Failure::new(Status::NoCode, format!("the code command ({}) {what}", command.origin))
    };
    let mut child = Running(spawn(&command.value, question).map_err(|error| {
        failed(format!("can't be run: {error}")).hint("is the program installed, and in PATH?")
    })?);
    let output = collect(child.0.stdout.take().expect("it is piped"));
    let deadline = Instant::now() + TIME_LIMIT;
    let status = loop {
        if let Some(status) = child.0.try_wait().context("cannot wait for the code command")? {
            break status;
        }
        if let Some(failure) = interruption() {
            return Err(failure);
        }
        if Instant::now() > deadline {
            let what = format!("printed no code in {} minutes", TIME_LIMIT.as_secs() / 60);
            return Err(failed(what).hint("run it by hand to see what it waits for"));
        }
        thread::sleep(MOMENT);
    };
    if !status.success() {
        return Err(failed(format!("failed: {status}")).hint("run it by hand to see why"));
    }
    let mut printed = Zeroizing::new(Vec::with_capacity(MOST_PRINTED));
    // What it started, such as an agent, may hold its output for longer than it lives itself.
    let deadline = Instant::now() + REST;
    while let Ok(part) = output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        printed.extend_from_slice(&part.context("cannot read what the code command prints")?);
    }
    // What is not UTF-8 is as little a code as nothing.
    Code::in_print(str::from_utf8(&printed).unwrap_or_default())
        .map_err(|what| failed(what.to_owned()).hint("make it print the code alone"))
}

/// A command that does not outlive its use.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Its input and its errors are the terminal's, even if an SDK holds ours: it may have to ask for a
/// password, or for a touch.
fn spawn(command: &CodeCommand, question: &Question<'_>) -> io::Result<Child> {
    let mut child = match command {
        CodeCommand::Words(words) => {
            let mut child = Command::new(&words[0]);
            child.args(&words[1..]);
            child
        }
        CodeCommand::Shell(line) => {
            let mut child = Command::new("sh");
            child.args(["-c", line]);
            child
        }
    };
    child.env("MFA_SERIAL", question.serial).stdout(Stdio::piped());
    for secret in ["MFA_SESSION_CODE", "MFA_SESSION_TOTP_SEED"] {
        child.env_remove(secret);
    }
    match terminal::devices() {
        Some((input, output)) => child.stdin(input).stderr(output),
        None => child.stdin(Stdio::null()),
    };
    child.spawn()
}

/// Reads what is printed, part by part, up to a limit, beside the main thread.
fn collect(output: ChildStdout) -> mpsc::Receiver<io::Result<Zeroizing<Vec<u8>>>> {
    let (sender, receiver) = mpsc::channel();
    // A signal that is to wait would end the process from there.
    let _held = signals::block();
    thread::spawn(move || {
        let mut output = output.take(MOST_PRINTED as u64);
        let mut buffer = Zeroizing::new([0; 4096]);
        loop {
            let part = match output.read(&mut buffer[..]) {
                Ok(0) => break,
                Ok(length) => Ok(Zeroizing::new(buffer[..length].to_vec())),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let is_last = part.is_err();
            // Who does not wait any longer does not need it.
            if sender.send(part).is_err() || is_last {
                break;
            }
        }
    });
    receiver
}

impl Code {
    /// The code in what a command prints: the only six digits that stand alone; or all of it, with
    /// blanks in it. Where there is none, a predicate that says why.
    pub fn in_print(printed: &str) -> Result<Self, &'static str> {
        if let Ok(code) = printed.parse() {
            return Ok(code);
        }
        let runs = printed.split(|c: char| !c.is_ascii_alphanumeric());
        let is_code = |run: &&str| run.len() == 6 && run.bytes().all(|byte| byte.is_ascii_digit());
        let mut found: Option<Secret> = None;
        for run in runs.filter(is_code) {
            match &found {
                Some(other) if other.expose() != run => {
                    return Err("printed more than one number of six digits");
                }
                _ => found = Some(Secret::from(run)),
            }
        }
        let found = found.ok_or("printed no number of six digits")?;
        found.expose().parse().map_err(|_| "printed no number of six digits")
    }
}

/// What words can't say.
const FOR_A_SHELL: [char; 9] = ['|', '&', ';', '<', '>', '(', ')', '$', '`'];

/// A person may have to find a key, and to touch it.
const TIME_LIMIT: Duration = Duration::from_secs(120);
const MOMENT: Duration = Duration::from_millis(5);
const REST: Duration = Duration::from_secs(1);

/// In bytes.
const MOST_PRINTED: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_as_a_shell_does() {
        let command: CodeCommand = "op item get 'AWS work' --otp".parse().unwrap();
        let words = ["op", "item", "get", "AWS work", "--otp"].map(str::to_owned);
        assert_eq!(command, CodeCommand::Words(words.to_vec()));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_more_than_words_goes_to_a_shell() {
        for line in ["ykman oath accounts code | tail -1", "echo $CODE", "echo `date`"] {
            assert_eq!(line.parse(), Ok(CodeCommand::Shell(line.into())));
        }
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for bad in ["", "  ", "pass 'otp"] {
            assert!(bad.parse::<CodeCommand>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_code_is_found_in_what_is_printed() {
        for printed in [
            "123456\n",
            "123 456",
            "AWS:alice  123456\r\n",
            "Touch your key…\nAmazon:a@b.example 123456\n",
            "code: 123456 (123456)",
        ] {
            let code = Code::in_print(printed).unwrap();
            assert_eq!(code.into_digits().expose(), "123456", "{printed}");
        }
    }

    #[test]
    fn what_is_no_code_or_more_than_one_is_none() {
        for printed in ["", "12345", "1234567", "a123456", "123456 654321", "20261122"] {
            assert!(Code::in_print(printed).is_err(), "{printed}");
        }
    }
}
