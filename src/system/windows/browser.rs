//! Programs that open an address in a browser.

/// Separates the commands in `BROWSER`.
pub(crate) const SEPARATOR: char = ';';

/// The system's own programs, best first.
pub(crate) const COMMANDS: &[&[&str]] = &[&["rundll32.exe", "url.dll,FileProtocolHandler"]];
