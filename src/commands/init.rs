//! `mfa-session init`: prints a shell function that puts sessions into the shell.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Run;
use crate::{
    context::Context,
    failure::Failure,
    origin::{InvalidValue, Origin},
    output,
};

/// Print a shell function that puts sessions into the shell.
///
/// `mfa work` puts the session of the profile `work` into the shell. `mfa` does the same for the
/// last profile, or for the default profile. `mfa clear` removes the session from the shell, and
/// `mfa status` shows all sessions; `mfa -p status` uses a profile of that name. Other flags are
/// passed on to mfa-session, and the exit status is that of mfa-session.
///
/// The line for a startup file of bash, zsh or sh is `eval "$(mfa-session init bash)"`, for fish
/// `mfa-session init fish | source`, for PowerShell
/// `mfa-session init powershell | Out-String | Invoke-Expression`. For nu, save the output in a
/// file of `$nu.user-autoload-dirs`.
#[derive(Args)]
pub(crate) struct Init {
    /// The name of the function.
    #[arg(long, value_name = "NAME", default_value = "mfa")]
    cmd: String,
    /// The shell; `sh` is for dash, ksh and other POSIX shells.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
    #[value(alias = "nushell")]
    Nu,
    #[value(aliases = ["posix", "dash", "ash", "ksh", "mksh"])]
    Sh,
}

impl Run for Init {
    const EXAMPLE: &'static str = "eval \"$(mfa-session init bash)\"";

    fn run(&self, _: &Context<'_>) -> Result<ExitCode, Failure> {
        check(&self.cmd).map_err(|invalid| Origin::Flag("cmd").invalid(invalid))?;
        let parts: &[&str] = match self.shell {
            Shell::Bash => &[
                include_str!("init/posix.sh"),
                include_str!("init/known.bash"),
                include_str!("init/bash.sh"),
            ],
            Shell::Zsh => &[include_str!("init/posix.sh"), include_str!("init/zsh.sh")],
            Shell::Fish => &[include_str!("init/fish.fish")],
            Shell::Powershell => &[include_str!("init/powershell.ps1")],
            Shell::Nu => &[include_str!("init/nu.nu")],
            Shell::Sh => &[include_str!("init/posix.sh"), include_str!("init/sh.sh")],
        };
        output::print(&parts.concat().replace("@cmd@", &self.cmd))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Checks the name of the function, which becomes shell code.
fn check(name: &str) -> Result<(), InvalidValue> {
    let invalid = |problem: &str| Err(InvalidValue::new(problem, "choose a name such as `m`"));
    let starts_with_letter = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !(starts_with_letter && is_plain && name.len() <= 40) {
        return invalid(
            "the name must be a letter, then letters, digits and `_`, at most 40 in all",
        );
    }
    if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        return invalid("the name is a word of a shell's language");
    }
    Ok(())
}

/// The commands of the function. Any other first word is a profile.
pub(super) const WORDS: [&str; 2] = ["status", "clear"];

/// Keywords of the shells, and commands that the function or the exports use.
const RESERVED: [&str; 52] = [
    "alias", "and", "begin", "builtin", "case", "command", "compadd", "compdef", "complete",
    "const", "contains", "count", "def", "do", "done", "elif", "else", "emulate", "end", "esac",
    "eval", "export", "false", "fi", "for", "from", "function", "get", "if", "in", "let", "lines",
    "local", "mut", "not", "or", "printf", "return", "select", "set", "shift", "source", "string",
    "switch", "test", "then", "time", "true", "unalias", "unset", "until", "while",
];
