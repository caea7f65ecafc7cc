//! What goes wrong on demand, as seen from the other end of the socket.

#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

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

/// Asks with `HEAD`, and reads until the answer's end or the connection's.
fn probe(stream: &mut TcpStream) -> String {
    // Whether the server still reads is what the answer tells.
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
    sts.weather(Fault::Grant(grant).times(1));
    sts.call(&Keys::from(ALICE), "GetSessionToken", &[]).unwrap()
}

fn outcomes(sts: &Sts) -> Vec<String> {
    sts.requests().into_iter().map(|request| request.outcome).collect()
}

#[test]
fn in_fine_weather_a_connection_is_kept() {
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
fn weather_hits_what_it_is_meant_for_and_is_over_then() {
    let sts = start();
    let throttling = Fault::Answer(Answer::error(400, "Throttling", "Rate exceeded"));
    sts.weather(throttling.on_calls().times(2));
    assert!(probe(&mut connect(&sts)).starts_with("HTTP/1.1 302"));
    let ask = || sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]).unwrap().status;
    assert_eq!([ask(), ask(), ask()], [400, 400, 200]);
    assert_eq!(outcomes(&sts), ["Redirect", "Answer", "Answer", "OK"]);
}

#[test]
fn a_cut_is_made_where_it_is_said() {
    for (cut, answer, outcome) in [
        (Cut::OnConnect, "", None),
        (Cut::Unread, "", Some("Cut")),
        (Cut::Unprocessed, "", Some("Cut")),
        (Cut::Unanswered, "", Some("Redirect")),
        (Cut::AfterAnswer, "HTTP/1.1 302", Some("Redirect")),
    ] {
        let sts = start();
        sts.weather(Fault::Cut(cut));
        let mut stream = connect(&sts);
        let first = probe(&mut stream);
        assert_eq!(first.get(..12).unwrap_or_default(), answer, "{cut:?}");
        assert_eq!(probe(&mut stream), "", "{cut:?}");
        assert_eq!(outcomes(&sts).first().map(String::as_str), outcome, "{cut:?}");
    }
}

#[test]
fn a_lost_answer_costs_the_code() {
    let sts = start();
    let code = sts.code("alice");
    let ask = || {
        let parameters = [("SerialNumber", ALICE.serial_number), ("TokenCode", &*code)];
        sts.call(&Keys::from(ALICE), "GetSessionToken", &parameters)
    };
    sts.weather(Fault::Cut(Cut::Unanswered).times(1));
    assert!(ask().is_err());
    assert_eq!(ask().unwrap().text("Code"), Some("AccessDenied"));
    assert_eq!(outcomes(&sts), ["OK", "AccessDenied"]);
}

#[test]
fn half_an_answer_is_not_whole() {
    let sts = start();
    sts.weather(Fault::Cut(Cut::MidBody).times(1));
    assert!(sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]).is_err());
}

#[test]
fn a_delay_and_a_slow_body_take_their_time() {
    let sts = start();
    for fault in
        [Fault::Delay(Duration::from_millis(200)), Fault::SlowBody(Duration::from_millis(1))]
    {
        sts.weather(fault.times(1));
        let start = Instant::now();
        let identity = sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]).unwrap();
        assert_eq!(identity.status, 200);
        assert!(start.elapsed() >= Duration::from_millis(200));
    }
}

#[test]
fn a_server_that_hangs_or_never_ends_is_stopped_at_once() {
    for fault in [
        Fault::Hang,
        Fault::EndlessHeaders,
        Fault::Delay(Duration::from_secs(3600)),
        Fault::SlowBody(Duration::from_secs(3600)),
        Fault::Body(1 << 40),
    ] {
        let sts = start();
        sts.weather(fault.clone());
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
fn a_long_body_is_as_long_as_it_is_said() {
    let sts = start();
    sts.weather(Fault::Body(3 << 20).times(1));
    let answer = sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]).unwrap();
    assert_eq!(answer.body.len(), 3 << 20);
}

#[test]
fn bytes_go_out_as_they_are() {
    let sts = start();
    sts.weather(Fault::Raw(b"SSH-2.0-not-http\r\n\r\n".to_vec()));
    assert_eq!(probe(&mut connect(&sts)), "SSH-2.0-not-http\r\n\r\n");
}

#[test]
fn what_is_granted_can_be_anything_and_still_works() {
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
fn an_answer_can_do_without_its_namespace() {
    let sts = start();
    sts.weather(Fault::NoNamespace.times(1));
    let identity = sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]).unwrap();
    assert!(identity.body.starts_with("<GetCallerIdentityResponse>\n  <GetCallerIdentityResult>"));
    assert!(identity.body.ends_with("</GetCallerIdentityResponse>\n"));
}

#[test]
fn a_hundred_servers_are_no_burden() {
    let start = Instant::now();
    let all: Vec<_> = (0..100).map(|_| Sts::start(Account::default())).collect();
    assert!(all.iter().all(|sts| probe(&mut connect(sts)).starts_with("HTTP/1.1 302")));
    drop(all);
    assert!(start.elapsed() < Duration::from_secs(10));
}
