//! `mfa-session exec`: runs a command with the session in its environment.

use std::{
    ffi::{OsStr, OsString},
    io,
    path::PathBuf,
    process::{self, ExitCode},
};

use clap::{Args, ValueHint};

use super::Run;
use crate::{
    config::Resolver,
    context::Context,
    failure::{Failure, Status},
    flags::UseFlags,
    get::{self, Delivered},
    message::word,
    output::{Format, OutputMode, for_each_variable},
    system::{
        command::replace_process,
        process::shell,
        programs::{MAKE_EXECUTABLE, is_executable},
        search::find_program,
        signals::SignalGuard,
    },
};

/// Run a command with the session in its environment.
///
/// The command gets the variables that `--export` sets. On Unix it replaces mfa-session and keeps
/// its own signals, terminal and exit status. On Windows mfa-session waits for it, leaves Ctrl-C to
/// it, and ends with its exit status. The exit status is 125 if mfa-session fails, 126 if the
/// command can't be run, and 127 if it is not found.
#[derive(Args)]
pub(crate) struct Exec {
    #[command(flatten)]
    _use: UseFlags,
    /// The command and its arguments [default: your shell].
    ///
    /// Your shell is `SHELL`, on Windows the shell that started mfa-session.
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    #[arg(value_hint = ValueHint::CommandWithArguments)]
    command: Vec<OsString>,
}

impl Run for Exec {
    const EXAMPLE: &'static str = "mfa-session exec -- terraform plan";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        self.run_command(context).map_err(Failure::in_exec)
    }
}

impl Exec {
    fn run_command(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        // A missing command must not cost a code.
        let mut program = Program::find(&self.command)
            .map_err(|failure| self.suggest_profile_flag(failure, context))?;
        let (request, aws) = resolver.session_request(OutputMode::Command)?;
        if resolver.is_dry_run() {
            return resolver.report();
        }
        let destination = request.destination().clone();
        let Delivered { session, is_stored } = get::get(request, context.profiles()?, &aws)?;
        for name in OWN_SECRETS {
            program.command.env_remove(name);
        }
        let (profile, context) = (&destination.profile, &destination.context);
        for_each_variable(&session, profile, context, |name, value| {
            match value {
                Some(value) => program.command.env(name, value),
                None => program.command.env_remove(name),
            };
        });
        let failure = program.replace_process();
        if is_stored {
            return Err(failure);
        }
        let _signals = SignalGuard::block();
        Err(destination.rescue(&session, failure))
    }

    /// The hint for `exec PROFILE -- COMMAND`, as with aws-vault.
    fn suggest_profile_flag(&self, failure: Failure, context: &Context<'_>) -> Failure {
        let profile = self.command.first().and_then(|word| word.to_str());
        let profiles = context.profiles().ok();
        match profile.filter(|name| profiles.is_some_and(|profiles| profiles.has(name))) {
            Some(profile) => failure.hint(format!(
                "if `{profile}` is the profile: mfa-session exec --profile {} -- COMMAND",
                word(profile)
            )),
            None => failure,
        }
    }
}

/// Whether an invalid command line seems to be one of `exec`.
pub(crate) fn is_in(arguments: &[OsString]) -> bool {
    arguments.iter().any(|argument| argument == "exec")
}

/// The program to run.
struct Program {
    command: process::Command,
    name: OsString,
}

impl Program {
    /// Finds the program of a command, or the user's shell without a command.
    fn find(words: &[OsString]) -> Result<Self, Failure> {
        let (name, arguments) = match words {
            [name, arguments @ ..] => (name.clone(), arguments),
            [] => (shell(|name| Format::of_shell(name).is_some()), words),
        };
        let path = find_executable(&name)?;
        let mut command = process::Command::new(path);
        command.args(arguments);
        Ok(Self { command, name })
    }

    /// Replaces this process with the program, or ends this process with it. Returns only if the
    /// program does not start.
    fn replace_process(self) -> Failure {
        let error = replace_process(self.command, &self.name);
        let status = match error.kind() {
            io::ErrorKind::NotFound => Status::NotFound,
            _ => Status::NotRunnable,
        };
        let name = self.name.to_string_lossy();
        Failure::new(status, format!("cannot run {name}: {error}"))
            .hint("check that it is an executable file for this machine")
    }
}

fn find_executable(name: &OsStr) -> Result<PathBuf, Failure> {
    let Some(path) = find_program(name) else {
        let what = format!("command not found: {}", name.to_string_lossy());
        return Err(
            Failure::new(Status::NotFound, what).hint("install it, or add its directory to PATH")
        );
    };
    if !is_executable(&path) {
        let what = format!("{} is not executable", path.display());
        return Err(Failure::new(Status::NotRunnable, what).hint(MAKE_EXECUTABLE));
    }
    Ok(path)
}

/// The command gets the session, but not the means to get another one.
pub(super) const OWN_SECRETS: [&str; 3] =
    ["MFA_SESSION_CODE", "MFA_SESSION_CODE_COMMAND", "MFA_SESSION_TOTP_SEED"];
