//! `--format github`: masks for the log, and variables for the next steps of the job.

use std::{collections::BTreeMap, fs};

use loopback_sts::{Field, Grant};
use snapbox::str;

use super::print;
use crate::{
    sandbox::Sandbox,
    shells::{ALPHABET, grant, granted, granted_in, keys_in_variables, sandbox, usual},
};

const MASKS: &str = "\
::add-mask::Session/Secret+Of/Forty+Characters/Abcde
::add-mask::IQoJb3JpZ2luX2VjE/+abc==
";

#[test]
fn masks_secrets_and_sets_variables() {
    let mut sandbox = sandbox();
    with_file(&mut sandbox, "");
    print(&sandbox, "github", &["--region", "eu-west-1"]).matches(str![[r#"
exit 0
--- stdout
::add-mask::Session/Secret+Of/Forty+Characters/Abcde
::add-mask::IQoJb3JpZ2luX2VjE/+abc==
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    assert_eq!(next_step_variables(&sandbox), granted_in("eu-west-1"));
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn empties_the_region_of_an_earlier_step() {
    let mut sandbox = sandbox();
    with_file(&mut sandbox, "");
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "MFA_SESSION_REGION"] {
        sandbox.set(name, "eu-west-1");
    }
    print(&sandbox, "github", &[]);
    let mut found = next_step_variables(&sandbox);
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "MFA_SESSION_REGION"] {
        assert_eq!(found.remove(name).as_deref(), Some(""));
    }
    assert_eq!(found, granted());
}

#[test]
fn keeps_the_existing_content_of_the_file() {
    for before in ["A=b\n", "A=b", "B<<x\nc\nx\nA=b\n", "\n\nA=b\r\n"] {
        let mut sandbox = sandbox();
        with_file(&mut sandbox, before);
        assert_eq!(print(&sandbox, "github", &[]).status, 0);
        assert!(file(&sandbox).starts_with(before));
        let mut found = next_step_variables(&sandbox);
        found.remove("B");
        assert_eq!(found.remove("A").unwrap().trim_end(), "b");
        assert_eq!(found, granted());
    }
}

#[test]
fn masks_and_appends_a_reused_session() {
    let mut sandbox = Sandbox::new();
    with_file(&mut sandbox, "");
    let first = print(&sandbox, "github", &["--write"]);
    let expected = next_step_variables(&sandbox);
    with_file(&mut sandbox, "");
    let again = sandbox.run(["--format", "github", "--no-prompt"]);
    assert_eq!((again.status, &again.stdout), (0, &first.stdout));
    assert_eq!(next_step_variables(&sandbox), expected);
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
}

#[test]
fn values_cannot_inject_variables_or_commands() {
    for name in [
        "it's \"$(x)\" `x` \\ # {} = ${HOME} %HOME% %25 %0A",
        "a\nAWS_REGION=b\nEOF\nend\nc<<EOF\n",
        "\n\na\n\n",
        "end_\n<<\n::set-env name=a::b",
        " Müller \u{1f511}\u{2028}\u{85}\u{1b}[2J ",
    ] {
        let mut sandbox = keys_in_variables();
        with_file(&mut sandbox, "");
        sandbox.set("AWS_PROFILE", name);
        let outcome = print(&sandbox, "github", &[]);
        assert_eq!(outcome.stdout, MASKS);
        let mut expected = granted();
        expected.insert("MFA_SESSION_SOURCE".to_owned(), name.to_owned());
        assert_eq!(next_step_variables(&sandbox), expected);
    }
}

#[test]
fn masks_and_passes_every_character_that_sts_uses() {
    for token in [ALPHABET.to_owned(), "a".repeat(65_536)] {
        let mut sandbox = Sandbox::new();
        with_file(&mut sandbox, "");
        grant(&sandbox, Grant { session_token: Field::Source(token.clone()), ..usual() });
        let outcome = print(&sandbox, "github", &[]);
        let masks: Vec<_> = outcome.stdout.lines().map(masked).collect();
        assert_eq!(masks[1], token);
        assert_eq!(next_step_variables(&sandbox)["AWS_SESSION_TOKEN"], token);
    }
}

#[test]
fn every_delimiter_is_random() {
    let delimiter = || {
        let mut sandbox = sandbox();
        with_file(&mut sandbox, "");
        print(&sandbox, "github", &[]);
        file(&sandbox).lines().next().unwrap().split_once("<<").unwrap().1.to_owned()
    };
    assert_ne!(delimiter(), delimiter());
}

#[test]
fn refuses_a_missing_file_before_sending() {
    let mut sandbox = sandbox();
    print(&sandbox, "github", &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: GITHUB_ENV is not set
mfa-session: hint: use --format github only in a job that sets it
"#]]);
    sandbox.set("GITHUB_ENV", sandbox.path("missing").to_str().unwrap());
    print(&sandbox, "github", &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot append to ~/missing: No such file or directory (os error 2)
mfa-session: hint: leave the variable as the job's runner set it
"#]]);
    assert!(!sandbox.path("missing").exists());
    assert!(sandbox.asked().is_empty());
}

#[cfg(target_os = "linux")] // needs named pipes
#[test]
fn refuses_a_pipe_before_sending() {
    let mut sandbox = sandbox();
    let path = sandbox.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    sandbox.set("GITHUB_ENV", path.to_str().unwrap());
    print(&sandbox, "github", &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot append to ~/pipe: Illegal seek (os error 29)
mfa-session: hint: leave the variable as the job's runner set it
"#]]);
    assert!(sandbox.asked().is_empty());
}

#[cfg(target_os = "linux")] // needs /dev/full
#[test]
fn saves_the_session_when_the_disk_is_full() {
    let mut sandbox = sandbox();
    sandbox.set("GITHUB_ENV", "/dev/full");
    print(&sandbox, "github", &["--no-write"]).matches(str![[r#"
exit 1
--- stdout
::add-mask::Session/Secret+Of/Forty+Characters/Abcde
::add-mask::IQoJb3JpZ2luX2VjE/+abc==
--- stderr
mfa-session: warning: saved the session in another file; to use it, set AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: cannot append to /dev/full: No space left on device (os error 28)
"#]]);
}

#[cfg(target_os = "linux")] // needs /dev/full
#[test]
fn appends_nothing_when_masking_fails() {
    let mut sandbox = sandbox();
    with_file(&mut sandbox, "A=b\n");
    let program = crate::sandbox::PROGRAM;
    let script =
        format!("exec {program} --format github --no-write --code {} >/dev/full", sandbox.code());
    let mut command = sandbox.command("sh");
    command.args(["-c", &script]);
    sandbox.outcome(command, "").matches(str![[r#"
exit 1
--- stderr
mfa-session: warning: saved the session in another file; to use it, set AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=default-mfa
mfa-session: error: cannot write to standard output: No space left on device (os error 28)
"#]]);
    assert_eq!(file(&sandbox), "A=b\n");
}

fn with_file(sandbox: &mut Sandbox, text: &str) {
    let path = sandbox.path("github");
    fs::write(&path, text).unwrap();
    sandbox.set("GITHUB_ENV", path.to_str().unwrap());
}

fn file(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.path("github")).unwrap()
}

/// The text that the runner masks for a line of the log.
fn masked(line: &str) -> String {
    let data = line.strip_prefix("::add-mask::").unwrap();
    data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
}

fn next_step_variables(sandbox: &Sandbox) -> BTreeMap<String, String> {
    parse_github_env(&file(sandbox))
}

/// Parses a file as the runner does: `NAME=value`, or `NAME<<END`, the lines of the value and a
/// line `END`. The first of the two signs decides. Empty lines are ignored.
pub(crate) fn parse_github_env(text: &str) -> BTreeMap<String, String> {
    let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
    let mut variables = BTreeMap::new();
    while let Some(line) = lines.next() {
        let position = |sign: &str| line.find(sign).unwrap_or(usize::MAX);
        if line.is_empty() {
            continue;
        }
        let (name, value) = if position("=") < position("<<") {
            let (name, value) = line.split_once('=').unwrap();
            (name, value.to_owned())
        } else {
            let (name, end) = line.split_once("<<").unwrap();
            let mut value = Vec::new();
            loop {
                match lines.next().expect("a line with the delimiter") {
                    line if line == end => break (name, value.join("\n")),
                    line => value.push(line),
                }
            }
        };
        assert!(variables.insert(name.to_owned(), value).is_none(), "{name} is set twice");
    }
    variables
}
