//! Every flag, in groups that commands share: name, help, values. A flag's comment is its manual.

use clap::{Args, ValueHint};

use super::printing::{Printing, about_formats, formats, shells};
use crate::secret::Secret;

/// Who goes through MFA, with which code.
#[derive(Args)]
pub struct Mfa {
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

    /// A command that prints the MFA code, such as `pass otp aws`.
    ///
    /// Its words are split as a shell does; with `|`, `$` and the like in it, `sh` runs it. It
    /// finds the device's serial number in `MFA_SERIAL`, and has the terminal to itself. The six
    /// digits are found in what it prints; the rest is not shown.
    #[arg(long, value_name = "COMMAND", value_hint = ValueHint::CommandString)]
    #[arg(conflicts_with = "code", help_heading = "Session")]
    pub code_command: Option<String>,

    /// Never ask: where a code is needed and none is given, fail at once.
    #[arg(long, help_heading = "Session")]
    pub no_prompt: bool,
}

/// How long a session is to last.
#[derive(Args)]
pub struct Duration {
    /// How long the session is to last, such as 1h30m [default: 12h; for a role 1h].
    ///
    /// `12h`, `90m`, `1h30m`, or a number of seconds; from 15 minutes to 36 hours, for a role to 12
    /// hours and no longer than the role allows. STS grants the root user an hour at most, and so
    /// it does where a role is assumed through another one.
    #[arg(short, long, value_name = "TIME", help_heading = "Session")]
    pub duration: Option<String>,
}

/// Whether a session that is there already will do.
#[derive(Args)]
pub struct Reuse {
    /// Reuse a session that has at least this long left [default: 5m; for SDKs 15m].
    ///
    /// With `--format process` the default is 15 minutes, for sessions of half an hour and more:
    /// when less is left, the AWS CLI and botocore run the process again for each request.
    #[arg(long, value_name = "TIME", help_heading = "Session")]
    pub min_remaining: Option<String>,

    /// Get a new session even if there is a good one.
    #[arg(long, help_heading = "Session")]
    pub force: bool,
}

/// The role that a session is for.
#[derive(Args)]
pub struct Role {
    /// Assume this role with the MFA session: its ARN.
    ///
    /// Else the profile's `role_arn` is assumed with the keys of its `source_profile`, through
    /// further roles where that profile has one, too. The MFA session is kept in the session
    /// profile of the keys: the next role needs no code.
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    pub role_arn: Option<String>,

    /// How the role's session is called [default: the IAM user's name].
    #[arg(long, value_name = "NAME", help_heading = "Role")]
    pub role_session_name: Option<String>,

    /// What the owner of the role wants to be told.
    #[arg(long, value_name = "ID", help_heading = "Role")]
    pub external_id: Option<String>,

    /// Who is behind the session, for CloudTrail: it can't be changed by further roles.
    #[arg(long, value_name = "NAME", help_heading = "Role")]
    pub source_identity: Option<String>,

    #[command(flatten)]
    #[allow(missing_docs, reason = "it would become the help of the command")]
    pub policies: Policies,

    #[command(flatten)]
    #[allow(missing_docs, reason = "it would become the help of the command")]
    pub tags: Tags,

    /// A tag that goes on to the sessions of further roles; may be repeated.
    #[arg(long, value_name = "KEY", help_heading = "Role")]
    pub transitive_tag: Vec<String>,
}

impl Role {
    /// Whether any of it was typed.
    #[must_use]
    pub fn says_anything(&self) -> bool {
        self.role_arn.is_some() || self.flag_besides_arn().is_some()
    }

    /// A flag that was typed and makes no sense without a role.
    #[must_use]
    pub fn flag_besides_arn(&self) -> Option<&'static str> {
        let flags = [
            ("--role-session-name", self.role_session_name.is_some()),
            ("--external-id", self.external_id.is_some()),
            ("--source-identity", self.source_identity.is_some()),
            ("--policy", self.policies.policy.is_some()),
            ("--policy-arn", !self.policies.policy_arn.is_empty()),
            ("--tag", !self.tags.tag.is_empty()),
            ("--transitive-tag", !self.transitive_tag.is_empty()),
        ];
        flags.into_iter().find_map(|(flag, is_typed)| is_typed.then_some(flag))
    }
}

/// What narrows a session.
#[derive(Args)]
pub struct Policies {
    /// A session policy: JSON, or `file://` and the name of a file.
    ///
    /// The session may do what this policy and those of its role or user allow. A session with
    /// policies or tags of its own is not reused.
    #[arg(long, value_name = "JSON", help_heading = "Role")]
    pub policy: Option<String>,

    /// A managed policy as a session policy; may be repeated, ten times at most.
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    pub policy_arn: Vec<String>,
}

/// What policies look at.
#[derive(Args)]
pub struct Tags {
    /// A session tag; may be repeated, fifty times at most.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Role")]
    pub tag: Vec<String>,
}

/// Where a session goes.
#[derive(Args)]
pub struct Output {
    /// The session profile: where the session is written [default: `NAME-mfa`].
    ///
    /// For keys from `[X-long-term]` it is `X`; for a role or a federated user that the command
    /// line names, `NAME-ROLE`. A profile that holds long-term keys is never overwritten.
    #[arg(long, value_name = "PROFILE", help_heading = "Output")]
    pub to: Option<String>,

    /// Print exports for the shell instead of writing the session.
    ///
    /// `eval $(mfa-session --export)` makes sh, bash, dash, ksh and zsh use it, with and without
    /// quotes around `$(…)`. If no session can be had, `false;` is printed, so that `eval` fails,
    /// too. Another shell gets what it reads if it is named, as in `--export=fish`, or if it is
    /// the program that has started mfa-session, or the one in `SHELL` where that program is no
    /// shell; outside of Linux it must be named. csh and tcsh can read none, and are told so.
    #[arg(
        short, long, value_name = "SHELL", num_args = 0..=1, require_equals = true,
        value_parser = shells(), hide_possible_values = true, help_heading = "Output"
    )]
    pub export: Option<Option<String>>,

    /// Print the session in this form instead of writing it.
    #[arg(
        long, value_name = "FORMAT", value_parser = formats(), long_help = about_formats(),
        help_heading = "Output"
    )]
    pub format: Option<String>,

    /// With `--export` or `--format`: write the session to the session profile as well.
    #[arg(long, help_heading = "Output")]
    pub write: bool,
}

impl Output {
    pub(super) fn printing(&self) -> Printing {
        Printing { export: self.export.clone(), format: self.format.clone() }
    }
}

/// What every command has.
#[derive(Args)]
pub struct Common {
    /// The profile with the long-term keys [default: `AWS_PROFILE`, or `default`].
    ///
    /// For profile `X` the keys of `[X-long-term]` are used where there is such a section, else
    /// those of `[X]`; where `[X]` is a session that mfa-session wrote, those it was made from.
    #[arg(short, long, value_name = "NAME", help_heading = "Session", global = true)]
    pub profile: Option<String>,

    /// Show every setting and where it was said; ask nothing, send nothing.
    #[arg(long, help_heading = "Output", global = true)]
    pub dry_run: bool,

    /// Print JSON: with `--dry-run`, status, whoami and key-info.
    #[arg(long, help_heading = "Output", global = true)]
    pub json: bool,

    /// The region whose STS is asked.
    ///
    /// Else that of `AWS_REGION` or of the profile, else the home region of the partition of the
    /// MFA device or the role.
    #[arg(long, value_name = "REGION", help_heading = "Connection", global = true)]
    pub region: Option<String>,

    /// The URL of another STS, such as a VPC endpoint or an emulator.
    #[arg(long, value_name = "URL", help_heading = "Connection", global = true)]
    pub endpoint_url: Option<String>,

    /// A PEM file of the only certificates to trust.
    #[arg(
        long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Connection",
        global = true
    )]
    pub ca_bundle: Option<String>,

    /// Let plain http go to other machines: keys can be read on the way.
    ///
    /// Else an endpoint's URL is one of `https`, or of this machine.
    #[arg(long, help_heading = "Connection", global = true)]
    pub allow_http: bool,
}
