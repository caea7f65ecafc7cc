//! The tables that the code uses say the same as each other and as the command line.

use std::collections::BTreeSet;

use clap::{CommandFactory as _, Parser as _};
use mfa_session::{
    cli::{Cli, EXAMPLES},
    config::SETTINGS,
    environment::VARIABLES,
};

use super::{NAME, command};
use crate::{tidy::sources, world::World};

/// Variables that stand for no setting: keys are read as a whole, the rest is the platform's.
const NO_SETTINGS: [&str; 17] = [
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "AWS_ACCESS_KEY_ID",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "GITHUB_ENV",
    "HOME",
    "SHELL",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TERM",
    "TMPDIR",
    "TZ",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
];

/// Variables that libraries read: `dirs`, `rustls-native-certs`, `std` and `time`.
const READ_BY_LIBRARIES: [&str; 7] =
    ["HOME", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "TZ", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"];

#[test]
fn every_flag_of_a_setting_is_on_the_command_line() {
    let command = command();
    for setting in SETTINGS.iter().filter(|setting| !setting.flag.is_empty()) {
        let commands = std::iter::once(&command).chain(command.get_subcommands());
        let mut longs =
            commands.flat_map(clap::Command::get_arguments).filter_map(clap::Arg::get_long);
        assert!(longs.any(|long| setting.flag == format!("--{long}")), "{}", setting.flag);
    }
}

#[test]
fn every_variable_is_in_both_tables_or_stands_for_no_setting() {
    let known: BTreeSet<&str> = VARIABLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(known.len(), VARIABLES.len(), "a variable stands in the table twice");
    let mut said: BTreeSet<&str> =
        SETTINGS.iter().flat_map(|setting| setting.variables).copied().collect();
    for name in NO_SETTINGS {
        assert!(said.insert(name), "{name} stands for a setting after all");
    }
    assert_eq!(known, said);
}

#[test]
fn every_variable_in_the_table_is_read() {
    let sources = sources("src");
    for (name, _) in VARIABLES.iter().filter(|(name, _)| !READ_BY_LIBRARIES.contains(name)) {
        let quoted = format!("\"{name}\"");
        let mut others = sources.iter().filter(|source| source.path != "src/environment.rs");
        assert!(others.any(|source| source.code.contains(&quoted)), "nothing reads {name}");
    }
}

#[test]
fn the_help_shows_no_value_of_a_variable() {
    for flag in ["-h", "--help"] {
        let plain = World::new().run([flag]);
        let mut world = World::new();
        for (name, _) in VARIABLES {
            world.set(name, "canary");
        }
        let among_values = world.run([flag]);
        among_values.is(0, &plain.stdout, "");
        assert!(!among_values.stdout.contains("canary"));
    }
}

#[test]
fn every_example_is_a_command_line_that_is_taken() {
    for (example, _) in EXAMPLES {
        let Some(start) = example.find(NAME) else { continue };
        let words = example[start..].trim_end_matches(')').split_whitespace();
        assert!(Cli::try_parse_from(words).is_ok(), "{example}");
    }
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}
