//! Turns an MFA code into temporary AWS credentials.
//!
//! Each command, STS operation, output format and code source has its own file. The main job is one
//! function, `get::get_with_code`. A module uses only modules on lines below its own.
//!
//! ```text
//! main                         the process: environment, exit status
//! run                          parses the command line and runs the command
//! cli                          the command line: help, usage errors
//! commands                     one file per command: arguments, settings, run
//! get                          the main job, in order
//! config                       the resolver: flag, environment, profile, default
//! request  context             session requests; flags, environment and files of one run
//! role  flags                  assuming roles; flags that commands share
//! mfa  output                  devices, code sources, locks; destinations, formats
//! explain  profiles            messages for AWS errors; the two AWS files
//! session_profile              the keys of a stored session
//! settings  lifetime           the table of settings; durations
//! session  identity_token      sessions; tokens of identity providers
//! environment  origin  saml    variables and directories; origins of values; SAML assertions
//! child                        runs a program that prints a secret
//! tty                          the terminal
//! failure                      errors, hints, exit statuses
//! message  input               lines on standard error; bounded reads of files
//! sts  aws_files               the STS client; the syntax of the AWS files
//! secret  system               text that is wiped after use; what differs between systems
//! ```
//!
//! `sts` and `aws_files` use only `secret`.

pub mod aws_files;
pub mod secret;
pub mod sts;

// Public only for the fuzzer, a separate crate.
#[doc(hidden)]
pub mod child;
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
mod system;
#[cfg(test)]
mod tests;
mod tty;

pub use cli::{EXAMPLES, USES, command_examples, command_line};
pub use environment::Environment;
pub use failure::{Failure, STATUSES};
pub use settings::{SETTINGS, Setting, variables};

use std::{ffi::OsString, mem::ManuallyDrop, process::ExitCode};

use cli::Parsed;
use commands::exec;
use context::Context;

/// Runs a command. The first argument is the name of the program.
pub fn run(arguments: &[OsString], environment: &Environment) -> Result<ExitCode, Failure> {
    system::process::hide_memory();
    let (command, flags) = match cli::parse(arguments) {
        Ok(Parsed::Run(command, flags)) => (command, flags),
        Ok(Parsed::Text(text)) => return output::print(&text).map(|()| ExitCode::SUCCESS),
        Err(failure) => {
            print_failure(arguments, environment);
            let is_exec = exec::is_in(arguments);
            return Err(if is_exec { failure.in_exec() } else { failure });
        }
    };
    if config::shows_progress(&flags, environment) {
        message::enable_progress();
    }
    // Not freed: wiping the AWS files takes two instructions for each byte. The kernel reclaims the
    // memory when the process ends, which is soon.
    let context = ManuallyDrop::new(Context::new(flags, environment));
    commands::run(command, &context).inspect_err(|_| {
        // `eval` of empty output would succeed.
        let format = config::format(&context.flags, environment);
        if let Some(format) = format.unwrap_or(Some(&output::POSIX)) {
            output::print_failure(format);
        }
    })
}

/// Prints the statement that makes a shell fail, if the command line seems to print for a shell.
pub fn print_failure(arguments: &[OsString], environment: &Environment) {
    if let Some(format) = config::guess_format(arguments, environment) {
        output::print_failure(format);
    }
}
