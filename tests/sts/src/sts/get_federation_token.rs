//! `GetFederationToken`: a session for somebody whom a user with long-term keys vouches for.

use time::Duration;

use super::session_policy::SessionPolicy;
use super::{DEFAULT_SECONDS, MOST_SECONDS_FOR_ROOT, NAME, SERVICE, issue};
use crate::answer::{Element, Refusal};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation, Run};
use crate::principal::{Caller, Lease, Principal};

pub(crate) const GET_FEDERATION_TOKEN: Operation =
    Operation { name: "GetFederationToken", service: SERVICE, run: Run::Signed(run) };

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, Refusal> {
    let user = issue::long_term_user(call, caller, "GetFederationToken")?;
    let most_seconds = if user.is_root() { MOST_SECONDS_FOR_ROOT } else { i64::MAX };
    let mut constraints = Constraints::default();
    let name = constraints.required("name", call.parameter("Name"));
    constraints.text("name", call.parameter("Name"), 2, 32, NAME);
    let seconds = call.parameter("DurationSeconds");
    let seconds = constraints.number("durationSeconds", seconds, 900, 129_600)?;
    let policy = SessionPolicy::read(call, &mut constraints, 2048);
    let policy = policy.tags(call, &mut constraints);
    constraints.met()?;
    let packed_size = policy.check(None)?;

    let principal = Principal::FederatedUser(name.into());
    let arn = call.account.principal_arn(&principal);
    if !call.account.permits(&caller.principal, "sts:GetFederationToken") {
        return Err(call.denied(caller, "sts:GetFederationToken", &arn));
    }
    let seconds = seconds.unwrap_or(DEFAULT_SECONDS).min(most_seconds);
    let user = [
        Element::text("FederatedUserId", &call.account.principal_id(&principal)),
        Element::text("Arn", &arn),
    ];
    let lease = Lease::until(call.now + Duration::seconds(seconds));
    let mut parts = vec![issue::issue(call, principal, lease)];
    parts.push(Element::node("FederatedUser", user));
    parts.extend(packed_size);
    Ok(parts)
}
