//! The federation endpoint of AWS Sign-In: it exchanges a session for a sign-in token, and a link
//! with the token signs in to the AWS console. AWS documents it in the IAM user guide, under
//! "Enable custom identity broker access to the AWS console".

use percent_encoding::utf8_percent_encode;
use ureq::http::{Uri, header};
use zeroize::Zeroizing;

use super::{
    client::Client,
    endpoint::Endpoint,
    json_token::{TokenError, TokenProblem},
    query_body::ENCODED,
    sign::CONTENT_TYPE,
};
use crate::secret::Secret;

/// The keys of the session of a role or of a federated user. AWS refuses any other keys.
#[derive(Clone, Debug)]
pub struct SessionKeys {
    /// The temporary access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token.
    pub session_token: Secret,
}

/// A link to the console.
#[derive(Clone, Debug)]
pub struct Signin<'a> {
    /// The session that signs in.
    pub keys: &'a SessionKeys,
    /// `SessionDuration`: how long the console session lasts, 900 to 43200 seconds; `None`: as long
    /// as the session. AWS accepts it only for a role that a long-term key has assumed.
    pub seconds: Option<u32>,
    /// `Destination`: the first page of the console.
    pub destination: &'a str,
}

impl Client {
    /// The link that signs in, from a new sign-in token. It is a secret for 15 minutes.
    pub fn signin_link(
        &self,
        signin: &Signin<'_>,
        endpoint: &Endpoint,
    ) -> Result<Secret, TokenError> {
        let url = endpoint.federation_url();
        let token = self.signin_token(&signin.form(), endpoint, &url)?;
        let destination = utf8_percent_encode(signin.destination, ENCODED);
        let token = utf8_percent_encode(token.expose(), ENCODED);
        Ok(Secret::new(format!(
            "{url}?Action=login&Issuer=&Destination={destination}&SigninToken={token}"
        )))
    }

    fn signin_token(
        &self,
        form: &Secret,
        endpoint: &Endpoint,
        url: &str,
    ) -> Result<Secret, TokenError> {
        let host = endpoint.host();
        let route = self.route(&host, endpoint.url());
        let query = || Zeroizing::new(format!("{url}?{}", form.expose())).parse::<Uri>().ok();
        let query = if endpoint.accepts_signin_form() { None } else { query() };
        let token = self.json_token(route, "SigninToken", |agent, limit| {
            if let Some(url) = &query {
                return route.prepare(agent.get(url), limit).call();
            }
            let request = agent.post(url).header(header::CONTENT_TYPE, CONTENT_TYPE);
            route.prepare(request, limit).send(form.expose())
        })?;
        if token.expose().is_empty() {
            return Err(TokenError::NoToken { host, status: 200, problem: TokenProblem::Missing });
        }
        Ok(token)
    }
}

impl Signin<'_> {
    /// The parameters of `getSigninToken`. A form keeps the keys out of the logs of proxies, a
    /// query does not.
    fn form(&self) -> Secret {
        let Self { keys, seconds, .. } = self;
        let quoted =
            |text: &str| Zeroizing::new(serde_json::to_string(text).expect("a text can be quoted"));
        let session = Zeroizing::new(format!(
            r#"{{"sessionId":{},"sessionKey":{},"sessionToken":{}}}"#,
            *quoted(&keys.access_key_id),
            *quoted(keys.secret_access_key.expose()),
            *quoted(keys.session_token.expose()),
        ));
        let session = utf8_percent_encode(&session, ENCODED);
        let seconds = seconds.map_or(String::new(), |it| format!("&SessionDuration={it}"));
        Secret::new(format!("Action=getSigninToken{seconds}&Session={session}"))
    }
}
