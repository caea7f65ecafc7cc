//! A record for nu's `load-env`, as JSON: nu evaluates no text that a program prints. `null` takes
//! a variable from the programs that nu runs.
//!
//! <https://www.nushell.sh/commands/docs/load-env.html>

use super::{
    Format, Handed, UNSET, Uncarried, holds_nul,
    json::{Json, object, write_object},
};
use crate::secret::Secret;

pub(super) const FORMAT: Format = Format {
    name: "nu",
    about: "a record for nu",
    shells: &["nu"],
    usage: "mfa-session --format nu | from json | load-env",
    // nu sees that the program failed.
    failure: "",
    unset: Some(unset),
    render,
    appendix: None,
};

fn render(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    let variables = handed.variables_unless(holds_nul)?;
    let set = variables.iter().map(|variable| (variable.name, Json::Text(variable.value)));
    Ok(object(&set.chain(nulls(&UNSET)).collect::<Vec<_>>()))
}

fn unset(names: &[&str]) -> String {
    let mut text = String::new();
    write_object(&mut text, &nulls(names).collect::<Vec<_>>()).expect("a string takes all text");
    text
}

fn nulls<'a>(names: &'a [&str]) -> impl Iterator<Item = (&'a str, Json<'a>)> {
    names.iter().map(|name| (*name, Json::Null))
}
