//! Answers that make no sense, and unusual ones that do.

use loopback_sts::{Answer, Fault, Field, Grant};

use crate::world::{Outcome, World, all_are, error, keys};

#[test]
fn an_answer_that_makes_no_sense_is_refused_and_leaves_the_file_alone() {
    let rows = [
        ("a web page", answer(Answer::html(200)), 200, "it is not the XML that STS answers with"),
        (
            "a web page with an error",
            answer(Answer::html(502)),
            502,
            "it is not the XML that STS answers with",
        ),
        (
            "an empty body",
            answer(Answer::new(200, "")),
            200,
            "it is not the XML that STS answers with",
        ),
        (
            "an empty body with an error",
            answer(Answer::new(503, "")),
            503,
            "it is not the XML that STS answers with",
        ),
        (
            "no content",
            answer(Answer::new(204, "")),
            204,
            "it is not the XML that STS answers with",
        ),
        (
            "half of the XML",
            answer(Answer::new(200, "<GetSessionTokenResponse><Get")),
            200,
            "it is not the XML that STS answers with",
        ),
        (
            "bytes that are no text",
            answer(Answer::new(200, [0xff, 0xfe, 0, 1])),
            200,
            "it is not the XML that STS answers with",
        ),
        (
            "the answer to another question",
            answer(Answer::of_another_operation()),
            200,
            "it answers something else than was asked",
        ),
        (
            "entities in entities",
            answer(Answer::entity_bomb()),
            200,
            "it is not the XML that STS answers with",
        ),
        (
            "elements in elements",
            answer(Answer::deep(100_000)),
            200,
            "it is not the XML that STS answers with",
        ),
        (
            "no result",
            answer(Answer::new(200, "<GetSessionTokenResponse/>")),
            200,
            "there is no result in it",
        ),
        (
            "no credentials",
            answer(Answer::new(200, NO_CREDENTIALS)),
            200,
            "there are no credentials in it",
        ),
        (
            "an error without a code",
            answer(Answer::new(400, "<ErrorResponse/>")),
            400,
            "it is an error without a code",
        ),
        (
            "a redirect",
            answer(Answer::redirect(302, "http://127.0.0.1:1/")),
            302,
            "it is not the XML that STS answers with",
        ),
        (
            "a redirect of posts",
            answer(Answer::redirect(307, "http://127.0.0.1:1/")),
            307,
            "it is not the XML that STS answers with",
        ),
    ];
    all_are(rows.map(|(name, fault, http, why)| {
        let outcome = refused(name, fault);
        (name, outcome, 5, nonsense(http, why))
    }));
}

#[test]
fn what_is_not_http_as_aws_speaks_it_is_refused_and_leaves_the_file_alone() {
    let rows = [
        (
            "a body of 2 MiB",
            Fault::Body(2 << 20),
            "STS answers with more than STS ever does",
            "is the endpoint right?",
        ),
        (
            "headers without end",
            Fault::EndlessHeaders,
            "STS answers with more than STS ever does",
            "is the endpoint right?",
        ),
        (
            "another protocol",
            Fault::Raw(b"220 mail.example ESMTP\r\n".to_vec()),
            "STS does not speak HTTP as AWS does: protocol: http parse fail: invalid HTTP version",
            "look for a proxy or a login page between here and AWS, and at the endpoint",
        ),
        (
            "raw bytes",
            Fault::Raw(vec![0x15, 0x03, 0x01, 0x00, 0x02]),
            "STS does not speak HTTP as AWS does: protocol: http parse fail: invalid HTTP version",
            "look for a proxy or a login page between here and AWS, and at the endpoint",
        ),
        (
            "nothing",
            Fault::Raw(Vec::new()),
            "STS broke off the connection: WHY",
            "try again in a moment",
        ),
    ];
    all_are(rows.map(|(name, fault, what, hint)| {
        let mut outcome = refused(name, fault);
        outcome.forget_why();
        (name, outcome, 5, error(what, &[hint, SPENT]))
    }));
}

/// Fails to get a session, and finds the file as it was.
fn refused(name: &str, fault: Fault) -> Outcome {
    let world = World::new();
    world.sts().weather(fault);
    let outcome = world.get([]);
    assert_eq!(world.read("credentials"), keys("default"), "{name}");
    assert_eq!(world.files(), ["credentials"], "{name}");
    outcome
}

fn nonsense(http: u16, why: &str) -> String {
    let what = format!("the answer of STS (HTTP {http}) is not one of AWS's: {why}");
    let hint = "look for a proxy or a login page between here and AWS, and at the endpoint";
    error(&what, &[hint, SPENT])
}

const SPENT: &str = "the code may be spent: give the next one";

const NO_CREDENTIALS: &str = "<GetSessionTokenResponse><GetSessionTokenResult/>\
                              </GetSessionTokenResponse>";

fn answer(answer: Answer) -> Fault {
    Fault::Answer(answer)
}

#[test]
fn credentials_that_are_none_are_refused_and_leave_the_file_alone() {
    let id = |field| Grant { access_key_id: field, ..Grant::default() };
    let secret = |field| Grant { secret_access_key: field, ..Grant::default() };
    let token = |field| Grant { session_token: field, ..Grant::default() };
    let expiration = |field| Grant { expiration: field, ..Grant::default() };
    let rows = [
        ("no key id", id(Field::Missing), "there is no access key id in it"),
        ("an empty key id", id(source("")), "there is no access key id in it"),
        (
            "a key id with a newline",
            id(source("ASIAAAAAAAAAAAAA\n[evil]")),
            "what stands for the access key id is none",
        ),
        ("a short key id", id(source("ASIA")), "what stands for the access key id is none"),
        ("a long key id", id(Field::of_length(129)), "what stands for the access key id is none"),
        (
            "a long-term key's id",
            id(source("AKIAIOSFODNN7EXAMPLE")),
            "the access key id in it is a long-term one",
        ),
        ("no secret", secret(Field::Missing), "a part of the credentials is missing"),
        (
            "a secret for a shell",
            secret(source("a'; rm -rf ~; '")),
            "there are characters in the credentials that AWS does not use",
        ),
        ("no token", token(Field::Missing), "a part of the credentials is missing"),
        ("a token of white space", token(source(" \n ")), "a part of the credentials is missing"),
        (
            "a token for a file",
            token(source("abc\n[evil]\nx = y")),
            "there are characters in the credentials that AWS does not use",
        ),
        (
            "a token in elements",
            token(source("<b>abc</b>")),
            "a part of the credentials is missing",
        ),
        (
            "a token with a null",
            token(source("abc&#0;")),
            "it is not the XML that STS answers with",
        ),
        ("no expiry", expiration(Field::Missing), "the expiry in it is not a time"),
        (
            "an expiry that is no time",
            expiration(source("tomorrow")),
            "the expiry in it is not a time",
        ),
        (
            "an expiry that is no date",
            expiration(source("2026-02-30T00:00:00Z")),
            "the expiry in it is not a time",
        ),
        (
            "a session that has ended",
            expiration(source("2011-07-11T19:55:29Z")),
            "the session in it is over already",
        ),
        (
            "an expiry past all years",
            expiration(source("9999-12-31T23:59:59-08:00")),
            "the expiry in it is not a time",
        ),
    ];
    all_are(rows.map(|(name, grant, why)| {
        let outcome = refused(name, Fault::Grant(grant));
        (name, outcome, 5, nonsense(200, why))
    }));
}

fn source(text: &str) -> Field {
    Field::Source(text.into())
}

#[test]
fn an_unusual_answer_that_makes_sense_is_taken() {
    let token = |field| Fault::Grant(Grant { session_token: field, ..Grant::default() });
    let expiry = |text| Fault::Grant(Grant { expiration: source(text), ..Grant::default() });
    let rows = [
        ("no namespace", Fault::NoNamespace, None),
        ("a token of 64 KiB", token(Field::of_length(64 << 10)), None),
        ("a token in lines", token(Field::Wrapped), None),
        ("fractions of a second", expiry("2099-01-02T03:04:05.678Z"), Some("2099-01-02T03:04:05Z")),
        ("a zone to the west", expiry("2099-01-02T03:04:05-08:30"), Some("2099-01-02T11:34:05Z")),
        ("a zone to the east", expiry("2099-01-02T03:04:05.9+02:00"), Some("2099-01-02T01:04:05Z")),
    ];
    let rows = rows.map(|(name, fault, expires)| {
        let world = World::new();
        world.sts().weather(fault.times(1));
        let outcome = world.get([]);
        if let Some(expires) = expires {
            let written = world.value("default-mfa", "x_security_token_expires");
            assert_eq!(written.as_deref(), Some(expires), "{name}");
        }
        // What was written is read back.
        world.run([]).wrote("default-mfa");
        assert_eq!(world.asked().len(), 1, "{name}");
        (name, outcome, 0, "mfa-session: [default-mfa] is good until THEN (LEFT left)\n")
    });
    all_are(rows);
}

#[test]
fn a_token_of_64_kib_is_written_whole_and_works() {
    let world = World::new();
    let token = Grant { session_token: Field::of_length(64 << 10), ..Grant::default() };
    world.sts().weather(Fault::Grant(token).times(1));
    world.get([]).wrote("default-mfa");
    let text = world.read("credentials");
    let session = text.strip_prefix(&keys("default")).unwrap();
    assert!(session.contains(&format!("\naws_session_token = {}\n", "a".repeat(64 << 10))));
    assert!(world.accepts(session));
}
