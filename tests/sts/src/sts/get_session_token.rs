//! `GetSessionToken`: a session for a user with long-term keys, with MFA where a code is given.

use time::Duration;

use super::{DEFAULT_SECONDS, MOST_SECONDS_FOR_ROOT, SERVICE, code, issue};
use crate::answer::{Element, Refusal};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation, Run};
use crate::principal::{Caller, Lease};

pub(crate) const GET_SESSION_TOKEN: Operation =
    Operation { name: "GetSessionToken", service: SERVICE, run: Run::Signed(run) };

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, Refusal> {
    let user = issue::long_term_user(call, caller, "GetSessionToken")?;
    let most_seconds = if user.is_root() { MOST_SECONDS_FOR_ROOT } else { i64::MAX };
    let mut constraints = Constraints::default();
    let seconds = call.parameter("DurationSeconds");
    let seconds = constraints.number("durationSeconds", seconds, 900, 129_600)?;
    code::constrain(call, &mut constraints);
    constraints.met()?;

    let has_mfa = code::check(call, caller)?;
    let seconds = seconds.unwrap_or(DEFAULT_SECONDS).min(most_seconds);
    let lease = Lease { has_mfa, ..Lease::until(call.now + Duration::seconds(seconds)) };
    Ok(vec![issue::issue(call, caller.principal.clone(), lease)])
}
