//! The commands. Each file has a command's arguments and its `run`.

pub(crate) mod exec;

mod clear;
mod complete;
mod console;
mod decode;
mod federate;
mod get;
mod init;
mod key_info;
mod root;
mod saml;
mod status;
mod token;
mod web_identity;
mod whoami;

use std::process::ExitCode;

use clap::Args;

use crate::{context::Context, failure::Failure};

/// The commands besides the main command, in the order of the help.
pub(crate) static COMMANDS: [Command; 14] = [
    Command::of::<exec::Exec>("exec"),
    Command::of::<init::Init>("init"),
    Command::of::<status::Status>("status"),
    Command::of::<clear::Clear>("clear"),
    Command::of::<console::Console>("console"),
    Command::of::<whoami::Whoami>("whoami"),
    Command::of::<key_info::KeyInfo>("key-info"),
    Command::of::<decode::Decode>("decode"),
    Command::of::<federate::Federate>("federate"),
    Command::of::<web_identity::WebIdentity>("web-identity"),
    Command::of::<saml::Saml>("saml"),
    Command::of::<token::Token>("token"),
    Command::of::<root::Root>("root"),
    Command::of::<complete::Complete>("complete"),
];

/// A command.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// A command line for the help.
    pub(crate) example: &'static str,
    add_arguments: fn(clap::Command) -> clap::Command,
    run: fn(&Context<'_>) -> Result<ExitCode, Failure>,
}

/// What a command does with its arguments.
trait Run: Args {
    /// A command line for the help.
    const EXAMPLE: &'static str;

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure>;
}

impl Command {
    const fn of<T: Run>(name: &'static str) -> Self {
        Self {
            name,
            example: T::EXAMPLE,
            add_arguments: T::augment_args,
            run: |context| context.flags.parse::<T>().run(context),
        }
    }

    /// The part of the command line after the name.
    pub(crate) fn line(&self) -> clap::Command {
        (self.add_arguments)(clap::Command::new(self.name))
    }
}

/// Runs a command, or without one the main job.
pub(crate) fn run(command: Option<&Command>, context: &Context<'_>) -> Result<ExitCode, Failure> {
    command.map_or_else(|| get::run(context), |command| (command.run)(context))
}
