//! The table of settings and the examples agree with the command line and the source.

use std::collections::BTreeSet;

use mfa_session::{EXAMPLES, SETTINGS, USES, command_examples, command_line, variables};
use regex_lite::Regex;

use super::{NAME, command};
use crate::{
    sandbox::Sandbox,
    tidy::{Source, sources},
};

/// Variables that libraries read: `dirs`, `rustls-native-certs`, `std` and `time`.
const READ_BY_LIBRARIES: [&str; 7] =
    ["HOME", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "TZ", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"];

#[test]
fn every_flag_of_a_setting_exists() {
    let command = command();
    for id in SETTINGS.iter().filter_map(|setting| setting.flag) {
        let commands = std::iter::once(&command).chain(command.get_subcommands());
        let mut arguments = commands.flat_map(clap::Command::get_arguments);
        let long = id.replace('_', "-");
        let is_flag = |argument: &clap::Arg| {
            argument.get_id() == id && argument.get_long() == Some(long.as_str())
        };
        assert!(arguments.any(is_flag), "{id}");
    }
}

#[test]
fn listed_variables_are_those_that_the_source_reads() {
    let listed: Vec<&str> = variables().iter().map(|(name, _)| *name).collect();
    let unique: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(unique.len(), listed.len(), "a variable is listed twice");

    let prefixes = "AWS|MFA_SESSION|ACTIONS|GITHUB|TERM|NO_COLOR|SHELL|BROWSER|COMSPEC|PATHEXT|\
                    HOME|USERPROFILE|LOCALAPPDATA";
    let name = Regex::new(&format!(r#""((?:{prefixes})[A-Z_]*)""#)).unwrap();
    let sources = sources("src");
    let is_table = |source: &&Source| source.path.starts_with("src/settings");
    let read = sources.iter().filter(|source| !is_table(source)).flat_map(|source| {
        let names = name.captures_iter(&source.code).map(|found| found[1].to_owned());
        names.collect::<Vec<_>>()
    });
    let mut read: BTreeSet<String> = read.collect();
    // The resolver reads the variables of settings from the table.
    let settings =
        SETTINGS.iter().flat_map(|setting| setting.variables.iter().chain(&setting.mark));
    read.extend(settings.map(|name| (*name).to_owned()));
    read.extend(READ_BY_LIBRARIES.map(ToOwned::to_owned));
    let unread: Vec<_> = listed.iter().filter(|name| !read.contains(**name)).collect();
    assert!(unread.is_empty(), "nothing reads {unread:?}");
    let unlisted: Vec<_> = read.iter().filter(|name| !unique.contains(name.as_str())).collect();
    assert!(unlisted.is_empty(), "the list lacks {unlisted:?}");
}

#[test]
fn help_hides_the_values_of_variables() {
    for flag in ["-h", "--help"] {
        let plain = Sandbox::new().run([flag]);
        let mut sandbox = Sandbox::new();
        for (name, _) in variables() {
            sandbox.set(name, "canary");
        }
        let with_values = sandbox.run([flag]);
        assert_eq!(with_values.to_string(), plain.to_string());
        assert_eq!(with_values.status, 0);
        assert_eq!(with_values.stderr, "");
        assert!(!with_values.stdout.contains("canary"));
    }
}

#[test]
fn every_example_is_a_valid_command_line() {
    let examples = USES.iter().chain(&EXAMPLES).map(|(example, _)| *example);
    for example in examples.chain(command_examples()) {
        let Some(start) = example.find(NAME) else { continue };
        let example = example[start..].split(" |").next().unwrap();
        let words = example.trim_end_matches(['"', ')']).split_whitespace();
        assert!(command_line().try_get_matches_from(words).is_ok(), "{example}");
    }
}

#[test]
fn clap_accepts_the_command_line() {
    command_line().debug_assert();
}
