//! Where the code comes from.

use std::str::FromStr;

use super::{
    Resolver, in_profiles,
    table::{CODE, CODE_COMMAND, NO_PROMPT, TOTP_SEED},
    variable,
};
use crate::{
    code,
    failure::{Failure, InvalidValue},
    origin::{Origin, Sourced},
    secret::Secret,
};

impl Resolver<'_> {
    /// A code before a command before a seed before a question; each from the flag, the environment
    /// and the profile, in this order.
    pub(super) fn code(&self) -> Result<code::Origins, Failure> {
        let person = self.person()?;
        match &self.cli.mfa.code {
            Some(code) if code.expose() == "-" => return Ok(code::Origins::Stdin),
            Some(code) => return given_code(code, &Origin::Flag(CODE.flag)),
            None => {}
        }
        if let Some(command) = self.typed(&CODE_COMMAND) {
            return command.parse().map(code::Origins::Command);
        }
        if let Some(said) = variable(&CODE, self.environment)? {
            return given_code(&Secret::new(said.value), &said.origin);
        }
        let command = variable(&CODE_COMMAND, self.environment)?;
        let seed = variable(&TOTP_SEED, self.environment)?;
        if let (None, Some(seed)) = (&command, seed) {
            return seed.parse().map(|seed| code::Origins::Totp(seed.value));
        }
        let in_profiles = || in_profiles(&CODE_COMMAND, self.profiles, &self.places);
        if let Some(command) = command.or_else(in_profiles) {
            return command.parse().map(code::Origins::Command);
        }
        Ok(person)
    }

    /// The person on the terminal, unless it is forbidden to ask.
    pub(super) fn person(&self) -> Result<code::Origins, Failure> {
        let forbidden = variable(&NO_PROMPT, self.environment)?;
        let forbidden = forbidden.map(Sourced::parse::<Switch>).transpose()?;
        if self.cli.mfa.no_prompt {
            return Ok(code::Origins::Nowhere(Origin::Flag(NO_PROMPT.flag)));
        }
        match forbidden {
            Some(Sourced { value: Switch::On, origin }) => Ok(code::Origins::Nowhere(origin)),
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
        Ok(code) => Ok(code::Origins::Sourced(code)),
        Err(invalid) => Err(origin.invalid(invalid)),
    }
}

/// A variable that says yes or no.
enum Switch {
    On,
    Off,
}

impl FromStr for Switch {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(Self::On),
            "0" | "false" | "no" | "off" => Ok(Self::Off),
            _ => Err(InvalidValue::new(
                format!("`{text}` is neither yes nor no"),
                "set it to 1 or 0",
            )),
        }
    }
}
