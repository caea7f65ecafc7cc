//! `GetSessionToken`: a session of the calling user, with MFA if the request has a code.

use time::Duration;

use super::{SERVICE, issue, mfa};
use crate::answer::{Element, ServiceError};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation};
use crate::principal::{Caller, SessionContext};

pub(super) const OPERATION: Operation = Operation::signed("GetSessionToken", &SERVICE, run);

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, ServiceError> {
    let mut constraints = Constraints::default();
    let seconds = call.parameter("DurationSeconds");
    let seconds = constraints.number("durationSeconds", seconds, 900, 129_600)?;
    mfa::constrain(call, &mut constraints);
    constraints.check()?;

    let has_mfa = mfa::verify(call, caller)?;
    let expiration = call.now + Duration::seconds(issue::user_seconds(caller, seconds));
    let context = SessionContext { has_mfa, ..SessionContext::until(expiration) };
    Ok(vec![issue::issue(call, caller.principal.clone(), context)])
}
