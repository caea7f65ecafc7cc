//! The origins of a setting, taken from the program's own table of settings.

use mfa_session::{SETTINGS, Setting};

use crate::sandbox::{Sandbox, keys};

/// Where a value comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// A flag, by clap's id.
    Flag(&'static str),
    Variable(&'static str),
    /// A file's name and a key in its `[default]`.
    Key(&'static str, &'static str),
}

/// As error messages name it.
impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(id) => write!(f, "--{}", id.replace('_', "-")),
            Self::Variable(name) => f.write_str(name),
            Self::Key(file, key) => write!(f, "`{key}` in [default] of ~/.aws/{file}"),
        }
    }
}

pub(super) fn setting(name: &str) -> &'static Setting {
    SETTINGS.into_iter().find(|setting| setting.name == name).unwrap()
}

/// All origins of a setting, highest precedence first.
pub(super) fn origins(setting: &'static Setting) -> Vec<Origin> {
    let mut origins = Vec::new();
    origins.extend(setting.flag.map(Origin::Flag));
    origins.extend(setting.variables.iter().map(|name| Origin::Variable(name)));
    // Every sandbox sets a variable that overrides these; `endpoints` tests them.
    let overridden = ["services", "endpoint_url"];
    for key in setting.keys.iter().filter(|key| !overridden.contains(key)) {
        origins.extend(["credentials", "config"].map(|file| Origin::Key(file, key)));
    }
    origins
}

/// Sets variables and rewrites the files of a sandbox; returns the flags. The credentials file gets
/// long-term keys, the values and then `rest`.
pub(super) fn configure(
    sandbox: &mut Sandbox,
    values: &[(Origin, &str)],
    rest: &str,
) -> Vec<String> {
    let mut flags = Vec::new();
    let mut credentials = keys("default");
    let mut config = String::from("[default]\n");
    for (origin, value) in values {
        match origin {
            Origin::Flag(_) => flags.extend([origin.to_string(), (*value).to_owned()]),
            Origin::Variable(name) => drop(sandbox.set(name, *value)),
            Origin::Key("config", key) => config.extend([key, " = ", value, "\n"]),
            Origin::Key(_, key) => credentials.extend([key, " = ", value, "\n"]),
        }
    }
    sandbox.write("credentials", &(credentials + rest));
    sandbox.write("config", &config);
    flags
}
