//! New sessions: their keys, and the elements that tell them.

use crate::answer::{Element, Refusal};
use crate::clock::{self, ISO_8601};
use crate::operation::Call;
use crate::principal::{Caller, Credentials, Lease, Principal, Session};
use crate::random;
use crate::role::Role;
use crate::user::User;

/// The user whose long-term keys signed; those of a session are not good for this operation.
pub(super) fn long_term_user<'a>(
    call: &'a Call<'_>,
    caller: &Caller,
    operation: &str,
) -> Result<&'a User, Refusal> {
    if let (Principal::User(name), None) = (&caller.principal, &caller.session) {
        return Ok(call.account.user_named(name));
    }
    let message = format!("Cannot call {operation} with session credentials");
    Err(Refusal::access_denied(message))
}

/// Makes temporary keys for somebody, and the `Credentials` element that tells them.
pub(super) fn issue(call: &mut Call<'_>, principal: Principal, lease: Lease) -> Element {
    let grant = call.grant;
    let access_key_id = grant.access_key_id.text_or(random::access_key_id);
    let secret_access_key = grant.secret_access_key.text_or(random::secret_access_key);
    let token = grant.session_token.text_or(random::session_token);
    let expiration = grant.expiration.text_or(|| clock::format(lease.expiration, ISO_8601));
    let parts = [
        grant.access_key_id.element("AccessKeyId", &access_key_id),
        grant.secret_access_key.element("SecretAccessKey", &secret_access_key),
        grant.session_token.element("SessionToken", &token),
        grant.expiration.element("Expiration", &expiration),
    ];
    let session = Some(Session { token, lease });
    call.account.add_session(principal, Credentials { access_key_id, secret_access_key, session });
    Element::node("Credentials", parts.into_iter().flatten())
}

/// Makes a session of a role, with the elements `Credentials` and `AssumedRoleUser`.
pub(super) fn assume(
    call: &mut Call<'_>,
    role: &Role,
    session: &str,
    lease: Lease,
) -> [Element; 2] {
    let principal = Principal::AssumedRole { role: role.name.clone(), session: session.to_owned() };
    let parts = [
        Element::text("AssumedRoleId", &call.account.principal_id(&principal)),
        Element::text("Arn", &call.account.principal_arn(&principal)),
    ];
    [issue(call, principal, lease), Element::node("AssumedRoleUser", parts)]
}

/// The role of this ARN, where there is one.
pub(super) fn find_role(call: &Call<'_>, arn: &str) -> Result<Option<Role>, Refusal> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", _, "iam", "", account, resource] = parts[..] else { return Err(invalid_arn()) };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !is_account || !resource.starts_with("role/") {
        return Err(invalid_arn());
    }
    Ok(call.account.roles.iter().find(|role| call.account.role_arn(role) == arn).cloned())
}

/// How long a session of a role lasts, in seconds.
pub(super) fn seconds_of(role: &Role, asked: Option<i64>) -> Result<i64, Refusal> {
    let seconds = asked.unwrap_or(DEFAULT_SECONDS_OF_ROLES);
    if seconds > role.most_seconds {
        let message =
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(Refusal::new(400, "ValidationError", message));
    }
    Ok(seconds)
}

fn invalid_arn() -> Refusal {
    Refusal::new(400, "ValidationError", "Request ARN is invalid")
}

const DEFAULT_SECONDS_OF_ROLES: i64 = 3_600;
