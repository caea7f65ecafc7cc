//! `AssumeRole`: a session of a role, for those whom the role trusts.

use time::Duration;

use super::session_policy::SessionPolicy;
use super::{ARN, NAME, SERVICE, code, issue};
use crate::answer::{Element, Refusal};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation, Run};
use crate::principal::{Caller, Lease, Principal};
use crate::role::{Brought, Role};

pub(crate) const ASSUME_ROLE: Operation =
    Operation { name: "AssumeRole", service: SERVICE, run: Run::Signed(run) };

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, Refusal> {
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
    code::constrain(call, &mut constraints);
    let policy = SessionPolicy::read(call, &mut constraints, usize::MAX)
        .tags(call, &mut constraints)
        .transitive(call, &mut constraints);
    constraints.met()?;
    let packed_size = policy.check(caller.session.as_ref())?;

    let has_mfa = code::check(call, caller)? || caller.has_mfa();
    let role = admit(call, caller, role_arn, Brought { has_mfa, external_id })?;
    let seconds = issue::seconds_of(&role, seconds)?;
    let is_chained = matches!(caller.principal, Principal::AssumedRole { .. });
    if is_chained && seconds > MOST_SECONDS_WHEN_CHAINED {
        let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles \
                       assumed by role chaining.";
        return Err(Refusal::new(400, "ValidationError", message));
    }
    let source_identity = source_identity(call, caller)?;
    let lease = Lease {
        source_identity: source_identity.clone(),
        transitive_tag_keys: policy.transitive_tag_keys(caller.session.as_ref()),
        ..Lease::until(call.now + Duration::seconds(seconds))
    };
    let mut parts = Vec::from(issue::assume(call, &role, name, lease));
    parts.extend(source_identity.map(|identity| Element::text("SourceIdentity", &identity)));
    parts.extend(packed_size);
    Ok(parts)
}

/// A role that is not there is denied as one that does not trust the caller is.
fn admit(
    call: &Call<'_>,
    caller: &Caller,
    role_arn: &str,
    brought: Brought<'_>,
) -> Result<Role, Refusal> {
    if matches!(&caller.principal, Principal::User(name) if call.account.user_named(name).is_root())
    {
        return Err(Refusal::access_denied("Roles may not be assumed by root accounts."));
    }
    let role = issue::find_role(call, role_arn)?.filter(|role| {
        call.account.permits(&caller.principal, "sts:AssumeRole")
            && role.admits(&caller.principal, brought)
    });
    role.ok_or_else(|| call.denied(caller, "sts:AssumeRole", role_arn))
}

/// The one that is asked for, or that of the caller's session, which cannot be changed.
fn source_identity(call: &Call<'_>, caller: &Caller) -> Result<Option<String>, Refusal> {
    let asked = call.parameter("SourceIdentity");
    let set = caller.session.as_ref().and_then(|it| it.lease.source_identity.as_deref());
    if set.is_some() && asked.is_some() && set != asked {
        let message = "The source identity is already set for this assume role session";
        return Err(Refusal::new(400, "ValidationError", message));
    }
    Ok(set.or(asked).map(Into::into))
}

const MOST_SECONDS_WHEN_CHAINED: i64 = 3_600;
