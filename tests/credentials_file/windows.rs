//! On Windows, a program that has the file open can prevent that it is replaced. And where the file
//! is, and how its lines end.

use std::{
    fs::{self, File, OpenOptions},
    os::windows::fs::OpenOptionsExt as _,
    thread,
    time::Duration,
};

use loopback_sts::{ALICE, Fault};
use snapbox::str;

use crate::sandbox::{Sandbox, answer, keys};

/// STS gives it for any code.
const SESSION: &str = "<Credentials><AccessKeyId>ASIALOOPBACKSESSION1</AccessKeyId>\
    <SecretAccessKey>Session/Secret+Of/Forty+Characters/Abcde</SecretAccessKey>\
    <SessionToken>IQoJb3JpZ2luX2VjE/+abc==</SessionToken>\
    <Expiration>2099-12-31T23:59:59Z</Expiration></Credentials>";

/// Opens the credentials file as most programs do: without sharing its deletion.
fn hold(sandbox: &Sandbox) -> File {
    let mut options = OpenOptions::new();
    options.read(true).share_mode(SHARE_READ | SHARE_WRITE);
    options.open(sandbox.path(".aws/credentials")).unwrap()
}

#[test]
fn eight_writers_at_once_all_succeed() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Answer(answer("GetSessionToken", SESSION)).on_calls());
    let profiles: Vec<String> = (0..8).map(|number| format!("w{number}")).collect();
    thread::scope(|scope| {
        let runs: Vec<_> = profiles
            .iter()
            .map(|profile| (profile, scope.spawn(|| sandbox.get(["--to", profile]))))
            .collect();
        for (profile, run) in runs {
            run.join().unwrap().wrote(profile);
        }
    });
    assert!(sandbox.read("credentials").starts_with(&keys("default")));
    for profile in &profiles {
        assert!(sandbox.value(profile, "aws_session_token").is_some(), "{profile} is lost");
    }
    assert_eq!(sandbox.files(), ["credentials"]);
}

/// Another program opens the file before the code is sent, or after.
#[test]
fn waits_for_a_program_that_has_the_file_open() {
    for is_sent in [false, true] {
        let sandbox = Sandbox::new();
        let slow = Fault::Delay(Duration::from_millis(500));
        sandbox.sts().inject(slow.on_calls().times(1));
        let early = (!is_sent).then(|| hold(&sandbox));
        thread::scope(|scope| {
            let run = scope.spawn(|| sandbox.get([]));
            let seconds = if is_sent {
                while sandbox.asked().is_empty() {
                    thread::sleep(Duration::from_millis(5));
                }
                4
            } else {
                1
            };
            let held = early.unwrap_or_else(|| hold(&sandbox));
            thread::sleep(Duration::from_secs(seconds));
            assert!(!run.is_finished(), "the file was replaced");
            drop(held);
            run.join().unwrap().wrote("default-mfa");
        });
        assert_eq!(sandbox.files(), ["credentials"]);
    }
}

#[test]
fn reports_a_program_that_keeps_the_file_open_before_the_code_is_used() {
    let sandbox = Sandbox::new();
    let held = hold(&sandbox);
    sandbox.get([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot write ~/.aws/credentials: The process cannot access the file (os error 32)
mfa-session: hint: close the program that has it open, or don't keep the session: --export --no-write
"#]]);
    drop(held);
    assert_eq!(sandbox.sts().connections(), 0);
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn keeps_the_ends_of_lines() {
    let sandbox = Sandbox::new();
    let before = format!("# mine\n{}", keys("default")).replace('\n', "\r\n");
    sandbox.write("credentials", &before);
    sandbox.get([]).wrote("default-mfa");
    let text = sandbox.read("credentials");
    assert!(text.starts_with(&before), "{text:?}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text:?}");
}

/// As for the AWS CLI.
#[test]
fn userprofile_comes_before_home() {
    let mut sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("other")).unwrap();
    let home = |sandbox: &Sandbox, name: &str| sandbox.path(name).to_str().unwrap().to_owned();
    let other = home(&sandbox, "other");
    sandbox.set("HOME", other);
    sandbox.get([]).wrote("default-mfa");
    assert!(!sandbox.path("other/.aws").exists());
    // Without it, HOME is the home.
    let first = home(&sandbox, "");
    sandbox.set("USERPROFILE", "").set("HOME", first);
    sandbox.run(["--serial", ALICE.serial_number]).wrote("default-mfa");
    // Then the home is on a drive.
    let (drive, path) = sandbox.path("").to_str().unwrap().split_once(':').map(owned).unwrap();
    sandbox.set("HOME", "").set("HOMEDRIVE", drive + ":").set("HOMEPATH", path);
    sandbox.run(["--serial", ALICE.serial_number]).wrote("default-mfa");
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
}

fn owned((a, b): (&str, &str)) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

const SHARE_READ: u32 = 1;
const SHARE_WRITE: u32 = 2;
