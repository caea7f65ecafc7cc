//! What the process was given: variables and directories, read once and passed by value; a parent,
//! the clock.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsStr,
    path::{MAIN_SEPARATOR, Path, PathBuf},
};

use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset, macros::format_description};
use zeroize::Zeroizing;

use crate::failure::{Failure, Status};

/// The process's surroundings.
///
/// There is no `Debug`: the variables hold keys.
pub struct Environment {
    /// Wiped when dropped, as there are keys among them; `None` for what is not valid UTF-8.
    variables: BTreeMap<&'static str, Option<Zeroizing<String>>>,
    home: Option<PathBuf>,
    rescue: Vec<PathBuf>,
    locks: Option<PathBuf>,
}

impl Environment {
    /// Reads the surroundings of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let text = |name| Some(env::var_os(name)?.into_string().ok().map(Zeroizing::new));
        let home = dirs::home_dir();
        Self {
            variables: VARIABLES
                .iter()
                .filter_map(|(name, _)| Some((*name, text(name)?)))
                .collect(),
            rescue: [dirs::runtime_dir(), Some(env::temp_dir()), home.clone()]
                .into_iter()
                .flatten()
                .collect(),
            locks: dirs::runtime_dir().or_else(dirs::cache_dir).map(|dir| dir.join("mfa-session")),
            home,
        }
    }

    /// A variable's text. An empty variable counts as unset, as it does for the AWS SDKs.
    pub fn variable(&self, name: &'static str) -> Result<Option<String>, Failure> {
        debug_assert!(
            VARIABLES.iter().any(|(known, _)| *known == name),
            "{name} is not in the table"
        );
        match self.variables.get(name) {
            Some(Some(text)) if !text.is_empty() => Ok(Some(text.to_string())),
            Some(None) => Err(Failure::new(Status::Here, format!("{name} is not valid UTF-8"))
                .hint(format!("set it anew, or unset it: unset {name}"))),
            _ => Ok(None),
        }
    }

    /// The path that a text stands for. `~` is the home directory, but only at the start and
    /// alone or before a separator, as in the AWS SDKs.
    pub fn path(&self, text: &str) -> Result<PathBuf, Failure> {
        match text.strip_prefix('~') {
            Some("") => Ok(self.home()?.to_owned()),
            Some(rest) if rest.starts_with(['/', MAIN_SEPARATOR]) => {
                Ok(self.home()?.join(&rest[1..]))
            }
            _ => Ok(PathBuf::from(text)),
        }
    }

    /// Directories where something may be put that must not be lost, best first.
    #[must_use]
    pub fn rescue_directories(&self) -> &[PathBuf] {
        &self.rescue
    }

    /// A directory where processes of the user can lock files, if there is one.
    #[must_use]
    pub fn lock_directory(&self) -> Option<PathBuf> {
        self.locks.clone()
    }

    /// Where the program of this name is: its path, or that in a directory of `PATH`. Yields the
    /// first that may be run, else one that may not.
    #[must_use]
    pub fn program(&self, name: &OsStr) -> Option<PathBuf> {
        if Path::new(name).components().count() > 1 {
            return Path::new(name).exists().then(|| name.into());
        }
        let path = env::var_os("PATH").filter(|path| !path.is_empty());
        let path = path.unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
        let places = env::split_paths(&path).map(|directory| directory.join(name));
        let there: Vec<PathBuf> = places.filter(|place| place.is_file()).collect();
        there.iter().find(|place| is_runnable(place)).or(there.first()).cloned()
    }

    fn home(&self) -> Result<&Path, Failure> {
        self.home.as_deref().ok_or_else(|| {
            Failure::new(Status::Here, "there is no home directory to look for .aws in")
                .hint("set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE")
        })
    }
}

/// Whether a file may be run.
#[cfg(unix)]
#[must_use]
pub fn is_runnable(file: &Path) -> bool {
    use rustix::fs::{Access, access};
    file.is_file() && access(file, Access::EXEC_OK).is_ok()
}

/// Whether a file may be run.
#[cfg(not(unix))]
#[must_use]
pub fn is_runnable(file: &Path) -> bool {
    file.is_file()
}

/// Every variable that is read, with its meaning, for the manual; by the program itself, or by a
/// library for it. `COLUMNS` and `LINES`, which clap fits the help to, are not among them.
pub const VARIABLES: [(&str, &str); 51] = [
    ("MFA_SESSION_CODE", "the MFA code"),
    ("MFA_SESSION_CODE_COMMAND", "a command that prints the MFA code"),
    ("MFA_SESSION_TOTP_SEED", "for CI: the seed of a virtual MFA device, in base32"),
    ("MFA_SESSION_SERIAL", "the MFA device's serial number or ARN"),
    ("AWS_MFA_SERIAL", "the same, as other tools call it"),
    ("MFA_SESSION_TO", "the session profile: where the session is written"),
    ("MFA_SESSION_DURATION", "how long the session is to last, such as 12h or 43200"),
    ("MFA_SESSION_MIN_REMAINING", "reuse a session that has at least this long left"),
    ("MFA_SESSION_NO_PROMPT", "1: never ask on the terminal; 0: ask, as if unset"),
    ("MFA_SESSION_SOURCE", "the profile of the session in this shell; set by --export"),
    ("AWS_PROFILE", "the profile to use"),
    ("AWS_DEFAULT_PROFILE", "the same, where AWS_PROFILE is unset"),
    ("AWS_ACCESS_KEY_ID", "the long-term access key id; not read with --profile"),
    ("AWS_SECRET_ACCESS_KEY", "the secret access key that goes with it"),
    ("AWS_SESSION_TOKEN", "where set, the two above are an earlier session and are passed over"),
    ("AWS_CREDENTIAL_EXPIRATION", "status: when the session in the environment ends"),
    ("AWS_SECURITY_TOKEN", "the same, by its older name"),
    ("AWS_ROLE_ARN", "web-identity: the role to assume"),
    ("AWS_ROLE_SESSION_NAME", "web-identity: how its session is called"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "web-identity: the file with the OIDC token"),
    ("ACTIONS_ID_TOKEN_REQUEST_URL", "web-identity: where GitHub gives the job a token"),
    ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "web-identity: what the job shows there"),
    ("AWS_REGION", "the region whose STS is asked"),
    ("AWS_DEFAULT_REGION", "the same, where AWS_REGION is unset"),
    ("AWS_ENDPOINT_URL_STS", "the URL of another STS"),
    ("AWS_ENDPOINT_URL_IAM", "the URL of another IAM"),
    ("AWS_ENDPOINT_URL", "the URL of another STS and IAM, where the two above are unset"),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true: pass over the three above and the profile's"),
    ("AWS_USE_FIPS_ENDPOINT", "true: ask the FIPS endpoints"),
    ("AWS_USE_DUALSTACK_ENDPOINT", "true: ask the endpoints that have IPv6 addresses, too"),
    ("AWS_STS_REGIONAL_ENDPOINTS", "legacy: ask sts.amazonaws.com for older regions"),
    ("AWS_CA_BUNDLE", "a PEM file of the only certificates to trust"),
    ("SSL_CERT_FILE", "a PEM file instead of the certificates that the platform trusts"),
    ("SSL_CERT_DIR", "directories of them, with colons between; on Windows with semicolons"),
    ("https_proxy", "the proxy on the way to https endpoints: http://user:password@host:port"),
    ("HTTPS_PROXY", "the same, where https_proxy is unset"),
    ("http_proxy", "the proxy on the way to http endpoints on other machines"),
    ("HTTP_PROXY", "the same, where http_proxy is unset"),
    ("no_proxy", "hosts, addresses and networks that are asked without a proxy, or *"),
    ("NO_PROXY", "the same, where no_proxy is unset"),
    ("AWS_MAX_ATTEMPTS", "how often a request is sent at most; one with a code is not sent twice"),
    ("AWS_SHARED_CREDENTIALS_FILE", "the credentials file"),
    ("AWS_CONFIG_FILE", "the config file"),
    ("HOME", "the directory that `~` stands for"),
    ("XDG_RUNTIME_DIR", "where processes wait for each other, and unwritable sessions are saved"),
    ("XDG_CACHE_HOME", "where processes wait for each other, where that one is unset"),
    ("TMPDIR", "where a session is saved that could go to neither its file nor there"),
    ("GITHUB_ENV", "the file that --format github appends to"),
    ("SHELL", "the shell that --export is for, where no shell has started mfa-session"),
    ("TERM", "dumb: the answered question is not erased"),
    ("TZ", "the time zone in which times are shown"),
];

/// What the program that started this one is called, by its file and by itself; nothing where that
/// can't be known. Only who needs it pays for it.
#[cfg(target_os = "linux")]
#[must_use]
pub fn parent() -> Vec<String> {
    let directory = PathBuf::from(format!("/proc/{}", std::os::unix::process::parent_id()));
    let file = std::fs::read_link(directory.join("exe")).ok();
    let file = file.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    let itself = std::fs::read_to_string(directory.join("comm")).ok();
    // An update may have replaced the file since.
    let file = file.map(|name| name.trim_end_matches(" (deleted)").to_owned());
    file.into_iter().chain(itself.map(|name| name.trim_end().to_owned())).collect()
}

/// What the program that started this one is called: that can't be known here.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn parent() -> Vec<String> {
    Vec::new()
}

/// The time by this machine's clock.
#[must_use]
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// The same moment as clocks show it where the person is; in UTC where that can't be known.
#[must_use]
pub fn local(moment: OffsetDateTime) -> OffsetDateTime {
    let there = UtcOffset::local_offset_at(moment).ok();
    there.and_then(|offset| moment.checked_to_offset(offset)).unwrap_or(moment)
}

/// A moment as a person reads it: `2026-11-22 21:14:05 +01:00`.
#[must_use]
pub fn shown(moment: OffsetDateTime) -> String {
    let format = format_description!(
        "[year]-[month]-[day] [hour]:[minute]:[second] \
         [offset_hour sign:mandatory]:[offset_minute]"
    );
    local(moment).format(format).expect("a time has all that this format needs")
}

/// The moment at which clocks where the person is show this; as if in UTC where that can't be
/// known.
#[must_use]
pub fn from_local(shown: PrimitiveDateTime) -> OffsetDateTime {
    let nearly = shown.assume_utc();
    UtcOffset::local_offset_at(nearly).map_or(nearly, |offset| shown.assume_offset(offset))
}
