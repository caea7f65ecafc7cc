//! The federation endpoint of AWS Sign-In checks what AWS checks.

#![allow(clippy::unwrap_used, reason = "a panic is a test failure")]
#![allow(missing_docs, reason = "a test's name describes it")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use loopback_sts::{ALICE, Account, Answer, Fault, Keys, Role, Sts};
use serde_json::{Value, json};

const DESTINATION: &str = "https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1";

/// Sends parameters to the endpoint, in the query for `GET`, else in a form. Returns the head and
/// the body of the answer.
fn send(sts: &Sts, method: &str, parameters: &[(&str, &str)]) -> (String, String) {
    let mut encoded = form_urlencoded::Serializer::new(String::new());
    let encoded = encoded.extend_pairs(parameters).finish();
    let request = match method {
        "GET" => format!("GET /federation?{encoded} HTTP/1.1\r\nConnection: close\r\n\r\n"),
        _ => format!(
            "{method} /federation HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n\
             {encoded}",
            encoded.len()
        ),
    };
    let mut stream = TcpStream::connect(sts.url().trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn status(answer: &(String, String)) -> u16 {
    answer.0.split(' ').nth(1).unwrap().parse().unwrap()
}

fn session(keys: &Keys) -> String {
    let token = keys.session_token.as_deref().unwrap_or_default();
    json!({
        "sessionId": keys.access_key_id,
        "sessionKey": keys.secret_access_key,
        "sessionToken": token,
    })
    .to_string()
}

/// Requests a sign-in token; `None` if it is refused.
fn signin_token(sts: &Sts, session: &str, more: &[(&str, &str)]) -> Option<String> {
    let parameters = [&[("Action", "getSigninToken"), ("Session", session)][..], more].concat();
    let answer = send(sts, "POST", &parameters);
    if status(&answer) != 200 {
        assert_eq!(status(&answer), 400);
        assert!(answer.1.starts_with("<html>"), "{}", answer.1);
        return None;
    }
    let json: Value = serde_json::from_str(&answer.1).unwrap();
    Some(json["SigninToken"].as_str().unwrap().to_owned())
}

fn login(sts: &Sts, token: &str, destination: &str) -> (String, String) {
    let parameters =
        [("Action", "login"), ("Issuer", ""), ("Destination", destination), ("SigninToken", token)];
    send(sts, "GET", &parameters)
}

fn with_mfa(sts: &Sts) -> Keys {
    let code = sts.code(ALICE.name);
    let parameters = [("SerialNumber", ALICE.serial_number), ("TokenCode", &code)];
    sts.call(&ALICE.into(), "GetSessionToken", &parameters).unwrap().keys().unwrap()
}

fn assume(sts: &Sts, caller: &Keys, role: &str) -> Keys {
    let arn = sts.role_arn(role);
    let parameters = [("RoleArn", &*arn), ("RoleSessionName", "alice")];
    sts.call(caller, "AssumeRole", &parameters).unwrap().keys().unwrap()
}

#[test]
fn signs_a_role_in_once() {
    let sts = Sts::start(Account::default());
    let keys = assume(&sts, &ALICE.into(), "reader");
    let token = signin_token(&sts, &session(&keys), &[]).unwrap();
    let answer = login(&sts, &token, DESTINATION);
    assert_eq!(status(&answer), 302);
    assert!(answer.0.contains(&format!("\r\nLocation: {DESTINATION}\r\n")), "{}", answer.0);
    assert_eq!(status(&login(&sts, &token, DESTINATION)), 400);
    let outcomes: Vec<_> = sts.requests().into_iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, ["OK", "OK", "Redirect", "BadRequest"]);
}

#[test]
fn a_token_expires_after_fifteen_minutes() {
    let sts = Sts::start(Account::default());
    let keys = assume(&sts, &ALICE.into(), "reader");
    for (later, expected) in [(14 * 60, 302), (15 * 60, 400)] {
        sts.set_clock_offset(0);
        let token = signin_token(&sts, &session(&keys), &[]).unwrap();
        sts.set_clock_offset(later);
        assert_eq!(status(&login(&sts, &token, DESTINATION)), expected, "{later}");
    }
}

#[test]
fn refuses_keys_and_sessions_of_users() {
    let sts = Sts::start(Account::default());
    let mfa = with_mfa(&sts);
    let role = assume(&sts, &mfa, "admin");
    assert!(signin_token(&sts, &session(&role), &[]).is_some());
    assert!(signin_token(&sts, &session(&mfa), &[]).is_none());
    assert!(signin_token(&sts, &session(&ALICE.into()), &[]).is_none());
    let wrong_secret = Keys { secret_access_key: "x".into(), ..role.clone() };
    let wrong_token = Keys { session_token: mfa.session_token, ..role.clone() };
    for wrong in [wrong_secret, wrong_token] {
        assert!(signin_token(&sts, &session(&wrong), &[]).is_none());
    }
    sts.set_clock_offset(3600);
    assert!(signin_token(&sts, &session(&role), &[]).is_none());
}

#[test]
fn takes_a_duration_only_for_a_role_that_a_long_term_key_has_assumed() {
    let sts = Sts::start(Account::default());
    let direct = assume(&sts, &ALICE.into(), "reader");
    let chained = assume(&sts, &with_mfa(&sts), "reader");
    let federated =
        sts.call(&ALICE.into(), "GetFederationToken", &[("Name", "bob")]).unwrap().keys().unwrap();
    let takes = |keys: &Keys, seconds: &str| {
        signin_token(&sts, &session(keys), &[("SessionDuration", seconds)]).is_some()
    };
    for (seconds, expected) in
        [("899", false), ("900", true), ("43200", true), ("43201", false), ("1h", false)]
    {
        assert_eq!(takes(&direct, seconds), expected, "{seconds}");
    }
    for keys in [chained, federated] {
        assert!(!takes(&keys, "3600"));
        assert!(signin_token(&sts, &session(&keys), &[]).is_some());
    }
}

#[test]
fn requires_the_json_of_a_session() {
    let sts = Sts::start(Account::default());
    let keys = assume(&sts, &ALICE.into(), "reader");
    let good: Value = serde_json::from_str(&session(&keys)).unwrap();
    let mut incomplete = good.clone();
    incomplete.as_object_mut().unwrap().remove("sessionToken");
    let mut longer = good.clone();
    longer["region"] = json!("us-east-1");
    let mut number = good.clone();
    number["sessionId"] = json!(1);
    for bad in [incomplete, longer, number, json!([]), json!("x")] {
        assert!(signin_token(&sts, &bad.to_string(), &[]).is_none(), "{bad}");
    }
    assert!(signin_token(&sts, "{", &[]).is_none());
    assert_eq!(status(&send(&sts, "POST", &[("Action", "getSigninToken")])), 400);
    assert_eq!(status(&send(&sts, "POST", &[("Action", "logout")])), 400);
    assert!(signin_token(&sts, &good.to_string(), &[("SessionType", "json")]).is_some());
}

#[test]
fn leads_only_to_the_console_of_its_partition() {
    for (partition, domain) in [
        ("aws", "console.aws.amazon.com"),
        ("aws-cn", "console.amazonaws.cn"),
        ("aws-us-gov", "console.amazonaws-us-gov.com"),
        ("aws-eusc", "console.amazonaws-eusc.eu"),
    ] {
        let role = Role::new("reader").trust_account();
        let sts = Sts::start(Account::in_partition(partition).role(role));
        let session = session(&assume(&sts, &ALICE.into(), "reader"));
        let parameters = [("Action", "getSigninToken"), ("Session", &*session)];
        assert_eq!(status(&send(&sts, "GET", &parameters)), 200);
        let takes_forms = partition != "aws-us-gov";
        assert_eq!(signin_token(&sts, &session, &[]).is_some(), takes_forms, "{partition}");
        let answer: Value = serde_json::from_str(&send(&sts, "GET", &parameters).1).unwrap();
        let token = answer["SigninToken"].as_str().unwrap();
        for bad in [
            format!("http://eu.{domain}/"),
            "https://evil.example/".to_owned(),
            format!("https://evil{domain}/"),
            format!("https://evil.example/{domain}"),
        ] {
            assert_eq!(status(&login(&sts, token, &bad)), 400, "{bad}");
        }
        assert_eq!(status(&login(&sts, token, &format!("https://eu.{domain}/x"))), 302);
    }
}

#[test]
fn faults_apply_to_it_alone() {
    let sts = Sts::start(Account::default());
    sts.inject(Fault::Answer(Answer::html(503)).on_signin().times(1));
    let keys = assume(&sts, &ALICE.into(), "reader");
    let parameters = [("Action", "getSigninToken"), ("Session", &*session(&keys))];
    assert_eq!(status(&send(&sts, "POST", &parameters)), 503);
    assert_eq!(status(&send(&sts, "POST", &parameters)), 200);
}
