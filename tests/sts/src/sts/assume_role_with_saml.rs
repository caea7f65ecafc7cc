//! `AssumeRoleWithSAML`: a session of a role for a subject of the SAML provider. The request is not
//! signed.

use data_encoding::BASE64;
use sha1::{Digest, Sha1};
use time::Duration;

use super::session_policy::SessionPolicy;
use super::{ARN, SERVICE, issue};
use crate::account::ACCOUNT_ID;
use crate::answer::{Element, ServiceError};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation};
use crate::principal::SessionContext;
use crate::role::Role;
use crate::saml::{self, Assertion};

pub(super) const OPERATION: Operation = Operation::unsigned("AssumeRoleWithSAML", &SERVICE, run);

fn run(call: &mut Call<'_>) -> Result<Vec<Element>, ServiceError> {
    let mut constraints = Constraints::default();
    let role_arn = constraints.required("roleArn", call.parameter("RoleArn"));
    let provider_arn = constraints.required("principalArn", call.parameter("PrincipalArn"));
    let assertion = constraints.required("sAMLAssertion", call.parameter("SAMLAssertion"));
    let seconds = call.parameter("DurationSeconds");
    let seconds = constraints.number("durationSeconds", seconds, 900, 43_200)?;
    constraints.text("roleArn", call.parameter("RoleArn"), 20, 2048, ARN);
    constraints.text("principalArn", call.parameter("PrincipalArn"), 20, 2048, ARN);
    constraints.length("sAMLAssertion", call.parameter("SAMLAssertion"), 4, 100_000);
    let policy = SessionPolicy::read(call, &mut constraints, 2048);
    constraints.check()?;
    let packed_size = policy.check(None)?;

    let role = issue::find_role(call, role_arn)?;
    if provider_arn != saml::provider_arn(call.account) {
        return Err(saml::unknown_provider());
    }
    let assertion = saml::read(assertion, call.now)?;
    if call.account.is_revoked(&assertion.subject) {
        return Err(ServiceError::idp_rejected_claim());
    }
    assertion.check_role(role_arn, provider_arn)?;
    let role = role.filter(Role::trusts_saml).ok_or_else(|| {
        ServiceError::access_denied("Not authorized to perform sts:AssumeRoleWithSAML")
    })?;
    let seconds = issue::role_seconds(&role, seconds)?;
    let context = SessionContext::until(call.now + Duration::seconds(seconds));
    let mut parts = Vec::from(issue::issue_for_role(call, &role, &assertion.session_name, context));
    parts.extend(subject_elements(&assertion));
    parts.extend(packed_size);
    Ok(parts)
}

/// The elements that describe the subject of the assertion.
fn subject_elements(assertion: &Assertion) -> [Element; 5] {
    // Tells apart subjects of the same name at different providers.
    let qualifier = format!("{}{ACCOUNT_ID}/{}", assertion.issuer, saml::PROVIDER);
    let subject_type = assertion.subject_format.trim_start_matches(saml::FORMAT_PREFIX);
    [
        ("Subject", &*assertion.subject),
        ("SubjectType", subject_type),
        ("Issuer", &assertion.issuer),
        ("Audience", &assertion.recipient),
        ("NameQualifier", &BASE64.encode(&Sha1::digest(qualifier))),
    ]
    .map(|(name, text)| Element::text(name, text))
}
