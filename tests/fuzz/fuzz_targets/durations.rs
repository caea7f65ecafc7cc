//! Durations: a second implementation agrees.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mfa_session::{
    lifetime::{Lifetime, MinRemaining, RoleLifetime},
    origin::InvalidValue,
};
use time::Duration;

fuzz_target!(|text: &str| {
    let expected = seconds(text.trim());
    let within = |range: std::ops::RangeInclusive<u64>| expected.filter(|it| range.contains(it));
    let lifetime = parsed::<Lifetime>(text).map(|it| u64::from(it.seconds()));
    assert_eq!(lifetime, within(900..=129_600), "{text:?}");
    let role = parsed::<RoleLifetime>(text).map(|it| u64::from(it.seconds()));
    assert_eq!(role, within(900..=43_200), "{text:?}");
    let remaining = parsed::<MinRemaining>(text);
    assert_eq!(remaining.is_some(), within(0..=129_600).is_some(), "{text:?}");
    if let (Some(remaining), Some(seconds)) = (remaining, expected) {
        let span = Duration::seconds(i64::try_from(seconds).unwrap());
        assert!(remaining.is_within(span), "{text:?}");
        assert!(!remaining.is_within(span - Duration::SECOND), "{text:?}");
    }
});

fn parsed<T: std::str::FromStr<Err = InvalidValue>>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// Hours, minutes and seconds, each at most once and in this order; or a number alone.
fn seconds(text: &str) -> Option<u64> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse::<u32>().ok().map(u64::from);
    }
    let mut rest = text;
    let mut sum = 0_u64;
    for (unit, factor) in [('h', 3600), ('m', 60), ('s', 1)] {
        if let Some((number, after)) = rest.split_once(unit) {
            if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            sum += u64::from(number.parse::<u32>().ok()?) * factor;
            rest = after;
        }
    }
    (rest.is_empty() && u32::try_from(sum).is_ok()).then_some(sum)
}
