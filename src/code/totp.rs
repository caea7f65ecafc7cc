//! Codes made from a seed, for CI (RFC 6238): HMAC-SHA1, steps of 30 seconds, six digits, as
//! virtual MFA devices of AWS have it.

use std::{str::FromStr, thread, time::Duration};

use data_encoding::BASE32_NOPAD;
use ring::hmac;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::Code;
use crate::{failure::InvalidValue, message, secret::Secret};

/// A device's seed. Whoever has it can make every code.
#[derive(Clone)]
pub struct Seed(Zeroizing<Vec<u8>>);

impl FromStr for Seed {
    type Err = InvalidValue;

    /// Base32, in any case of letters, with blanks or hyphens between groups, with and without `=`.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let mut letters = Zeroizing::new(String::with_capacity(text.len()));
        letters.extend(text.chars().filter(|c| !c.is_whitespace() && !"-=".contains(*c)));
        letters.make_ascii_uppercase();
        // It is not shown.
        let invalid =
            || InvalidValue::new("this is no seed in base32", "give the secret key of the device");
        let seed = Zeroizing::new(BASE32_NOPAD.decode(letters.as_bytes()).map_err(|_| invalid())?);
        // RFC 4226, section 4, R6: 128 bits at least; devices in use have 80.
        if seed.len() < 10 { Err(invalid()) } else { Ok(Self(seed)) }
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(..)")
    }
}

/// A device that consists of its seed.
#[derive(Debug)]
pub struct Totp {
    seed: Seed,
    /// The last step whose code was given.
    last: Option<i64>,
}

impl Totp {
    pub(super) fn new(seed: Seed) -> Self {
        Self { seed, last: None }
    }

    /// The code of this step, or of the next, if this one's was given before: some other job may
    /// have used it.
    pub(super) fn code(&mut self, now: OffsetDateTime) -> Code {
        let seconds = now.unix_timestamp();
        let mut step = seconds.div_euclid(STEP);
        if self.last.is_some_and(|last| last >= step) {
            step += 1;
            let left = step * STEP - seconds;
            message::info(format_args!(
                "no session came for that code: another job used it, or the seed is of another \
                 device; the next one comes in {left} s"
            ));
            // A second more: the clocks may differ by as much.
            thread::sleep(Duration::from_secs(u64::try_from(left).unwrap_or_default() + 1));
        }
        self.last = Some(step);
        self.seed.code(step)
    }
}

impl Seed {
    /// RFC 4226, section 5.3.
    fn code(&self, step: i64) -> Code {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let bytes = tag.as_ref();
        let start = usize::from(bytes[19] & 0xf);
        let four: [u8; 4] = bytes[start..start + 4].try_into().expect("four bytes of twenty");
        let number = u32::from_be_bytes(four) & 0x7fff_ffff;
        Code(Secret::new(format!("{:06}", number % 1_000_000)))
    }
}

/// In seconds.
const STEP: i64 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    /// RFC 6238, appendix B, of which the last six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let seed: Seed = SEED.parse().unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(seed.code(seconds / STEP).into_digits().expose(), code);
        }
    }

    #[test]
    fn a_seed_is_read_as_people_write_it() {
        let code = |text: &str| text.parse::<Seed>().unwrap().code(1).into_digits();
        let expected = code(SEED);
        for text in [&*SEED.to_lowercase(), " GEZD GNBV-GY3TQOJQGEZDGNBVGY3TQOJQ==\n"] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn what_is_no_seed_is_refused_and_not_shown() {
        for bad in ["", "12345678", "GEZDGNBV", "hunter2!hunter2!"] {
            let invalid = bad.parse::<Seed>().unwrap_err();
            assert_eq!(invalid.problem, "this is no seed in base32");
        }
    }
}
