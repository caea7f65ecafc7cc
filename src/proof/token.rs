//! A JSON Web Token, as OIDC providers give them (RFC 7519): who it is about.

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

/// The subject; `None` where it is no such token, or says nothing of one.
#[must_use]
pub fn subject(token: &str) -> Option<String> {
    let claims = token.split('.').nth(1)?;
    let claims = BASE64URL_NOPAD.decode(claims.trim_end_matches('=').as_bytes()).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims["sub"].as_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_is_found() {
        let claims = BASE64URL_NOPAD.encode(br#"{"sub":"repo:octo/x:ref:refs/heads/main"}"#);
        let token = format!("e30.{claims}.c2ln");
        assert_eq!(subject(&token).as_deref(), Some("repo:octo/x:ref:refs/heads/main"));
    }

    #[test]
    fn what_is_no_token_has_no_subject() {
        for bad in ["", "x", "a.b.c", "a.e30.c", "a.ImEi.c"] {
            assert_eq!(subject(bad), None, "{bad}");
        }
    }
}
