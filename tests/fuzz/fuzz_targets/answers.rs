//! Answers of STS and IAM: any body, or any text for a field of a grant.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mfa_session::{
    explain::{Caller, explain},
    failure::Failure,
    message::{printable, printable_json},
    mfa,
    origin::Origin,
    session::{Provenance, Session},
    sts::{
        self, AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, Credentials,
        DecodeAuthorizationMessage, Error, GetAccessKeyInfo, GetCallerIdentity, GetFederationToken,
        GetSessionToken, ListMfaDevices, Operation,
    },
};
use mfa_session_fuzz::{check_session, is_printable};
use time::OffsetDateTime;

fuzz_target!(|input: &str| {
    let Some(kind) = input.chars().next() else { return };
    let rest = &input[kind.len_utf8()..];
    let status = [200, 200, 400, 403, 404, 500, 503, 302][kind as usize % 8];
    // After a letter, the fields of a grant follow; otherwise a whole body.
    if kind.is_ascii_alphabetic() {
        let mut parts = rest.splitn(4, '\0');
        let tags = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];
        let parts = tags.map(|tag| {
            let part = parts.next().unwrap_or("2099-01-02T03:04:05Z");
            format!("<{tag}>{part}</{tag}>")
        });
        let parts = parts.concat();
        grant::<GetSessionToken<'_>>(
            200,
            &format!(
                "<GetSessionTokenResponse><GetSessionTokenResult><Credentials>{parts}\
                 </Credentials></GetSessionTokenResult></GetSessionTokenResponse>"
            ),
        );
        return;
    }
    // An operation accepts only a body that names it, or an error.
    grant::<GetSessionToken<'_>>(status, rest);
    for (action, read) in [
        ("AssumeRoleR", grant::<AssumeRole<'_>> as fn(u16, &str)),
        ("AssumeRoleWithSAMLR", grant::<AssumeRoleWithSaml<'_>>),
        ("AssumeRoleWithWebIdentityR", grant::<AssumeRoleWithWebIdentity<'_>>),
        ("GetFederationTokenR", grant::<GetFederationToken<'_>>),
        ("GetCallerIdentityR", identity),
        ("GetAccessKeyInfoR", account),
        ("DecodeAuthorizationMessageR", message),
        ("ListMFADevicesR", devices),
    ] {
        if rest.contains(action) {
            read(status, rest);
        }
    }
});

fn grant<O: Operation<Output = Credentials>>(status: u16, body: &str) {
    let Some(granted) = answer::<O>(status, body) else { return };
    let provenance = Provenance {
        source: "default".to_owned(),
        key_id: Some("AKIAIOSFODNN7EXAMPLE".to_owned()),
        serial: Some("arn:aws:iam::123456789012:mfa/alice".to_owned()),
        ..Provenance::default()
    };
    let Credentials { access_key_id, secret_access_key, session_token, expires, account } = granted;
    check_session(&Session {
        access_key_id,
        secret_access_key,
        session_token,
        expires,
        account,
        provenance,
    });
}

fn identity(status: u16, body: &str) {
    let Some(identity) = answer::<GetCallerIdentity>(status, body) else { return };
    for text in [&identity.account, &identity.arn, &identity.user_id] {
        assert!(is_printable(&printable(text)));
    }
}

fn account(status: u16, body: &str) {
    let Some(account) = answer::<GetAccessKeyInfo>(status, body) else { return };
    assert!(is_printable(&printable(&account.0)));
}

fn message(status: u16, body: &str) {
    let Some(message) = answer::<DecodeAuthorizationMessage>(status, body) else { return };
    assert!(is_printable(&printable(&message.0)));
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(&message.0) {
        let shown = printable_json(&format!("{json:#}\n"));
        assert!(shown.lines().all(is_printable), "{shown:?}");
        // Escapes do not change the value.
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), json);
    }
}

fn devices(status: u16, body: &str) {
    let Some(devices) = answer::<ListMfaDevices>(status, body) else { return };
    match mfa::usable_devices(&devices.serials) {
        Ok(usable) => {
            for serial in &usable {
                // A serial goes into the prompt, the file, and a code command's environment.
                let is_plain = |c: char| c.is_ascii_alphanumeric() || "_+=/:,.@-".contains(c);
                assert!(serial.as_str().chars().all(is_plain), "{serial}");
            }
            check_message(&mfa::ambiguous_device(&usable));
        }
        Err(failure) => check_message(&failure),
    }
}

fn answer<O: Operation>(status: u16, body: &str) -> Option<O::Output> {
    let now = OffsetDateTime::from_unix_timestamp(1_795_378_445).unwrap();
    let host = "sts.eu-west-1.amazonaws.com".to_owned();
    let error = match sts::read::<O>(status, body, now) {
        Ok(Ok(output)) => return Some(output),
        Ok(Err(error)) => Error::Service { host, error, clock_ahead: None },
        Err(reason) => Error::InvalidResponse { host, status, reason },
    };
    let _ = (error.is_wrong_code(), error.may_have_spent_the_code());
    let origin = Origin::Flag("--profile");
    for caller in [
        Caller::Key { id: "AKIAIOSFODNN7EXAMPLE", origin: &origin, serial: Some("GAHT12345678") },
        Caller::Key { id: "ASIAIOSFODNN7EXAMPLE", origin: &origin, serial: None },
        Caller::IdentityToken { kind: "web identity token", origin: "a file" },
    ] {
        let failure = explain(&error, caller);
        check_message(&failure);
        // Three texts of a server, of up to 1,000 characters each, and our own.
        assert!(failure.to_string().chars().count() < 4000, "{failure}");
    }
    None
}

/// A message is not empty, and moves no cursor.
fn check_message(failure: &Failure) {
    let text = failure.to_string();
    assert!(!text.is_empty() && is_printable(&printable(&text)), "{text:?}");
}
