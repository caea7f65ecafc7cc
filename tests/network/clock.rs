//! A clock that is wrong: the session is had all the same, and the person is told.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use loopback_sts::{ALICE, Answer, Fault};

#[cfg(target_os = "linux")]
use snapbox::str;

use crate::terminal::{Person, QUESTION};
use crate::{
    sandbox::{Outcome, PROGRAM, Sandbox, Table},
    tools::program,
};

/// How far the clock of AWS is ahead of this machine's, in seconds. The first signature is valid
/// within 15 minutes.
const OFF: [i64; 4] = [630, -630, 7230, -7230];

#[test]
fn the_request_is_signed_anew_with_the_same_code() {
    let mut table = Table::default();
    for seconds in OFF {
        let sandbox = Sandbox::new();
        sandbox.sts().set_clock_offset(seconds);
        let code = sandbox.code();
        let outcome = sandbox.run(["--serial", ALICE.serial_number, "--code", &code]);
        table.add(seconds, &outcome);
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
fn what_is_left_is_told_by_the_clock_of_aws() {
    for seconds in OFF {
        let sandbox = Sandbox::new();
        sandbox.sts().set_clock_offset(seconds);
        let mut command = sandbox.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]);
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("(12h left)") || stderr.contains("(11h 59m left)"), "{stderr}");
    }
}

/// The whole of it would be over by this machine's clock.
#[test]
fn a_short_session_is_no_nonsense() {
    let sandbox = Sandbox::new();
    sandbox.sts().set_clock_offset(-7230);
    let code = sandbox.code();
    let outcome =
        sandbox.run(["--serial", ALICE.serial_number, "--code", &code, "--duration", "15m"]);
    outcome.matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: this machine's clock is 2h ahead of AWS's: AWS's time is used
mfa-session: hint: set the clock: [SET THE CLOCK]
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn it_is_signed_anew_once() {
    let sandbox = Sandbox::new();
    sandbox.sts().set_clock_offset(7230);
    let refusal = Answer::error(403, "SignatureDoesNotMatch", "Signature expired: …");
    sandbox.sts().inject(Fault::Answer(refusal).on_calls());
    let code = sandbox.code();
    let outcome = sandbox.run(["--serial", ALICE.serial_number, "--code", &code]);
    assert_eq!(outcome.status, 4);
    assert_eq!(sandbox.asked().len(), 2);
}

#[test]
fn a_wrong_key_is_not_the_clocks_fault() {
    let sandbox = Sandbox::new();
    let keys = sandbox.read("credentials").replace(ALICE.secret_access_key, "wrong");
    sandbox.write("credentials", &keys);
    let code = sandbox.code();
    assert_eq!(sandbox.run(["--serial", ALICE.serial_number, "--code", &code]).status, 4);
    assert_eq!(sandbox.asked().len(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn at_the_terminal_the_first_signature_is_right() {
    let mut table = Table::default();
    for seconds in OFF {
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

/// The same with a clock that is off here, not there.
#[test]
#[cfg(target_os = "linux")]
fn a_machine_whose_clock_is_wrong_gets_its_session() {
    let Some(faketime) = program("faketime") else { return };
    let mut table = Table::default();
    for shift in ["-7230", "+7230"] {
        let sandbox = Sandbox::new();
        let outcome = at(&faketime, &sandbox, shift);
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
mfa-session: warning: this machine's clock is 2h behind AWS's: AWS's time is used
mfa-session: hint: set the clock: [SET THE CLOCK]
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)

=== +7230
exit 0
--- stderr
mfa-session: warning: this machine's clock is 2h ahead of AWS's: AWS's time is used
mfa-session: hint: set the clock: [SET THE CLOCK]
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]]);
}

/// Runs the program on a clock that is so many seconds off.
fn at(faketime: &Path, sandbox: &Sandbox, shift: &str) -> Outcome {
    let mut command = sandbox.command(faketime);
    command.args(["--exclude-monotonic", "-f", shift, PROGRAM]);
    command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]);
    sandbox.outcome(command, "")
}
