//! How long a session is to last, and how much of it must be left.

use std::str::FromStr;

use time::Duration;

use crate::failure::InvalidValue;

/// How long a user's session is to last: 15 minutes to 36 hours, as STS has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(u32);

impl Lifetime {
    /// STS's own default, 12 hours.
    pub const DEFAULT: Self = Self(43_200);

    /// In seconds: 900 to 129,600.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl FromStr for Lifetime {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        within(text, 129_600, 36, "STS gives sessions").map(Self)
    }
}

/// How long a role's session is to last: 15 minutes to 12 hours, as STS has it; the role itself may
/// allow less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleLifetime(u32);

impl RoleLifetime {
    /// STS's own default, an hour.
    pub const DEFAULT: Self = Self(3_600);

    /// What STS grants at most where the session of another role asks: role chaining.
    pub const LONGEST_CHAINED: Self = Self(3_600);

    /// For a session that is only to ask for another one.
    pub const SHORTEST: Self = Self(900);

    /// In seconds: 900 to 43,200.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl FromStr for RoleLifetime {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        within(text, 43_200, 12, "STS gives sessions of roles").map(Self)
    }
}

fn within(text: &str, most: u32, hours: u32, who: &str) -> Result<u32, InvalidValue> {
    let seconds = seconds(text)?;
    if (900..=most).contains(&seconds) {
        return Ok(seconds);
    }
    Err(InvalidValue::new(
        format!("`{text}` is not within 15 minutes and {hours} hours"),
        format!("{who} of 15m to {hours}h (900 to {most} seconds)"),
    ))
}

/// The time that must be left of a session for it to be reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinRemaining(Duration);

impl MinRemaining {
    /// Five minutes: what SDKs refresh their credentials ahead of.
    pub const DEFAULT: Self = Self(Duration::minutes(5));

    /// Fifteen minutes: when less is left, botocore and the AWS CLI run a credential process for
    /// each request.
    const OF_A_PROCESS: Self = Self(Duration::minutes(15));

    /// For a credential process whose sessions last so many seconds. Of short ones most of the time
    /// would be lost: to run a program for each request is better than a question for each.
    #[must_use]
    pub fn of_a_process(seconds: u32) -> Self {
        let is_short = Self::OF_A_PROCESS.is_more_than(seconds / 2);
        if is_short { Self::DEFAULT } else { Self::OF_A_PROCESS }
    }

    /// Whether no session of so many seconds would do.
    #[must_use]
    pub fn is_more_than(self, seconds: u32) -> bool {
        self.0 > Duration::seconds(seconds.into())
    }

    /// Whether a span is as much.
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
                "no session lasts longer than 36h (129600 seconds)",
            )),
        }
    }
}

/// Reads `12h`, `90m`, `1h30m`, `45s` or a number of seconds.
fn seconds(text: &str) -> Result<u32, InvalidValue> {
    let invalid = || {
        InvalidValue::new(
            format!("`{text}` is not a time"),
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
        // `1m2h` and `1m2m` are slips of the finger.
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
    fn times_are_read_with_and_without_units() {
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
    fn what_is_no_time_is_refused() {
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
    fn of_a_short_session_no_more_is_to_be_left_for_a_process_than_for_others() {
        for (seconds, expected) in [
            (900, MinRemaining::DEFAULT),
            (1799, MinRemaining::DEFAULT),
            (1800, MinRemaining::OF_A_PROCESS),
            (43_200, MinRemaining::OF_A_PROCESS),
        ] {
            assert_eq!(MinRemaining::of_a_process(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn a_lifetime_is_within_what_sts_gives() {
        assert_eq!("15m".parse::<Lifetime>().unwrap().seconds(), 900);
        assert_eq!("36h".parse::<Lifetime>().unwrap().seconds(), 129_600);
        assert!("899".parse::<Lifetime>().is_err());
        assert!("129601".parse::<Lifetime>().is_err());
        assert_eq!("12h".parse::<RoleLifetime>().unwrap().seconds(), 43_200);
        assert!("43201".parse::<RoleLifetime>().is_err());
    }
}
