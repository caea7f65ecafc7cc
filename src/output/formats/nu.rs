//! A record for nu's `load-env`, as JSON: nu cannot evaluate a program's output. `null` unsets a
//! variable for the programs that nu runs.
//!
//! <https://www.nushell.sh/commands/docs/load-env.html>

use serde_json::Value;

use super::json::object;
use crate::{
    output::format::{Format, SessionView, Unrepresentable},
    output::variables::nul_character,
    secret::Secret,
};

// `failure` is empty: nu sees the exit status.
pub(super) const FORMAT: Format = Format {
    name: "nu",
    about: "a record for nu",
    shells: &["nu"],
    usage: "mfa-session --format nu | from json | load-env",
    set: Some(set),
    unset: Some(unset),
    render,
    ..Format::PLAIN
};

fn render(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let variables = view.variables_without(nul_character)?;
    let set = variables.iter().map(|variable| (variable.name, variable.value.into()));
    let unset = view.context.unset_besides(&variables);
    Ok(Secret::new(object(&set.chain(nulls(&unset)).collect::<Vec<_>>())))
}

fn set(name: &str, value: &str) -> String {
    format!("$env.{name} = {}", Value::from(value))
}

fn unset(names: &[&str]) -> String {
    object(&nulls(names).collect::<Vec<_>>())
}

fn nulls<'a>(names: &'a [&str]) -> impl Iterator<Item = (&'a str, Value)> {
    names.iter().map(|name| (*name, Value::Null))
}
