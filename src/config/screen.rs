//! What the terminal shows: colours, lines of a width, progress.

use std::io::{self, IsTerminal as _};

use crate::{
    environment::Environment,
    failure::Failure,
    flags::Flags,
    system::terminal::{self, NEEDS_TERM},
    tty::TtyKind,
};

/// The limits of the output on standard output.
pub(crate) struct Screen {
    /// In columns. Without a terminal, lines have no limit.
    pub(crate) width: usize,
    pub(crate) has_colours: bool,
}

impl Screen {
    /// Only a terminal limits the width and gets colours. The variable: <https://no-color.org>.
    pub(crate) fn of_stdout(environment: &Environment) -> Result<Self, Failure> {
        let stdout = io::stdout();
        if !stdout.is_terminal() {
            return Ok(Self { width: usize::MAX, has_colours: false });
        }
        let is_wanted = environment.variable("NO_COLOR")?.is_none();
        let is_ansi = tty_kind(environment)? == TtyKind::Ansi;
        Ok(Self {
            width: terminal::columns(&stdout),
            has_colours: is_wanted && is_ansi && terminal::enable_ansi(),
        })
    }
}

/// Whether the terminal can show progress. An SDK that runs this program to renew a session may
/// print to the same row meanwhile, which would be erased.
pub(crate) fn shows_progress(flags: &Flags, environment: &Environment) -> bool {
    let is_for_program = flags.format().is_some_and(|format| format.is_refreshed);
    !is_for_program && tty_kind(environment).is_ok_and(|kind| kind == TtyKind::Ansi)
}

/// The abilities of the terminal, as far as the environment tells.
pub(super) fn tty_kind(environment: &Environment) -> Result<TtyKind, Failure> {
    Ok(match environment.variable("TERM")?.as_deref() {
        Some("dumb") => TtyKind::Dumb,
        None if NEEDS_TERM => TtyKind::Dumb,
        _ => TtyKind::Ansi,
    })
}
