//! A session that cannot be delivered is not lost.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Fault};
use snapbox::str;

use crate::sandbox::{Outcome, PROGRAM, Sandbox, keys};

/// Gets a session, and changes the sandbox between the request to STS and its answer.
fn change_meanwhile(
    sandbox: &Sandbox,
    change: impl FnOnce(&Sandbox),
    arguments: &[&str],
) -> Outcome {
    sandbox.sts().inject(Fault::Delay(Duration::from_millis(500)).on_calls());
    let mut command = sandbox.command(PROGRAM);
    command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]).args(arguments);
    thread::scope(|threads| {
        let run = threads.spawn(|| sandbox.outcome(command, ""));
        while sandbox.asked().is_empty() {
            thread::sleep(Duration::from_millis(5));
        }
        change(sandbox);
        run.join().unwrap()
    })
}

/// The only file in the temporary directory.
fn rescued(sandbox: &Sandbox) -> PathBuf {
    let mut files = fs::read_dir(sandbox.path("tmp")).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    file
}

/// Whether STS accepts the session in a rescue file.
fn is_valid(sandbox: &Sandbox, file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.starts_with("[default-mfa]\n"));
    sandbox.sts().clear_faults();
    sandbox.accepts(&text)
}

#[test]
fn saves_the_session_elsewhere_if_the_file_becomes_a_directory() {
    let sandbox = Sandbox::new();
    let change = |sandbox: &Sandbox| {
        fs::remove_file(sandbox.path(".aws/credentials")).unwrap();
        fs::create_dir(sandbox.path(".aws/credentials")).unwrap();
    };
    change_meanwhile(&sandbox, change, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: warning: saved the session in another file; to use it, set AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: ~/.aws/credentials is not a file
mfa-session: hint: name the credentials file in AWS_SHARED_CREDENTIALS_FILE
"#]]);
    let file = rescued(&sandbox);
    assert!(is_valid(&sandbox, &file));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn never_overwrites_long_term_keys_that_appear_meanwhile() {
    let sandbox = Sandbox::new();
    let change = |sandbox: &Sandbox| {
        sandbox.write("credentials", &(keys("default") + &keys("default-mfa")));
    };
    change_meanwhile(&sandbox, change, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: warning: saved the session in another file; to use it, set AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: [default-mfa] in ~/.aws/credentials contains long-term keys, which are never overwritten
mfa-session: hint: name another session profile: --to NAME
"#]]);
    assert_eq!(sandbox.read("credentials"), keys("default") + &keys("default-mfa"));
    assert_eq!(sandbox.files(), ["credentials"]);
    assert!(is_valid(&sandbox, &rescued(&sandbox)));
}

#[test]
fn leaves_a_file_that_becomes_malformed_unchanged() {
    let sandbox = Sandbox::new();
    let change = |sandbox: &Sandbox| sandbox.write("credentials", "[default\n");
    change_meanwhile(&sandbox, change, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: warning: saved the session in another file; to use it, set AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: ~/.aws/credentials, line 1: expected `]` at the end of the section header
mfa-session: hint: correct the line: the AWS CLI and the SDKs refuse it, too
"#]]);
    assert_eq!(sandbox.read("credentials"), "[default\n");
    assert!(is_valid(&sandbox, &rescued(&sandbox)));
}

#[test]
fn reports_a_session_that_cannot_be_saved_anywhere() {
    let mut sandbox = Sandbox::new();
    let file = sandbox.path(".aws/credentials").to_str().unwrap().to_owned();
    let home = sandbox.path("nowhere").to_str().unwrap().to_owned();
    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", file).set("HOME", &home).set("USERPROFILE", home);
    let change = |sandbox: &Sandbox| {
        fs::remove_dir(sandbox.path("tmp")).unwrap();
        sandbox.write("credentials", "[default\n");
    };
    change_meanwhile(&sandbox, change, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: ~/.aws/credentials, line 1: expected `]` at the end of the section header
mfa-session: hint: correct the line: the AWS CLI and the SDKs refuse it, too
mfa-session: hint: the session is lost and the code is spent: give the next one
"#]]);
}

#[test]
fn keeps_what_others_write_meanwhile() {
    let sandbox = Sandbox::new();
    let change = |sandbox: &Sandbox| {
        sandbox.write("credentials", &(keys("default") + "# a note\n" + &keys("other")));
    };
    change_meanwhile(&sandbox, change, &[]).wrote("default-mfa");
    let before = keys("default") + "# a note\n" + &keys("other");
    assert!(sandbox.read("credentials").starts_with(&before));
}

#[test]
#[cfg(unix)] // needs named pipes
fn saves_the_session_elsewhere_at_once_if_the_file_becomes_a_pipe() {
    let sandbox = Sandbox::new();
    let path = sandbox.path(".aws/credentials");
    let change = |_: &Sandbox| {
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    };
    let begin = Instant::now();
    let outcome = change_meanwhile(&sandbox, change, &[]);
    assert!(begin.elapsed() < Duration::from_secs(10));
    outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: warning: saved the session in another file; to use it, set AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: ~/.aws/credentials is not a file
mfa-session: hint: name the credentials file in AWS_SHARED_CREDENTIALS_FILE
"#]]);
    assert!(is_valid(&sandbox, &rescued(&sandbox)));
}

#[test]
#[cfg(unix)] // needs symbolic links
fn keeps_a_link_that_replaces_the_file() {
    let sandbox = Sandbox::new();
    let (path, far) = (sandbox.path(".aws/credentials"), sandbox.path("dotfiles"));
    let change = |_: &Sandbox| {
        fs::rename(&path, &far).unwrap();
        std::os::unix::fs::symlink(&far, &path).unwrap();
    };
    change_meanwhile(&sandbox, change, &[]).wrote("default-mfa");
    assert_eq!(fs::read_link(&path).unwrap(), far);
    assert!(fs::read_to_string(&far).unwrap().starts_with(&keys("default")));
    assert_eq!(sandbox.files(), ["credentials"]);
}
