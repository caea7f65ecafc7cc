//! Invalid answers of STS are refused; unusual valid ones are accepted.

use loopback_sts::{Answer, Fault, Field, Grant};

use crate::sandbox::{Outcome, Sandbox, Table, keys};

#[test]
fn refuses_an_invalid_body_and_keeps_the_file() {
    let rows = [
        ("a web page", answer(Answer::html(200))),
        ("a web page with an error", answer(Answer::html(502))),
        ("an empty body", answer(Answer::new(200, ""))),
        ("an empty body with an error", answer(Answer::new(503, ""))),
        ("no content", answer(Answer::new(204, ""))),
        ("half of the XML", answer(Answer::new(200, "<GetSessionTokenResponse><Get"))),
        ("bytes that are no text", answer(Answer::new(200, [0xff, 0xfe, 0, 1]))),
        ("the answer to another question", answer(Answer::of_another_operation())),
        ("entities in entities", answer(Answer::entity_bomb())),
        ("elements in elements", answer(Answer::deep(100_000))),
        ("no result", answer(Answer::new(200, "<GetSessionTokenResponse/>"))),
        ("no credentials", answer(Answer::new(200, NO_CREDENTIALS))),
        ("an error without a code", answer(Answer::new(400, "<ErrorResponse/>"))),
        ("an error code with a comment", answer(error("Access<!-- x -->Denied", "No"))),
        ("an error message with an element", answer(error("AccessDenied", "No<b>!</b>"))),
        ("a redirect", answer(Answer::redirect(302, "http://127.0.0.1:1/"))),
        ("a redirect of posts", answer(Answer::redirect(307, "http://127.0.0.1:1/"))),
    ];
    Table::of(rows.map(|(name, fault)| {
        let outcome = refused(name, fault);
        (name, outcome)
    }))
    .matches_file("invalid_answers/bodies");
}

#[test]
fn refuses_invalid_http_and_keeps_the_file() {
    let rows = [
        ("a body of 2 MiB", Fault::Body(2 << 20)),
        ("headers without end", Fault::EndlessHeaders),
        ("a header of 16 KiB", answer(Answer::new(200, "").header("x-a", &"a".repeat(16 << 10)))),
        ("another protocol", Fault::Raw(b"220 mail.example ESMTP\r\n".to_vec())),
        ("raw bytes", Fault::Raw(vec![0x15, 0x03, 0x01, 0x00, 0x02])),
        ("nothing", Fault::Raw(Vec::new())),
    ];
    Table::of(rows.map(|(name, fault)| {
        let mut outcome = refused(name, fault);
        outcome.forget_why();
        (name, outcome)
    }))
    .matches_file("invalid_answers/http");
}

/// An error whose fields are XML source.
fn error(code: &str, message: &str) -> Answer {
    let xml = format!(
        "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>\
         </ErrorResponse>"
    );
    Answer::new(403, xml)
}

/// Fails to get a session. The file does not change.
fn refused(name: &str, fault: Fault) -> Outcome {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(fault);
    let outcome = sandbox.get([]);
    assert_eq!(sandbox.read("credentials"), keys("default"), "{name}");
    assert_eq!(sandbox.files(), ["credentials"], "{name}");
    outcome
}

const NO_CREDENTIALS: &str = "<GetSessionTokenResponse><GetSessionTokenResult/>\
                              </GetSessionTokenResponse>";

fn answer(answer: Answer) -> Fault {
    Fault::Answer(answer)
}

#[test]
fn refuses_invalid_credentials_and_keeps_the_file() {
    let id = |field| Grant { access_key_id: field, ..Grant::default() };
    let secret = |field| Grant { secret_access_key: field, ..Grant::default() };
    let token = |field| Grant { session_token: field, ..Grant::default() };
    let expiration = |field| Grant { expiration: field, ..Grant::default() };
    let rows = [
        ("no key id", id(Field::Missing)),
        ("an empty key id", id(source(""))),
        ("a key id with a newline", id(source("ASIAAAAAAAAAAAAA\n[evil]"))),
        ("a short key id", id(source("ASIAFOO"))),
        ("a key id with a slash", id(source("ASIA/FOOFOOFOO"))),
        ("a long key id", id(Field::of_length(129))),
        ("no secret", secret(Field::Missing)),
        ("a secret for a shell", secret(source("a'; rm -rf ~; '"))),
        ("no token", token(Field::Missing)),
        ("a token of white space", token(source(" \n "))),
        ("a token for a file", token(source("abc\n[evil]\nx = y"))),
        ("a token in elements", token(source("<b>abc</b>"))),
        ("a token with a comment", token(source("abc<!-- x -->def"))),
        ("a token after a comment", token(source("<!-- x -->def"))),
        ("a token with an instruction", token(source("abc<?x y?>def"))),
        ("a token with an element", token(source("abc<b>def</b>"))),
        ("a secret with a comment", secret(source("abc<!-- x -->def"))),
        ("a secret with an element", secret(source("abc<b/>"))),
        ("a key id with a comment", id(source("ASIAAAAAAAAAAAAAAAAA<!-- x -->B"))),
        ("an expiry with a comment", expiration(source("2099-01-02T03:04:05Z<!-- x -->0"))),
        ("a token with a null", token(source("abc&#0;"))),
        ("no expiry", expiration(Field::Missing)),
        ("an expiry that is no time", expiration(source("tomorrow"))),
        ("an expiry that is no date", expiration(source("2026-02-30T00:00:00Z"))),
        ("a session that has ended", expiration(source("2011-07-11T19:55:29Z"))),
        ("an expiry past all years", expiration(source("9999-12-31T23:59:59-08:00"))),
    ];
    Table::of(rows.map(|(name, grant)| {
        let outcome = refused(name, Fault::Grant(grant));
        (name, outcome)
    }))
    .matches_file("invalid_answers/credentials");
}

fn source(text: &str) -> Field {
    Field::Source(text.into())
}

#[test]
fn accepts_unusual_valid_answers() {
    let token = |field| Fault::Grant(Grant { session_token: field, ..Grant::default() });
    let expiry = |text| Fault::Grant(Grant { expiration: source(text), ..Grant::default() });
    let rows = [
        ("no namespace", Fault::NoNamespace, None),
        ("a token of 64 KiB", token(Field::of_length(64 << 10)), None),
        ("a token in lines", token(Field::Wrapped), None),
        ("a token as character data", token(source("abc<![CDATA[def]]>ghi")), None),
        ("fractions of a second", expiry("2099-01-02T03:04:05.678Z"), Some("2099-01-02T03:04:05Z")),
        ("a zone to the west", expiry("2099-01-02T03:04:05-08:30"), Some("2099-01-02T11:34:05Z")),
        ("a zone to the east", expiry("2099-01-02T03:04:05.9+02:00"), Some("2099-01-02T01:04:05Z")),
    ];
    for (name, fault, expires) in rows {
        let sandbox = Sandbox::new();
        sandbox.sts().inject(fault.times(1));
        let outcome = sandbox.get([]);
        if let Some(expires) = expires {
            let written = sandbox.value("default-mfa", "x_security_token_expires");
            assert_eq!(written.as_deref(), Some(expires), "{name}");
        }
        sandbox.run([]).wrote("default-mfa");
        assert_eq!(sandbox.asked().len(), 1, "{name}");
        outcome.wrote("default-mfa");
    }
}

#[test]
fn writes_a_64_kib_token_that_works() {
    let sandbox = Sandbox::new();
    let token = Grant { session_token: Field::of_length(64 << 10), ..Grant::default() };
    sandbox.sts().inject(Fault::Grant(token).times(1));
    sandbox.get([]).wrote("default-mfa");
    let text = sandbox.read("credentials");
    let session = text.strip_prefix(&keys("default")).unwrap();
    assert!(session.contains(&format!("\naws_session_token = {}\n", "a".repeat(64 << 10))));
    assert!(sandbox.accepts(session));
    let caller = sandbox.run(["whoami", "--profile", "default-mfa"]);
    assert!(caller.stdout.contains("user/alice"), "{caller:?}");
}
