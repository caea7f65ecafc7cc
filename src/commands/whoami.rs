//! `mfa-session whoami` (GetCallerIdentity).

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
    origin::Origin,
    output,
    sts::{GetCallerIdentity, Identity},
};

/// Show the account, ARN and profile of the keys in use.
///
/// Calls GetCallerIdentity. An AWS SDK would use the same keys: the keys or the session in the
/// environment, unless `--profile` is given, or else the keys or the session in the profile.
#[derive(Args)]
pub(crate) struct Whoami {
    #[command(flatten)]
    _json: Json,
    #[command(flatten)]
    _dry_run: DryRun,
    #[command(flatten)]
    _profile: ProfileFlag,
    #[command(flatten)]
    _connection: Connection,
}

impl Run for Whoami {
    const EXAMPLE: &'static str = "mfa-session whoami --profile work-mfa";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        let key = resolver.any_key()?;
        let aws = resolver.aws(None)?;
        if resolver.is_dry_run() {
            return resolver.report();
        }
        let Identity { account, arn, user_id } = aws.call(&GetCallerIdentity, &key.open()?)?;
        output::print(&if context.flags.is_set("json") {
            let json = json!({ "UserId": user_id, "Account": account, "Arn": arn });
            printable_json(&format!("{json:#}\n"))
        } else {
            let keys = match key.origin {
                Origin::Key { section, .. } => format!("[{section}]"),
                origin => origin.to_string(),
            };
            let rows = [("account", account), ("arn", arn), ("user id", user_id), ("keys", keys)];
            rows.map(|(name, text)| format!("{name:7}  {}\n", printable(&text))).concat()
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
