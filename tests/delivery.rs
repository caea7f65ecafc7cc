//! The session that STS granted can't be delivered: it is not lost.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Fault};
use snapbox::str;

use crate::sandbox::{Outcome, Sandbox, keys};

/// Gets a session, and does something to the sandbox between STS's answer and its arrival.
fn meanwhile(sandbox: &Sandbox, change: impl FnOnce(&Sandbox), arguments: &[&str]) -> Outcome {
    sandbox.sts().inject(Fault::Delay(Duration::from_millis(500)).on_calls());
    let mut command = sandbox.command(crate::sandbox::PROGRAM);
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

/// The only file in the directory for temporary ones.
fn rescued(sandbox: &Sandbox) -> PathBuf {
    let mut files = fs::read_dir(sandbox.path("tmp")).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    file
}

/// Whether STS takes the session in a file of its own.
fn works(sandbox: &Sandbox, file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.starts_with("[default-mfa]\n"));
    sandbox.sts().clear_faults();
    sandbox.accepts(&text)
}

#[test]
fn a_session_for_a_file_that_became_a_directory_is_saved_elsewhere() {
    let sandbox = Sandbox::new();
    let change = |sandbox: &Sandbox| {
        fs::remove_file(sandbox.path(".aws/credentials")).unwrap();
        fs::create_dir(sandbox.path(".aws/credentials")).unwrap();
    };
    meanwhile(&sandbox, change, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: warning: the session is saved in another file; to use it: AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: ~/.aws/credentials is not a file
mfa-session: hint: name the credentials file in AWS_SHARED_CREDENTIALS_FILE
"#]]);
    let file = rescued(&sandbox);
    assert!(works(&sandbox, &file));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn long_term_keys_that_came_meanwhile_are_not_overwritten() {
    let sandbox = Sandbox::new();
    let change = |sandbox: &Sandbox| {
        sandbox.write("credentials", &(keys("default") + &keys("default-mfa")));
    };
    meanwhile(&sandbox, change, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: warning: the session is saved in another file; to use it: AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: [default-mfa] in ~/.aws/credentials holds long-term keys, which are never overwritten
mfa-session: hint: name another session profile: --to NAME
"#]]);
    assert_eq!(sandbox.read("credentials"), keys("default") + &keys("default-mfa"));
    assert_eq!(sandbox.files(), ["credentials"]);
    assert!(works(&sandbox, &rescued(&sandbox)));
}

#[test]
fn a_file_that_became_malformed_is_left_as_it_is() {
    let sandbox = Sandbox::new();
    let change = |sandbox: &Sandbox| sandbox.write("credentials", "[default\n");
    meanwhile(&sandbox, change, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: warning: the session is saved in another file; to use it: AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: ~/.aws/credentials, line 1: expected `]` at the end of the section's header
mfa-session: hint: correct the line: the AWS CLI or an SDK refuses it as well
"#]]);
    assert_eq!(sandbox.read("credentials"), "[default\n");
    assert!(works(&sandbox, &rescued(&sandbox)));
}

#[test]
fn where_the_session_can_not_be_saved_either_that_is_told() {
    let mut sandbox = Sandbox::new();
    let file = sandbox.path(".aws/credentials").to_str().unwrap().to_owned();
    let home = sandbox.path("nowhere").to_str().unwrap().to_owned();
    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", file).set("HOME", home);
    let change = |sandbox: &Sandbox| {
        fs::remove_dir(sandbox.path("tmp")).unwrap();
        sandbox.write("credentials", "[default\n");
    };
    meanwhile(&sandbox, change, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: ~/.aws/credentials, line 1: expected `]` at the end of the section's header
mfa-session: hint: correct the line: the AWS CLI or an SDK refuses it as well
mfa-session: hint: the session is lost, and the code is spent: give the next one
"#]]);
}

#[test]
fn what_was_written_meanwhile_stays() {
    let sandbox = Sandbox::new();
    let change = |sandbox: &Sandbox| {
        sandbox.write("credentials", &(keys("default") + "# a note\n" + &keys("other")));
    };
    meanwhile(&sandbox, change, &[]).wrote("default-mfa");
    let before = keys("default") + "# a note\n" + &keys("other");
    assert!(sandbox.read("credentials").starts_with(&before));
}

#[test]
#[cfg(unix)]
fn a_session_for_a_file_that_became_a_pipe_is_saved_elsewhere_at_once() {
    let sandbox = Sandbox::new();
    let path = sandbox.path(".aws/credentials");
    let change = |_: &Sandbox| {
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    };
    let begin = Instant::now();
    let outcome = meanwhile(&sandbox, change, &[]);
    assert!(begin.elapsed() < Duration::from_secs(10));
    outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: warning: the session is saved in another file; to use it: AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: ~/.aws/credentials is not a file
mfa-session: hint: name the credentials file in AWS_SHARED_CREDENTIALS_FILE
"#]]);
    assert!(works(&sandbox, &rescued(&sandbox)));
}

#[test]
#[cfg(unix)]
fn a_file_that_became_a_link_stays_one() {
    let sandbox = Sandbox::new();
    let (path, far) = (sandbox.path(".aws/credentials"), sandbox.path("dotfiles"));
    let change = |_: &Sandbox| {
        fs::rename(&path, &far).unwrap();
        std::os::unix::fs::symlink(&far, &path).unwrap();
    };
    meanwhile(&sandbox, change, &[]).wrote("default-mfa");
    assert_eq!(fs::read_link(&path).unwrap(), far);
    assert!(fs::read_to_string(&far).unwrap().starts_with(&keys("default")));
    assert_eq!(sandbox.files(), ["credentials"]);
}
