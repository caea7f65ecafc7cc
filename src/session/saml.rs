//! A session of a role for the assertion of a SAML provider (AssumeRoleWithSAML).

use super::{Aws, RoleLifetime};
use crate::{
    code,
    credentials::{Provenance, Session},
    failure::{Failure, InvalidValue, Status},
    origin::Sourced,
    proof::{self, Pair},
    sts::{AssumeRoleWithSaml, Caller, Policies, ProviderArn, RoleArn, SamlAssertion, Signer},
};

/// What is needed to get it.
pub struct Saml {
    /// The profile that leads to it.
    pub source: String,
    /// The role; `None` where the assertion says it.
    pub role: Option<Sourced<RoleArn>>,
    /// The provider; `None` where the assertion says it.
    pub provider: Option<Sourced<ProviderArn>>,
    /// Where the assertion comes from.
    pub assertion: proof::Source,
    /// Who is asked where the assertion names several roles.
    pub person: code::Origins,
    /// How long the session is to last.
    pub lifetime: Option<Sourced<RoleLifetime>>,
    /// What narrows it.
    pub policies: Policies,
}

impl Saml {
    /// Gets the session.
    pub fn obtain(self, aws: Aws<'_>) -> Result<Session, Failure> {
        let assertion = self.read()?;
        let origin = self.assertion.to_string();
        let Self { source, role, provider, lifetime, policies, .. } = self;
        let (role, provider) = match (role, provider) {
            (Some(role), Some(provider)) => (role.value, provider.value),
            (role, provider) => {
                let pairs = proof::pairs(assertion.secret().expose()).ok_or_else(|| {
                    Failure::new(Status::Here, format!("{origin}: this is not XML in base64"))
                        .hint("give it as it was posted to AWS as SAMLResponse")
                })?;
                choose(&pairs, role.as_ref(), provider.as_ref(), self.person)?
            }
        };
        let seconds = lifetime.map(|lifetime| lifetime.value.seconds());
        let (role, provider, policies) = (&role, &provider, &policies);
        let operation =
            AssumeRoleWithSaml { role, provider, assertion: &assertion, seconds, policies };
        let asked = Caller::Proof { kind: "SAML assertion", origin: &origin };
        let granted = aws.client.call_as(asked, &operation, aws.sts, Signer::Nobody)?;
        let provenance = Provenance {
            source,
            role: Some(role.to_string()),
            is_restricted: !policies.is_empty(),
            ..Provenance::default()
        };
        let why = "the role or the assertion allows no more";
        Ok(super::session(granted, provenance, seconds.unwrap_or_default(), why, aws.client.now()))
    }

    fn read(&self) -> Result<SamlAssertion, Failure> {
        let text = self.assertion.read(HINT)?;
        // base64 is often wrapped.
        let mut whole = zeroize::Zeroizing::new(String::with_capacity(text.expose().len()));
        whole.extend(text.expose().split_ascii_whitespace());
        SamlAssertion::new(&whole).map_err(|InvalidValue { problem, hint }| {
            Failure::new(Status::Here, format!("{}: {problem}", self.assertion)).hint(hint)
        })
    }
}

/// The pair that is meant: the only one that fits, or the one that the person chooses.
fn choose(
    pairs: &[Pair],
    role: Option<&Sourced<RoleArn>>,
    provider: Option<&Sourced<ProviderArn>>,
    person: code::Origins,
) -> Result<(RoleArn, ProviderArn), Failure> {
    let mut asserted: Vec<(RoleArn, ProviderArn)> = Vec::new();
    for pair in pairs {
        if let (Ok(role), Ok(provider)) = (pair.role.parse(), pair.provider.parse()) {
            let pair = (role, provider);
            // Two groups of the person's may lead to the same role.
            if !asserted.contains(&pair) {
                asserted.push(pair);
            }
        }
    }
    let is_meant = |(has_role, has_provider): &&(RoleArn, ProviderArn)| {
        role.is_none_or(|role| role.value == *has_role)
            && provider.is_none_or(|provider| provider.value == *has_provider)
    };
    let meant: Vec<_> = asserted.iter().filter(is_meant).cloned().collect();
    match meant.as_slice() {
        [pair] => Ok(pair.clone()),
        [] => Err(without(&asserted, role.is_some())),
        [(first, _), others @ ..] => {
            let is_same = others.iter().all(|(role, _)| role == first);
            let (kind, flag) =
                if is_same { ("provider", "--principal-arn") } else { ("role", "--role-arn") };
            let names = names(&meant, !is_same);
            if let Ok(mut person) = code::Source::open(person)
                && let Some(place) = person.choose(&format!("which {kind}?"), &names)?
            {
                return Ok(meant[place].clone());
            }
            let what = format!("the assertion names several {kind}s: {}", names.join(", "));
            Err(Failure::new(Status::Here, what).hint(format!("say which: {flag} ARN")))
        }
    }
}

/// The failure for a role or a provider that is not asserted.
fn without(asserted: &[(RoleArn, ProviderArn)], is_role: bool) -> Failure {
    let kind = if is_role { "role" } else { "provider" };
    let mut names = names(asserted, is_role);
    names.dedup();
    let what = match names.join(", ") {
        names if names.is_empty() => "the assertion names no role".to_owned(),
        names => format!("the assertion does not name that {kind}, but {names}"),
    };
    Failure::new(Status::Here, what)
        .hint("give both --role-arn and --principal-arn, or ask the identity provider")
}

fn names(pairs: &[(RoleArn, ProviderArn)], of_roles: bool) -> Vec<&str> {
    let mut all = Vec::new();
    for (role, provider) in pairs {
        all.push(if of_roles { role.as_str() } else { provider.as_str() });
    }
    all
}

const HINT: &str = "name a file with what is posted to AWS as SAMLResponse: --assertion-file FILE";
