//! The environment variables, for the guides.

use super::{REGION_MARK, SETTINGS};

/// Every variable that the program and its libraries read, and its meaning. clap also reads
/// `COLUMNS` and `LINES`.
#[must_use]
pub fn variables() -> Vec<(&'static str, String)> {
    let mut all: Vec<(&str, String)> = Vec::new();
    for setting in SETTINGS {
        for (index, &name) in setting.variables.iter().enumerate() {
            if all.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let help = match index {
                0 => setting.help.to_owned(),
                _ => format!("the same, if {} is unset", setting.variables[index - 1]),
            };
            all.push((name, help));
        }
    }
    all.extend(OTHER_VARIABLES.iter().map(|(name, help)| (*name, (*help).to_owned())));
    all
}

/// Other variables and their meaning.
const OTHER_VARIABLES: &[(&str, &str)] = &[
    ("AWS_SECRET_ACCESS_KEY", "the secret access key for AWS_ACCESS_KEY_ID"),
    ("AWS_SESSION_TOKEN", "if set, the keys in the environment are an earlier session and ignored"),
    ("AWS_SECURITY_TOKEN", "the older name of AWS_SESSION_TOKEN"),
    ("AWS_ACCOUNT_ID", "exports and exec replace or unset it: it may belong to other keys"),
    ("AWS_CREDENTIAL_EXPIRATION", "status: when the session in the environment expires"),
    (
        REGION_MARK,
        "the region that an earlier export set; AWS_REGION and AWS_DEFAULT_REGION with this value \
         are ignored",
    ),
    (
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "web-identity: the URL at which a GitHub job requests a token",
    ),
    ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "web-identity: the bearer token for this request"),
    (
        "MFA_SESSION_RESOLVING",
        "set for the command of `credential_process`: the profiles that wait for its key",
    ),
    ("GITHUB_ENV", "the file that --format github appends to"),
    (
        "BROWSER",
        "console --open: the browser; several are separated by colons, on Windows by semicolons; \
         %s is the address",
    ),
    ("SHELL", "the shell for --export, if the program that started mfa-session is not a shell"),
    ("COMSPEC", "Windows: the shell for exec, in the same case"),
    ("PATHEXT", "Windows: the extensions of programs"),
    ("TERM", "dumb, or unset on Unix: no colours, no progress; the prompt stays after the answer"),
    ("NO_COLOR", "if set, no colours"),
    ("TZ", "the time zone of the output"),
    ("HOME", "the directory for `~`; on Windows if USERPROFILE is not set"),
    ("USERPROFILE", "Windows: the directory for `~`"),
    ("HOMEDRIVE", "Windows: with HOMEPATH, the directory for `~`, if HOME is not set"),
    ("HOMEPATH", "see HOMEDRIVE"),
    ("LOCALAPPDATA", "Windows: the directory for prompt locks"),
    ("XDG_RUNTIME_DIR", "the directory for prompt locks and rescued sessions"),
    ("XDG_CACHE_HOME", "the directory for prompt locks, if XDG_RUNTIME_DIR can't be used"),
    ("TMPDIR", "the directory for rescued sessions and prompt locks, if none above can be used"),
    ("SSL_CERT_FILE", "a PEM file that replaces the platform's certificates"),
    ("SSL_CERT_DIR", "directories of such files, separated by colons; on Windows by semicolons"),
];
