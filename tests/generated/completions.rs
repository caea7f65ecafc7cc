//! `completions/`: made by clap, under the names that the shells' packages use, and tried in the
//! shells that are there.

use clap::{Arg, ArgAction, value_parser};
use clap_complete::{Shell, generate};

use super::{NAME, ask, command, keep, keep_only};
use crate::tools;

const SHELLS: [(Shell, &str); 5] = [
    (Shell::Bash, "mfa-session.bash"),
    (Shell::Zsh, "_mfa-session"),
    (Shell::Fish, "mfa-session.fish"),
    (Shell::PowerShell, "_mfa-session.ps1"),
    (Shell::Elvish, "mfa-session.elv"),
];

fn completion(shell: Shell) -> String {
    let mut text = Vec::new();
    // A value that stands behind an equals sign is not offered as a word of its own.
    let plain = |argument: Arg| {
        if !argument.is_require_equals_set() {
            return argument;
        }
        argument.action(ArgAction::SetTrue).num_args(0).value_parser(value_parser!(bool))
    };
    let mut command = command().mut_args(plain).mut_subcommands(|command| command.mut_args(plain));
    generate(shell, &mut command, NAME, &mut text);
    let text = String::from_utf8(text).unwrap();
    if shell != Shell::Fish {
        return text;
    }
    // A flag that still lacks its value is no reason to know no flags: fish would offer files.
    let parse = "argparse -s (__fish_mfa_session_global_optspecs) -- $cmd";
    assert!(text.contains(&format!("    {parse} 2>/dev/null\n    or return\n")));
    text.replace(
        &format!("{parse} 2>/dev/null\n"),
        &format!("{parse} 2>/dev/null\n    or {parse} value 2>/dev/null\n"),
    )
}

#[test]
fn the_completions_are_those_of_the_command_line() {
    for (shell, name) in SHELLS {
        keep(&format!("completions/{name}"), &completion(shell));
    }
    keep_only("completions", &SHELLS.map(|(_, name)| name.to_owned()));
}

#[test]
fn the_shells_take_the_completions() {
    for (tool, shell, arguments) in [
        ("bash", Shell::Bash, ["-n"]),
        ("zsh", Shell::Zsh, ["-n"]),
        ("fish", Shell::Fish, ["--no-execute"]),
    ] {
        if tools::program(tool).is_some() {
            assert_eq!(ask(tool, &arguments, &completion(shell)), (String::new(), true), "{tool}");
        }
    }
}

/// What bash offers for the last word.
fn offered_by_bash(words: &[&str]) -> Vec<String> {
    let quoted = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>();
    let last = words.len() - 1;
    let script = format!(
        "{}\nCOMP_WORDS=({}); COMP_CWORD={last}\n\
         compopt() {{ :; }}\n\
         function=$(complete -p {NAME}); function=${{function#*-F }}\n\
         \"${{function%% *}}\" {NAME} {} {}\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        completion(Shell::Bash),
        quoted.join(" "),
        quoted[last],
        quoted[last - 1],
    );
    // Files are offered from the directory of the tests: the package's.
    let (said, content) = ask("bash", &["--norc"], &script);
    assert!(content, "{said}");
    said.lines().filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

#[test]
fn bash_offers_flags_and_the_files_of_a_flag_that_takes_one() {
    if tools::program("bash").is_none() {
        return;
    }
    assert_eq!(offered_by_bash(&[NAME, "--se"]), ["--serial"]);
    assert_eq!(offered_by_bash(&[NAME, "--force", "--no"]), ["--no-prompt"]);
    assert_eq!(offered_by_bash(&[NAME, "--ca-bundle", "Cargo.t"]), ["Cargo.toml"]);
    assert_eq!(offered_by_bash(&[NAME, "--profile", "Cargo.t"]), ["Cargo.t"]);
    assert_eq!(offered_by_bash(&[NAME, "--format", "n"]), ["nu"]);
    assert!(offered_by_bash(&[NAME, "--export", "fi"]).is_empty());
}

#[test]
fn fish_offers_flags_and_the_files_of_a_flag_that_takes_one() {
    if tools::program("fish").is_none() {
        return;
    }
    let offered = |line: &str| {
        let script = format!("{}\ncomplete -C '{line}'\n", completion(Shell::Fish));
        let (said, content) = ask("fish", &["--no-config"], &script);
        assert!(content, "{said}");
        said.lines()
            .map(|line| line.split('\t').next().unwrap().to_owned())
            .collect::<Vec<String>>()
    };
    assert_eq!(offered("mfa-session --se"), ["--serial"]);
    assert_eq!(offered("mfa-session --ca-bundle Cargo.t"), ["Cargo.toml"]);
    assert!(offered("mfa-session --region Cargo.t").is_empty());
    assert_eq!(offered("mfa-session --format n"), ["nu"]);
    assert!(offered("mfa-session --export fi").is_empty());
}
