//! A message authentication code for what this server signs: identity tokens, SAML responses,
//! encoded messages. The key is public, because nothing here is a secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA256 of a text.
pub(crate) fn of(text: &str) -> [u8; LENGTH] {
    let mut hmac = Hmac::<Sha256>::new_from_slice(KEY).expect("HMAC takes keys of any length");
    hmac.update(text.as_bytes());
    hmac.finalize().into_bytes().into()
}

/// In bytes.
pub(crate) const LENGTH: usize = 32;

const KEY: &[u8] = b"loopback-sts";
