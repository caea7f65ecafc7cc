//! A question that yields no session.

use super::{Partition, Resolver, Task, key::any_key};
use crate::{
    cli::Command,
    failure::{Failure, InvalidValue, Status},
    inquiry::{Form, Inquiry, Question},
    origin::Sourced,
    proof,
    sts::EncodedMessage,
};

impl Resolver<'_> {
    pub(super) fn inquiry(&self) -> Result<(Task, Option<Partition>), Failure> {
        let caller = any_key(self.cli, self.environment, self.profiles)?;
        let question = match &self.cli.command {
            Some(Command::KeyInfo { id }) => {
                Question::KeyInfo(Sourced::typed("KEY-ID", id.clone()).parse()?.value)
            }
            Some(Command::Decode { message: Some(message) }) if message != "-" => {
                Question::Decode(Sourced::typed("MESSAGE", message.clone()).parse()?.value)
            }
            // A dry run reads nothing.
            Some(Command::Decode { .. }) if !self.cli.common.dry_run => message_of_stdin()?,
            _ => Question::Whoami,
        };
        let form = if self.cli.common.json { Form::Json } else { Form::Text };
        Ok((Task::Inquire(Inquiry { question, caller, form }), None))
    }
}

fn message_of_stdin() -> Result<Question, Failure> {
    let text = proof::Source::Stdin.read(EncodedMessage::HINT)?;
    let message = text.expose().trim().parse();
    message.map(Question::Decode).map_err(|InvalidValue { problem, hint }| {
        Failure::new(Status::Here, format!("standard input: {problem}")).hint(hint)
    })
}
