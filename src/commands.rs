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

use clap::Subcommand;

use crate::{context::Context, failure::Failure};

/// A command other than the main command.
#[derive(Subcommand)]
pub(crate) enum Command {
    Exec(exec::Exec),
    Init(init::Init),
    Status(status::Status),
    Clear(clear::Clear),
    Console(console::Console),
    Whoami(whoami::Whoami),
    KeyInfo(key_info::KeyInfo),
    Decode(decode::Decode),
    Federate(federate::Federate),
    WebIdentity(web_identity::WebIdentity),
    Saml(saml::Saml),
    Token(token::Token),
    Root(root::Root),
    Complete(complete::Complete),
}

/// Runs a command, or without one the main job.
pub(crate) fn run(command: Option<Command>, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        None => get::run(context),
        Some(Command::Exec(exec)) => exec.run(context),
        Some(Command::Init(init)) => init.run(),
        Some(Command::Status(status)) => status.run(context),
        Some(Command::Clear(clear)) => clear.run(context),
        Some(Command::Console(console)) => console.run(context),
        Some(Command::Whoami(_)) => whoami::run(context),
        Some(Command::KeyInfo(key_info)) => key_info.run(context),
        Some(Command::Decode(decode)) => decode.run(context),
        Some(Command::Federate(federate)) => federate.run(context),
        Some(Command::WebIdentity(_)) => web_identity::run(context),
        Some(Command::Saml(_)) => saml::run(context),
        Some(Command::Token(token)) => token.run(context),
        Some(Command::Root(root)) => root.run(context),
        Some(Command::Complete(complete)) => Ok(complete.run(context)),
    }
}
