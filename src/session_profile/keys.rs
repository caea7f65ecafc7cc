//! The keys of a session in a section, and the keys of other tools.

pub(crate) const ACCESS_KEY_ID: &str = "aws_access_key_id";
pub(super) const SECRET_ACCESS_KEY: &str = "aws_secret_access_key";
pub(super) const SESSION_TOKEN: &str = "aws_session_token";
/// An older key for the session token. botocore prefers it to `aws_session_token`.
pub(super) const SECURITY_TOKEN: &str = "aws_security_token";
/// The keys for a session token.
pub(crate) const TOKEN_KEYS: [&str; 2] = [SESSION_TOKEN, SECURITY_TOKEN];
/// The account id, from which the SDKs derive endpoints.
pub(crate) const ACCOUNT_ID: &str = "aws_account_id";
/// The region, in which the SDKs use the profile.
pub(crate) const REGION: &str = "region";
/// The region that this program wrote: an equal `region` is not the user's own.
pub(super) const REGION_MARK: &str = "mfa_session_region";
/// The expiry, in RFC 3339 and UTC. Other tools ignore this key, and starship shows it.
pub(super) const EXPIRES: &str = "x_security_token_expires";
/// The source profile.
pub(crate) const SOURCE: &str = "mfa_session_source";
/// The session's own access key id, only if it looks like that of a long-term key, as in emulators.
/// It distinguishes the session from long-term keys that the user puts into the section.
pub(super) const OWN_ID: &str = "mfa_session_id";
/// The id of the long-term key.
pub(super) const KEY_ID: &str = "mfa_session_key";
/// The serial number of the MFA device.
pub(crate) const SERIAL: &str = "mfa_session_serial";
/// The ARN of the role.
pub(crate) const ROLE: &str = "mfa_session_role";
/// Whether the long-term key assumed the role, with an MFA code.
pub(super) const DIRECT: &str = "mfa_session_direct";
/// Whether the session has policies, tags or a name from the command line.
pub(super) const RESTRICTED: &str = "mfa_session_restricted";

/// The keys of a session, in the order of the file, without `region`, which may be the user's own.
pub(super) const SESSION_KEYS: [&str; 13] = [
    ACCESS_KEY_ID,
    SECRET_ACCESS_KEY,
    SESSION_TOKEN,
    ACCOUNT_ID,
    REGION_MARK,
    EXPIRES,
    SOURCE,
    OWN_ID,
    KEY_ID,
    SERIAL,
    ROLE,
    DIRECT,
    RESTRICTED,
];

/// Keys of other tools that would contradict a new session.
pub const FOREIGN_KEYS: [&str; 7] = [
    SECURITY_TOKEN,
    "expiration",
    "aws_credential_expiration",
    "aws_expiration",
    "awsmfa_expiration",
    "aws_session_expiration",
    "aws_session_expiration_timestamp",
];
