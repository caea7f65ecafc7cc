//! Commands for cmd, in a batch file or in `for /f … do @%i`, which only runs plain commands: no
//! `@`, no `if`, no redirection.
//!
//! <https://learn.microsoft.com/windows-server/administration/windows-commands/set_1>

use crate::{
    output::format::{Format, SessionView, Unrepresentable},
    output::variables::Variable,
    secret::Secret,
};

/// The maximum length of a line in characters: article 830473 of the Microsoft Knowledge Base.
const MAX_LINE_LENGTH: usize = 8191;

pub(super) const FORMAT: Format = Format {
    name: "cmd",
    about: "commands for cmd, or for a batch file",
    shells: &["cmd"],
    usage: "for /f \"delims=\" %i in ('mfa-session --format cmd') do @%i",
    // `exit /b` would close the window of a user who types the line in `usage`.
    failure: "cmd /c exit 1\n",
    set: Some(set),
    unset: Some(unset),
    render,
    ..Format::PLAIN
};

fn render(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let variables = view.variables_without(problem)?;
    let statement = |Variable { name, value, .. }: &Variable<'_>| set(name, value) + "\n";
    let unset = unset(&view.context.unset_besides(&variables));
    Ok(Secret::new(unset + &variables.iter().map(statement).collect::<String>()))
}

fn set(name: &str, value: &str) -> String {
    format!("set \"{name}={value}\"")
}

/// Sets each variable first: unsetting an unset variable is an error.
fn unset(names: &[&str]) -> String {
    let statements = |name| format!("set \"{name}=-\"\nset \"{name}=\"\n");
    names.iter().map(statements).collect()
}

/// No escape of `%`, `!` and `"` works both in a batch file and on the command line.
fn problem(variable: &Variable<'_>) -> Option<&'static str> {
    let value = variable.value;
    let length = "set \"=\"".len() + variable.name.len() + value.len();
    if value.contains('\0') {
        Some("contains a NUL character")
    } else if value.contains(['%', '!', '"']) {
        Some("contains one of % ! \"")
    } else if !value.chars().all(|c| matches!(c, ' '..='~')) {
        Some("contains a character that is not printable ASCII")
    } else if length > MAX_LINE_LENGTH {
        Some("is too long for a command of cmd")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::format::lines;

    #[test]
    fn quotes_protect_operators() {
        let last = lines(&FORMAT, "it's ^ & | < > ( ) = ; , ~").unwrap().swap_remove(10);
        assert_eq!(last, "set \"MFA_SESSION_SOURCE=it's ^ & | < > ( ) = ; , ~\"");
    }

    #[test]
    fn refuses_characters_that_quotes_do_not_protect() {
        for source in ["50%", "!", "\""] {
            assert_eq!(lines(&FORMAT, source), Err("contains one of % ! \""), "{source}");
        }
        for source in ["a\nb", "a\r", "\t", "\u{1a}", "ü"] {
            let reason = "contains a character that is not printable ASCII";
            assert_eq!(lines(&FORMAT, source), Err(reason), "{source}");
        }
    }

    #[test]
    fn refuses_a_line_that_is_too_long_for_cmd() {
        let room = MAX_LINE_LENGTH - "set \"MFA_SESSION_SOURCE=\"".len();
        let longest = lines(&FORMAT, &"a".repeat(room)).unwrap().swap_remove(10);
        assert_eq!(longest.len(), MAX_LINE_LENGTH);
        let reason = "is too long for a command of cmd";
        assert_eq!(lines(&FORMAT, &"a".repeat(room + 1)), Err(reason));
    }
}
