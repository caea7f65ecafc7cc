//! The environment variables of a session: which to set, which to unset.

use crate::{
    message,
    session::Session,
    settings::{REGION_MARK, REGION_VARIABLES},
};

/// The variable for the source profile.
pub(super) const SOURCE: &str = "MFA_SESSION_SOURCE";

/// The variable for the account id.
pub(crate) const ACCOUNT_ID: &str = "AWS_ACCOUNT_ID";

/// Variables to unset: in some SDK, each overrides or contradicts the session's.
const CONFLICTING: [&str; 3] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN"];

/// The variables that `clear` unsets, except the region's.
pub(super) const OF_SESSION: [&str; 7] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    SOURCE,
    ACCOUNT_ID,
    "AWS_SECURITY_TOKEN",
];

/// What the output depends on besides the session.
#[derive(Clone, Debug, Default)]
pub struct OutputContext {
    /// The region to print; `None` if none is configured.
    pub region: Option<String>,
    /// Whether the region is from the user's own variables. It is not marked then: the next export
    /// must not replace it.
    pub is_own_region: bool,
    /// The region for the session profile: that of the source profile; `None` if the session
    /// profile has one of its own.
    pub profile_region: Option<String>,
    /// The variables in the environment that an earlier export set, or may have set.
    pub stale: Vec<&'static str>,
}

impl OutputContext {
    /// The variables of the region, with the mark unless the region is the user's own.
    pub(super) fn region_variables(&self) -> impl Iterator<Item = Variable<'_>> {
        let mark = (!self.is_own_region).then_some(REGION_MARK);
        let names = REGION_VARIABLES.into_iter().chain(mark);
        let region = self.region.as_deref();
        let description = "the name of the region";
        names.filter_map(move |name| Some(Variable { name, description, value: region? }))
    }

    /// The variables of an earlier export that are not among these.
    pub(super) fn stale_besides(&self, set: &[Variable<'_>]) -> Vec<&'static str> {
        let is_set = |name: &&str| set.iter().any(|variable| variable.name == *name);
        self.stale.iter().copied().filter(|name| !is_set(name)).collect()
    }

    /// Warns if an account id is unset. It may be right, but an SDK would send requests of the
    /// session to the endpoints of that account.
    pub(super) fn warn_about_account(&self, session: &Session) {
        if session.account.is_none() && self.stale.contains(&ACCOUNT_ID) {
            message::warn(format_args!("unset {ACCOUNT_ID}: the session's account is unknown"));
        }
    }

    /// The variables to unset if these are set.
    pub(super) fn unset_besides(&self, set: &[Variable<'_>]) -> Vec<&'static str> {
        CONFLICTING.into_iter().chain(self.stale_besides(set)).collect()
    }
}

/// A variable to set.
pub(super) struct Variable<'a> {
    pub(super) name: &'static str,
    /// The value in messages.
    pub(super) description: &'static str,
    pub(super) value: &'a str,
}

/// A variable cannot contain a NUL character on any system.
pub(super) fn nul_character(variable: &Variable<'_>) -> Option<&'static str> {
    variable.value.contains('\0').then_some("contains a NUL character")
}
