//! The command line as typed: every flag, its help and its conflicts. What the values mean, and
//! what stands in for a flag that is not given, is for `settings`.
//!
//! The source of `--help`, of `completions/` and of the manual page.

use clap::Parser;

use crate::secret::Secret;

/// From an MFA code to temporary AWS credentials: one question, nothing lost.
///
/// Reads long-term keys from the AWS credentials file (or the environment), asks for the code of
/// the MFA device, gets a session from STS (GetSessionToken), and writes it to the session profile,
/// which every AWS SDK reads. A session that is still good is reused without asking.
#[derive(Parser)]
#[command(version, max_term_width = 100, disable_help_subcommand = true)]
// There is no `Debug`: a code may be among the flags.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag that is there or not")]
pub struct Cli {
    /// The profile with the long-term keys [default: `AWS_PROFILE`, or `default`].
    ///
    /// For profile `X` the keys of `[X-long-term]` are used where there is such a section, else
    /// those of `[X]`; where `[X]` is a session that mfa-session wrote, those it was made from.
    #[arg(short, long, value_name = "NAME", help_heading = "Session")]
    pub profile: Option<String>,

    /// The MFA device: its ARN, or the serial number of a hardware token.
    ///
    /// An ARN looks like `arn:aws:iam::123456789012:mfa/alice`. Else the profile's `mfa_serial` or
    /// `aws_mfa_device` is used, in either AWS file; else IAM is asked which devices the user has.
    #[arg(short, long, value_name = "SERIAL", help_heading = "Session")]
    pub serial: Option<String>,

    /// The six digits that the device shows, or `-` to read them from standard input.
    ///
    /// A code is good once, for about half a minute. Where none is given, it is asked for on the
    /// terminal, even if standard output and standard error are redirected.
    #[arg(short, long, value_name = "CODE", help_heading = "Session")]
    pub code: Option<Secret>,

    /// How long the session is to last: 12h, 90m, 1h30m, 43200 [default: 12h].
    ///
    /// From 15 minutes to 36 hours; a number without a unit is in seconds. STS grants the root
    /// user an hour at most.
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

    /// The session profile: where the session is written [default: `NAME-mfa`].
    ///
    /// For keys from `[X-long-term]` it is `X`. A profile that holds long-term keys is never
    /// overwritten.
    #[arg(long, value_name = "PROFILE", help_heading = "Output")]
    pub to: Option<String>,

    /// Print shell exports instead of writing the session: `eval $(mfa-session --export)`.
    ///
    /// For sh, bash, dash, ksh and zsh, with and without quotes around `$(…)`. If no session can be
    /// had, `false;` is printed, so that `eval` fails, too.
    #[arg(short, long, help_heading = "Output")]
    pub export: bool,

    /// With `--export`: write the session to the session profile as well.
    #[arg(long, requires = "export", help_heading = "Output")]
    pub write: bool,

    /// The region whose STS is asked.
    ///
    /// Else the profile's `region`, else the home region of the MFA device's partition.
    #[arg(long, value_name = "REGION", help_heading = "Connection")]
    pub region: Option<String>,

    /// The URL of another STS, such as a VPC endpoint or an emulator.
    #[arg(long, value_name = "URL", help_heading = "Connection")]
    pub endpoint_url: Option<String>,

    /// A PEM file of the only certificates to trust.
    #[arg(long, value_name = "FILE", help_heading = "Connection")]
    pub ca_bundle: Option<String>,
}
