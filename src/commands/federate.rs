//! `mfa-session federate` (GetFederationToken).

use std::process::ExitCode;

use clap::Args;

use super::Run;
use crate::{
    config::{Resolver, named_for},
    context::Context,
    failure::Failure,
    flags::{DeliveryFlags, DurationFlag, PolicyFlags, TagFlags, with_default},
    get,
    lifetime::Lifetime,
    message,
    origin::Sourced,
    request::Reuse,
    session::{Provenance, ROOT_LIMIT, Session},
    settings::DURATION,
    sts::{FederatedName, GetFederationToken},
    system::signals::SignalGuard,
};

/// Get a session for a federated user.
///
/// Calls GetFederationToken. The session has the permissions that both the policies on the command
/// line and the IAM user allow. Without a policy it has almost no permissions.
#[derive(Args)]
// Few need a policy for a role; here it decides what the session may do.
#[command(mut_arg("policy", |flag| flag.hide_short_help(false)))]
#[command(mut_arg("policy_arn", |flag| flag.hide_short_help(false)))]
#[command(mut_arg("duration", |flag| with_default(flag, "12h")))]
#[command(mut_arg("to", |flag| with_default(flag, "`NAME-USER`")))]
pub(crate) struct Federate {
    /// The name of the federated user: 2 to 32 letters, digits and `_+=,.@-`.
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    _duration: DurationFlag,
    #[command(flatten)]
    _policies: PolicyFlags,
    #[command(flatten)]
    _tags: TagFlags,
    #[command(flatten)]
    _delivery: DeliveryFlags,
}

impl Run for Federate {
    const EXAMPLE: &'static str = "mfa-session federate guest --policy file://policy.json";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        let mode = resolver.output_mode()?;
        let (_, profile, key) = resolver.long_term_key()?;
        let source = profile.name.clone();
        let resolver = resolver.scoped(vec![profile.name, profile.requested]);
        let name: FederatedName = Sourced::argument("NAME", self.name.clone()).parse()?.value;
        // The profile's `mfa_session_to` names the profile of its MFA session.
        let keep = resolver.keep(mode, false)?;
        let (session_profile, keep) = resolver.scoped(vec![]).session_profile(
            named_for(&source, name.as_str()),
            None,
            keep,
        )?;
        let lifetime = resolver.parse::<Lifetime>(&DURATION)?;
        let seconds = lifetime.map_or(Lifetime::DEFAULT, |it| it.value).seconds();
        let (policies, tags) = (resolver.policies()?, resolver.tags()?);
        let aws = resolver.aws(None)?;
        let destination = resolver.destination(mode, keep, session_profile, &source, &aws)?;
        if resolver.is_dry_run() {
            return resolver.report();
        }
        let profiles = context.profiles()?;
        get::get_without_code(&destination, &Reuse::Never, profiles, &aws, |client, signals| {
            if policies.is_empty() {
                message::warn(
                    "the session has almost no permissions without --policy or --policy-arn",
                );
            }
            let operation =
                GetFederationToken { name: &name, seconds, policies: &policies, tags: &tags };
            let key = key.open_long_term()?.map(|key| (key, None));
            signals.get_or_insert_with(SignalGuard::block);
            let credentials = aws.call(&operation, &key)?;
            let provenance = Provenance {
                source: source.clone(),
                key_id: Some(key.value.0.id().to_owned()),
                is_restricted: true,
                ..Provenance::default()
            };
            Ok(Session::granted(credentials, provenance, seconds, ROOT_LIMIT, client.now()))
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
