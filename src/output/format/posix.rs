//! Exports for sh, bash, dash, ksh and zsh, made for `eval`, quoted and unquoted: each statement
//! ends in a semicolon, there are no comments, and values stand in single quotes.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use super::{Format, Handed, SOURCE, UNSET, Uncarried, Variable, statements};
use crate::{credentials::is_plain, secret::Secret};

/// See above.
pub const FORMAT: Format = Format {
    name: "env",
    about: "exports for sh, bash, dash, ksh and zsh",
    shells: &["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"],
    usage: "eval $(mfa-session --export)",
    failure: "false;\n",
    unset: Some(unset),
    render,
    appendix: None,
};

#[expect(clippy::unnecessary_wraps, reason = "other forms can't carry everything")]
fn render(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    let mut variables = handed.variables();
    // An unquoted `$(…)` splits a value at blanks and looks for files that match it, in spite of
    // the quotes: a name that is not plain is left out.
    variables.retain(|variable| variable.name != SOURCE || is_plain(variable.value));
    let is_unnamed = variables.iter().all(|variable| variable.name != SOURCE);
    let names: Vec<&str> = UNSET.into_iter().chain(is_unnamed.then_some(SOURCE)).collect();
    let set = |out: &mut dyn fmt::Write, Variable { name, value, .. }: &Variable<'_>| {
        writeln!(out, "export {name}={};", Quoted(value))
    };
    Ok(statements(&variables, set, &unset(&names)))
}

fn unset(names: &[&str]) -> String {
    format!("unset {};\n", names.join(" "))
}

/// The value for a command line that a person copies: quoted where it must be.
pub(in crate::output) fn quoted_for_shell(value: &str) -> Cow<'_, str> {
    if value.chars().all(|c| c.is_ascii_alphanumeric() || "/._+@%:,=~-".contains(c)) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(Quoted(value).to_string())
}

/// A value in single quotes, in which nothing means anything but the quote itself.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for c in self.0.chars() {
            match c {
                '\'' => f.write_str(r"'\''")?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('\'')
    }
}
