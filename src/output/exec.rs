//! A command that is run with a session in its environment: with the same variables that exports
//! set and unset.

use std::{
    ffi::OsString,
    io,
    process::{Command, ExitCode},
};

use super::{
    Destination,
    format::{UNSET, variables},
};
use crate::{
    credentials::Session,
    environment::{Environment, is_runnable},
    failure::{Failure, Status},
};

/// A command that is known to be there.
#[derive(Debug)]
pub struct Program {
    command: Command,
    name: String,
}

impl Program {
    /// Finds the program: a session for one that is not there would be got in vain. Where nothing
    /// is said, it is the person's shell.
    pub fn find(words: &[OsString], environment: &Environment) -> Result<Self, Failure> {
        let (name, arguments) = match words {
            [name, arguments @ ..] => (name.clone(), arguments),
            [] => (shell(environment)?, words),
        };
        let shown = name.to_string_lossy().into_owned();
        let Some(path) = environment.program(&name) else {
            return Err(Failure::new(Status::NotFound, format!("there is no command {shown}"))
                .hint("is it installed, and in PATH?"));
        };
        if !is_runnable(&path) {
            let what = format!("{} can't be run", path.display());
            return Err(Failure::new(Status::NotRunnable, what).hint("is it an executable file?"));
        }
        let mut command = Command::new(&path);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::arg0(&mut command, &name);
        command.args(arguments);
        Ok(Self { command, name: shown })
    }

    /// Runs it. On Unix that is the end of this program, if it succeeds.
    pub fn run(mut self, session: &Session, place: &Destination) -> Result<ExitCode, Failure> {
        for name in UNSET.iter().chain(&SECRETS) {
            self.command.env_remove(name);
        }
        variables(session, place, |name, value| {
            self.command.env(name, value);
        });
        replace(&mut self.command).map_err(|error| {
            let status = match error.kind() {
                io::ErrorKind::NotFound => Status::NotFound,
                _ => Status::NotRunnable,
            };
            Failure::new(status, format!("cannot run {}: {error}", self.name))
                .hint("is it an executable file of this machine?")
        })
    }
}

/// What got the session is nothing for whom it is for.
const SECRETS: [&str; 3] =
    ["MFA_SESSION_CODE", "MFA_SESSION_CODE_COMMAND", "MFA_SESSION_TOTP_SEED"];

fn shell(environment: &Environment) -> Result<OsString, Failure> {
    const VARIABLE: &str = if cfg!(windows) { "COMSPEC" } else { "SHELL" };
    let shell = environment.variable(VARIABLE)?;
    Ok(shell.unwrap_or_else(|| if cfg!(windows) { "cmd" } else { "/bin/sh" }.into()).into())
}

#[cfg(unix)]
fn replace(command: &mut Command) -> io::Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

/// There is nothing like it here: its exit status is handed on.
#[cfg(not(unix))]
fn replace(command: &mut Command) -> io::Result<ExitCode> {
    let status = command.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
