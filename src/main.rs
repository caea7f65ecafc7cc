//! The process: passes on the environment, shows the failure, returns the exit status.

use std::{env, ffi::OsString, process::ExitCode};

use mfa_session::{Environment, run};

fn main() -> ExitCode {
    hide_memory();
    let arguments: Vec<OsString> = env::args_os().collect();
    run(&arguments, &Environment::of_process()).unwrap_or_else(|failure| {
        failure.show();
        failure.status().into()
    })
}

/// Prevents core dumps, and other processes of the user from reading this process's memory. The
/// kernel lifts this for the program that `exec` runs.
fn hide_memory() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Best effort: the program works without this protection.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
