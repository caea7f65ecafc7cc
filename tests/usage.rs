//! Invalid command lines. An error shows no value, nor an argument that may be one: it may be a
//! secret.

use std::fs;

use mfa_session::{USES, command_examples, command_line};
use snapbox::str;

use crate::sandbox::{PROGRAM, Sandbox, Table};

#[test]
fn explains_each_invalid_command_line() {
    type Row = &'static [&'static str];
    let rows: &[Row] = &[
        &["--bogus"],
        &["--cod", "123456"],
        &["--cod=123456"],
        &["--code123456"],
        &["--123456"],
        &["--Bogus"],
        &["--wjalrxutnfemikmdengbpxrficyexamplekey"],
        &["--\x1b[31mfoo"],
        &["--\u{202e}foo"],
        &["-x"],
        &["-v"],
        &["--verbose"],
        &["-q"],
        &["--quiet"],
        &["status", "-v"],
        &["--token-code", "123456"],
        &["list"],
        &["login", "work"],
        &["aws", "s3", "ls"],
        &["export", "work"],
        &["rotate", "work"],
        &["remove", "work"],
        &["--no-session"],
        &["--prompt", "ykman"],
        &["--server"],
        &["add", "work"],
        &["-\x1b[31m"],
        &["-f123456"],
        &["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
        &["\x1b[31mfoo"],
        &["--", "foo"],
        &["whoam"],
        &["exce"],
        &["complet"],
        &["help", "exce"],
        &["Foo"],
        &["federate"],
        &["init"],
        &["--json"],
        &["--force", "whoami"],
        &[""],
        &["123456"],
        &["--force", "123456"],
        &["--code", "123", "456"],
        &["--code=123", "456"],
        &["-c", "123", "456"],
        &["-c123", "456", "--force"],
        &["--code", "123", "--force", "456"],
        &["--serial"],
        &["-p"],
        &["--code", "--force"],
        &["--no-prompt=123456"],
        &["--no-prompt=1"],
        &["--force=\x1b[31m"],
        &["--force", "--force"],
        &["-c", "123456", "--code", "654321"],
        &["--write"],
        &["--dry-run", "--format", "json"],
        &["--format"],
        &["--format="],
        &["--format", "\x1b[31m"],
        &["--format", "123456"],
        &["--json"],
    ];
    let sandbox = Sandbox::new();
    Table::of(rows.iter().map(|arguments| {
        let mut command = sandbox.command(PROGRAM);
        command.args(*arguments);
        (format!("{arguments:?}"), sandbox.outcome(command, ""))
    }))
    .matches_file("usage/command_lines");
}

#[test]
fn prints_a_failing_statement_when_exports_are_requested() {
    let mut table = Table::default();
    for arguments in [
        ["--dry-run", "--export"],
        ["--export", "--dry-run"],
        ["-e", "--\x1b[31m"],
        ["-e1", "--force"],
        ["--bogus", "-e"],
        ["--export=", "--force"],
        ["--format=json", "--export=1"],
    ] {
        table.add(format!("{arguments:?}"), &Sandbox::new().run(arguments));
    }
    table.matches_file("usage/exports");
}

#[test]
fn help_shows_the_help_of_a_command() {
    let sandbox = Sandbox::new();
    let help = |arguments: [&str; 2]| {
        let outcome = sandbox.run(arguments);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{arguments:?}");
        outcome.stdout
    };
    let all = sandbox.run(["help"]);
    assert_eq!((all.status, all.stdout), (0, sandbox.run(["--help"]).stdout));
    for command in ["exec", "status", "web-identity", "help"] {
        assert!(help(["help", command]).contains(&format!("Usage: mfa-session {command}")));
    }
    for command in ["exec", "status", "web-identity"] {
        assert_eq!(help(["help", command]), help([command, "--help"]));
    }
}

#[test]
fn short_help_has_an_example_and_fits_a_small_terminal() {
    let sandbox = Sandbox::new();
    let has_example = |arguments: &[&str], examples: &[&str]| {
        let mut command = sandbox.command(PROGRAM);
        command.args(arguments);
        let help = sandbox.outcome(command, "").stdout;
        let (top, _) = help.split_once("\nUsage: ").expect("a usage line");
        for example in examples {
            assert!(top.contains(&format!("\n  {example}")), "{arguments:?}:\n{help}");
        }
        let widest = help.lines().map(|line| line.chars().count()).max().unwrap();
        let lines = help.lines().count();
        assert!(widest <= 80 && lines <= 40, "{arguments:?}: {lines} x {widest}\n{help}");
    };
    has_example(&["-h"], &USES.map(|(command, _)| command));
    let line = command_line();
    let examples: Vec<_> = command_examples().collect();
    assert_eq!(line.get_subcommands().count(), examples.len());
    for (command, example) in line.get_subcommands().zip(examples) {
        has_example(&[command.get_name(), "-h"], &[example]);
    }
}

#[test]
fn short_help_shows_the_defaults_of_the_command() {
    const ROLE: &str = "arn:aws:iam::123456789012:role/CI";
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("token"), "x").unwrap();
    let rows: [(&str, &[&str], &str, &str); 4] = [
        ("exec", &[], "`NAME-mfa` or\n                      `NAME-ROLE`", "default-mfa"),
        ("federate", &["bob"], "`NAME-USER`", "default-bob"),
        (
            "web-identity",
            &["--role-arn", ROLE, "--token-file", "token"],
            "`NAME-ROLE`",
            "default-CI",
        ),
        (
            "root",
            &["210987654321", "--task", "S3UnlockBucketPolicy", "--write"],
            "`NAME-root-ACCOUNT`",
            "default-root-210987654321",
        ),
    ];
    for (command, arguments, default, profile) in rows {
        let help = sandbox.run([command, "-h"]).stdout;
        assert!(help.contains(&format!("write to [default: {default}]")), "{help}");
        let mut run = sandbox.command(PROGRAM);
        run.args([command, "--dry-run"]).args(arguments);
        let plan = sandbox.outcome(run, "");
        let words = plan.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("session profile {profile} the")), "{command}: {words}");
    }
    for (command, default) in [("federate", "12h"), ("web-identity", "1h"), ("saml", "1h")] {
        let help = sandbox.run([command, "--help"]).stdout;
        assert!(help.contains(&format!("of the session [default: {default}]")), "{help}");
    }
}

#[test]
fn a_shell_never_evaluates_the_help() {
    // As the function of `init` runs `mfa -p work help`.
    Sandbox::new().run(["--export=sh", "-p", "work", "help"]).matches(str![[r#"
exit 2
--- stdout
false;
--- stderr
mfa-session: error: `help` has no flag --export
mfa-session: hint: see mfa-session --help
"#]]);
}

/// `/dev/full` refuses to store anything.
#[cfg(target_os = "linux")] // needs /dev/full
#[test]
fn fails_if_a_text_cannot_be_printed() {
    let mut table = Table::default();
    let sandbox = Sandbox::new();
    for arguments in
        ["--help", "-h", "--version", "-V", "help", "help exec", "status -h", "--dry-run"]
    {
        let mut command = sandbox.command("sh");
        command.args(["-c", &format!("exec {PROGRAM} {arguments} >/dev/full")]);
        table.add(arguments, &sandbox.outcome(command, ""));
        let mut command = sandbox.command("bash");
        command.args(["-c", &format!("{PROGRAM} {arguments} | true; exit ${{PIPESTATUS[0]}}")]);
        let outcome = sandbox.outcome(command, "");
        assert!(outcome.status <= 1 && outcome.stderr.is_empty(), "{arguments}: {outcome:?}");
    }
    table.matches_file("usage/full");
}

#[cfg(unix)] // needs arguments of any bytes
#[test]
fn does_not_show_invalid_utf_8() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
    let rows: [(&str, &[u8]); 3] =
        [("a flag", b"--p\xff"), ("a value", b"--serial=\xff"), ("alone", b"\xff")];
    let sandbox = Sandbox::new();
    Table::of(rows.map(|(name, argument)| {
        let mut command = sandbox.command(PROGRAM);
        command.arg(OsStr::from_bytes(argument));
        (name, sandbox.outcome(command, ""))
    }))
    .matches_file("usage/not_utf_8");
}

/// A datagram socket preserves the boundaries between writes.
#[cfg(unix)] // needs datagram sockets as standard error
#[test]
fn writes_each_line_in_one_call() {
    use std::{
        os::{fd::OwnedFd, unix::net::UnixDatagram},
        process::Command,
    };
    let (here, there) = UnixDatagram::pair().unwrap();
    let mut command = Command::new(PROGRAM);
    command.arg("--bogus").stderr(OwnedFd::from(there));
    assert_eq!(command.status().unwrap().code(), Some(2));
    here.set_nonblocking(true).unwrap();
    let mut lines = Vec::new();
    let mut buffer = [0; 1000];
    while let Ok(length) = here.recv(&mut buffer) {
        if length == 0 {
            break;
        }
        lines.push(String::from_utf8_lossy(&buffer[..length]).into_owned());
    }
    // The error and its hint.
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.find('\n') == Some(line.len() - 1)), "{lines:?}");
}
