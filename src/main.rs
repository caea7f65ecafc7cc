//! The process: what it was given goes in; a failure is shown, and the exit status comes out.

use std::process::ExitCode;

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

/// Whether the command line asks for exports, wherever in it the mistake is.
fn wants_exports() -> bool {
    std::env::args_os()
        .any(|it| ["-e", "--export"].iter().any(|e| it.to_string_lossy().starts_with(e)))
}
