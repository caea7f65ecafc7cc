//! Without a home directory, or as root in the home of another user.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

use loopback_sts::ALICE;
use rustix::process::geteuid;
use snapbox::str;
use tempfile::TempDir;

use crate::{
    sandbox::{Outcome, PROGRAM, Sandbox, Table, keys},
    tools::needs,
};

/// Only root can run the program as another user.
fn is_root() -> bool {
    needs("root", geteuid().is_root().then_some(())).is_some()
}

/// Runs the program without `HOME`, as a user without an entry in `/etc/passwd`. In the current
/// directory is a directory `~` with AWS files, which must not be read.
fn run_homeless(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    const UNKNOWN_USER: u32 = 65_123;
    let directory = TempDir::new().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).unwrap();
    fs::create_dir_all(path("~/.aws")).unwrap();
    fs::write(path("~/.aws/credentials"), keys("default")).unwrap();
    // `cp`, as a file that this process has open for writing cannot be run (ETXTBSY).
    assert!(Command::new("cp").arg(PROGRAM).arg(path("program")).status().unwrap().success());
    let mut command = sandbox.command(path("program"));
    command.args(arguments).env_remove("HOME").env("TMPDIR", directory.path());
    command.uid(UNKNOWN_USER).gid(UNKNOWN_USER).current_dir(directory.path());
    let outcome = sandbox.outcome(command, "");
    assert_eq!(fs::read_to_string(path("~/.aws/credentials")).unwrap(), keys("default"));
    outcome
}

#[test]
fn keys_from_the_environment_need_no_home_directory() {
    if !is_root() {
        return;
    }
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    let run = |before: &[&str], after: &[&str]| {
        let code = sandbox.code();
        let code = ["--serial", ALICE.serial_number, "--code", &code];
        run_homeless(&sandbox, &[before, &code, after].concat())
    };
    let outcome = run(&[], &["--export"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(outcome.stdout.contains("export AWS_SESSION_TOKEN="));
    let command = ["--", "sh", "-c", "echo ${AWS_SESSION_TOKEN:+it has a session}"];
    let outcome = run(&["exec"], &command);
    assert_eq!((outcome.status, &*outcome.stdout), (0, "it has a session\n"), "{outcome:?}");
    let mut table = Table::default();
    table.add("whoami", &run_homeless(&sandbox, &["whoami"]));
    table.add("written", &run(&[], &[]));
    table.matches(str![[r#"
=== whoami
exit 0
--- stdout
account  123456789012
arn      arn:aws:iam::123456789012:user/alice
user id  AIDAMFWGSY3FAAAAAAAAA
keys     AWS_ACCESS_KEY_ID

=== written
exit 1
--- stderr
mfa-session: error: the home directory, and with it ~/.aws, is unknown
mfa-session: hint: set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE
mfa-session: hint: or print the session: --export
"#]]);
}

#[test]
fn reports_an_unknown_home_directory_where_a_file_is_needed() {
    if !is_root() {
        return;
    }
    let mut sandbox = Sandbox::new();
    let mut table = Table::default();
    for arguments in [&["--export"][..], &["whoami"], &["status"], &["clear"], &["--dry-run"]] {
        table.add(arguments.join(" "), &run_homeless(&sandbox, arguments));
    }
    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", "~/credentials");
    table.add("AWS_SHARED_CREDENTIALS_FILE=~/credentials", &run_homeless(&sandbox, &["status"]));
    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    table.add("AWS_SHARED_CREDENTIALS_FILE=credentials", &run_homeless(&sandbox, &["status"]));
    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", "");
    sandbox.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE").set("AWS_SECRET_ACCESS_KEY", "hunter2");
    sandbox.set("AWS_SESSION_TOKEN", "token");
    table.add("a session in the environment", &run_homeless(&sandbox, &["status"]));
    assert_eq!(sandbox.sts().connections(), 0);
    table.matches(str![[r#"
=== --export
exit 1
--- stdout
false;
--- stderr
mfa-session: error: the home directory, and with it ~/.aws, is unknown
mfa-session: hint: set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE
mfa-session: hint: or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY

=== whoami
exit 1
--- stderr
mfa-session: error: the home directory, and with it ~/.aws, is unknown
mfa-session: hint: set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE
mfa-session: hint: or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY

=== status
exit 1
--- stderr
mfa-session: error: the home directory, and with it ~/.aws, is unknown
mfa-session: hint: set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE

=== clear
exit 1
--- stderr
mfa-session: error: the home directory, and with it ~/.aws, is unknown
mfa-session: hint: set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE

=== --dry-run
exit 1
--- stderr
mfa-session: error: the home directory, and with it ~/.aws, is unknown
mfa-session: hint: set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE
mfa-session: hint: or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY

=== AWS_SHARED_CREDENTIALS_FILE=~/credentials
exit 1
--- stderr
mfa-session: error: the home directory, and with it ~/.aws, is unknown
mfa-session: hint: set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE

=== AWS_SHARED_CREDENTIALS_FILE=credentials
exit 1
--- stderr
mfa-session: no session in credentials
mfa-session: hint: add your long-term keys with `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY

=== a session in the environment
exit 0
--- stdout
  profile        left     until  source  account  role/device
* (environment)  unknown  -      -       -        -
"#]]);
}

/// As with `sudo -E`, which keeps `HOME`.
#[test]
fn root_leaves_nothing_of_its_own_in_the_home_of_a_user() {
    if !is_root() {
        return;
    }
    for runtime in [false, true] {
        let mut sandbox = Sandbox::new();
        let temporary = TempDir::new().unwrap();
        sandbox.set("TMPDIR", temporary.path().to_str().unwrap());
        fs::create_dir(sandbox.path("run")).unwrap();
        if runtime {
            sandbox.set("XDG_RUNTIME_DIR", sandbox.path("run").to_str().unwrap());
        }
        sandbox.write("config", &keys("profile default"));
        // The credentials file is new.
        fs::remove_file(sandbox.path(".aws/credentials")).unwrap();
        let (_, user) = sandbox.give_away();
        sandbox.get([]).wrote("default-mfa");
        assert!(sandbox.read("credentials").contains("[default-mfa]"));
        let others = owned_by_others(&sandbox.path(""), user.unwrap());
        assert!(others.is_empty(), "{others:?}");

        // The lock is a private file of root's.
        let locks = temporary.path().join("mfa-session-locks-0");
        let metadata = fs::symlink_metadata(&locks).unwrap();
        assert_eq!((metadata.uid(), metadata.mode() & 0o777), (0, 0o700));
        assert_eq!(fs::read_dir(&locks).unwrap().count(), 1);
    }
}

/// The paths in a directory that do not belong to a user.
fn owned_by_others(directory: &Path, user: u32) -> Vec<String> {
    let mut others = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        if metadata.uid() != user {
            others.push(entry.path().display().to_string());
        }
        if metadata.is_dir() {
            others.extend(owned_by_others(&entry.path(), user));
        }
    }
    others
}

#[test]
fn uses_no_lock_directory_of_another_user() {
    if !is_root() {
        return;
    }
    let sandbox = Sandbox::new();
    let (program, user) = sandbox.give_away();
    let user = user.unwrap();
    let name = format!("tmp/mfa-session-locks-{user}");
    fs::create_dir(sandbox.path(&name)).unwrap();
    // The runtime directory is root's, too.
    fs::create_dir(sandbox.path("run")).unwrap();
    let mut command = sandbox.command(program);
    command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]);
    command.uid(user).gid(user).env("XDG_RUNTIME_DIR", sandbox.path("run"));
    command.env("XDG_CACHE_HOME", sandbox.path("run"));
    sandbox.outcome(command, "").wrote("default-mfa");
    for directory in ["run", &name] {
        assert_eq!(fs::read_dir(sandbox.path(directory)).unwrap().count(), 0, "{directory}");
    }
}
