//! ARNs and other names that go into a prompt, a request or a file.

#![no_main]

use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use mfa_session::{
    aws_files::Value,
    message::printable,
    mfa::{self, Serial},
    origin::InvalidValue,
    secret::Secret,
    sts::{
        AccessKeyId, EncodedMessage, ExternalId, FederatedName, PolicyArn, ProviderArn, Region,
        RoleArn, RoleSessionName, SourceIdentity,
    },
};
use mfa_session_fuzz::is_printable;

fuzz_target!(|text: &str| {
    if let Some(serial) = parsed::<Serial>(text) {
        check_value(serial.as_str());
        assert!((9..=256).contains(&serial.as_str().len()));
        if let Some(partition) = serial.partition() {
            assert_eq!(serial.as_str().split(':').nth(1), Some(partition));
            let home = Region::home_of(Some(partition));
            assert!(home.as_str().parse::<Region>().is_ok());
            assert!(serial.as_str().contains(":mfa/"), "{text:?}");
        }
    }
    let listed: Vec<String> = text.split('\n').map(ToOwned::to_owned).collect();
    if let Ok(usable) = mfa::usable_devices(&listed) {
        assert!(!usable.is_empty());
    }
    if let Some(arn) = parsed::<RoleArn>(text) {
        check_arn(arn.as_str(), "role", arn.partition(), arn.name());
        let source = RoleSessionName::nearest(arn.name());
        assert!(source.as_str().parse::<RoleSessionName>().is_ok());
    }
    if let Some(arn) = parsed::<ProviderArn>(text) {
        check_arn(arn.as_str(), "saml-provider", arn.partition(), arn.name());
    }
    if let Some(arn) = parsed::<PolicyArn>(text) {
        check_arn(arn.as_str(), "policy", arn.partition(), arn.name());
    }
    let nearest = RoleSessionName::nearest(text);
    assert!(nearest.as_str().parse::<RoleSessionName>().is_ok(), "{text:?}");
    for accepted in [
        parsed::<AccessKeyId>(text).map(|it| it.as_str().to_owned()),
        parsed::<EncodedMessage>(text).map(|it| it.as_str().to_owned()),
        parsed::<RoleSessionName>(text).map(|it| it.as_str().to_owned()),
        parsed::<SourceIdentity>(text).map(|it| it.as_str().to_owned()),
        parsed::<FederatedName>(text).map(|it| it.as_str().to_owned()),
        parsed::<ExternalId>(text).map(|it| it.as_str().to_owned()),
    ]
    .into_iter()
    .flatten()
    {
        assert_eq!(accepted, text);
        check_value(&accepted);
    }
});

/// Parses a text. The message of an error is not empty, and moves no cursor.
fn parsed<T: FromStr<Err: Into<InvalidValue>>>(text: &str) -> Option<T> {
    match text.parse::<T>().map_err(Into::into) {
        Ok(value) => Some(value),
        Err(InvalidValue { problem, hint }) => {
            assert!(is_printable(&printable(&problem)) && is_printable(&printable(&hint)));
            assert!(!problem.is_empty() && !hint.is_empty());
            None
        }
    }
}

/// The parts of an ARN are in AWS's order.
fn check_arn(arn: &str, kind: &str, partition: &str, name: &str) {
    check_value(arn);
    let parts: Vec<&str> = arn.split(':').collect();
    assert!(parts.len() >= 6 && parts[..3] == ["arn", partition, "iam"] && parts[3].is_empty());
    assert!(parts[5].starts_with(&format!("{kind}/")), "{arn:?}");
    assert!(!name.is_empty() && arn.ends_with(name) && !name.contains('/'), "{arn:?}");
}

/// A text can be written to a file unchanged.
fn check_value(text: &str) {
    assert!(text.bytes().all(|b| b.is_ascii_graphic()), "{text:?}");
    assert!(Value::parse(Secret::from(text)).is_ok(), "{text:?}");
}
