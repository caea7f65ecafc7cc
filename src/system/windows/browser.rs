//! Programs that open an address in a browser.

/// Separates the commands in `BROWSER`.
pub(crate) const SEPARATOR: char = ';';

/// The system's own programs, best first.
pub(crate) const COMMANDS: &[&[&str]] = &[&["rundll32.exe", "url.dll,FileProtocolHandler"]];

/// The words of a command in `BROWSER`: only a program, because a path contains spaces and
/// backslashes.
pub(crate) fn split(command: &str) -> Option<Vec<String>> {
    let program = command.trim().trim_matches('"');
    (!program.is_empty()).then(|| vec![program.to_owned()])
}
