//! `loopback-sts demo`: runs `mfa-session` in a temporary home directory, from a code to a session,
//! and explains each step.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use loopback_sts::{ALICE, Account, Certificate, Keys, Sts};
use tempfile::TempDir;

/// Shows all steps. Stops at the first failure.
pub(crate) fn run(program: Option<PathBuf>) -> io::Result<()> {
    let program = program.map_or_else(build, Ok)?;
    let sts = Sts::builder().account(Account::default()).tls(Certificate::Good).start()?;
    let home = Home::new(program, &sts)?;
    let code = sts.code(ALICE.name);

    say("Alice has long-term keys. Her account requires MFA for almost everything.\n\n")?;
    say("    $ cat ~/.aws/credentials\n")?;
    show(&home.credentials()?)?;
    say(&format!("The app on her phone shows {code}.\n\n"))?;
    home.run(&["--serial", ALICE.serial_number, "--code", &code])?;
    say("    $ cat ~/.aws/credentials\n")?;
    let credentials = home.credentials()?;
    show(&credentials)?;
    check(
        credentials.starts_with(LONG_TERM),
        "mfa-session changed the section of the long-term keys",
    )?;
    check(sts.requests().iter().any(is_session_granted), "mfa-session did not request a session")?;

    say("The second run reuses the session: no prompt, no request.\n\n")?;
    let requests = sts.requests().len();
    home.run(&[])?;
    check(sts.requests().len() == requests, "mfa-session sent another request")?;

    say("A different program signs a request with the keys of [default-mfa]. STS answers:\n\n")?;
    let keys =
        session(&credentials).ok_or_else(|| io::Error::other("[default-mfa] has no session"))?;
    let identity = sts.call(&keys, "GetCallerIdentity", &[])?;
    let arn = identity.text("Arn").ok_or_else(|| io::Error::other(identity.body.clone()))?;
    show(arn)?;
    say("One code, one session.\n")
}

const LONG_TERM: &str = "# Keys of the demo account\n[default]\n";

/// Builds `mfa-session` with the Cargo profile of this program, into the same directory.
fn build() -> io::Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let mut command = Command::new(cargo);
    command
        .args(["build", "--package", "mfa-session", "--bin", "mfa-session", "--profile", profile])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    for (name, _) in env::vars_os().filter(|(name, _)| is_set_by_cargo_run(name)) {
        command.env_remove(name);
    }
    check(command.status()?.success(), "mfa-session does not build")?;
    let program = env::current_exe()?.with_file_name("mfa-session");
    Ok(program.with_extension(env::consts::EXE_EXTENSION))
}

/// Whether a variable describes the package that Cargo runs. If such a variable changes, Cargo
/// compiles ring again.
fn is_set_by_cargo_run(name: &OsStr) -> bool {
    ["CARGO_MANIFEST_", "CARGO_PKG_"]
        .iter()
        .any(|start| name.as_encoded_bytes().starts_with(start.as_bytes()))
}

/// A temporary home directory, with the settings for a program that runs in it.
struct Home {
    directory: TempDir,
    program: PathBuf,
    endpoint: String,
}

impl Home {
    fn new(program: PathBuf, sts: &Sts) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("mfa-session-demo-").tempdir()?;
        let home = Self { directory, program, endpoint: sts.url() };
        fs::create_dir(home.path().join(".aws"))?;
        fs::write(home.path().join("ca.pem"), sts.ca_pem())?;
        let mut file = private_file(&home.path().join(CREDENTIALS))?;
        write!(
            file,
            "{LONG_TERM}aws_access_key_id = {}\naws_secret_access_key = {}\n",
            ALICE.access_key_id, ALICE.secret_access_key
        )?;
        Ok(home)
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn credentials(&self) -> io::Result<String> {
        fs::read_to_string(self.path().join(CREDENTIALS))
    }

    /// Runs `mfa-session` without the environment of this process.
    fn run(&self, arguments: &[&str]) -> io::Result<()> {
        say(&format!("    $ {}\n", [&["mfa-session"], arguments].concat().join(" ")))?;
        let Output { status, stdout, stderr } = Command::new(&self.program)
            .args(arguments)
            .env_clear()
            .env("HOME", self.path())
            .env("AWS_ENDPOINT_URL_STS", &self.endpoint)
            .env("AWS_CA_BUNDLE", self.path().join("ca.pem"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null())
            .output()?;
        show(&String::from_utf8_lossy(&[stdout, stderr].concat()))?;
        check(status.success(), &format!("mfa-session failed: {status}"))
    }
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

const CREDENTIALS: &str = ".aws/credentials";

fn is_session_granted(request: &loopback_sts::Request) -> bool {
    request.operation() == "GetSessionToken" && request.outcome == "OK"
}

/// The keys of section `[default-mfa]`.
fn session(credentials: &str) -> Option<Keys> {
    let section = credentials.lines().skip_while(|line| *line != "[default-mfa]").skip(1);
    let section: Vec<_> = section.take_while(|line| !line.starts_with('[')).collect();
    let value = |key: &str| {
        let mut pairs = section.iter().filter_map(|line| line.split_once(" = "));
        pairs.find(|pair| pair.0 == key).map(|pair| pair.1.to_owned())
    };
    Some(Keys {
        access_key_id: value("aws_access_key_id")?,
        secret_access_key: value("aws_secret_access_key")?,
        session_token: Some(value("aws_session_token")?),
    })
}

fn check(condition: bool, error: &str) -> io::Result<()> {
    if condition { Ok(()) } else { Err(io::Error::other(error)) }
}

/// Prints lines indented and shortened, then an empty line.
fn show(text: &str) -> io::Result<()> {
    for line in text.lines() {
        let start: String = line.chars().take(WIDTH).collect();
        let end = if start.len() < line.len() { "…" } else { "" };
        say(format!("    {start}{end}").trim_end())?;
        say("\n")?;
    }
    say("\n")
}

const WIDTH: usize = 90;

fn say(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}
