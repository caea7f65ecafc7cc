//! A code source: a line of standard input, for `--code -`.

use std::io::{self, IsTerminal as _};

use super::{Code, CodeSource, Prompt, Terminal, code_source::no_code};
use crate::{
    failure::{Failure, Status},
    input,
    origin::InvalidValue,
    tty::TtyKind,
};

/// Standard input. Prompts if it is a terminal: a silent wait looks like a hang.
#[derive(Debug, Default)]
pub(crate) struct Stdin {
    terminal: Option<Terminal>,
}

impl CodeSource for Stdin {
    fn check(&mut self) -> Result<(), Failure> {
        if io::stdin().is_terminal() {
            let mut terminal = Terminal::new(TtyKind::Dumb);
            // Without a terminal to write to, read the line without a prompt.
            self.terminal = terminal.check().is_ok().then_some(terminal);
        }
        Ok(())
    }

    fn is_slow(&self) -> bool {
        self.terminal.as_ref().is_some_and(CodeSource::is_slow)
    }

    fn max_codes(&self) -> usize {
        self.terminal.as_ref().map_or(1, CodeSource::max_codes)
    }

    fn read(
        &mut self,
        prompt: &Prompt<'_>,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        match &mut self.terminal {
            Some(terminal) => terminal.read(prompt, interruption),
            None => read_line(),
        }
    }

    fn choose(&mut self, prompt: &str, options: &[&str]) -> Result<Option<usize>, Failure> {
        match &mut self.terminal {
            Some(terminal) => terminal.choose(prompt, options),
            None => Ok(None),
        }
    }

    fn describe(&self) -> &'static str {
        "read from standard input"
    }
}

/// In bytes.
const MAX_LINE: usize = 4096;

fn read_line() -> Result<Code, Failure> {
    const PROBLEM: &str = "cannot read the code from standard input";
    let line = input::line_of_stdin(MAX_LINE).map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => no_code(format!("{PROBLEM}: {error}")),
        _ => anyhow::Error::new(error).context(PROBLEM).into(),
    })?;
    if line.is_empty() {
        return Err(no_code("standard input contains no code"));
    }
    // A line that is not UTF-8 is as invalid as an empty one.
    str::from_utf8(&line).unwrap_or_default().parse().map_err(|invalid| {
        let InvalidValue { problem, hint } = invalid;
        Failure::new(Status::Local, format!("standard input: {problem}")).hint(hint)
    })
}
