//! The command line as typed: every flag, its help and its conflicts. What the values mean, and
//! what stands in for a flag that is not given, is for `settings`.
//!
//! The source of `--help`, of `completions/` and of the manual page.

use std::{env, ffi::OsString, slice};

use clap::{
    Parser, ValueHint,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::{
    code::Code,
    failure::{Failure, Status},
    secret::Secret,
};

/// From an MFA code to temporary AWS credentials: one question, nothing lost.
///
/// Reads long-term keys from the AWS credentials file (or the environment), asks for the code of
/// the MFA device, gets a session from STS (GetSessionToken), and writes it to the session profile,
/// which every AWS SDK reads. A session that is still good is reused without asking.
#[derive(Parser)]
#[command(version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_long_help = examples())]
// There is no `Debug`: a code may be among the flags.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag that is there or not")]
pub struct Cli {
    /// The profile with the long-term keys [default: `AWS_PROFILE`, or `default`].
    ///
    /// For profile `X` the keys of `[X-long-term]` are used where there is such a section, else
    /// those of `[X]`; where `[X]` is a session that mfa-session wrote, those it was made from.
    #[arg(short, long, value_name = "NAME", help_heading = "Session")]
    pub profile: Option<String>,

    /// The MFA device: its ARN, or a hardware token's serial number.
    ///
    /// An ARN looks like `arn:aws:iam::123456789012:mfa/alice`. Else the profile's `mfa_serial` or
    /// `aws_mfa_device` is used, in either AWS file; else IAM is asked which devices the user has.
    #[arg(short, long, value_name = "SERIAL", help_heading = "Session")]
    pub serial: Option<String>,

    /// The MFA code: six digits, or `-` to read them from standard input.
    ///
    /// A code is good once, for about half a minute. Where none is given, it is asked for on the
    /// terminal, even if standard output and standard error are redirected.
    #[arg(short, long, value_name = "CODE", help_heading = "Session")]
    pub code: Option<Secret>,

    /// How long the session is to last, such as 1h30m [default: 12h].
    ///
    /// From 15 minutes to 36 hours: `12h`, `90m`, `1h30m`, or a number of seconds. STS grants the
    /// root user an hour at most.
    #[arg(short, long, value_name = "TIME", help_heading = "Session")]
    pub duration: Option<String>,

    /// Reuse a session that has at least this long left [default: 5m].
    #[arg(long, value_name = "TIME", help_heading = "Session")]
    pub min_remaining: Option<String>,

    /// Get a new session even if there is a good one.
    #[arg(long, help_heading = "Session")]
    pub force: bool,

    /// Never ask: where a code is needed and none is given, fail at once.
    #[arg(long, help_heading = "Session")]
    pub no_prompt: bool,

    /// Show every setting and where it was said; ask nothing, send nothing.
    #[arg(long, conflicts_with = "export", help_heading = "Output")]
    pub dry_run: bool,

    /// With `--dry-run`: show it as JSON.
    #[arg(long, requires = "dry_run", help_heading = "Output")]
    pub json: bool,

    /// The session profile: where the session is written [default: `NAME-mfa`].
    ///
    /// For keys from `[X-long-term]` it is `X`. A profile that holds long-term keys is never
    /// overwritten.
    #[arg(long, value_name = "PROFILE", help_heading = "Output")]
    pub to: Option<String>,

    /// Print exports for the shell instead of writing the session.
    ///
    /// `eval $(mfa-session --export)` makes sh, bash, dash, ksh and zsh use it, with and without
    /// quotes around `$(…)`. If no session can be had, `false;` is printed, so that `eval` fails,
    /// too.
    #[arg(short, long, help_heading = "Output")]
    pub export: bool,

    /// With `--export`: write the session to the session profile as well.
    #[arg(long, requires = "export", help_heading = "Output")]
    pub write: bool,

    /// The region whose STS is asked.
    ///
    /// Else that of `AWS_REGION` or of the profile, else the home region of the MFA device's
    /// partition.
    #[arg(long, value_name = "REGION", help_heading = "Connection")]
    pub region: Option<String>,

    /// The URL of another STS, such as a VPC endpoint or an emulator.
    #[arg(long, value_name = "URL", help_heading = "Connection")]
    pub endpoint_url: Option<String>,

    /// A PEM file of the only certificates to trust.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Connection")]
    pub ca_bundle: Option<String>,

    /// Let plain http go to other machines: keys can be read on the way.
    ///
    /// Else an endpoint's URL is one of `https`, or of this machine.
    #[arg(long, help_heading = "Connection")]
    pub allow_http: bool,
}

impl Cli {
    /// Reads the command line of this process. Help and version are printed, and end the process.
    pub fn from_process() -> Result<Self, Failure> {
        Self::try_parse().map_err(|error| {
            if !error.use_stderr() {
                error.exit();
            }
            usage(&error, &env::args_os().collect::<Vec<_>>())
        })
    }

    /// What was typed for the flag of a setting, which is given with its dashes; the code, which is
    /// not shown, aside.
    #[must_use]
    pub fn typed(&self, flag: &str) -> Option<&str> {
        match flag {
            "--profile" => self.profile.as_deref(),
            "--serial" => self.serial.as_deref(),
            "--duration" => self.duration.as_deref(),
            "--min-remaining" => self.min_remaining.as_deref(),
            "--to" => self.to.as_deref(),
            "--region" => self.region.as_deref(),
            "--endpoint-url" => self.endpoint_url.as_deref(),
            "--ca-bundle" => self.ca_bundle.as_deref(),
            "--no-prompt" => self.no_prompt.then_some("true"),
            "--allow-http" => self.allow_http.then_some("true"),
            _ => None,
        }
    }
}

/// Whether the command line asks for exports, where it can't be parsed: the parser stops at the
/// first error, which may stand before the flag; `false;` too often does no harm.
#[must_use]
pub fn wants_exports() -> bool {
    env::args_os().any(|argument| {
        let argument = argument.to_string_lossy();
        argument.starts_with("--export") || argument.starts_with("-e")
    })
}

/// Tells in words of our own what clap found: its own quote what was typed, which may be a code
/// that is still good, a key, or what moves the cursor.
fn usage(error: &clap::Error, arguments: &[OsString]) -> Failure {
    let flag = told(error, ContextKind::InvalidArg).first().copied().unwrap_or("a flag");
    let values = [ContextKind::InvalidArg, ContextKind::InvalidValue].map(|kind| told(error, kind));
    if values.iter().flatten().any(|value| value.parse::<Code>().is_ok()) {
        return Failure::new(Status::Usage, "an MFA code stands where none belongs")
            .hint("give it with --code");
    }
    let what = match error.kind() {
        ErrorKind::UnknownArgument => return unknown(error, flag, arguments),
        ErrorKind::InvalidValue => format!("{flag} needs a value"),
        ErrorKind::TooManyValues => format!("{flag} takes no value"),
        ErrorKind::ArgumentConflict => match told(error, ContextKind::PriorArg).first() {
            Some(other) if *other != flag => format!("{flag} does not go with {other}"),
            _ => format!("{flag} is given twice"),
        },
        ErrorKind::MissingRequiredArgument => {
            let needing = NEEDING.iter().find(|(_, needed)| *needed == flag);
            format!("{} needs {flag}", needing.map_or("another flag", |(needing, _)| *needing))
        }
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8".to_owned(),
        _ => "the command line makes no sense".to_owned(),
    };
    Failure::new(Status::Usage, what).hint(SEE_HELP)
}

/// An argument that is no flag, or none that there is.
fn unknown(error: &clap::Error, argument: &str, arguments: &[OsString]) -> Failure {
    let failure = |what: String| Failure::new(Status::Usage, what);
    if !argument.starts_with('-') {
        if follows_code(argument, arguments) {
            return failure("a value stands behind that of --code".to_owned())
                .hint("quote a code with a blank in it: --code '123 456'");
        }
        return failure("a value stands where none belongs".to_owned()).hint(SEE_HELP);
    }
    let failure = failure(if is_name(argument) {
        format!("there is no flag {argument}")
    } else {
        "an argument is not known".to_owned()
    });
    match told(error, ContextKind::SuggestedArg).first() {
        Some(similar) => failure.hint(format!("is {similar} meant? see mfa-session --help")),
        None => failure.hint(SEE_HELP),
    }
}

/// What clap knows about an error: flags, without the names of their values.
fn told(error: &clap::Error, kind: ContextKind) -> Vec<&str> {
    let texts = match error.get(kind) {
        Some(ContextValue::String(text)) => slice::from_ref(text),
        Some(ContextValue::Strings(texts)) => texts,
        _ => &[],
    };
    texts.iter().map(|text| text.split(" <").next().unwrap_or(text)).collect()
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

/// Flags that need another one. Of a missing one clap doesn't say which other needs it.
const NEEDING: [(&str, &str); 2] = [("--json", "--dry-run"), ("--write", "--export")];

const SEE_HELP: &str = "see mfa-session --help";

/// What people do with it: a command, and what comes of it; for the help as for the manual.
pub const EXAMPLES: [(&str, &str); 7] = [
    (
        "mfa-session --serial arn:aws:iam::123456789012:mfa/alice --code 123456",
        "write a session for the keys of [default] to [default-mfa]",
    ),
    ("mfa-session", "the same: the device is looked up, the code asked for if need be"),
    ("AWS_PROFILE=default-mfa aws s3 ls", "use that session"),
    ("eval $(mfa-session --export)", "use a session in this shell, and write nothing"),
    (
        "mfa-session --profile work --duration 36h",
        "write a longer one for the keys of [work] to [work-mfa]",
    ),
    (
        "ykman oath accounts code --single aws | mfa-session --code -",
        "take the code from another program",
    ),
    (
        "MFA_SESSION_CODE=123456 mfa-session --no-prompt",
        "in CI: where there is no code, fail instead of asking",
    ),
];

fn examples() -> String {
    let lines = EXAMPLES.map(|(command, what)| format!("  {command}\n          {what}\n"));
    format!("Examples:\n{}", lines.join("\n"))
}
