//! Files generated from the source: completions, the manual page, the tables in the guides. Tests
//! compare them; `BLESS=1 cargo test` writes them.

mod completions;
pub(crate) mod guide_tables;
mod manual;
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
mod pictures;
mod skipped;
mod tables;

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clap::ValueHint;
use mfa_session::command_line;

const NAME: &str = "mfa-session";

/// The pictures for the README.
const DEMO: &str = "man/demo.svg";
const STATUS: &str = "man/status.svg";
const PICTURES: [&str; 2] = [DEMO, STATUS];

/// The command line without hidden commands. A value without a hint gets no completions.
fn command() -> clap::Command {
    let with_hint = |argument: clap::Arg| {
        let unknown = argument.get_value_hint() == ValueHint::Unknown;
        let takes_value = argument.get_action().takes_values() || argument.is_positional();
        if unknown && takes_value { argument.value_hint(ValueHint::Other) } else { argument }
    };
    let all = command_line();
    let visible = all.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    let mut command = clap::Command::new(NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .about(all.get_about().cloned().unwrap())
        .long_about(all.get_long_about().cloned().unwrap())
        .disable_help_subcommand(true)
        .args(all.get_arguments().cloned())
        .subcommands(visible)
        .mut_args(with_hint)
        .mut_subcommands(|command| command.mut_args(with_hint));
    // Adds `--help` and `--version`.
    command.build();
    command
}

/// A path in the project.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The text of a file of the project.
#[track_caller]
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Compares a file with its generated text, or writes it.
#[track_caller]
fn assert_generated(path: &str, generated: &str) {
    let current = fs::read_to_string(project(path)).unwrap_or_default();
    if current == generated {
        return;
    }
    if env::var_os("BLESS").is_some() {
        fs::create_dir_all(project(path).parent().unwrap()).unwrap();
        fs::write(project(path), generated).unwrap();
        return;
    }
    let lines = current.lines().zip(generated.lines());
    let same = lines.take_while(|(current, generated)| current == generated).count();
    panic!(
        "{path} is out of date: `BLESS=1 cargo test` updates it.\n\
         line {}\nfound    {:?}\nexpected {:?}",
        same + 1,
        current.lines().nth(same),
        generated.lines().nth(same),
    );
}

/// Fails if a directory of the project contains other files.
#[track_caller]
fn assert_only(directory: &str, names: &[String]) {
    let entries = fs::read_dir(project(directory)).unwrap();
    let strays: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !names.contains(name))
        .collect();
    assert!(strays.is_empty(), "{directory}/ contains files that are not generated: {strays:?}");
}

/// Runs a tool on a text. Returns all its output, and whether it succeeded.
fn run_tool(tool: &str, arguments: &[&str], input: &str) -> (String, bool) {
    let mut child = Command::new(tool)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (String::from_utf8(printed).unwrap(), output.status.success())
}
