//! The controlling terminal: shows a prompt, reads a line, and erases both, even if standard output
//! and standard error are redirected.
//!
//! The terminal settings stay unchanged: Ctrl-C needs no cleanup. The code is visible while typed;
//! it expires within half a minute.

use std::{
    fs::File,
    io::{Read as _, Write as _},
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// An open terminal.
#[derive(Debug)]
pub(crate) struct Tty {
    input: File,
    output: File,
    kind: TtyKind,
}

/// The abilities of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TtyKind {
    /// Interprets ANSI escape sequences.
    Ansi,
    /// Shows lines of text only.
    Dumb,
}

/// In bytes: the longest line in canonical mode on Linux.
const MAX_LINE: usize = 4096;

impl Tty {
    /// Opens the terminal of [`open_files`]; `None` if there is none.
    pub(crate) fn open(kind: TtyKind) -> Option<Self> {
        let (input, output) = open_files()?;
        Some(Self { input, output, kind })
    }

    pub(crate) fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.output.write_all(text.as_bytes()).context("cannot write to the terminal")?;
        Ok(())
    }

    /// Whether a person can answer: the system stops a background process that reads.
    pub(crate) fn is_in_foreground(&self) -> bool {
        system::is_in_foreground(&self.input)
    }

    /// Drops unread input: the shell must not run it.
    pub(crate) fn discard_input(&self) {
        system::discard_input(&self.input);
    }

    /// Reads a line, and erases it and the prompt; `None` at the end of input.
    pub(crate) fn read_line(
        &mut self,
        prompt: &str,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        while !system::wait_for_input(&self.input) {
            if let Some(failure) = interruption() {
                self.write("\n")?;
                self.erase(prompt, "");
                self.discard_input();
                return Err(failure);
            }
        }
        // In canonical mode, a read returns one line, or nothing at the end of input.
        let mut bytes = Zeroizing::new([0; MAX_LINE]);
        let length = self.input.read(&mut bytes[..]).context("cannot read from the terminal")?;
        // Only the first of several pasted lines is the answer.
        self.discard_input();
        // A line that is not UTF-8 is handled as an empty one.
        let line = str::from_utf8(&bytes[..length]).unwrap_or("\n");
        if !line.ends_with('\n') {
            self.write("\n")?;
        }
        self.erase(prompt, line.trim_end_matches(['\r', '\n']));
        Ok((length > 0).then(|| Zeroizing::new(line.to_owned())))
    }

    /// Erases the prompt and the line; the cursor must be at the start of the row below.
    fn erase(&mut self, prompt: &str, typed: &str) {
        if self.kind == TtyKind::Dumb {
            return;
        }
        let width = system::columns(&self.output);
        let mut lengths: Vec<usize> = prompt.lines().map(|line| line.chars().count()).collect();
        if let Some(last) = lengths.last_mut() {
            *last += typed.chars().count();
        }
        // A line that exactly fills its last row needs no further row.
        let rows: usize = lengths.iter().map(|length| length.div_ceil(width).max(1)).sum();
        // A prompt that stays visible is harmless.
        let _ = self.write(&format!("\x1b[{rows}A\r\x1b[J"));
    }
}

/// Input and output of the controlling terminal, else of the terminal that both standard input and
/// standard error are connected to.
pub(crate) fn open_files() -> Option<(File, File)> {
    system::open_files()
}

#[cfg(unix)]
mod system {
    use std::{
        fs::File,
        io::{self, IsTerminal as _},
        os::fd::AsFd as _,
    };

    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        process::getpgrp,
        termios::{QueueSelector, tcflush, tcgetpgrp, tcgetwinsize},
    };

    pub(super) fn open_files() -> Option<(File, File)> {
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

    /// Waits up to 50 ms; returns whether to read now. If polling fails, as for `/dev/tty` on
    /// macOS, returns `true`: the read waits instead.
    pub(super) fn wait_for_input(input: &File) -> bool {
        let timeout = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
        let mut wanted = [PollFd::new(input, PollFlags::IN)];
        poll(&mut wanted, Some(&timeout)) != Ok(0)
    }

    pub(super) fn is_in_foreground(input: &File) -> bool {
        tcgetpgrp(input).is_ok_and(|group| group == getpgrp())
    }

    /// Stops a background process, as a read does.
    pub(super) fn discard_input(input: &File) {
        let _ = tcflush(input, QueueSelector::IFlush);
    }

    pub(super) fn columns(output: &File) -> usize {
        // A terminal of unknown size reports 0.
        tcgetwinsize(output).map_or(80, |size| match size.ws_col {
            0 => 80,
            columns => columns.into(),
        })
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::File;

    pub(super) fn open_files() -> Option<(File, File)> {
        let input = File::options().read(true).write(true).open("CONIN$").ok()?;
        Some((input, File::options().read(true).write(true).open("CONOUT$").ok()?))
    }

    /// Polling the console requires unsafe code: the read waits instead.
    pub(super) fn wait_for_input(_: &File) -> bool {
        true
    }

    pub(super) fn is_in_foreground(_: &File) -> bool {
        true
    }

    pub(super) fn discard_input(_: &File) {}

    pub(super) fn columns(_: &File) -> usize {
        80
    }
}
