//! The output formats. To add one, add a file below and two lines here.

mod cmd;
mod dotenv;
mod fish;
mod github;
mod ini;
mod json;
mod nu;
mod posix;
mod powershell;
mod process;

use super::format::Format;
pub use posix::FORMAT as POSIX;

/// All formats, in the order of the manual.
pub const FORMATS: [&Format; 10] = [
    &POSIX,
    &fish::FORMAT,
    &powershell::FORMAT,
    &cmd::FORMAT,
    &nu::FORMAT,
    &process::FORMAT,
    &json::FORMAT,
    &dotenv::FORMAT,
    &ini::FORMAT,
    &github::FORMAT,
];

impl Format {
    /// The format for the shell with this program name.
    #[must_use]
    pub fn of_shell(program: &str) -> Option<&'static Self> {
        FORMATS.into_iter().find(|format| format.shells.contains(&program))
    }

    /// The format with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.into_iter().find(|format| format.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::format::lines, *};

    #[test]
    fn format_names_and_shells_are_unique() {
        for format in FORMATS {
            assert_eq!(Format::named(format.name).unwrap().about, format.about);
            for shell in format.shells {
                assert_eq!(Format::of_shell(shell).unwrap().name, format.name, "{shell}");
            }
        }
    }

    #[test]
    fn descriptions_need_no_quoting() {
        for format in FORMATS {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || " ,:_".contains(c);
            assert!(format.about.chars().all(is_plain), "{}", format.about);
        }
    }

    #[test]
    fn refuses_a_nul_character() {
        // The POSIX format omits such a profile name; `ini` and JSON have their own rules.
        for name in ["fish", "powershell", "cmd", "nu", "dotenv", "github"] {
            let format = Format::named(name).unwrap();
            assert_eq!(lines(format, "a\0b"), Err("contains a NUL character"), "{name}");
        }
    }
}
