//! Command lines that can't be parsed. Nothing that was typed for a value is shown, nor anything
//! that may be one.

use crate::world::{PROGRAM, World, all_are, error};

const SEE_HELP: &str = "see mfa-session --help";

const FORMATS: &str = "give one of these: env, fish, powershell, cmd, nu, process, json, dotenv, \
                       ini, github";
const SHELLS: &str = "give one of these: sh, bash, dash, ash, ksh, mksh, zsh, busybox, fish, \
                      powershell, pwsh, cmd, nu";

const KNOWN: &str = "an argument is not known";
const STANDS: &str = "a value stands where none belongs";
const CODE: &str = "an MFA code stands where none belongs";
const BEHIND: &str = "a value stands behind that of --code";
const QUOTE: &str = "quote a code with a blank in it: --code '123 456'";

#[test]
fn a_command_line_that_makes_no_sense_is_told() {
    type Row = (&'static [&'static str], &'static str, &'static str);
    let like_code = "is --code meant? see mfa-session --help";
    let rows: &[Row] = &[
        (&["--bogus"], "there is no flag --bogus", SEE_HELP),
        (&["--cod", "123456"], "there is no flag --cod", like_code),
        (&["--cod=123456"], "there is no flag --cod", like_code),
        (&["--code123456"], KNOWN, like_code),
        (&["--123456"], KNOWN, SEE_HELP),
        (&["--Bogus"], KNOWN, SEE_HELP),
        (&["--wjalrxutnfemikmdengbpxrficyexamplekey"], KNOWN, SEE_HELP),
        (&["--\x1b[31mfoo"], KNOWN, SEE_HELP),
        (&["--\u{202e}foo"], KNOWN, SEE_HELP),
        (&["-x"], KNOWN, SEE_HELP),
        (&["-\x1b[31m"], KNOWN, SEE_HELP),
        (&["-f123456"], KNOWN, SEE_HELP),
        (&["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"], STANDS, SEE_HELP),
        (&["\x1b[31mfoo"], STANDS, SEE_HELP),
        (&["--", "foo"], "there is no command foo", SEE_HELP),
        (&["whoam"], "there is no command whoam", "is whoami meant? see mfa-session --help"),
        (&["Foo"], STANDS, SEE_HELP),
        (&["federate"], "NAME is missing", SEE_HELP),
        (&["--json"], "--json needs --dry-run", SEE_HELP),
        (
            &["--force", "whoami"],
            "--force stands before `whoami`",
            "put it behind, if it belongs there: see mfa-session whoami --help",
        ),
        (&[""], STANDS, SEE_HELP),
        (&["123456"], CODE, "give it with --code"),
        (&["--force", "123456"], CODE, "give it with --code"),
        (&["--code", "123", "456"], BEHIND, QUOTE),
        (&["--code=123", "456"], BEHIND, QUOTE),
        (&["-c", "123", "456"], BEHIND, QUOTE),
        (&["-c123", "456", "--force"], BEHIND, QUOTE),
        (&["--code", "123", "--force", "456"], STANDS, SEE_HELP),
        (&["--serial"], "--serial needs a value", SEE_HELP),
        (&["-p"], "--profile needs a value", SEE_HELP),
        (&["--code", "--force"], "--code needs a value", SEE_HELP),
        (&["--no-prompt=123456"], CODE, "give it with --code"),
        (&["--no-prompt=1"], "--no-prompt takes no value", SEE_HELP),
        (&["--force=\x1b[31m"], "--force takes no value", SEE_HELP),
        (&["--force", "--force"], "--force is given twice", SEE_HELP),
        (&["-c", "123456", "--code", "654321"], "--code is given twice", SEE_HELP),
        (&["--write"], "--write needs --export or --format", SEE_HELP),
        (&["--dry-run", "--format", "json"], "--dry-run does not go with --format", SEE_HELP),
        (&["--format"], "--format needs a value", SEE_HELP),
        (&["--format="], "--format needs a value", SEE_HELP),
        (&["--format", "\x1b[31m"], "--format: there is no such value", FORMATS),
        (&["--format", "123456"], CODE, "give it with --code"),
        (&["--json"], "--json needs --dry-run", SEE_HELP),
    ];
    let told = rows.iter().map(|(arguments, what, hint)| (*arguments, error(what, &[hint])));
    let world = World::new();
    let names: Vec<_> = rows.iter().map(|(arguments, ..)| format!("{arguments:?}")).collect();
    all_are(told.zip(&names).map(|((arguments, stderr), name)| {
        let mut command = world.command(PROGRAM);
        command.args(arguments);
        (name.as_str(), world.outcome(command, ""), 2, stderr)
    }));
}

#[test]
fn for_exports_a_shell_is_told_as_well() {
    for (arguments, what) in [
        (["--dry-run", "--export"], "--dry-run does not go with --export"),
        (["--export", "--dry-run"], "--dry-run does not go with --export"),
        (["-e", "--\x1b[31m"], KNOWN),
        (["-e1", "--force"], KNOWN),
        (["--bogus", "-e"], "there is no flag --bogus"),
        (["--export=", "--force"], "--export needs a value"),
        (["--format=json", "--export=1"], "--export: there is no such value"),
    ] {
        let hint = if what.ends_with("no such value") { SHELLS } else { SEE_HELP };
        World::new().run(arguments).is(2, "false;\n", &error(what, &[hint]));
    }
}

#[cfg(unix)]
#[test]
fn what_is_not_valid_utf_8_is_not_shown() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
    let rows: [(&str, &[u8], &str); 3] = [
        ("a flag", b"--p\xff", KNOWN),
        ("a value", b"--serial=\xff", "an argument is not valid UTF-8"),
        ("alone", b"\xff", STANDS),
    ];
    let world = World::new();
    all_are(rows.map(|(name, argument, what)| {
        let mut command = world.command(PROGRAM);
        command.arg(OsStr::from_bytes(argument));
        (name, world.outcome(command, ""), 2, error(what, &[SEE_HELP]))
    }));
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
    assert_eq!(
        lines,
        [
            "mfa-session: error: there is no flag --bogus\n",
            "mfa-session: hint: see mfa-session --help\n"
        ]
    );
}
