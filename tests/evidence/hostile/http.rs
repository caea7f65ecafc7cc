//! Hostile HTTP and TLS.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Arc,
};

use loopback_sts::{Certificate, Sts};

use super::{
    Run, Trial, answer, get,
    server::{Server, bytes, endless},
};
use crate::sandbox::Sandbox;

const ERROR: &str = "error: ";
const BODY: &str = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>";

pub(super) fn trials() -> Vec<Trial> {
    let mut trials = heads();
    trials.extend(lengths());
    trials.extend(headers());
    trials.extend(redirects());
    trials.extend(tls());
    trials
}

fn heads() -> Vec<Trial> {
    let mega = "x".repeat(1 << 20);
    let gibi = 1 << 30;
    let mut trials: Vec<_> = [
        ("a status line of 1 MiB", format!("HTTP/1.1 200 {mega}\r\n\r\n").into_bytes()),
        ("escapes in the reason", answer("500 \u{1b}[2J\u{9b}2J", "", "")),
        ("a status of two digits", answer("99 x", "", "")),
        ("a status of four digits", answer("1000 x", "", "")),
        ("a status of 000", answer("000 x", "", "")),
        ("a status of 999", answer("999 x", "", "")),
        ("a status that is no number", answer("abc x", "", "")),
        ("a negative status", answer("-20 x", "", "")),
        ("HTTP 0.9", BODY.as_bytes().to_vec()),
        ("HTTP 1.2", b"HTTP/1.2 200 OK\r\n\r\n".to_vec()),
        ("HTTP 3", b"HTTP/3 200 OK\r\n\r\n".to_vec()),
        ("HTTP 2's preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec()),
        ("HTTP 2's settings", b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64".to_vec()),
        ("HTTP 2's farewell", b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0d".to_vec()),
        ("a change of protocols", b"HTTP/1.1 101 x\r\nUpgrade: x\r\n\r\nx".to_vec()),
        ("a TLS alert", b"\x15\x03\x01\0\x02\x02\x28".to_vec()),
        ("NUL bytes", vec![0; 1 << 20]),
        ("escapes alone", "\u{1b}[2J\u{9b}2J".repeat(1000).into_bytes()),
        ("a request", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()),
        ("nothing", Vec::new()),
        ("half of a line", b"HTTP/1.1 20".to_vec()),
        ("half of a head", b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
    ]
    .into_iter()
    .map(|(name, head)| Trial::of_reply(format!("head: {name}"), &[5], ERROR, bytes(head)))
    .collect();
    for (name, first, then) in [
        ("a line without an end", "", "x"),
        ("a reason without an end", "HTTP/1.1 200 ", "x"),
        ("a header without an end", "HTTP/1.1 200 OK\r\nA: ", "x"),
        ("headers without an end", "HTTP/1.1 200 OK\r\n", "A: b\r\n"),
        ("a name without an end", "HTTP/1.1 200 OK\r\n", "x"),
        ("blank lines without an end", "", "\r\n"),
        ("`continue` without an end", "", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("early hints without an end", "", "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"),
    ] {
        let reply = endless(first, then, gibi);
        trials.push(Trial::of_reply(format!("head: {name}"), &[5], ERROR, reply));
    }
    trials
}

/// The declared length of the body, and its real one.
fn lengths() -> Vec<Trial> {
    let chunked = "Transfer-Encoding: chunked\r\n";
    let size = BODY.len();
    let rows: Vec<(&str, String, String, &'static [i32])> = vec![
        ("longer than it is", format!("Content-Length: {}\r\n", size + 9), BODY.into(), &[5]),
        ("shorter than it is", "Content-Length: 9\r\n".into(), BODY.into(), &[5]),
        ("none", "Content-Length: 0\r\n".into(), BODY.into(), &[5]),
        ("negative", "Content-Length: -1\r\n".into(), BODY.into(), &[4, 5]),
        ("signed", format!("Content-Length: +{size}\r\n"), BODY.into(), &[4, 5]),
        ("no number", "Content-Length: many\r\n".into(), BODY.into(), &[4, 5]),
        ("of 40 digits", format!("Content-Length: {}\r\n", "9".repeat(40)), BODY.into(), &[4, 5]),
        ("2^64", "Content-Length: 18446744073709551616\r\n".into(), BODY.into(), &[4, 5]),
        ("2^64 - 1", "Content-Length: 18446744073709551615\r\n".into(), BODY.into(), &[5]),
        ("2^63", "Content-Length: 9223372036854775808\r\n".into(), BODY.into(), &[5]),
        (
            "two numbers",
            format!("Content-Length: 9\r\nContent-Length: {size}\r\n"),
            BODY.into(),
            &[4, 5],
        ),
        ("a list", format!("Content-Length: {size}, 9\r\n"), BODY.into(), &[4, 5]),
        (
            "a number, and pieces",
            format!("Content-Length: 9\r\n{chunked}"),
            format!("{size:x}\r\n{BODY}\r\n0\r\n\r\n"),
            &[4, 5],
        ),
        ("unknown", "Transfer-Encoding: gzip\r\n".into(), BODY.into(), &[4, 5]),
        ("a piece that is no number", chunked.into(), format!("x\r\n{BODY}\r\n0\r\n\r\n"), &[5]),
        ("a negative piece", chunked.into(), format!("-1\r\n{BODY}\r\n0\r\n\r\n"), &[5]),
        ("a piece of 2^64", chunked.into(), format!("{}\r\n{BODY}", "f".repeat(16)), &[5]),
        ("a piece of 99 digits", chunked.into(), format!("{}\r\n{BODY}", "f".repeat(99)), &[5]),
        ("a piece that is longer", chunked.into(), format!("9\r\n{BODY}\r\n0\r\n\r\n"), &[5]),
        ("a piece that breaks off", chunked.into(), format!("ffff\r\n{BODY}"), &[5]),
        ("without a last piece", chunked.into(), format!("{size:x}\r\n{BODY}\r\n"), &[4, 5]),
    ];
    let mut trials: Vec<_> = rows
        .into_iter()
        .map(|(name, headers, body, statuses)| {
            let reply = bytes(format!("HTTP/1.1 403 Forbidden\r\n{headers}\r\n{body}"));
            Trial::of_reply(format!("length: {name}"), statuses, ERROR, reply)
        })
        .collect();
    for (name, first, then) in [
        ("a piece's size without an end", "", "0"),
        ("a piece's extension without an end", "1;", "x"),
        ("a trailer without an end", "0\r\nA: ", "x"),
    ] {
        let first = format!("HTTP/1.1 403 Forbidden\r\n{chunked}\r\n{first}");
        let reply = endless(first, then, 1 << 30);
        trials.push(Trial::of_reply(format!("length: {name}"), &[4, 5], ERROR, reply));
    }
    trials
}

fn headers() -> Vec<Trial> {
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\0\0\x83\x16\xdc\x8c\x01\0\0\0";
    let mut trials: Vec<_> = [
        ("a NUL", "A: \0\r\n".to_owned(), &[4, 5]),
        ("an escape", "A: \u{1b}[2J\r\n".to_owned(), &[4, 5]),
        ("a name of escapes", "\u{1b}[2J: x\r\n".to_owned(), &[4, 5]),
        ("no colon", "hello\r\n".to_owned(), &[4, 5]),
        ("no name", ": x\r\n".to_owned(), &[4, 5]),
        ("a blank in the name", "A : x\r\n".to_owned(), &[4, 5]),
        ("a line that goes on", "A: x\r\n y\r\n".to_owned(), &[4, 5]),
        ("a bare line feed", "A: x\nB: y\n".to_owned(), &[4, 5]),
        ("a header of 60 KiB", format!("A: {}\r\n", "x".repeat(60 << 10)), &[4, 5]),
        ("10,000 headers", "A: x\r\n".repeat(10_000), &[4, 5]),
        ("a page", "Content-Type: text/html\r\n".to_owned(), &[4, 5]),
        ("a cookie", "Set-Cookie: a=b\r\n".to_owned(), &[4, 5]),
        ("the first year", "Date: Mon, 01 Jan 0001 00:00:00 GMT\r\n".to_owned(), &[4, 5]),
        ("the last year", "Date: Fri, 31 Dec 9999 23:59:59 GMT\r\n".to_owned(), &[4, 5]),
        ("a negative year", "Date: Fri, 31 Dec -9999 23:59:59 GMT\r\n".to_owned(), &[4, 5]),
        ("an invalid date", "Date: \u{7f}tomorrow\r\n".to_owned(), &[4, 5]),
        ("a pause of 2^64 seconds", format!("x-amz-retry-after: {}\r\n", u64::MAX), &[4, 5]),
        ("a pause of 99 digits", format!("x-amz-retry-after: {}\r\n", "9".repeat(99)), &[4, 5]),
    ]
    .into_iter()
    .map(|(name, headers, statuses): (_, _, &'static [i32; 2])| {
        let reply = bytes(answer("403 Forbidden", &headers, BODY));
        Trial::of_reply(format!("header: {name}"), statuses, ERROR, reply)
    })
    .collect();
    for coding in ["gzip", "deflate", "br", "zstd", "\u{1b}[2J", "gzip, gzip, gzip"] {
        let reply = bytes(answer("200 OK", &format!("Content-Encoding: {coding}\r\n"), gzip));
        trials.push(Trial::of_reply(format!("header: a body in {coding:?}"), &[5], ERROR, reply));
    }
    trials
}

/// The program must not follow a redirect.
fn redirects() -> Vec<Trial> {
    let codes = ["300 x", "301 x", "302 x", "303 x", "305 x", "307 x", "308 x", "200 x"];
    let trial = |code: &'static str| {
        Trial::new(format!("a redirect with {code}"), &[5], ERROR, move || {
            let other = Server::without_request(bytes(answer("200 OK", "", BODY)));
            let to = other.url("http");
            let header =
                format!("Location: {to}\r\nRefresh: 0; url={to}\r\nContent-Location: {to}\r\n");
            let server = Server::start(Arc::new(bytes(answer(code, &header, ""))));
            let mut run = get(&Sandbox::new(), &server.url("http"), &[]);
            if other.connections() > 0 {
                run.damage.push("the redirect is followed".to_owned());
            }
            run
        })
    };
    codes.map(trial).into()
}

/// Connections that are not secure: the program must not send a code.
fn tls() -> Vec<Trial> {
    const UNSAFE: &str = "no secure connection to ";
    let mut trials = Vec::new();
    for (name, certificate) in [
        ("another host's certificate", Certificate::WrongHost),
        ("an expired certificate", Certificate::Expired),
        ("a self-signed certificate", Certificate::SelfSigned),
    ] {
        trials.push(Trial::new(format!("TLS: {name}"), &[5], UNSAFE, move || {
            let sandbox = Sandbox::with(Sts::builder().tls(certificate).start().unwrap());
            std::fs::write(sandbox.path("ca.pem"), sandbox.sts().ca_pem()).unwrap();
            let ca = sandbox.path("ca.pem");
            let mut run = get(&sandbox, sandbox.endpoint(), &["--ca-bundle", ca.to_str().unwrap()]);
            if !sandbox.asked().is_empty() {
                run.damage.push("a request is sent".to_owned());
            }
            run
        }));
    }
    for (name, version) in [("SSL 3.0", 0), ("TLS 1.0", 1), ("TLS 1.1", 2), ("TLS 9.9", 9)] {
        let reply = server_hello(version);
        trials.push(of_handshake(name, UNSAFE, reply));
    }
    for (name, message, reply) in [
        ("an alert", UNSAFE, b"\x15\x03\x03\0\x02\x02\x28".to_vec()),
        ("the alert `close_notify`", ERROR, b"\x15\x03\x03\0\x02\x01\0".to_vec()),
        ("a message of no kind", UNSAFE, b"\x16\x03\x03\0\x04\x63\0\0\0".to_vec()),
        ("a record of no kind", UNSAFE, b"\x63\x03\x03\0\x04\x63\0\0\0".to_vec()),
        ("a record of 64 KiB", UNSAFE, [&b"\x16\x03\x03\xff\xff"[..], &vec![2; 65_535]].concat()),
        ("a message of 16 MiB", UNSAFE, b"\x16\x03\x03\0\x04\x02\xff\xff\xff".repeat(4000)),
        ("empty records", UNSAFE, b"\x16\x03\x03\0\0".repeat(100_000)),
        ("warnings", UNSAFE, b"\x15\x03\x03\0\x02\x01\x5a".repeat(100_000)),
        ("plain HTTP", UNSAFE, answer("200 OK", "", BODY)),
        ("escapes", UNSAFE, "\u{1b}[2J\u{9b}2J".repeat(1000).into_bytes()),
        ("nothing", ERROR, Vec::new()),
    ] {
        trials.push(of_handshake(name, message, reply));
    }
    trials
}

/// A server that replies to the first message of a handshake.
fn of_handshake(name: &str, message: &'static str, reply: Vec<u8>) -> Trial {
    let reply = Arc::new(reply);
    Trial::new(format!("TLS: {name}"), &[5], message, move || -> Run {
        let reply = Arc::clone(&reply);
        let server = Server::without_request(move |stream: &mut TcpStream| {
            let mut header = [0; 5];
            stream.read_exact(&mut header)?;
            let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
            stream.read_exact(&mut hello)?;
            stream.write_all(&reply)
        });
        get(&Sandbox::new(), &server.url("https"), &[])
    })
}

/// A `ServerHello` with this minor version and a cipher that every version has.
fn server_hello(version: u8) -> Vec<u8> {
    let mut hello = vec![3, version];
    hello.extend([7; 32]);
    hello.extend([0, 0xc0, 0x13, 0, 0, 0]);
    let length = u8::try_from(hello.len()).unwrap();
    [&[0x16, 3, version, 0, length + 4, 2, 0, 0, length], &*hello].concat()
}
