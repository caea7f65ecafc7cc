//! Resolves every setting: first the flag, then the environment, the profile and the default.
//!
//! With `--dry-run`, the resolver records each value with its origin, and prints the record.

mod active_session;
mod code;
mod console;
mod endpoint;
mod keys;
mod network;
mod output;
mod output_context;
mod report;
mod role;
mod screen;
mod session;
mod session_profile;

use std::{
    cell::{Cell, RefCell},
    fmt::Display,
    ops::RangeInclusive,
    process::ExitCode,
    rc::Rc,
    str::FromStr,
};

use crate::{
    context::Context,
    failure::Failure,
    flags::Flags,
    lifetime::seconds_within,
    message,
    origin::{InvalidValue, Origin, Sourced},
    profiles::{Profiles, Scope},
    settings::{CONFIG_FILE, CREDENTIALS_FILE, DURATION, PROFILE, REGION, Setting},
    sts::Region,
};
pub(crate) use active_session::{ActiveSession, active_session};
pub(crate) use console::ConsoleSession;
pub(crate) use endpoint::Aws;
pub(crate) use keys::{requested_profile, session_of_environment};
pub(crate) use output::{format, guess_format};
pub(crate) use screen::{Screen, shows_progress};
pub(crate) use session_profile::{named_for, session_profile};

use report::Record;

/// Resolves settings and records them.
pub(crate) struct Resolver<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) profiles: &'a Profiles,
    scope: Scope<'a>,
    record: Rc<RefCell<Record>>,
    /// Whether the session in the environment is used: then the region that was exported with it
    /// applies, too.
    uses_exported_session: Rc<Cell<bool>>,
}

impl<'a> Resolver<'a> {
    /// A resolver for the requested profile.
    pub(crate) fn new(context: &'a Context<'a>) -> Result<Self, Failure> {
        let profiles = context.profiles()?;
        let resolver = Self {
            context,
            profiles,
            scope: profiles.scope(Vec::new()),
            record: Rc::default(),
            uses_exported_session: Rc::default(),
        };
        let requested = resolver.requested_profile()?;
        if profiles.has(&requested.value)
            && let Some(what) = profiles.ignored_header(&requested.value)
        {
            message::warn(format_args!("ignoring settings of `{}`: {what}", requested.value));
        }
        resolver.record(&PROFILE, &requested.value, &requested.origin);
        for (setting, path) in [
            (&CREDENTIALS_FILE, profiles.credentials_file()),
            (&CONFIG_FILE, profiles.config_file()),
        ] {
            let configured = setting.in_environment(context.environment)?;
            let origin = configured.map_or(Origin::Default, |it| it.origin);
            resolver.record(setting, path.display(), &origin);
        }
        Ok(Self { scope: profiles.scope(vec![requested.value]), ..resolver })
    }

    /// A resolver with the same record for the keys of other profiles.
    pub(crate) fn scoped(&self, profiles: Vec<String>) -> Self {
        let scope = self.profiles.scope(profiles);
        let (record, uses_exported_session) =
            (Rc::clone(&self.record), Rc::clone(&self.uses_exported_session));
        Self { scope, record, uses_exported_session, ..*self }
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

    /// Records and returns the configured value of a setting; `None` for its default.
    pub(crate) fn get(
        &self,
        setting: &'static Setting,
    ) -> Result<Option<Sourced<String>>, Failure> {
        let configured = self.find(setting)?;
        self.record_configured(setting, configured.as_ref());
        Ok(configured)
    }

    /// Records, parses and returns the configured value of a setting; `None` for its default.
    pub(crate) fn parse<T>(&self, setting: &'static Setting) -> Result<Option<Sourced<T>>, Failure>
    where
        T: FromStr,
        T::Err: Into<InvalidValue>,
    {
        self.get(setting)?.map(Sourced::parse).transpose()
    }

    /// The configured value, without a record.
    fn find(&self, setting: &'static Setting) -> Result<Option<Sourced<String>>, Failure> {
        self.in_flags(setting).map_or_else(|| self.find_besides_flag(setting), |it| Ok(Some(it)))
    }

    fn find_besides_flag(
        &self,
        setting: &'static Setting,
    ) -> Result<Option<Sourced<String>>, Failure> {
        Ok(self.in_environment(setting)?.or_else(|| self.in_profiles(setting)))
    }

    /// The value on the command line; `true` for a switch.
    pub(crate) fn in_flags(&self, setting: &'static Setting) -> Option<Sourced<String>> {
        let id = setting.flag?;
        let switch = || self.flags().is_set(id).then_some("true");
        let value = self.flags().value(id).or_else(switch)?;
        Some(Sourced { value: value.to_owned(), origin: Origin::Flag(id) })
    }

    /// Records, parses and returns the value on the command line.
    pub(crate) fn flag<T>(&self, setting: &'static Setting) -> Result<Option<Sourced<T>>, Failure>
    where
        T: FromStr,
        T::Err: Into<InvalidValue>,
    {
        let typed = self.in_flags(setting);
        self.record_configured(setting, typed.as_ref());
        typed.map(Sourced::parse).transpose()
    }

    /// The values of a flag that may be repeated, parsed.
    pub(crate) fn flag_values<T>(&self, id: &'static str) -> Result<Vec<T>, Failure>
    where
        T: FromStr,
        T::Err: Into<InvalidValue>,
    {
        let typed = self.flags().values(id).into_iter();
        let typed =
            typed.map(|value| Sourced { value: value.to_owned(), origin: Origin::Flag(id) });
        typed.map(|typed| typed.parse().map(|parsed| parsed.value)).collect()
    }

    /// The seconds of `--duration` for a command with limits of its own. The environment and the
    /// profiles do not apply. `what` is as for [`seconds_within`].
    pub(crate) fn duration_flag(
        &self,
        limits: RangeInclusive<u32>,
        default: u32,
        what: &str,
    ) -> Result<u32, Failure> {
        let Some(Sourced { value, origin }) = self.in_flags(&DURATION) else {
            self.record(&DURATION, format_args!("{default}s"), &Origin::Default);
            return Ok(default);
        };
        let seconds = seconds_within(limits, &value, what);
        let seconds = seconds.map_err(|invalid| origin.invalid(invalid))?;
        self.record(&DURATION, format_args!("{seconds}s"), &origin);
        Ok(seconds)
    }

    /// The value in the profiles of the scope.
    fn in_profiles(&self, setting: &Setting) -> Option<Sourced<String>> {
        setting.keys.iter().find_map(|key| self.scope.value(key))
    }

    fn in_environment(&self, setting: &Setting) -> Result<Option<Sourced<String>>, Failure> {
        if self.uses_exported_session.get() {
            return setting.in_environment_or_exported(self.context.environment);
        }
        setting.in_environment(self.context.environment)
    }

    /// Records the value of a setting, for `--dry-run`.
    pub(crate) fn record(&self, setting: &'static Setting, value: impl Display, origin: &Origin) {
        if self.is_dry_run() {
            self.record.borrow_mut().set(setting, value.to_string(), origin);
        }
    }

    /// Records a configured value, or the default.
    fn record_configured(
        &self,
        setting: &'static Setting,
        configured: Option<&Sourced<impl Display>>,
    ) {
        match configured {
            Some(Sourced { value, origin }) => self.record(setting, value, origin),
            None => self.record(setting, setting.default.replace('`', ""), &Origin::Default),
        }
    }

    /// Records the origin of a value that must not be shown.
    fn record_hidden(&self, setting: &'static Setting, configured: Option<&Sourced<String>>) {
        let hidden = configured.map(|it| it.map_ref(|_| "not shown"));
        self.record_configured(setting, hidden.as_ref());
    }

    /// The region. Fails if it is not in the partition of the device or the role.
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
                let hint = format!("name a region of partition {name}: --region NAME");
                Err(region.origin.invalid(InvalidValue::new(problem, hint)))
            }
            _ => Ok(region),
        }
    }
}

/// A partition of AWS, such as `aws-cn`.
pub(crate) struct Partition {
    pub(crate) name: String,
    /// For messages, "MFA device" or "role".
    pub(crate) of: &'static str,
}
