//! The main command, without a name: gets the requested session.

use std::process::ExitCode;

use crate::{config::Resolver, context::Context, failure::Failure, get};

pub(super) fn run(context: &Context<'_>) -> Result<ExitCode, Failure> {
    let resolver = Resolver::new(context)?;
    let mode = resolver.output_mode()?;
    let (request, aws) = resolver.session_request(mode)?;
    if resolver.is_dry_run() {
        return resolver.report();
    }
    get::get(request, context.profiles()?, &aws)?;
    Ok(ExitCode::SUCCESS)
}
