//! Where the code comes from.

use std::str::FromStr;

use super::{
    Lookup,
    table::{CODE, NO_PROMPT},
    variable,
};
use crate::{
    code,
    failure::{Failure, Unfit},
    origin::{Given, Origin},
    secret::Secret,
};

impl Lookup<'_> {
    pub(super) fn code(&self) -> Result<code::Origins, Failure> {
        let forbidden = variable(&NO_PROMPT, self.environment)?;
        let forbidden = forbidden.map(Given::parse::<Switch>).transpose()?;
        match &self.cli.mfa.code {
            Some(code) if code.expose() == "-" => return Ok(code::Origins::Stdin),
            Some(code) => return given_code(code, &Origin::Flag(CODE.flag)),
            None => {}
        }
        if let Some(said) = variable(&CODE, self.environment)? {
            return given_code(&Secret::new(said.value), &said.origin);
        }
        if self.cli.mfa.no_prompt {
            return Ok(code::Origins::Nowhere(Origin::Flag(NO_PROMPT.flag)));
        }
        match forbidden {
            Some(Given { value: Switch::On, origin }) => Ok(code::Origins::Nowhere(origin)),
            _ => Ok(code::Origins::Terminal(self.terminal()?)),
        }
    }

    fn terminal(&self) -> Result<code::Kind, Failure> {
        Ok(match self.environment.variable("TERM")?.as_deref() {
            None | Some("dumb") => code::Kind::Dumb,
            Some(_) => code::Kind::Ansi,
        })
    }
}

fn given_code(code: &Secret, origin: &Origin) -> Result<code::Origins, Failure> {
    match code.expose().parse() {
        Ok(code) => Ok(code::Origins::Given(code)),
        Err(unfit) => Err(origin.refuse(unfit)),
    }
}

/// A variable that says yes or no.
enum Switch {
    On,
    Off,
}

impl FromStr for Switch {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(Self::On),
            "0" | "false" | "no" | "off" => Ok(Self::Off),
            _ => Err(Unfit::new(format!("`{text}` is neither yes nor no"), "set it to 1 or 0")),
        }
    }
}
