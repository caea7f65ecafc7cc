//! Writes texts that hold secrets. Of `output`, only this file and the formats open a [`Secret`].

use std::io::{self, Write};

use super::stdout;
use crate::{failure::Failure, secret::Secret};

/// Prints a text on standard output.
pub(super) fn print(text: &Secret) -> Result<(), Failure> {
    stdout::write(text.expose())
}

/// Writes a text to a file.
pub(super) fn write_to(file: &mut impl Write, text: &Secret) -> io::Result<()> {
    file.write_all(text.expose().as_bytes())
}
