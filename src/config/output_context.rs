//! What the output of a session depends on besides the session: the regions, and variables of an
//! earlier session.

use super::Resolver;
use crate::{
    aws_files::SectionName,
    failure::Failure,
    origin::{Origin, Sourced},
    output::{ACCOUNT_ID, OutputContext},
    settings::REGION,
    sts::Region,
};

impl Resolver<'_> {
    /// What the output of a session in this region and session profile depends on.
    pub(super) fn output_context(
        &self,
        region: &Sourced<Region>,
        profile: &SectionName,
    ) -> Result<OutputContext, Failure> {
        let stale = self.stale_variables()?;
        let is_own_region = match &region.origin {
            Origin::Variable(name) => !stale.contains(name),
            _ => false,
        };
        let is_configured = region.origin != Origin::Default;
        Ok(OutputContext {
            region: is_configured.then(|| region.value.to_string()),
            is_own_region,
            profile_region: self.carried_region(profile),
            stale,
        })
    }

    /// The variables that an earlier export set, and an account id: it may belong to other keys.
    fn stale_variables(&self) -> Result<Vec<&'static str>, Failure> {
        let environment = self.context.environment;
        let account = environment.variable(ACCOUNT_ID)?.map(|_| ACCOUNT_ID);
        Ok(account.into_iter().chain(REGION.exported(environment)?).collect())
    }

    /// The region of the source profile, unless it is invalid or the session profile has its own.
    /// (If this run uses an invalid region, it has already failed.)
    fn carried_region(&self, session_profile: &SectionName) -> Option<String> {
        let key = REGION.keys[0];
        if self.profiles.value(session_profile.as_str(), key).is_some() {
            return None;
        }
        Some(self.scope.own_value(key)?.parse::<Region>().ok()?.value.to_string())
    }
}
