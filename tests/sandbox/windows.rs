//! The sandbox on Windows.

use std::{
    fs,
    os::windows::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
};

use regex_lite::{Captures, Regex};

pub(super) const PATH: &str = r"C:\windows\system32;C:\windows";

/// Runs a line.
pub(super) const SHELL: [&str; 2] = ["cmd", "/c"];

/// A line that prints the variables.
pub(crate) const PRINT_VARIABLES: &str = "set";

/// A line that prints the text in `~/code`.
pub(crate) const PRINT_CODE: &str = r#"type "%USERPROFILE%\code""#;

/// The command in the hint about a wrong clock.
pub(super) const SET_THE_CLOCK: &str = "w32tm /resync";

/// The variables with the user's directories, and those without which Windows runs few programs.
pub(super) fn directories(home: &Path) -> Vec<(&'static str, PathBuf)> {
    vec![
        ("USERPROFILE", home.to_owned()),
        ("LOCALAPPDATA", home.join("cache")),
        ("TMP", home.join("tmp")),
        ("SystemRoot", r"C:\windows".into()),
        ("COMSPEC", r"C:\windows\system32\cmd.exe".into()),
        ("PATHEXT", ".COM;.EXE;.BAT;.CMD".into()),
    ]
}

/// A command that cannot prompt: it has no console.
pub(super) fn without_terminal(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.creation_flags(DETACHED_PROCESS);
    command
}

/// Starts a program. Wine, unlike Windows, sometimes has an internal error instead.
pub(super) fn spawn(command: &mut Command) -> Child {
    for _ in 0..2 {
        match command.spawn() {
            Err(error) if error.raw_os_error() == Some(ERROR_INTERNAL_ERROR) => {}
            child => return child.unwrap(),
        }
    }
    command.spawn().unwrap()
}

/// Whether the program never ran. Wine, unlike Windows, sometimes cannot initialize a process on a
/// busy machine.
pub(super) fn has_failed_to_start(status: ExitStatus) -> bool {
    status.code() == Some(STATUS_DLL_INIT_FAILED)
}

const STATUS_DLL_INIT_FAILED: i32 = 0xC000_0142_u32.cast_signed();

/// Replaces the home by `~`, also where its backslashes are escaped, and names of programs,
/// separators of paths in the home, quotes in commands to type, and errors of the system by those
/// of Linux.
pub(super) fn as_on_linux(text: &str, home: &str) -> String {
    let text = text.replace(&home.replace('\\', r"\\"), "~").replace(home, "~");
    let text = text.replace("mfa-session.exe", "mfa-session");
    let path = Regex::new(r#"~[^\s"'`:;,]*"#).unwrap();
    let with_slashes = |path: &Captures<'_>| {
        let separator = if path[0].contains(r"\\") { r"\\" } else { r"\" };
        path[0].replace(separator, "/")
    };
    let text = path.replace_all(&text, with_slashes);
    let quoted = Regex::new(r#"--profile "([^"\n]*)""#).unwrap();
    let text = quoted.replace_all(&text, "--profile '$1'");
    ERRORS.iter().fold(text.into_owned(), |text, (number, of_linux)| {
        let error = Regex::new(&format!(r"[^:\n]*\(os error {number}\)")).unwrap();
        error.replace_all(&text, format!(" {of_linux}")).into_owned()
    })
}

/// Writes a script that runs this line in a shell.
pub(super) fn write_script(path: &Path, line: &str) {
    fs::write(path.with_extension("cmd"), format!("@{line}\r\n")).unwrap();
}

/// Windows has no modes: access is inherited from the directory.
pub(super) fn write(path: &Path, text: &str, _mode: u32) {
    fs::write(path, text).unwrap();
}

/// Error numbers of Windows, and the texts of Linux, or else a text for Windows and Wine.
const ERRORS: [(u32, &str); 7] = [
    (2, "No such file or directory (os error 2)"),
    (3, "No such file or directory (os error 2)"),
    (5, "Permission denied (os error 13)"),
    (32, "The process cannot access the file (os error 32)"),
    (10061, "Connection refused (os error 111)"),
    // No program of this system.
    (193, "No such file or directory (os error 2)"),
    (11001, "failed to lookup address information: Name or service not known"),
];

const ERROR_INTERNAL_ERROR: i32 = 1359;
const DETACHED_PROCESS: u32 = 0x0000_0008;
