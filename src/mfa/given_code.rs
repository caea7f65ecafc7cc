//! A code source: a flag or a variable with the code.

use super::{Code, CodeSource, Prompt, code_source::no_code};
use crate::failure::Failure;

/// `None` once the code is read.
#[derive(Debug)]
pub struct GivenCode(Option<Code>);

impl GivenCode {
    /// A source of this one code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self(Some(code))
    }
}

impl CodeSource for GivenCode {
    fn prompts(&self) -> bool {
        false
    }

    fn read(
        &mut self,
        _prompt: &Prompt<'_>,
        _interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        self.0.take().ok_or_else(|| no_code("no further code"))
    }

    fn describe(&self) -> &'static str {
        "given, and not shown"
    }
}
