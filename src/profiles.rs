//! The two AWS files: where a profile's keys and settings stand in them. The syntax is `ini`'s,
//! writing is `output::file`'s.

mod chain;
mod known;
mod sessions;

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::{
    aws_files::{Document, Section},
    credentials::{AccessKey, Session},
    failure::{Failure, Status},
    origin::{Origin, Sourced},
    secret::Secret,
    session_profile::{self, Keys},
};
pub use chain::{Lead, RoleProfile};
pub use sessions::StoredSession;

/// The credentials file and the config file, read once.
#[derive(Debug)]
pub struct Profiles {
    credentials: File,
    config: File,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    /// `None` where there is no such file.
    document: Option<Document>,
}

/// The profile that long-term keys are read from, and the one that the session goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The profile with the keys: `X-long-term` or `X`.
    pub name: String,
    /// The profile that was asked for.
    pub asked: String,
    /// Where the session goes when nobody says otherwise.
    pub session_profile: String,
}

impl Source {
    /// For a profile of which there is only the name.
    #[must_use]
    pub fn unknown(asked: &str) -> Self {
        let session_profile = match asked.strip_suffix(LONG_TERM) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => format!("{asked}-mfa"),
        };
        Self { name: asked.to_owned(), asked: asked.to_owned(), session_profile }
    }
}

impl Profiles {
    /// Reads both files; a file that is not there is empty.
    pub fn read(credentials: &Path, config: &Path) -> Result<Self, Failure> {
        Ok(Self { credentials: File::read(credentials)?, config: File::read(config)? })
    }

    /// Both files as they are now.
    pub fn again(&self) -> Result<Self, Failure> {
        Self::read(&self.credentials.path, &self.config.path)
    }

    /// The credentials file, by the path that was given.
    #[must_use]
    pub fn credentials_file(&self) -> &Path {
        &self.credentials.path
    }

    /// The config file, by the path that was given.
    #[must_use]
    pub fn config_file(&self) -> &Path {
        &self.config.path
    }

    /// A section of the config file, by its whole header, such as `services local`.
    #[must_use]
    pub fn config(&self, header: &str) -> Option<Section> {
        self.config.section(header)
    }

    /// Finds the source for the profile `asked`; `None` where there is no such profile.
    pub fn source(&self, asked: &str) -> Option<Source> {
        let back_to_asked = |name: &str| Source {
            name: name.to_owned(),
            asked: asked.to_owned(),
            session_profile: asked.to_owned(),
        };
        let long_term = format!("{asked}{LONG_TERM}");
        if self.has(&long_term) {
            return Some(back_to_asked(&long_term));
        }
        let section = self.credentials.section(asked);
        if let Some(name) = section.as_ref().and_then(session_profile::source) {
            return Some(back_to_asked(name));
        }
        self.has(asked).then(|| Source::unknown(asked))
    }

    /// Whether either file has the profile.
    fn has(&self, name: &str) -> bool {
        self.credentials.has(name) || config_names(name).iter().any(|name| self.config.has(name))
    }

    /// The failure for a profile that is nowhere.
    #[must_use]
    pub fn missing(&self, asked: &Sourced<String>) -> Failure {
        let (credentials, config) = (self.credentials.path.display(), self.config.path.display());
        let what = format!("there is no profile `{}` in {credentials} or {config}", asked.value);
        let what = match &asked.origin {
            Origin::Default => what,
            origin => format!("{origin}: {what}"),
        };
        let status = match asked.origin {
            Origin::Flag(_) => Status::Usage,
            _ => Status::Here,
        };
        let names = self.names();
        let source = asked.value.strip_suffix("-mfa").filter(|name| self.has(name));
        let failure = Failure::new(status, what);
        match source {
            Some(name) => failure.hint(format!("to get its session: --profile {name}")),
            None if names.is_empty() => failure.hint(
                "put the long-term keys there with `aws configure`, or into AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY",
            ),
            None => failure.hint(format!("name one of these with --profile: {}", names.join(", "))),
        }
    }

    /// The profiles that may hold keys, some of them if there are many.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in self.headers() {
            if !names.contains(&name) {
                names.push(name);
            }
            if names.len() == MOST_NAMES {
                names.push("…".into());
                break;
            }
        }
        names
    }

    /// A setting of the first of these profiles that has it; the credentials file goes before the
    /// config file, as in the AWS SDKs.
    #[must_use]
    pub fn setting(&self, profiles: &[String], key: &'static str) -> Option<Sourced<String>> {
        profiles.iter().find_map(|profile| self.value(profile, key))
    }

    fn value(&self, profile: &str, key: &'static str) -> Option<Sourced<String>> {
        let found = |file: &File, section: String| {
            let value = file.section(&section)?.value(key).filter(|v| !v.is_empty())?.to_owned();
            Some(Sourced { value, origin: Origin::Key { key, section, file: file.path.clone() } })
        };
        found(&self.credentials, profile.to_owned())
            .or_else(|| self.config_section(profile).and_then(|name| found(&self.config, name)))
    }

    /// The sections that are the profile: their names, and where they stand. The credentials file
    /// goes first.
    fn sections(&self, profile: &str) -> impl Iterator<Item = (Section, String, &File)> {
        let config = self.config_section(profile).map(|section| (&self.config, section));
        let both = [(&self.credentials, profile.to_owned())].into_iter().chain(config);
        both.filter_map(|(file, name)| Some((file.section(&name)?, name, file)))
    }

    /// The long-term key of the source, and where it stands.
    pub fn long_term_key(&self, source: &Source) -> Result<Sourced<AccessKey>, Failure> {
        for (properties, section, file) in self.sections(&source.name) {
            let place = format!("[{section}] of {}", file.path.display());
            match session_profile::keys(&properties) {
                Keys::None => {}
                Keys::LongTerm(value) => {
                    let origin =
                        Origin::Key { key: session_profile::ID, section, file: file.path.clone() };
                    return Ok(Sourced { value, origin });
                }
                Keys::Temporary => {
                    return Err(Failure::new(
                        Status::Here,
                        format!("the keys in {place} are temporary"),
                    )
                    .hint(
                        "a session is made from long-term keys: name their profile, --profile NAME",
                    ));
                }
                Keys::Half { there, missing } => {
                    return Err(Failure::new(
                        Status::Here,
                        format!("{place} has `{there}` but no `{missing}`"),
                    )
                    .hint(format!("add the line `{missing} = …` to it")));
                }
            }
        }
        Err(self.without_keys(source))
    }

    fn without_keys(&self, source: &Source) -> Failure {
        let name = &source.name;
        if !self.has(name) {
            return Failure::new(
                Status::Here,
                format!("[{}] is a session of the profile `{name}`, which is gone", source.asked),
            )
            .hint("name the profile with the long-term keys: --profile NAME");
        }
        let other = ["role_arn", "sso_session", "sso_start_url", "credential_process"];
        let other = other.into_iter().find(|key| self.value(name, key).is_some());
        let failure = Failure::new(
            Status::Here,
            match other {
                Some(key) => format!("the profile `{name}` has no long-term keys but `{key}`"),
                None => format!("the profile `{name}` has no long-term keys"),
            },
        );
        failure.hint("name the profile with the user's keys: --profile NAME")
    }

    /// The keys that an AWS SDK would use for a profile, with their token, and where they stand;
    /// those of `X-long-term` where `X` has none.
    pub fn any_key(&self, profile: &str) -> Result<Sourced<(AccessKey, Option<Secret>)>, Failure> {
        let has_keys = |section: &Section| !matches!(session_profile::keys(section), Keys::None);
        let own = self.sections(profile).find(|(section, ..)| has_keys(section));
        let long_term = format!("{profile}{LONG_TERM}");
        let source = match own {
            Some((properties, section, file)) => {
                if let Some((key, token)) = session_profile::temporary(&properties) {
                    let origin =
                        Origin::Key { key: session_profile::ID, section, file: file.path.clone() };
                    return Ok(Sourced { value: (key, Some(token)), origin });
                }
                profile
            }
            None if self.has(&long_term) => &long_term,
            None => profile,
        };
        Ok(self.long_term_key(&Source::unknown(source))?.map(|key| (key, None)))
    }

    /// The session that stands in a profile of the credentials file.
    #[must_use]
    pub fn session(&self, profile: &str) -> Option<Session> {
        session_profile::read(&self.credentials.section(profile)?)
    }

    /// Whether a profile of the credentials file holds temporary keys.
    #[must_use]
    pub fn holds_session(&self, profile: &str) -> bool {
        self.credentials.section(profile).as_ref().and_then(session_profile::temporary).is_some()
    }

    /// Whether a profile of the config file holds long-term keys, or half of them.
    #[must_use]
    pub fn config_holds_keys(&self, profile: &str) -> bool {
        let section = self.config_section(profile).and_then(|name| self.config.section(&name));
        let keys = section.as_ref().map(session_profile::keys);
        matches!(keys, Some(Keys::LongTerm(_) | Keys::Half { .. }))
    }

    /// The section of the config file that is the profile: `[profile default]` beats `[default]`.
    fn config_section(&self, profile: &str) -> Option<String> {
        config_names(profile).into_iter().find(|section| self.config.has(section))
    }
}

fn config_names(profile: &str) -> Vec<String> {
    let mut names = vec![format!("profile {profile}")];
    names.extend((profile == "default").then(|| profile.to_owned()));
    names
}

impl File {
    fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        if is_pipe(path) {
            return Err(
                Failure::new(Status::Here, format!("{shown} is a pipe, not a file")).hint(FILES)
            );
        }
        let document = match read_bounded(path) {
            Ok(bytes) => Some(session_profile::parse(path, bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                let what = anyhow::Error::new(error).context(format!("cannot read {shown}"));
                return Err(Failure::from(what).hint(FILES));
            }
        };
        Ok(Self { path: path.to_owned(), document })
    }

    fn has(&self, section: &str) -> bool {
        self.section(section).is_some()
    }

    fn section(&self, section: &str) -> Option<Section> {
        self.document.as_ref()?.section(section)
    }
}

/// The bytes of a file. A device such as `/dev/zero` has no end.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let file = fs::File::open(path)?;
    // A buffer that grows leaves its old self behind, unwiped: there is room for all of it.
    let length = file.metadata()?.len().min(LARGEST_FILE);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1);
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(io::Error::other("it is larger than 64 MiB"));
    }
    Ok(bytes)
}

/// In bytes: hundreds of thousands of profiles.
const LARGEST_FILE: u64 = 64 << 20;

/// To read from a pipe that nobody writes to would take for ever.
#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}

const FILES: &str = "make it a file that you can read, or name others: \
                     AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE";
const LONG_TERM: &str = "-long-term";
const MOST_NAMES: usize = 10;
