//! A wrong clock: the program gets a session all the same, and warns.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use loopback_sts::{ALICE, Answer, Fault};
use snapbox::str;

#[cfg(target_os = "linux")]
use crate::terminal::{Person, QUESTION};
use crate::{
    sandbox::{Outcome, PROGRAM, Sandbox, Table},
    tools::program,
};

/// How far the clock of AWS is ahead of this machine's, in seconds. A signature is valid for 15
/// minutes.
const OFFSETS: [i64; 4] = [630, -630, 7230, -7230];

#[test]
fn signs_again_with_the_same_code() {
    let mut table = Table::default();
    for seconds in OFFSETS {
        let sandbox = Sandbox::new();
        sandbox.sts().set_clock_offset(seconds);
        table.add(seconds, &sandbox.get([]));
        let expected: &[&str] = if seconds.abs() < 900 {
            &["GetSessionToken OK"]
        } else {
            &["GetSessionToken SignatureDoesNotMatch", "GetSessionToken OK"]
        };
        assert_eq!(sandbox.asked(), expected);
    }
    table.matches_file("clock/warnings");
}

#[test]
fn shows_the_remaining_time_by_the_clock_of_aws() {
    for seconds in OFFSETS {
        let sandbox = Sandbox::new();
        sandbox.sts().set_clock_offset(seconds);
        let mut command = sandbox.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]);
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("(12h left)") || stderr.contains("(11h 59m left)"), "{stderr}");
    }
}

/// By this machine's clock, the session has expired before it begins.
#[test]
fn accepts_a_session_that_looks_expired() {
    let sandbox = Sandbox::new();
    sandbox.sts().set_clock_offset(-7230);
    sandbox.get(["--duration", "15m"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: this machine's clock is 2h ahead of AWS's: using AWS's time
mfa-session: hint: set the clock: [SET THE CLOCK]
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn signs_again_only_once() {
    let sandbox = Sandbox::new();
    sandbox.sts().set_clock_offset(7230);
    let refusal = Answer::error(403, "SignatureDoesNotMatch", "Signature expired: …");
    sandbox.sts().inject(Fault::Answer(refusal).on_calls());
    assert_eq!(sandbox.get([]).status, 4);
    assert_eq!(sandbox.asked().len(), 2);
}

#[test]
fn does_not_sign_again_with_a_wrong_key() {
    let sandbox = Sandbox::new();
    let keys = sandbox.read("credentials").replace(ALICE.secret_access_key, "wrong");
    sandbox.write("credentials", &keys);
    assert_eq!(sandbox.get([]).status, 4);
    assert_eq!(sandbox.asked().len(), 1);
}

#[test]
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
fn first_signature_is_right_at_a_terminal() {
    let mut table = Table::default();
    for seconds in OFFSETS {
        let sandbox = Sandbox::new();
        sandbox.sts().set_clock_offset(seconds);
        let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
        person.reads(QUESTION);
        person.types(&format!("{}\n", sandbox.code()));
        let outcome = person.outcome(&sandbox);
        table.add(seconds, &outcome);
        assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
    }
    table.matches_file("clock/warnings");
}

/// Unlike in the other tests, the clock of this machine is wrong.
#[test]
#[cfg(target_os = "linux")] // needs libfaketime
#[cfg_attr(target_env = "musl", ignore = "libfaketime has no effect on a static binary")]
fn gets_a_session_with_a_wrong_local_clock() {
    let Some(faketime) = program("faketime") else { return };
    let mut table = Table::default();
    for shift in ["-7230", "+7230"] {
        let sandbox = Sandbox::new();
        let outcome = get_at(&faketime, &sandbox, shift);
        table.add(shift, &outcome);
        let format = time::format_description::well_known::Rfc3339;
        let expires = sandbox.value("default-mfa", "x_security_token_expires").unwrap();
        let expires = time::OffsetDateTime::parse(&expires, &format).unwrap().unix_timestamp();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let left = expires - i64::try_from(now).unwrap();
        assert!((43_100..=43_200).contains(&left), "{left}");
    }
    table.matches(str![[r#"
=== -7230
exit 0
--- stderr
mfa-session: warning: this machine's clock is 2h behind AWS's: using AWS's time
mfa-session: hint: set the clock: [SET THE CLOCK]
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)

=== +7230
exit 0
--- stderr
mfa-session: warning: this machine's clock is 2h ahead of AWS's: using AWS's time
mfa-session: hint: set the clock: [SET THE CLOCK]
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
}

/// Runs the program with its clock shifted by some seconds.
fn get_at(faketime: &Path, sandbox: &Sandbox, shift: &str) -> Outcome {
    let mut command = sandbox.command(faketime);
    command.args(["--exclude-monotonic", "-f", shift, PROGRAM]);
    command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]);
    sandbox.outcome(command, "")
}
