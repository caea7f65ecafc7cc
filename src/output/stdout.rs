//! Standard output.

use std::io::{self, Write as _};

use anyhow::Context as _;

use crate::{
    failure::{Failure, Status},
    signals,
};

/// Makes sure that what is printed will go somewhere; else `usage` says how. Where standard
/// output is closed, the null device stands in for it.
pub(super) fn open(usage: &str) -> Result<(), Failure> {
    if !is_null_device() {
        return Ok(());
    }
    Err(Failure::new(Status::Here, "standard output is closed, or the null device")
        .hint(format!("let somebody read the session: {usage}")))
}

#[cfg(unix)]
fn is_null_device() -> bool {
    use rustix::fs::{fstat, stat};
    let is = |null: rustix::fs::Stat| {
        fstat(io::stdout()).is_ok_and(|it| (it.st_rdev, it.st_ino) == (null.st_rdev, null.st_ino))
    };
    stat("/dev/null").is_ok_and(is)
}

#[cfg(not(unix))]
fn is_null_device() -> bool {
    false
}

/// Prints a text.
pub(super) fn write(text: &str) -> Result<(), Failure> {
    let _admitted = signals::unblock_while_writing(io::stdout(), text.len());
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.context("cannot write to standard output")?;
    Ok(())
}
