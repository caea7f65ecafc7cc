//! Flags that several commands share, in groups. A flag's comment is its manual: the first line is
//! for `-h`, the rest for `--help` and the manual page.

#![allow(dead_code, reason = "clap defines the flags from these fields, `Flags` reads them by id")]
#![allow(clippy::option_option, reason = "`--export` may have a value, and needs none")]

use clap::{
    Args, ValueHint,
    builder::{PossibleValue, PossibleValuesParser},
};

use crate::{
    output::{FORMATS, Format},
    secret::Secret,
};

/// The flags of the main job and of `exec`.
#[derive(Args)]
pub(crate) struct SessionFlags {
    #[command(flatten)]
    mfa: MfaFlags,
    #[command(flatten)]
    duration: DurationFlag,
    #[command(flatten)]
    reuse: ReuseFlags,
    #[command(flatten)]
    role: RoleFlags,
}

/// The MFA device and its code.
#[derive(Args)]
struct MfaFlags {
    /// The MFA device: its ARN, or the serial number of a hardware token.
    ///
    /// An ARN looks like `arn:aws:iam::123456789012:mfa/alice`. Without the flag, the profile's
    /// `mfa_serial` or `aws_mfa_device` applies, from either AWS file; without these, IAM is asked
    /// for the user's devices.
    #[arg(short, long, value_name = "SERIAL", help_heading = "Session")]
    serial: Option<String>,

    /// The MFA code: six digits, or `-` to read them from standard input.
    ///
    /// A code works once, for about half a minute. Without one, the terminal prompts for it, even
    /// if standard output and standard error are redirected.
    #[arg(short, long, value_name = "CODE", help_heading = "Session")]
    code: Option<Secret>,

    /// A command that prints the MFA code, such as `pass otp aws`.
    ///
    /// It is split into words as a shell does; with `|`, `$` and the like in it, `sh` runs it. The
    /// variable `MFA_SERIAL` holds the device's serial number, and the command can use the
    /// terminal. The six digits are found in its output; the rest is not shown.
    #[arg(long, value_name = "COMMAND", value_hint = ValueHint::CommandString)]
    #[arg(conflicts_with = "code", help_heading = "Session")]
    code_command: Option<String>,

    /// Never prompt: fail at once if a code is needed and none is given.
    #[arg(long, help_heading = "Session")]
    no_prompt: bool,
}

/// How long the session lasts.
#[derive(Args)]
pub(crate) struct DurationFlag {
    /// How long the session lasts, such as 1h30m [default: 12h; for a role 1h].
    ///
    /// `12h`, `90m`, `1h30m`, or a number of seconds: from 15 minutes to 36 hours; for a role to 12
    /// hours, and no longer than the role allows. STS grants the root user one hour at most, and
    /// the same to a role that another role assumes.
    #[arg(short, long, value_name = "TIME", help_heading = "Session")]
    duration: Option<String>,
}

/// When a stored session is reused.
#[derive(Args)]
pub(crate) struct ReuseFlags {
    /// Reuse a session that has at least this long left [default: 5m; for SDKs 15m].
    ///
    /// With `--format process` the default is 15 minutes, for sessions of half an hour and more:
    /// with less time left, the AWS CLI and botocore run the process again for each request.
    #[arg(long, value_name = "TIME", help_heading = "Session")]
    min_remaining: Option<String>,

    /// Get a new session even if there is a valid one.
    #[arg(long, help_heading = "Session")]
    force: bool,
}

/// The role to assume.
#[derive(Args)]
struct RoleFlags {
    /// Assume this role with the MFA session: its ARN.
    ///
    /// Without the flag, the profile's `role_arn` is assumed with the keys of its `source_profile`,
    /// through further roles if that profile has one, too. The MFA session is stored in the session
    /// profile of the keys: the next role needs no code.
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    role_arn: Option<String>,

    /// Role session name [default: the IAM user's name].
    #[arg(long, value_name = "NAME", help_heading = "Role")]
    role_session_name: Option<String>,

    /// External ID that the role's trust policy requires.
    #[arg(long, value_name = "ID", help_heading = "Role")]
    external_id: Option<String>,

    /// Source identity for CloudTrail; further roles can't change it.
    #[arg(long, value_name = "NAME", help_heading = "Role")]
    source_identity: Option<String>,

    #[command(flatten)]
    policies: PolicyFlags,

    #[command(flatten)]
    tags: TagFlags,

    /// The key of a tag that is passed on to the sessions of further roles; may be repeated.
    #[arg(long, value_name = "KEY", help_heading = "Role")]
    transitive_tag: Vec<String>,
}

/// The flags of a role besides its ARN. They are errors where there is no role.
pub(crate) const ROLE_DETAILS: [&str; 7] = [
    "role_session_name",
    "external_id",
    "source_identity",
    "policy",
    "policy_arn",
    "tag",
    "transitive_tag",
];

/// Session policies.
#[derive(Args)]
pub(crate) struct PolicyFlags {
    /// A session policy: JSON, or `file://` and the name of a file.
    ///
    /// The session may do what both this policy and its role or user allow. A session with policies
    /// or tags of its own is not reused.
    #[arg(long, value_name = "JSON", help_heading = "Role")]
    policy: Option<String>,

    /// A managed policy as a session policy; may be repeated, ten times at most.
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    policy_arn: Vec<String>,
}

/// Session tags.
#[derive(Args)]
pub(crate) struct TagFlags {
    /// A session tag; may be repeated, fifty times at most.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Role")]
    tag: Vec<String>,
}

/// Where the session goes.
#[derive(Args)]
pub(crate) struct OutputFlags {
    /// The session profile, to which the session is written [default: `NAME-mfa`].
    ///
    /// For keys from `[X-long-term]` it is `X`; for a role or a federated user on the command line,
    /// `NAME-ROLE`. A profile with long-term keys is never overwritten.
    #[arg(long, value_name = "PROFILE", help_heading = "Output")]
    to: Option<String>,

    /// Print exports for the shell instead of writing the session.
    ///
    /// `eval $(mfa-session --export)` works in sh, bash, dash, ksh and zsh, with and without quotes
    /// around `$(…)`. On failure it prints `false;`, so that `eval` fails, too. For another shell,
    /// name it, as in `--export=fish`. On Linux the shell is found by itself: the program that
    /// started mfa-session, or the one in `SHELL` if that program is not a shell. csh and tcsh are
    /// not supported.
    #[arg(
        short, long, value_name = "SHELL", num_args = 0..=1, require_equals = true,
        value_parser = shells(), hide_possible_values = true, help_heading = "Output"
    )]
    export: Option<Option<String>>,

    /// Print the session in this format instead of writing it.
    #[arg(
        long, value_name = "FORMAT", value_parser = formats(), long_help = about_formats(),
        help_heading = "Output"
    )]
    format: Option<String>,

    /// With `--export` or `--format`: write the session to the session profile as well.
    #[arg(long, help_heading = "Output")]
    write: bool,
}

/// The profile, which every command takes.
#[derive(Args)]
pub(crate) struct ProfileFlag {
    /// The profile with the long-term keys [default: `AWS_PROFILE`, or `default`].
    ///
    /// For profile `X` the keys of `[X-long-term]` are used if that section exists, else those of
    /// `[X]`. If `[X]` holds a session that mfa-session wrote, the keys are those that it was made
    /// from.
    #[arg(short, long, value_name = "NAME", help_heading = "Session", global = true)]
    profile: Option<String>,
}

/// `--dry-run` of a command that prints no JSON of its own.
#[derive(Args)]
pub(crate) struct DryRunReport {
    /// Show each setting and where it comes from; prompt for nothing, send nothing.
    #[arg(long, help_heading = "Output", global = true)]
    dry_run: bool,

    /// With `--dry-run`: print JSON.
    #[arg(long, help_heading = "Output", global = true)]
    json: bool,
}

/// `--dry-run` of a command with [`Json`].
#[derive(Args)]
pub(crate) struct DryRun {
    /// Show each setting and where it comes from; send nothing.
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
}

/// `--json` of a command whose answer is text otherwise.
#[derive(Args)]
pub(crate) struct Json {
    /// Print JSON.
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// How to reach AWS.
#[derive(Args)]
pub(crate) struct Connection {
    /// The region of STS.
    ///
    /// Without the flag: `AWS_REGION`, the profile's `region`, or the home region of the partition
    /// of the MFA device or the role.
    #[arg(long, value_name = "REGION", help_heading = "Connection", global = true)]
    region: Option<String>,

    /// The URL of another STS, such as a VPC endpoint or an emulator.
    #[arg(long, value_name = "URL", help_heading = "Connection", global = true)]
    endpoint_url: Option<String>,

    /// A PEM file with the only certificates to trust.
    #[arg(
        long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Connection",
        global = true
    )]
    ca_bundle: Option<String>,

    /// Allow plain http to other machines, on which the keys can be read.
    ///
    /// Without the flag, an endpoint's URL must begin with `https`, or be on this machine.
    #[arg(long, help_heading = "Connection", global = true)]
    allow_http: bool,
}

/// The values of `--export`.
pub(crate) fn shells() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().flat_map(|format| format.shells))
}

/// The values of `--format`.
fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.map(format_value))
}

/// The values of `clear --format`.
pub(crate) fn clearing_formats() -> PossibleValuesParser {
    let formats = FORMATS.into_iter().filter(|format| format.unsetting().is_some());
    PossibleValuesParser::new(formats.map(format_value))
}

fn format_value(format: &Format) -> PossibleValue {
    PossibleValue::new(format.name).help(format.about)
}

/// The help of `--format`.
fn about_formats() -> String {
    let usages = FORMATS.iter().filter(|format| !format.shells.is_empty());
    let usages: Vec<_> = usages.map(|format| format!("`{}`", format.usage)).collect();
    format!(
        "Print the session in this format instead of writing it.\n\nEach value is quoted by the \
         rules of its reader. A value that a format can't express is an error, and the session is \
         not lost. On failure, a shell gets a statement that fails, and other readers get nothing. \
         In shells: {}.",
        usages.join(", ")
    )
}
