//! The controlling terminal: shows a prompt, reads a line, and erases both, even if standard output
//! and standard error are redirected.
//!
//! The terminal settings stay unchanged: Ctrl-C needs no cleanup. The code is visible while typed;
//! it expires within half a minute.

use std::fs::File;

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::{
    failure::Failure,
    system::terminal::{self, Line},
};

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

impl Tty {
    /// Opens the terminal; `None` if there is none.
    pub(crate) fn open(kind: TtyKind) -> Option<Self> {
        let (input, output) = terminal::open()?;
        let kind = if terminal::enable_ansi() { kind } else { TtyKind::Dumb };
        Some(Self { input, output, kind })
    }

    pub(crate) fn write(&mut self, text: &str) -> Result<(), Failure> {
        terminal::write(&self.output, text).context("cannot write to the terminal")?;
        Ok(())
    }

    /// Whether a person can answer: the system stops a background process that reads.
    pub(crate) fn is_in_foreground(&self) -> bool {
        terminal::is_in_foreground(&self.input)
    }

    /// Drops unread input: the shell must not run it.
    pub(crate) fn discard_input(&self) {
        terminal::discard_input(&self.input);
    }

    /// Reads a line, and erases it and the prompt; `None` at the end of input.
    pub(crate) fn read_line(
        &mut self,
        prompt: &str,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        let mut line = Line::begin(&self.input).context(CANNOT_READ)?;
        let bytes = loop {
            if let Some(bytes) = line.wait() {
                break bytes.context(CANNOT_READ)?;
            }
            if let Some(failure) = interruption() {
                self.write("\n")?;
                self.erase(prompt, "");
                self.discard_input();
                return Err(failure);
            }
        };
        // Only the first of several pasted lines is the answer.
        self.discard_input();
        // A line that is not UTF-8 is handled as an empty one.
        let line = str::from_utf8(&bytes).unwrap_or("\n");
        if !line.ends_with('\n') {
            self.write("\n")?;
        }
        self.erase(prompt, line.trim_end_matches(['\r', '\n']));
        Ok((!bytes.is_empty()).then(|| Zeroizing::new(line.to_owned())))
    }

    /// Erases the prompt and the line; the cursor must be at the start of the row below.
    fn erase(&mut self, prompt: &str, typed: &str) {
        if self.kind == TtyKind::Dumb {
            return;
        }
        let width = terminal::columns(&self.output);
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

const CANNOT_READ: &str = "cannot read from the terminal";
