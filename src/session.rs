//! The session: reused where there is a good one, else got from STS for a code.

use std::str::FromStr;

use time::{Duration, OffsetDateTime};

use crate::{
    code::Source,
    credentials::{AccessKey, MadeFrom, Session},
    device::{self, Serial},
    environment,
    failure::{Failure, Unfit},
    message::{self, rounded, words},
    origin::Given,
    sts::{
        Asked, Client, Endpoint, Error, GetSessionToken, Granted, ListMfaDevices, Signer, WarmUp,
    },
};

/// How long a session is to last: 15 minutes to 36 hours, as STS has it.
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
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        match seconds(text)? {
            seconds @ 900..=129_600 => Ok(Self(seconds)),
            _ => Err(Unfit::new(
                format!("`{text}` is not within 15 minutes and 36 hours"),
                "STS gives sessions of 15m to 36h (900 to 129600 seconds)",
            )),
        }
    }
}

/// The time that must be left of a session for it to be reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinRemaining(Duration);

impl MinRemaining {
    /// Five minutes: what SDKs refresh their credentials ahead of.
    pub const DEFAULT: Self = Self(Duration::minutes(5));

    /// Whether no session of this lifetime would do.
    #[must_use]
    pub fn is_more_than(self, lifetime: Lifetime) -> bool {
        self.0 > Duration::seconds(lifetime.seconds().into())
    }
}

impl FromStr for MinRemaining {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        match seconds(text)? {
            seconds @ 0..=129_600 => Ok(Self(Duration::seconds(seconds.into()))),
            _ => Err(Unfit::new(
                format!("`{text}` is more than 36 hours"),
                "no session lasts longer than 36h (129600 seconds)",
            )),
        }
    }
}

/// Reads `12h`, `90m`, `1h30m`, `45s` or a number of seconds.
fn seconds(text: &str) -> Result<u32, Unfit> {
    let unfit = || {
        Unfit::new(
            format!("`{text}` is not a time"),
            "write it as 12h, 90m, 1h30m, or as a number of seconds",
        )
    };
    let mut total = 0_u32;
    let mut rest = text.trim();
    let mut largest = u32::MAX;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u32 = rest[..digits].parse().map_err(|_| unfit())?;
        let factor = match rest[digits..].chars().next() {
            None if largest == u32::MAX => 1,
            Some('h') => 3600,
            Some('m') => 60,
            Some('s') => 1,
            _ => return Err(unfit()),
        };
        // `1m2h` and `1m2m` are slips of the finger.
        if factor >= largest {
            return Err(unfit());
        }
        largest = factor;
        rest = rest.get(digits + 1..).unwrap_or_default();
        total = number.checked_mul(factor).and_then(|n| total.checked_add(n)).ok_or_else(unfit)?;
    }
    if largest == u32::MAX { Err(unfit()) } else { Ok(total) }
}

/// Whether the session is from this key and device (any, where that is `None`), and lasts.
#[must_use]
pub fn is_good(
    session: &Session,
    key: &AccessKey,
    serial: Option<&Serial>,
    min_remaining: MinRemaining,
    now: OffsetDateTime,
) -> bool {
    session.made_from.key_id == key.id
        && serial.is_none_or(|serial| serial.as_str() == session.made_from.serial)
        && session.expires > now
        && session.expires - now >= min_remaining.0
}

/// What is needed to ask AWS for a session.
pub struct Request<'a> {
    /// The way there.
    pub client: &'a Client,
    /// STS.
    pub sts: &'a Endpoint,
    /// The long-term key.
    pub key: &'a Given<AccessKey>,
    /// The profile of the key.
    pub source: &'a str,
    /// The MFA device.
    pub serial: &'a Serial,
    /// How long the session is to last.
    pub lifetime: Lifetime,
}

impl Request<'_> {
    /// Reads a code and gets a session for it. At a terminal, where a code is refused, lost or
    /// typed again, another one is asked for, until there were three; while the person types, the
    /// connection is made.
    pub fn obtain(&self, codes: &mut Source) -> Result<Session, Failure> {
        let mut connection = codes.asks().then(|| self.client.warm_up(self.sts));
        let mut question = format!("MFA code for {}", self.serial);
        let mut sent = Vec::new();
        let mut last = None;
        for _ in 0..CODES {
            let code = codes.read(&question, &mut || {
                connection.as_mut().and_then(|connection| self.objection(connection))
            })?;
            match connection.take().and_then(WarmUp::wait) {
                Some(Ok(reached)) => self.client.correct_clock(reached),
                Some(Err(error)) => return Err(self.useless(&error)),
                None => {}
            }
            let digits = code.into_digits();
            if sent.contains(&digits) {
                question = self.question_after("that code was sent before");
                continue;
            }
            let operation = GetSessionToken {
                serial: self.serial.as_str(),
                digits: &digits,
                seconds: self.lifetime.seconds(),
            };
            match self.client.call(&operation, self.sts, Signer::Key(&self.key.value, None)) {
                Ok(granted) => return Ok(self.session(granted)),
                Err(error) => {
                    let failure = error.explain(self.asked());
                    question = match another(&error).filter(|_| codes.asks()) {
                        Some(problem) => self.question_after(problem),
                        None => return Err(failure),
                    };
                    sent.push(digits);
                    last = Some(failure);
                }
            }
        }
        Err(last.expect("the first code was not sent before"))
    }

    /// What makes it useless to send a code, as far as it is known.
    fn objection(&self, connection: &mut WarmUp) -> Option<Failure> {
        let error = connection.outcome()?.as_ref().err()?;
        Some(self.useless(error))
    }

    fn useless(&self, error: &Error) -> Failure {
        error.explain(self.asked()).hint("no code was used")
    }

    fn question_after(&self, problem: &str) -> String {
        // Time steps of 30 s since 1970 (RFC 6238): so do all devices that AWS takes.
        let left = 30 - environment::now().unix_timestamp().rem_euclid(30);
        format!("{problem}; the next one comes in {left} s. MFA code for {}", self.serial)
    }

    fn session(&self, granted: Granted) -> Session {
        let left = granted.expires - self.client.now();
        let asked = Duration::seconds(self.lifetime.seconds().into());
        if left + SLACK < asked {
            message::warn(format_args!(
                "asked for {}, but STS granted {} (the root user gets 1h at most)",
                words(asked),
                words(rounded(left)),
            ));
        }
        Session {
            key: granted.key,
            token: granted.token,
            expires: granted.expires,
            made_from: MadeFrom {
                source: self.source.to_owned(),
                key_id: self.key.value.id.clone(),
                serial: self.serial.to_string(),
            },
        }
    }

    fn asked(&self) -> Asked<'_> {
        let Given { value, origin } = self.key;
        Asked::Key { id: &value.id, origin, serial: Some(self.serial.as_str()) }
    }
}

/// What was wrong with a code, where another one may do.
fn another(error: &Error) -> Option<&'static str> {
    if error.is_wrong_code() {
        return Some("STS refused that code");
    }
    let is_lost = error.may_have_spent_the_code();
    is_lost.then_some("no session came, and that code may be spent")
}

/// At a terminal, with those that were sent before: who types a code again waits for no new one.
const CODES: usize = 3;

/// The way of the answer, and a clock that is a little off, as [`Client::now`] has it.
const SLACK: Duration = Duration::minutes(5);

/// Asks IAM for the device of the user whose key it is.
pub fn find_device(
    client: &Client,
    iam: &Endpoint,
    key: &Given<AccessKey>,
) -> Result<Serial, Failure> {
    let asked = Asked::with(&key.value.id, &key.origin);
    let mut serials = Vec::new();
    let mut page = ListMfaDevices::default();
    // A user has eight devices at most; a page has a hundred.
    for _ in 0..MOST_PAGES {
        let devices = client.call(&page, iam, Signer::Key(&key.value, None)).map_err(|error| {
            error.explain(asked).hint("or say which device it is: --serial ARN, MFA_SESSION_SERIAL")
        })?;
        serials.extend(devices.serials);
        match devices.marker {
            Some(marker) => page.marker = Some(marker),
            None => break,
        }
    }
    device::choose(&serials)
}

const MOST_PAGES: usize = 10;

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
    fn a_lifetime_is_within_what_sts_gives() {
        assert_eq!("15m".parse::<Lifetime>().unwrap().seconds(), 900);
        assert_eq!("36h".parse::<Lifetime>().unwrap().seconds(), 129_600);
        assert!("899".parse::<Lifetime>().is_err());
        assert!("129601".parse::<Lifetime>().is_err());
    }
}
