//! Random keys, session tokens and request IDs.

use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER};

/// A temporary access key id: `ASIA` and 16 characters.
pub(crate) fn access_key_id() -> String {
    format!("ASIA{}", BASE32_NOPAD.encode(&bytes::<10>()))
}

/// A secret access key: 40 characters of base64.
pub(crate) fn secret_access_key() -> String {
    BASE64.encode(&bytes::<30>())
}

/// A session token: some hundred characters of base64 with the prefix of AWS's tokens.
pub(crate) fn session_token() -> String {
    format!("IQoJb3JpZ2luX2Vj{}", BASE64.encode(&bytes::<250>()))
}

/// A request ID, in the form of a UUID.
pub(crate) fn request_id() -> String {
    let hex = HEXLOWER.encode(&bytes::<16>());
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has a random number generator");
    bytes
}
