//! Hostile answers of other services: IAM's devices, STS's answers to queries, GitHub's tokens,
//! proxies.

use std::sync::Arc;

use super::{
    Run, Trial, answer, ok, run,
    server::{Server, bytes, endless},
};
use crate::sandbox::Sandbox;

const EVIL: [&str; 6] =
    ["&#10;[evil]", "\u{9b}2J\u{202e}", "\u{2028}x", "$(touch evil)", "'`touch evil`'", "\\\""];

pub(super) fn trials() -> Vec<Trial> {
    let mut trials = devices();
    trials.extend(queries());
    trials.extend(tokens());
    trials.extend(proxies());
    trials
}

/// A serial number is shown in a prompt, sent as a parameter and written to the file.
fn devices() -> Vec<Trial> {
    let member = |serial: &str| format!("<member><SerialNumber>{serial}</SerialNumber></member>");
    let page = |members: &str, rest: &str| {
        format!(
            "<ListMFADevicesResponse><ListMFADevicesResult><MFADevices>{members}</MFADevices>\
             {rest}</ListMFADevicesResult></ListMFADevicesResponse>"
        )
    };
    let more = "<IsTruncated>true</IsTruncated><Marker>x&#10;\u{9b}</Marker>";
    let alice = member("arn:aws:iam::123456789012:mfa/alice");
    let mut pages = vec![
        ("none".to_owned(), page("", "")),
        ("pages without an end".to_owned(), page("", more)),
        ("devices without an end".to_owned(), page(&alice, more)),
        ("many".to_owned(), page(&alice.repeat(3000), "")),
        ("many that are invalid".to_owned(), page(&member("x").repeat(3000), "")),
        ("many in many pages".to_owned(), page(&alice.repeat(3000), more)),
        ("a long one".to_owned(), page(&member(&"x".repeat(900_000)), "")),
    ];
    for evil in EVIL {
        let serial = member(&format!("arn:aws:iam::123456789012:mfa/alice{evil}"));
        pages.push((format!("one with {evil:?}"), page(&serial, "")));
        pages.push((format!("two, one with {evil:?}"), page(&(alice.clone() + &serial), "")));
    }
    let trial = |(name, page): (String, String)| {
        // If one device is valid, the program sends its code to an unreachable STS.
        Trial::new(format!("IAM lists {name}"), &[1, 5], "error: ", move || {
            let server = Server::start(Arc::new(bytes(ok(&page))));
            let mut sandbox = Sandbox::new();
            sandbox.set("AWS_ENDPOINT_URL_IAM", server.url("http"));
            sandbox.set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1");
            run(&sandbox, &["--code", "123456"], "")
        })
    };
    pages.into_iter().map(trial).collect()
}

/// Commands that print parts of an answer.
fn queries() -> Vec<Trial> {
    let identity = |text: &str| {
        let of = |name: &str| format!("<{name}>{text}</{name}>");
        ("GetCallerIdentity", of("Account") + &of("Arn") + &of("UserId"))
    };
    let deep = "[".repeat(100_000);
    let mut trials = Vec::new();
    for evil in EVIL.into_iter().chain([deep.as_str()]) {
        let account = format!("<Account>{evil}</Account>");
        let message = format!("<DecodedMessage>{evil}</DecodedMessage>");
        let json = format!("<DecodedMessage>{{\"{}\": 1}}</DecodedMessage>", evil.replace('"', ""));
        for (arguments, (action, elements)) in [
            (&["whoami"][..], identity(evil)),
            (&["whoami", "--json"], identity(evil)),
            (&["key-info", "AKIAIOSFODNN7EXAMPLE"], ("GetAccessKeyInfo", account)),
            (&["decode", "abcd"], ("DecodeAuthorizationMessage", message)),
            (&["decode", "abcd"], ("DecodeAuthorizationMessage", json)),
        ] {
            let body = format!(
                "<{action}Response><{action}Result>{elements}</{action}Result></{action}Response>"
            );
            let shown: String = evil.chars().take(20).collect();
            trials.push(Trial::new(format!("{action}: {shown:?}"), &[0], "", move || {
                let server = Server::start(Arc::new(bytes(ok(&body))));
                let endpoint = server.url("http");
                run(&Sandbox::new(), &[arguments, &["--endpoint-url", &endpoint]].concat(), "")
            }));
        }
    }
    trials
}

/// The program sends GitHub's token to STS unchanged.
fn tokens() -> Vec<Trial> {
    let message = "error: ";
    let rows: Vec<(&str, Vec<u8>)> = vec![
        ("an escape", ok(r#"{"value": "\u001b[2Jabcd"}"#)),
        ("a line break", ok(r#"{"value": "ab\r\nX-Evil: 1"}"#)),
        ("a NUL", ok(r#"{"value": "ab\u0000cd"}"#)),
        ("nothing", ok(r#"{"value": ""}"#)),
        ("half of a pair", ok(r#"{"value": "\ud800"}"#)),
        ("a long one", ok(format!(r#"{{"value": "{}"}}"#, "x".repeat(1_000_000)))),
        ("deep JSON", ok("[".repeat(1_000_000))),
        ("deep JSON behind it", ok(format!(r#"{{"value": "abcd", "x": {}"#, "[".repeat(900_000)))),
        ("a page", answer("302 x", "Location: http://127.0.0.1:1/\r\n", "")),
        ("escapes in the reason", answer("403 \u{1b}[2J", "", "\u{1b}[2J")),
        ("NUL bytes", vec![0; 1 << 20]),
    ];
    let run_job = |server: Server| {
        let mut sandbox = Sandbox::new();
        sandbox.set("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{}t?x=1", server.url("http")));
        sandbox.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "abcd");
        sandbox.set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1");
        let role = "arn:aws:iam::123456789012:role/web";
        run(&sandbox, &["web-identity", "--role-arn", role], "")
    };
    let mut trials: Vec<_> = rows
        .into_iter()
        .map(|(name, reply)| {
            Trial::new(format!("GitHub gives {name}"), &[1, 4, 5], message, move || {
                run_job(Server::start(Arc::new(bytes(reply.clone()))))
            })
        })
        .collect();
    trials.push(Trial::new("GitHub gives 1 GiB", &[5], message, move || {
        let first = "HTTP/1.1 200 OK\r\n\r\n{\"value\": \"";
        run_job(Server::start(Arc::new(endless(first, "x", 1 << 30))))
    }));
    trials.push(Trial::new("GitHub gives headers without an end", &[5], message, move || {
        run_job(Server::start(Arc::new(endless("HTTP/1.1 200 OK\r\n", "A: b\r\n", 1 << 30))))
    }));
    trials
}

/// Answers to `CONNECT`.
fn proxies() -> Vec<Trial> {
    let rows: Vec<(&str, Vec<u8>)> = vec![
        ("escapes in the reason", answer("502 \u{1b}[2J\u{9b}", "", "\u{1b}[2J")),
        ("a page", answer("200 OK", "Content-Type: text/html\r\n", "<html>\u{1b}[2J")),
        ("a tunnel to nowhere", b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        ("a redirect", answer("302 x", "Location: http://127.0.0.1:1/\r\n", "")),
        ("a status of two digits", answer("99 x", "", "")),
        ("NUL bytes", vec![0; 1 << 20]),
        ("escapes alone", "\u{1b}[2J".repeat(10_000).into_bytes()),
        ("an alert", b"\x15\x03\x03\0\x02\x02\x28".to_vec()),
        ("nothing", Vec::new()),
    ];
    let run_through = |server: Server| -> Run {
        let mut sandbox = Sandbox::new();
        sandbox.set("HTTPS_PROXY", server.url("http"));
        super::get(&sandbox, "https://sts.example/", &[])
    };
    let mut trials: Vec<_> = rows
        .into_iter()
        .map(|(name, reply)| {
            Trial::new(format!("the proxy gives {name}"), &[5], "error: ", move || {
                run_through(Server::start(Arc::new(bytes(reply.clone()))))
            })
        })
        .collect();
    for (name, first, then) in [
        ("a line without an end", "", "x"),
        ("headers without an end", "HTTP/1.1 200 OK\r\n", "A: b\r\n"),
        ("a header without an end", "HTTP/1.1 200 OK\r\nA: ", "x"),
        ("`continue` without an end", "", "HTTP/1.1 100 Continue\r\n\r\n"),
    ] {
        trials.push(Trial::new(format!("the proxy gives {name}"), &[5], "error: ", move || {
            run_through(Server::start(Arc::new(endless(first, then, 1 << 30))))
        }));
    }
    trials
}
