//! Every setting, resolved: the flag goes before the environment, that before the profile, that
//! before the default. In [`Settings`] no field means "look elsewhere".

mod endpoint;
mod network;

use std::path::PathBuf;

use crate::{
    cli::Cli,
    code,
    credentials::{AccessKey, Session},
    device::Serial,
    environment::{self, Environment},
    failure::{Failure, Status, Unfit},
    ini::SectionName,
    message,
    origin::{Given, Origin},
    profile::{Profiles, Source},
    secret::Secret,
    session::{Lifetime, MinRemaining, is_good},
    sink::{Output, Place},
    sts::{Network, Region},
};

pub use endpoint::Endpoints;
use endpoint::{
    DUAL_STACK, FIPS, IAM_ENDPOINT, IGNORE_ENDPOINTS, REGIONAL_ENDPOINTS, STS_ENDPOINT,
};
use network::{ALLOW_HTTP, CA_BUNDLE, HTTP_PROXY, HTTPS_PROXY, MAX_ATTEMPTS, NO_PROXY, PlainHttp};

/// Where a setting may be said, in the order of precedence; for the code as for the manual.
#[derive(Debug)]
pub struct Setting {
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
pub const SETTINGS: [&Setting; 22] = [
    &PROFILE,
    &SESSION_PROFILE,
    &SERIAL,
    &CODE,
    &DURATION,
    &MIN_REMAINING,
    &NO_PROMPT,
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

const PROFILE: Setting = Setting {
    name: "profile",
    flag: "--profile",
    variables: &["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "MFA_SESSION_SOURCE"],
    keys: &[],
    default: "`default`",
};
const SESSION_PROFILE: Setting = Setting {
    name: "session profile",
    flag: "--to",
    variables: &["MFA_SESSION_TO"],
    keys: &["mfa_session_to"],
    default: "`X` for the keys of `X-long-term`, else `X-mfa`",
};
const SERIAL: Setting = Setting {
    name: "MFA device",
    flag: "--serial",
    variables: &["MFA_SESSION_SERIAL", "AWS_MFA_SERIAL"],
    keys: &["mfa_serial", "aws_mfa_device"],
    default: "asked of IAM",
};
const CODE: Setting = Setting {
    name: "MFA code",
    flag: "--code",
    variables: &["MFA_SESSION_CODE"],
    keys: &[],
    default: "asked on the terminal",
};
const DURATION: Setting = Setting {
    name: "duration",
    flag: "--duration",
    variables: &["MFA_SESSION_DURATION"],
    keys: &["mfa_session_duration"],
    default: "12h",
};
const MIN_REMAINING: Setting = Setting {
    name: "reuse while this is left",
    flag: "--min-remaining",
    variables: &["MFA_SESSION_MIN_REMAINING"],
    keys: &["mfa_session_min_remaining"],
    default: "5m",
};
const NO_PROMPT: Setting = Setting {
    name: "never ask",
    flag: "--no-prompt",
    variables: &["MFA_SESSION_NO_PROMPT"],
    keys: &[],
    default: "ask where there is a terminal",
};
const REGION: Setting = Setting {
    name: "region",
    flag: "--region",
    variables: &["AWS_REGION", "AWS_DEFAULT_REGION"],
    keys: &["region"],
    default: "the home region of the device's partition, `us-east-1` for `aws`",
};
const CREDENTIALS_FILE: Setting = Setting {
    name: "credentials file",
    flag: "",
    variables: &["AWS_SHARED_CREDENTIALS_FILE"],
    keys: &[],
    default: "`~/.aws/credentials`",
};
const CONFIG_FILE: Setting = Setting {
    name: "config file",
    flag: "",
    variables: &["AWS_CONFIG_FILE"],
    keys: &[],
    default: "`~/.aws/config`",
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
        cli: Cli,
        environment: &Environment,
        profiles: &Profiles,
    ) -> Result<Self, Failure> {
        let (source, key) = source_and_key(&cli, environment, profiles)?;
        let plain_http = if cli.allow_http { PlainHttp::Anywhere } else { PlainHttp::Here };
        let look = Lookup { environment, profiles, source: &source, plain_http };
        let serial = look.parse::<Serial>(&SERIAL, cli.serial)?;
        let region = look.region(cli.region, serial.as_ref())?;
        Ok(Self {
            place: Place {
                output: match (cli.export, cli.write) {
                    (false, _) => Output::File,
                    (true, false) => Output::Exports,
                    (true, true) => Output::Both,
                },
                file: profiles.credentials_file().to_owned(),
                profile: look.session_profile(cli.to)?,
                source: source.name.clone(),
                region: (region.origin != Origin::Default).then(|| region.value.to_string()),
                rescue: environment.rescue_directories().to_vec(),
            },
            code: look.code(cli.code, cli.no_prompt)?,
            lifetime: look
                .parse(&DURATION, cli.duration)?
                .unwrap_or(Given::default(Lifetime::DEFAULT)),
            reuse: match look.parse(&MIN_REMAINING, cli.min_remaining)? {
                _ if cli.force => Reuse::Never,
                said => Reuse::While(said.map_or(MinRemaining::DEFAULT, |said| said.value)),
            },
            endpoints: look.endpoints(cli.endpoint_url.as_deref(), region)?,
            network: look.network(cli.ca_bundle)?,
            serial,
            key,
            source,
        })
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
    environment: &'a Environment,
    profiles: &'a Profiles,
    source: &'a Source,
    plain_http: PlainHttp,
}

impl Lookup<'_> {
    /// What was said about a setting, and where.
    fn said(
        &self,
        setting: &'static Setting,
        flag: Option<String>,
    ) -> Result<Option<Given<String>>, Failure> {
        if let Some(value) = flag {
            return Ok(Some(Given { value, origin: Origin::Flag(setting.flag) }));
        }
        if let Some(said) = variable(setting, self.environment)? {
            return Ok(Some(said));
        }
        Ok(setting.keys.iter().find_map(|key| self.profiles.setting(self.source, key)))
    }

    fn parse<T: std::str::FromStr<Err = Unfit>>(
        &self,
        setting: &'static Setting,
        flag: Option<String>,
    ) -> Result<Option<Given<T>>, Failure> {
        self.said(setting, flag)?.map(Given::parse).transpose()
    }

    fn session_profile(&self, flag: Option<String>) -> Result<SectionName, Failure> {
        let said = self.said(&SESSION_PROFILE, flag)?;
        let said = said.unwrap_or_else(|| Given::default(self.source.session_profile.clone()));
        SectionName::parse(&said.value).map_err(|why| {
            let problem = format!("the session profile `{}` {why}", said.value);
            said.origin.refuse(Unfit::new(problem, "name another one: --to NAME"))
        })
    }

    fn region(
        &self,
        flag: Option<String>,
        serial: Option<&Given<Serial>>,
    ) -> Result<Given<Region>, Failure> {
        let partition = serial.and_then(|serial| serial.value.partition());
        let Some(region) = self.parse::<Region>(&REGION, flag)? else {
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

    fn code(&self, flag: Option<Secret>, no_prompt: bool) -> Result<code::Origins, Failure> {
        match flag {
            Some(code) if code.expose() == "-" => return Ok(code::Origins::Stdin),
            Some(code) => return given_code(&code, &Origin::Flag(CODE.flag)),
            None => {}
        }
        if let Some(said) = variable(&CODE, self.environment)? {
            return given_code(&Secret::new(said.value), &said.origin);
        }
        if no_prompt {
            return Ok(code::Origins::Nowhere(Origin::Flag(NO_PROMPT.flag)));
        }
        let forbidden = variable(&NO_PROMPT, self.environment)?;
        match forbidden.map(Given::parse::<Switch>).transpose()? {
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

/// The profile, and the long-term key: that of the environment unless a profile is named by flag,
/// else that of the profile.
fn source_and_key(
    cli: &Cli,
    environment: &Environment,
    profiles: &Profiles,
) -> Result<(Source, Given<AccessKey>), Failure> {
    let asked = match &cli.profile {
        Some(name) => Given { value: name.clone(), origin: Origin::Flag(PROFILE.flag) },
        None => {
            variable(&PROFILE, environment)?.unwrap_or_else(|| Given::default("default".to_owned()))
        }
    };
    let source = profiles.source(&asked.value);
    if cli.profile.is_none()
        && let Some(key) = key_of_environment(environment, &asked.value)?
    {
        return Ok((source.unwrap_or_else(|| Source::unknown(&asked.value)), key));
    }
    let source = source.ok_or_else(|| profiles.missing(&asked))?;
    let key = profiles.long_term_key(&source)?;
    Ok((source, key))
}

fn key_of_environment(
    environment: &Environment,
    profile: &str,
) -> Result<Option<Given<AccessKey>>, Failure> {
    let half = |there: &str, missing: &str| {
        Failure::new(Status::Here, format!("{there} is set, but {missing} is not"))
            .hint(format!("set both or none, or name a profile: --profile {profile}"))
    };
    let id = environment.variable(ID)?;
    let secret = environment.variable(SECRET)?.map(Secret::new);
    let tokens = [environment.variable(TOKEN)?, environment.variable("AWS_SECURITY_TOKEN")?];
    match (id, secret) {
        (None, None) => Ok(None),
        _ if tokens.iter().any(Option::is_some) => {
            message::tell(format_args!(
                "the keys in the environment are a session; looking at the profile `{profile}`"
            ));
            Ok(None)
        }
        (Some(_), None) => Err(half(ID, SECRET)),
        (None, Some(_)) => Err(half(SECRET, ID)),
        (Some(id), Some(_)) if id.starts_with("ASIA") => Err(Failure::new(
            Status::Here,
            format!("{ID} is a temporary key, but {TOKEN} is not set"),
        )
        .hint("set long-term keys, or name a profile that has them: --profile NAME")),
        (Some(id), Some(secret)) => {
            Ok(Some(Given { value: AccessKey { id, secret }, origin: Origin::Variable(ID) }))
        }
    }
}

const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";
