//! A session of a role for the token of an OIDC provider (AssumeRoleWithWebIdentity).

use super::{Aws, RoleLifetime};
use crate::{
    credentials::{Provenance, Session},
    failure::{Failure, Status},
    origin::Sourced,
    proof,
    secret::Secret,
    sts::{
        AssumeRoleWithWebIdentity, Caller, IdTokenUrl, Policies, RoleArn, RoleSessionName, Signer,
        WebIdentityToken,
    },
};

/// What is needed to get it.
pub struct WebIdentity {
    /// The profile that leads to it.
    pub source: String,
    /// The role.
    pub role: Sourced<RoleArn>,
    /// How the session is called; `None` for the subject of the token.
    pub session_name: Option<RoleSessionName>,
    /// Where the token comes from.
    pub token: TokenSource,
    /// How long the session is to last.
    pub lifetime: Sourced<RoleLifetime>,
    /// What narrows it.
    pub policies: Policies,
}

/// Where a token comes from.
pub enum TokenSource {
    /// It is there.
    Destination(proof::Source),
    /// GitHub Actions gives one to the job that shows its request token.
    GitHub {
        /// The URL that the job was given, for the audience.
        url: IdTokenUrl,
        /// What the job was given to show there.
        request_token: Secret,
    },
}

impl WebIdentity {
    /// Gets the session.
    pub fn obtain(&self, aws: Aws<'_>) -> Result<Session, Failure> {
        let (token, origin) = self.token.read(aws)?;
        let token = WebIdentityToken::new(token.expose()).map_err(|invalid| {
            Failure::new(Status::Here, format!("{origin}: {}", invalid.problem)).hint(invalid.hint)
        })?;
        let session_name = self.session_name.clone().unwrap_or_else(|| {
            let subject = proof::subject(token.secret().expose());
            RoleSessionName::nearest(subject.as_deref().unwrap_or("mfa-session"))
        });
        let seconds = self.lifetime.value.seconds();
        let operation = AssumeRoleWithWebIdentity {
            role: &self.role.value,
            session_name: &session_name,
            token: &token,
            seconds,
            policies: &self.policies,
        };
        let asked = Caller::Proof { kind: "web identity token", origin: &origin };
        let granted = aws.client.call_as(asked, &operation, aws.sts, Signer::Nobody)?;
        let provenance = Provenance {
            source: self.source.clone(),
            role: Some(self.role.value.to_string()),
            is_restricted: !self.policies.is_empty(),
            ..Provenance::default()
        };
        let why = "the role allows no more";
        Ok(super::session(granted, provenance, seconds, why, aws.client.now()))
    }
}

impl TokenSource {
    /// The token, and where it is from.
    fn read(&self, aws: Aws<'_>) -> Result<(Secret, String), Failure> {
        match self {
            Self::Destination(source) => Ok((source.read(HINT)?, source.to_string())),
            Self::GitHub { url, request_token } => {
                Ok((aws.client.id_token(url, request_token)?, "GitHub".to_owned()))
            }
        }
    }
}

const HINT: &str = "name a file with the token of the identity provider: --token-file FILE";
