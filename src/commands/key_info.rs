//! `mfa-session key-info` (GetAccessKeyInfo).

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Run;
use crate::{
    config::Resolver,
    context::Context,
    failure::Failure,
    flags::{Connection, DryRun, Json, ProfileFlag},
    message::{printable, printable_json},
    origin::Sourced,
    output,
    sts::{AccessKeyId, GetAccessKeyInfo},
};

/// Show the account of an access key id.
///
/// Calls GetAccessKeyInfo.
#[derive(Args)]
pub(crate) struct KeyInfo {
    /// An access key id of any account, such as AKIAIOSFODNN7EXAMPLE.
    #[arg(value_name = "KEY-ID")]
    id: String,
    #[command(flatten)]
    _json: Json,
    #[command(flatten)]
    _dry_run: DryRun,
    #[command(flatten)]
    _profile: ProfileFlag,
    #[command(flatten)]
    _connection: Connection,
}

impl Run for KeyInfo {
    const EXAMPLE: &'static str = "mfa-session key-info AKIAIOSFODNN7EXAMPLE";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        let key = resolver.any_key()?;
        let id = Sourced::argument("KEY-ID", self.id.clone()).parse::<AccessKeyId>()?.value;
        let aws = resolver.aws(None)?;
        if resolver.is_dry_run() {
            return resolver.report();
        }
        let account = aws.call(&GetAccessKeyInfo { id }, &key.open()?)?.0;
        output::print(&if context.flags.is_set("json") {
            printable_json(&format!("{:#}\n", json!({ "Account": account })))
        } else {
            format!("{}\n", printable(&account))
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
