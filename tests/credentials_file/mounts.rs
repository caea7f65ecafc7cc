//! The credentials file on full, read-only and mounted disks, and behind links. `preflight` and
//! `credentials_file` have the cases that need no mount.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use loopback_sts::ALICE;
use rustix::process::geteuid;
use snapbox::str;

use crate::{
    sandbox::{Outcome, PROGRAM, Sandbox, Table, keys, write_program},
    tools::{needs, program},
};

/// Runs the program in a mount namespace of its own. Returns the outcome, the files left in the
/// credentials file's directory, and the content of the credentials file.
fn with_mounts(sandbox: &Sandbox, mounts: &str, arguments: &[&str]) -> (Outcome, String, String) {
    let script = format!(
        "set -e; cp ~/.aws/credentials ~/saved; {mounts}; set +e
        \"$@\"
        status=$?
        cp ~/.aws/credentials ~/after
        ls -A $(dirname $(readlink -f ~/.aws/credentials)) >~/left
        exit $status"
    );
    let mut command = sandbox.command("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", &script, "sh"]);
    command.args([PROGRAM, "--serial", ALICE.serial_number]).args(arguments);
    let outcome = sandbox.outcome(command, "");
    let text = |name| fs::read_to_string(sandbox.path(name)).unwrap_or_default();
    (outcome, text("left"), text("after"))
}

/// Whether this user may mount in a namespace.
fn can_mount() -> bool {
    let mut mount = Command::new("unshare");
    mount.args(["--mount", "--map-root-user", "mount", "-t", "tmpfs", "none", "/mnt"]);
    let is_mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    needs("unshare that may mount", is_mounted.then_some(())).is_some()
}

#[test]
fn reports_a_disk_that_is_not_writable_before_sending_anything() {
    if !can_mount() {
        return;
    }
    let rows = [
        ("a full disk", FULL),
        (
            "a disk with no room for another file",
            "mount -t tmpfs -o nr_inodes=2 none ~/.aws; cp ~/saved ~/.aws/credentials",
        ),
        ("a disk that is read-only", "mount --bind ~/.aws ~/.aws; mount -o remount,bind,ro ~/.aws"),
        ("a file that is mounted itself", "mount --bind ~/saved ~/.aws/credentials"),
    ];
    Table::of(rows.iter().map(|(name, mounts)| {
        let sandbox = Sandbox::new();
        let code = sandbox.code();
        let (outcome, left, after) = with_mounts(&sandbox, mounts, &["--code", &code]);
        assert_eq!(sandbox.sts().connections(), 0, "{name}: something was sent");
        assert_eq!(after, keys("default"), "{name}");
        assert_eq!(left.replace("filler\n", ""), "credentials\n", "{name}");
        (*name, outcome)
    }))
    .matches_file("mounts/not_writable");
}

#[test]
fn rescues_the_session_if_the_disk_becomes_unwritable() {
    if !can_mount() {
        return;
    }
    let room = "mount -t tmpfs -o size=64k none ~/.aws; cp ~/saved ~/.aws/credentials";
    // The temporary directory is the first choice for rescue files; here it is full, too.
    let full_tmp = format!("{room}; mount --bind ~/.aws ~/tmp");
    let rows = [
        ("a disk becomes full", room, FILL, "tmp"),
        ("so does the directory for rescue files", &full_tmp, FILL, ""),
        (
            "a disk becomes read-only",
            "mount --bind ~/.aws ~/.aws",
            "mount -o remount,bind,ro ~/.aws",
            "tmp",
        ),
    ];
    let mut table = Table::default();
    for (name, mounts, meanwhile, directory) in rows {
        let sandbox = Sandbox::new();
        let otp = sandbox.path("otp");
        write_program(&otp, &format!("#!/bin/sh\n{meanwhile}\necho {}\n", sandbox.code()));
        let otp = otp.to_str().unwrap();
        let (outcome, left, after) = with_mounts(&sandbox, mounts, &["--code-command", otp]);
        assert_eq!(after, keys("default"), "{name}");
        assert_eq!(left.replace("filler\n", ""), "credentials\n", "{name}");
        table.add(name, &outcome);
        let rescue_file = only_rescue_file(&sandbox.path(directory));
        assert!(sandbox.accepts(&fs::read_to_string(rescue_file).unwrap()));
    }
    table.matches_file("mounts/rescued");
}

/// The only rescue file in a directory.
fn only_rescue_file(directory: &Path) -> PathBuf {
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let is_rescue_file = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        path.is_file() && name.starts_with("mfa-session-")
    };
    let mut files = files.filter(is_rescue_file);
    let file = files.next().unwrap();
    assert!(files.next().is_none());
    file
}

#[test]
fn follows_a_link_to_another_disk() {
    if !can_mount() {
        return;
    }
    let sandbox = Sandbox::new();
    let mounts = "mkdir ~/disk; mount -t tmpfs none ~/disk; cp ~/saved ~/disk/aws
                  ln -sf ../disk/aws ~/.aws/credentials";
    let code = sandbox.code();
    let (outcome, left, after) = with_mounts(&sandbox, mounts, &["--code", &code]);
    outcome.wrote("default-mfa");
    assert!(after.starts_with(&keys("default")) && sandbox.accepts(&session(&after)));
    assert_eq!(left, "aws\n");
    assert_eq!(fs::read_link(sandbox.path(".aws/credentials")).unwrap(), Path::new("../disk/aws"));
}

#[test]
fn follows_a_chain_of_links_and_keeps_it() {
    let sandbox = Sandbox::new();
    for directory in ["a", "a/b", "c"] {
        fs::create_dir(sandbox.path(directory)).unwrap();
    }
    let links = [
        (".aws/credentials", PathBuf::from("../a/b/link")),
        ("a/b/link", sandbox.path("c/link")),
        ("c/link", "../a/./aws".into()),
    ];
    fs::rename(sandbox.path(".aws/credentials"), sandbox.path("a/aws")).unwrap();
    for (link, to) in &links {
        symlink(to, sandbox.path(link)).unwrap();
    }
    sandbox.get([]).wrote("default-mfa");
    for (link, to) in &links {
        assert_eq!(fs::read_link(sandbox.path(link)).unwrap(), *to);
    }
    assert!(fs::symlink_metadata(sandbox.path("a/aws")).unwrap().is_file());
    assert!(sandbox.accepts(&session(&sandbox.read("credentials"))));
    assert_eq!(fs::read_dir(sandbox.path("a")).unwrap().count(), 2);
}

#[test]
fn reports_a_file_of_another_user_before_sending_anything() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.powerless();
    let path = sandbox.path(".aws/credentials");
    let is_given = std::os::unix::fs::chown(&path, Some(0), Some(0)).is_ok();
    if needs("root, to give a file away", is_given.then_some(())).is_none() {
        return;
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]);
    sandbox.outcome(command, "").matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot write ~/.aws/credentials: Permission denied (os error 13)
mfa-session: hint: make the file writable, or don't keep the session: --export --no-write
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
    assert_eq!(
        (sandbox.files(), sandbox.read("credentials")),
        (vec!["credentials".into()], keys("default"))
    );
}

#[test]
fn reports_an_immutable_file_before_sending_anything() {
    let sandbox = Sandbox::new();
    let path = sandbox.path(".aws/credentials");
    let change = |flag: &str| {
        let mut command = Command::new("chattr");
        command.arg(flag).arg(&path).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let mut command = sandbox.command(PROGRAM);
    let is_changed = change("+i");
    if !is_changed {
        // This file system lacks the attribute: strace simulates it. Only root's strace can read
        // the paths that `-P` compares.
        let strace = program("strace").filter(|_| geteuid().is_root());
        let Some(strace) = needs("chattr, or root's strace", strace) else { return };
        command = sandbox.command(strace);
        command.args(["-o", "/dev/null", "-e", "trace=open,openat", "-P"]).arg(&path);
        command.args(["-e", "inject=open,openat:error=EPERM:when=2+", PROGRAM]);
    }
    command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]);
    let outcome = sandbox.outcome(command, "");
    let after = (sandbox.files(), sandbox.read("credentials"));
    assert!(!is_changed || change("-i"));
    outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot write ~/.aws/credentials: Operation not permitted (os error 1)
mfa-session: hint: make the file writable, or don't keep the session: --export --no-write
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
    assert_eq!(after, (vec!["credentials".to_owned()], keys("default")));
}

/// The section of the session.
fn session(text: &str) -> String {
    text.split_once("[default-mfa]\n").unwrap().1.to_owned()
}

const FULL: &str = "mount -t tmpfs -o size=64k none ~/.aws; cp ~/saved ~/.aws/credentials
                    ! head -c 1m /dev/zero >~/.aws/filler 2>/dev/null";
const FILL: &str = "head -c 1m /dev/zero >~/.aws/filler 2>/dev/null";
