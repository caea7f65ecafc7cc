//! `mfa-session token` (GetWebIdentityToken).

use std::process::ExitCode;

use clap::{Args, builder::PossibleValuesParser};

use super::Run;
use crate::{
    config::Resolver,
    context::Context,
    environment,
    failure::Failure,
    flags::{Connection, DryRunReport, ProfileFlag},
    message,
    origin::Origin,
    output,
    sts::{Audiences, GetWebIdentityToken, SIGNING_ALGORITHMS},
};

/// Print a token that proves your AWS identity to another service.
///
/// Calls GetWebIdentityToken. The token is a JSON Web Token that AWS signs. The service verifies it
/// with the public keys of the account's issuer; AWS itself does not accept it. The keys are those
/// that an AWS SDK would use. An administrator must have enabled outbound web identity federation.
#[derive(Args)]
pub(crate) struct Token {
    /// The service that the token is for; may be repeated, ten times at most.
    #[arg(long, value_name = "AUDIENCE", required = true, help_heading = "Token")]
    audience: Vec<String>,
    /// The algorithm of the signature.
    #[arg(
        long, value_name = "ALGORITHM", help_heading = "Token",
        value_parser = PossibleValuesParser::new(SIGNING_ALGORITHMS),
        default_value = SIGNING_ALGORITHMS[0]
    )]
    signing_algorithm: String,
    /// How long the token lasts: 1m to 1h [default: 5m].
    ///
    /// A session can't get a token that lasts longer than the session itself.
    #[arg(short, long, value_name = "TIME", help_heading = "Token")]
    duration: Option<String>,
    /// A claim of the token; may be repeated, fifty times at most.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Token")]
    tag: Vec<String>,
    #[command(flatten)]
    _dry_run: DryRunReport,
    #[command(flatten)]
    _profile: ProfileFlag,
    #[command(flatten)]
    _connection: Connection,
}

impl Run for Token {
    const EXAMPLE: &'static str = "mfa-session token --audience https://vault.example.com";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        let key = resolver.any_key()?;
        let seconds = resolver.duration_flag(60..=3600, DEFAULT_SECONDS, "a token lasts")?;
        let audiences = Audiences::new(resolver.flag_values("audience")?)
            .map_err(|invalid| Origin::Flag("audience").invalid(invalid.into()))?;
        let tags = resolver.tags()?;
        let aws = resolver.aws(None)?;
        if resolver.is_dry_run() {
            return resolver.report();
        }
        let operation = GetWebIdentityToken {
            audiences: &audiences,
            algorithm: &self.signing_algorithm,
            seconds,
            tags: &tags,
        };
        let signed = aws.call(&operation, &key.open()?)?;
        output::print_secret(&signed.token)?;
        output::print("\n")?;
        let until = environment::format_local(signed.expires);
        message::info(format_args!("the token is valid until {until}"));
        Ok(ExitCode::SUCCESS)
    }
}

/// The default of STS.
const DEFAULT_SECONDS: u32 = 300;
