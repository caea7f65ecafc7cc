//! Where each setting may be said: the lookup follows this table, and the manual shows it.

use super::{
    endpoint::{
        DUAL_STACK, FIPS, IAM_ENDPOINT, IGNORE_ENDPOINTS, REGIONAL_ENDPOINTS, STS_ENDPOINT,
    },
    network::{ALLOW_HTTP, CA_BUNDLE, HTTP_PROXY, HTTPS_PROXY, MAX_ATTEMPTS, NO_PROXY},
};

/// Where a setting may be said, in the order of precedence; for the code as for the manual.
#[derive(Debug)]
pub struct Setting {
    /// Its name for programs.
    pub id: &'static str,
    /// What it is.
    pub name: &'static str,
    /// The flag, with its dashes; empty where there is none.
    pub flag: &'static str,
    /// The environment variables.
    pub variables: &'static [&'static str],
    /// The keys in a profile of either AWS file.
    pub keys: &'static [&'static str],
    /// What is used where nobody says anything.
    pub default: &'static str,
}

/// All settings.
pub const SETTINGS: [&Setting; 35] = [
    &PROFILE,
    &SESSION_PROFILE,
    &SERIAL,
    &CODE,
    &CODE_COMMAND,
    &TOTP_SEED,
    &DURATION,
    &MIN_REMAINING,
    &NO_PROMPT,
    &ROLE,
    &ROLE_DURATION,
    &ROLE_SESSION_NAME,
    &EXTERNAL_ID,
    &SOURCE_IDENTITY,
    &WEB_IDENTITY_ROLE,
    &WEB_IDENTITY_SESSION_NAME,
    &TOKEN_FILE,
    &AUDIENCE,
    &PROVIDER,
    &ASSERTION_FILE,
    &REGION,
    &STS_ENDPOINT,
    &IAM_ENDPOINT,
    &IGNORE_ENDPOINTS,
    &FIPS,
    &DUAL_STACK,
    &REGIONAL_ENDPOINTS,
    &CA_BUNDLE,
    &ALLOW_HTTP,
    &HTTPS_PROXY,
    &HTTP_PROXY,
    &NO_PROXY,
    &MAX_ATTEMPTS,
    &CREDENTIALS_FILE,
    &CONFIG_FILE,
];

pub(super) const PROFILE: Setting = Setting {
    id: "profile",
    name: "profile",
    flag: "--profile",
    variables: &["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "MFA_SESSION_SOURCE"],
    keys: &[],
    default: "`default`",
};
pub(super) const SESSION_PROFILE: Setting = Setting {
    id: "session_profile",
    name: "session profile",
    flag: "--to",
    variables: &["MFA_SESSION_TO"],
    keys: &["mfa_session_to"],
    default: "`X` for the keys of `X-long-term`, else `X-mfa`",
};
pub(super) const SERIAL: Setting = Setting {
    id: "serial",
    name: "MFA device",
    flag: "--serial",
    variables: &["MFA_SESSION_SERIAL", "AWS_MFA_SERIAL"],
    keys: &["mfa_serial", "aws_mfa_device"],
    default: "asked of IAM",
};
pub(super) const CODE: Setting = Setting {
    id: "code",
    name: "MFA code",
    flag: "--code",
    variables: &["MFA_SESSION_CODE"],
    keys: &[],
    default: "asked on the terminal",
};
pub(super) const CODE_COMMAND: Setting = Setting {
    id: "code_command",
    name: "code command",
    flag: "--code-command",
    variables: &["MFA_SESSION_CODE_COMMAND"],
    keys: &["mfa_process"],
    default: "none",
};
pub(super) const TOTP_SEED: Setting = Setting {
    id: "totp_seed",
    name: "seed of the MFA device",
    flag: "",
    variables: &["MFA_SESSION_TOTP_SEED"],
    keys: &[],
    default: "none",
};
pub(super) const DURATION: Setting = Setting {
    id: "duration",
    name: "duration",
    flag: "--duration",
    variables: &["MFA_SESSION_DURATION"],
    keys: &["mfa_session_duration"],
    default: "12h",
};
pub(super) const MIN_REMAINING: Setting = Setting {
    id: "min_remaining",
    name: "reuse while this is left",
    flag: "--min-remaining",
    variables: &["MFA_SESSION_MIN_REMAINING"],
    keys: &["mfa_session_min_remaining"],
    default: "5m",
};
pub(super) const NO_PROMPT: Setting = Setting {
    id: "no_prompt",
    name: "never ask",
    flag: "--no-prompt",
    variables: &["MFA_SESSION_NO_PROMPT"],
    keys: &[],
    default: "ask where there is a terminal",
};
pub(super) const ROLE: Setting = Setting {
    id: "role_arn",
    name: "role",
    flag: "--role-arn",
    variables: &[],
    keys: &["role_arn", "assume_role"],
    default: "none",
};
pub(super) const ROLE_DURATION: Setting = Setting {
    id: "duration_seconds",
    name: "duration of a role's session",
    flag: "--duration",
    variables: &[],
    keys: &["duration_seconds"],
    default: "1h",
};
pub(super) const ROLE_SESSION_NAME: Setting = Setting {
    id: "role_session_name",
    name: "role session name",
    flag: "--role-session-name",
    variables: &[],
    keys: &["role_session_name"],
    default: "the name of the IAM user",
};
pub(super) const EXTERNAL_ID: Setting = Setting {
    id: "external_id",
    name: "external id",
    flag: "--external-id",
    variables: &[],
    keys: &["external_id"],
    default: "none",
};
pub(super) const SOURCE_IDENTITY: Setting = Setting {
    id: "source_identity",
    name: "source identity",
    flag: "--source-identity",
    variables: &[],
    keys: &[],
    default: "none",
};
pub(super) const WEB_IDENTITY_ROLE: Setting = Setting {
    id: "web_identity_role_arn",
    name: "role for web-identity",
    flag: "--role-arn",
    variables: &["AWS_ROLE_ARN"],
    keys: &["role_arn"],
    default: "none",
};
pub(super) const WEB_IDENTITY_SESSION_NAME: Setting = Setting {
    id: "web_identity_session_name",
    name: "role session name for web-identity",
    flag: "--role-session-name",
    variables: &["AWS_ROLE_SESSION_NAME"],
    keys: &["role_session_name"],
    default: "the subject of the token",
};
pub(super) const TOKEN_FILE: Setting = Setting {
    id: "web_identity_token_file",
    name: "web identity token",
    flag: "--token-file",
    variables: &["AWS_WEB_IDENTITY_TOKEN_FILE"],
    keys: &["web_identity_token_file"],
    default: "asked of GitHub Actions, in its jobs",
};
pub(super) const AUDIENCE: Setting = Setting {
    id: "audience",
    name: "audience of GitHub's token",
    flag: "--audience",
    variables: &[],
    keys: &[],
    default: "sts.amazonaws.com",
};
pub(super) const PROVIDER: Setting = Setting {
    id: "principal_arn",
    name: "SAML provider",
    flag: "--principal-arn",
    variables: &[],
    keys: &[],
    default: "the one in the assertion",
};
pub(super) const ASSERTION_FILE: Setting = Setting {
    id: "assertion_file",
    name: "SAML assertion",
    flag: "--assertion-file",
    variables: &[],
    keys: &[],
    default: "standard input",
};
pub(super) const REGION: Setting = Setting {
    id: "region",
    name: "region",
    flag: "--region",
    variables: &["AWS_REGION", "AWS_DEFAULT_REGION"],
    keys: &["region"],
    default: "the home region of the device's partition, `us-east-1` for `aws`",
};
pub(super) const CREDENTIALS_FILE: Setting = Setting {
    id: "credentials_file",
    name: "credentials file",
    flag: "",
    variables: &["AWS_SHARED_CREDENTIALS_FILE"],
    keys: &[],
    default: "`~/.aws/credentials`",
};
pub(super) const CONFIG_FILE: Setting = Setting {
    id: "config_file",
    name: "config file",
    flag: "",
    variables: &["AWS_CONFIG_FILE"],
    keys: &[],
    default: "`~/.aws/config`",
};
