//! For the steps of a GitHub Actions job that follow: the variables go to the file that
//! `GITHUB_ENV` names, when the log has been told to mask what is secret among them.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::fmt::{self, Write as _};

use super::{Appendix, Format, Handed, Uncarried, Variable, holds_nul, text};
use crate::secret::Secret;

pub(super) const FORMAT: Format = Format {
    name: "github",
    about: "for the next steps of a GitHub Actions job: masks, and variables in GITHUB_ENV",
    shells: &[],
    usage: "run: mfa-session --format github",
    failure: "",
    unset: None,
    render,
    appendix: Some(Appendix { variable: "GITHUB_ENV", render: variables }),
};

#[expect(clippy::unnecessary_wraps, reason = "other forms can't carry everything")]
fn render(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    Ok(text(|out| {
        let mut secrets = [handed.secret, handed.token].into_iter();
        secrets.try_for_each(|secret| writeln!(out, "::add-mask::{}", Escaped(secret)))
    }))
}

/// The data of a workflow command.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '%' => f.write_str("%25"),
            '\r' => f.write_str("%0D"),
            '\n' => f.write_str("%0A"),
            c => f.write_char(c),
        })
    }
}

/// A value ends where a line is its delimiter: one that stands in no value.
fn variables(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    let variables = handed.variables_unless(refused)?;
    let is_free = |end: &String| variables.iter().all(|variable| !variable.value.contains(end));
    let mut ends = std::iter::repeat_with(|| format!("end_{:032x}", fastrand::u128(..)));
    let end = ends.find(is_free).expect("there is no end of numbers");
    Ok(text(|out| {
        let mut variables = variables.iter();
        variables.try_for_each(|Variable { name, value, .. }| {
            writeln!(out, "{name}<<{end}\n{value}\n{end}")
        })
    }))
}

/// On Windows a carriage return is taken for a part of the line break behind it.
fn refused(variable: &Variable<'_>) -> Option<&'static str> {
    let returns = variable.value.contains('\r').then_some("holds a carriage return");
    returns.or_else(|| holds_nul(variable))
}
