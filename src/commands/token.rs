//! `mfa-session token` (GetWebIdentityToken).

use std::{process::ExitCode, str::FromStr};

use clap::{Args, builder::PossibleValuesParser};

use crate::{
    config::Resolver,
    context::Context,
    environment,
    failure::Failure,
    flags::{Connection, DryRunReport, ProfileFlag},
    lifetime::seconds_within,
    message,
    origin::{InvalidValue, Origin, Sourced},
    output,
    settings::DURATION,
    sts::{Audience, Audiences, GetWebIdentityToken, SIGNING_ALGORITHMS},
};

/// Print a token that proves your AWS identity to another service (GetWebIdentityToken).
///
/// The token is a JSON Web Token that AWS signs. The service verifies it with the public keys of
/// the account's issuer; AWS itself does not accept it. The keys are those that an AWS SDK would
/// use. An administrator must have enabled outbound web identity federation.
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

impl Token {
    pub(super) fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        let key = resolver.any_key()?;
        let duration = resolver.in_flags(&DURATION).map(Sourced::parse::<Duration>).transpose()?;
        let duration = duration.unwrap_or(Sourced::default(Duration::DEFAULT));
        resolver.record(&DURATION, format_args!("{}s", duration.value.0), &duration.origin);
        let audiences = self.audiences()?;
        let tags = resolver.tags()?;
        let aws = resolver.aws(None)?;
        if resolver.is_dry_run() {
            return resolver.report();
        }
        let operation = GetWebIdentityToken {
            audiences: &audiences,
            algorithm: &self.signing_algorithm,
            seconds: duration.value.0,
            tags: &tags,
        };
        let signed = aws.call(&operation, &key)?;
        output::print_secret(&signed.token)?;
        output::print("\n")?;
        let until = environment::format_local(signed.expires);
        message::info(format_args!("the token is valid until {until}"));
        Ok(ExitCode::SUCCESS)
    }

    fn audiences(&self) -> Result<Audiences, Failure> {
        let flag = Origin::Flag("audience");
        let audience = |text: &String| {
            let typed = Sourced { value: text.clone(), origin: flag.clone() };
            typed.parse::<Audience>().map(|audience| audience.value)
        };
        let audiences = self.audience.iter().map(audience).collect::<Result<_, _>>()?;
        Audiences::new(audiences).map_err(|invalid| flag.invalid(invalid.into()))
    }
}

/// In seconds.
struct Duration(u32);

impl Duration {
    /// STS's own default.
    const DEFAULT: Self = Self(300);
}

impl FromStr for Duration {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        seconds_within(60..=3600, text, "a token lasts").map(Self)
    }
}
