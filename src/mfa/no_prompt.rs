//! A code source without codes: `--no-prompt` forbids the prompt, and no other source is
//! configured.

use super::{Code, CodeSource, Prompt, code_source::no_code};
use crate::{failure::Failure, origin::Origin};

/// Fails if a code is needed, and names the setting that forbids the prompt.
#[derive(Debug)]
pub(crate) struct NoPrompt {
    forbidden_by: Origin,
}

impl NoPrompt {
    pub(crate) fn new(forbidden_by: Origin) -> Self {
        Self { forbidden_by }
    }

    fn failure(&self) -> Failure {
        no_code(format!("a code is needed, but {} forbids the prompt", self.forbidden_by))
    }
}

impl CodeSource for NoPrompt {
    fn check(&mut self) -> Result<(), Failure> {
        Err(self.failure())
    }

    fn prompts(&self) -> bool {
        false
    }

    fn read(
        &mut self,
        _prompt: &Prompt<'_>,
        _interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        Err(self.failure())
    }

    fn describe(&self) -> &'static str {
        "no prompt"
    }
}
