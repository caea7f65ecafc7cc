//! The question on the terminal. It is the controlling terminal that is asked, so that standard
//! output and standard error may go elsewhere.
//!
//! The terminal's settings are never changed: there is nothing to restore after Ctrl-C, and a code
//! that is seen while it is typed is worth nothing half a minute later. The answered question is
//! erased.

use std::{
    fs::File,
    io::{Read as _, Write as _},
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use super::{Code, LONGEST_LINE, Question, no_code};
use crate::{
    failure::{Failure, Status},
    message::printable,
};

/// A terminal with a person in front of it.
#[derive(Debug)]
pub struct Terminal {
    input: File,
    output: File,
    kind: Kind,
}

/// What a terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It understands the escape sequences that everyone uses.
    Ansi,
    /// It shows text, line by line.
    Dumb,
}

impl Terminal {
    /// The controlling terminal, else one on standard input and error; `None` where there is none.
    pub(super) fn open(kind: Kind) -> Option<Self> {
        let (input, output) = system::devices()?;
        Some(Self { input, output, kind })
    }

    /// Asks until six digits are typed, three times at most.
    pub(super) fn ask(
        &mut self,
        question: &Question<'_>,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        let below = |problem: &str| format!("{problem}\n{}: ", question.text);
        let mut prompt = question.problem.map_or_else(|| format!("{}: ", question.text), below);
        for _ in 0..QUESTIONS {
            // What was typed before the question is no answer to it.
            system::forget_typed(&self.input);
            self.write(&prompt)?;
            let Some(line) = self.read_line(&prompt, interruption)? else { break };
            match line.parse() {
                Ok(code) => return Ok(code),
                Err(invalid) => prompt = below(&invalid.problem),
            }
        }
        Err(no_code("no code was typed"))
    }

    /// Asks for one of several, by its number, three times at most; yields its place.
    pub(super) fn choose(&mut self, question: &str, among: &[&str]) -> Result<usize, Failure> {
        system::forget_typed(&self.input);
        let lines = (1..).zip(among).map(|(number, name)| format!("  {number}  {name}\n"));
        let list: String = lines.collect();
        self.write(&printable_lines(&list))?;
        let prompt = format!("{question} 1 to {}: ", among.len());
        for _ in 0..QUESTIONS {
            self.write(&prompt)?;
            let Some(line) = self.read_line(&prompt, &mut || None)? else { break };
            match line.trim().parse() {
                Ok(number) if (1..=among.len()).contains(&number) => return Ok(number - 1),
                _ => {}
            }
        }
        Err(Failure::new(Status::NoCode, "none was chosen").hint("give the number before it"))
    }

    /// The line, erased again with the prompt before it; `None` at the end of input.
    fn read_line(
        &mut self,
        prompt: &str,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        while !system::readable(&self.input) {
            if let Some(failure) = interruption() {
                self.write("\n")?;
                self.erase(prompt, "");
                system::forget_typed(&self.input);
                return Err(failure);
            }
        }
        // In a terminal's line mode a read gives a line, or nothing at the end of input.
        let mut bytes = Zeroizing::new([0; LONGEST_LINE]);
        let length = self.input.read(&mut bytes[..]).context("cannot read from the terminal")?;
        // Of what was pasted, the first line is the answer.
        system::forget_typed(&self.input);
        // What is not UTF-8 is as little a code as an empty line.
        let line = str::from_utf8(&bytes[..length]).unwrap_or("\n");
        if !line.ends_with('\n') {
            self.write("\n")?;
        }
        self.erase(prompt, line.trim_end_matches(['\r', '\n']));
        Ok((length > 0).then(|| Zeroizing::new(line.to_owned())))
    }

    /// The cursor is at the start of the row below what is to go.
    fn erase(&mut self, prompt: &str, typed: &str) {
        if self.kind == Kind::Ansi {
            let width = system::columns(&self.output);
            // A row that is just full is no reason for the cursor to leave it: the line's end is.
            let mut lengths: Vec<usize> = prompt.lines().map(|line| line.chars().count()).collect();
            if let Some(last) = lengths.last_mut() {
                *last += typed.chars().count();
            }
            let rows: usize = lengths.iter().map(|length| length.div_ceil(width).max(1)).sum();
            // What can't be erased stays: no reason to fail.
            let _ = self.write(&format!("\x1b[{rows}A\r\x1b[J"));
        }
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.output.write_all(text.as_bytes()).context("cannot write to the terminal")?;
        Ok(())
    }
}

/// What a server or a file named must not move the cursor.
fn printable_lines(text: &str) -> String {
    text.lines().flat_map(|line| [printable(line), "\n".into()]).collect()
}

/// The controlling terminal's input and output, else a terminal's on standard input and error.
pub(super) fn devices() -> Option<(File, File)> {
    system::devices()
}

/// A second typing error is plausible, a fourth is somebody else's keyboard.
const QUESTIONS: usize = 3;

#[cfg(unix)]
mod system {
    use std::{
        fs::File,
        io::{self, IsTerminal as _},
        os::fd::AsFd as _,
    };

    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        termios::{QueueSelector, tcflush, tcgetwinsize},
    };

    pub(super) fn devices() -> Option<(File, File)> {
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

    /// Waits a moment for a line. Where the system can't wait for a terminal (macOS can't poll
    /// `/dev/tty`), the answer is yes, and the read waits.
    pub(super) fn readable(input: &File) -> bool {
        let moment = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
        let mut wanted = [PollFd::new(input, PollFlags::IN)];
        poll(&mut wanted, Some(&moment)) != Ok(0)
    }

    /// What was typed for the question must not become a command of the shell. In the background
    /// that stops the process, as reading does, until it is in the foreground.
    pub(super) fn forget_typed(input: &File) {
        let _ = tcflush(input, QueueSelector::IFlush);
    }

    pub(super) fn columns(output: &File) -> usize {
        // A terminal that does not know its size says 0.
        tcgetwinsize(output).map_or(80, |size| match size.ws_col {
            0 => 80,
            columns => columns.into(),
        })
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::File;

    pub(super) fn devices() -> Option<(File, File)> {
        let input = File::options().read(true).write(true).open("CONIN$").ok()?;
        Some((input, File::options().read(true).write(true).open("CONOUT$").ok()?))
    }

    /// The console can't be waited for without unsafe code: the read waits.
    pub(super) fn readable(_: &File) -> bool {
        true
    }

    pub(super) fn forget_typed(_: &File) {}

    pub(super) fn columns(_: &File) -> usize {
        80
    }
}
