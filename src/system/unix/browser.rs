//! Programs that open an address in a browser.

/// Separates the commands in `BROWSER`.
pub(crate) const SEPARATOR: char = ':';

/// The system's own programs, best first.
pub(crate) const COMMANDS: &[&[&str]] =
    if cfg!(target_os = "macos") { &[&["open"]] } else { &[&["xdg-open"], &["wslview"]] };
