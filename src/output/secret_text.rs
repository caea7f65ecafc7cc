//! Writes secret texts. In `output`, only this file and the formats expose a [`Secret`].

use std::io::{self, Write};

use super::stdout;
use crate::{failure::Failure, secret::Secret};

pub(crate) fn print(text: &Secret) -> Result<(), Failure> {
    stdout::write(text.expose())
}

pub(crate) fn write_to(file: &mut impl Write, text: &Secret) -> io::Result<()> {
    file.write_all(text.expose().as_bytes())
}
