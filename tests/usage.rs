//! Command lines that can't be parsed. Nothing that was typed for a value is shown, nor anything
//! that may be one.

use crate::sandbox::{PROGRAM, Sandbox, Table};

#[test]
fn a_command_line_that_makes_no_sense_is_told() {
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
        &["-\x1b[31m"],
        &["-f123456"],
        &["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
        &["\x1b[31mfoo"],
        &["--", "foo"],
        &["whoam"],
        &["Foo"],
        &["federate"],
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
fn for_exports_a_shell_is_told_as_well() {
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

#[cfg(unix)]
#[test]
fn what_is_not_valid_utf_8_is_not_shown() {
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

/// A socket for datagrams keeps apart what was written at once.
#[cfg(unix)]
#[test]
fn a_line_is_written_at_once() {
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
