//! Standard output.

use std::io::{self, Write as _};

use anyhow::Context as _;

use crate::{
    failure::{Failure, Status},
    system::{files::stdout_is_null, signals::SignalGuard},
};

/// Refuses to print a secret to the null device, which Rust also opens if standard output is
/// closed; `hint` shows how to read it.
pub(super) fn check(hint: &str) -> Result<(), Failure> {
    if !stdout_is_null() {
        return Ok(());
    }
    Err(Failure::new(Status::Local, "standard output is closed or the null device").hint(hint))
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
