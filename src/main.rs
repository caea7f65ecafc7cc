//! The process: what it was given goes in; a failure is shown, and the exit status comes out.

use std::{env, process::ExitCode};

use clap::{
    Parser as _,
    error::{ContextKind, ContextValue},
};
use mfa_session::{
    cli::Cli,
    code::Code,
    environment::Environment,
    failure::{Failure, Status},
    sink::print_failure,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if is_about_a_code(&error) => {
            if wants_exports() {
                print_failure();
            }
            let failure = Failure::new(Status::Usage, "an MFA code stands where none belongs");
            return fail(&failure.hint("give it with --code"));
        }
        Err(error) => {
            if error.use_stderr() && wants_exports() {
                print_failure();
            }
            error.exit()
        }
    };
    let Err(failure) = mfa_session::run(&cli, &Environment::of_process()) else {
        return ExitCode::SUCCESS;
    };
    if cli.export {
        print_failure();
    }
    fail(&failure)
}

fn fail(failure: &Failure) -> ExitCode {
    failure.show();
    failure.status().into()
}

/// Whether clap would show a code, which may still be good.
fn is_about_a_code(error: &clap::Error) -> bool {
    let shown = [ContextKind::InvalidArg, ContextKind::InvalidValue];
    shown
        .into_iter()
        .filter_map(|kind| error.get(kind))
        .any(|value| matches!(value, ContextValue::String(text) if text.parse::<Code>().is_ok()))
}

/// Whether the command line asks for exports. It can't be parsed, and the parser stops at the first
/// error, which may stand before the flag; `false;` too often does no harm.
fn wants_exports() -> bool {
    env::args_os().any(|argument| {
        let argument = argument.to_string_lossy();
        argument.starts_with("--export") || argument.starts_with("-e")
    })
}
