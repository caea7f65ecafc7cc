//! Standard output.

use std::io::{self, Write as _};

use anyhow::Context as _;

use crate::{
    failure::{Failure, Status},
    signals::SignalGuard,
};

/// Refuses to print a secret to the null device, which Rust also opens if standard output is
/// closed; `hint` shows how to read it.
pub(super) fn check(hint: &str) -> Result<(), Failure> {
    if !is_null_device() {
        return Ok(());
    }
    Err(Failure::new(Status::Local, "standard output is closed or the null device").hint(hint))
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

pub(super) fn write(text: &str) -> Result<(), Failure> {
    write_all(text).context(CANNOT_WRITE)?;
    Ok(())
}

/// Like [`write`], but succeeds if the reader closes the pipe early, as `head` does.
pub(super) fn write_until_closed(text: &str) -> Result<(), Failure> {
    match write_all(text) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written.context(CANNOT_WRITE)?),
    }
}

fn write_all(text: &str) -> io::Result<()> {
    let _unblocked = SignalGuard::unblock_while_writing(io::stdout(), text.len());
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

const CANNOT_WRITE: &str = "cannot write to standard output";
