//! The active session, which an AWS SDK would use.

use time::OffsetDateTime;

use super::{keys::session_of_environment, session_profile::session_profile};
use crate::{
    context::Context, failure::Failure, session::Provenance, session_profile::parse_rfc_3339,
    sts::AccountId,
};

/// The active session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ActiveSession {
    /// The session in the environment, with its expiry and account if known.
    Environment {
        expires: Option<OffsetDateTime>,
        account: Option<AccountId>,
        provenance: Provenance,
    },
    /// The session profile; it may hold no session.
    Profile(String),
}

/// Finds the active session. Without `--profile`, a session in the environment comes first.
pub(crate) fn active_session(context: &Context<'_>) -> Result<ActiveSession, Failure> {
    let environment = context.environment;
    let session =
        session_of_environment(environment)?.filter(|_| !context.flags.is_given("profile"));
    let Some(keys) = session else {
        return session_profile(context).map(ActiveSession::Profile);
    };
    let variable = environment.variable("AWS_CREDENTIAL_EXPIRATION")?;
    let variable = variable.as_deref().and_then(parse_rfc_3339);
    // If the session is also stored, its section has the provenance. A shell prompt shows only the
    // time left, and waits for no file.
    let stored = match variable {
        Some(_) if context.flags.is_set("short") => None,
        _ => context.profiles()?.session_with_key(&keys.access_key_id),
    };
    let (expires, account, provenance) =
        stored.map_or((None, None, None), |it| (it.expires, it.account, it.provenance));
    let source = environment.variable("MFA_SESSION_SOURCE")?.unwrap_or_default();
    Ok(ActiveSession::Environment {
        expires: variable.or(expires),
        account,
        provenance: provenance.unwrap_or(Provenance { source, ..Provenance::default() }),
    })
}
