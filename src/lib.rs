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
//!           └ session                      reuse one, or get one for a code
//!              └ profile  device  code  sts  sink
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
pub mod message;
pub mod origin;
pub mod profile;
pub mod secret;
pub mod session;
pub mod settings;
pub mod sink;
pub mod stored;
pub mod sts;

use cli::Cli;
use environment::Environment;
use failure::Failure;
use profile::Profiles;
use session::Request;
use settings::Settings;
use sink::Sink;
use sts::Client;

/// The whole job. Its order is a promise: a code is good once, so that whatever can fail without
/// one has failed before it is read, and nothing stands between STS's answer and its delivery.
pub fn run(cli: &Cli, environment: &Environment) -> Result<(), Failure> {
    let (credentials_file, config_file) = settings::files(environment)?;
    let profiles = Profiles::read(&credentials_file, &config_file)?;
    let settings = Settings::resolve(cli, environment, &profiles)?;
    if let Some(report) = &settings.report {
        return sink::print(report);
    }
    if let Some(session) = settings.reusable(&profiles) {
        return settings.place.deliver_again(&session);
    }
    let sink = Sink::open(&settings.place)?;
    let mut codes = code::Source::open(settings.code)?;
    let client = Client::new(&settings.network)?;
    let serial = match settings.serial {
        Some(given) => given.value,
        None => session::find_device(&client, &settings.endpoints.iam.value, &settings.key)?,
    };
    let request = Request {
        client: &client,
        sts: &settings.endpoints.sts.value,
        key: &settings.key,
        source: &settings.source.name,
        serial: &serial,
        lifetime: settings.lifetime.value,
    };
    let session = request.obtain(&mut codes)?;
    sink.deliver(&session, client.now())
}
