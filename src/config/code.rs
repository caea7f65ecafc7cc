//! Chooses the code source.

use std::str::FromStr;

use super::{Resolver, screen::tty_kind};
use crate::{
    failure::Failure,
    mfa::{Askpass, CodeCommand, CodeSource, GivenCode, NoPrompt, Seed, Stdin, Terminal, Totp},
    origin::{InvalidValue, Origin, Sourced},
    secret::Secret,
    settings::{ASKPASS, CODE, CODE_COMMAND, NO_PROMPT, TOTP_SEED},
};

/// A code source, and the setting that chose it.
type Source = Sourced<Box<dyn CodeSource>>;

impl Resolver<'_> {
    /// A flag comes before the environment, and the environment before the profile. In each, a code
    /// comes before a command, and a command before a seed. Without any, the terminal prompts.
    pub(super) fn code_source(&self) -> Result<Source, Failure> {
        let source = self.choose_code_source()?;
        self.record(&CODE, source.value.describe(), &source.origin);
        Ok(source)
    }

    fn choose_code_source(&self) -> Result<Source, Failure> {
        // An invalid `MFA_SESSION_NO_PROMPT` is an error, even if another setting decides.
        let person = self.person()?;
        let command = self.find(&CODE_COMMAND)?;
        self.record_hidden(&CODE_COMMAND, command.as_ref());
        let seed = self.in_environment(&TOTP_SEED)?;
        self.record_hidden(&TOTP_SEED, seed.as_ref());
        match self.flags().secret("code") {
            Some(code) if code.expose() == "-" => {
                return Ok(source(Stdin::default(), Origin::Flag("code")));
            }
            Some(code) => return given_code(code, Origin::Flag("code")),
            None => {}
        }
        if let Some(command) = self.in_flags(&CODE_COMMAND) {
            return code_command(command);
        }
        if let Some(Sourced { value, origin }) = self.in_environment(&CODE)? {
            return given_code(&Secret::new(value), origin);
        }
        let in_environment = self.in_environment(&CODE_COMMAND)?.is_some();
        if let (false, Some(seed)) = (in_environment, seed) {
            let Sourced { value, origin } = seed.parse::<Seed>()?;
            return Ok(source(Totp::new(value), origin));
        }
        command.map_or(Ok(person), code_command)
    }

    /// The terminal, unless prompts are disabled.
    pub(crate) fn person(&self) -> Result<Source, Failure> {
        let typed = self.in_flags(&NO_PROMPT);
        let configured = self.in_environment(&NO_PROMPT)?;
        self.record_configured(&NO_PROMPT, typed.as_ref().or(configured.as_ref()));
        let switch = configured.map(Sourced::parse::<Switch>).transpose()?;
        let disabled_by = match (typed, switch) {
            (Some(typed), _) => Some(typed.origin),
            (None, Some(Sourced { value: Switch(true), origin })) => Some(origin),
            _ => None,
        };
        let askpass = self.get(&ASKPASS)?;
        match disabled_by {
            Some(origin) => Ok(source(NoPrompt::new(origin.clone()), origin)),
            None => self.terminal_or_askpass(askpass),
        }
    }

    /// The askpass program prompts only where there is no terminal, or where this process may not
    /// read from it: an IDE that a shell started in the background.
    fn terminal_or_askpass(&self, askpass: Option<Sourced<String>>) -> Result<Source, Failure> {
        let mut terminal = Terminal::new(tty_kind(self.context.environment)?);
        if let Some(program) = askpass
            && !terminal.is_usable()
        {
            let value = self.context.environment.path(&program.value)?;
            let origin = program.origin.clone();
            return Ok(source(Askpass::new(program.map_ref(|_| value)), origin));
        }
        Ok(source(terminal, Origin::Default))
    }
}

fn source(source: impl CodeSource + 'static, origin: Origin) -> Source {
    Sourced { value: Box::new(source), origin }
}

fn given_code(code: &Secret, origin: Origin) -> Result<Source, Failure> {
    match code.expose().parse() {
        Ok(code) => Ok(source(GivenCode::new(code), origin)),
        Err(invalid) => Err(origin.invalid(invalid)),
    }
}

fn code_command(command: Sourced<String>) -> Result<Source, Failure> {
    let command = command.parse::<CodeCommand>()?;
    let origin = command.origin.clone();
    Ok(source(command, origin))
}

/// The value of a variable that is on or off.
pub(super) struct Switch(pub(super) bool);

impl FromStr for Switch {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(Self(true)),
            "0" | "false" | "no" | "off" => Ok(Self(false)),
            _ => {
                let problem = format!("`{text}` is neither on nor off");
                Err(InvalidValue::new(problem, "set it to 1 or 0"))
            }
        }
    }
}
