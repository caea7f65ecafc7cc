//! Every setting, resolved: a flag comes before the environment, the environment before the
//! profile, the profile before the default. The resolver records each value with its origin, and
//! `--dry-run` prints the record.

mod active_session;
mod code;
mod endpoint;
mod keys;
mod network;
mod output;
mod report;
mod role;
mod session;

use std::{cell::RefCell, process::ExitCode, rc::Rc, str::FromStr};

use crate::{
    context::Context,
    failure::Failure,
    flags::Flags,
    origin::{InvalidValue, Origin, Sourced},
    profiles::Profiles,
    settings::{CONFIG_FILE, CREDENTIALS_FILE, PROFILE, REGION, Setting},
    sts::Region,
};
pub(crate) use active_session::{ActiveSession, active_session, session_profile};
pub(crate) use endpoint::Aws;
pub(crate) use output::{format, guess_format};
pub(crate) use session::named_for;

use report::Record;

/// Looks settings up, and records what it finds.
#[derive(Clone)]
pub(crate) struct Resolver<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) profiles: &'a Profiles,
    /// The profiles whose keys apply; the first that has a key decides.
    scope: Vec<String>,
    record: Rc<RefCell<Record>>,
}

impl<'a> Resolver<'a> {
    /// A resolver for the profile that was requested.
    pub(crate) fn new(context: &'a Context<'a>) -> Result<Self, Failure> {
        let profiles = context.profiles()?;
        let resolver =
            Self { context, profiles, scope: Vec::new(), record: Rc::new(RefCell::default()) };
        let requested = resolver.requested_profile()?;
        resolver.record(&PROFILE, &requested.value, &requested.origin);
        for (setting, path) in [
            (&CREDENTIALS_FILE, profiles.credentials_file()),
            (&CONFIG_FILE, profiles.config_file()),
        ] {
            let configured = setting.in_environment(context.environment)?;
            let origin = configured.map_or(Origin::Default, |it| it.origin);
            resolver.record(setting, path.display(), &origin);
        }
        Ok(Self { scope: vec![requested.value], ..resolver })
    }

    /// The same resolver for the keys of other profiles.
    pub(crate) fn scoped(&self, scope: Vec<String>) -> Self {
        Self { scope, ..self.clone() }
    }

    pub(crate) fn flags(&self) -> &'a Flags {
        &self.context.flags
    }

    pub(crate) fn is_dry_run(&self) -> bool {
        self.flags().is_set("dry_run")
    }

    /// Prints the record, for `--dry-run`.
    pub(crate) fn report(&self) -> Result<ExitCode, Failure> {
        crate::output::print(&self.record.borrow().text(self.flags().is_set("json")))?;
        Ok(ExitCode::SUCCESS)
    }

    /// The configured value of a setting, `None` where its default applies. It is recorded.
    pub(crate) fn get(
        &self,
        setting: &'static Setting,
    ) -> Result<Option<Sourced<String>>, Failure> {
        let configured = self.find(setting)?;
        self.record_text(setting, configured.as_ref());
        Ok(configured)
    }

    /// The configured value, parsed.
    pub(crate) fn parse<T>(&self, setting: &'static Setting) -> Result<Option<Sourced<T>>, Failure>
    where
        T: FromStr,
        T::Err: Into<InvalidValue>,
    {
        self.get(setting)?.map(Sourced::parse).transpose()
    }

    /// The configured value, without a record.
    fn find(&self, setting: &'static Setting) -> Result<Option<Sourced<String>>, Failure> {
        match self.typed(setting) {
            Some(typed) => Ok(Some(typed)),
            None => self.find_besides_flag(setting),
        }
    }

    fn find_besides_flag(
        &self,
        setting: &'static Setting,
    ) -> Result<Option<Sourced<String>>, Failure> {
        if let Some(value) = setting.in_environment(self.context.environment)? {
            return Ok(Some(value));
        }
        Ok(self.in_profiles(setting))
    }

    /// The value on the command line; `true` for a switch.
    pub(crate) fn typed(&self, setting: &'static Setting) -> Option<Sourced<String>> {
        let id = setting.flag?;
        let switch = || self.flags().is_set(id).then_some("true");
        let value = self.flags().value(id).or_else(switch)?;
        Some(Sourced { value: value.to_owned(), origin: Origin::Flag(id) })
    }

    /// The value on the command line, parsed.
    pub(crate) fn flag<T>(&self, setting: &'static Setting) -> Result<Option<Sourced<T>>, Failure>
    where
        T: FromStr,
        T::Err: Into<InvalidValue>,
    {
        let typed = self.typed(setting);
        self.record_text(setting, typed.as_ref());
        typed.map(Sourced::parse).transpose()
    }

    /// The value in the first profile of the scope that has one.
    fn in_profiles(&self, setting: &Setting) -> Option<Sourced<String>> {
        setting.keys.iter().find_map(|key| self.profiles.setting(&self.scope, key))
    }

    fn in_environment(&self, setting: &Setting) -> Result<Option<Sourced<String>>, Failure> {
        setting.in_environment(self.context.environment)
    }

    /// Records what a setting comes to.
    pub(crate) fn record(
        &self,
        setting: &'static Setting,
        value: impl std::fmt::Display,
        origin: &Origin,
    ) {
        self.record.borrow_mut().set(setting, value.to_string(), origin);
    }

    /// Records a configured value as it is written, or the default.
    fn record_text(&self, setting: &'static Setting, configured: Option<&Sourced<String>>) {
        match configured {
            Some(Sourced { value, origin }) => self.record(setting, value, origin),
            None => self.record(setting, setting.default.replace('`', ""), &Origin::Default),
        }
    }

    /// Records where a value comes from that must not be shown.
    fn record_hidden(&self, setting: &'static Setting, configured: Option<&Sourced<String>>) {
        let hidden = configured.map(|it| it.clone().map(|_| "not shown".to_owned()));
        self.record_text(setting, hidden.as_ref());
    }

    /// The region, which must be in the partition of the device or the role.
    pub(crate) fn region(&self, partition: Option<&Partition>) -> Result<Sourced<Region>, Failure> {
        let Some(region) = self.parse::<Region>(&REGION)? else {
            let region = Region::home_of(partition.map(|partition| partition.name.as_str()));
            self.record(&REGION, &region, &Origin::Default);
            return Ok(Sourced::default(region));
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

/// A partition of AWS, such as `aws-cn`.
pub(crate) struct Partition {
    pub(crate) name: String,
    /// What it is the partition of, for messages: "MFA device" or "role".
    pub(crate) of: &'static str,
}
