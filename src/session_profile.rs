//! Converts a session to the keys of a section and back. `profiles` reads sessions by these rules,
//! and `output::file` writes them.

mod expiry;
mod keys;

use std::path::Path;

use crate::{
    aws_files::{Document, Section, SectionName, SyntaxError, Unwritable, Value},
    failure::{Failure, Status},
    secret::Secret,
    session::{Provenance, Session},
    sts::{AccountId, SigningKey, is_long_term, is_plain, is_temporary},
};

pub(crate) use expiry::parse_rfc_3339;
pub use expiry::{expiry_of, timestamp};
pub use keys::FOREIGN_KEYS;
pub(crate) use keys::{ACCESS_KEY_ID, ACCOUNT_ID, REGION, ROLE, SERIAL, SOURCE, TOKEN_KEYS};

use keys::{
    DIRECT, EXPIRES, KEY_ID, OWN_ID, REGION_MARK, RESTRICTED, SECRET_ACCESS_KEY, SECURITY_TOKEN,
    SESSION_KEYS, SESSION_TOKEN,
};

/// The kind of access key in a section.
#[derive(Debug)]
pub enum SectionKeys {
    /// No access key and no token.
    None,
    /// A long-term access key.
    LongTerm(SigningKey),
    /// A temporary access key, with its token or without.
    Temporary,
    /// Half of an access key.
    Partial {
        /// The half that the section has.
        present: &'static str,
        /// The half that is missing.
        missing: &'static str,
    },
}

/// Classifies the access key in a section.
#[must_use]
pub fn classify_keys(section: &Section) -> SectionKeys {
    let has_token = TOKEN_KEYS.iter().any(|key| section.non_empty(key).is_some());
    let id = section.non_empty(ACCESS_KEY_ID);
    match (id, section.non_empty_secret(SECRET_ACCESS_KEY)) {
        // With a token, an SDK uses a session, whatever the id looks like.
        (Some(id), Some(secret)) if !(has_token || is_temporary(id)) => {
            SectionKeys::LongTerm(SigningKey::new(id.to_owned(), secret.clone()))
        }
        (Some(_), Some(_)) => SectionKeys::Temporary,
        _ if has_token => SectionKeys::Temporary,
        (None, None) => SectionKeys::None,
        (Some(_), None) => {
            SectionKeys::Partial { present: ACCESS_KEY_ID, missing: SECRET_ACCESS_KEY }
        }
        (None, Some(_)) => {
            SectionKeys::Partial { present: SECRET_ACCESS_KEY, missing: ACCESS_KEY_ID }
        }
    }
}

/// Whether a section has a long-term access key, or half of one: no session may replace it.
#[must_use]
pub fn has_long_term_keys(section: &Section) -> bool {
    match classify_keys(section) {
        SectionKeys::LongTerm(_) | SectionKeys::Partial { .. } => true,
        SectionKeys::None => false,
        // The token may be left over from another key.
        SectionKeys::Temporary => section
            .non_empty(ACCESS_KEY_ID)
            .is_some_and(|id| is_long_term(id) && section.value(OWN_ID) != Some(id)),
    }
}

/// A complete temporary access key in a section, whichever program wrote it.
#[derive(Debug)]
pub struct TemporaryKeys<'a> {
    /// The access key id.
    pub id: &'a str,
    /// The secret access key.
    pub secret: &'a Secret,
    /// The session token.
    pub token: &'a Secret,
}

/// Finds a complete temporary access key in a section.
#[must_use]
pub fn temporary_keys(section: &Section) -> Option<TemporaryKeys<'_>> {
    Some(TemporaryKeys {
        id: section.non_empty(ACCESS_KEY_ID)?,
        secret: section.non_empty_secret(SECRET_ACCESS_KEY)?,
        // botocore prefers the older key.
        token: section
            .non_empty_secret(SECURITY_TOKEN)
            .or_else(|| section.non_empty_secret(SESSION_TOKEN))?,
    })
}

/// The session in a section. `None` if this program did not write it, or if an SDK would read
/// another session.
#[must_use]
pub fn parse_session(section: &Section) -> Option<Session> {
    let token = section.secret(SESSION_TOKEN)?;
    if section.secret(SECURITY_TOKEN).is_some_and(|old| old != token) {
        return None;
    }
    let id = section.non_empty(ACCESS_KEY_ID)?;
    let secret = section.secret(SECRET_ACCESS_KEY)?;
    // Another program may have changed the values, and a shell may evaluate them.
    if has_long_term_keys(section)
        || ![id, secret.expose(), token.expose()].into_iter().all(is_plain)
    {
        return None;
    }
    let provenance = provenance_of(section)?;
    Some(Session {
        access_key_id: id.to_owned(),
        secret_access_key: secret.clone(),
        session_token: token.clone(),
        expires: parse_rfc_3339(section.value(EXPIRES)?)?,
        account: account_of(section, Some(&provenance)),
        provenance,
    })
}

/// The provenance of the session in a section. `None` if this program did not write it.
#[must_use]
pub(crate) fn provenance_of(section: &Section) -> Option<Provenance> {
    let text = |key: &str| section.non_empty(key).map(ToOwned::to_owned);
    Some(Provenance {
        source: text(SOURCE)?,
        key_id: text(KEY_ID),
        serial: text(SERIAL),
        role: text(ROLE),
        is_direct: text(DIRECT).is_some(),
        is_restricted: text(RESTRICTED).is_some(),
    })
}

/// The account of the session in a section, if it is known without a request.
pub(crate) fn account_of(section: &Section, provenance: Option<&Provenance>) -> Option<AccountId> {
    let account = || AccountId::parse(section.value(ACCOUNT_ID)?);
    provenance.and_then(Provenance::account).or_else(account)
}

/// The source profile of the session in a section.
#[must_use]
pub fn source_of(section: &Section) -> Option<&str> {
    section.value(SESSION_TOKEN)?;
    section.non_empty(SOURCE)
}

/// The role of the session in a section.
#[must_use]
pub fn role_of(section: &Section) -> Option<&str> {
    section.value(SESSION_TOKEN)?;
    section.non_empty(ROLE)
}

/// Whether this program wrote the region of a section.
pub(crate) fn has_carried_region(section: &Section) -> bool {
    section.value(REGION).is_some()
        && section.value(REGION) == section.value(REGION_MARK)
        && !section.repeated_keys().contains(REGION)
}

/// The properties of a session with this region, in the order of the file.
pub fn properties(
    session: &Session,
    region: Option<&str>,
) -> Result<Vec<(&'static str, Value)>, Unwritable> {
    let Session { access_key_id, secret_access_key, session_token, expires, account, provenance } =
        session;
    let mut properties = vec![
        (ACCESS_KEY_ID, Value::parse(Secret::new(access_key_id.clone()))?),
        (SECRET_ACCESS_KEY, Value::parse(secret_access_key.clone())?),
        (SESSION_TOKEN, Value::parse(session_token.clone())?),
    ];
    let expires = timestamp(*expires);
    let Provenance { source, key_id, serial, role, is_direct, is_restricted } = provenance;
    let optional = [
        (ACCOUNT_ID, account.as_ref().map(AccountId::as_str)),
        (REGION, region),
        (REGION_MARK, region),
        (EXPIRES, Some(expires.as_str())),
        (SOURCE, Some(source.as_str())),
        (OWN_ID, Some(access_key_id.as_str()).filter(|id| is_long_term(id))),
        (KEY_ID, key_id.as_deref()),
        (SERIAL, serial.as_deref()),
        (ROLE, role.as_deref()),
        (DIRECT, is_direct.then_some("true")),
        (RESTRICTED, is_restricted.then_some("true")),
    ];
    // Unwritable names are omitted: the credentials must not be lost.
    let value = |text: Option<&str>| Value::parse(Secret::from(text?)).ok();
    properties.extend(optional.into_iter().filter_map(|(key, text)| Some((key, value(text)?))));
    Ok(properties)
}

/// The text of a credentials file that holds only this session.
pub(crate) fn credentials_file(
    session: &Session,
    profile: &SectionName,
    region: Option<&str>,
) -> Result<Secret, Unwritable> {
    let properties = properties(session, region)?;
    Ok(store(&Document::default(), profile, &properties))
}

/// The text with these properties as the only session in a section. The region of the user stays,
/// and properties that other tools would use instead of the session go.
#[must_use]
pub fn store(
    document: &Document,
    profile: &SectionName,
    properties: &[(&'static str, Value)],
) -> Secret {
    let has_own_region = has_own_region(document, profile);
    let is_set = |key: &&str| {
        let is_of_region = [REGION, REGION_MARK].contains(key);
        !(has_own_region && is_of_region) && properties.iter().any(|(set, _)| set == key)
    };
    let set = properties.iter().filter(|(key, _)| is_set(key));
    let set: Vec<_> = set.map(|(key, value)| (*key, value)).collect();
    let remove = session_keys(document, profile).filter(|key| !is_set(key));
    document.replace(profile, &set, &remove.collect::<Vec<_>>())
}

/// The text without the sessions in these sections. The regions of the user stay, and so do
/// sections with long-term keys.
#[must_use]
pub fn clear(document: &Document, profiles: &[SectionName]) -> Secret {
    let has_keys =
        |name: &SectionName| document.section(name.as_str()).is_some_and(has_long_term_keys);
    let profiles = profiles.iter().filter(|name| !has_keys(name));
    let sections = profiles.map(|name| (name, session_keys(document, name).collect()));
    document.clear(&sections.collect::<Vec<_>>())
}

/// The keys that a session in a section may have.
fn session_keys(
    document: &Document,
    profile: &SectionName,
) -> impl Iterator<Item = &'static str> + use<> {
    let region = (!has_own_region(document, profile)).then_some(REGION);
    FOREIGN_KEYS.into_iter().chain(SESSION_KEYS).chain(region)
}

/// Whether a section has a region of the user.
fn has_own_region(document: &Document, profile: &SectionName) -> bool {
    let section = document.section(profile.as_str());
    section.is_some_and(|it| it.value(REGION).is_some() && !has_carried_region(it))
}

/// Parses the content of a file with [`Document::parse`] or [`Document::parse_config`]. The failure
/// names the file and the line.
pub fn parse_file(
    path: &Path,
    bytes: Vec<u8>,
    parse: fn(Secret) -> Result<Document, SyntaxError>,
) -> Result<Document, Failure> {
    let malformed = |line: usize, problem: &str| {
        Failure::new(Status::Local, format!("{}, line {line}: {problem}", path.display()))
            .hint("correct the line: the AWS CLI and the SDKs refuse it, too")
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        malformed(valid.split(|byte| *byte == b'\n').count(), "not UTF-8")
    })?;
    parse(Secret::new(text)).map_err(|error| malformed(error.line, error.problem))
}
