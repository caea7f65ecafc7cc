//! The command line as typed: every command, every flag, its help and its conflicts. What the
//! values mean, and what stands in for a flag that is not given, is for `settings`.
//!
//! The source of `--help`, of `completions/` and of the manual page.

mod command;
mod examples;
mod flags;
mod printing;
mod usage;

use std::{env, ffi::OsString, mem};

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, parser::ValueSource};

use crate::failure::{Failure, Status};
pub use command::{Clear, Command, Exec, Federate, Known, Saml, WebIdentity};
pub use examples::EXAMPLES;
pub use flags::{Common, Duration, Mfa, Output, Policies, Reuse, Role, Tags};
pub use printing::Printing;

use examples::examples;
use usage::{SEE_HELP, usage};

/// From an MFA code to temporary AWS credentials: one question, nothing lost.
///
/// Reads long-term keys from the AWS credentials file (or the environment), asks for the code of
/// the MFA device, gets a session from STS (GetSessionToken), and writes it to the session profile,
/// which every AWS SDK reads. A session that is still good is reused without asking. Where there is
/// a role, it is assumed with that session.
#[derive(Parser)]
#[command(version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_long_help = examples())]
// There is no `Debug`: a code may be among the flags.
#[allow(missing_docs, reason = "of what is flattened: it would become the help of the command")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub mfa: Mfa,
    #[command(flatten)]
    pub duration: Duration,
    #[command(flatten)]
    pub reuse: Reuse,
    #[command(flatten)]
    pub role: Role,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub common: Common,
}

impl Cli {
    /// Reads the command line of this process. Help and version are printed, and end the process.
    pub fn from_process() -> Result<Self, Failure> {
        let arguments: Vec<OsString> = env::args_os().collect();
        let parsed = Self::command().try_get_matches_from(&arguments).and_then(|matches| {
            let cli = Self::from_arg_matches(&matches)?;
            Ok((cli, matches))
        });
        let (mut cli, matches) = parsed.map_err(|error| {
            if !error.use_stderr() {
                error.exit();
            }
            usage(&error, &arguments)
        })?;
        cli.check(&matches)?;
        cli.hoist();
        Ok(cli)
    }

    /// Puts the flags of `exec` where those of the main command are: they mean the same.
    fn hoist(&mut self) {
        let Some(Command::Exec(exec)) = &mut self.command else { return };
        mem::swap(&mut self.mfa, &mut exec.mfa);
        mem::swap(&mut self.duration, &mut exec.duration);
        mem::swap(&mut self.reuse, &mut exec.reuse);
        mem::swap(&mut self.role, &mut exec.role);
        self.output.to = exec.to.take();
        self.output.write = exec.write;
    }

    /// What is to be run, if anything is.
    #[must_use]
    pub fn exec(&self) -> Option<&[OsString]> {
        match &self.command {
            Some(Command::Exec(exec)) => Some(&exec.command),
            _ => None,
        }
    }

    /// Refuses what clap can't, of flags that all commands share.
    fn check(&self, matches: &ArgMatches) -> Result<(), Failure> {
        let wrong = |what: String| Err(Failure::new(Status::Usage, what).hint(SEE_HELP));
        if let Some(command) = &self.command
            && let Some(flag) = flag_before_command(matches)
        {
            let name = command.name();
            let what = format!("{flag} stands before `{name}`");
            return Err(Failure::new(Status::Usage, what).hint(format!(
                "put it behind, if it belongs there: see mfa-session {name} --help"
            )));
        }
        if let Some(Output { write, .. }) = self.output() {
            let flag = self.printing().flag();
            if let Some(flag) = flag.filter(|_| self.common.dry_run) {
                return wrong(format!("--dry-run does not go with {flag}"));
            }
            if *write && flag.is_none() {
                return wrong("--write needs --export or --format".to_owned());
            }
        }
        if let Some(command @ (Command::Status { .. } | Command::Clear(_))) = &self.command
            && self.common.dry_run
        {
            return wrong(format!("--dry-run does not go with {}", command.name()));
        }
        let prints_json = matches!(
            self.command,
            Some(Command::Whoami | Command::KeyInfo { .. } | Command::Status { .. })
        );
        if self.common.json && !self.common.dry_run && !prints_json {
            return wrong("--json needs --dry-run".to_owned());
        }
        Ok(())
    }

    /// What is asked to be printed.
    #[must_use]
    pub fn printing(&self) -> Printing {
        match &self.command {
            Some(Command::Clear(clear)) => clear.printing(),
            _ => self.output().map(Output::printing).unwrap_or_default(),
        }
    }

    /// Where the session goes; `None` for a command that yields none.
    #[must_use]
    pub fn output(&self) -> Option<&Output> {
        match &self.command {
            None | Some(Command::Exec(_)) => Some(&self.output),
            Some(Command::Federate(federate)) => Some(&federate.output),
            Some(Command::WebIdentity(web_identity)) => Some(&web_identity.output),
            Some(Command::Saml(saml)) => Some(&saml.output),
            Some(_) => None,
        }
    }

    /// Whether a session that is there will do; `None` for a command that can't know.
    #[must_use]
    pub fn reuse(&self) -> Option<&Reuse> {
        match &self.command {
            None | Some(Command::Exec(_)) => Some(&self.reuse),
            Some(Command::WebIdentity(web_identity)) => Some(&web_identity.reuse),
            Some(_) => None,
        }
    }

    /// What was typed for the flag of a setting, which is given with its dashes; the code, which is
    /// not shown, aside.
    #[must_use]
    pub fn typed(&self, flag: &str) -> Option<&str> {
        let (common, mfa) = (&self.common, &self.mfa);
        match flag {
            "--profile" => common.profile.as_deref(),
            "--region" => common.region.as_deref(),
            "--endpoint-url" => common.endpoint_url.as_deref(),
            "--ca-bundle" => common.ca_bundle.as_deref(),
            "--allow-http" => common.allow_http.then_some("true"),
            "--serial" => mfa.serial.as_deref(),
            "--code-command" => mfa.code_command.as_deref(),
            "--no-prompt" => mfa.no_prompt.then_some("true"),
            "--to" => self.output()?.to.as_deref(),
            "--min-remaining" => self.reuse()?.min_remaining.as_deref(),
            "--external-id" => self.role.external_id.as_deref(),
            "--source-identity" => self.role.source_identity.as_deref(),
            _ => self.typed_by_command(flag),
        }
    }

    /// The same, for flags that several commands have.
    fn typed_by_command(&self, flag: &str) -> Option<&str> {
        let typed = match (&self.command, flag) {
            (None | Some(Command::Exec(_)), "--duration") => &self.duration.duration,
            (Some(Command::Federate(federate)), "--duration") => &federate.duration.duration,
            (Some(Command::WebIdentity(it)), "--duration") => &it.duration.duration,
            (Some(Command::Saml(saml)), "--duration") => &saml.duration.duration,
            (None | Some(Command::Exec(_)), "--role-arn") => &self.role.role_arn,
            (Some(Command::WebIdentity(it)), "--role-arn") => &it.role_arn,
            (Some(Command::Saml(saml)), "--role-arn") => &saml.role_arn,
            (None | Some(Command::Exec(_)), "--role-session-name") => &self.role.role_session_name,
            (Some(Command::WebIdentity(it)), "--role-session-name") => &it.role_session_name,
            (Some(Command::WebIdentity(it)), "--token-file") => &it.token_file,
            (Some(Command::WebIdentity(it)), "--audience") => &it.audience,
            (Some(Command::Saml(saml)), "--assertion-file") => &saml.assertion_file,
            (Some(Command::Saml(saml)), "--principal-arn") => &saml.principal_arn,
            _ => return None,
        };
        typed.as_deref()
    }
}

/// A flag that stands before the command and is not for all commands: it would be passed over.
fn flag_before_command(matches: &ArgMatches) -> Option<String> {
    let command = Cli::command();
    let mut arguments = command.get_arguments().filter(|argument| !argument.is_global_set());
    let typed = |argument: &&clap::Arg| {
        matches.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine)
    };
    Some(format!("--{}", arguments.find(typed)?.get_long()?))
}

/// Whether the command line asks to run something, where it can't be parsed.
#[must_use]
pub fn wants_exec() -> bool {
    env::args_os().any(|argument| argument == "exec")
}
