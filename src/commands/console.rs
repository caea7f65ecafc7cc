//! `mfa-session console`: a sign-in link to the AWS console.

mod browser;
mod redirect;

use std::process::ExitCode;

use clap::Args;
use time::{Duration, OffsetDateTime};

use super::Run;
use crate::{
    config::{Aws, ConsoleSession, Resolver},
    context::Context,
    environment,
    explain::explain_signin,
    failure::{Failure, Status},
    flags::UseFlags,
    get::{self, Delivered},
    lifetime::RoleLifetime,
    message::{self, format_duration, round_to_minute},
    output::{self, OutputMode},
    request::SessionRequest,
    secret::Secret,
    settings::CONSOLE_SERVICE,
    sts::{ConsoleService, Region, SessionKeys, Signin},
    system::signals::SignalGuard,
};

use browser::Browser;
use redirect::Redirect;

/// Print a link that signs in to the AWS console, or open it.
///
/// The link is for the session of a role or of a federated user: the session in the environment,
/// unless `--profile` is given, or else the session of the profile. The session of a role is reused
/// or requested, as `mfa-session` does. AWS lets no MFA session of a user into the console.
///
/// Anyone with the link can sign in for 15 minutes. The console session ends with the role's
/// session; if a duration of more than an hour is requested, it lasts that long.
#[derive(Args)]
pub(crate) struct Console {
    /// Open the link in the browser instead of printing it.
    ///
    /// The browser is `BROWSER`, or the system's. It gets the address of a page on this machine
    /// that redirects to the link once, within 30 seconds: the link is in no list of processes.
    #[arg(long, help_heading = "Console")]
    open: bool,
    /// A service to begin with, as the console's addresses name it: ec2, s3, cloudformation.
    ///
    /// Without it, the link leads to the console's home page. Both open in the region of
    /// `--region`, the environment or the profile.
    #[arg(long, value_name = "NAME", help_heading = "Console")]
    service: Option<String>,
    #[command(flatten)]
    _use: UseFlags,
}

impl Run for Console {
    const EXAMPLE: &'static str = "mfa-session console --profile admin --open";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        let service = resolver.parse::<ConsoleService>(&CONSOLE_SERVICE)?.map(|it| it.value);
        let (session, aws) = resolver.console_session(OutputMode::Command)?;
        let endpoint = resolver.signin(&aws)?;
        let page = page(&aws.region.value, service.as_ref())?;
        // A missing browser must not cost a code.
        let browser = self.open.then(|| Browser::find(context.environment)).transpose()?;
        if resolver.is_dry_run() {
            return resolver.report();
        }
        if browser.is_none() {
            output::check_stdout("read the link from standard output, or open it: --open")?;
        }
        let redirect = browser.is_some().then(Redirect::bind).transpose()?;
        let sign_in = |session: SigninSession<'_>| {
            let SigninSession { keys, seconds, profile, description } = session;
            let signin = Signin { keys: &keys, seconds, destination: &page };
            let link = aws.client()?.signin_link(&signin, &endpoint);
            let link = link.map_err(|error| explain_signin(&error, profile))?;
            deliver(&link, browser.zip(redirect), &description)
        };
        match session {
            ConsoleSession::Existing(existing) => {
                let description = describe(&existing.name(), existing.expires, None);
                let profile = existing.profile.as_deref();
                sign_in(SigninSession {
                    keys: existing.keys,
                    seconds: None,
                    profile,
                    description,
                })?;
            }
            ConsoleSession::Requested(request) => {
                sign_in_with_role(request, &aws, context, sign_in)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The session that signs in.
struct SigninSession<'a> {
    keys: SessionKeys,
    /// How long the console session lasts; `None`: as long as the session.
    seconds: Option<u32>,
    /// The profile with the session, if any.
    profile: Option<&'a str>,
    /// For messages.
    description: String,
}

/// Opens the link in the browser, or prints it.
fn deliver(
    link: &Secret,
    browser: Option<(Browser, Redirect)>,
    session: &str,
) -> Result<(), Failure> {
    if let Some((browser, redirect)) = browser {
        redirect.serve(link, &browser)?;
        message::info(format_args!("the browser signs in with {session}"));
    } else {
        output::print_secret(link)?;
        output::print("\n")?;
        message::info(format_args!(
            "keep the link secret: for 15m, it signs anyone in with {session}"
        ));
    }
    Ok(())
}

/// The first page of the console.
fn page(region: &Region, service: Option<&ConsoleService>) -> Result<String, Failure> {
    region.console_page(service).ok_or_else(|| {
        let what = format!("the partition {} has no public console", region.partition_name());
        Failure::new(Status::Local, what).hint("ask its operator how to sign in to its console")
    })
}

/// Gets the session of a role, and signs in with it.
fn sign_in_with_role(
    request: SessionRequest,
    aws: &Aws,
    context: &Context<'_>,
    sign_in: impl FnOnce(SigninSession<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let role = request.role().expect("only sessions of roles are requested");
    let (name, seconds) =
        (format!("the session of {}", role.arn.value), role.lifetime.value.seconds());
    let destination = request.destination().clone();
    let Delivered { session, is_stored } = get::get(request, context.profiles()?, aws)?;
    let is_long = seconds > RoleLifetime::LONGEST_CHAINED.seconds();
    let seconds = (session.provenance.is_direct && is_long).then_some(seconds);
    let signin_session = SigninSession {
        keys: session.keys(),
        seconds,
        profile: is_stored.then_some(destination.profile.as_str()),
        description: describe(&name, Some(session.expires), seconds),
    };
    sign_in(signin_session).map_err(|failure| {
        if is_stored {
            return failure;
        }
        let _signals = SignalGuard::block();
        destination.rescue(&session, failure)
    })
}

/// Names the session, and says how long the console session lasts.
fn describe(name: &str, expires: Option<OffsetDateTime>, seconds: Option<u32>) -> String {
    match (seconds, expires) {
        (Some(seconds), _) => {
            let duration = format_duration(Duration::seconds(seconds.into()));
            format!("{name}; the console session lasts {duration}")
        }
        (None, Some(expires)) => {
            let left = format_duration(round_to_minute(expires - OffsetDateTime::now_utc()));
            let until = environment::format_local(expires);
            format!("{name}; the console session ends {until} ({left} left)")
        }
        (None, None) => name.to_owned(),
    }
}
