//! A clock that is wrong: the session is had all the same, and the person is told.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use loopback_sts::{ALICE, Answer, Fault};

#[cfg(target_os = "linux")]
use crate::terminal::{Person, QUESTION};
use crate::{
    tools::program,
    world::{Outcome, PROGRAM, World},
};

/// How far AWS's clock is ahead of this machine's, in seconds, and how that is told; the first
/// signature is good where it is less than 15 minutes.
const OFF: [(i64, &str); 4] =
    [(630, "10m behind"), (-630, "10m ahead of"), (7230, "2h behind"), (-7230, "2h ahead of")];

fn told(difference: &str) -> String {
    format!(
        "mfa-session: warning: this machine's clock is {difference} AWS's: AWS's time is used\n\
         mfa-session: hint: {SET}\n\
         mfa-session: [default-mfa] is good until THEN (LEFT left)\n"
    )
}

const SET: &str = if cfg!(target_os = "macos") {
    "set the clock: sudo sntp -sS time.apple.com"
} else if cfg!(windows) {
    "set the clock: w32tm /resync"
} else {
    "set the clock: sudo timedatectl set-ntp true"
};

#[test]
fn the_request_is_signed_anew_with_the_same_code() {
    for (seconds, difference) in OFF {
        let world = World::new();
        world.sts().set_clock_offset(seconds);
        let code = world.code();
        let outcome = world.run(["--serial", ALICE.serial_number, "--code", &code]);
        outcome.is(0, "", &told(difference));
        let expected: &[&str] = if seconds.abs() < 900 {
            &["GetSessionToken OK"]
        } else {
            &["GetSessionToken SignatureDoesNotMatch", "GetSessionToken OK"]
        };
        assert_eq!(world.asked(), expected);
    }
}

#[test]
fn what_is_left_is_told_by_the_clock_of_aws() {
    for (seconds, _) in OFF {
        let world = World::new();
        world.sts().set_clock_offset(seconds);
        let mut command = world.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number, "--code", &world.code()]);
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("(12h left)") || stderr.contains("(11h 59m left)"), "{stderr}");
    }
}

/// The whole of it would be over by this machine's clock.
#[test]
fn a_short_session_is_no_nonsense() {
    let world = World::new();
    world.sts().set_clock_offset(-7230);
    let code = world.code();
    let outcome =
        world.run(["--serial", ALICE.serial_number, "--code", &code, "--duration", "15m"]);
    outcome.is(0, "", &told("2h ahead of"));
}

#[test]
fn it_is_signed_anew_once() {
    let world = World::new();
    world.sts().set_clock_offset(7230);
    let refusal = Answer::error(403, "SignatureDoesNotMatch", "Signature expired: …");
    world.sts().weather(Fault::Answer(refusal).on_calls());
    let code = world.code();
    let outcome = world.run(["--serial", ALICE.serial_number, "--code", &code]);
    assert_eq!(outcome.status, 4);
    assert_eq!(world.asked().len(), 2);
}

#[test]
fn a_wrong_key_is_not_the_clocks_fault() {
    let world = World::new();
    let keys = world.read("credentials").replace(ALICE.secret_access_key, "wrong");
    world.write("credentials", &keys);
    let code = world.code();
    assert_eq!(world.run(["--serial", ALICE.serial_number, "--code", &code]).status, 4);
    assert_eq!(world.asked().len(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn at_the_terminal_the_first_signature_is_right() {
    for (seconds, difference) in OFF {
        let world = World::new();
        world.sts().set_clock_offset(seconds);
        let mut person = Person::runs(&world, "--serial arn:aws:iam::123456789012:mfa/alice");
        person.reads(QUESTION);
        person.types(&format!("{}\n", world.code()));
        person.is_left_with(&world, 0, "", &told(difference));
        assert_eq!(world.asked(), ["HEAD", "GetSessionToken OK"]);
    }
}

/// The same with a clock that is off here, not there.
#[test]
#[cfg(target_os = "linux")]
fn a_machine_whose_clock_is_wrong_gets_its_session() {
    let Some(faketime) = program("faketime") else { return };
    for (shift, difference) in [("-7230", "2h behind"), ("+7230", "2h ahead of")] {
        let world = World::new();
        let outcome = at(&faketime, &world, shift);
        outcome.is(0, "", &told(difference));
        let expires = world.value("default-mfa", "x_security_token_expires").unwrap();
        let format = time::format_description::well_known::Rfc3339;
        let expires = time::OffsetDateTime::parse(&expires, &format).unwrap().unix_timestamp();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let left = expires - i64::try_from(now).unwrap();
        assert!((43_100..=43_200).contains(&left), "{left}");
    }
}

/// Runs the program on a clock that is so many seconds off.
fn at(faketime: &Path, world: &World, shift: &str) -> Outcome {
    let mut command = world.command(faketime);
    command.args(["--exclude-monotonic", "-f", shift, PROGRAM]);
    command.args(["--serial", ALICE.serial_number, "--code", &world.code()]);
    world.outcome(command, "")
}
