//! `AssumeRole`: a session of a role for a caller that the role trusts.

use time::Duration;

use super::session_policy::SessionPolicy;
use super::{ARN, NAME, SERVICE, issue, mfa};
use crate::answer::{Element, ServiceError};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation};
use crate::principal::{Caller, Principal, SessionContext};
use crate::role::{Role, TrustConditions};

pub(super) const OPERATION: Operation = Operation::signed("AssumeRole", &SERVICE, run);

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, ServiceError> {
    let mut constraints = Constraints::default();
    let role_arn = constraints.required("roleArn", call.parameter("RoleArn"));
    let name = constraints.required("roleSessionName", call.parameter("RoleSessionName"));
    let seconds = call.parameter("DurationSeconds");
    let seconds = constraints.number("durationSeconds", seconds, 900, 43_200)?;
    let external_id = call.parameter("ExternalId");
    constraints.text("roleArn", call.parameter("RoleArn"), 20, 2048, ARN);
    constraints.text("roleSessionName", call.parameter("RoleSessionName"), 2, 64, NAME);
    constraints.text("externalId", external_id, 2, 1224, r"[\w+=,.@:\/-]*");
    constraints.text("sourceIdentity", call.parameter("SourceIdentity"), 2, 64, NAME);
    mfa::constrain(call, &mut constraints);
    let policy = SessionPolicy::read(call, &mut constraints, usize::MAX)
        .with_tags(call, &mut constraints)
        .with_transitive_tags(call, &mut constraints);
    constraints.check()?;
    let packed_size = policy.check(caller.session.as_ref())?;

    let has_mfa = mfa::verify(call, caller)? || caller.has_mfa();
    let role = trusting_role(call, caller, role_arn, TrustConditions { has_mfa, external_id })?;
    let seconds = issue::role_seconds(&role, seconds)?;
    // AWS counts a session of GetSessionToken as the first link of a chain:
    // 99designs/aws-vault#240, trek10inc/awsume#114.
    let is_chained = caller.session.is_some();
    if is_chained && seconds > MAX_CHAINED_SECONDS {
        let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles \
                       assumed by role chaining.";
        return Err(ServiceError::new(400, "ValidationError", message));
    }
    let source_identity = source_identity(call, caller)?;
    let context = SessionContext {
        source_identity: source_identity.clone(),
        transitive_tag_keys: policy.transitive_tag_keys(caller.session.as_ref()),
        is_chained: caller.session.is_some(),
        ..SessionContext::until(call.now + Duration::seconds(seconds))
    };
    let mut parts = Vec::from(issue::issue_for_role(call, &role, name, context));
    parts.extend(source_identity.map(|identity| Element::text("SourceIdentity", &identity)));
    parts.extend(packed_size);
    Ok(parts)
}

/// The role, if it exists and trusts the caller. AWS does not tell the two failures apart.
fn trusting_role(
    call: &Call<'_>,
    caller: &Caller,
    role_arn: &str,
    conditions: TrustConditions<'_>,
) -> Result<Role, ServiceError> {
    if matches!(caller.principal, Principal::Root(_)) {
        let message = "Roles may not be assumed by root accounts.";
        return Err(ServiceError::access_denied(message));
    }
    let role = issue::find_role(call, role_arn)?.filter(|role| {
        call.account.permits(&caller.principal, "sts:AssumeRole")
            && role.trusts(&caller.principal, conditions)
    });
    role.ok_or_else(|| call.denied(caller, "sts:AssumeRole", role_arn))
}

/// The source identity of the caller's session, which cannot be changed, or the requested one.
fn source_identity(call: &Call<'_>, caller: &Caller) -> Result<Option<String>, ServiceError> {
    let requested = call.parameter("SourceIdentity");
    let session = caller.session.as_ref();
    let inherited = session.and_then(|session| session.context.source_identity.as_deref());
    if inherited.is_some() && requested.is_some() && inherited != requested {
        let message = "The source identity is already set for this assume role session";
        return Err(ServiceError::new(400, "ValidationError", message));
    }
    Ok(inherited.or(requested).map(Into::into))
}

const MAX_CHAINED_SECONDS: i64 = 3_600;
