//! The table of settings. The resolver uses it, and the guides, the manual and the list of
//! variables are generated from it.

mod setting;
mod variables;

pub use setting::Setting;
pub use variables::variables;

/// All settings, in the order of the manual.
pub const SETTINGS: [&Setting; 40] = [
    &ACCESS_KEY_ID,
    &PROFILE,
    &SESSION_PROFILE,
    &WRITE,
    &SERIAL,
    &CODE,
    &CODE_COMMAND,
    &TOTP_SEED,
    &DURATION,
    &MIN_REMAINING,
    &ASKPASS,
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
    &CONSOLE_SERVICE,
    &REGION,
    &STS_ENDPOINT,
    &IAM_ENDPOINT,
    &SIGNIN_ENDPOINT,
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

pub(crate) const ACCESS_KEY_ID: Setting = Setting::new("access_key_id", "access key id", "none")
    .variables(&["AWS_ACCESS_KEY_ID"], "the long-term access key id; ignored with --profile")
    .keys(&["aws_access_key_id"]);
pub(crate) const PROFILE: Setting = Setting::new("profile", "profile", "`default`")
    .flag("profile")
    .variables(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "MFA_SESSION_SOURCE"], "the profile to use");
pub(crate) const SESSION_PROFILE: Setting = Setting::new(
    "session_profile",
    "session profile",
    "`X` for the keys of `X-long-term`, else `X-mfa`; `X-ROLE` for a role on the command line, \
     `X-USER` for a federated user, `X-root-ACCOUNT` for a root user; `-` replaces spaces",
)
.flag("to")
.variables(&["MFA_SESSION_TO"], "the session profile, to which the session is written")
.keys(&["mfa_session_to"]);
pub(crate) const WRITE: Setting = Setting::new(
    "write",
    "keep the session",
    "yes for a session from an MFA code, unless the key is in the environment",
)
.flag("write")
.variables(
    &["MFA_SESSION_WRITE"],
    "true or false: whether a session that is printed, or that `exec` passes on, is also written \
     to the session profile",
)
.keys(&["mfa_session_write"]);
pub(crate) const SERIAL: Setting =
    Setting::new("serial", "MFA device", "remembered from the last session, or looked up in IAM")
        .flag("serial")
        .variables(
            &["MFA_SESSION_SERIAL", "AWS_MFA_SERIAL"],
            "the MFA device: its serial number or ARN",
        )
        .keys(&["mfa_serial", "aws_mfa_device"]);
pub(crate) const CODE: Setting =
    Setting::new("code", "MFA code", "prompt on the terminal, else askpass")
        .flag("code")
        .variables(&["MFA_SESSION_CODE"], "the MFA code");
pub(crate) const CODE_COMMAND: Setting = Setting::new("code_command", "code command", "none")
    .flag("code_command")
    .variables(&["MFA_SESSION_CODE_COMMAND"], "a command that prints the MFA code")
    .keys(&["mfa_process"]);
pub(crate) const TOTP_SEED: Setting = Setting::new("totp_seed", "TOTP seed", "none")
    .variables(&["MFA_SESSION_TOTP_SEED"], "for CI: the seed of a virtual MFA device, in base32");
pub(crate) const DURATION: Setting = Setting::new("duration", "duration", "12h")
    .flag("duration")
    .variables(&["MFA_SESSION_DURATION"], "how long the session lasts, such as 12h or 43200")
    .keys(&["mfa_session_duration"]);
pub(crate) const MIN_REMAINING: Setting =
    Setting::new("min_remaining", "reuse while this is left", "5m")
        .flag("min_remaining")
        .variables(
            &["MFA_SESSION_MIN_REMAINING"],
            "reuse a session that has at least this long left",
        )
        .keys(&["mfa_session_min_remaining"]);
pub(crate) const ASKPASS: Setting = Setting::new("askpass", "askpass program", "none").variables(
    &["MFA_SESSION_ASKPASS"],
    "a program that prompts for the code where there is no terminal",
);
pub(crate) const NO_PROMPT: Setting =
    Setting::new("no_prompt", "never prompt", "prompt if there is a terminal")
        .flag("no_prompt")
        .variables(&["MFA_SESSION_NO_PROMPT"], "1: never prompt; 0: the default");
pub(crate) const ROLE: Setting =
    Setting::new("role_arn", "role", "none").flag("role_arn").keys(&["role_arn", "assume_role"]);
pub(crate) const ROLE_DURATION: Setting =
    Setting::new("duration_seconds", "duration of a role's session", "1h")
        .flag("duration")
        .keys(&["duration_seconds"]);
pub(crate) const ROLE_SESSION_NAME: Setting =
    Setting::new("role_session_name", "role session name", "the name of the IAM user")
        .flag("role_session_name")
        .keys(&["role_session_name"]);
pub(crate) const EXTERNAL_ID: Setting =
    Setting::new("external_id", "external id", "none").flag("external_id").keys(&["external_id"]);
pub(crate) const SOURCE_IDENTITY: Setting =
    Setting::new("source_identity", "source identity", "none").flag("source_identity");
pub(crate) const WEB_IDENTITY_ROLE: Setting =
    Setting::new("web_identity_role_arn", "role for web-identity", "none")
        .flag("role_arn")
        .variables(&["AWS_ROLE_ARN"], "web-identity: the role to assume")
        .keys(&["role_arn"]);
pub(crate) const WEB_IDENTITY_SESSION_NAME: Setting = Setting::new(
    "web_identity_session_name",
    "role session name for web-identity",
    "the subject of the token",
)
.flag("role_session_name")
.variables(&["AWS_ROLE_SESSION_NAME"], "web-identity: the role session name")
.keys(&["role_session_name"]);
pub(crate) const TOKEN_FILE: Setting = Setting::new(
    "web_identity_token_file",
    "web identity token",
    "requested from GitHub Actions, in its jobs",
)
.flag("token_file")
.variables(&["AWS_WEB_IDENTITY_TOKEN_FILE"], "web-identity: the file with the OIDC token")
.keys(&["web_identity_token_file"]);
pub(crate) const AUDIENCE: Setting =
    Setting::new("audience", "audience of GitHub's token", "sts.amazonaws.com").flag("audience");
pub(crate) const PROVIDER: Setting =
    Setting::new("principal_arn", "SAML provider", "the role's provider in the assertion")
        .flag("principal_arn");
pub(crate) const ASSERTION_FILE: Setting =
    Setting::new("assertion_file", "SAML assertion", "standard input").flag("assertion_file");
pub(crate) const CONSOLE_SERVICE: Setting =
    Setting::new("service", "console service", "the console's home page").flag("service");
pub(crate) const REGION: Setting = Setting::new(
    "region",
    "region",
    "the home region of the device's partition, `us-east-1` for `aws`",
)
.flag("region")
.variables(&REGION_VARIABLES, "the region of STS")
.mark(REGION_MARK)
.keys(&["region"]);
/// The variables in which the SDKs look for the region.
pub(crate) const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// The variable for the region that an export sets.
pub(crate) const REGION_MARK: &str = "MFA_SESSION_REGION";
pub(crate) const STS_ENDPOINT: Setting =
    Setting::new("endpoint", "STS endpoint", "the region's endpoint")
        .flag("endpoint_url")
        .variables(&["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"], "the URL of an STS endpoint")
        .keys(&["services", "endpoint_url"]);
pub(crate) const IAM_ENDPOINT: Setting =
    Setting::new("iam_endpoint", "IAM endpoint", "the partition's endpoint")
        .flag("endpoint_url")
        .variables(&["AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL"], "the URL of an IAM endpoint")
        .keys(&["services", "endpoint_url"]);
pub(crate) const SIGNIN_ENDPOINT: Setting =
    Setting::new("signin_endpoint", "sign-in endpoint", "the region's endpoint")
        .variables(
            &["AWS_ENDPOINT_URL_SIGNIN", "AWS_ENDPOINT_URL"],
            "console: the URL of an endpoint of AWS Sign-In",
        )
        .keys(&["services", "endpoint_url"]);
pub(crate) const IGNORE_ENDPOINTS: Setting =
    Setting::new("ignore_configured_endpoint_urls", "ignore configured endpoints", "false")
        .variables(
            &["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"],
            "true: ignore the endpoint URLs of the environment and the profile",
        )
        .keys(&["ignore_configured_endpoint_urls"]);
pub(crate) const FIPS: Setting = Setting::new("use_fips_endpoint", "FIPS endpoint", "false")
    .variables(&["AWS_USE_FIPS_ENDPOINT"], "true: use the FIPS endpoints")
    .keys(&["use_fips_endpoint"]);
pub(crate) const DUAL_STACK: Setting =
    Setting::new("use_dualstack_endpoint", "dual-stack endpoint (IPv6)", "false")
        .variables(
            &["AWS_USE_DUALSTACK_ENDPOINT"],
            "true: use the endpoints with IPv4 and IPv6 addresses",
        )
        .keys(&["use_dualstack_endpoint"]);
pub(crate) const REGIONAL_ENDPOINTS: Setting =
    Setting::new("sts_regional_endpoints", "regional or legacy STS", "regional")
        .variables(
            &["AWS_STS_REGIONAL_ENDPOINTS"],
            "legacy: use sts.amazonaws.com for the older regions",
        )
        .keys(&["sts_regional_endpoints"]);
pub(crate) const CA_BUNDLE: Setting =
    Setting::new("ca_bundle", "certificates to trust", "what Mozilla and the platform trust")
        .flag("ca_bundle")
        .variables(
            &["AWS_CA_BUNDLE"],
            "a PEM file with certificates to trust instead of the default ones",
        )
        .keys(&["ca_bundle"]);
pub(crate) const ALLOW_HTTP: Setting =
    Setting::new("allow_http", "plain http", "to this machine only").flag("allow_http");
pub(crate) const HTTPS_PROXY: Setting = Setting::new("https_proxy", "proxy", "none").variables(
    &["https_proxy", "HTTPS_PROXY"],
    "the proxy for https endpoints: http://user:password@host:port",
);
pub(crate) const HTTP_PROXY: Setting =
    Setting::new("http_proxy", "proxy for plain http", "none; never for this machine")
        .variables(&["http_proxy", "HTTP_PROXY"], "the proxy for http endpoints on other machines");
pub(crate) const NO_PROXY: Setting = Setting::new("no_proxy", "hosts without a proxy", "none")
    .variables(
        &["no_proxy", "NO_PROXY"],
        "hosts, addresses and networks to reach without a proxy, or *",
    );
pub(crate) const MAX_ATTEMPTS: Setting = Setting::new("max_attempts", "attempts", "3")
    .variables(
        &["AWS_MAX_ATTEMPTS"],
        "the maximum number of attempts per request; a code is sent only once",
    )
    .keys(&["max_attempts"]);
pub(crate) const CREDENTIALS_FILE: Setting =
    Setting::new("credentials_file", "credentials file", "`~/.aws/credentials`")
        .variables(&["AWS_SHARED_CREDENTIALS_FILE"], "the credentials file");
pub(crate) const CONFIG_FILE: Setting =
    Setting::new("config_file", "config file", "`~/.aws/config`")
        .variables(&["AWS_CONFIG_FILE"], "the config file");
