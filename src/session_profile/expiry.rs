//! The expiry of a session: writes one format, and reads the formats of other tools.

use time::{
    OffsetDateTime, PrimitiveDateTime, UtcOffset,
    format_description::well_known::{Iso8601, Rfc3339},
    macros::format_description,
};

use super::keys::{EXPIRES, FOREIGN_KEYS, SECURITY_TOKEN};
use crate::{aws_files::Section, environment};

/// The expiry of the session in a section, from the first key with a valid time.
#[must_use]
pub fn expiry_of(section: &Section) -> Option<OffsetDateTime> {
    let value = |key: &str| section.value(key).map(str::trim).filter(|text| !text.is_empty());
    let is_from_awsume = value("manager") == Some("awsume");
    let keys = [EXPIRES].into_iter().chain(FOREIGN_KEYS).filter(|key| *key != SECURITY_TOKEN);
    keys.filter_map(value).find_map(|text| parse(text, is_from_awsume))
}

/// Formats a time as `2026-11-22T20:14:05Z`.
#[must_use]
pub fn timestamp(time: OffsetDateTime) -> String {
    let whole = time.to_offset(UtcOffset::UTC).truncate_to_second();
    whole.format(&Rfc3339).expect("the year has four digits")
}

/// Parses an RFC 3339 time, in UTC.
#[must_use]
pub(crate) fn parse_rfc_3339(text: &str) -> Option<OffsetDateTime> {
    in_utc(OffsetDateTime::parse(text, &Rfc3339).ok()?)
}

/// Parses RFC 3339, also with a space for the `T` or an offset without a colon; seconds since 1970;
/// or a time without an offset: UTC in aws-mfa, local time in awsume.
fn parse(text: &str, is_local: bool) -> Option<OffsetDateTime> {
    let joined = text.replacen(' ', "T", 1).replace(' ', "");
    if let Some(time) = parse_rfc_3339(&joined) {
        return Some(time);
    }
    if let Ok(time) = OffsetDateTime::parse(&joined, &Iso8601::DEFAULT) {
        return in_utc(time);
    }
    if let Ok(seconds) = text.parse() {
        return in_utc(OffsetDateTime::from_unix_timestamp(seconds).ok()?);
    }
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let time = PrimitiveDateTime::parse(text.trim_end_matches(" UTC"), format).ok()?;
    in_utc(if is_local { environment::from_local(time) } else { time.assume_utc() })
}

/// The time in UTC. `None` if RFC 3339 cannot express the year.
fn in_utc(time: OffsetDateTime) -> Option<OffsetDateTime> {
    time.checked_to_offset(UtcOffset::UTC).filter(|time| (0..=9999).contains(&time.year()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{aws_files::Document, secret::Secret};

    fn expiry_in(properties: &str) -> Option<OffsetDateTime> {
        let document = Document::parse(Secret::new(format!("[a]\n{properties}\n"))).unwrap();
        expiry_of(document.section("a").unwrap())
    }

    #[test]
    fn reads_the_expiry_of_other_tools() {
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
            let expected = OffsetDateTime::from_unix_timestamp(1_795_378_445).unwrap();
            assert_eq!(expiry_in(properties), Some(expected), "{properties}");
        }
    }

    #[test]
    fn ignores_invalid_times() {
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
            assert_eq!(expiry_in(&format!("expiration = {value}")), None, "{value}");
        }
    }
}
