//! The two flags that ask for a session to be printed.

use std::env;

use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::output::{FORMATS, Format};

/// What is asked to be printed, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Printing {
    /// `--export`, and the shell that was named with it.
    pub export: Option<Option<String>>,
    /// `--format`
    pub format: Option<String>,
}

impl Printing {
    /// What the command line of this process seems to ask for, where it can't be parsed: the parser
    /// stops at the first error, which may stand before the flag.
    #[must_use]
    pub fn guessed() -> Self {
        let arguments: Vec<_> =
            env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let mut guessed = Self::default();
        for (place, argument) in arguments.iter().enumerate() {
            let (flag, value) = match argument.split_once('=') {
                Some((flag, value)) => (flag, Some(value)),
                None => (argument.as_str(), None),
            };
            if flag == "--format" {
                let next = arguments.get(place + 1).map(String::as_str);
                guessed.format = value.or(next).map(ToOwned::to_owned);
            } else if flag.starts_with("--export") || flag.starts_with("-e") {
                guessed.export = Some(value.map(ToOwned::to_owned));
            }
        }
        guessed
    }

    /// The flag that was typed.
    #[must_use]
    pub fn flag(&self) -> Option<&'static str> {
        match self {
            Self { export: Some(_), .. } => Some("--export"),
            Self { format: Some(_), .. } => Some("--format"),
            _ => None,
        }
    }
}

/// The values of `--format`.
pub(super) fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.map(value))
}

/// The same, where variables are to be unset.
pub(super) fn unsetting_formats() -> PossibleValuesParser {
    let formats = FORMATS.into_iter().filter(|format| format.unsetting().is_some());
    PossibleValuesParser::new(formats.map(value))
}

fn value(format: &Format) -> PossibleValue {
    PossibleValue::new(format.name).help(format.about)
}

/// The help of `--format`.
pub(super) fn about_formats() -> String {
    let usages = FORMATS.iter().filter(|format| !format.shells.is_empty());
    let usages: Vec<_> = usages.map(|format| format!("`{}`", format.usage)).collect();
    format!("{ABOUT_FORMATS} For shells it is typed so: {}.", usages.join(", "))
}

const ABOUT_FORMATS: &str = "Print the session in this form instead of writing it.\n\n\
    Each value is quoted by the rules of its reader; one that a form has no way to say is an \
    error, and the session is not lost. Where there is no session, a shell is told to fail, and \
    others are told nothing.";

/// The values of `--export`.
pub(super) fn shells() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().flat_map(|format| format.shells))
}
