//! What is printed, if anything is: `--format`, or `--export` and the shell that reads it.

use std::path::PathBuf;

use crate::{
    cli::{Cli, Printing},
    environment::{self, Environment},
    failure::{Failure, Status},
    output::{Format, OutputMode, POSIX},
};

/// Where a session goes.
pub(super) fn output(cli: &Cli, environment: &Environment) -> Result<OutputMode, Failure> {
    let is_written = cli.output().is_some_and(|output| output.write);
    if cli.exec().is_some() {
        return Ok(if is_written { OutputMode::File } else { OutputMode::Nowhere });
    }
    Ok(match format(&cli.printing(), environment)? {
        None => OutputMode::File,
        Some(format) if is_written => OutputMode::Both(format),
        Some(format) => OutputMode::Printed(format),
    })
}

/// The form in which a session is to be printed; `None` where it is not.
pub fn format(
    printing: &Printing,
    environment: &Environment,
) -> Result<Option<&'static Format>, Failure> {
    let named = printing.format.as_deref().and_then(Format::named);
    let Some(shell) = &printing.export else { return Ok(named) };
    let exported = match shell {
        Some(shell) => Format::of_shell(shell).unwrap_or(&POSIX),
        None => of_parent(environment)?,
    };
    match named {
        Some(named) if named.name != exported.name => {
            let what = format!("--export means {} here, and --format another form", exported.name);
            Err(Failure::new(Status::Usage, what).hint("give one of the two"))
        }
        _ => Ok(Some(exported)),
    }
}

/// The file that the form appends to, if there is to be one.
pub(super) fn appendix(
    output: OutputMode,
    environment: &Environment,
) -> Result<Option<PathBuf>, Failure> {
    let Some(format) = output.format() else { return Ok(None) };
    let Some(variable) = format.appends_to() else { return Ok(None) };
    match environment.variable(variable)? {
        Some(path) => Ok(Some(PathBuf::from(path))),
        None => Err(Failure::new(Status::Here, format!("{variable} is not set"))
            .hint(format!("keep --format {} to the jobs that set it", format.name))),
    }
}

/// The form for the program that started this one, if that is a shell. If it is no shell, such as
/// `make`, it is the person's own; where it can't be known, scripts are not to be surprised.
fn of_parent(environment: &Environment) -> Result<&'static Format, Failure> {
    let parent = environment::parent();
    for name in &parent {
        if let Some(format) = of_program(name) {
            return Ok(format);
        }
        if OF_CSH.contains(&name.as_str()) {
            let what = format!("{name} can't read exports");
            return Err(Failure::new(Status::Here, what).hint(
                "write the session, without --export, and name its profile: \
                 setenv AWS_PROFILE NAME",
            ));
        }
    }
    let own = if parent.is_empty() { None } else { environment.variable("SHELL").ok().flatten() };
    let own = own.as_deref().and_then(|path| of_program(path.rsplit('/').next()?));
    Ok(own.unwrap_or(&POSIX))
}

/// There may be a version behind the name, as in `ksh93`.
fn of_program(name: &str) -> Option<&'static Format> {
    Format::of_shell(name.trim_end_matches(|c: char| c.is_ascii_digit() || "-.".contains(c)))
}

/// Shells that know no `export`, and for which there is no form.
const OF_CSH: [&str; 3] = ["csh", "tcsh", "bsd-csh"];
