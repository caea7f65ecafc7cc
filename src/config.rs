//! Every setting, resolved: the flag goes before the environment, that before the profile, that
//! before the default. In [`Settings`] no field means "look elsewhere".

mod code;
mod endpoint;
mod federation;
mod inquiry;
mod kept;
mod key;
mod mfa;
mod network;
mod output;
mod proof;
mod report;
mod role;
mod table;

use std::path::PathBuf;

use crate::{
    cli::{Cli, Command},
    environment::Environment,
    failure::{Failure, InvalidValue},
    inquiry::{Form, Inquiry},
    origin::{Origin, Sourced},
    output::OutputMode,
    profiles::Profiles,
    session::SessionRequest,
    sts::{Network, Region},
};

pub use endpoint::Endpoints;
pub use kept::{chosen, session_profile};
pub use output::format;
pub use table::{SETTINGS, Setting};

use network::PlainHttp;
use table::{CONFIG_FILE, CREDENTIALS_FILE, PROFILE, REGION};

/// What this run is to do, with what.
pub struct Settings {
    /// What is to be done.
    pub task: Task,
    /// Where STS and IAM are.
    pub endpoints: Endpoints,
    /// How they are reached.
    pub network: Network,
    /// All settings and where they were said, if nothing is to be done but to show them.
    pub report: Option<String>,
}

/// What is to be done.
pub enum Task {
    /// To ask STS something.
    Inquire(Inquiry),
    /// To bring a session somewhere.
    Deliver(Box<SessionRequest>),
}

impl Task {
    fn deliver(job: SessionRequest) -> Self {
        Self::Deliver(Box::new(job))
    }
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
        let asked = key::asked(cli, environment)?;
        let plain_http = if cli.common.allow_http { PlainHttp::Anywhere } else { PlainHttp::Here };
        let places = vec![asked.value.clone()];
        let output = output::output(cli, environment)?;
        let mut look = Resolver { cli, environment, profiles, places, plain_http, output };
        let (task, partition) = match &cli.command {
            None | Some(Command::Exec(_)) => look.mfa_or_roles()?,
            Some(Command::Federate(federate)) => look.federation(federate)?,
            Some(Command::WebIdentity(web_identity)) => look.web_identity(web_identity, &asked)?,
            Some(Command::Saml(saml)) => look.saml(saml, &asked)?,
            Some(_) => look.inquiry()?,
        };
        let region = look.region(partition.as_ref())?;
        let mut settings = Self {
            task,
            endpoints: look.endpoints(region)?,
            network: look.network()?,
            report: None,
        };
        if let Task::Deliver(job) = &mut settings.task {
            let region = &settings.endpoints.region;
            job.place.appendix = output::appendix(output, environment)?;
            job.place.region = (region.origin != Origin::Default).then(|| region.value.to_string());
        }
        if cli.common.dry_run {
            let form = if cli.common.json { Form::Json } else { Form::Text };
            settings.report = Some(report::report(&look.rows(&settings)?, form));
        }
        Ok(settings)
    }
}

/// A partition of AWS, such as `aws-cn`, and what it is the partition of.
struct Partition {
    name: String,
    of: &'static str,
}

/// Where settings are looked for.
struct Resolver<'a> {
    cli: &'a Cli,
    environment: &'a Environment,
    profiles: &'a Profiles,
    /// The profiles whose keys count, the first that has one.
    places: Vec<String>,
    plain_http: PlainHttp,
    output: OutputMode,
}

impl Resolver<'_> {
    /// What was said about a setting, and where.
    fn said(&self, setting: &'static Setting) -> Result<Option<Sourced<String>>, Failure> {
        match self.typed(setting) {
            Some(typed) => Ok(Some(typed)),
            None => self.said_elsewhere(setting),
        }
    }

    /// What was said on the command line.
    fn typed(&self, setting: &'static Setting) -> Option<Sourced<String>> {
        Some(Sourced::typed(setting.flag, self.cli.typed(setting.flag)?.to_owned()))
    }

    /// What was said in the environment, or in a profile.
    fn said_elsewhere(
        &self,
        setting: &'static Setting,
    ) -> Result<Option<Sourced<String>>, Failure> {
        if let Some(said) = variable(setting, self.environment)? {
            return Ok(Some(said));
        }
        Ok(in_profiles(setting, self.profiles, &self.places))
    }

    fn parse<T: std::str::FromStr<Err = InvalidValue>>(
        &self,
        setting: &'static Setting,
    ) -> Result<Option<Sourced<T>>, Failure> {
        self.said(setting)?.map(Sourced::parse).transpose()
    }

    fn region(&self, partition: Option<&Partition>) -> Result<Sourced<Region>, Failure> {
        let Some(region) = self.parse::<Region>(&REGION)? else {
            let name = partition.map(|partition| partition.name.as_str());
            return Ok(Sourced::default(Region::home_of(name)));
        };
        match partition {
            Some(Partition { name, of }) if name != region.value.partition_name() => {
                let problem = format!(
                    "the region {} is in partition {}, the {of} in {name}",
                    region.value,
                    region.value.partition_name()
                );
                let hint = "name a region of that partition: --region NAME";
                Err(region.origin.invalid(InvalidValue::new(problem, hint)))
            }
            _ => Ok(region),
        }
    }
}

/// What the first of these profiles says about a setting that says anything.
fn in_profiles(
    setting: &Setting,
    profiles: &Profiles,
    places: &[String],
) -> Option<Sourced<String>> {
    setting.keys.iter().find_map(|key| profiles.setting(places, key))
}

/// What the environment says about a setting.
fn variable(
    setting: &Setting,
    environment: &Environment,
) -> Result<Option<Sourced<String>>, Failure> {
    for name in setting.variables {
        if let Some(value) = environment.variable(name)? {
            return Ok(Some(Sourced { value, origin: Origin::Variable(name) }));
        }
    }
    Ok(None)
}
