//! The process: environment in, failure shown, exit status out.

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

/// Keeps secrets in this process: no core dump, and no other process of the user reads its memory.
/// The kernel lifts it for the program that `exec` runs.
fn hide_memory() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A kernel without it protects nothing, and is no reason to fail.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
