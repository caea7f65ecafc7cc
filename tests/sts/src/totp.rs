//! Time-based one-time passwords: RFC 6238 with SHA-1, 30 seconds and six digits, as AWS uses it.

use std::ops::RangeInclusive;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use time::OffsetDateTime;

/// The code that a device with this base32 seed shows now; `None` if the seed is not base32.
#[must_use]
pub fn code(seed: &str) -> Option<String> {
    let totp = Totp::new(BASE32_NOPAD.decode(seed.as_bytes()).ok()?);
    totp.fresh_code(OffsetDateTime::now_utc())
}

/// The seed of an MFA device, and the last time step whose code was accepted.
#[derive(Clone)]
pub(crate) struct Totp {
    seed: Vec<u8>,
    last_step: u64,
}

impl Totp {
    pub(crate) fn new(seed: Vec<u8>) -> Self {
        Self { seed, last_step: 0 }
    }

    /// Accepts a code of the current step, the previous or the next one. Later it accepts neither
    /// that step nor an earlier one again (RFC 6238, section 5.2).
    pub(crate) fn accept(&mut self, code: &str, now: OffsetDateTime) -> bool {
        let step = window(now).find(|&step| step > self.last_step && self.code_of(step) == code);
        self.last_step = step.unwrap_or(self.last_step);
        step.is_some()
    }

    /// A code that [`Totp::accept`] accepts now: of the current step or, if that is used up, of the
    /// next one.
    pub(crate) fn fresh_code(&self, now: OffsetDateTime) -> Option<String> {
        let step = step(now);
        [step, step + 1]
            .into_iter()
            .find(|&step| step > self.last_step)
            .map(|step| self.code_of(step))
    }

    /// Six digits that are not accepted now, nor one step earlier or later.
    pub(crate) fn wrong_code(&self, now: OffsetDateTime) -> String {
        let around = step(now).saturating_sub(2)..=step(now) + 2;
        let right: Vec<_> = around.map(|step| self.code_of(step)).collect();
        let mut codes = (0..1_000_000).map(|code| format!("{code:06}"));
        codes.find(|code| !right.contains(code)).expect("five of a million codes are right")
    }

    /// RFC 4226, section 5.3, with a step of RFC 6238 as the counter.
    fn code_of(&self, step: u64) -> String {
        let mut hmac =
            Hmac::<Sha1>::new_from_slice(&self.seed).expect("HMAC takes keys of any length");
        hmac.update(&step.to_be_bytes());
        let digest = hmac.finalize().into_bytes();
        let offset = usize::from(digest[19] & 0xf);
        let word =
            digest[offset..offset + 4].iter().fold(0, |word, &byte| word << 8 | u32::from(byte));
        format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
    }
}

fn window(now: OffsetDateTime) -> RangeInclusive<u64> {
    step(now).saturating_sub(1)..=step(now) + 1
}

fn step(now: OffsetDateTime) -> u64 {
    now.unix_timestamp().try_into().unwrap_or(0) / STEP_SECONDS
}

const STEP_SECONDS: u64 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc() -> Totp {
        Totp::new(b"12345678901234567890".to_vec())
    }

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    #[test]
    fn codes_match_rfc_6238() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(rfc().fresh_code(at(seconds)).unwrap(), code);
        }
    }

    #[test]
    fn codes_match_rfc_4226() {
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583"];
        assert!(codes.into_iter().eq((0..8).map(|counter| rfc().code_of(counter))));
    }

    #[test]
    fn codes_of_adjacent_steps_are_accepted() {
        for (step, accepted) in [(8, false), (9, true), (10, true), (11, true), (12, false)] {
            assert_eq!(rfc().accept(&rfc().code_of(step), at(300)), accepted, "step {step}");
        }
    }

    #[test]
    fn used_and_earlier_codes_are_refused() {
        let mut totp = rfc();
        assert!(totp.accept(&rfc().code_of(10), at(300)));
        assert!(!totp.accept(&rfc().code_of(10), at(300)));
        assert!(!totp.accept(&rfc().code_of(9), at(300)));
        assert!(totp.accept(&rfc().code_of(11), at(300)));
        assert_eq!(totp.fresh_code(at(300)), None);
        assert_eq!(totp.fresh_code(at(330)), Some(rfc().code_of(12)));
    }

    #[test]
    fn wrong_code_is_refused() {
        assert!(!rfc().accept(&rfc().wrong_code(at(300)), at(300)));
    }
}
