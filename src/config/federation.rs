//! A session for a federated user.

use super::{
    Partition, Resolver, Task, key::lead_and_key, mfa::named_for, role::parsed_tags,
    table::DURATION,
};
use crate::{
    cli::Federate,
    failure::Failure,
    origin::Sourced,
    session::{Federation, Lifetime, Method, Reuse, SessionRequest},
    sts::FederatedName,
};

impl Resolver<'_> {
    pub(super) fn federation(
        &mut self,
        flags: &Federate,
    ) -> Result<(Task, Option<Partition>), Failure> {
        let (_, source, key) = lead_and_key(self.cli, self.environment, self.profiles)?;
        self.places = vec![source.name.clone(), source.asked.clone()];
        let name: FederatedName = Sourced::typed("NAME", flags.name.clone()).parse()?.value;
        let default = named_for(&source.name, name.as_str());
        // `mfa_session_to` is said of the MFA session.
        let profile = Resolver { places: vec![], ..*self };
        let profile = profile.session_profile(default)?;
        let lifetime = self.parse::<Lifetime>(&DURATION)?;
        let federation = Federation {
            name,
            source: source.name.clone(),
            key,
            lifetime: lifetime.unwrap_or(Sourced::default(Lifetime::DEFAULT)),
            policies: self.policies(&flags.policies)?,
            tags: parsed_tags(&flags.tags, &[])?,
        };
        let place = self.place(profile, &source.name);
        let recipe = Method::Federation(federation);
        Ok((Task::deliver(SessionRequest { recipe, reuse: Reuse::Never, place }), None))
    }
}
