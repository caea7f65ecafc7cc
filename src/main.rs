//! The process: what it was given goes in; a failure is shown, and the exit status comes out.

use std::process::ExitCode;

use mfa_session::{
    cli::{self, Cli},
    environment::Environment,
    sink::print_failure,
};

fn main() -> ExitCode {
    let (wants_exports, done) = match Cli::from_process() {
        Ok(cli) => (cli.exports(), mfa_session::run(&cli, &Environment::of_process())),
        Err(failure) => (cli::wants_exports(), Err(failure)),
    };
    let failure = match done {
        Ok(status) => return status,
        Err(failure) => failure,
    };
    if wants_exports {
        print_failure();
    }
    failure.show();
    failure.status().into()
}
