//! Exports for sh, bash, dash, ksh and zsh.
//!
//! They work in `eval "$(…)"` and in an unquoted `eval $(…)`, which joins all lines: each statement
//! ends in a semicolon, values are in single quotes, without comments.

use crate::{
    output::format::{Format, SessionView, Unrepresentable},
    output::variables::{SOURCE, Variable},
    secret::Secret,
    sts::is_plain,
};

/// The default for scripts and unknown shells.
pub const FORMAT: Format = Format {
    name: "env",
    about: "exports for sh, bash, dash, ksh and zsh",
    shells: &["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"],
    usage: "eval $(mfa-session --export)",
    failure: "false;\n",
    set: Some(set),
    unset: Some(unset),
    render,
    ..Format::PLAIN
};

#[expect(clippy::unnecessary_wraps, reason = "the type of all renderers")]
fn render(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let mut variables = view.variables();
    // In an unquoted `$(…)`, the shell splits a value at blanks and expands `*` despite the quotes:
    // omit a profile name that is not plain.
    variables.retain(|variable| variable.name != SOURCE || is_plain(variable.value));
    let has_source = variables.iter().any(|variable| variable.name == SOURCE);
    let mut names = view.context.unset_besides(&variables);
    names.extend((!has_source).then_some(SOURCE));
    let export =
        |Variable { name, value, .. }: &Variable<'_>| format!("export {name}={};\n", quote(value));
    Ok(Secret::new(variables.iter().map(export).collect::<String>() + &unset(&names)))
}

fn set(name: &str, value: &str) -> String {
    let value = if is_plain(value) { value.to_owned() } else { quote(value) };
    format!("export {name}={value}")
}

fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

fn unset(names: &[&str]) -> String {
    format!("unset {};\n", names.join(" "))
}
