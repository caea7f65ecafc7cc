//! New sessions: their duration, their credentials, and the elements that contain them.

use crate::answer::{Element, ServiceError};
use crate::clock::{self, ISO_8601};
use crate::operation::Call;
use crate::principal::{Caller, Credentials, Principal, Session, SessionContext};
use crate::random;
use crate::role::Role;

/// Issues temporary credentials, as a `Credentials` element.
pub(super) fn issue(call: &mut Call<'_>, principal: Principal, context: SessionContext) -> Element {
    let grant = call.grant;
    let access_key_id = grant.access_key_id.text_or(random::access_key_id);
    let secret_access_key = grant.secret_access_key.text_or(random::secret_access_key);
    let token = grant.session_token.text_or(random::session_token);
    let expiration = grant.expiration.text_or(|| clock::format(context.expiration, ISO_8601));
    let parts = [
        grant.access_key_id.element("AccessKeyId", &access_key_id),
        grant.secret_access_key.element("SecretAccessKey", &secret_access_key),
        grant.session_token.element("SessionToken", &token),
        grant.expiration.element("Expiration", &expiration),
    ];
    let session = Some(Session { token, context });
    call.account.add_session(principal, Credentials { access_key_id, secret_access_key, session });
    Element::node("Credentials", parts.into_iter().flatten())
}

/// Issues credentials of a role, as the elements `Credentials` and `AssumedRoleUser`.
pub(super) fn issue_for_role(
    call: &mut Call<'_>,
    role: &Role,
    session: &str,
    context: SessionContext,
) -> [Element; 2] {
    let principal = Principal::AssumedRole { role: role.name.clone(), session: session.to_owned() };
    let parts = [
        Element::text("AssumedRoleId", &call.account.principal_id(&principal)),
        Element::text("Arn", &call.account.principal_arn(&principal)),
    ];
    [issue(call, principal, context), Element::node("AssumedRoleUser", parts)]
}

/// The role with this ARN; an error if the text is not the ARN of a role.
pub(super) fn find_role(call: &Call<'_>, arn: &str) -> Result<Option<Role>, ServiceError> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", _, "iam", "", account, resource] = parts[..] else { return Err(invalid_arn()) };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !is_account || !resource.starts_with("role/") {
        return Err(invalid_arn());
    }
    Ok(call.account.roles.iter().find(|role| call.account.role_arn(role) == arn).cloned())
}

/// The duration of a role's session, in seconds.
pub(super) fn role_seconds(role: &Role, requested: Option<i64>) -> Result<i64, ServiceError> {
    let seconds = requested.unwrap_or(DEFAULT_ROLE_SECONDS);
    if seconds > role.max_seconds {
        let message =
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(ServiceError::new(400, "ValidationError", message));
    }
    Ok(role.granted_seconds.unwrap_or(seconds))
}

/// The duration of a user's or federated user's session, in seconds. AWS shortens the sessions of
/// root without an error.
pub(super) fn user_seconds(caller: &Caller, requested: Option<i64>) -> i64 {
    let seconds = requested.unwrap_or(DEFAULT_USER_SECONDS);
    match caller.principal {
        Principal::Root(_) => seconds.min(MAX_ROOT_SECONDS),
        _ => seconds,
    }
}

fn invalid_arn() -> ServiceError {
    ServiceError::new(400, "ValidationError", "Request ARN is invalid")
}

const DEFAULT_ROLE_SECONDS: i64 = 3_600;
const DEFAULT_USER_SECONDS: i64 = 43_200;
const MAX_ROOT_SECONDS: i64 = 3_600;
