//! `mfa-session root` (AssumeRoot).

use std::process::ExitCode;

use clap::{Args, builder::PossibleValuesParser};

use super::Run;
use crate::{
    config::{Partition, Resolver, named_for},
    context::Context,
    failure::{Failure, Status},
    flags::{DeliveryFlags, with_default},
    get,
    message::word,
    origin::{Origin, Sourced},
    output::OutputMode,
    request::Reuse,
    session::{Provenance, Session},
    sts::{AccountId, AssumeRoot, Credentials, ROOT_TASKS, RootUser},
    system::signals::SignalGuard,
};

/// Get a session of a member account's root user.
///
/// Calls AssumeRoot. The keys are those that an AWS SDK would use: long-term keys or a role's
/// session, of the organization's management account or of its delegated administrator for IAM. AWS
/// does not accept an MFA session. The session is only stored if `--to` or `--write` is given.
#[derive(Args)]
#[command(mut_arg("to", |flag| with_default(flag, "`NAME-root-ACCOUNT`")))]
pub(crate) struct Root {
    /// The member account: its 12 digits, or the ARN of its root user.
    #[arg(value_name = "TARGET")]
    target: String,
    /// What the session may do.
    #[arg(
        long, required = true, value_parser = PossibleValuesParser::new(ROOT_TASKS)
    )]
    task: String,
    /// Duration of the session, 15m at most [default: 15m].
    #[arg(short, long, value_name = "TIME")]
    duration: Option<String>,
    #[command(flatten)]
    _delivery: DeliveryFlags,
}

impl Run for Root {
    const EXAMPLE: &'static str =
        "mfa-session root 123456789012 --task S3UnlockBucketPolicy --to unlock";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        let mode = resolver.output_mode()?;
        let is_chosen = context.flags.is_given("to") || context.flags.is_set("write");
        if matches!(mode, OutputMode::Profile) && !is_chosen {
            let what = "a session of a root user is not stored by default";
            let hint = "say where it goes: --export, --format FORMAT, or --to PROFILE";
            return Err(Failure::usage(what).hint(hint));
        }
        let target = Sourced::argument("TARGET", self.target.clone()).parse::<RootUser>()?.value;
        let key = resolver.any_key()?;
        refuse_mfa_session(&resolver, &key.origin)?;
        let source = resolver.requested_profile()?.value;
        let name = named_for(&source, &format!("root-{}", target.account()));
        let keep = resolver.keep(mode, false)?;
        let (session_profile, keep) = resolver.scoped(vec![]).session_profile(name, None, keep)?;
        let what = "a root user's session lasts";
        let seconds = resolver.duration_flag(1..=MAX_SECONDS, MAX_SECONDS, what)?;
        let partition = target.partition();
        let partition = partition.map(|name| Partition { name: name.to_owned(), of: "account" });
        let aws = resolver.aws(partition.as_ref())?;
        let destination = resolver.destination(mode, keep, session_profile, &source, &aws)?;
        if resolver.is_dry_run() {
            return resolver.report();
        }
        let partition = aws.region.value.partition_name();
        let operation = AssumeRoot { target: &target, task: &self.task, partition, seconds };
        let profiles = context.profiles()?;
        get::get_without_code(&destination, &Reuse::Never, profiles, &aws, |client, signals| {
            let account = AccountId::parse(target.account());
            let key = key.open()?;
            signals.get_or_insert_with(SignalGuard::block);
            let credentials = Credentials { account, ..aws.call(&operation, &key)? };
            let provenance =
                Provenance { source: source.clone(), is_restricted: true, ..Provenance::default() };
            Ok(Session::granted(credentials, provenance, seconds, LIMIT, client.now()))
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Refuses a stored session that AWS would refuse. A session in the environment does not tell
/// whether it is a role's.
fn refuse_mfa_session(resolver: &Resolver<'_>, origin: &Origin) -> Result<(), Failure> {
    let Origin::Key { section, .. } = origin else { return Ok(()) };
    let session = resolver.profiles.session(section);
    match session.map(|session| session.provenance) {
        Some(Provenance { serial: Some(_), role: None, source, .. }) => {
            let what =
                format!("AWS rejects MFA sessions for AssumeRoot, and [{section}] holds one");
            let hint = format!(
                "name a profile with long-term keys or a role's session: --profile {}",
                word(&source)
            );
            Err(Failure::new(Status::Local, what).hint(hint))
        }
        _ => Ok(()),
    }
}

/// The limit of STS, and its default.
const MAX_SECONDS: u32 = 900;

const LIMIT: &str = "sessions of root users last 15m at most";
