//! A code source: the person at the terminal.

use super::{
    Code, CodeSource, Prompt,
    code_source::no_code,
    tty::{Tty, TtyKind},
};
use crate::{
    failure::{Failure, Status},
    message::printable,
};

/// The terminal, opened when it is checked or first used.
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
        let open = || Tty::open(self.kind);
        let tty = self.tty.take().or_else(open);
        let tty =
            tty.ok_or_else(|| no_code("a code is needed, and there is no terminal to ask on"))?;
        Ok(self.tty.insert(tty))
    }
}

/// How often to repeat a prompt whose answer is no code, or no option of the list.
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
        let question = format!("{}: ", prompt.text);
        let mut shown = match prompt.problem {
            Some(problem) => format!("{problem}\n{question}"),
            None => question.clone(),
        };
        for _ in 0..MAX_ANSWERS {
            // Input from before the prompt is not its answer.
            tty.discard_input();
            tty.write(&shown)?;
            let Some(line) = tty.read_line(&shown, interruption)? else { break };
            match line.parse() {
                Ok(code) => return Ok(code),
                Err(invalid) => shown = format!("{}\n{question}", invalid.problem),
            }
        }
        Err(no_code("no code was typed"))
    }

    fn choose(&mut self, question: &str, options: &[&str]) -> Result<Option<usize>, Failure> {
        let tty = self.tty()?;
        tty.discard_input();
        for (number, option) in (1..).zip(options) {
            // An option may come from a server or a file, and must not move the cursor.
            tty.write(&format!("{}\n", printable(&format!("  {number}  {option}"))))?;
        }
        let question = format!("{question} 1 to {}: ", options.len());
        for _ in 0..MAX_ANSWERS {
            tty.write(&question)?;
            let Some(line) = tty.read_line(&question, &mut || None)? else { break };
            match line.trim().parse() {
                Ok(number) if (1..=options.len()).contains(&number) => return Ok(Some(number - 1)),
                _ => {}
            }
        }
        Err(Failure::new(Status::NoCode, "none was chosen").hint("give the number before it"))
    }

    fn describe(&self) -> &'static str {
        "asked on the terminal"
    }
}
