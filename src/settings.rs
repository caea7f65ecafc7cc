//! Every setting, resolved: the flag goes before the environment, that before the profile, that
//! before the default. In [`Settings`] no field means "look elsewhere".

mod endpoint;
mod key;
mod network;
mod report;
mod table;

use std::path::{Path, PathBuf};

use crate::{
    cli::Cli,
    code,
    credentials::{AccessKey, Session},
    device::Serial,
    environment::{self, Environment},
    failure::{Failure, Unfit},
    ini::SectionName,
    origin::{Given, Origin},
    profile::{Profiles, Source},
    secret::Secret,
    session::{Lifetime, MinRemaining, is_good},
    sink::{Output, Place},
    sts::{Network, Region},
};

pub use endpoint::Endpoints;
pub use table::{SETTINGS, Setting};

use key::source_and_key;
use network::PlainHttp;
use report::Form;
use table::{
    CODE, CONFIG_FILE, CREDENTIALS_FILE, DURATION, MIN_REMAINING, NO_PROMPT, PROFILE, REGION,
    SERIAL, SESSION_PROFILE,
};

/// What this run is to do, with what.
pub struct Settings {
    /// The profile that the long-term key belongs to, and the one asked for.
    pub source: Source,
    /// The long-term key.
    pub key: Given<AccessKey>,
    /// The MFA device; `None` where IAM is to be asked.
    pub serial: Option<Given<Serial>>,
    /// Where the code comes from.
    pub code: code::Origins,
    /// How long the session is to last.
    pub lifetime: Given<Lifetime>,
    /// Which session may be reused.
    pub reuse: Reuse,
    /// Where STS and IAM are.
    pub endpoints: Endpoints,
    /// How they are reached.
    pub network: Network,
    /// Where the session goes.
    pub place: Place,
    /// All of this and where it was said, if nothing is to be done but to show it.
    pub report: Option<String>,
}

/// Whether a session that is there already will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// If that much of it is left.
    While(MinRemaining),
    /// Never: a new one was asked for.
    Never,
}

/// Where the two AWS files are.
pub fn files(environment: &Environment) -> Result<(PathBuf, PathBuf), Failure> {
    let path = |setting: &Setting, default: &str| {
        let said = variable(setting, environment)?;
        environment.path(said.as_ref().map_or(default, |said| said.value.as_str()))
    };
    Ok((path(&CREDENTIALS_FILE, "~/.aws/credentials")?, path(&CONFIG_FILE, "~/.aws/config")?))
}

impl Settings {
    /// Looks everything up, and refuses what does not fit.
    pub fn resolve(
        cli: &Cli,
        environment: &Environment,
        profiles: &Profiles,
    ) -> Result<Self, Failure> {
        let (source, key) = source_and_key(cli, environment, profiles)?;
        let plain_http = if cli.allow_http { PlainHttp::Anywhere } else { PlainHttp::Here };
        let look = Lookup { cli, environment, profiles, source: &source, plain_http };
        let serial = look.parse::<Serial>(&SERIAL)?;
        let region = look.region(serial.as_ref())?;
        let lifetime = look.parse(&DURATION)?.unwrap_or(Given::default(Lifetime::DEFAULT));
        let settings = Self {
            place: Place {
                output: match (cli.export, cli.write) {
                    (false, _) => Output::File,
                    (true, false) => Output::Exports,
                    (true, true) => Output::Both,
                },
                file: profiles.credentials_file().to_owned(),
                profile: look.session_profile(&key)?,
                source: source.name.clone(),
                region: (region.origin != Origin::Default).then(|| region.value.to_string()),
                rescue: environment.rescue_directories().to_vec(),
            },
            code: look.code()?,
            reuse: look.reuse(lifetime.value)?,
            lifetime,
            endpoints: look.endpoints(region)?,
            network: look.network()?,
            serial,
            key,
            source: source.clone(),
            report: None,
        };
        let form = if cli.json { Form::Json } else { Form::Table };
        let report = cli.dry_run.then(|| look.rows(&settings)).transpose()?;
        Ok(Self { report: report.map(|rows| report::report(&rows, form)), ..settings })
    }

    /// The session in the session profile, if it will do.
    #[must_use]
    pub fn reusable(&self, profiles: &Profiles) -> Option<Session> {
        let Reuse::While(min_remaining) = self.reuse else { return None };
        let session = profiles.session(self.place.profile.as_str())?;
        let serial = self.serial.as_ref().map(|serial| &serial.value);
        let now = environment::now();
        is_good(&session, &self.key.value, serial, min_remaining, now).then_some(session)
    }
}

/// Where settings are looked for.
struct Lookup<'a> {
    cli: &'a Cli,
    environment: &'a Environment,
    profiles: &'a Profiles,
    source: &'a Source,
    plain_http: PlainHttp,
}

impl Lookup<'_> {
    /// What was said about a setting, and where.
    fn said(&self, setting: &'static Setting) -> Result<Option<Given<String>>, Failure> {
        if let Some(typed) = self.typed(setting) {
            return Ok(Some(typed));
        }
        if let Some(said) = variable(setting, self.environment)? {
            return Ok(Some(said));
        }
        Ok(setting.keys.iter().find_map(|key| self.profiles.setting(self.source, key)))
    }

    /// What was said on the command line.
    fn typed(&self, setting: &'static Setting) -> Option<Given<String>> {
        let value = self.cli.typed(setting.flag)?.to_owned();
        Some(Given { value, origin: Origin::Flag(setting.flag) })
    }

    fn parse<T: std::str::FromStr<Err = Unfit>>(
        &self,
        setting: &'static Setting,
    ) -> Result<Option<Given<T>>, Failure> {
        self.said(setting)?.map(Given::parse).transpose()
    }

    fn session_profile(&self, key: &Given<AccessKey>) -> Result<SectionName, Failure> {
        let said = self.said(&SESSION_PROFILE)?;
        let said = said.unwrap_or_else(|| Given::default(self.source.session_profile.clone()));
        // The credentials file goes before the config file: the session would hide the keys.
        let in_config = |file: &Path| file == self.profiles.config_file();
        if said.value == self.source.name
            && matches!(&key.origin, Origin::Key { file, .. } if in_config(file))
        {
            let problem = format!("a session in [{}] would hide the long-term keys", said.value);
            return Err(said.origin.refuse(Unfit::new(problem, "name another one: --to NAME")));
        }
        SectionName::parse(&said.value).map_err(|why| {
            let problem = format!("the session profile `{}` {why}", said.value);
            said.origin.refuse(Unfit::new(problem, "name another one: --to NAME"))
        })
    }

    fn region(&self, serial: Option<&Given<Serial>>) -> Result<Given<Region>, Failure> {
        let partition = serial.and_then(|serial| serial.value.partition());
        let Some(region) = self.parse::<Region>(&REGION)? else {
            return Ok(Given::default(Region::home_of(partition)));
        };
        match (partition, region.value.partition_name()) {
            (Some(device), region_) if device != region_ => {
                let problem = format!(
                    "the region {} is in partition {region_}, the MFA device in {device}",
                    region.value
                );
                let hint = "name a region of the device's partition: --region NAME";
                Err(region.origin.refuse(Unfit::new(problem, hint)))
            }
            _ => Ok(region),
        }
    }

    fn reuse(&self, lifetime: Lifetime) -> Result<Reuse, Failure> {
        let said = self.parse::<MinRemaining>(&MIN_REMAINING)?;
        match said {
            _ if self.cli.force => Ok(Reuse::Never),
            None => Ok(Reuse::While(MinRemaining::DEFAULT)),
            Some(said) if said.value.is_more_than(lifetime) => {
                let problem = "this is more than a session lasts: none would be reused";
                let hint = "give less than the duration, or --force to get a new session each time";
                Err(said.origin.refuse(Unfit::new(problem, hint)))
            }
            Some(said) => Ok(Reuse::While(said.value)),
        }
    }

    fn code(&self) -> Result<code::Origins, Failure> {
        let forbidden = variable(&NO_PROMPT, self.environment)?;
        let forbidden = forbidden.map(Given::parse::<Switch>).transpose()?;
        match &self.cli.code {
            Some(code) if code.expose() == "-" => return Ok(code::Origins::Stdin),
            Some(code) => return given_code(code, &Origin::Flag(CODE.flag)),
            None => {}
        }
        if let Some(said) = variable(&CODE, self.environment)? {
            return given_code(&Secret::new(said.value), &said.origin);
        }
        if self.cli.no_prompt {
            return Ok(code::Origins::Nowhere(Origin::Flag(NO_PROMPT.flag)));
        }
        match forbidden {
            Some(Given { value: Switch::On, origin }) => Ok(code::Origins::Nowhere(origin)),
            _ => Ok(code::Origins::Terminal(self.terminal()?)),
        }
    }

    fn terminal(&self) -> Result<code::Kind, Failure> {
        Ok(match self.environment.variable("TERM")?.as_deref() {
            None | Some("dumb") => code::Kind::Dumb,
            Some(_) => code::Kind::Ansi,
        })
    }
}

fn given_code(code: &Secret, origin: &Origin) -> Result<code::Origins, Failure> {
    match code.expose().parse() {
        Ok(code) => Ok(code::Origins::Given(code)),
        Err(unfit) => Err(origin.refuse(unfit)),
    }
}

/// A variable that says yes or no.
enum Switch {
    On,
    Off,
}

impl std::str::FromStr for Switch {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(Self::On),
            "0" | "false" | "no" | "off" => Ok(Self::Off),
            _ => Err(Unfit::new(format!("`{text}` is neither yes nor no"), "set it to 1 or 0")),
        }
    }
}

/// What the environment says about a setting.
fn variable(
    setting: &Setting,
    environment: &Environment,
) -> Result<Option<Given<String>>, Failure> {
    for name in setting.variables {
        if let Some(value) = environment.variable(name)? {
            return Ok(Some(Given { value, origin: Origin::Variable(name) }));
        }
    }
    Ok(None)
}
