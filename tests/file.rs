//! The credentials file: whatever was left behind, whosever it is.

use std::fs;

use loopback_sts::ALICE;

#[cfg(target_os = "linux")]
use crate::terminal::until;
use crate::world::{Outcome, PROGRAM, World, error, keys};

#[test]
fn what_a_killed_run_left_behind_goes_with_the_next() {
    let world = World::new();
    world.write(".mfa-session-new-aB3xYz", "half a file");
    let others = [".mfa-session-config", ".mfa-session-new-", ".mfa-session-new-aB3xY_"];
    for name in others {
        world.write(name, "somebody's");
    }
    world.get([]).wrote("default-mfa");
    assert_eq!(world.files(), [&others[..], &["credentials"]].concat());
}

#[test]
fn a_session_does_not_hide_the_keys_that_it_is_made_from() {
    let mut world = World::new();
    world.write("config", &keys("profile w"));
    world.set("MFA_SESSION_CODE", "123456");
    let outcome = world.run(["--profile", "w", "--to", "w", "--serial", ALICE.serial_number]);
    let what = "--to: a session in [w] would hide the long-term keys";
    outcome.is(2, "", &error(what, &["name another one: --to NAME"]));
    assert!(world.asked().is_empty());
}

#[test]
fn exports_that_nobody_would_read_cost_no_code() {
    let world = World::new();
    for to_nowhere in [">&-", ">/dev/null"] {
        let script = format!("exec {PROGRAM} --export --code 123456 {to_nowhere}");
        let mut command = world.command("sh");
        command.args(["-c", &script]).env("MFA_SESSION_SERIAL", ALICE.serial_number);
        let what = "standard output is closed, or the null device";
        let hint = "let somebody read the session: eval $(mfa-session --export)";
        world.outcome(command, "").is(1, "", &error(what, &[hint]));
    }
    assert!(world.asked().is_empty());
}

#[test]
fn a_session_that_is_written_but_not_printed_is_told_where_it_is() {
    let world = World::new();
    let script = format!("exec {PROGRAM} --export --write --code {} >/dev/full", world.code());
    let mut command = world.command("sh");
    command.args(["-c", &script]).env("MFA_SESSION_SERIAL", ALICE.serial_number);
    let outcome = world.outcome(command, "");
    let hint = "mfa-session: hint: the session is in [default-mfa] all the same\n";
    assert!(outcome.status == 1 && outcome.stderr.ends_with(hint), "{outcome:?}");
    assert!(world.value("default-mfa", "aws_session_token").is_some());
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_whatever_the_umask() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

    for umask in ["0", "0277"] {
        let world = World::new();
        let path = world.path(".aws/credentials");
        // Only root can give a file away, and has to keep its owner then.
        let is_root = fs::metadata(&path).unwrap().uid() == 0;
        let owner = if is_root { 65_534 } else { fs::metadata(&path).unwrap().uid() };
        chown(&path, Some(owner), None).unwrap();
        let outcome = with_umask(&world, umask);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!((metadata.permissions().mode() & 0o777, metadata.uid()), (0o600, owner));
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_told_and_is_its_owners_again() {
    use std::os::unix::fs::PermissionsExt as _;

    let warning = "mfa-session: warning: ~/.aws/credentials can be read by other users; its mode \
                   will be 0600\n";
    for (mode, told) in [(0o644, warning), (0o640, warning), (0o604, warning), (0o600, "")] {
        let world = World::new();
        let path = world.path(".aws/credentials");
        let permissions = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let good = "mfa-session: [default-mfa] is good until THEN (LEFT left)\n";
        world.get([]).is(0, "", &format!("{told}{good}"));
        assert_eq!(permissions(&path), 0o600, "{mode:o}");
    }
}

#[cfg(unix)]
fn with_umask(world: &World, umask: &str) -> Outcome {
    let mut command = world.command("sh");
    let script = format!("umask {umask}; exec {PROGRAM} --code {}", world.code());
    command.args(["-c", &script]).env("MFA_SESSION_SERIAL", ALICE.serial_number);
    world.outcome(command, "")
}

#[cfg(target_os = "linux")]
#[test]
fn who_waits_for_the_lock_says_so() {
    let world = World::new();
    let lock = fs::File::open(world.path(".aws")).unwrap();
    lock.lock().unwrap();
    let mut command = world.command(PROGRAM);
    command.args(["--serial", ALICE.serial_number, "--code", &world.code()]);
    let stderr = world.path("stderr");
    command.stderr(fs::File::create(&stderr).unwrap());
    let mut child = command.spawn().unwrap();
    let told = "mfa-session: waiting for another program to leave ~/.aws\n";
    let read = || world.settled(&fs::read_to_string(&stderr).unwrap());
    until(|| !read().is_empty());
    assert_eq!(read(), told);
    drop(lock);
    assert!(child.wait().unwrap().success());
    let written = "mfa-session: [default-mfa] is good until THEN (LEFT left)\n";
    assert_eq!(read(), format!("{told}{written}"));
}
