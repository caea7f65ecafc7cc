//! From an MFA code to temporary AWS credentials.
//!
//! A command is a file, an STS operation is a file, an output format is a file, a code source is a
//! file. The main job is one function, `get::get_mfa_session`. Arrows point down: a module uses
//! only modules on lines below its own.
//!
//! ```text
//! main                         the process: environment in, exit status out
//! run                          parse, then hand over to the command
//! cli                          the command line: help, usage errors
//! commands                     a file each: arguments, settings, run
//! get                          the main job, in order
//! config                       the resolver: flag, environment, profile, default
//! request  context             a session request; flags, environment and files of this run
//! role  flags                  assume roles; flag groups that commands share
//! mfa  output                  devices, code sources, prompt lock; destinations, formats
//! explain  profiles            service and transport errors in words; the two AWS files
//! session_profile              how a session is stored in a section
//! settings  lifetime           the table of settings; durations
//! session  identity_token      values; tokens of identity providers
//! environment  origin  saml    variables and directories; where a value comes from
//! failure                      what happened, what to do, the exit status
//! message  input               lines on standard error; files that are not ours
//! signals
//! sts  aws_files               the STS client; the syntax of the AWS files
//! secret
//! ```
//!
//! `sts` and `aws_files` use nothing of the program but `secret`.

pub mod aws_files;
pub mod secret;
pub mod sts;

// Public for the fuzzer only, which is a crate of its own.
#[doc(hidden)]
pub mod explain;
#[doc(hidden)]
pub mod failure;
#[doc(hidden)]
pub mod lifetime;
#[doc(hidden)]
pub mod message;
#[doc(hidden)]
pub mod mfa;
#[doc(hidden)]
pub mod origin;
#[doc(hidden)]
pub mod output;
#[doc(hidden)]
pub mod session;
#[doc(hidden)]
pub mod session_profile;

mod cli;
mod commands;
mod config;
mod context;
mod environment;
mod flags;
mod get;
mod identity_token;
mod input;
mod profiles;
mod request;
mod role;
mod saml;
mod settings;
mod signals;
#[cfg(test)]
mod tests;

pub use cli::{EXAMPLES, command_line};
pub use environment::Environment;
pub use failure::{Failure, STATUSES};
pub use settings::{SETTINGS, Setting, variables};

use std::{ffi::OsString, process::ExitCode};

use commands::exec;
use context::Context;

/// Runs the command of a command line. The arguments begin with the name of the program.
pub fn run(arguments: &[OsString], environment: &Environment) -> Result<ExitCode, Failure> {
    let (command, flags) = match cli::parse(arguments) {
        Ok(parsed) => parsed,
        Err(failure) => {
            if let Some(format) = config::guess_format(arguments, environment) {
                output::print_failure(format);
            }
            let is_exec = exec::is_meant(arguments);
            return Err(if is_exec { failure.in_exec() } else { failure });
        }
    };
    let context = Context::new(flags, environment);
    commands::run(command, &context).inspect_err(|_| {
        // `eval` of nothing would succeed.
        let format = config::format(&context.flags, environment);
        if let Some(format) = format.unwrap_or(Some(&output::POSIX)) {
            output::print_failure(format);
        }
    })
}
