//! The output mode: `--write`, `--format` and `--export`, and the shell that reads the exports.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use super::{Resolver, code::Switch};
use crate::{
    aws_files::SectionName,
    environment::Environment,
    failure::{Failure, Status},
    flags::Flags,
    origin::{Origin, Sourced},
    output::{Format, Keep, OutputMode, POSIX},
    role::Role,
    settings::WRITE,
    system::process::parents,
};

impl Resolver<'_> {
    pub(crate) fn output_mode(&self) -> Result<OutputMode, Failure> {
        let format = format(&self.context.flags, self.context.environment)?;
        Ok(format.map_or(OutputMode::Profile, OutputMode::Printed))
    }

    /// Whether to keep the session in the session profile; `by_default` if no setting decides.
    pub(crate) fn keep(&self, mode: OutputMode, by_default: bool) -> Result<Keep, Failure> {
        let no_write = self.flags().is_set("no_write");
        let configured = if no_write {
            Some(Sourced { value: "false".to_owned(), origin: Origin::Flag("no_write") })
        } else {
            self.find(&WRITE)?
        };
        let switch = configured.clone().map(Sourced::parse::<Switch>).transpose()?;
        let keep = match (mode, switch.map(|it| it.value)) {
            (OutputMode::Profile, _) | (_, Some(Switch(true))) => Keep::Required,
            (_, Some(Switch(false))) => Keep::No,
            (_, None) if !by_default => Keep::No,
            (_, None) if self.flags().is_given("to") => Keep::Required,
            (_, None) => Keep::BestEffort,
        };
        let default = || Sourced::default((keep != Keep::No).to_string());
        self.record_configured(&WRITE, Some(&configured.unwrap_or_else(default)));
        Ok(keep)
    }

    /// Whether to keep the session of the last role. By default, a session that is never reused is
    /// not kept: it would replace a session that can be reused.
    pub(super) fn keep_of_role(&self, roles: &[Role], keep: Keep) -> Keep {
        if keep == Keep::BestEffort && roles.iter().any(Role::is_restricted) {
            self.record(&WRITE, false, &Origin::Default);
            return Keep::No;
        }
        keep
    }
}

/// The format of `--format` or `--export`.
pub(crate) fn format(
    flags: &Flags,
    environment: &Environment,
) -> Result<Option<&'static Format>, Failure> {
    let named = flags.format();
    if !flags.is_given("export") {
        return Ok(named);
    }
    let exported = match flags.value("export") {
        Some(shell) => Format::of_shell(shell).unwrap_or(&POSIX),
        None => format_for_parent(environment)?,
    };
    match named {
        Some(named) if named.name != exported.name => {
            let what = format!("--export={} conflicts with --format {}", exported.name, named.name);
            Err(Failure::new(Status::Usage, what).hint("give only one of the two"))
        }
        _ => Ok(Some(exported)),
    }
}

/// The format of an invalid command line. The parser stops at the first error, which may come
/// before the flag.
pub(crate) fn guess_format(
    arguments: &[std::ffi::OsString],
    environment: &Environment,
) -> Option<&'static Format> {
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let mut found = None;
    for (index, argument) in arguments.iter().enumerate() {
        let (flag, value) = match argument.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (argument.as_ref(), None),
        };
        if flag == "--format" {
            let next = arguments.get(index + 1).map(AsRef::as_ref);
            found = value.or(next).and_then(Format::named).or(found);
        } else if flag.starts_with("--export") || flag.starts_with("-e") {
            let shell = value.map(|shell| Format::of_shell(shell).unwrap_or(&POSIX));
            let parent = || format_for_parent(environment).unwrap_or(&POSIX);
            found = Some(shell.unwrap_or_else(parent));
        }
    }
    found
}

/// The file that the format appends to, if any.
pub(super) fn environment_file(
    mode: OutputMode,
    environment: &Environment,
) -> Result<Option<PathBuf>, Failure> {
    let Some(format) = mode.format() else { return Ok(None) };
    let Some(variable) = format.environment_file_variable() else { return Ok(None) };
    match environment.variable(variable)? {
        Some(path) => Ok(Some(PathBuf::from(path))),
        None => Err(Failure::new(Status::Local, format!("{variable} is not set"))
            .hint(format!("use --format {} only in a job that sets it", format.name))),
    }
}

/// What a person at a terminal types to use the session profile, unless it is in use already.
pub(super) fn next_step(
    mode: OutputMode,
    profile: &SectionName,
    environment: &Environment,
) -> Result<Option<String>, Failure> {
    if !matches!(mode, OutputMode::Profile) || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let profile = profile.as_str();
    // The AWS CLI prefers keys in the environment to `AWS_PROFILE`.
    if environment.variable("AWS_ACCESS_KEY_ID")?.is_some() {
        return Ok(Some(format!("--profile {profile}")));
    }
    let active = environment.variable("AWS_PROFILE")?;
    if active.as_deref().unwrap_or("default") == profile {
        return Ok(None);
    }
    let set = format_for_parent(environment).map_or(None, |format| format.set);
    Ok(set.map(|set| set("AWS_PROFILE", profile)))
}

/// The format for the parent process, if it is a shell. For another program such as `make`, `SHELL`
/// decides. For an unknown parent, POSIX exports surprise scripts least.
fn format_for_parent(environment: &Environment) -> Result<&'static Format, Failure> {
    let parents = parents();
    for name in &parents {
        if let Some(format) = format_for_program(name) {
            return Ok(format);
        }
        if C_SHELLS.contains(&name.as_str()) {
            let what = format!("{name} has no `export`");
            return Err(Failure::new(Status::Local, what)
                .hint("run mfa-session without --export, then: setenv AWS_PROFILE PROFILE"));
        }
    }
    let shell =
        if parents.is_empty() { None } else { environment.variable("SHELL").ok().flatten() };
    let format =
        shell.as_deref().and_then(|path| format_for_program(path.rsplit(['/', '\\']).next()?));
    Ok(format.unwrap_or(&POSIX))
}

/// The name may end in a version, as in `ksh93`, or in `.exe`.
fn format_for_program(name: &str) -> Option<&'static Format> {
    let name = name.trim_end_matches(".exe");
    Format::of_shell(name.trim_end_matches(|c: char| c.is_ascii_digit() || "-.".contains(c)))
}

/// Shells without `export`, for which there is no format.
const C_SHELLS: [&str; 3] = ["csh", "tcsh", "bsd-csh"];
