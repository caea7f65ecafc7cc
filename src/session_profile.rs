//! How a session is stored in a section of the credentials file: which keys, in which order, and how
//! they are read back. The one thing that `profiles` (reading) and `output::file` (writing) must
//! agree on.

use std::path::Path;

use time::{
    OffsetDateTime, PrimitiveDateTime, UtcOffset,
    format_description::well_known::{Iso8601, Rfc3339},
    macros::format_description,
};

use crate::{
    aws_files::{Document, Section, SectionName, Unwritable, Value},
    credentials::{AccessKey, Provenance, Session, is_long_term, is_plain, is_temporary},
    environment,
    failure::{Failure, Status},
    secret::Secret,
};

/// The key for the access key id.
pub const ID: &str = "aws_access_key_id";
/// The key for the secret access key.
pub const SECRET: &str = "aws_secret_access_key";
/// The key for the session token.
pub const TOKEN: &str = "aws_session_token";
/// The key for the profile that a session was made from.
pub const SOURCE: &str = "mfa_session_source";

/// An older key for the session token. botocore takes it first, whatever stands beside it.
const OLD_TOKEN: &str = "aws_security_token";
/// The keys for a token.
pub const TOKENS: [&str; 2] = [TOKEN, OLD_TOKEN];

/// When the session ends, in RFC 3339 and UTC. Of the keys in use for this it is the one that no
/// other tool stumbles over, and prompts such as starship's show it.
const EXPIRES: &str = "x_security_token_expires";
const KEY_ID: &str = "mfa_session_key";
/// The key for the MFA device that a session was made with.
pub const SERIAL: &str = "mfa_session_serial";
/// The key for the role that a session is of.
pub const ROLE: &str = "mfa_session_role";
const RESTRICTED: &str = "mfa_session_restricted";

/// All keys that a session may be written as, in this order.
const OWN: [&str; 9] = [ID, SECRET, TOKEN, EXPIRES, SOURCE, KEY_ID, SERIAL, ROLE, RESTRICTED];

/// Keys of other tools that would contradict a new session.
pub const STALE: [&str; 7] = [
    OLD_TOKEN,
    "expiration",
    "aws_credential_expiration",
    "aws_expiration",
    "awsmfa_expiration",
    "aws_session_expiration",
    "aws_session_expiration_timestamp",
];

/// What a section's keys are.
#[derive(Debug)]
pub enum Keys {
    /// There are none.
    None,
    /// Long-term keys.
    LongTerm(AccessKey),
    /// Keys that go with a token, be it there or lost.
    Temporary,
    /// Only `there`, without `missing`.
    Half {
        /// The key that stands there.
        there: &'static str,
        /// The key that is missing.
        missing: &'static str,
    },
}

/// Looks at the keys in a section.
#[must_use]
pub fn keys(section: &Section) -> Keys {
    let has_token = TOKENS.iter().any(|key| filled(section, key).is_some());
    match (text(section, ID), filled(section, SECRET)) {
        (Some(id), Some(secret)) if is_long_term(id) || !(has_token || is_temporary(id)) => {
            Keys::LongTerm(AccessKey { id: id.to_owned(), secret: secret.clone() })
        }
        (Some(_), Some(_)) => Keys::Temporary,
        _ if has_token => Keys::Temporary,
        (None, None) => Keys::None,
        (Some(_), None) => Keys::Half { there: ID, missing: SECRET },
        (None, Some(_)) => Keys::Half { there: SECRET, missing: ID },
    }
}

/// Temporary keys in a section, and their token, whoever wrote them.
#[must_use]
pub fn temporary(section: &Section) -> Option<(AccessKey, Secret)> {
    // In botocore's order.
    let token = filled(section, OLD_TOKEN).or_else(|| filled(section, TOKEN))?.clone();
    let id = text(section, ID).filter(|id| !is_long_term(id))?.to_owned();
    Some((AccessKey { id, secret: filled(section, SECRET)?.clone() }, token))
}

fn filled<'a>(section: &'a Section, key: &str) -> Option<&'a Secret> {
    section.secret(key).filter(|value| !value.expose().is_empty())
}

fn text<'a>(section: &'a Section, key: &str) -> Option<&'a str> {
    section.value(key).filter(|value| !value.is_empty())
}

/// The session in a section; `None` where it is none that this program wrote, or where another
/// reader would take something else for it.
#[must_use]
pub fn read(section: &Section) -> Option<Session> {
    let token = section.secret(TOKEN)?;
    if section.secret(OLD_TOKEN).is_some_and(|old| old != token) {
        return None;
    }
    let id = text(section, ID).filter(|id| !is_long_term(id))?.to_owned();
    let key = AccessKey { id, secret: section.secret(SECRET)?.clone() };
    // Somebody else may have written them, and they may go to a shell.
    if ![&key.id, key.secret.expose(), token.expose()].into_iter().all(is_plain) {
        return None;
    }
    Some(Session {
        key,
        token: token.clone(),
        expires: rfc_3339(section.value(EXPIRES)?)?,
        provenance: provenance(section)?,
    })
}

/// What the session in a section was made from; `None` where it is none that this program wrote.
#[must_use]
pub fn provenance(section: &Section) -> Option<Provenance> {
    let text = |key: &str| text(section, key).map(ToOwned::to_owned);
    Some(Provenance {
        source: text(SOURCE)?,
        key_id: text(KEY_ID),
        serial: text(SERIAL),
        role: text(ROLE),
        is_restricted: text(RESTRICTED).is_some(),
    })
}

/// When the keys in a section end, by whatever key the program that wrote them has for it.
#[must_use]
pub fn expiry(section: &Section) -> Option<OffsetDateTime> {
    let value = |key: &str| section.value(key).map(str::trim).filter(|text| !text.is_empty());
    let is_of_awsume = value("manager") == Some("awsume");
    let keys = [EXPIRES].into_iter().chain(STALE).filter(|key| *key != OLD_TOKEN);
    keys.filter_map(value).find_map(|text| moment(text, is_of_awsume))
}

/// RFC 3339, with a blank for the `T` or a zone without a colon, too; seconds since 1970; or, of
/// aws-mfa, a time of UTC that does not say so. awsume's looks the same, and is the local time.
fn moment(text: &str, is_local: bool) -> Option<OffsetDateTime> {
    let with_zone = text.replacen(' ', "T", 1).replace(' ', "");
    if let Some(moment) = rfc_3339(&with_zone) {
        return Some(moment);
    }
    if let Ok(moment) = OffsetDateTime::parse(&with_zone, &Iso8601::DEFAULT) {
        return utc(moment);
    }
    if let Ok(seconds) = text.parse() {
        return utc(OffsetDateTime::from_unix_timestamp(seconds).ok()?);
    }
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let shown = PrimitiveDateTime::parse(text.trim_end_matches(" UTC"), format).ok()?;
    utc(if is_local { environment::from_local(shown) } else { shown.assume_utc() })
}

/// A moment in RFC 3339's form, in UTC.
#[must_use]
pub fn rfc_3339(text: &str) -> Option<OffsetDateTime> {
    utc(OffsetDateTime::parse(text, &Rfc3339).ok()?)
}

/// The same moment in UTC, if RFC 3339 has a form for it there.
fn utc(moment: OffsetDateTime) -> Option<OffsetDateTime> {
    moment.checked_to_offset(UtcOffset::UTC).filter(|moment| (0..=9999).contains(&moment.year()))
}

/// The profile that a section's session was made from.
#[must_use]
pub fn source(section: &Section) -> Option<&str> {
    section.value(TOKEN)?;
    text(section, SOURCE)
}

/// The role that a section's session is of.
#[must_use]
pub fn role(section: &Section) -> Option<&str> {
    section.value(TOKEN)?;
    text(section, ROLE)
}

/// The properties that a session is written as, in this order.
pub fn properties(session: &Session) -> Result<Vec<(&'static str, Value)>, Unwritable> {
    let Session { key, token, provenance, .. } = session;
    let mut properties = vec![
        (ID, Value::parse(Secret::new(key.id.clone()))?),
        (SECRET, Value::parse(key.secret.clone())?),
        (TOKEN, Value::parse(token.clone())?),
        (EXPIRES, Value::parse(Secret::new(timestamp(session.expires)))?),
    ];
    let Provenance { source, key_id, serial, role, is_restricted } = provenance;
    let origin = [
        (SOURCE, Some(source.as_str())),
        (KEY_ID, key_id.as_deref()),
        (SERIAL, serial.as_deref()),
        (ROLE, role.as_deref()),
        (RESTRICTED, is_restricted.then_some("true")),
    ];
    // A source whose name can't be written is no reason to lose the keys.
    let value = |text: Option<&str>| Value::parse(Secret::new(text?.to_owned())).ok();
    properties.extend(origin.into_iter().filter_map(|(key, text)| Some((key, value(text)?))));
    Ok(properties)
}

/// The text of a file with nothing in it but the session.
pub fn alone(session: &Session, profile: &SectionName) -> Result<Secret, Unwritable> {
    let properties = properties(session)?;
    let empty = Document::parse(Secret::new(String::new())).expect("nothing is malformed in it");
    let set: Vec<_> = properties.iter().map(|(key, value)| (*key, value)).collect();
    Ok(empty.replace(profile, &set, &[]))
}

/// The keys that would contradict a session with these properties: those of other tools, and those
/// of the session before that it has no property for.
#[must_use]
pub fn stale(properties: &[(&'static str, Value)]) -> Vec<&'static str> {
    let is_set = |key: &&str| properties.iter().any(|(set, _)| set == key);
    STALE.into_iter().chain(OWN.into_iter().filter(|key| !is_set(key))).collect()
}

/// `2026-11-22T20:14:05Z`: in UTC, to the second.
#[must_use]
pub fn timestamp(moment: OffsetDateTime) -> String {
    let whole = moment.to_offset(UtcOffset::UTC).truncate_to_second();
    whole.format(&Rfc3339).expect("a time that RFC 3339 has a form for")
}

/// The document in the bytes of a file, or a failure that names the file and the line.
pub fn parse(path: &Path, bytes: Vec<u8>) -> Result<Document, Failure> {
    let malformed = |line: usize, problem: &str| {
        Failure::new(Status::Here, format!("{}, line {line}: {problem}", path.display()))
            .hint("correct the line: the AWS CLI or an SDK refuses it as well")
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].split(|b| *b == b'\n');
        malformed(line.count(), "not UTF-8")
    })?;
    Document::parse(Secret::new(text)).map_err(|error| malformed(error.line, error.problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expiry_keys_of_other_tools_are_understood() {
        for properties in [
            "x_security_token_expires = 2026-11-22T20:14:05Z",
            "x_security_token_expires = 2026-11-22T21:14:05+01:00",
            "expiration = 2026-11-22T20:14:05Z",
            "expiration = 2026-11-22 20:14:05",
            "expiration = 2026-11-22 20:14:05 UTC",
            "aws_credential_expiration = 2026-11-22T20:14:05.000Z",
            "aws_expiration = 2026-11-22T20:14:05+00:00",
            "awsmfa_expiration = 2026-11-22T20:14:05+0000",
            "aws_session_expiration = 2026-11-22T20:14:05Z",
            "aws_session_expiration_timestamp = 1795378445",
            "x_security_token_expires = soon\nexpiration = 2026-11-22 20:14:05",
        ] {
            let document = Document::parse(Secret::new(format!("[a]\n{properties}\n"))).unwrap();
            let expiry = expiry(&document.section("a").unwrap());
            let expected = OffsetDateTime::from_unix_timestamp(1_795_378_445).unwrap();
            assert_eq!(expiry, Some(expected), "{properties}");
        }
    }

    #[test]
    fn what_is_no_time_is_no_expiry() {
        for value in [
            "-9999-01-01 00:00:00",
            "-377705116800",
            "0000-01-01T00:00:00+23:59",
            "",
            "soon",
            "2026-11-22",
            "99999999999999999999",
            "-",
        ] {
            let text = format!("[a]\nexpiration = {value}\n");
            let document = Document::parse(Secret::new(text)).unwrap();
            assert_eq!(expiry(&document.section("a").unwrap()), None, "{value}");
        }
    }
}
