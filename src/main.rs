//! The process: what it was given goes in; a failure is shown, and the exit status comes out.

use std::{alloc::System, process::ExitCode};

use mfa_session::{
    cli::{Cli, Printing, wants_exec},
    config,
    environment::Environment,
    output::{POSIX, print_failure},
    secret::wipe_stack,
};
use zeroizing_alloc::ZeroAlloc;

/// Wipes what is freed: libraries keep copies of secrets that no [`Secret`] of ours can reach, such
/// as the buffers of a connection.
///
/// [`Secret`]: mfa_session::secret::Secret
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let status = job();
    wipe_stack();
    status
}

// In a frame of its own, which is wiped with all below it.
#[inline(never)]
fn job() -> ExitCode {
    let environment = Environment::of_process();
    let (printing, runs, done) = match Cli::from_process() {
        Ok(cli) => (cli.printing(), cli.exec().is_some(), mfa_session::run(&cli, &environment)),
        Err(failure) => (Printing::guessed(), wants_exec(), Err(failure)),
    };
    let failure = match done {
        Ok(status) => return status,
        Err(failure) if runs => failure.of_exec(),
        Err(failure) => failure,
    };
    // Who can't be told apart gets what most shells fail at: too often, it does no harm.
    if let Some(format) = config::format(&printing, &environment).unwrap_or(Some(&POSIX)) {
        print_failure(format);
    }
    failure.show();
    failure.status().into()
}
