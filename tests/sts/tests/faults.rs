//! Injected faults, as a client sees them.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use loopback_sts::{ALICE, Account, Answer, Cut, Fault, Field, Grant, Keys, Response, Sts};

fn start() -> Sts {
    Sts::start(Account::default())
}

fn connect(sts: &Sts) -> TcpStream {
    let address: SocketAddr = sts.url().trim_start_matches("http://").parse().unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// Sends `HEAD`, and reads to the end of the answer or of the connection.
fn probe(stream: &mut TcpStream) -> String {
    // Ignores a failure: the answer shows whether the server has closed the connection.
    let _ = stream.write_all(b"HEAD / HTTP/1.1\r\nHost: sts\r\n\r\n");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match stream.read(&mut byte) {
            Ok(1) => answer.push(byte[0]),
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{error}"),
        }
    }
    String::from_utf8(answer).unwrap()
}

fn grant(sts: &Sts, grant: Grant) -> Response {
    sts.inject(Fault::Grant(grant).times(1));
    sts.call(&Keys::from(ALICE), "GetSessionToken", &[]).unwrap()
}

fn outcomes(sts: &Sts) -> Vec<String> {
    sts.requests().into_iter().map(|request| request.outcome).collect()
}

#[test]
fn connection_stays_open_without_faults() {
    let sts = start();
    let mut stream = connect(&sts);
    for _ in 0..3 {
        let answer = probe(&mut stream);
        assert!(
            answer.starts_with("HTTP/1.1 302 Found\r\nLocation: https://aws.amazon.com/iam\r\n")
        );
        assert!(answer.contains("\r\nDate: "));
    }
    assert_eq!(sts.connections(), 1);
    assert_eq!(outcomes(&sts), ["Redirect"; 3]);
}

#[test]
fn fault_applies_to_its_target_a_number_of_times() {
    let sts = start();
    let throttling = Fault::Answer(Answer::error(400, "Throttling", "Rate exceeded"));
    sts.inject(throttling.on_calls().times(2));
    assert!(probe(&mut connect(&sts)).starts_with("HTTP/1.1 302"));
    let send = || sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]).unwrap().status;
    assert_eq!([send(), send(), send()], [400, 400, 200]);
    assert_eq!(outcomes(&sts), ["Redirect", "Answer", "Answer", "OK"]);
}

#[test]
fn connection_is_closed_at_the_requested_moment() {
    for (cut, answer, outcome) in [
        (Cut::OnConnect, "", None),
        (Cut::Unread, "", Some("Cut")),
        (Cut::Unprocessed, "", Some("Cut")),
        (Cut::Unanswered, "", Some("Redirect")),
        (Cut::AfterAnswer, "HTTP/1.1 302", Some("Redirect")),
    ] {
        let sts = start();
        sts.inject(Fault::Cut(cut));
        let mut stream = connect(&sts);
        let first = probe(&mut stream);
        assert_eq!(first.get(..12).unwrap_or_default(), answer, "{cut:?}");
        assert_eq!(probe(&mut stream), "", "{cut:?}");
        assert_eq!(outcomes(&sts).first().map(String::as_str), outcome, "{cut:?}");
    }
}

#[test]
fn lost_answer_uses_up_the_code() {
    let sts = start();
    let code = sts.code("alice");
    let send = || {
        let parameters = [("SerialNumber", ALICE.serial_number), ("TokenCode", &*code)];
        sts.call(&Keys::from(ALICE), "GetSessionToken", &parameters)
    };
    sts.inject(Fault::Cut(Cut::Unanswered).times(1));
    assert!(send().is_err());
    assert_eq!(send().unwrap().text("Code"), Some("AccessDenied"));
    assert_eq!(outcomes(&sts), ["OK", "AccessDenied"]);
}

#[test]
fn truncated_answer_is_an_error() {
    let sts = start();
    sts.inject(Fault::Cut(Cut::MidBody).times(1));
    assert!(sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]).is_err());
}

#[test]
fn delay_and_slow_body_take_time() {
    let sts = start();
    for fault in
        [Fault::Delay(Duration::from_millis(200)), Fault::SlowBody(Duration::from_millis(1))]
    {
        sts.inject(fault.times(1));
        let start = Instant::now();
        let identity = sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]).unwrap();
        assert_eq!(identity.status, 200);
        assert!(start.elapsed() >= Duration::from_millis(200));
    }
}

#[test]
fn server_stops_during_slow_and_endless_answers() {
    for fault in [
        Fault::Hang,
        Fault::EndlessHeaders,
        Fault::Delay(Duration::from_secs(3600)),
        Fault::SlowBody(Duration::from_secs(3600)),
        Fault::Body(1 << 40),
    ] {
        let sts = start();
        sts.inject(fault.clone());
        let mut stream = connect(&sts);
        stream.write_all(b"POST / HTTP/1.1\r\n\r\n").unwrap();
        while sts.requests().is_empty() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let start = Instant::now();
        drop(sts);
        assert!(start.elapsed() < Duration::from_secs(5), "{fault:?}");
    }
}

#[test]
fn long_body_has_the_requested_length() {
    let sts = start();
    sts.inject(Fault::Body(3 << 20).times(1));
    let answer = sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]).unwrap();
    assert_eq!(answer.body.len(), 3 << 20);
}

#[test]
fn raw_bytes_are_sent_unchanged() {
    let sts = start();
    sts.inject(Fault::Raw(b"SSH-2.0-not-http\r\n\r\n".to_vec()));
    assert_eq!(probe(&mut connect(&sts)), "SSH-2.0-not-http\r\n\r\n");
}

#[test]
fn granted_keys_can_have_any_form_and_work() {
    let sts = start();
    let long = grant(&sts, Grant { session_token: Field::of_length(65_536), ..Grant::default() });
    let keys = long.keys().unwrap();
    assert_eq!(sts.call(&keys, "GetCallerIdentity", &[]).unwrap().status, 200);
    for source in ["a\n[evil]\nb", "&#0;", "\u{1b}[2J", "$(touch x)", "'\""] {
        let field = Field::Source(source.into());
        let granted = grant(&sts, Grant { secret_access_key: field, ..Grant::default() });
        assert_eq!(granted.text("SecretAccessKey"), Some(source));
    }
    let expiration = Field::Source("2011-07-11T19:55:29.611+01:00".into());
    let granted = grant(&sts, Grant { expiration, ..Grant::default() });
    assert_eq!(granted.text("Expiration"), Some("2011-07-11T19:55:29.611+01:00"));
    let granted = grant(&sts, Grant { session_token: Field::Missing, ..Grant::default() });
    assert_eq!(granted.text("SessionToken"), None);
    let granted = grant(&sts, Grant { session_token: Field::Wrapped, ..Grant::default() });
    assert!(granted.text("SessionToken").unwrap().starts_with("\n        IQoJ"));
}

#[test]
fn namespace_can_be_omitted() {
    let sts = start();
    sts.inject(Fault::NoNamespace.times(1));
    let identity = sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]).unwrap();
    assert!(identity.body.starts_with("<GetCallerIdentityResponse>\n  <GetCallerIdentityResult>"));
    assert!(identity.body.ends_with("</GetCallerIdentityResponse>\n"));
}

#[test]
fn hundred_servers_start_quickly() {
    let start = Instant::now();
    let all: Vec<_> = (0..100).map(|_| Sts::start(Account::default())).collect();
    assert!(all.iter().all(|sts| probe(&mut connect(sts)).starts_with("HTTP/1.1 302")));
    drop(all);
    assert!(start.elapsed() < Duration::from_secs(10));
}
