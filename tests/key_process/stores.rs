//! The recipes in `man/keys.md`: with stand-ins for the programs, and with the real `pass` and
//! Secret Service.

use std::process::{Command, Stdio};

use loopback_sts::ALICE;

use super::{json, program, sandbox};
use crate::{
    generated::text,
    sandbox::{PROGRAM, Sandbox},
    tools,
};

/// Lines of `credential_process`, and the arguments of its program.
const RECIPES: [(&str, &[&str]); 5] = [
    ("pass show aws/work", &["show", "aws/work"]),
    (
        "secret-tool lookup service mfa-session profile work",
        &["lookup", "service", "mfa-session", "profile", "work"],
    ),
    (
        "security find-generic-password -s mfa-session -a work -w",
        &["find-generic-password", "-s", "mfa-session", "-a", "work", "-w"],
    ),
    ("op read op://Private/aws-work/json", &["read", "op://Private/aws-work/json"]),
    (
        "aws-vault export --no-session --format=json work",
        &["export", "--no-session", "--format=json", "work"],
    ),
];

#[test]
fn documented_lines_work() {
    let guide = text("man/keys.md");
    for (line, arguments) in RECIPES {
        assert!(guide.contains(&format!("`credential_process = {line}`")), "{line}");
        let sandbox = sandbox(line);
        let name = line.split(' ').next().unwrap();
        program(&sandbox, name, "printf '%s\\n' \"$@\" > ~/arguments; cat ~/key");
        sandbox.get([]).wrote("work-mfa");
        let seen = std::fs::read_to_string(sandbox.path("arguments")).unwrap();
        assert_eq!(seen.lines().collect::<Vec<_>>(), arguments);
    }
}

/// Runs a shell script in the sandbox, with Alice's key as standard input.
fn runs_script(sandbox: &Sandbox, script: &str) -> std::process::Output {
    let mut command = Command::new("sh");
    sandbox.surround(&mut command);
    let mut child = command
        .args(["-euc", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), json(ALICE).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

#[test]
fn reads_a_key_from_the_real_pass() {
    if ["pass", "gpg"].into_iter().any(|name| tools::program(name).is_none()) {
        return;
    }
    let mut sandbox = sandbox("pass show aws/work");
    let (gpg, store) = (sandbox.path("gpg"), sandbox.path("store"));
    sandbox.set("GNUPGHOME", gpg.to_str().unwrap());
    sandbox.set("PASSWORD_STORE_DIR", store.to_str().unwrap());
    runs_script(
        &sandbox,
        "mkdir -m 700 gpg
         gpg --batch --quiet --passphrase '' --quick-generate-key alice@example.com
         pass init alice@example.com >&2
         pass insert -m aws/work >&2",
    );
    let outcome = sandbox.get([]);
    runs_script(&sandbox, "gpgconf --kill all");
    outcome.wrote("work-mfa");
}

#[test]
fn reads_a_key_from_the_real_secret_service() {
    let programs = ["secret-tool", "gnome-keyring-daemon", "dbus-run-session"];
    if programs.into_iter().any(|name| tools::program(name).is_none()) {
        return;
    }
    let mut sandbox = sandbox("secret-tool lookup service mfa-session profile work");
    let runtime = sandbox.path("runtime");
    sandbox.set("XDG_RUNTIME_DIR", runtime.to_str().unwrap());
    let (serial, code) = (ALICE.serial_number, sandbox.code());
    let output = runs_script(
        &sandbox,
        &format!(
            "mkdir -m 700 runtime
             cat > json
             exec dbus-run-session -- sh -euc '
                 echo password | gnome-keyring-daemon --unlock --components=secrets >&2
                 secret-tool store --label=\"AWS work\" service mfa-session profile work <json
                 {PROGRAM} --serial {serial} --code {code}'"
        ),
    );
    assert!(sandbox.value("work-mfa", "aws_session_token").is_some(), "{output:?}");
}
