//! The controlling terminal.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read as _, Write as _},
    os::fd::{AsFd, AsRawFd as _},
};

use nix::sys::{
    select::{FD_SETSIZE, FdSet, select},
    time::{TimeVal, TimeValLike as _},
};
use rustix::{
    process::getpgrp,
    termios::{QueueSelector, tcflush, tcgetpgrp, tcgetwinsize},
};
use zeroize::Zeroizing;

/// In bytes: the longest line in canonical mode on Linux.
const MAX_LINE: usize = 4096;

/// Input and output of the controlling terminal, else of the terminal that both standard input and
/// standard error are connected to.
pub(crate) fn open() -> Option<(File, File)> {
    if let Ok(terminal) = File::options().read(true).write(true).open("/dev/tty") {
        return Some((terminal.try_clone().ok()?, terminal));
    }
    let (input, output) = (io::stdin(), io::stderr());
    if !input.is_terminal() || !output.is_terminal() {
        return None;
    }
    let input = input.as_fd().try_clone_to_owned().ok()?;
    Some((input.into(), output.as_fd().try_clone_to_owned().ok()?.into()))
}

/// Writes a text.
pub(crate) fn write(mut output: &File, text: &str) -> io::Result<()> {
    output.write_all(text.as_bytes())
}

/// A line that is being typed.
pub(crate) struct Line<'a>(&'a File);

impl<'a> Line<'a> {
    pub(crate) fn begin(input: &'a File) -> io::Result<Self> {
        Ok(Self(input))
    }

    /// Waits up to 50 ms for the line; `None` if it is not complete. An empty text is the end of
    /// input.
    pub(crate) fn wait(&mut self) -> Option<io::Result<Zeroizing<Vec<u8>>>> {
        if !is_readable(self.0) {
            return None;
        }
        // In canonical mode, a read returns one line, or nothing at the end of input.
        let mut bytes = Zeroizing::new(vec![0; MAX_LINE]);
        let mut input = self.0;
        Some(input.read(&mut bytes).map(|length| {
            bytes.truncate(length);
            bytes
        }))
    }
}

/// Waits up to 50 ms. Where waiting fails, returns `true`: the read waits instead.
fn is_readable(input: &File) -> bool {
    let descriptor = input.as_raw_fd();
    // `poll` fails for `/dev/tty` on macOS. `select` has a limit.
    if usize::try_from(descriptor).is_ok_and(|descriptor| descriptor >= FD_SETSIZE) {
        return true;
    }
    let mut readable = FdSet::new();
    readable.insert(input.as_fd());
    let mut timeout = TimeVal::milliseconds(50);
    select(descriptor + 1, &mut readable, None, None, &mut timeout) != Ok(0)
}

/// Whether this process has the terminal: the system stops a background process that reads.
pub(crate) fn is_in_foreground(terminal: impl AsFd) -> bool {
    tcgetpgrp(terminal).is_ok_and(|group| group == getpgrp())
}

/// Drops unread input. Stops a background process, as a read does.
pub(crate) fn discard_input(input: &File) {
    let _ = tcflush(input, QueueSelector::IFlush);
}

/// The width of the terminal.
pub(crate) fn columns(output: impl AsFd) -> usize {
    // A terminal of unknown size reports 0.
    tcgetwinsize(output).map_or(80, |size| match size.ws_col {
        0 => 80,
        columns => columns.into(),
    })
}

/// Whether a terminal without `TERM` may be unable to interpret ANSI escape sequences.
pub(crate) const NEEDS_TERM: bool = true;

/// Whether the terminal interprets ANSI escape sequences, where `TERM` does not deny it.
pub(crate) fn enable_ansi() -> bool {
    true
}
