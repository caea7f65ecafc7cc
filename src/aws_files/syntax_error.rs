//! The error of an invalid line.

use std::{error::Error, fmt};

use memchr::memchr_iter;

/// A line that the AWS SDKs refuse or read differently. It omits the text of the line, which may be
/// a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line number, from 1.
    pub line: usize,
    /// The problem.
    pub problem: &'static str,
}

impl SyntaxError {
    /// For the line that begins here.
    pub(super) fn new(text: &str, start: usize, problem: &'static str) -> Self {
        Self { line: line_number(text, start), problem }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl Error for SyntaxError {}

/// The number of the line that begins here, from 1.
pub(super) fn line_number(text: &str, start: usize) -> usize {
    memchr_iter(b'\n', &text.as_bytes()[..start]).count() + 1
}
