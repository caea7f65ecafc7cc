//! `mfa-session console`: a sign-in link to the AWS console.

mod console_errors;
mod link;
#[cfg(target_os = "linux")] // needs shell scripts as browsers, /proc
mod open;

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use loopback_sts::{ALICE, Account, Request, Role, Sts};
use percent_encoding::percent_decode_str;
use regex_lite::Regex;

use crate::sandbox::{Outcome, PROGRAM, Sandbox};

fn console(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.arg("console").args(more);
    sandbox.outcome(command, "")
}

/// A sandbox where `admin` and `long` are profiles with roles; `long` allows twelve hours.
fn sandbox() -> Sandbox {
    let long = Role::new("long").trust_account().requires_mfa().max_session_duration(43_200);
    let sandbox = Sandbox::with(Sts::start(Account::default().role(long)));
    let profile = |name: &str| {
        let arn = sandbox.sts().role_arn(name);
        format!("[profile {name}]\nrole_arn = {arn}\nsource_profile = default\n")
    };
    let serial = format!("[default]\nmfa_serial = {}\n", ALICE.serial_number);
    sandbox.write("config", &[serial, profile("admin"), profile("long")].concat());
    sandbox
}

/// Runs the command with a code.
fn with_code(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    console(sandbox, &[&["--code", &sandbox.code()], more].concat())
}

/// The link on standard output, as it was printed.
fn link(sandbox: &Sandbox, outcome: &Outcome) -> String {
    let host = sandbox.sts().url();
    let (_, host) = host.split_once("//").unwrap();
    assert_eq!(outcome.status, 0, "{outcome:?}");
    outcome.stdout.trim_end().replace("STS", host)
}

/// The outcome with a placeholder for the sign-in token, which must be nowhere else.
fn without_token(outcome: Outcome) -> Outcome {
    let token = Regex::new("SigninToken=([^&\n]+)").unwrap();
    let token = token.captures(&outcome.stdout).unwrap()[1].to_owned();
    assert!(!outcome.stderr.contains(&token), "{outcome:?}");
    outcome.replace(token, "[TOKEN]")
}

/// Follows a link, as a browser does. Returns where it leads, or the status of a refusal.
fn follow(link: &str) -> Result<String, u16> {
    let (host, path) = link.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let location = answer.lines().find_map(|line| line.strip_prefix("Location: "));
    location.map(ToOwned::to_owned).filter(|_| status == 302).ok_or(status)
}

/// The request for a sign-in token.
fn signin_request(sandbox: &Sandbox) -> Request {
    let requests = sandbox.sts().requests();
    requests.into_iter().rfind(|request| request.operation() == "getSigninToken").unwrap()
}

/// A parameter of the link, decoded.
fn parameter(link: &str, name: &str) -> String {
    let (_, rest) = link.split_once(&format!("{name}=")).unwrap();
    let value = rest.split('&').next().unwrap();
    percent_decode_str(value).decode_utf8().unwrap().into_owned()
}
