//! Standard output.

use std::io::{self, Write as _};

use anyhow::Context as _;

use crate::{
    failure::{Failure, Status},
    signals::SignalGuard,
};

/// Refuses to print a session to nothing; `usage` shows how a program reads it. Rust opens the null
/// device if standard output is closed.
pub(super) fn check(usage: &str) -> Result<(), Failure> {
    if !is_null_device() {
        return Ok(());
    }
    Err(Failure::new(Status::Local, "standard output is closed, or the null device")
        .hint(format!("let somebody read the session: {usage}")))
}

#[cfg(unix)]
fn is_null_device() -> bool {
    use rustix::fs::{Stat, fstat, stat};
    let identity = |stat: Stat| (stat.st_rdev, stat.st_ino);
    match (fstat(io::stdout()), stat("/dev/null")) {
        (Ok(stdout), Ok(null)) => identity(stdout) == identity(null),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_null_device() -> bool {
    false
}

/// Writes and flushes a text.
pub(super) fn write(text: &str) -> Result<(), Failure> {
    let _unblocked = SignalGuard::unblock_while_writing(io::stdout(), text.len());
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.context("cannot write to standard output")?;
    Ok(())
}
