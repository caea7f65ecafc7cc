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
    match shell {
        Shell::Bash => for_bash(&text),
        Shell::Zsh => for_zsh(&text),
        Shell::Fish => for_fish(&text),
        _ => text,
    }
}

/// Flags whose values the AWS files know, and what `mfa-session complete` calls these.
const KNOWN: [(&str, &str); 4] =
    [("profile", "profiles"), ("to", "sessions"), ("serial", "serials"), ("role-arn", "roles")];

fn for_bash(text: &str) -> String {
    // clap gives what a command offers another name than the command, where the program's name has
    // a hyphen in it.
    let text =
        replaced(text, "        mfa__subcmd__session__subcmd__", "        mfa__session__subcmd__");
    let start = "    cmd=\"\"\n    opts=\"\"\n";
    let text =
        replaced(&text, start, &format!("{start}\n    _mfa__session_known \"$2\" && return 0\n"));
    include_str!("known.bash").to_owned() + &text
}

fn for_zsh(text: &str) -> String {
    let end = "if [ \"$funcstack[1]\"";
    let text = replaced(text, end, &(include_str!("known.zsh").to_owned() + end));
    with_known(&text, |line, argument, what| {
        let short = argument.get_short().map(|short| format!("'-{short}+["));
        let long = format!("'--{}=[", argument.get_long().unwrap());
        let is_it = line.starts_with(&long) || short.is_some_and(|short| line.starts_with(&short));
        let stub = line.strip_suffix("' \\").filter(|_| is_it)?;
        Some(format!("{stub}_mfa-session_known {what}' \\"))
    })
}

fn for_fish(text: &str) -> String {
    // A flag that still lacks its value is no reason to know no flags: fish would offer files.
    let parse = "argparse -s (__fish_mfa_session_global_optspecs) -- $cmd";
    let text = replaced(
        text,
        &format!("    {parse} 2>/dev/null\n    or return\n"),
        &format!("    {parse} 2>/dev/null\n    or {parse} value 2>/dev/null\n    or return\n"),
    );
    with_known(&text, |line, argument, what| {
        let is_it = line.contains(&format!(" -l {} ", argument.get_long().unwrap()));
        let is_it = is_it && line.ends_with(" -r -f");
        let known = format!("(command mfa-session complete {what} 2>/dev/null)");
        is_it.then(|| format!("{line} -a \"{known}\""))
    })
}

/// The text with something else in the place of what is there.
#[track_caller]
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "clap makes something else: {from}");
    text.replace(from, to)
}

/// The lines, those for flags of which the AWS files know the values as `with` makes them: each of
/// these flags, of every command that has it.
fn with_known(text: &str, with: impl Fn(&str, &Arg, &str) -> Option<String>) -> String {
    let command = command();
    let commands = || std::iter::once(&command).chain(command.get_subcommands());
    let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    for (long, what) in KNOWN {
        let arguments = || commands().flat_map(clap::Command::get_arguments);
        let flags: Vec<&Arg> = arguments().filter(|it| it.get_long() == Some(long)).collect();
        let made = lines.iter_mut().filter_map(|line| {
            *line = with(line, flags[0], what)?;
            Some(())
        });
        assert!(made.count() >= flags.len(), "not every --{long} is found");
    }
    lines.join("\n") + "\n"
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
