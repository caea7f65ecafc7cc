//! No `Debug` output shows a secret.

use time::OffsetDateTime;

use crate::{
    aws_files::{Document, Value},
    mfa::{Code, CodeSource, GivenCode},
    origin::{Origin, Sourced},
    profiles::Profiles,
    secret::Secret,
    session::{Provenance, Session},
    session_profile,
    sts::{Credentials, GetSessionToken, Request, SigningKey, WebIdentityToken},
};

const KEY: &str = "SecretAccessKey/NotToBeSeen+Anywhere+0";
const TOKEN: &str = "SessionToken//NotToBeSeen+Anywhere==";
const CODE: &str = "314159";

#[test]
fn debug_shows_no_secret() {
    let (secret, token) = (|| Secret::from(KEY), || Secret::from(TOKEN));
    let key = || SigningKey::new("AKIAEXAMPLE".into(), secret());
    let code = || CODE.parse::<Code>().unwrap();
    let text = format!("[default]\naws_access_key_id = AKIAX\naws_secret_access_key = {KEY}\n");
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("credentials");
    std::fs::write(&file, &text).unwrap();
    let document = Document::parse(Secret::new(text)).unwrap();
    let section = document.section("default").unwrap();
    let body = Secret::new(format!("TokenCode={CODE}"));
    let request = Request {
        host: "sts.example",
        path: "/",
        body: &body,
        token: Some(&token()),
        region: "eu-west-1",
        service: "sts",
    };
    let source: Box<dyn CodeSource> = Box::new(GivenCode::new(code()));
    let digits = code().into_digits();
    let session = Session {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: secret(),
        session_token: token(),
        expires: OffsetDateTime::UNIX_EPOCH,
        account: None,
        provenance: Provenance::default(),
    };
    let credentials = Credentials {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: secret(),
        session_token: token(),
        expires: OffsetDateTime::UNIX_EPOCH,
        account: None,
    };
    let shown = [
        format!("{:?}", secret()),
        format!("{:?}", key()),
        format!("{:?}", Sourced { value: key(), origin: Origin::Default }),
        format!("{session:#?}"),
        format!("{credentials:#?}"),
        format!("{:?}", code()),
        format!("{source:?}"),
        format!("{:?}", "hunter2".parse::<Code>()),
        format!("{document:?}"),
        format!("{section:?}"),
        format!("{:?}", session_profile::classify_keys(section)),
        format!("{:?}", Value::parse(token()).unwrap()),
        format!("{:?}", Value::parse(Secret::new(format!("{TOKEN}\n"))).unwrap_err()),
        format!("{:?}", Document::parse(secret()).map(drop)),
        format!("{:#?}", Profiles::read(&file, &file, String::new()).map_err(|_| ()).unwrap()),
        format!("{request:?}"),
        format!("{:?}", GetSessionToken { serial: "x", digits: &digits, seconds: 900 }),
        format!("{:?}", WebIdentityToken::new(TOKEN).unwrap()),
    ];
    for shown in shown {
        for secret in [KEY, TOKEN, CODE, "hunter2"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
