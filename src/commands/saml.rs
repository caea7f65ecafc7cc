//! `mfa-session saml` (AssumeRoleWithSAML).

use std::process::ExitCode;

use clap::{Args, ValueHint};

use super::Run;
use crate::{
    config::{Partition, Resolver, named_for},
    context::Context,
    explain::{Caller, explain},
    failure::{Failure, Status},
    flags::{DeliveryFlags, DurationFlag, PolicyFlags, with_default},
    get,
    identity_token::TokenInput,
    lifetime::RoleLifetime,
    mfa::CodeSource,
    origin::Sourced,
    request::Reuse,
    saml::{self, RoleAndProvider},
    session::{Provenance, Session},
    settings::{ASSERTION_FILE, PROVIDER, ROLE, ROLE_DURATION},
    sts::{
        AssumeRoleWithSaml, Client, Endpoint, Policies, ProviderArn, RoleArn, SamlAssertion, Signer,
    },
    system::signals::SignalGuard,
};

/// Get a role's session for a SAML assertion, without keys.
///
/// Calls AssumeRoleWithSAML. The assertion is the base64 text that the browser posts to AWS as
/// `SAMLResponse`. It is valid for five minutes.
#[derive(Args)]
#[command(mut_arg("duration", |flag| with_default(flag, "1h")))]
#[command(mut_arg("to", |flag| with_default(flag, "`NAME-ROLE`")))]
pub(crate) struct Saml {
    /// The file with the assertion [default: `-`, standard input].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Role")]
    assertion_file: Option<String>,
    /// ARN of the role [default: the only role in the assertion].
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    role_arn: Option<String>,
    /// ARN of the SAML provider in IAM [default: the role's provider in the assertion].
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    principal_arn: Option<String>,
    #[command(flatten)]
    _policies: PolicyFlags,
    #[command(flatten)]
    _duration: DurationFlag,
    #[command(flatten)]
    _delivery: DeliveryFlags,
}

impl Run for Saml {
    const EXAMPLE: &'static str = "mfa-session saml --assertion-file assertion.txt";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let resolver = Resolver::new(context)?;
        let mode = resolver.output_mode()?;
        let requested = resolver.requested_profile()?.value;
        let (source, stored_role) = resolver.source_of_role_session(&requested);
        let resolver = resolver.scoped(vec![source.clone(), requested.clone()]);
        let role = resolver.flag::<RoleArn>(&ROLE)?;
        let provider = resolver.flag::<ProviderArn>(&PROVIDER)?;
        let file = resolver.get(&ASSERTION_FILE)?;
        let path = file.as_ref().map_or("-", |file| &file.value);
        let assertion = TokenInput::at(context.environment.path(path)?);
        let is_renewed = stored_role
            .is_some_and(|stored| role.as_ref().is_none_or(|role| role.value.as_str() == stored));
        let default = if is_renewed {
            requested
        } else {
            named_for(&source, role.as_ref().map_or("saml", |role| role.value.name()))
        };
        let keep = resolver.keep(mode, false)?;
        let (session_profile, keep) = resolver.session_profile(default, None, keep)?;
        let partition = role.as_ref().map(|role| role.value.partition());
        let partition = partition.or(provider.as_ref().map(|provider| provider.value.partition()));
        let partition = partition.map(|name| Partition { name: name.to_owned(), of: "role" });
        let lifetime = resolver.parse::<RoleLifetime>(&ROLE_DURATION)?;
        let policies = resolver.policies()?;
        let person = resolver.person()?.value;
        let aws = resolver.aws(partition.as_ref())?;
        let destination = resolver.destination(mode, keep, session_profile, &source, &aws)?;
        if resolver.is_dry_run() {
            return resolver.report();
        }
        let seconds = lifetime.map(|lifetime| lifetime.value.seconds());
        let request = Request { source, role, provider, assertion, person, seconds, policies };
        let profiles = context.profiles()?;
        get::get_without_code(&destination, &Reuse::Never, profiles, &aws, |client, signals| {
            request.send(client, &aws.sts, signals)
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

struct Request {
    source: String,
    /// `None` for the role in the assertion.
    role: Option<Sourced<RoleArn>>,
    /// `None` for the provider in the assertion.
    provider: Option<Sourced<ProviderArn>>,
    assertion: TokenInput,
    /// Chooses among several roles in the assertion.
    person: Box<dyn CodeSource>,
    /// `None` for the duration in the assertion, or one hour.
    seconds: Option<u32>,
    policies: Policies,
}

impl Request {
    fn send(
        self,
        client: &Client,
        sts: &Endpoint,
        signals: &mut Option<SignalGuard>,
    ) -> Result<Session, Failure> {
        let assertion = self.assertion.read(HINT, |text| {
            // Base64 may contain line breaks.
            let whole: String = text.split_ascii_whitespace().collect();
            SamlAssertion::new(&whole)
        })?;
        let origin = self.assertion.to_string();
        let (role, provider) = match (&self.role, &self.provider) {
            (Some(role), Some(provider)) => (role.value.clone(), provider.value.clone()),
            (role, provider) => {
                let asserted = saml::roles(assertion.secret()).ok_or_else(|| {
                    Failure::new(Status::Local, format!("{origin}: not XML in base64"))
                        .hint("give the text that the browser posts to AWS as SAMLResponse")
                })?;
                choose(&asserted, role.as_ref(), provider.as_ref(), self.person)?
            }
        };
        let operation = AssumeRoleWithSaml {
            role: &role,
            provider: &provider,
            assertion: &assertion,
            seconds: self.seconds,
            policies: &self.policies,
        };
        let caller = Caller::IdentityToken { kind: "SAML assertion", origin: &origin };
        signals.get_or_insert_with(SignalGuard::block);
        let credentials = client
            .call(&operation, sts, Signer::Unsigned)
            .map_err(|error| explain(&error, caller))?;
        let provenance = Provenance {
            source: self.source,
            role: Some(role.to_string()),
            is_restricted: !self.policies.is_empty(),
            ..Provenance::default()
        };
        let seconds = self.seconds.unwrap_or_default();
        Ok(Session::granted(credentials, provenance, seconds, LIMIT, client.now()))
    }
}

/// The role and provider: the only pair that matches the flags, or the pair that the user chooses.
fn choose(
    asserted: &[RoleAndProvider],
    role: Option<&Sourced<RoleArn>>,
    provider: Option<&Sourced<ProviderArn>>,
    mut person: Box<dyn CodeSource>,
) -> Result<(RoleArn, ProviderArn), Failure> {
    let mut pairs: Vec<(RoleArn, ProviderArn)> = Vec::new();
    for RoleAndProvider { role, provider } in asserted {
        if let (Ok(role), Ok(provider)) = (role.parse(), provider.parse()) {
            let pair = (role, provider);
            // Two groups of the user may have the same role.
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    let matches = |(its_role, its_provider): &&(RoleArn, ProviderArn)| {
        role.is_none_or(|role| role.value == *its_role)
            && provider.is_none_or(|provider| provider.value == *its_provider)
    };
    let matching: Vec<_> = pairs.iter().filter(matches).cloned().collect();
    match matching.as_slice() {
        [pair] => Ok(pair.clone()),
        [] => Err(no_match(&pairs, role.is_some())),
        [(first, _), others @ ..] => {
            let is_one_role = others.iter().all(|(role, _)| role == first);
            let (kind, flag) =
                if is_one_role { ("provider", "--principal-arn") } else { ("role", "--role-arn") };
            let names = names(&matching, !is_one_role);
            if person.check().is_ok()
                && let Some(index) = person.choose(&format!("which {kind}?"), &names)?
            {
                return Ok(matching[index].clone());
            }
            let what = format!("the assertion contains several {kind}s: {}", names.join(", "));
            Err(Failure::new(Status::Local, what).hint(format!("choose one: {flag} ARN")))
        }
    }
}

fn no_match(pairs: &[(RoleArn, ProviderArn)], has_role: bool) -> Failure {
    let kind = if has_role { "role" } else { "provider" };
    let mut names = names(pairs, has_role);
    names.dedup();
    let what = match names.join(", ") {
        names if names.is_empty() => "the assertion contains no role".to_owned(),
        names => format!("the assertion does not contain that {kind}, but {names}"),
    };
    Failure::new(Status::Local, what)
        .hint("give both --role-arn and --principal-arn, or ask your administrator for the role")
}

fn names(pairs: &[(RoleArn, ProviderArn)], of_roles: bool) -> Vec<&str> {
    let pairs = pairs.iter();
    pairs.map(|(role, idp)| if of_roles { role.as_str() } else { idp.as_str() }).collect()
}

const HINT: &str =
    "name a file with the text that the browser posts as SAMLResponse: --assertion-file FILE";
const LIMIT: &str = "the role or the assertion allows no more";
