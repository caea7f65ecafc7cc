//! The sandbox on Unix.

use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
};

use super::{Outcome, PROGRAM, Sandbox};

pub(super) const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Runs a line.
pub(super) const SHELL: [&str; 2] = ["sh", "-c"];

/// A line that prints the variables.
pub(crate) const PRINT_VARIABLES: &str = "env";

/// A line that prints the text in `~/code`.
pub(crate) const PRINT_CODE: &str = "cat ~/code";

/// The command in the hint about a wrong clock.
pub(super) const SET_THE_CLOCK: &str = if cfg!(target_os = "macos") {
    "sudo sntp -sS time.apple.com"
} else {
    "sudo timedatectl set-ntp true"
};

/// The variables with the user's directories.
pub(super) fn directories(home: &Path) -> Vec<(&'static str, PathBuf)> {
    vec![("HOME", home.to_owned()), ("TMPDIR", home.join("tmp"))]
}

/// A command that cannot prompt: a new session has no controlling terminal.
pub(super) fn without_terminal(program: &Path) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(program);
    command
}

pub(super) fn spawn(command: &mut Command) -> Child {
    command.spawn().unwrap()
}

pub(super) fn has_failed_to_start(_: ExitStatus) -> bool {
    false
}

/// Replaces the home by `~`, and errors of the system by the texts of glibc.
pub(super) fn as_on_linux(text: &str, home: &str) -> String {
    OTHER_WORDS.iter().fold(text.replace(home, "~"), |text, (words, of_glibc)| {
        text.replace(&format!(": {words}"), &format!(": {of_glibc}"))
    })
}

/// Texts of the system for its errors, each with the text of glibc.
const OTHER_WORDS: &[(&str, &str)] = if cfg!(target_env = "musl") {
    &[
        ("Invalid seek", "Illegal seek"),
        ("Name does not resolve", "Name or service not known"),
        ("Not supported", "Operation not supported"),
        ("Symbolic link loop", "Too many levels of symbolic links"),
    ]
} else {
    &[]
};

/// Writes a script that runs this line in a shell.
pub(super) fn write_script(path: &Path, line: &str) {
    write(path, &format!("#!/bin/sh\n{line}\n"), 0o755);
}

pub(super) fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

impl Sandbox {
    /// The program, run by an ordinary user, as root passes every permission check.
    pub(crate) fn powerless(&self) -> Command {
        let (program, user) = self.give_away();
        let mut command = self.command(program);
        if let Some(user) = user {
            command.uid(user).gid(user);
        }
        command
    }

    /// If root runs the tests, gives the home to an ordinary user. Returns a path at which the user
    /// can run the program, and the id of user and group.
    pub(crate) fn give_away(&self) -> (PathBuf, Option<u32>) {
        const NOBODY: u32 = 65_534;
        let home = self.home.path();
        if fs::metadata(home).unwrap().uid() != 0 {
            return (PROGRAM.into(), None);
        }
        let is_open = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 1 != 0;
        let mut program = PathBuf::from(PROGRAM);
        if !program.ancestors().all(is_open) {
            program = home.join("program");
            // `cp`, as a file that this process has open for writing cannot be run (ETXTBSY).
            assert!(Command::new("cp").arg(PROGRAM).arg(&program).status().unwrap().success());
        }
        let owner = format!("{NOBODY}:{NOBODY}");
        let given = Command::new("chown").arg("-R").arg(owner).arg(home).status().unwrap();
        assert!(given.success());
        (program, Some(NOBODY))
    }

    /// Runs the program as an ordinary user who cannot write in `.aws`.
    pub(crate) fn run_read_only(&self, arguments: &[&str]) -> Outcome {
        let set_mode = |mode| {
            fs::set_permissions(self.path(".aws"), Permissions::from_mode(mode)).unwrap();
        };
        let mut command = self.powerless();
        set_mode(0o500);
        command.args(arguments);
        let outcome = self.outcome(command, "");
        set_mode(0o700);
        outcome
    }
}
