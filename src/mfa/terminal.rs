//! A code source: a prompt on the terminal.

use super::{
    Code, CodeSource, Prompt,
    code_source::{MAX_ANSWERS, no_answer, no_choice, no_code, numbered, parse_choice},
};
use crate::{
    failure::Failure,
    tty::{Tty, TtyKind},
};

/// Opens the terminal on the first check or use.
#[derive(Debug)]
pub(crate) struct Terminal {
    kind: TtyKind,
    tty: Option<Tty>,
}

impl Terminal {
    pub(crate) fn new(kind: TtyKind) -> Self {
        Self { kind, tty: None }
    }

    /// Whether there is a terminal at which a person can answer now.
    pub(crate) fn is_usable(&mut self) -> bool {
        self.tty().is_ok_and(|tty| tty.is_in_foreground())
    }

    fn tty(&mut self) -> Result<&mut Tty, Failure> {
        let tty = self.tty.take().or_else(|| Tty::open(self.kind));
        let tty = tty.ok_or_else(|| no_code("a code is needed, but there is no terminal"))?;
        Ok(self.tty.insert(tty))
    }
}

impl CodeSource for Terminal {
    fn check(&mut self) -> Result<(), Failure> {
        self.tty()?;
        Ok(())
    }

    fn is_slow(&self) -> bool {
        true
    }

    fn max_codes(&self) -> usize {
        3
    }

    fn read(
        &mut self,
        prompt: &Prompt<'_>,
        interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        let tty = self.tty()?;
        let text = format!("{}: ", prompt.text);
        let mut shown = match prompt.problem {
            Some(problem) => format!("{problem}\n{text}"),
            None => text.clone(),
        };
        for _ in 0..MAX_ANSWERS {
            // Input from before the prompt is not an answer.
            tty.discard_input();
            tty.write(&shown)?;
            let Some(line) = tty.read_line(&shown, interruption)? else {
                return Err(no_answer("no code was entered"));
            };
            match line.parse() {
                Ok(code) => return Ok(code),
                Err(invalid) => shown = format!("{}\n{text}", invalid.problem),
            }
        }
        Err(no_answer("no valid code was entered"))
    }

    fn choose(&mut self, prompt: &str, options: &[&str]) -> Result<Option<usize>, Failure> {
        let tty = self.tty()?;
        tty.discard_input();
        for line in numbered(options) {
            tty.write(&format!("{line}\n"))?;
        }
        let text = format!("{prompt} 1 to {}: ", options.len());
        for _ in 0..MAX_ANSWERS {
            tty.write(&text)?;
            let Some(line) = tty.read_line(&text, &mut || None)? else { break };
            if let Some(index) = parse_choice(&line, options) {
                return Ok(Some(index));
            }
        }
        Err(no_choice())
    }

    fn describe(&self) -> &'static str {
        "prompt on the terminal"
    }
}
