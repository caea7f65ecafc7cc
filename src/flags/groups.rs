//! Groups of flags that commands share. A flag's comment is its manual: the first paragraph is for
//! `-h` and the manual page, the rest for `--help`.

#![allow(dead_code, reason = "clap defines the flags from these fields, `Flags` reads them by id")]

use clap::{Arg, Args, ValueHint, builder::StyledStr};

use crate::secret::Secret;

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
    /// The MFA device: its ARN or serial number.
    ///
    /// An ARN looks like `arn:aws:iam::123456789012:mfa/alice`; a hardware token has a serial
    /// number. The default is the profile's `mfa_serial` or `aws_mfa_device` in either AWS file, or
    /// else the device of the last session of the same key, or else the user's device in IAM.
    #[arg(short, long, value_name = "SERIAL")]
    serial: Option<String>,

    /// The MFA code: six digits, or `-` for standard input.
    ///
    /// A code works once, for about half a minute. Without the flag, the terminal prompts for it,
    /// even if standard output and standard error are redirected. If there is no terminal, the
    /// program in `MFA_SESSION_ASKPASS` does.
    #[arg(short, long, value_name = "CODE")]
    code: Option<Secret>,

    /// A command that prints the MFA code, such as `pass otp aws`.
    ///
    /// It is split into words as in a shell. If it contains `|`, `$` or the like, `sh` runs it, on
    /// Windows `cmd`. The variable `MFA_SERIAL` holds the device's serial number, and the command
    /// can use the terminal. Its output may contain other text than the six digits, which is not
    /// shown.
    #[arg(long, value_name = "COMMAND", value_hint = ValueHint::CommandString)]
    #[arg(conflicts_with = "code", hide_short_help = true)]
    code_command: Option<String>,

    /// Never prompt: fail at once if a code is needed and none is given.
    #[arg(long, hide_short_help = true)]
    no_prompt: bool,
}

/// The duration of the session.
#[derive(Args)]
pub(crate) struct DurationFlag {
    /// Duration of the session [default: 12h; 1h for a role].
    ///
    /// `12h`, `90m`, `1h30m`, or a number of seconds. The limits are 15 minutes and 36 hours; for a
    /// role 12 hours, or less if the role says so. STS grants at most one hour to the root user and
    /// to a role that another role assumes.
    #[arg(short, long, value_name = "TIME")]
    duration: Option<String>,
}

/// A shared flag, with the default that it has in one command. Both of its helps name a default.
pub(crate) fn with_default(flag: Arg, default: &str) -> Arg {
    let replace = |help: Option<&StyledStr>| {
        let help = help.map(ToString::to_string).unwrap_or_default();
        let (before, rest) = help.split_once("[default: ").expect("the help has a default");
        let (_, after) = rest.split_once(']').expect("the default has an end");
        format!("{before}[default: {default}]{after}")
    };
    let (brief, long) = (replace(flag.get_help()), replace(flag.get_long_help()));
    flag.help(brief).long_help(long)
}

/// When a stored session is reused.
#[derive(Args)]
pub(crate) struct ReuseFlags {
    /// Reuse a session that has at least this long left [default: 5m; for SDKs 15m].
    ///
    /// With `--format process` the default is 15 minutes for sessions of at least 30 minutes: with
    /// less time left, the AWS CLI and botocore run the process for each request.
    #[arg(long, value_name = "TIME", hide_short_help = true)]
    min_remaining: Option<String>,

    /// Get a new session even if the stored one is valid.
    ///
    /// Without it, a valid stored session is reused, even if its duration is another one.
    #[arg(long, hide_short_help = true)]
    force: bool,
}

/// The role to assume.
#[derive(Args)]
struct RoleFlags {
    /// ARN of the role to assume.
    ///
    /// The default is the profile's `role_arn`, assumed with the keys of its `source_profile`. If
    /// that profile has a role, too, that role is assumed first. The MFA session is stored in the
    /// session profile of the keys, so that the next role needs no code. For more than one hour,
    /// the long-term key assumes the role, with a code of its own.
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,

    /// Role session name [default: the IAM user's name].
    #[arg(long, value_name = "NAME", help_heading = "Role", hide_short_help = true)]
    role_session_name: Option<String>,

    /// External ID that the role's trust policy requires.
    #[arg(long, value_name = "ID", help_heading = "Role", hide_short_help = true)]
    external_id: Option<String>,

    /// Source identity for CloudTrail; roles assumed later can't change it.
    #[arg(long, value_name = "NAME", help_heading = "Role", hide_short_help = true)]
    source_identity: Option<String>,

    #[command(flatten)]
    policies: PolicyFlags,

    #[command(flatten)]
    tags: TagFlags,

    /// The key of a tag that is passed on to roles assumed later; may be repeated.
    #[arg(long, value_name = "KEY", help_heading = "Role", hide_short_help = true)]
    transitive_tag: Vec<String>,
}

/// The flags of a role, except its ARN. Without a role, they are errors.
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
    /// A session policy: JSON, or `file://FILE`.
    ///
    /// The session has the permissions that both this policy and its role or user allow. A session
    /// with policies or tags is not reused.
    #[arg(long, value_name = "JSON", help_heading = "Role", hide_short_help = true)]
    policy: Option<String>,

    /// ARN of a managed policy as a session policy; may be repeated, up to 10 times.
    #[arg(long, value_name = "ARN", help_heading = "Role", hide_short_help = true)]
    policy_arn: Vec<String>,
}

/// Session tags.
#[derive(Args)]
pub(crate) struct TagFlags {
    /// A session tag; may be repeated, up to 50 times.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Role", hide_short_help = true)]
    tag: Vec<String>,
}

/// The flags that may precede a command.
#[derive(Args)]
pub(crate) struct GlobalFlags {
    #[command(flatten)]
    dry_run: DryRunReport,
    #[command(flatten)]
    profile: ProfileFlag,
    #[command(flatten)]
    connection: Connection,
}

/// The profile.
#[derive(Args)]
pub(crate) struct ProfileFlag {
    /// The AWS profile [default: `AWS_PROFILE`, or `default`].
    ///
    /// It has the long-term keys, or a role. For profile `X`, the keys are in `[X-long-term]` if
    /// that section exists, or else in `[X]`. If `[X]` holds a session that mfa-session wrote, the
    /// keys of its source profile are used.
    #[arg(short, long, value_name = "NAME", global = true)]
    profile: Option<String>,
}

/// `--dry-run` and `--json` of a command without [`Json`].
#[derive(Args)]
pub(crate) struct DryRunReport {
    /// Show each setting and where it comes from, then stop.
    ///
    /// The command prompts for nothing and sends nothing.
    #[arg(long, help_heading = "Output", global = true)]
    dry_run: bool,

    /// With `--dry-run`: print JSON.
    #[arg(long, help_heading = "Output", hide_short_help = true, global = true)]
    json: bool,
}

/// `--dry-run` of a command with [`Json`].
#[derive(Args)]
pub(crate) struct DryRun {
    /// Show each setting and where it comes from, then stop.
    ///
    /// The command sends nothing.
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
}

/// `--json` of a command that prints text by default.
#[derive(Args)]
pub(crate) struct Json {
    /// Print JSON.
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// The connection to AWS.
#[derive(Args)]
pub(crate) struct Connection {
    /// The region of STS.
    ///
    /// The default is `AWS_REGION`, the profile's `region`, or the home region of the partition of
    /// the MFA device or the role.
    #[arg(long, value_name = "REGION", help_heading = "Connection", global = true)]
    #[arg(hide_short_help = true)]
    region: Option<String>,

    /// The URL of STS, such as a VPC endpoint or an emulator.
    #[arg(long, value_name = "URL", help_heading = "Connection", global = true)]
    #[arg(hide_short_help = true)]
    endpoint_url: Option<String>,

    /// A PEM file with certificates to trust instead of the default ones.
    #[arg(
        long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Connection",
        hide_short_help = true, global = true
    )]
    ca_bundle: Option<String>,

    /// Allow plain http to other machines, which exposes the keys.
    ///
    /// Without the flag, an endpoint must use `https` or be on this machine.
    #[arg(long, help_heading = "Connection", hide_short_help = true, global = true)]
    allow_http: bool,
}
