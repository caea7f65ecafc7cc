//! `GetFederationToken`: a session for a federated user, requested with long-term keys.

use time::Duration;

use super::session_policy::SessionPolicy;
use super::{NAME, SERVICE, issue};
use crate::answer::{Element, ServiceError};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation};
use crate::principal::{Caller, Principal, SessionContext};

pub(super) const OPERATION: Operation = Operation::signed("GetFederationToken", &SERVICE, run);

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, ServiceError> {
    let mut constraints = Constraints::default();
    let name = constraints.required("name", call.parameter("Name"));
    constraints.text("name", call.parameter("Name"), 2, 32, NAME);
    let seconds = call.parameter("DurationSeconds");
    let seconds = constraints.number("durationSeconds", seconds, 900, 129_600)?;
    let policy = SessionPolicy::read(call, &mut constraints, 2048);
    let policy = policy.with_tags(call, &mut constraints);
    constraints.check()?;
    let packed_size = policy.check(None)?;

    let principal = Principal::FederatedUser(name.into());
    let arn = call.account.principal_arn(&principal);
    if !call.account.permits(&caller.principal, "sts:GetFederationToken") {
        return Err(call.denied(caller, "sts:GetFederationToken", &arn));
    }
    let user = [
        Element::text("FederatedUserId", &call.account.principal_id(&principal)),
        Element::text("Arn", &arn),
    ];
    let seconds = issue::user_seconds(caller, seconds);
    let context = SessionContext::until(call.now + Duration::seconds(seconds));
    let mut parts = vec![issue::issue(call, principal, context)];
    parts.push(Element::node("FederatedUser", user));
    parts.extend(packed_size);
    Ok(parts)
}
