//! `loopback-sts demo`: runs `mfa-session` in a temporary home directory, from a code to a session,
//! and explains each step.

use std::io;
use std::path::Path;
use std::process::{Output, Stdio};

use loopback_sts::{ALICE, Account, Certificate, Keys, Sts};

use crate::home::{Home, LONG_TERM, Program};
use crate::{check, say};

/// Shows all steps. Stops at the first failure.
pub(crate) fn run(program: Program) -> io::Result<()> {
    let program = program.find()?;
    let run = |home: &Home, arguments: &[&str]| run_program(&program, home, arguments);
    let sts = Sts::builder().account(Account::default()).tls(Certificate::Good).start()?;
    let home = Home::new(&sts)?;
    let code = sts.code(ALICE.name);

    say("Alice has long-term keys. Her account requires MFA for almost everything.\n\n")?;
    say("    $ cat ~/.aws/credentials\n")?;
    show(&home.credentials()?)?;
    say(&format!("The app on her phone shows {code}.\n\n"))?;
    run(&home, &["--serial", ALICE.serial_number, "--code", &code])?;
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
    run(&home, &[])?;
    check(sts.requests().len() == requests, "mfa-session sent another request")?;

    say("A different program signs a request with the keys of [default-mfa]. STS answers:\n\n")?;
    let keys =
        session(&credentials).ok_or_else(|| io::Error::other("[default-mfa] has no session"))?;
    let identity = sts.call(&keys, "GetCallerIdentity", &[])?;
    let arn = identity.text("Arn").ok_or_else(|| io::Error::other(identity.body.clone()))?;
    show(arn)?;
    say("One code, one session.\n")
}

/// Runs `mfa-session` and shows its output.
fn run_program(program: &Path, home: &Home, arguments: &[&str]) -> io::Result<()> {
    say(&format!("    $ {}\n", [&["mfa-session"], arguments].concat().join(" ")))?;
    let Output { status, stdout, stderr } =
        home.command(program).args(arguments).stdin(Stdio::null()).output()?;
    show(&String::from_utf8_lossy(&[stdout, stderr].concat()))?;
    check(status.success(), &format!("mfa-session failed: {status}"))
}

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
