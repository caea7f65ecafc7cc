//! The reader of the AWS files: any bytes.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use mfa_session::{
    aws_files::{Document, name_in_header},
    message::printable,
    session_profile,
};
use mfa_session_fuzz::{check_session, is_plain_file, is_printable, ours, rust_ini};

fuzz_target!(|bytes: &[u8]| {
    let path = Path::new("credentials");
    let document = match session_profile::parse_file(path, bytes.to_vec(), Document::parse) {
        Ok(document) => document,
        Err(failure) => {
            let text = failure.to_string();
            assert!(text.starts_with("credentials, line ") && is_printable(&text), "{text}");
            return;
        }
    };
    let text = str::from_utf8(bytes).expect("only UTF-8 is accepted");
    let read = ours(&document);
    for name in document.section_names() {
        assert!(is_printable(&printable(&name)));
        let section = document.section(&name).expect("its name is in the file");
        for key in section.keys() {
            if let Some(nested) = section.nested(key) {
                nested.keys().for_each(|key| assert!(nested.value(key).is_some()));
            }
        }
        let repeated = section.repeated_keys();
        assert!(repeated.iter().all(|key| section.value(key).is_some()));
        let _ = (
            session_profile::classify_keys(section),
            session_profile::temporary_keys(section),
            session_profile::expiry_of(section),
        );
        let (source, role) =
            (session_profile::source_of(section), session_profile::role_of(section));
        assert!(source.is_none_or(|text| !text.is_empty()));
        assert!(role.is_none_or(|text| !text.is_empty()));
        // A reused session is delivered like a new one.
        if let Some(mut session) = session_profile::parse_session(section) {
            session.provenance = mfa_session::session::Provenance {
                source: "default".to_owned(),
                ..Default::default()
            };
            let secrets = [&session.secret_access_key, &session.session_token];
            let parts = [&*session.access_key_id, secrets[0].expose(), secrets[1].expose()];
            if parts.iter().all(|part| !part.is_empty()) {
                check_session(&session);
            }
        }
    }
    let found: Vec<&str> = document.sections_with(&["="]).map(|(name, _)| name).collect();
    let has_keys = |name: &&str| document.section(name).unwrap().keys().next().is_some();
    assert!(document.section_names().filter(has_keys).all(|name| found.contains(&name)));
    assert!(document.repeated_sections().iter().all(|name| document.section(name).is_some()));
    let config = session_profile::parse_file(path, bytes.to_vec(), Document::parse_config);
    let config = config.expect("the two files have the same syntax");
    for name in config.section_names() {
        assert!(config.section(name).is_some());
        let _ = name_in_header(name, "profile");
    }
    if is_plain_file(text) {
        assert_eq!(Some(read), rust_ini(text), "{text:?}");
    }
});
