//! Servers that send a byte now and then and never end.

use std::sync::Arc;

use super::{
    Run, Trial, get, run,
    server::{Server, dripping, endless},
};
use crate::sandbox::Sandbox;

pub(super) fn trials() -> Vec<Trial> {
    let mut trials = vec![Trial::new("a handshake", &[5], "", || {
        let server = Server::without_request(dripping("\x16\x03\x03\0\x7a", "\x02"));
        get(&Sandbox::new(), &server.url("https"), &[])
    })];
    // A fast server: only the timeout ends it.
    let first = "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
    let trailers = endless(first, "A: b\r\n", 1 << 30);
    trials.push(Trial::of_reply("fast trailers", &[5], "", trailers));
    let replies = [
        ("a line", "", "x"),
        ("headers", "HTTP/1.1 200 OK\r\n", "A: b\r\n"),
        ("`continue`", "", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("a body", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n<r>", "x"),
        ("pieces", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
        ("trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n"),
    ];
    for (name, first, then) in replies {
        type Client = fn(&Server) -> Run;
        let clients: [(&str, Client); 5] = [
            ("STS", |server| get(&Sandbox::new(), &server.url("http"), &[])),
            ("whoami", |server| {
                run(&Sandbox::new(), &["whoami", "--endpoint-url", &server.url("http")], "")
            }),
            ("IAM", |server| {
                let mut sandbox = Sandbox::new();
                sandbox.set("AWS_ENDPOINT_URL_IAM", server.url("http"));
                run(&sandbox, &["--code", "123456"], "")
            }),
            ("GitHub", |server| {
                let mut sandbox = Sandbox::new();
                sandbox.set("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{}t?x=1", server.url("http")));
                sandbox.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "abcd");
                let role = "arn:aws:iam::123456789012:role/web";
                run(&sandbox, &["web-identity", "--role-arn", role], "")
            }),
            ("the proxy", |server| {
                let mut sandbox = Sandbox::new();
                sandbox.set("HTTPS_PROXY", server.url("http"));
                get(&sandbox, "https://sts.example/", &[])
            }),
        ];
        for (peer, run) in clients {
            trials.push(Trial::new(format!("{name} of {peer}"), &[5], "", move || {
                run(&Server::start(Arc::new(dripping(first, then))))
            }));
        }
    }
    trials
}
