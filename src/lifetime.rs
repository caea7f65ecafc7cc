//! Durations: of a session, and of the rest of a session that is reused.

use std::{ops::RangeInclusive, str::FromStr};

use time::Duration;

use crate::{message::format_duration, origin::InvalidValue};

/// The duration of a user's session: 15 minutes to 36 hours, the limits of STS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(u32);

impl Lifetime {
    /// STS's default, 12 hours.
    pub(crate) const DEFAULT: Self = Self(43_200);

    /// In seconds: 900 to 129,600.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl FromStr for Lifetime {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        seconds_within(900..=129_600, text, "a session lasts").map(Self)
    }
}

/// The duration of a role's session: 15 minutes to 12 hours, the limits of STS. The role may have a
/// lower limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleLifetime(u32);

impl RoleLifetime {
    /// STS's default, one hour.
    pub(crate) const DEFAULT: Self = Self(3_600);

    /// STS's limit for a role that another role assumes.
    pub(crate) const LONGEST_CHAINED: Self = Self(3_600);

    /// For a session that only assumes the next role.
    pub(crate) const SHORTEST: Self = Self(900);

    /// In seconds: 900 to 43,200.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl FromStr for RoleLifetime {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        seconds_within(900..=43_200, text, "a role's session lasts").map(Self)
    }
}

/// The seconds in a text, if they are within the limits. `what` begins the hint, such as "a session
/// lasts".
pub(crate) fn seconds_within(
    limits: RangeInclusive<u32>,
    text: &str,
    what: &str,
) -> Result<u32, InvalidValue> {
    let seconds = seconds(text)?;
    if limits.contains(&seconds) {
        return Ok(seconds);
    }
    let (least, most) = limits.into_inner();
    let shown = |seconds: u32| format_duration(Duration::seconds(seconds.into()));
    let (shortest, longest) = (shown(least), shown(most));
    Err(InvalidValue::new(
        format!("`{text}` is not between {shortest} and {longest}"),
        format!("{what} {shortest} to {longest} ({least} to {most} seconds)"),
    ))
}

/// The time that a session must have left to be reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinRemaining(Duration);

impl MinRemaining {
    /// Five minutes: SDKs refresh credentials that long before they expire.
    pub(crate) const DEFAULT: Self = Self(Duration::minutes(5));

    /// Fifteen minutes: with less time left, botocore and the AWS CLI run a credential process for
    /// each request.
    const FOR_PROCESS: Self = Self(Duration::minutes(15));

    /// For a credential process whose sessions last so many seconds. A short session has the normal
    /// minimum: a process for each request is better than a prompt for each.
    pub(crate) fn for_process(seconds: u32) -> Self {
        let is_short = Self::FOR_PROCESS.is_more_than(seconds / 2);
        if is_short { Self::DEFAULT } else { Self::FOR_PROCESS }
    }

    /// Whether this is longer than so many seconds.
    pub(crate) fn is_more_than(self, seconds: u32) -> bool {
        self.0 > Duration::seconds(seconds.into())
    }

    /// Whether the time left is enough.
    #[must_use]
    pub fn is_within(self, left: Duration) -> bool {
        left >= self.0
    }
}

impl FromStr for MinRemaining {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match seconds(text)? {
            seconds @ 0..=129_600 => Ok(Self(Duration::seconds(seconds.into()))),
            _ => Err(InvalidValue::new(
                format!("`{text}` is more than 36 hours"),
                "give at most 36h (129600 seconds), the longest session of STS",
            )),
        }
    }
}

/// Parses `12h`, `90m`, `1h30m`, `45s` or a number of seconds.
fn seconds(text: &str) -> Result<u32, InvalidValue> {
    let invalid = || {
        InvalidValue::new(
            format!("`{text}` is not a duration"),
            "write it as 12h, 90m, 1h30m, or as a number of seconds",
        )
    };
    let mut total = 0_u32;
    let mut rest = text.trim();
    let mut largest = u32::MAX;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u32 = rest[..digits].parse().map_err(|_| invalid())?;
        let factor = match rest[digits..].chars().next() {
            None if largest == u32::MAX => 1,
            Some('h') => 3600,
            Some('m') => 60,
            Some('s') => 1,
            _ => return Err(invalid()),
        };
        // Units descend: `1m2h` and `1m2m` are invalid.
        if factor >= largest {
            return Err(invalid());
        }
        largest = factor;
        rest = rest.get(digits + 1..).unwrap_or_default();
        total =
            number.checked_mul(factor).and_then(|n| total.checked_add(n)).ok_or_else(invalid)?;
    }
    if largest == u32::MAX { Err(invalid()) } else { Ok(total) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_durations_with_and_without_units() {
        for (text, expected) in [
            ("43200", 43_200),
            ("12h", 43_200),
            ("90m", 5400),
            ("1h30m", 5400),
            ("0", 0),
            ("1h1s", 3601),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_invalid_durations() {
        for bad in [
            "",
            "h",
            "-5m",
            "1.5h",
            "12 h",
            "1h30",
            "30m1h",
            "1h1h",
            "5d",
            "99999999999",
            "9999999h",
            "1hé",
        ] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn credential_process_has_the_normal_minimum_for_short_sessions() {
        for (seconds, expected) in [
            (900, MinRemaining::DEFAULT),
            (1799, MinRemaining::DEFAULT),
            (1800, MinRemaining::FOR_PROCESS),
            (43_200, MinRemaining::FOR_PROCESS),
        ] {
            assert_eq!(MinRemaining::for_process(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn lifetimes_have_the_limits_of_sts() {
        assert_eq!("15m".parse::<Lifetime>().unwrap().seconds(), 900);
        assert_eq!("36h".parse::<Lifetime>().unwrap().seconds(), 129_600);
        assert!("899".parse::<Lifetime>().is_err());
        assert!("129601".parse::<Lifetime>().is_err());
        assert_eq!("12h".parse::<RoleLifetime>().unwrap().seconds(), 43_200);
        assert!("43201".parse::<RoleLifetime>().is_err());
    }
}
