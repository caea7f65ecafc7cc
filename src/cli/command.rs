//! The commands besides the main one, and what each takes.

use std::ffi::OsString;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::{
    flags::{Duration, Mfa, Output, Policies, Reuse, Role, Tags},
    printing::{Printing, shells, unsetting_formats},
};

/// What is to be done instead of getting a session for an MFA code.
#[derive(Subcommand)]
pub enum Command {
    /// Run a command with the session in its environment.
    ///
    /// Its environment is that which exports make. On Unix it takes the place of mfa-session:
    /// signals, terminal and exit status are its own. The session is not written unless `--write`
    /// is given; one that is in the session profile is reused. What mfa-session itself fails at
    /// exits with 125, a command that can't be run with 126, one that is not there with 127.
    Exec(Exec),

    /// Show the sessions that there are, and how long they last.
    ///
    /// The one that counts is marked: that of the environment, unless a profile is named by flag,
    /// else that of the profile. The exit status is 0 where it is good, and 1 where it is over or
    /// not there. Nothing is sent.
    Status {
        /// Print the profile and the time left of the session that counts, and nothing else.
        #[arg(long, conflicts_with = "json", help_heading = "Output")]
        short: bool,
    },

    /// Take the session out of the session profile.
    ///
    /// Every other byte of the credentials file stays. Long-term keys are never taken out. With
    /// `--export` or `--format` no file is read or changed: what is printed takes the session out
    /// of the shell.
    Clear(Clear),

    /// Show whose keys these are: account, ARN and user id (GetCallerIdentity).
    ///
    /// They are the keys that an AWS SDK would use: those of the environment, unless a profile is
    /// named by flag, else those of the profile, be they long-term keys or a session.
    Whoami,

    /// Show the account that an access key id belongs to (GetAccessKeyInfo).
    KeyInfo {
        /// The access key id, such as AKIAIOSFODNN7EXAMPLE; anybody's.
        #[arg(value_name = "KEY-ID")]
        id: String,
    },

    /// Show the JSON in an encoded authorization message (DecodeAuthorizationMessage).
    Decode {
        /// The message, as an error shows it [default: read from standard input].
        #[arg(value_name = "MESSAGE")]
        message: Option<String>,
    },

    /// Get a session for a federated user (GetFederationToken).
    ///
    /// The user whose long-term keys ask lends permissions: as many as the policies given here
    /// allow. Without a policy the session can do next to nothing.
    Federate(Federate),

    /// Get a session of a role for an OIDC token (AssumeRoleWithWebIdentity); needs no AWS keys.
    ///
    /// The token is read from `--token-file`, `AWS_WEB_IDENTITY_TOKEN_FILE` or the profile's
    /// `web_identity_token_file`; else, in a job of GitHub Actions that may ask for one, it is
    /// asked of GitHub.
    WebIdentity(WebIdentity),

    /// Get a session of a role for a SAML assertion (AssumeRoleWithSAML); needs no AWS keys.
    ///
    /// The assertion is the base64 text that the identity provider posts to AWS as
    /// `SAMLResponse`. It is good for five minutes.
    Saml(Saml),

    /// Print what the AWS files know of something, one per line: for the shells' completions.
    ///
    /// Where they can't be read, nothing is printed and nothing said. Nothing is sent.
    #[command(hide = true)]
    Complete {
        /// What is to be completed.
        #[arg(value_name = "WHAT")]
        what: Known,
    },
}

/// What the AWS files know.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Known {
    /// The profiles, for `--profile`.
    Profiles,
    /// The profiles that hold a session, for `--to`.
    Sessions,
    /// The MFA devices, for `--serial`.
    Serials,
    /// The roles, for `--role-arn`.
    Roles,
}

impl Command {
    /// How it is typed.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Exec(_) => "exec",
            Self::Status { .. } => "status",
            Self::Clear(_) => "clear",
            Self::Whoami => "whoami",
            Self::KeyInfo { .. } => "key-info",
            Self::Decode { .. } => "decode",
            Self::Federate(_) => "federate",
            Self::WebIdentity(_) => "web-identity",
            Self::Saml(_) => "saml",
            Self::Complete { .. } => "complete",
        }
    }
}

/// See [`Command::Exec`].
#[derive(Args)]
#[allow(missing_docs, reason = "of what is flattened: it would become the help of the command")]
pub struct Exec {
    #[command(flatten)]
    pub mfa: Mfa,
    #[command(flatten)]
    pub duration: Duration,
    #[command(flatten)]
    pub reuse: Reuse,
    #[command(flatten)]
    pub role: Role,
    /// The session profile: where a session is looked for, and written with `--write`.
    #[arg(long, value_name = "PROFILE", help_heading = "Output")]
    pub to: Option<String>,
    /// Write the session to the session profile as well.
    #[arg(long, help_heading = "Output")]
    pub write: bool,
    /// The command and its arguments [default: your shell, `SHELL`].
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    #[arg(value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}

/// See [`Command::Clear`].
#[derive(Args)]
pub struct Clear {
    /// Take out every session that mfa-session wrote.
    #[arg(long, conflicts_with = "profile", help_heading = "Session")]
    pub all: bool,

    /// Print what unsets the variables of a session in the shell, and change no file.
    ///
    /// `eval $(mfa-session clear --export)` unsets `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN`, `AWS_SECURITY_TOKEN`, `AWS_CREDENTIAL_EXPIRATION` and
    /// `MFA_SESSION_SOURCE`, whoever set them. The region stays. Which shell it is for is found
    /// out, or named, as with the main command's `--export`.
    #[arg(
        short, long, value_name = "SHELL", num_args = 0..=1, require_equals = true,
        value_parser = shells(), hide_possible_values = true,
        conflicts_with_all = ["all", "profile"], help_heading = "Output"
    )]
    pub export: Option<Option<String>>,

    /// Print the same in this form.
    #[arg(
        long, value_name = "FORMAT", value_parser = unsetting_formats(),
        conflicts_with_all = ["all", "profile"], help_heading = "Output"
    )]
    pub format: Option<String>,
}

impl Clear {
    pub(super) fn printing(&self) -> Printing {
        Printing { export: self.export.clone(), format: self.format.clone() }
    }
}

/// See [`Command::Federate`].
#[derive(Args)]
#[allow(missing_docs, reason = "of what is flattened: it would become the help of the command")]
pub struct Federate {
    /// How the federated user is called: 2 to 32 letters, digits and `_+=,.@-`.
    #[arg(value_name = "NAME")]
    pub name: String,
    #[command(flatten)]
    pub duration: Duration,
    #[command(flatten)]
    pub policies: Policies,
    #[command(flatten)]
    pub tags: Tags,
    #[command(flatten)]
    pub output: Output,
}

/// See [`Command::WebIdentity`].
#[derive(Args)]
#[allow(missing_docs, reason = "of what is flattened: it would become the help of the command")]
pub struct WebIdentity {
    /// The role: its ARN [default: `AWS_ROLE_ARN`, or the profile's `role_arn`].
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    pub role_arn: Option<String>,
    /// How the session is called [default: the token's subject].
    #[arg(long, value_name = "NAME", help_heading = "Role")]
    pub role_session_name: Option<String>,
    /// The file with the OIDC token, or `-` for standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Role")]
    pub token_file: Option<String>,
    /// The audience of a token that is asked of GitHub [default: sts.amazonaws.com].
    #[arg(long, value_name = "AUDIENCE", help_heading = "Role")]
    pub audience: Option<String>,
    #[command(flatten)]
    pub policies: Policies,
    #[command(flatten)]
    pub duration: Duration,
    #[command(flatten)]
    pub reuse: Reuse,
    #[command(flatten)]
    pub output: Output,
}

/// See [`Command::Saml`].
#[derive(Args)]
#[allow(missing_docs, reason = "of what is flattened: it would become the help of the command")]
pub struct Saml {
    /// The file with the assertion [default: `-`, standard input].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Role")]
    pub assertion_file: Option<String>,
    /// The role: its ARN [default: the one that the assertion names].
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    pub role_arn: Option<String>,
    /// The provider in IAM: its ARN [default: the one that the assertion names with the role].
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    pub principal_arn: Option<String>,
    #[command(flatten)]
    pub policies: Policies,
    #[command(flatten)]
    pub duration: Duration,
    #[command(flatten)]
    pub output: Output,
}
