//! From an MFA code to temporary AWS credentials.
//!
//! A pipeline: a stage is a file named for what it yields, a family of alternatives is a
//! directory, a leaf is a value that everyone may hold. Arrows point down; things on one line do
//! not know each other.
//!
//! ```text
//! main
//!  └ run                                   the whole job, in order
//!     └ settings                           flags, environment, profile, defaults
//!        └ cli
//!           └ session  inquiry             reuse one, or get one; or ask something else
//!              └ profile  device  code  proof  sts  sink
//!                 └ stored                 how a session stands in the credentials file
//!                    └ ini                 the syntax of the AWS files
//!                       └ environment
//!                          └ origin  credentials
//!                             └ failure  secret
//!                                └ message
//! ```
//!
//! Effects live in named places: `environment` (variables, clock), `profile` (reads files), `code`
//! (terminal, standard input), `sts` (network), `sink` (file, standard output), `message` (standard
//! error). The rest is pure.

pub mod cli;
pub mod code;
pub mod credentials;
pub mod device;
pub mod environment;
pub mod failure;
pub mod ini;
pub mod inquiry;
pub mod message;
pub mod origin;
pub mod profile;
pub mod proof;
pub mod secret;
pub mod session;
pub mod settings;
pub mod sink;
pub mod stored;
pub mod sts;

use cli::Cli;
use credentials::Session;
use environment::Environment;
use failure::Failure;
use profile::Profiles;
use session::{Aws, Job, Recipe, Turn};
use settings::{Settings, Task};
use sink::Sink;
use sts::Client;

/// The whole job.
pub fn run(cli: &Cli, environment: &Environment) -> Result<(), Failure> {
    let (credentials_file, config_file) = settings::files(environment)?;
    let profiles = Profiles::read(&credentials_file, &config_file)?;
    let settings = Settings::resolve(cli, environment, &profiles)?;
    if let Some(report) = &settings.report {
        return sink::print(report);
    }
    let Settings { task, endpoints, network, .. } = settings;
    match task {
        Task::Inquire(inquiry) => {
            let answer = inquiry.answer(&Client::new(&network)?, &endpoints.sts.value)?;
            sink::print(&answer)
        }
        Task::Deliver(job) => {
            if let Some(session) = job.reusable(&profiles) {
                return job.place.deliver_again(&session);
            }
            let client = Client::new(&network)?;
            let aws = Aws { client: &client, sts: &endpoints.sts.value, iam: &endpoints.iam.value };
            deliver(*job, &profiles, aws).map(drop)
        }
    }
}

/// Gets a session and brings it where it is wanted. The order is a promise: a code is good once, so
/// that whatever can fail without one has failed before it is read, and nothing stands between
/// STS's answer and its delivery.
fn deliver(job: Job, profiles: &Profiles, aws: Aws<'_>) -> Result<Session, Failure> {
    let sink = Sink::open(&job.place)?;
    let _turn = Turn::of(&job)?;
    if let Some(session) = job.reusable_by_now(profiles)? {
        job.place.deliver_again(&session)?;
        return Ok(session);
    }
    let session = match job.recipe {
        Recipe::Mfa(mfa) => mfa.obtain(aws)?,
        Recipe::Roles(roles, mfa) => {
            let base = match mfa.reusable(profiles) {
                Some(session) => session,
                None => deliver(*mfa, profiles, aws)?,
            };
            roles.assume(&base, aws)?
        }
        Recipe::Federation(federation) => federation.obtain(aws)?,
        Recipe::WebIdentity(web_identity) => web_identity.obtain(aws)?,
        Recipe::Saml(saml) => saml.obtain(aws)?,
    };
    sink.deliver(&session, aws.client.now())?;
    Ok(session)
}
