//! Statements for fish. They work in `source` and in `eval`, which joins all lines.
//!
//! <https://fishshell.com/docs/current/language.html#quotes>

use crate::{
    output::format::{Format, SessionView, Unrepresentable},
    output::variables::{Variable, nul_character},
    secret::Secret,
};

pub(super) const FORMAT: Format = Format {
    name: "fish",
    about: "statements for fish",
    shells: &["fish"],
    usage: "mfa-session --format fish | source",
    failure: "false;\n",
    set: Some(set),
    unset: Some(unset),
    render,
    ..Format::PLAIN
};

fn render(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let variables = view.variables_without(nul_character)?;
    let statement = |Variable { name, value, .. }: &Variable<'_>| set(name, value) + ";\n";
    let unset = unset(&view.context.unset_besides(&variables));
    Ok(Secret::new(variables.iter().map(statement).collect::<String>() + &unset))
}

fn set(name: &str, value: &str) -> String {
    format!("set -gx {name} {}", quote(value))
}

/// Sets each variable first: erasing an unset variable is an error. A universal variable stays,
/// with a warning: it is a permanent setting of the user.
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

/// In single quotes, fish only interprets a backslash before a quote or a backslash. Control
/// characters stand outside them: `eval` and command substitution split lines.
fn quote(value: &str) -> String {
    let escape = |c: char| match c {
        '\'' | '\\' => format!("\\{c}"),
        c if c.is_ascii_control() => format!("'\\x{:02x}'", u32::from(c)),
        c => c.to_string(),
    };
    format!("'{}'", value.chars().map(escape).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::format::lines;

    #[test]
    fn escapes_quotes_backslashes_and_control_characters() {
        let source = &lines(&FORMAT, "it's \\ $x\n\u{7f}ü").unwrap()[4];
        assert_eq!(source, r"set -gx MFA_SESSION_SOURCE 'it\'s \\ $x'\x0a''\x7f'ü';");
    }
}
