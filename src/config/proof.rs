//! Sessions for a proof from an identity provider: no AWS keys are looked for.

use super::{
    Partition, Resolver, Task,
    mfa::named_for,
    table::{
        ASSERTION_FILE, AUDIENCE, PROVIDER, ROLE, ROLE_DURATION, TOKEN_FILE, WEB_IDENTITY_ROLE,
        WEB_IDENTITY_SESSION_NAME,
    },
};
use crate::{
    cli,
    credentials::Provenance,
    failure::{Failure, Status},
    origin::{Origin, Sourced},
    proof,
    secret::Secret,
    session::{
        Method, Reuse, RoleLifetime, Saml, SessionRequest, TokenSource, Wanted, WebIdentity,
    },
    sts::{IdTokenUrl, ProviderArn, RoleArn},
};

impl Resolver<'_> {
    pub(super) fn web_identity(
        &mut self,
        flags: &cli::WebIdentity,
        asked: &Sourced<String>,
    ) -> Result<(Task, Option<Partition>), Failure> {
        let (source, stored_role) = self.follow(&asked.value);
        let role = self.parse::<RoleArn>(&WEB_IDENTITY_ROLE)?.ok_or_else(|| {
            Failure::new(Status::Here, "there is no role to assume").hint(
                "name it: --role-arn ARN, AWS_ROLE_ARN, or `role_arn` beside \
                 `web_identity_token_file` in the profile",
            )
        })?;
        let session_name = self.parse(&WEB_IDENTITY_SESSION_NAME)?.map(|name| name.value);
        let lifetime = self.role_lifetime()?;
        let (token, can_be_read_again) = self.token()?;
        let policies = self.policies(&flags.policies)?;
        let default = match stored_role {
            Some(arn) if arn == role.value.as_str() => asked.value.clone(),
            _ => named_for(&source, role.value.name()),
        };
        let place = self.place(self.session_profile(default)?, &source);
        let wanted = Wanted { key_id: None, serial: None, role: Some(role.value.to_string()) };
        // A proof that was piped in is meant to be used.
        let is_new = !can_be_read_again
            || !policies.is_empty()
            || flags.role_session_name.is_some()
            || flags.token_file.is_some();
        let reuse = match self.reuse(lifetime.value.seconds(), wanted, self.output)? {
            _ if is_new => Reuse::Never,
            reuse => reuse,
        };
        let partition = Partition { name: role.value.partition().to_owned(), of: "role" };
        let web_identity = WebIdentity { source, role, session_name, token, lifetime, policies };
        let recipe = Method::WebIdentity(web_identity);
        Ok((Task::deliver(SessionRequest { recipe, reuse, place }), Some(partition)))
    }

    /// Where the token comes from, and whether it can be read a second time.
    fn token(&self) -> Result<(TokenSource, bool), Failure> {
        if let Some(said) = self.said(&TOKEN_FILE)? {
            let source = proof::Source::at(self.environment.path(&said.value)?);
            let can_be_read_again = source != proof::Source::Stdin;
            return Ok((TokenSource::Destination(source), can_be_read_again));
        }
        let variable = |name| self.environment.variable(name);
        let (Some(url), Some(request_token)) = (variable(REQUEST_URL)?, variable(REQUEST_TOKEN)?)
        else {
            let failure = Failure::new(Status::Here, "there is no web identity token");
            return Err(failure.hint(
                "name its file: --token-file FILE (`-` for standard input), \
                 AWS_WEB_IDENTITY_TOKEN_FILE; in GitHub Actions, give the workflow the permission \
                 `id-token: write`",
            ));
        };
        let origin = Origin::Variable(REQUEST_URL);
        let url = Sourced { value: url, origin }.parse::<IdTokenUrl>()?;
        self.plain_http.check(&url.origin, url.value.is_open_to_others())?;
        let audience = self.said(&AUDIENCE)?;
        let audience = audience.unwrap_or_else(|| Sourced::default(AUDIENCE.default.to_owned()));
        let url = url.value.for_audience(&audience.value);
        let url = url.map_err(|invalid| audience.origin.invalid(invalid))?;
        Ok((TokenSource::GitHub { url, request_token: Secret::new(request_token) }, true))
    }

    pub(super) fn saml(
        &mut self,
        flags: &cli::Saml,
        asked: &Sourced<String>,
    ) -> Result<(Task, Option<Partition>), Failure> {
        let (source, stored_role) = self.follow(&asked.value);
        let role = self.typed(&ROLE).map(Sourced::parse::<RoleArn>).transpose()?;
        let provider = self.typed(&PROVIDER).map(Sourced::parse::<ProviderArn>).transpose()?;
        let said = self.typed(&ASSERTION_FILE);
        let path = said.as_ref().map_or("-", |said| &said.value);
        let assertion = proof::Source::at(self.environment.path(path)?);
        let what = role.as_ref().map_or("saml", |role| role.value.name());
        let default = match (stored_role, &role) {
            (Some(_), None) => asked.value.clone(),
            (Some(arn), Some(role)) if arn == role.value.as_str() => asked.value.clone(),
            _ => named_for(&source, what),
        };
        let place = self.place(self.session_profile(default)?, &source);
        let partition = role.as_ref().map(|role| role.value.partition());
        let partition = partition.or(provider.as_ref().map(|provider| provider.value.partition()));
        let partition = partition.map(|it| Partition { name: it.to_owned(), of: "role" });
        let saml = Saml {
            source,
            role,
            provider,
            assertion,
            person: self.person()?,
            lifetime: self.parse(&ROLE_DURATION)?,
            policies: self.policies(&flags.policies)?,
        };
        let recipe = Method::Saml(saml);
        Ok((Task::deliver(SessionRequest { recipe, reuse: Reuse::Never, place }), partition))
    }

    /// The profile whose settings count, and the role of the session in the one that was asked for,
    /// if that session was got for a proof: who asks for it asks for a new one in its place.
    fn follow(&mut self, asked: &str) -> (String, Option<String>) {
        let session = self.profiles.session(asked).map(|session| session.provenance);
        let session = session.filter(|it| it.key_id.is_none() && it.role.is_some());
        let (source, role) = match session {
            Some(Provenance { source, role, .. }) => (source, role),
            None => (asked.to_owned(), None),
        };
        self.places = vec![source.clone(), asked.to_owned()];
        (source, role)
    }

    fn role_lifetime(&self) -> Result<Sourced<RoleLifetime>, Failure> {
        let said = self.parse(&ROLE_DURATION)?;
        Ok(said.unwrap_or(Sourced::default(RoleLifetime::DEFAULT)))
    }
}

/// GitHub sets them for a job that may ask for identity tokens.
const REQUEST_URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const REQUEST_TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
