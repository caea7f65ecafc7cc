//! `AssumeRoleWithWebIdentity`: a session of a role for a subject of the OIDC provider. The request
//! is not signed.

use time::Duration;

use super::session_policy::SessionPolicy;
use super::{ARN, NAME, SERVICE, issue};
use crate::answer::{Element, ServiceError};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation};
use crate::principal::SessionContext;
use crate::role::Role;
use crate::web_identity::{self, Claims};

pub(super) const OPERATION: Operation =
    Operation::unsigned("AssumeRoleWithWebIdentity", &SERVICE, run);

fn run(call: &mut Call<'_>) -> Result<Vec<Element>, ServiceError> {
    let mut constraints = Constraints::default();
    let role_arn = constraints.required("roleArn", call.parameter("RoleArn"));
    let name = constraints.required("roleSessionName", call.parameter("RoleSessionName"));
    let token = constraints.required("webIdentityToken", call.parameter("WebIdentityToken"));
    let seconds = call.parameter("DurationSeconds");
    let seconds = constraints.number("durationSeconds", seconds, 900, 43_200)?;
    constraints.text("roleArn", call.parameter("RoleArn"), 20, 2048, ARN);
    constraints.text("roleSessionName", call.parameter("RoleSessionName"), 2, 64, NAME);
    constraints.length("webIdentityToken", call.parameter("WebIdentityToken"), 4, 20_000);
    constraints.length("providerId", call.parameter("ProviderId"), 4, 2048);
    let policy = SessionPolicy::read(call, &mut constraints, 2048);
    constraints.check()?;
    let packed_size = policy.check(None)?;

    let claims = web_identity::read(token, call.now)?;
    if call.account.is_revoked(&claims.subject) {
        return Err(ServiceError::idp_rejected_claim());
    }
    let role = issue::find_role(call, role_arn)?.filter(Role::trusts_web_identity);
    let role = role.ok_or_else(|| {
        ServiceError::access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
    })?;
    let seconds = issue::role_seconds(&role, seconds)?;
    let context = SessionContext::until(call.now + Duration::seconds(seconds));
    let mut parts = Vec::from(issue::issue_for_role(call, &role, name, context));
    parts.extend(subject_elements(call, &claims));
    parts.extend(packed_size);
    Ok(parts)
}

/// The elements that describe the subject of the token. `Provider` is the ARN of an OIDC provider.
fn subject_elements(call: &Call<'_>, claims: &Claims) -> [Element; 3] {
    let host = web_identity::ISSUER.trim_start_matches("https://");
    let provider = call.account.arn("iam", &format!("oidc-provider/{host}"));
    [
        Element::text("SubjectFromWebIdentityToken", &claims.subject),
        Element::text("Provider", &provider),
        Element::text("Audience", &claims.audience),
    ]
}
