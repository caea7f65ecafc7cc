//! A sandbox that the program runs in: a home, a loopback STS, an empty environment.
//!
//! Tests compare the whole outcome of a run with a snapshot. The output of every run is searched
//! for secrets. `SNAPSHOTS=overwrite cargo test --test promises` rewrites every snapshot.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::{
    env,
    fmt::{self, Display, Formatter, Write as _},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
};

use loopback_sts::{ALICE, Account, Answer, Certificate, Keys, Request, Sts, User};
use regex_lite::Regex;
use snapbox::{Data, IntoData, assert_data_eq, data::DataFormat};
use tempfile::TempDir;

pub(crate) use system::{PRINT_CODE, PRINT_VARIABLES};
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

use crate::tools::script;

/// The path of the program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_mfa-session");

/// A home with Alice's long-term keys, and an STS that knows her.
pub(crate) struct Sandbox {
    home: TempDir,
    sts: Sts,
    variables: Vec<(String, String)>,
    secrets: Arc<Secrets>,
}

/// Texts that no output may show: the ones noted so far, and the secrets in the credentials file.
pub(crate) struct Secrets {
    known: Mutex<Vec<String>>,
    file: PathBuf,
}

impl Secrets {
    /// Notes the secrets that are in the file now, and returns all secrets noted so far.
    pub(crate) fn all(&self) -> Vec<String> {
        let mut known = self.known.lock().unwrap();
        if self.file.is_file()
            && let Ok(text) = fs::read_to_string(&self.file)
        {
            let values = text.lines().filter_map(|line| line.split_once(" = "));
            let secret = values.filter(|(key, value)| {
                value.len() > 8 && ["aws_secret_access_key", "aws_session_token"].contains(key)
            });
            known.extend(secret.map(|(_, value)| value.to_owned()));
        }
        known.clone()
    }
}

impl Sandbox {
    /// Alice's long-term keys are in `[default]`.
    pub(crate) fn new() -> Self {
        Self::with(Sts::start(Account::default()))
    }

    pub(crate) fn with(sts: Sts) -> Self {
        let home = tempfile::Builder::new().prefix("mfa-session-test-").tempdir().unwrap();
        let directories = system::directories(home.path()).into_iter();
        let variables = directories
            .map(|(name, path)| (name, path.to_str().unwrap().to_owned()))
            .chain([("AWS_ENDPOINT_URL", sts.url())])
            .chain([("TZ", "UTC"), ("TERM", "xterm")].map(|(name, text)| (name, text.to_owned())));
        let sandbox = Self {
            variables: variables.map(|(name, value)| (name.to_owned(), value)).collect(),
            secrets: Arc::new(Secrets {
                known: Mutex::new(vec![ALICE.secret_access_key.into()]),
                file: home.path().join(".aws/credentials"),
            }),
            sts,
            home,
        };
        fs::create_dir(sandbox.path("tmp")).unwrap();
        sandbox.write("credentials", &keys("default"));
        sandbox
    }

    /// Alice lacks the permission for this action.
    pub(crate) fn without(action: &str) -> Self {
        let alice = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
        Self::with(Sts::start(Account::default().user(alice.deny(action))))
    }

    /// STS uses TLS; its CA is in `~/ca.pem`.
    pub(crate) fn with_tls() -> Self {
        let sandbox = Self::with(Sts::builder().tls(Certificate::Good).start().unwrap());
        fs::write(sandbox.path("ca.pem"), sandbox.sts().ca_pem()).unwrap();
        sandbox
    }

    /// A path below the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes one of the two AWS files, with mode 0600.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(".aws")).unwrap();
        system::write(&self.path(".aws").join(name), text, 0o600);
    }

    /// Reads one of the two AWS files.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(".aws").join(name)).unwrap()
    }

    /// A value in the credentials file.
    pub(crate) fn value(&self, section: &str, key: &str) -> Option<String> {
        let text = self.read("credentials");
        let section = text.split(&format!("[{section}]\n")).nth(1)?;
        let section = section.split("\n[").next()?;
        let line = section.lines().find_map(|line| line.strip_prefix(&format!("{key} = ")))?;
        Some(line.to_owned())
    }

    /// The files in `.aws`, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let files = fs::read_dir(self.path(".aws")).unwrap();
        let mut names: Vec<_> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Whether STS accepts the session in a text.
    pub(crate) fn accepts(&self, text: &str) -> bool {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key} = ")));
            line.unwrap().to_owned()
        };
        let keys = Keys {
            access_key_id: value("aws_access_key_id"),
            secret_access_key: value("aws_secret_access_key"),
            session_token: Some(value("aws_session_token")),
        };
        self.sts.call(&keys, "GetCallerIdentity", &[]).unwrap().status == 200
    }

    pub(crate) fn sts(&self) -> &Sts {
        &self.sts
    }

    /// The value of `AWS_ENDPOINT_URL` in this sandbox.
    pub(crate) fn endpoint(&self) -> &str {
        let mut variables = self.variables.iter();
        &variables.find(|(name, _)| name == "AWS_ENDPOINT_URL").unwrap().1
    }

    /// The requests that STS got, as operation and outcome; `HEAD` for a probe, which is repeated
    /// while a person types.
    pub(crate) fn asked(&self) -> Vec<String> {
        let mut asked: Vec<_> = self.sts.requests().iter().map(describe).collect();
        asked.dedup_by(|next, last| next == "HEAD" && last == "HEAD");
        asked
    }

    /// The access key id that signed the last request.
    pub(crate) fn signer(&self) -> String {
        let requests = self.sts.requests();
        let authorization = requests.last().unwrap().header("authorization").unwrap();
        let credential = authorization.split_once("Credential=").unwrap().1;
        credential.split_once('/').unwrap().0.to_owned()
    }

    /// The code that Alice's device shows.
    pub(crate) fn code(&self) -> String {
        let code = self.sts.code(ALICE.name);
        self.secrets.known.lock().unwrap().push(code.clone());
        code
    }

    /// Notes a text that no output may show.
    pub(crate) fn hide(&self, secret: &str) {
        self.secrets.known.lock().unwrap().push(secret.to_owned());
    }

    pub(crate) fn secrets(&self) -> Arc<Secrets> {
        Arc::clone(&self.secrets)
    }

    /// Sets a variable for later runs; an empty value unsets it.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.variables.retain(|(known, _)| known != name);
        let value = value.into();
        if !value.is_empty() {
            self.variables.push((name.into(), value));
        }
        self
    }

    /// Adds a directory to `PATH`, before all others.
    pub(crate) fn add_to_path(&mut self, directory: &Path) {
        let path =
            [directory].into_iter().map(Path::to_owned).chain(env::split_paths(system::PATH));
        let path = env::join_paths(path).unwrap();
        self.set("PATH", path.to_str().unwrap());
    }

    /// A command in this sandbox, without a terminal and with empty standard input.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = system::without_terminal(program.as_ref());
        self.surround(&mut command);
        command.stdin(Stdio::null());
        command
    }

    /// Gives a command the environment and the directory of this sandbox only.
    pub(crate) fn surround(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", system::PATH)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path());
    }

    /// Runs the program with Alice's device and a valid code.
    pub(crate) fn get<const N: usize>(&self, more: [&str; N]) -> Outcome {
        let mut command = self.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number, "--code", &self.code()]).args(more);
        self.outcome(command, "")
    }

    /// Runs the program.
    pub(crate) fn run<const N: usize>(&self, arguments: [&str; N]) -> Outcome {
        self.run_with_input(arguments, "")
    }

    /// Runs the program with a text on standard input.
    pub(crate) fn run_with_input<const N: usize>(
        &self,
        arguments: [&str; N],
        input: &str,
    ) -> Outcome {
        let mut command = self.command(PROGRAM);
        command.args(arguments).stdin(Stdio::piped());
        self.outcome(command, input)
    }

    /// Runs a command with a text on standard input.
    pub(crate) fn outcome(&self, mut command: Command, input: &str) -> Outcome {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut run = || {
            let mut child = system::spawn(&mut command);
            // The child may have exited without reading its input.
            let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
            child.wait_with_output().unwrap()
        };
        let output = run();
        let output = if system::has_failed_to_start(output.status) { run() } else { output };
        self.read_output(output)
    }

    /// Runs a command whose standard output is the null device.
    pub(crate) fn outcome_without_stdout(&self, mut command: Command) -> Outcome {
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        self.finish(system::spawn(&mut command))
    }

    /// Waits for a process and searches its output for secrets.
    pub(crate) fn finish(&self, child: Child) -> Outcome {
        self.read_output(child.wait_with_output().unwrap())
    }

    fn read_output(&self, output: Output) -> Outcome {
        let outcome = Outcome {
            status: output.status.code().unwrap_or(-1),
            stdout: self.normalize(&String::from_utf8(output.stdout).unwrap()),
            stderr: self.normalize(&String::from_utf8(output.stderr).unwrap()),
        };
        self.search_for_secrets(&outcome);
        outcome
    }

    /// Standard error shows no secret. Standard output may show those of a session, but not the
    /// long-term secret access key.
    pub(crate) fn search_for_secrets(&self, outcome: &Outcome) {
        for secret in self.secrets.all() {
            assert!(!outcome.stderr.contains(secret.as_str()), "a secret is in {outcome:?}");
        }
        assert!(!outcome.stdout.contains(ALICE.secret_access_key), "a secret is in {outcome:?}");
    }

    /// Replaces values that differ between runs: the home by `~`, the host of STS by `STS`, the
    /// expiry of a session by `[TIME]` or `DAY HH:MM`, its remaining time by `[LEFT]`, a request id
    /// by `[ID]`, the random part of a rescue file's name by `[RANDOM]`.
    pub(crate) fn normalize(&self, text: &str) -> String {
        let home = self.home.path().to_str().unwrap();
        let text = system::as_on_linux(text, home);
        let host = self.sts.url();
        let host = host.split("//").nth(1).unwrap().trim_end_matches('/');
        let text = text.replace(host, "STS").replace(system::SET_THE_CLOCK, "[SET THE CLOCK]");
        [
            (TIME, "[TIME]"),
            (BRIEF_TIME, "DAY HH:MM"),
            (r"\((\d+[hms] ?)+ left\)", "([LEFT] left)"),
            (r"request [0-9a-f-]{36}", "request [ID]"),
            (r"/mfa-session-\w{6}\b", "/mfa-session-[RANDOM]"),
            (r"date/time ?\d{10}", "date/time [SECONDS]"),
        ]
        .into_iter()
        .fold(text, |text, (pattern, word)| {
            Regex::new(pattern).unwrap().replace_all(&text, word).into_owned()
        })
    }
}

/// A time in a message.
pub(crate) const TIME: &str = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d";
/// A time in the table of `status`.
pub(crate) const BRIEF_TIME: &str = r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d\b";

/// The outcomes of several runs in one text, each with a heading.
#[derive(Default)]
pub(crate) struct Table(String);

impl Table {
    pub(crate) fn of(rows: impl IntoIterator<Item = (impl Display, Outcome)>) -> Self {
        let mut table = Self::default();
        for (heading, outcome) in rows {
            table.add(heading, &outcome);
        }
        table
    }

    pub(crate) fn add(&mut self, heading: impl Display, outcome: &Outcome) {
        writeln!(self.0, "=== {heading}\n{outcome}\n").unwrap();
    }

    /// Compares all outcomes with a snapshot.
    #[track_caller]
    pub(crate) fn matches(&self, snapshot: impl IntoData) {
        assert_data_eq!(self.0.trim_end(), snapshot.raw());
    }

    /// Compares all outcomes with the snapshot `tests/snapshots/NAME.txt`.
    #[track_caller]
    pub(crate) fn matches_file(&self, name: &str) {
        let path = script("snapshots").join(name).with_extension("txt");
        assert_data_eq!(&self.0, Data::read_from(&path, Some(DataFormat::Text)).raw());
    }
}

/// The answer of STS to this operation.
pub(crate) fn answer(operation: &str, result: &str) -> Answer {
    Answer::new(
        200,
        format!(
            "<{operation}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <{operation}Result>{result}</{operation}Result></{operation}Response>"
        ),
    )
}

/// A section with Alice's long-term keys.
pub(crate) fn keys(section: &str) -> String {
    format!(
        "[{section}]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        ALICE.access_key_id, ALICE.secret_access_key
    )
}

/// Writes an executable file.
pub(crate) fn write_program(path: &Path, text: &str) {
    system::write(path, text, 0o755);
}

/// Writes a program that runs this line in a shell.
pub(crate) fn write_script(path: &Path, line: &str) {
    system::write_script(path, line);
}

/// A command that runs a line in a shell.
pub(crate) fn shell(line: &str) -> [&str; 3] {
    let [shell, flag] = system::SHELL;
    [shell, flag, line]
}

/// The program under test, from any directory.
pub(crate) fn absolute_program() -> String {
    std::path::absolute(PROGRAM).unwrap().into_os_string().into_string().unwrap()
}

fn describe(request: &Request) -> String {
    match request.operation() {
        "" => request.method.clone(),
        operation => format!("{operation} {}", request.outcome),
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Compares the whole outcome with a snapshot.
    #[track_caller]
    pub(crate) fn matches(&self, snapshot: impl IntoData) {
        assert_data_eq!(self.to_string(), snapshot.raw());
    }

    /// The outcome without standard output, which holds a session.
    pub(crate) fn messages(&self) -> Self {
        let Self { status, stderr, .. } = self;
        Self { status: *status, stdout: String::new(), stderr: stderr.clone() }
    }

    /// Replaces a value that differs between runs by a placeholder.
    pub(crate) fn replace(mut self, value: impl Display, placeholder: &str) -> Self {
        let value = value.to_string();
        self.stdout = self.stdout.replace(&value, placeholder);
        self.stderr = self.stderr.replace(&value, placeholder);
        self
    }

    /// Names the variable `https_proxy` as it was set: on Windows, its name has no case.
    pub(crate) fn spell(self, variable: &str) -> Self {
        let is_spelled = cfg!(windows) && variable.eq_ignore_ascii_case("https_proxy");
        if is_spelled { self.replace("https_proxy", variable) } else { self }
    }

    /// Replaces the reason for a broken connection by `WHY`: it depends on timing.
    pub(crate) fn forget_why(&mut self) {
        let why = Regex::new(r"closed the connection: .*").unwrap();
        let stderr = why.replace_all(&self.stderr, "closed the connection: WHY");
        self.stderr = stderr.into_owned();
    }

    /// Asserts success, this standard error and empty standard output.
    #[track_caller]
    pub(crate) fn printed(&self, stderr: &str) {
        assert_eq!((self.status, &*self.stdout, &*self.stderr), (0, "", stderr));
    }

    /// Asserts that the session was written and nothing else printed.
    #[track_caller]
    pub(crate) fn wrote(&self, profile: &str) {
        self.wrote_all(&[profile]);
    }

    /// Asserts that these sessions were written, in this order.
    #[track_caller]
    pub(crate) fn wrote_all(&self, profiles: &[&str]) {
        let lines: String = profiles.iter().map(|profile| good_until(profile)).collect();
        self.printed(&lines);
    }

    /// Asserts that the session replaced a session of another role.
    #[track_caller]
    pub(crate) fn wrote_over(&self, role: &str, profile: &str) {
        let held = format!("mfa-session: replaced the session of {role} in [{profile}]\n");
        self.printed(&(held + &good_until(profile)));
    }
}

impl Display for Outcome {
    /// The exit status, and each stream that is not empty.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "exit {}", self.status)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if text.is_empty() {
                continue;
            }
            write!(formatter, "\n--- {name}\n")?;
            match text.strip_suffix('\n') {
                Some(lines) => write!(formatter, "{lines}")?,
                None => write!(formatter, "{text}\n(no newline at the end)")?,
            }
        }
        Ok(())
    }
}

/// The message about a session that was written to a profile.
pub(crate) fn good_until(profile: &str) -> String {
    format!("mfa-session: [{profile}] is valid until [TIME] ([LEFT] left)\n")
}
