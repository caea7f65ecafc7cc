//! The process: passes on the environment, shows the failure, returns the exit status.

use std::{env, ffi::OsString, panic, process::ExitCode};

use mfa_session::{Environment, print_failure, run};

fn main() -> ExitCode {
    print_failure_on_panic();
    run(&arguments(), &Environment::of_process()).unwrap_or_else(|failure| {
        failure.show();
        failure.status().into()
    })
}

fn arguments() -> Vec<OsString> {
    env::args_os().collect()
}

/// A panic is a bug, but even then `eval` must not succeed with empty output.
fn print_failure_on_panic() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        print_failure(&arguments(), &Environment::of_process());
        report(panic);
    }));
}
