//! Messages for usage errors. clap's own messages quote the arguments, which may hold a valid code,
//! a key, or characters that move the cursor.

use std::{ffi::OsString, slice};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{failure::Failure, mfa::Code};

/// The failure for an error of clap.
pub(super) fn explain(
    error: &clap::Error,
    line: &clap::Command,
    arguments: &[OsString],
) -> Failure {
    let quoted =
        [ContextKind::InvalidArg, ContextKind::InvalidValue, ContextKind::InvalidSubcommand];
    let mut quoted = quoted.into_iter().flat_map(|kind| context(error, kind));
    if quoted.any(|text| text.parse::<Code>().is_ok()) {
        return Failure::usage("unexpected MFA code").hint("give it with --code");
    }
    let flag = context(error, ContextKind::InvalidArg).first().copied().unwrap_or("a flag");
    let what = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let typed = context(error, ContextKind::InvalidSubcommand);
            let typed = typed.first().copied().unwrap_or_default();
            return unknown_word(error, typed, line, arguments);
        }
        ErrorKind::UnknownArgument if flag.starts_with('-') => return unknown_flag(error, flag),
        ErrorKind::UnknownArgument => return unknown_word(error, flag, line, arguments),
        ErrorKind::InvalidValue => return invalid_value(error, flag),
        ErrorKind::TooManyValues => format!("{flag} takes no value"),
        ErrorKind::ArgumentConflict => match context(error, ContextKind::PriorArg).first() {
            Some(other) if *other != flag => format!("{flag} conflicts with {other}"),
            _ => format!("{flag} is given twice"),
        },
        ErrorKind::MissingRequiredArgument => {
            let command = arguments.iter().find_map(|word| line.find_subcommand(word));
            let command = command.map_or(String::new(), |it| format!(" {}", it.get_name()));
            return Failure::usage(format!(
                "the argument {} is missing",
                flag.trim_matches(['<', '>'])
            ))
            .hint(format!("see mfa-session{command} --help"));
        }
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8".to_owned(),
        _ => "invalid command line".to_owned(),
    };
    Failure::usage(what).hint(SEE_HELP)
}

fn invalid_value(error: &clap::Error, flag: &str) -> Failure {
    let allowed = context(error, ContextKind::ValidValue);
    let typed = context(error, ContextKind::InvalidValue);
    if allowed.is_empty() || typed.iter().all(|value| value.is_empty()) {
        return Failure::usage(format!("{flag} needs a value")).hint(SEE_HELP);
    }
    Failure::usage(format!("invalid value for {}", flag.trim_matches(['<', '>'])))
        .hint(format!("use one of these: {}", allowed.join(", ")))
}

fn unknown_flag(error: &clap::Error, flag: &str) -> Failure {
    let what =
        if is_flag_name(flag) { format!("unknown flag {flag}") } else { "unknown flag".to_owned() };
    let expected = EXPECTED.iter().find(|(flags, _)| flags.contains(&flag));
    let similar = context(error, ContextKind::SuggestedArg).first().copied();
    let hint = expected.map(|(_, hint)| (*hint).to_owned());
    Failure::usage(what).hint(hint.unwrap_or_else(|| did_you_mean(similar)))
}

/// Flags of many other programs, and the hint for each.
const EXPECTED: [(&[&str], &str); 6] = [
    (
        &["--no-session"],
        "an MFA code always gives a session; `mfa-session exec --no-write` does not store it",
    ),
    (&["--prompt"], "--code-command COMMAND runs a program that prints the code"),
    (&["--server"], "there is no server; `credential_process` renews sessions in long jobs"),
    (&["--token-code", "--mfa-code", "--token", "--otp"], "give the MFA code with --code"),
    (
        &["-v", "--verbose"],
        "there is no verbose mode; `mfa-session --dry-run` shows each setting and where it comes \
         from, `mfa-session -V` the version",
    ),
    (
        &["-q", "--quiet", "--silent"],
        "there is no quiet mode; messages go to standard error, which you can redirect",
    ),
];

fn unknown_word(
    error: &clap::Error,
    word: &str,
    line: &clap::Command,
    arguments: &[OsString],
) -> Failure {
    if follows_code(word, arguments) {
        return Failure::usage("unexpected argument after the code")
            .hint("quote a code that contains a space: --code '123 456'");
    }
    let is_word = (1..=20).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if error.kind() != ErrorKind::InvalidSubcommand || !is_word {
        return Failure::usage("unexpected argument").hint(SEE_HELP);
    }
    // The most similar command comes last.
    let mut similar = context(error, ContextKind::SuggestedSubcommand).into_iter();
    let is_hidden =
        |name: &&str| line.find_subcommand(name).is_some_and(clap::Command::is_hide_set);
    let similar = similar.rfind(|name| !is_hidden(name));
    let expected = EXPECTED_COMMANDS.iter().find(|(words, _)| words.contains(&word));
    let hint = expected.map(|(_, hint)| (*hint).to_owned());
    Failure::usage(format!("unknown command {word}"))
        .hint(hint.unwrap_or_else(|| did_you_mean(similar)))
}

/// Commands of similar programs, and the hint for each.
const EXPECTED_COMMANDS: [(&[&str], &str); 7] = [
    (&["aws"], "run it with the session: mfa-session exec -- aws"),
    (&["export", "env"], "`mfa-session --export` prints the session for the shell"),
    (&["list", "ls", "show"], "`mfa-session status` lists the sessions"),
    (
        &["login", "open"],
        "`mfa-session` alone gets a session; `mfa-session console` signs in to the AWS console",
    ),
    (&["rotate"], "`aws iam create-access-key` makes a new key, `aws configure` stores it"),
    (&["remove", "rm", "delete", "logout"], "`mfa-session clear` removes a session"),
    (&["add", "configure"], "`aws configure` adds long-term keys to the AWS files"),
];

fn did_you_mean(similar: Option<&str>) -> String {
    match similar {
        Some(similar) => format!("did you mean `{similar}`? {SEE_HELP}"),
        None => SEE_HELP.to_owned(),
    }
}

/// The details of an error of clap: flags without the names of their values.
fn context(error: &clap::Error, kind: ContextKind) -> Vec<&str> {
    let texts = match error.get(kind) {
        Some(ContextValue::String(text)) => slice::from_ref(text),
        Some(ContextValue::Strings(texts)) => texts,
        _ => &[],
    };
    texts.iter().filter_map(|text| text.split(" <").next()?.split("[=<").next()).collect()
}

/// Whether this looks like a misspelled flag. Any other text may be a secret.
fn is_flag_name(argument: &str) -> bool {
    let is_short = matches!(argument.as_bytes(), [b'-', letter] if letter.is_ascii_alphabetic());
    is_short
        || argument.len() <= 30
            && argument.starts_with("--")
            && argument.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Whether an argument follows the value of `--code`, as the second half of `123 456` does.
fn follows_code(value: &str, arguments: &[OsString]) -> bool {
    let has_code = |argument: &OsString| {
        let argument = argument.to_string_lossy();
        argument.starts_with("--code=") || (argument.starts_with("-c") && argument.len() > 2)
    };
    arguments.windows(2).any(|two| has_code(&two[0]) && two[1] == *value)
        || arguments
            .windows(3)
            .any(|three| (three[0] == "--code" || three[0] == "-c") && three[2] == *value)
}

const SEE_HELP: &str = "see mfa-session --help";
