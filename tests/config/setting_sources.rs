//! The places that a setting can be said in, as the program itself lists them.

use mfa_session::{SETTINGS, Setting};

use crate::sandbox::{Sandbox, keys};

/// Where something is said.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// A flag, by clap's id.
    Flag(&'static str),
    Variable(&'static str),
    /// In `[default]` of one of the two files.
    Key(&'static str, &'static str),
}

/// How a failure names the place.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(id) => write!(f, "--{}", id.replace('_', "-")),
            Self::Variable(name) => f.write_str(name),
            Self::Key(file, key) => write!(f, "`{key}` in [default] of ~/.aws/{file}"),
        }
    }
}

/// The setting of this name.
pub(super) fn setting(name: &str) -> &'static Setting {
    SETTINGS.into_iter().find(|setting| setting.name == name).unwrap()
}

/// All places of a setting, in the order of precedence.
pub(super) fn places(setting: &'static Setting) -> Vec<Place> {
    let mut places = Vec::new();
    places.extend(setting.flag.map(Place::Flag));
    places.extend(setting.variables.iter().map(|name| Place::Variable(name)));
    // These come behind the variables of every sandbox: `endpoints` tries them out.
    let elsewhere = ["services", "endpoint_url"];
    for key in setting.keys.iter().filter(|key| !elsewhere.contains(key)) {
        places.extend(["credentials", "config"].map(|file| Place::Key(file, key)));
    }
    places
}

/// Says values in places of a sandbox, whose files are written anew; yields the flags. `rest` is
/// what follows the long-term keys in the credentials file.
pub(super) fn say(sandbox: &mut Sandbox, values: &[(Place, &str)], rest: &str) -> Vec<String> {
    let mut flags = Vec::new();
    let mut credentials = keys("default");
    let mut config = String::from("[default]\n");
    for (place, value) in values {
        match place {
            Place::Flag(_) => flags.extend([place.to_string(), (*value).to_owned()]),
            Place::Variable(name) => drop(sandbox.set(name, *value)),
            Place::Key("config", key) => config.extend([key, " = ", value, "\n"]),
            Place::Key(_, key) => credentials.extend([key, " = ", value, "\n"]),
        }
    }
    sandbox.write("credentials", &(credentials + rest));
    sandbox.write("config", &config);
    flags
}
