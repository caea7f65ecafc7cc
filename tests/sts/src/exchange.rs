//! One request and its answer, with or without a fault.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use crate::answer::Answer;
use crate::clock::{self, IMF_FIXDATE};
use crate::faults::{Cut, Fault, Grant};
use crate::http::{HttpConnection, HttpRequest};
use crate::oidc;
use crate::operation::{self, Reply};
use crate::random;
use crate::server::{Server, lock};
use crate::signin;

/// A request that has been read.
pub(crate) struct Exchange<'a> {
    pub(crate) server: &'a Server,
    pub(crate) connection: usize,
    pub(crate) request: HttpRequest,
}

impl Exchange<'_> {
    /// Answers the request. Breaks if the connection is to be closed.
    pub(crate) fn finish(
        &self,
        http: &mut HttpConnection<impl Read + Write>,
        fault: Option<Fault>,
    ) -> io::Result<ControlFlow<()>> {
        let usual = Grant::default();
        match fault {
            None => return self.send(http, &self.carry_out(&usual)),
            Some(Fault::Grant(grant)) => return self.send(http, &self.carry_out(&grant)),
            Some(Fault::NoNamespace) => {
                return self.send(http, &without_namespace(self.carry_out(&usual)));
            }
            Some(Fault::Delay(time)) => {
                let answer = self.carry_out(&usual);
                if self.server.sleep(time).is_continue() {
                    return self.send(http, &answer);
                }
            }
            Some(Fault::Answer(answer)) => {
                self.log("Answer");
                return self.send(http, &answer);
            }
            Some(Fault::Hang) => {
                self.log("Hang");
                let _ = self.server.sleep(Duration::MAX);
            }
            Some(Fault::FallSilent) => {
                let _ = self.send(http, &self.carry_out(&usual))?;
                let _ = self.server.sleep(Duration::MAX);
            }
            Some(Fault::Raw(bytes)) => {
                self.log("Raw");
                http.send(&bytes)?;
            }
            Some(Fault::Cut(cut)) => self.cut(http, cut)?,
            Some(Fault::Body(length)) => self.send_body(http, length)?,
            Some(Fault::EndlessHeaders) => self.send_endless_headers(http)?,
            Some(Fault::SlowBody(pause)) => self.send_slowly(http, pause)?,
        }
        Ok(ControlFlow::Break(()))
    }

    fn carry_out(&self, grant: &Grant) -> Answer {
        let now = self.server.clock.now();
        let Server { account, endpoint, oidc_request_token, .. } = self.server;
        let Reply { answer, outcome } = match &*self.request.head.path {
            oidc::PATH => oidc::reply(&self.request, oidc_request_token, now),
            signin::PATH => signin::reply(&self.request, &mut lock(account), now),
            _ => operation::reply(&self.request, &mut lock(account), *endpoint, now, grant),
        };
        self.log(&outcome);
        answer
    }

    fn log(&self, outcome: &str) {
        self.server.log(self.connection, &self.request, outcome.into());
    }

    fn send(
        &self,
        http: &mut HttpConnection<impl Read + Write>,
        answer: &Answer,
    ) -> io::Result<ControlFlow<()>> {
        let mut bytes = self.head_of(answer);
        if self.request.head.method != "HEAD" {
            bytes.extend(&answer.body);
        }
        http.send(&bytes)?;
        let keeps_open = self.request.head.keeps_open;
        Ok(if keeps_open { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    }

    fn cut(&self, http: &mut HttpConnection<impl Read + Write>, cut: Cut) -> io::Result<()> {
        match cut {
            Cut::OnConnect | Cut::Unread | Cut::Unprocessed => self.log("Cut"),
            Cut::Unanswered => drop(self.carry_out(&Grant::default())),
            Cut::MidBody => {
                let answer = self.carry_out(&Grant::default());
                let half = &answer.body[..answer.body.len() / 2];
                http.send(&[&self.head_of(&answer), half].concat())?;
            }
            Cut::AfterAnswer => {
                let _ = self.send(http, &self.carry_out(&Grant::default()))?;
            }
        }
        Ok(())
    }

    fn send_body(
        &self,
        http: &mut HttpConnection<impl Read + Write>,
        length: u64,
    ) -> io::Result<()> {
        self.log("Body");
        let answer = Answer::new(200, "").header("Content-Length", &length.to_string());
        http.send(&self.head_of(&answer))?;
        let block = vec![b' '; 64 * 1024];
        let mut left = length;
        while left > 0 {
            let size = usize::try_from(left).map_or(block.len(), |left| left.min(block.len()));
            http.send(&block[..size])?;
            left -= size as u64;
        }
        Ok(())
    }

    /// Ends when the client or the stopping server closes the connection.
    fn send_endless_headers(&self, http: &mut HttpConnection<impl Read + Write>) -> io::Result<()> {
        self.log("EndlessHeaders");
        http.send(b"HTTP/1.1 200 OK\r\n")?;
        let header = format!("X-Header: {}\r\n", "a".repeat(1000));
        loop {
            http.send(header.as_bytes())?;
        }
    }

    fn send_slowly(
        &self,
        http: &mut HttpConnection<impl Read + Write>,
        pause: Duration,
    ) -> io::Result<()> {
        let answer = self.carry_out(&Grant::default());
        http.send(&self.head_of(&answer))?;
        for byte in answer.body.chunks(1) {
            http.send(byte)?;
            if self.server.sleep(pause).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn head_of(&self, answer: &Answer) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
        let has = |name: &str| answer.headers.iter().any(|it| it.0.eq_ignore_ascii_case(name));
        let defaults = [
            ("x-amzn-RequestId", random::request_id()),
            ("Content-Type", "text/xml".into()),
            ("Content-Length", answer.body.len().to_string()),
            ("Date", clock::format(self.server.clock.now(), IMF_FIXDATE)),
            (
                "Connection",
                if self.request.head.keeps_open { "keep-alive" } else { "close" }.into(),
            ),
        ];
        let defaults = defaults.iter().filter(|(name, _)| !has(name));
        let given = answer.headers.iter().map(|(name, value)| (name.as_str(), value));
        for (name, value) in given.chain(defaults.map(|(name, value)| (*name, value))) {
            head.extend([name, ": ", value, "\r\n"]);
        }
        (head + "\r\n").into_bytes()
    }
}

fn without_namespace(answer: Answer) -> Answer {
    let xml = String::from_utf8_lossy(&answer.body);
    let (start, rest) = xml.split_once(" xmlns=\"").unwrap_or((&xml, "\""));
    let (_, end) = rest.split_once('"').unwrap_or_default();
    Answer { body: [start, end].concat().into(), ..answer }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "",
    }
}
