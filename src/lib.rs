//! From an MFA code to temporary AWS credentials.
//!
//! A pipeline: a stage is a file named for what it yields, a family of alternatives is a
//! directory, a leaf is a value that everyone may hold. Arrows point down; things on one line do
//! not know each other.
//!
//! ```text
//! main
//!  └ run                                   the whole job, in order
//!     └ config                             flags, environment, profile, defaults
//!        └ cli
//!           └ session  inquiry  status     reuse one, or get one; ask, or tell, something else
//!              └ profiles  device  code  proof  sts  output
//!                 └ session_profile        how a session is stored
//!                    └ aws_files           the syntax of the AWS files
//!                       └ environment
//!                          └ origin  credentials
//!                             └ failure  secret
//!                                └ message  input
//!                                   └ signals
//! ```
//!
//! Effects live in named places: `environment` (variables, clock, who started it), `profiles`
//! (reads the AWS files), `input` (reads others), `code` (terminal, standard input), `sts`
//! (network), `output` (files, standard output), `message` (standard error), `signals` (which
//! wait). The rest is pure.

pub mod aws_files;
pub mod cli;
pub mod code;
pub mod config;
pub mod credentials;
pub mod device;
pub mod environment;
pub mod failure;
pub mod input;
pub mod inquiry;
pub mod message;
pub mod origin;
pub mod output;
pub mod profiles;
pub mod proof;
pub mod secret;
pub mod session;
pub mod session_profile;
pub mod signals;
pub mod status;
pub mod sts;

use std::process::ExitCode;

use cli::{Clear, Cli, Command, Known};
use config::{Settings, Task};
use credentials::Session;
use environment::Environment;
use failure::Failure;
use output::{Destination, Program, Sink};
use profiles::Profiles;
use session::{Aws, Method, PromptLock, SessionRequest};
use status::Form;
use sts::Client;

/// The whole job; yields the exit status.
pub fn run(cli: &Cli, environment: &Environment) -> Result<ExitCode, Failure> {
    if let Some(Command::Complete { what }) = &cli.command {
        // A person who is typing is not to be disturbed.
        let printed = complete(*what, environment);
        return Ok(printed.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS));
    }
    if let Some(Command::Clear(_)) = &cli.command
        && let Some(format) = config::format(&cli.printing(), environment)?
    {
        output::print(&format.unsetting().unwrap_or_default())?;
        return Ok(ExitCode::SUCCESS);
    }
    let profiles = profiles(environment)?;
    match &cli.command {
        Some(Command::Status { short }) => return status(cli, *short, environment, &profiles),
        Some(Command::Clear(Clear { all, .. })) => clear(cli, *all, environment, &profiles)?,
        Some(Command::Exec(exec)) => {
            let program = Program::find(&exec.command, environment)?;
            if let Some(Obtained { session, place, is_kept }) = obtain(cli, environment, &profiles)?
            {
                let lost = |failure| {
                    if is_kept { failure } else { place.rescue(&session, failure) }
                };
                return program.run(&session, &place).map_err(lost);
            }
        }
        _ => drop(obtain(cli, environment, &profiles)?),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the two AWS files.
fn profiles(environment: &Environment) -> Result<Profiles, Failure> {
    let (credentials_file, config_file) = config::files(environment)?;
    Profiles::read(&credentials_file, &config_file)
}

/// Prints what the files know. A text that moves a cursor or breaks a line is left out: escaped, it
/// would be another one.
fn complete(what: Known, environment: &Environment) -> Result<(), Failure> {
    let profiles = profiles(environment)?;
    let known = match what {
        Known::Profiles => profiles.every_name(),
        Known::Sessions => profiles.sessions().into_iter().map(|kept| kept.profile).collect(),
        Known::Serials => {
            profiles.values(&["mfa_serial", "aws_mfa_device", session_profile::SERIAL])
        }
        Known::Roles => profiles.values(&["role_arn", session_profile::ROLE]),
    };
    let is_typeable = |text: &&String| !text.is_empty() && message::printable(text) == **text;
    let lines = known.iter().filter(is_typeable).flat_map(|text| [text, "\n"]);
    output::print(&lines.collect::<String>())
}

/// A session, and the place it is for.
struct Obtained {
    session: Session,
    place: Destination,
    /// Whether it stands in the session profile, too.
    is_kept: bool,
}

/// What is got from STS: a session, or an answer that is printed.
fn obtain(
    cli: &Cli,
    environment: &Environment,
    profiles: &Profiles,
) -> Result<Option<Obtained>, Failure> {
    let settings = Settings::resolve(cli, environment, profiles)?;
    if let Some(report) = &settings.report {
        return output::print(report).map(|()| None);
    }
    let Settings { task, endpoints, network, .. } = settings;
    match task {
        Task::Inquire(inquiry) => {
            let answer = inquiry.answer(&Client::new(&network)?, &endpoints.sts.value)?;
            output::print(&answer).map(|()| None)
        }
        Task::Deliver(job) => {
            let place = job.place.clone();
            if let Some(session) = job.reusable(profiles) {
                job.place.deliver_again(&session)?;
                return Ok(Some(Obtained { session, place, is_kept: true }));
            }
            let client = Client::new(&network)?;
            let aws = Aws { client: &client, sts: &endpoints.sts.value, iam: &endpoints.iam.value };
            let (session, is_kept) = deliver(*job, profiles, aws)?;
            Ok(Some(Obtained { session, place, is_kept }))
        }
    }
}

/// Gets a session and brings it where it is wanted; yields whether it is kept there, too. The order
/// is a promise: a code is good once, so that whatever can fail without one has failed before it is
/// read, and nothing stands between STS's answer and its delivery.
fn deliver(
    job: SessionRequest,
    profiles: &Profiles,
    aws: Aws<'_>,
) -> Result<(Session, bool), Failure> {
    let sink = Sink::open(&job.place)?;
    let _turn = PromptLock::of(&job)?;
    if let Some(session) = job.reusable_by_now(profiles)? {
        job.place.deliver_again(&session)?;
        return Ok((session, true));
    }
    let session = match job.recipe {
        Method::Mfa(mfa) => mfa.obtain(aws)?,
        Method::Roles(roles, mfa) => {
            let place = mfa.place.clone();
            let (base, is_kept) = match mfa.reusable(profiles) {
                Some(session) => (session, true),
                None => deliver(*mfa, profiles, aws)?,
            };
            let told = |failure: Failure| {
                if is_kept {
                    failure.hint("the MFA session is kept: no code is lost")
                } else {
                    place.rescue(&base, failure)
                }
            };
            roles.assume(&base, aws).map_err(told)?
        }
        Method::Federation(federation) => federation.obtain(aws)?,
        Method::WebIdentity(web_identity) => web_identity.obtain(aws)?,
        Method::Saml(saml) => saml.obtain(aws)?,
    };
    let is_kept = sink.deliver(&session, aws.client.now())?;
    Ok((session, is_kept))
}

/// Shows the sessions that there are; succeeds if the one that counts is good.
fn status(
    cli: &Cli,
    short: bool,
    environment: &Environment,
    profiles: &Profiles,
) -> Result<ExitCode, Failure> {
    let form = match (cli.common.json, short) {
        (true, _) => Form::Json,
        (false, true) => Form::Short,
        (false, false) => Form::Table,
    };
    let chosen = config::chosen(cli, environment, profiles)?;
    let (text, is_good) = status::status(&chosen, &profiles.sessions(), form, environment::now());
    output::print(&text)?;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Takes sessions out of the credentials file.
fn clear(
    cli: &Cli,
    all: bool,
    environment: &Environment,
    profiles: &Profiles,
) -> Result<(), Failure> {
    let names = if all {
        let own = profiles.sessions().into_iter().filter(|session| session.provenance.is_some());
        own.map(|session| session.profile).collect()
    } else {
        let asked = config::session_profile(cli, environment, profiles)?;
        if profiles.holds_session(&asked.value) { vec![asked.value] } else { vec![] }
    };
    if names.is_empty() {
        message::info("there is no session to clear");
    }
    for name in names {
        output::clear(profiles.credentials_file(), &name)?;
        message::info(format_args!("[{name}] has no session any more"));
    }
    Ok(())
}
