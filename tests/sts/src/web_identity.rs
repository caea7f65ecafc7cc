//! The account's OIDC provider: makes JSON Web Tokens and reads them back. They look as GitHub's
//! do, but are signed with a key that is known to all.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::answer::Refusal;
use crate::{random, seal};

/// What a token tells that STS tells on.
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) audience: String,
}

/// A token that is good for an hour.
pub(crate) fn token(subject: &str, audience: &str, now: OffsetDateTime) -> String {
    let now = now.unix_timestamp();
    let header = json!({ "typ": "JWT", "alg": "HS256", "kid": "loopback-sts" });
    let claims = json!({
        "jti": random::request_id(),
        "sub": subject,
        "aud": audience,
        "iss": ISSUER,
        "nbf": now,
        "exp": now + SECONDS,
        "iat": now,
    });
    let [header, claims] =
        [header, claims].map(|part| BASE64URL_NOPAD.encode(part.to_string().as_bytes()));
    let signature = BASE64URL_NOPAD.encode(&seal::of(&format!("{header}.{claims}")));
    format!("{header}.{claims}.{signature}")
}

/// The claims of a token that is this provider's, for AWS, whole, and not yet expired.
pub(crate) fn read(token: &str, now: OffsetDateTime) -> Result<Claims, Refusal> {
    let claims = claims(token).ok_or_else(|| invalid(NOT_A_TOKEN))?;
    let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    let [issuer, audience, subject] = ["iss", "aud", "sub"].map(text);
    if issuer != ISSUER {
        return Err(invalid(format!(
            "No OpenIDConnect provider found in your account for {issuer}"
        )));
    }
    if audience != AUDIENCE {
        return Err(invalid("Incorrect token audience"));
    }
    let (signed, signature) = token.rsplit_once('.').ok_or_else(|| invalid(NOT_A_TOKEN))?;
    if BASE64URL_NOPAD.encode(&seal::of(signed)) != signature {
        return Err(invalid("The signature of the ID Token is not valid"));
    }
    let (now, expiration) = (now.unix_timestamp(), claims["exp"].as_i64().unwrap_or_default());
    if expiration <= now {
        // Without a space before the last number: awslabs/aws-orbit-workbench#771.
        return Err(Refusal::new(
            400,
            "ExpiredTokenException",
            format!(
                "Token expired: current date/time {now} must be before the expiration \
             date/time{expiration}"
            ),
        ));
    }
    Ok(Claims { subject, audience })
}

fn claims(token: &str) -> Option<Value> {
    let [header, claims, _] = token.split('.').collect::<Vec<_>>()[..] else { return None };
    let json = |part: &str| {
        let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).ok()?;
        serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object)
    };
    json(header)?;
    json(claims)
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidIdentityToken", message)
}

/// The issuer of GitHub Actions' tokens.
pub(crate) const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// The audience that the account's provider is for.
pub(crate) const AUDIENCE: &str = "sts.amazonaws.com";

const SECONDS: i64 = 3_600;

const NOT_A_TOKEN: &str = "The ID Token provided is not a valid JWT. (You may see this error if \
                           you sent an Access Token)";
