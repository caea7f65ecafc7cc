//! Checks that several targets share: how other programs read the files and the output.

use std::collections::BTreeMap;

use mfa_session::{
    aws_files::{Document, SectionName},
    failure::Failure,
    output::{FORMATS, Format, OutputContext, POSIX},
    secret::Secret,
    session::Session,
    session_profile,
};

/// The properties of each section, by its name.
pub type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// The sections that rust-ini reads; `None` if it rejects the text.
pub fn rust_ini(text: &str) -> Option<Sections> {
    let options = ini::ParseOption {
        enabled_quote: false,
        enabled_escape: false,
        ..ini::ParseOption::default()
    };
    let mut sections = Sections::new();
    for (name, properties) in &ini::Ini::load_from_str_opt(text, options).ok()? {
        let Some(name) = name else { continue };
        let section = sections.entry(name.to_owned()).or_default();
        section.extend(properties.iter().map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
    Some(sections)
}

/// The sections that the program reads.
pub fn ours(document: &Document) -> Sections {
    let read = |name: &str| {
        let section = document.section(name).expect("its name is in the file");
        let value = |key: &str| section.value(key).expect("its key is in the section").to_owned();
        section.keys().map(|key| (key.to_owned(), value(key))).collect()
    };
    document.section_names().map(|name| (name.to_string(), read(&name))).collect()
}

/// Whether rust-ini and the SDKs agree on a file: it has only headers and lower-case properties,
/// unindented and without comments at the end of a line.
pub fn is_plain_file(text: &str) -> bool {
    text.split_inclusive('\n').all(|line| {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if line.is_empty() || line.starts_with(['#', ';']) {
            return !line.contains('\r');
        }
        if let Some(name) = line.strip_prefix('[') {
            let name = name.strip_suffix(']').unwrap_or_default();
            return !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
        }
        let Some((key, value)) = line.split_once('=') else { return false };
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let key = key.trim_end_matches(' ');
        !key.is_empty()
            && key.chars().all(is_word)
            && value.chars().all(|c| matches!(c, ' '..='~') && !"#;\\".contains(c))
    })
}

/// Whether a text has no character that moves the cursor, breaks the line or reverses the text.
pub fn is_printable(text: &str) -> bool {
    let moves = |c: char| {
        matches!(u32::from(c), 0..=0x1f | 0x7f..=0x9f | 0x61c | 0x200b..=0x200f
            | 0x2028..=0x202e | 0x2060 | 0x2066..=0x2069 | 0xfeff)
    };
    !text.chars().any(moves)
}

/// A session from any server is harmless in every destination.
pub fn check_session(session: &Session) {
    check_written(session);
    for format in FORMATS {
        check_printed(session, format);
    }
    check_shell_words(session);
}

/// Writing a session adds only its lines to a file, and reading returns the same session.
fn check_written(session: &Session) {
    const BEFORE: &str = "# mine\n[default]\naws_access_key_id = AKIA\n\n[work]\nregion = x";
    let properties =
        session_profile::properties(session, Some("eu-west-1")).expect("it can be written");
    let name = SectionName::parse("mfa").expect("the name is valid");
    let before = Document::parse(Secret::from(BEFORE)).expect("it is well-formed");
    let after = session_profile::store(&before, &name, &properties);
    let text = after.expose().to_owned();
    let block = text.strip_prefix(BEFORE).expect("the rest stays");
    let block = block.strip_prefix("\n[mfa]\n").expect("the section is new");
    let keys: Vec<_> = block.lines().map(|line| line.split(" = ").next().unwrap()).collect();
    assert_eq!(keys, properties.iter().map(|(key, _)| *key).collect::<Vec<_>>(), "{text:?}");

    let after = Document::parse(after).expect("it is well-formed");
    assert_eq!(rust_ini(&text).as_ref(), Some(&ours(&after)), "{text:?}");
    let read =
        session_profile::parse_session(after.section("mfa").unwrap()).expect("it is read back");
    assert_eq!(read.access_key_id, session.access_key_id);
    assert!(read.secret_access_key == session.secret_access_key);
    assert!(read.session_token == session.session_token);
    assert_eq!(read.expires, session.expires.replace_nanosecond(0).unwrap());
    assert_eq!(read.provenance, session.provenance);
    let cleared = session_profile::clear(&after, &[name]);
    assert_eq!(cleared.expose(), BEFORE, "{text:?}");
}

/// The output for two sessions differs only in the values.
fn check_printed(session: &Session, format: &'static Format) {
    // An id like a long-term key's is also recorded as `mfa_session_id`.
    let is_long_term = session.access_key_id.starts_with("AKIA");
    let id = if is_long_term { "AKIAWORDWORDWORD" } else { "ASIAWORDWORDWORD" };
    let words = [id, "secretWord", "tokenWord"];
    let mut other = copy(session);
    words[0].clone_into(&mut other.access_key_id);
    other.secret_access_key = Secret::from(words[1]);
    other.session_token = Secret::from(words[2]);
    // These formats reject values that they can't express.
    let Ok(printed) = printed(session, format) else {
        assert!(["cmd", "dotenv"].contains(&format.name), "{}", format.name);
        return;
    };
    let pattern = self::printed(&other, format).expect("it is plain");
    let secrets = [&session.secret_access_key, &session.session_token];
    let values = [&*session.access_key_id, secrets[0].expose(), secrets[1].expose()];
    // One pass over the pattern: a value may contain another's word.
    let mut expected = String::new();
    let mut rest = pattern.expose();
    while let Some((at, which)) =
        (0..3).filter_map(|which| Some((rest.find(words[which])?, which))).min()
    {
        expected += &rest[..at];
        match format.name {
            // Workflow commands escape `%`.
            "github" => expected += &values[which].replace('%', "%25"),
            _ => expected += values[which],
        }
        rest = &rest[at + words[which].len()..];
    }
    expected += rest;
    assert!(printed.expose() == expected, "{}: {}", format.name, printed.expose());
}

/// `eval` splits an export into exactly these words.
fn check_shell_words(session: &Session) {
    let printed = printed(session, &POSIX).expect("it can be quoted");
    let words = shlex::split(printed.expose()).expect("all quotes are closed");
    let expires = session_profile::timestamp(session.expires);
    let source = &session.provenance.source;
    let account = session.account.as_ref().map(|account| ("AWS_ACCOUNT_ID", account.as_str()));
    let mut expected = Vec::new();
    let of_session = [
        ("AWS_ACCESS_KEY_ID", &*session.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", session.secret_access_key.expose()),
        ("AWS_SESSION_TOKEN", session.session_token.expose()),
        ("AWS_CREDENTIAL_EXPIRATION", &*expires),
        ("MFA_SESSION_SOURCE", &**source),
    ];
    let of_region = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("MFA_SESSION_REGION", "eu-west-1"),
    ];
    for (name, value) in of_session.into_iter().chain(account).chain(of_region) {
        expected.extend(["export".to_owned(), format!("{name}={value};")]);
    }
    let unset = ["unset", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN;"];
    expected.extend(unset.map(str::to_owned));
    assert_eq!(words, expected);
    // Unquoted, as `eval $(…)` has it, blanks part them, and nothing else means anything.
    let unquoted = printed.expose().split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(shlex::split(&unquoted).as_ref(), Some(&words));
    assert!(!printed.expose().contains(['*', '?', '[']), "{}", printed.expose());
}

/// The output of a format.
fn printed(session: &Session, format: &'static Format) -> Result<Secret, Failure> {
    let profile = SectionName::parse("mfa").expect("the name is valid");
    let context =
        OutputContext { region: Some("eu-west-1".to_owned()), ..OutputContext::default() };
    let rendered = format.render(session, &profile, &context)?;
    Ok(rendered.printed)
}

fn copy(session: &Session) -> Session {
    Session {
        access_key_id: session.access_key_id.clone(),
        secret_access_key: session.secret_access_key.clone(),
        session_token: session.session_token.clone(),
        expires: session.expires,
        account: session.account.clone(),
        provenance: session.provenance.clone(),
    }
}
