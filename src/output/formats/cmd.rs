//! Commands for cmd, in a batch file or in `for /f … do @%i`. The latter only takes plain commands:
//! no `@`, no `if`, no redirection.
//!
//! <https://learn.microsoft.com/windows-server/administration/windows-commands/set_1>

use crate::{
    output::format::{CONFLICTING_VARIABLES, Format, SessionView, Unrepresentable, Variable},
    secret::Secret,
};

/// The maximum length of a line in characters: article 830473 of the Microsoft Knowledge Base.
const MAX_LINE_LENGTH: usize = 8191;

pub(super) const FORMAT: Format = Format {
    name: "cmd",
    about: "commands for cmd, or for a batch file",
    shells: &["cmd"],
    usage: "for /f \"delims=\" %i in ('mfa-session --format cmd') do @%i",
    // `exit /b` would close the window of a user who types the line above.
    failure: "cmd /c exit 1\n",
    unset: Some(unset),
    render,
    ..Format::PLAIN
};

fn render(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let variables = view.variables_without(problem)?;
    let set = |Variable { name, value, .. }: &Variable<'_>| format!("set \"{name}={value}\"\n");
    Ok(Secret::new(unset(&CONFLICTING_VARIABLES) + &variables.iter().map(set).collect::<String>()))
}

/// Sets each variable before it unsets it: to unset an unset variable is an error.
fn unset(names: &[&str]) -> String {
    let statements = |name| format!("set \"{name}=-\"\nset \"{name}=\"\n");
    names.iter().map(statements).collect()
}

/// No escape for `%`, `!` and `"` works both in a batch file and on the command line.
fn problem(variable: &Variable<'_>) -> Option<&'static str> {
    let value = variable.value;
    let length = "set \"=\"".len() + variable.name.len() + value.len();
    if value.contains('\0') {
        Some("holds a NUL character")
    } else if value.contains(['%', '!', '"']) {
        Some("holds one of % ! \"")
    } else if !value.chars().all(|c| matches!(c, ' '..='~')) {
        Some("holds a character that is not printable ASCII")
    } else if length > MAX_LINE_LENGTH {
        Some("is longer than a command may be")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::format::lines;

    #[test]
    fn operators_are_literal_in_quotes() {
        let last = lines(&FORMAT, "it's ^ & | < > ( ) = ; , ~").unwrap().swap_remove(10);
        assert_eq!(last, "set \"MFA_SESSION_SOURCE=it's ^ & | < > ( ) = ; , ~\"");
    }

    #[test]
    fn characters_that_quotes_do_not_protect_are_refused() {
        for source in ["50%", "!", "\""] {
            assert_eq!(lines(&FORMAT, source), Err("holds one of % ! \""), "{source}");
        }
        for source in ["a\nb", "a\r", "\t", "\u{1a}", "ü"] {
            let reason = "holds a character that is not printable ASCII";
            assert_eq!(lines(&FORMAT, source), Err(reason), "{source}");
        }
    }

    #[test]
    fn a_line_has_the_maximum_length_of_cmd() {
        let room = MAX_LINE_LENGTH - "set \"MFA_SESSION_SOURCE=\"".len();
        let longest = lines(&FORMAT, &"a".repeat(room)).unwrap().swap_remove(10);
        assert_eq!(longest.len(), MAX_LINE_LENGTH);
        let reason = "is longer than a command may be";
        assert_eq!(lines(&FORMAT, &"a".repeat(room + 1)), Err(reason));
    }
}
