//! A code source: a prompt on the terminal.

use super::{Code, CodeSource, Prompt, code_source::no_code};
use crate::{
    failure::{Failure, Status},
    message::printable,
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

    fn tty(&mut self) -> Result<&mut Tty, Failure> {
        let tty = self.tty.take().or_else(|| Tty::open(self.kind));
        let tty = tty.ok_or_else(|| no_code("a code is needed, but there is no terminal"))?;
        Ok(self.tty.insert(tty))
    }
}

/// How often to prompt for a valid answer.
const MAX_ANSWERS: usize = 3;

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
            let Some(line) = tty.read_line(&shown, interruption)? else { break };
            match line.parse() {
                Ok(code) => return Ok(code),
                Err(invalid) => shown = format!("{}\n{text}", invalid.problem),
            }
        }
        Err(no_code("no code was entered"))
    }

    fn choose(&mut self, prompt: &str, options: &[&str]) -> Result<Option<usize>, Failure> {
        let tty = self.tty()?;
        tty.discard_input();
        for (number, option) in (1..).zip(options) {
            // An option may come from a server: it must not move the cursor.
            tty.write(&format!("{}\n", printable(&format!("  {number}  {option}"))))?;
        }
        let text = format!("{prompt} 1 to {}: ", options.len());
        for _ in 0..MAX_ANSWERS {
            tty.write(&text)?;
            let Some(line) = tty.read_line(&text, &mut || None)? else { break };
            match line.trim().parse() {
                Ok(number) if (1..=options.len()).contains(&number) => return Ok(Some(number - 1)),
                _ => {}
            }
        }
        Err(Failure::new(Status::NoCode, "no choice was made")
            .hint("enter the number of an option"))
    }

    fn describe(&self) -> &'static str {
        "prompt on the terminal"
    }
}
