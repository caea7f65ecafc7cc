//! What shows that a text was made here: an identity provider's signature, an encoded message. Its
//! key is known to all, for nothing here has to be kept from anybody.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The seal of a text: HMAC-SHA256.
pub(crate) fn of(text: &str) -> [u8; LENGTH] {
    let mut hmac = Hmac::<Sha256>::new_from_slice(KEY).expect("a key of any length will do");
    hmac.update(text.as_bytes());
    hmac.finalize().into_bytes().into()
}

/// In bytes.
pub(crate) const LENGTH: usize = 32;

const KEY: &[u8] = b"loopback-sts";
