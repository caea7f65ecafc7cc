//! The process: what it was given goes in; a failure is shown, and the exit status comes out.

use std::{env, process::ExitCode};

use clap::Parser as _;
use mfa_session::{cli::Cli, environment::Environment, sink::print_failure};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            if error.use_stderr() && wants_exports() {
                print_failure();
            }
            error.exit()
        }
    };
    let exports = cli.export;
    let Err(failure) = mfa_session::run(cli, &Environment::of_process()) else {
        return ExitCode::SUCCESS;
    };
    if exports {
        print_failure();
    }
    failure.show();
    failure.status().into()
}

/// Whether the command line asks for exports. It can't be parsed, and the parser stops at the first
/// error, which may stand before the flag; `false;` too often does no harm.
fn wants_exports() -> bool {
    env::args_os().any(|argument| {
        let argument = argument.to_string_lossy();
        argument.starts_with("--export") || argument.starts_with("-e")
    })
}
