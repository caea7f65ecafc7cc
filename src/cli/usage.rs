//! What is wrong with a command line, in words of our own: clap's quote what was typed, which may
//! be a code that is still good, a key, or what moves the cursor.

use std::{ffi::OsString, slice};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{
    code::Code,
    failure::{Failure, Status},
};

/// The failure for what clap found.
pub(super) fn usage(error: &clap::Error, arguments: &[OsString]) -> Failure {
    let flag = told(error, ContextKind::InvalidArg).first().copied().unwrap_or("a flag");
    let values =
        [ContextKind::InvalidArg, ContextKind::InvalidValue, ContextKind::InvalidSubcommand]
            .map(|kind| told(error, kind));
    if values.iter().flatten().any(|value| value.parse::<Code>().is_ok()) {
        return Failure::new(Status::Usage, "an MFA code stands where none belongs")
            .hint("give it with --code");
    }
    let what = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let typed = told(error, ContextKind::InvalidSubcommand);
            return unknown(error, typed.first().copied().unwrap_or_default(), arguments);
        }
        ErrorKind::UnknownArgument => return unknown(error, flag, arguments),
        ErrorKind::InvalidValue => return invalid(error, flag),
        ErrorKind::TooManyValues => format!("{flag} takes no value"),
        ErrorKind::ArgumentConflict => match told(error, ContextKind::PriorArg).first() {
            Some(other) if *other != flag => format!("{flag} does not go with {other}"),
            _ => format!("{flag} is given twice"),
        },
        ErrorKind::MissingRequiredArgument => {
            format!("{} is missing", flag.trim_matches(['<', '>']))
        }
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8".to_owned(),
        _ => "the command line makes no sense".to_owned(),
    };
    Failure::new(Status::Usage, what).hint(SEE_HELP)
}

/// A value that is none of a list, or is missing.
fn invalid(error: &clap::Error, flag: &str) -> Failure {
    let values = told(error, ContextKind::ValidValue);
    if values.is_empty() || told(error, ContextKind::InvalidValue).iter().all(|it| it.is_empty()) {
        return Failure::new(Status::Usage, format!("{flag} needs a value")).hint(SEE_HELP);
    }
    Failure::new(Status::Usage, format!("{flag}: there is no such value"))
        .hint(format!("give one of these: {}", values.join(", ")))
}

/// An argument that is no flag, or none that there is.
fn unknown(error: &clap::Error, argument: &str, arguments: &[OsString]) -> Failure {
    let failure = |what: String| Failure::new(Status::Usage, what);
    if !argument.starts_with('-') {
        if follows_code(argument, arguments) {
            return failure("a value stands behind that of --code".to_owned())
                .hint("quote a code with a blank in it: --code '123 456'");
        }
        let is_word = (1..=20).contains(&argument.len())
            && argument.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if error.kind() == ErrorKind::InvalidSubcommand && is_word {
            let failure = failure(format!("there is no command {argument}"));
            return failure.hint(similar(error, ContextKind::SuggestedSubcommand));
        }
        return failure("a value stands where none belongs".to_owned()).hint(SEE_HELP);
    }
    let failure = failure(if is_name(argument) {
        format!("there is no flag {argument}")
    } else {
        "an argument is not known".to_owned()
    });
    failure.hint(similar(error, ContextKind::SuggestedArg))
}

/// What may be meant.
fn similar(error: &clap::Error, kind: ContextKind) -> String {
    match told(error, kind).first() {
        Some(similar) => format!("is {similar} meant? see mfa-session --help"),
        None => SEE_HELP.to_owned(),
    }
}

/// What clap knows about an error: flags, without the names of their values.
fn told(error: &clap::Error, kind: ContextKind) -> Vec<&str> {
    let texts = match error.get(kind) {
        Some(ContextValue::String(text)) => slice::from_ref(text),
        Some(ContextValue::Strings(texts)) => texts,
        _ => &[],
    };
    texts.iter().filter_map(|text| text.split(" <").next()?.split("[=<").next()).collect()
}

/// Whether it looks like the name of a flag, and like nothing that is not to be shown.
fn is_name(argument: &str) -> bool {
    argument.len() <= 30
        && argument.starts_with("--")
        && argument.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Whether a value stands right behind the one of `--code`, as the second half of `123 456` does.
fn follows_code(value: &str, arguments: &[OsString]) -> bool {
    let is_attached = |argument: &OsString| {
        let argument = argument.to_string_lossy();
        argument.starts_with("--code=") || (argument.starts_with("-c") && argument.len() > 2)
    };
    arguments.windows(2).any(|two| is_attached(&two[0]) && two[1] == *value)
        || arguments
            .windows(3)
            .any(|three| (three[0] == "--code" || three[0] == "-c") && three[2] == *value)
}

pub(super) const SEE_HELP: &str = "see mfa-session --help";
