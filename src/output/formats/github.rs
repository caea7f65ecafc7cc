//! Variables for the next steps of a GitHub Actions job. The printed commands mask the secrets in
//! the log; the variables go to the file that `GITHUB_ENV` names.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use crate::{
    output::format::{EnvironmentEntries, Format, SessionView, Unrepresentable},
    output::variables::{Variable, nul_character},
    secret::Secret,
};

pub(super) const FORMAT: Format = Format {
    name: "github",
    about: "for the next steps of a GitHub Actions job: masks, and variables in GITHUB_ENV",
    usage: "run: mfa-session --format github",
    render: render_masks,
    environment_file: Some(EnvironmentEntries { variable: "GITHUB_ENV", render: render_entries }),
    ..Format::PLAIN
};

#[expect(clippy::unnecessary_wraps, reason = "the type of all renderers")]
fn render_masks(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let mask = |secret: &str| format!("::add-mask::{}\n", escape(secret));
    Ok(Secret::new(mask(view.secret_access_key) + &mask(view.session_token)))
}

/// Escapes the data of a workflow command.
fn escape(data: &str) -> String {
    data.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A delimiter ends each entry: it must not occur in a value.
fn render_entries(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let variables = view.variables_without(problem)?;
    let is_unused =
        |delimiter: &String| variables.iter().all(|variable| !variable.value.contains(delimiter));
    let mut delimiters = std::iter::repeat_with(|| format!("end_{:032x}", fastrand::u128(..)));
    let delimiter = delimiters.find(is_unused).expect("the iterator is endless");
    let entry = |Variable { name, value, .. }: &Variable<'_>| {
        format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
    };
    // A later step would still have a variable of an earlier export; nothing can unset it there.
    let stale = view.context.stale_besides(&variables).into_iter();
    let empty = stale.map(|name| format!("{name}=\n"));
    Ok(Secret::new(variables.iter().map(entry).chain(empty).collect()))
}

/// On Windows, the runner drops a carriage return at the end of a value.
fn problem(variable: &Variable<'_>) -> Option<&'static str> {
    let carriage_return = variable.value.contains('\r').then_some("contains a carriage return");
    carriage_return.or_else(|| nul_character(variable))
}
