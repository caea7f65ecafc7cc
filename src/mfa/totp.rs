//! A code source: a TOTP seed, for CI. As AWS's virtual MFA devices, it follows RFC 6238 with
//! HMAC-SHA1, steps of 30 seconds and six digits.

use std::{fmt, str::FromStr, thread, time::Duration};

use data_encoding::BASE32_NOPAD;
use ring::hmac;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::{Code, CodeSource, Prompt};
use crate::{failure::Failure, message, origin::InvalidValue};

/// Makes the codes of a virtual MFA device from its seed.
#[derive(Debug)]
pub(crate) struct Totp {
    seed: Seed,
    /// The time step of the previous code.
    last_step: Option<i64>,
}

impl Totp {
    pub(crate) fn new(seed: Seed) -> Self {
        Self { seed, last_step: None }
    }

    /// The code of the current time step. If STS rejected that code, waits for the next step:
    /// another job may have used it.
    fn next_code(&mut self, now: OffsetDateTime) -> Code {
        let seconds = now.unix_timestamp();
        let mut step = seconds.div_euclid(STEP);
        if self.last_step.is_some_and(|last| last >= step) {
            step += 1;
            let left = step * STEP - seconds;
            message::info(format_args!(
                "STS rejected the code: another job used it, or the seed belongs to another \
                 device; trying the next code in {left} s"
            ));
            // One more second, as the clocks may differ.
            let wait = u64::try_from(left).unwrap_or_default() + 1;
            let _progress = message::countdown("the next code", wait);
            thread::sleep(Duration::from_secs(wait));
        }
        self.last_step = Some(step);
        self.seed.code(step)
    }
}

impl CodeSource for Totp {
    fn needs_clock(&self) -> bool {
        true
    }

    /// Twelve jobs with the same seed may start together; AWS accepts one code per time step.
    fn max_codes(&self) -> usize {
        12
    }

    fn read(
        &mut self,
        prompt: &Prompt<'_>,
        _interruption: &mut dyn FnMut() -> Option<Failure>,
    ) -> Result<Code, Failure> {
        Ok(self.next_code(prompt.now))
    }

    fn describe(&self) -> &'static str {
        "made from the device's seed"
    }
}

/// The secret key of a virtual MFA device. It yields every code of the device.
#[derive(Clone)]
pub(crate) struct Seed(Zeroizing<Vec<u8>>);

impl FromStr for Seed {
    type Err = InvalidValue;

    /// Parses base32 in either case, with or without whitespace, hyphens and `=`.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let letters = text.chars().filter(|c| !c.is_whitespace() && !"-=".contains(*c));
        let letters: Zeroizing<String> =
            Zeroizing::new(letters.map(|c| c.to_ascii_uppercase()).collect());
        match BASE32_NOPAD.decode(letters.as_bytes()).map(Zeroizing::new) {
            Ok(seed) if seed.len() >= MIN_SEED => Ok(Self(seed)),
            // The message omits the text: it may be a real seed with a typo.
            _ => Err(InvalidValue::new(
                "the TOTP seed is not valid base32, or too short",
                "give the secret key of the virtual MFA device",
            )),
        }
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
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
        let digits = Zeroizing::new(format!("{:06}", number % 1_000_000));
        digits.parse().expect("six digits are a code")
    }
}

/// In seconds.
const STEP: i64 = 30;

/// In bytes. RFC 4226, section 4, R6 requires 16, but some devices in use have 10.
const MIN_SEED: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    /// RFC 6238, appendix B, last six digits.
    #[test]
    fn computes_the_codes_of_the_rfc() {
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
    fn parses_a_seed_with_spaces_hyphens_padding_and_either_case() {
        let code = |text: &str| text.parse::<Seed>().unwrap().code(1).into_digits();
        let expected = code(SEED);
        for text in [&*SEED.to_lowercase(), " GEZD GNBV-GY3TQOJQGEZDGNBVGY3TQOJQ==\n"] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn an_error_hides_the_invalid_seed() {
        for bad in ["", "12345678", "GEZDGNBV", "hunter2!hunter2!"] {
            let invalid = bad.parse::<Seed>().unwrap_err();
            assert_eq!(invalid.problem, "the TOTP seed is not valid base32, or too short");
        }
    }
}
