//! Statements for fish, for `source` as for `eval`, which makes one line of all of them.
//!
//! <https://fishshell.com/docs/current/language.html#quotes>

use std::fmt::{self, Write as _};

use super::{Format, Handed, UNSET, Uncarried, Variable, holds_nul, statements};
use crate::secret::Secret;

pub(super) const FORMAT: Format = Format {
    name: "fish",
    about: "statements for fish",
    shells: &["fish"],
    usage: "mfa-session --format fish | source",
    failure: "false;\n",
    unset: Some(unset),
    render,
    appendix: None,
};

fn render(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    let variables = handed.variables_unless(holds_nul)?;
    let set = |out: &mut dyn fmt::Write, Variable { name, value, .. }: &Variable<'_>| {
        writeln!(out, "set -gx {} {};", name, Quoted(value))
    };
    Ok(statements(&variables, set, &unset(&UNSET)))
}

/// It is an error to erase what is not there. A universal variable is a setting of the person, for
/// all times and all shells.
fn unset(names: &[&str]) -> String {
    let statements = |name| {
        format!(
            "set -gx {name}; set -eg {name};\n\
             set -qU {name}; and echo '{UNIVERSAL} {name}' >&2; or true;\n"
        )
    };
    names.iter().map(statements).collect()
}

const UNIVERSAL: &str = "mfa-session: warning: a universal variable stays, unless you erase it: \
                         set -eU";

/// A value in single quotes, in which a backslash goes before itself and the quote. Control
/// characters stand outside of them, as escapes: fish splits what has several lines.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for c in self.0.chars() {
            match c {
                '\'' | '\\' => write!(f, "\\{c}")?,
                c if c.is_ascii_control() => write!(f, "'\\x{:02x}'", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('\'')
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::lines, *};

    #[test]
    fn quotes_and_backslashes_are_escaped_and_control_characters_stand_outside() {
        let source = &lines(&FORMAT, "it's \\ $x\n\u{7f}ü").unwrap()[4];
        assert_eq!(source, r"set -gx MFA_SESSION_SOURCE 'it\'s \\ $x'\x0a''\x7f'ü';");
    }
}
