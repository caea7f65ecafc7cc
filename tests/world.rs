//! A world for the program to run in: a home, a loopback STS, an empty environment. What it prints
//! is compared as a whole, and searched for secrets each time.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use loopback_sts::{ALICE, Account, Certificate, Keys, Request, Sts};
use regex_lite::Regex;
use tempfile::TempDir;

/// The program as it was built.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_mfa-session");

/// A home with Alice's long-term keys in it, and an STS that knows her.
pub(crate) struct World {
    home: TempDir,
    sts: Sts,
    variables: Vec<(String, String)>,
    secrets: Arc<Secrets>,
}

/// What is never to be shown: what was said so far, and what stands in the credentials file.
pub(crate) struct Secrets {
    known: Mutex<Vec<String>>,
    file: PathBuf,
}

impl Secrets {
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

impl World {
    /// Alice's long-term keys are in `[default]`.
    pub(crate) fn new() -> Self {
        Self::with(Sts::start(Account::default()))
    }

    pub(crate) fn with(sts: Sts) -> Self {
        let home = tempfile::Builder::new().prefix("mfa-session-test-").tempdir().unwrap();
        let world = Self {
            variables: vec![
                ("HOME".into(), home.path().to_str().unwrap().into()),
                ("AWS_ENDPOINT_URL".into(), sts.url()),
                ("TMPDIR".into(), home.path().join("tmp").to_str().unwrap().into()),
                ("TZ".into(), "UTC".into()),
                ("TERM".into(), "xterm".into()),
            ],
            secrets: Arc::new(Secrets {
                known: Mutex::new(vec![ALICE.secret_access_key.into()]),
                file: home.path().join(".aws/credentials"),
            }),
            sts,
            home,
        };
        fs::create_dir(world.path("tmp")).unwrap();
        world.write("credentials", &keys("default"));
        world
    }

    /// The same with an STS that speaks TLS, whose CA is in `~/ca.pem`.
    pub(crate) fn with_tls() -> Self {
        let world = Self::with(Sts::builder().tls(Certificate::Good).start().unwrap());
        fs::write(world.path("ca.pem"), world.sts().ca_pem()).unwrap();
        world
    }

    /// A path below the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// One of the two AWS files, with the mode that it should have.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(".aws");
        fs::create_dir_all(&path).unwrap();
        let path = path.join(name);
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    /// The text of one of the two AWS files.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(".aws").join(name)).unwrap()
    }

    /// A value in the credentials file, as it stands there.
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

    /// Whether STS takes the session that stands in a text.
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

    /// The endpoint that the programs of this world ask.
    pub(crate) fn endpoint(&self) -> &str {
        let mut variables = self.variables.iter();
        &variables.find(|(name, _)| name == "AWS_ENDPOINT_URL").unwrap().1
    }

    /// The operations that STS was asked for, with what came of them; `HEAD` for a probe.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.sts.requests().iter().map(told).collect()
    }

    /// The access key id that the last request was signed with.
    pub(crate) fn signer(&self) -> String {
        let requests = self.sts.requests();
        let authorization = requests.last().unwrap().header("authorization").unwrap();
        let credential = authorization.split_once("Credential=").unwrap().1;
        credential.split_once('/').unwrap().0.to_owned()
    }

    /// A code that Alice's device shows.
    pub(crate) fn code(&self) -> String {
        let code = self.sts.code(ALICE.name);
        self.secrets.known.lock().unwrap().push(code.clone());
        code
    }

    /// A text that is never to be shown.
    pub(crate) fn hide(&self, secret: &str) {
        self.secrets.known.lock().unwrap().push(secret.to_owned());
    }

    /// What is never to be shown.
    pub(crate) fn secrets(&self) -> Arc<Secrets> {
        Arc::clone(&self.secrets)
    }

    /// Sets a variable for all runs to come; an empty value takes it away.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.variables.retain(|(known, _)| known != name);
        let value = value.into();
        if !value.is_empty() {
            self.variables.push((name.into(), value));
        }
        self
    }

    /// The program, to be run in this world: without a terminal, with nothing on standard input.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        // In a session of its own there is no controlling terminal that could be asked.
        let mut command = if cfg!(target_os = "linux") {
            let mut command = Command::new("setsid");
            command.arg("--wait").arg(program.as_ref());
            command
        } else {
            Command::new(program.as_ref())
        };
        self.surround(&mut command);
        command.stdin(Stdio::null());
        command
    }

    /// Gives a command the environment and the directory of this world, and nothing else.
    pub(crate) fn surround(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path());
    }

    /// Gets a session for a code of Alice's, or fails to.
    pub(crate) fn get<const N: usize>(&self, more: [&str; N]) -> Outcome {
        let mut command = self.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number, "--code", &self.code()]).args(more);
        self.outcome(command, "")
    }

    /// The program, to be run by somebody to whom permissions mean something: root gives its home
    /// away, and becomes nobody.
    #[cfg(unix)]
    pub(crate) fn powerless(&self) -> Command {
        use std::os::unix::{
            fs::{MetadataExt as _, PermissionsExt as _},
            process::CommandExt as _,
        };
        const NOBODY: u32 = 65_534;
        let home = self.home.path();
        if fs::metadata(home).unwrap().uid() != 0 {
            return self.command(PROGRAM);
        }
        let is_open = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 1 != 0;
        let mut program = PathBuf::from(PROGRAM);
        if !program.ancestors().all(is_open) {
            program = home.join("program");
            // A file that this process has open for writing could not be run.
            assert!(Command::new("cp").arg(PROGRAM).arg(&program).status().unwrap().success());
        }
        let owner = format!("{NOBODY}:{NOBODY}");
        let given = Command::new("chown").arg("-R").arg(owner).arg(home).status().unwrap();
        assert!(given.success());
        let mut command = self.command(program);
        command.uid(NOBODY).gid(NOBODY);
        command
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

    /// Runs any command of this world to its end.
    pub(crate) fn outcome(&self, mut command: Command, input: &str) -> Outcome {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Who does not read its input may be gone by now.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        self.finish(child)
    }

    /// Waits for a command of this world to end.
    pub(crate) fn finish(&self, child: Child) -> Outcome {
        let output = child.wait_with_output().unwrap();
        let outcome = Outcome {
            status: output.status.code().unwrap_or(-1),
            stdout: self.settled(&String::from_utf8(output.stdout).unwrap()),
            stderr: self.settled(&String::from_utf8(output.stderr).unwrap()),
        };
        self.search_for_secrets(&outcome);
        outcome
    }

    /// Standard error never shows a secret; standard output shows those of the session where they
    /// are asked for, and the long-term one never.
    pub(crate) fn search_for_secrets(&self, outcome: &Outcome) {
        for secret in self.secrets.all() {
            assert!(!outcome.stderr.contains(secret.as_str()), "a secret is in {outcome:?}");
        }
        assert!(!outcome.stdout.contains(ALICE.secret_access_key), "a secret is in {outcome:?}");
    }

    /// The text with what differs from run to run replaced: the home by `~`, STS by `STS`, the
    /// end of a session by `THEN`, what is left of it by `LEFT`, a request's id by `ID`, the end of
    /// a rescue file's name by `RANDOM`.
    pub(crate) fn settled(&self, text: &str) -> String {
        let home = self.home.path().to_str().unwrap();
        let text = text.replace(home, "~");
        let host = self.sts.url();
        let host = host.split("//").nth(1).unwrap().trim_end_matches('/');
        let text = text.replace(host, "STS");
        [
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d", "THEN"),
            (r"\((\d+[hms] ?)+ left\)", "(LEFT left)"),
            (r"request [0-9a-f-]{36}", "request ID"),
            (r"/mfa-session-\w{6}\b", "/mfa-session-RANDOM"),
        ]
        .into_iter()
        .fold(text, |text, (pattern, word)| {
            Regex::new(pattern).unwrap().replace_all(&text, word).into_owned()
        })
    }
}

/// Compares each outcome as a whole with its exit status and standard error, standard output being
/// empty; fails with all that differ, each with its name.
#[track_caller]
pub(crate) fn all_are<'a>(
    rows: impl IntoIterator<Item = (&'a str, Outcome, i32, impl AsRef<str>)>,
) {
    let differing: Vec<_> = rows
        .into_iter()
        .filter_map(|(name, outcome, status, stderr)| {
            let difference = outcome.difference(status, "", stderr.as_ref())?;
            Some(format!("=== {name}: {difference}"))
        })
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// How a failure is told: what happened, and what to do.
pub(crate) fn error(what: &str, hints: &[&str]) -> String {
    let hints = hints.iter().map(|hint| format!("mfa-session: hint: {hint}\n"));
    format!("mfa-session: error: {what}\n") + &hints.collect::<String>()
}

/// A section with Alice's long-term keys.
pub(crate) fn keys(section: &str) -> String {
    format!(
        "[{section}]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        ALICE.access_key_id, ALICE.secret_access_key
    )
}

fn told(request: &Request) -> String {
    match request.operation() {
        "" => request.method.clone(),
        operation => format!("{operation} {}", request.outcome),
    }
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Compares all of it.
    #[track_caller]
    pub(crate) fn is(&self, status: i32, stdout: &str, stderr: &str) {
        let difference = self.difference(status, stdout, stderr);
        assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }

    /// Replaces why a connection broke off by `WHY`: it depends on which side is faster.
    pub(crate) fn forget_why(&mut self) {
        let why = Regex::new(r"broke off the connection: .*").unwrap();
        let told = why.replace_all(&self.stderr, "broke off the connection: WHY");
        self.stderr = told.into_owned();
    }

    fn difference(&self, status: i32, stdout: &str, stderr: &str) -> Option<String> {
        let expected = format!("exit {status}\n--- stdout\n{stdout}\n--- stderr\n{stderr}");
        let found = format!(
            "exit {}\n--- stdout\n{}\n--- stderr\n{}",
            self.status, self.stdout, self.stderr
        );
        (expected != found).then(|| format!("expected {expected}\nfound {found}"))
    }

    /// The session was written, and nothing else is to be said.
    #[track_caller]
    pub(crate) fn wrote(&self, profile: &str) {
        self.is(0, "", &format!("mfa-session: [{profile}] is good until THEN (LEFT left)\n"));
    }

    /// The session was written where one of another role stood.
    #[track_caller]
    pub(crate) fn wrote_over(&self, role: &str, profile: &str) {
        let held = format!("mfa-session: [{profile}] held a session of {role} before\n");
        let good = format!("mfa-session: [{profile}] is good until THEN (LEFT left)\n");
        self.is(0, "", &(held + &good));
    }
}
