//! JSON Web Tokens, and the account's OIDC provider, which issues and verifies them. Its tokens
//! have the form of GitHub's, but the key that signs them is public.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::answer::ServiceError;
use crate::{mac, random};

/// The claims that STS repeats in its answer.
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) audience: String,
}

/// A token of the provider, valid for an hour.
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
    encode(&header, &claims.to_string(), mac::LENGTH)
}

/// A token with a signature of this length in bytes. The signature is the MAC, repeated to the
/// length: an algorithm with public keys cannot verify it.
pub(crate) fn encode(header: &Value, claims: &str, signature_length: usize) -> String {
    let [header, claims] =
        [&header.to_string(), claims].map(|part| BASE64URL_NOPAD.encode(part.as_bytes()));
    let mac = mac::of(&format!("{header}.{claims}"));
    let signature: Vec<u8> = mac.into_iter().cycle().take(signature_length).collect();
    format!("{header}.{claims}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// Verifies a token: issuer, audience, signature and expiry.
pub(crate) fn read(token: &str, now: OffsetDateTime) -> Result<Claims, ServiceError> {
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
    if BASE64URL_NOPAD.encode(&mac::of(signed)) != signature {
        return Err(invalid("The signature of the ID Token is not valid"));
    }
    let (now, expiration) = (now.unix_timestamp(), claims["exp"].as_i64().unwrap_or_default());
    if expiration <= now {
        // AWS has no space before the last number: awslabs/aws-orbit-workbench#771.
        return Err(ServiceError::new(
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

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "InvalidIdentityToken", message)
}

/// The issuer of GitHub Actions' tokens.
pub(crate) const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// The audience that the account's provider accepts.
pub(crate) const AUDIENCE: &str = "sts.amazonaws.com";

const SECONDS: i64 = 3_600;

const NOT_A_TOKEN: &str = "The ID Token provided is not a valid JWT. (You may see this error if \
                           you sent an Access Token)";
