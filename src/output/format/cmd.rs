//! Commands for cmd, good both for a batch file and for `for /f … do @%i`, in which nothing but
//! plain commands works: no `@`, no `if`, no redirection.
//!
//! <https://learn.microsoft.com/windows-server/administration/windows-commands/set_1>

use super::{Format, Handed, UNSET, Uncarried, Variable, text};
use crate::secret::Secret;

pub(super) const FORMAT: Format = Format {
    name: "cmd",
    about: "commands for cmd, or for a batch file",
    shells: &["cmd"],
    usage: "for /f \"delims=\" %i in ('mfa-session --format cmd') do @%i",
    // `exit /b` would close the window of who types the line above.
    failure: "cmd /c exit 1\n",
    unset: Some(unset),
    render,
    appendix: None,
};

fn render(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    let variables = handed.variables_unless(refused)?;
    Ok(text(|out| {
        out.write_str(&unset(&UNSET))?;
        for Variable { name, value, .. } in &variables {
            writeln!(out, "set \"{name}={value}\"")?;
        }
        Ok(())
    }))
}

/// It is an error to take away what is not there.
fn unset(names: &[&str]) -> String {
    let statements = |name| format!("set \"{name}=-\"\nset \"{name}=\"\n");
    names.iter().map(statements).collect()
}

/// Within quotes, all else stands for itself. There is no way to write these that is good in a
/// batch file and elsewhere.
fn refused(variable: &Variable<'_>) -> Option<&'static str> {
    let value = variable.value;
    let length = "set \"=\"".len() + variable.name.len() + value.len();
    if value.contains('\0') {
        Some("holds a NUL character")
    } else if value.contains(['%', '!', '"']) {
        Some("holds one of % ! \"")
    } else if !value.chars().all(|c| matches!(c, ' '..='~')) {
        Some("holds a character that is not printable ASCII")
    } else if length > LONGEST {
        Some("is longer than a command may be")
    } else {
        None
    }
}

/// Of a line, in characters: article 830473 of the Microsoft Knowledge Base.
const LONGEST: usize = 8191;

#[cfg(test)]
mod tests {
    use super::{super::tests::lines, *};

    #[test]
    fn what_quotes_protect_stands_for_itself() {
        let last = lines(&FORMAT, "it's ^ & | < > ( ) = ; , ~").unwrap().swap_remove(10);
        assert_eq!(last, "set \"MFA_SESSION_SOURCE=it's ^ & | < > ( ) = ; , ~\"");
    }

    #[test]
    fn what_they_do_not_protect_is_refused() {
        for source in ["50%", "!", "\""] {
            assert_eq!(lines(&FORMAT, source), Err("holds one of % ! \""), "{source}");
        }
        for source in ["a\nb", "a\r", "\t", "\u{1a}", "ü"] {
            let why = "holds a character that is not printable ASCII";
            assert_eq!(lines(&FORMAT, source), Err(why), "{source}");
        }
    }

    #[test]
    fn a_line_is_no_longer_than_cmd_reads() {
        let room = LONGEST - "set \"MFA_SESSION_SOURCE=\"".len();
        let longest = lines(&FORMAT, &"a".repeat(room)).unwrap().swap_remove(10);
        assert_eq!(longest.len(), LONGEST);
        let why = "is longer than a command may be";
        assert_eq!(lines(&FORMAT, &"a".repeat(room + 1)), Err(why));
    }
}
