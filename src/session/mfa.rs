//! A session for an MFA code (GetSessionToken).

use super::{Aws, Lifetime, ROOT_GETS};
use crate::{
    code::{self, Question, Source},
    credentials::{AccessKey, Provenance, Session},
    device::{self, Serial},
    failure::Failure,
    message,
    origin::{Origin, Sourced},
    sts::{Caller, Credentials, Error, GetSessionToken, ListMfaDevices, Signer, WarmUp},
};

/// What is needed to get a session for a code.
pub struct Mfa {
    /// The profile of the key.
    pub source: String,
    /// The long-term key.
    pub key: Sourced<AccessKey>,
    /// The MFA device; `None` where IAM is to be asked.
    pub serial: Option<Sourced<Serial>>,
    /// Where the code comes from.
    pub code: code::Origins,
    /// How long the session is to last.
    pub lifetime: Sourced<Lifetime>,
}

impl Mfa {
    /// Gets the session. All that can fail without a code fails before one is read.
    pub fn obtain(self, aws: Aws<'_>) -> Result<Session, Failure> {
        let mut codes = Source::open(self.code)?;
        let serial = match self.serial {
            Some(given) => given.value,
            None => find_device(aws, &self.key, &mut codes)?,
        };
        let (key, source, lifetime) = (&self.key, &self.source, self.lifetime.value);
        Request { aws, key, source, serial: &serial, lifetime }.obtain(&mut codes)
    }
}

/// The question for a session.
struct Request<'a> {
    aws: Aws<'a>,
    key: &'a Sourced<AccessKey>,
    source: &'a str,
    serial: &'a Serial,
    lifetime: Lifetime,
}

impl Request<'_> {
    /// Reads a code and gets a session for it. Where a code is refused, lost or typed again,
    /// another one is asked for, as often as it makes sense; while the person types, the connection
    /// is made.
    fn obtain(&self, codes: &mut Source) -> Result<Session, Failure> {
        let client = self.aws.client;
        let is_early = codes.takes_a_while() || codes.needs_the_time();
        let mut connection = is_early.then(|| client.warm_up(self.aws.sts));
        if codes.needs_the_time() {
            self.settle(connection.take())?;
        }
        let text = self.question();
        let mut problem: Option<String> = None;
        let mut sent = Vec::new();
        let mut last = None;
        for _ in 0..codes.most_codes() {
            let question = Question {
                text: &text,
                problem: problem.as_deref(),
                serial: self.serial.as_str(),
                now: client.now(),
            };
            let code = codes.read(&question, &mut || {
                connection.as_mut().and_then(|connection| self.objection(connection))
            })?;
            self.settle(connection.take())?;
            let digits = code.into_digits();
            if sent.contains(&digits) {
                problem = Some(self.with_the_next("that code was sent before"));
                continue;
            }
            let operation = GetSessionToken {
                serial: self.serial.as_str(),
                digits: &digits,
                seconds: self.lifetime.seconds(),
            };
            match client.call(&operation, self.aws.sts, Signer::Key(&self.key.value, None)) {
                Ok(granted) => return Ok(self.session(granted)),
                Err(error) => {
                    let failure = error.explain(self.asked());
                    let Some(what) = another(&error).filter(|_| codes.most_codes() > 1) else {
                        return Err(failure);
                    };
                    problem = Some(self.with_the_next(what));
                    sent.push(digits);
                    last = Some(failure);
                }
            }
        }
        Err(last.expect("the first code was not sent before"))
    }

    /// Waits for the connection, and takes what it tells about the clock.
    fn settle(&self, connection: Option<WarmUp>) -> Result<(), Failure> {
        match connection.and_then(WarmUp::wait) {
            Some(Ok(reached)) => self.aws.client.correct_clock(reached),
            Some(Err(error)) => return Err(self.useless(&error)),
            None => {}
        }
        Ok(())
    }

    /// What makes it useless to send a code, as far as it is known.
    fn objection(&self, connection: &mut WarmUp) -> Option<Failure> {
        let error = connection.outcome()?.as_ref().err()?;
        Some(self.useless(error))
    }

    fn useless(&self, error: &Error) -> Failure {
        error.explain(self.asked()).hint("no code was used")
    }

    fn with_the_next(&self, problem: &str) -> String {
        // Time steps of 30 s since 1970 (RFC 6238): so do all devices that AWS takes.
        let left = 30 - self.aws.client.now().unix_timestamp().rem_euclid(30);
        format!("{problem}; the next one comes in {left} s")
    }

    /// Names the user as the person does, and the device.
    fn question(&self) -> String {
        let user = match self.key.origin {
            Origin::Variable(_) => &self.key.value.id,
            _ => self.source,
        };
        format!("MFA code for {} ({})", message::printable(user), self.serial)
    }

    fn session(&self, granted: Credentials) -> Session {
        let provenance = Provenance {
            source: self.source.to_owned(),
            key_id: Some(self.key.value.id.clone()),
            serial: Some(self.serial.to_string()),
            ..Provenance::default()
        };
        let now = self.aws.client.now();
        super::session(granted, provenance, self.lifetime.seconds(), ROOT_GETS, now)
    }

    fn asked(&self) -> Caller<'_> {
        let Sourced { value, origin } = self.key;
        Caller::Key { id: &value.id, origin, serial: Some(self.serial.as_str()) }
    }
}

/// What was wrong with a code, where another one may do.
fn another(error: &Error) -> Option<&'static str> {
    if error.is_wrong_code() {
        return Some("that code is wrong, or was used already");
    }
    let is_lost = error.may_have_spent_the_code();
    is_lost.then_some("no session came, and that code may be spent")
}

/// Asks IAM for the device of the user whose key it is; where there are several, the person.
fn find_device(
    aws: Aws<'_>,
    key: &Sourced<AccessKey>,
    codes: &mut Source,
) -> Result<Serial, Failure> {
    let asked = Caller::with(&key.value.id, &key.origin);
    let signer = Signer::Key(&key.value, None);
    let mut serials = Vec::new();
    let mut page = ListMfaDevices::default();
    // A user has eight devices at most; a page has a hundred.
    for _ in 0..MOST_PAGES {
        let devices = aws.client.call_as(asked, &page, aws.iam, signer).map_err(|failure| {
            failure.hint("or say which device it is: --serial ARN, MFA_SESSION_SERIAL")
        })?;
        serials.extend(devices.serials);
        // They will be told, or asked about.
        serials.truncate(MOST_DEVICES);
        match devices.marker {
            Some(marker) => page.marker = Some(marker),
            None => break,
        }
    }
    let usable = device::usable(&serials)?;
    serials.retain(|serial| serial.parse::<Serial>().is_err());
    if !serials.is_empty() {
        let names = serials.join(", ");
        message::info(format_args!("left out, as STS takes no codes of theirs: {names}"));
    }
    if let [serial] = usable.as_slice() {
        return Ok(serial.clone());
    }
    let names: Vec<&str> = usable.iter().map(Serial::as_str).collect();
    match codes.choose("which MFA device?", &names)? {
        Some(place) => Ok(usable[place].clone()),
        None => Err(device::several(&usable)),
    }
}

const MOST_PAGES: usize = 10;
const MOST_DEVICES: usize = 50;
