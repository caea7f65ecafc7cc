//! The credentials file: its mode, owner, lock and temporary files, and output that fails.

#[cfg(target_os = "linux")] // needs mounts, strace, modes
mod mounts;
mod region;
mod unreadable;
#[cfg(windows)]
mod windows;

use std::fs;

use loopback_sts::ALICE;
use snapbox::str;

use crate::sandbox::{Outcome, PROGRAM, Sandbox, Table, good_until, keys};
#[cfg(target_os = "linux")]
use crate::{terminal::until, tools};

#[test]
fn removes_temporary_files_of_a_killed_run() {
    let sandbox = Sandbox::new();
    sandbox.write(".mfa-session-new-aB3xYz", "half a file");
    let others = [".mfa-session-config", ".mfa-session-new-", ".mfa-session-new-aB3xY_"];
    for name in others {
        sandbox.write(name, "not a temporary file");
    }
    sandbox.get([]).wrote("default-mfa");
    assert_eq!(sandbox.files(), [&others[..], &["credentials"]].concat());
}

#[test]
fn refuses_a_session_profile_that_would_hide_its_own_keys() {
    let mut sandbox = Sandbox::new();
    sandbox.write("config", &keys("profile w"));
    sandbox.set("MFA_SESSION_CODE", "123456");
    let outcome = sandbox.run(["--profile", "w", "--to", "w", "--serial", ALICE.serial_number]);
    outcome.matches(str![[r#"
exit 2
--- stderr
mfa-session: error: --to: a session in [w] would hide the long-term keys of the config file
mfa-session: hint: name another session profile: --to NAME
"#]]);
    assert!(sandbox.asked().is_empty());
}

#[test]
fn refuses_to_export_to_the_null_device_before_using_a_code() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(PROGRAM);
    command.args(["--export", "--no-write", "--serial", ALICE.serial_number, "--code", "123456"]);
    sandbox.outcome_without_stdout(command).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: standard output is closed or the null device
mfa-session: hint: read the session from standard output: eval $(mfa-session --export)
"#]]);
    assert!(sandbox.asked().is_empty());
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn refuses_to_export_to_a_closed_output_before_using_a_code() {
    let sandbox = Sandbox::new();
    let script = format!("exec {PROGRAM} --export --no-write --code 123456 >&-");
    let mut command = sandbox.command("sh");
    command.args(["-c", &script]).env("MFA_SESSION_SERIAL", ALICE.serial_number);
    sandbox.outcome(command, "").matches(str![[r#"
exit 1
--- stderr
mfa-session: error: standard output is closed or the null device
mfa-session: hint: read the session from standard output: eval $(mfa-session --export)
"#]]);
    assert!(sandbox.asked().is_empty());
}

#[test]
#[cfg_attr(windows, ignore = "needs /dev/full")]
fn names_the_session_profile_if_printing_fails() {
    let sandbox = Sandbox::new();
    let script = format!("exec {PROGRAM} --export --write --code {} >/dev/full", sandbox.code());
    let mut command = sandbox.command("sh");
    command.args(["-c", &script]).env("MFA_SESSION_SERIAL", ALICE.serial_number);
    let outcome = sandbox.outcome(command, "");
    outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot write to standard output: No space left on device (os error 28)
mfa-session: hint: the session is in the profile [default-mfa]
"#]]);
    assert!(sandbox.value("default-mfa", "aws_session_token").is_some());
}

#[cfg(unix)] // needs owners and modes
#[test]
fn keeps_the_owner_and_mode_0600_whatever_the_umask() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

    for umask in ["0", "0277"] {
        let sandbox = Sandbox::new();
        let path = sandbox.path(".aws/credentials");
        // Only root can change the owner, and then must keep it.
        let is_root = fs::metadata(&path).unwrap().uid() == 0;
        let owner = if is_root { 65_534 } else { fs::metadata(&path).unwrap().uid() };
        chown(&path, Some(owner), None).unwrap();
        let outcome = with_umask(&sandbox, umask);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!((metadata.permissions().mode() & 0o777, metadata.uid()), (0o600, owner));
    }
}

#[cfg(unix)] // needs modes of files
#[test]
fn warns_about_a_file_that_others_can_read_and_tightens_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut table = Table::default();
    for mode in [0o644, 0o640, 0o604, 0o600] {
        let sandbox = Sandbox::new();
        let path = sandbox.path(".aws/credentials");
        let permissions = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        table.add(format!("{mode:o}"), &sandbox.get([]));
        assert_eq!(permissions(&path), 0o600, "{mode:o}");
    }
    table.matches(str![[r#"
=== 644
exit 0
--- stderr
mfa-session: warning: other users can read ~/.aws/credentials: the next write sets its mode to 0600
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)

=== 640
exit 0
--- stderr
mfa-session: warning: other users can read ~/.aws/credentials: the next write sets its mode to 0600
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)

=== 604
exit 0
--- stderr
mfa-session: warning: other users can read ~/.aws/credentials: the next write sets its mode to 0600
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)

=== 600
exit 0
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
}

#[cfg(unix)]
fn with_umask(sandbox: &Sandbox, umask: &str) -> Outcome {
    let mut command = sandbox.command("sh");
    let script = format!("umask {umask}; exec {PROGRAM} --code {}", sandbox.code());
    command.args(["-c", &script]).env("MFA_SESSION_SERIAL", ALICE.serial_number);
    sandbox.outcome(command, "")
}

#[cfg(target_os = "linux")] // needs locks on directories
#[test]
fn reports_that_it_waits_for_the_lock() {
    let sandbox = Sandbox::new();
    let lock = fs::File::open(sandbox.path(".aws")).unwrap();
    lock.lock().unwrap();
    let mut command = sandbox.command(PROGRAM);
    command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]);
    let stderr = sandbox.path("stderr");
    command.stderr(fs::File::create(&stderr).unwrap());
    let mut child = command.spawn().unwrap();
    let waiting = "mfa-session: waiting for another program to unlock ~/.aws\n";
    let read = || sandbox.normalize(&fs::read_to_string(&stderr).unwrap());
    until(|| !read().is_empty());
    assert_eq!(read(), waiting);
    drop(lock);
    assert!(child.wait().unwrap().success());
    assert_eq!(read(), format!("{waiting}{}", good_until("default-mfa")));
}

/// A network file system may lack locks; some kernels in sandboxes lack the call.
#[cfg(target_os = "linux")] // needs strace
#[test]
fn reports_a_file_system_without_locks() {
    let mut table = Table::default();
    for error in ["ENOLCK", "ENOSYS", "EOPNOTSUPP"] {
        let Some(strace) = tools::program("strace") else { return };
        let sandbox = Sandbox::new();
        let mut command = sandbox.command(strace);
        let inject = format!("inject=flock:error={error}");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=flock", "-e", &inject, PROGRAM]);
        command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]);
        table.add(error, &sandbox.outcome(command, ""));
        assert_eq!(sandbox.sts().connections(), 0);
        assert_eq!(sandbox.files(), ["credentials"]);
    }
    table.matches(str![[r#"
=== ENOLCK
exit 1
--- stderr
mfa-session: error: cannot lock ~/.aws: No locks available (os error 37)
mfa-session: hint: the file system seems to have no locks, as some network file systems: keep the file elsewhere (AWS_SHARED_CREDENTIALS_FILE), or print the session: --export

=== ENOSYS
exit 1
--- stderr
mfa-session: error: cannot lock ~/.aws: Function not implemented (os error 38)
mfa-session: hint: the file system seems to have no locks, as some network file systems: keep the file elsewhere (AWS_SHARED_CREDENTIALS_FILE), or print the session: --export

=== EOPNOTSUPP
exit 1
--- stderr
mfa-session: error: cannot lock ~/.aws: Operation not supported (os error 95)
mfa-session: hint: the file system seems to have no locks, as some network file systems: keep the file elsewhere (AWS_SHARED_CREDENTIALS_FILE), or print the session: --export
"#]]);
}
