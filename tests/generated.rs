//! What is made from the source and kept beside it: completions, the manual page, the tables in the
//! README. `BLESS=1 cargo test` writes them; otherwise they are compared.

mod completions;
mod manual;
mod readme_tables;
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

/// The command line, without the commands that are not shown. A value of which it says nothing
/// can't be completed.
fn command() -> clap::Command {
    let hinted = |argument: clap::Arg| {
        let unknown = argument.get_value_hint() == ValueHint::Unknown;
        let takes_value = argument.get_action().takes_values() || argument.is_positional();
        if unknown && takes_value { argument.value_hint(ValueHint::Other) } else { argument }
    };
    let whole = command_line();
    let shown = whole.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    let mut command = clap::Command::new(NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .about(whole.get_about().cloned().unwrap())
        .long_about(whole.get_long_about().cloned().unwrap())
        .disable_help_subcommand(true)
        .args(whole.get_arguments().cloned())
        .subcommands(shown)
        .mut_args(hinted)
        .mut_subcommands(|command| command.mut_args(hinted));
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

/// Compares a file with what it is made from, or writes it.
#[track_caller]
fn keep(path: &str, made: &str) {
    let kept = fs::read_to_string(project(path)).unwrap_or_default();
    if kept == made {
        return;
    }
    if env::var_os("BLESS").is_some() {
        fs::create_dir_all(project(path).parent().unwrap()).unwrap();
        fs::write(project(path), made).unwrap();
        return;
    }
    let same = kept.lines().zip(made.lines()).take_while(|(kept, made)| kept == made).count();
    panic!(
        "{path} is not what the source says: `BLESS=1 cargo test` writes it.\n\
         line {}\nfound    {:?}\nexpected {:?}",
        same + 1,
        kept.lines().nth(same),
        made.lines().nth(same),
    );
}

/// Makes sure that nothing else is in a directory of the project.
#[track_caller]
fn keep_only(directory: &str, names: &[String]) {
    let entries = fs::read_dir(project(directory)).unwrap();
    let strays: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !names.contains(name))
        .collect();
    assert!(strays.is_empty(), "nothing makes these files in {directory}/: {strays:?}");
}

/// What a tool says about a text: all that it prints, and whether it was content.
fn ask(tool: &str, arguments: &[&str], input: &str) -> (String, bool) {
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
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).unwrap(), output.status.success())
}
