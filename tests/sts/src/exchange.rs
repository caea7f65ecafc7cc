//! One request and its answer, and what the weather makes of them.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use crate::answer::Answer;
use crate::clock::{self, IMF_FIXDATE};
use crate::http::{Message, Wire};
use crate::oidc;
use crate::operation::{self, Reply};
use crate::random;
use crate::server::{Server, lock};
use crate::weather::{Cut, Fault, Grant};

/// A request that has been read, and the way of its answer.
pub(crate) struct Exchange<'a> {
    pub(crate) server: &'a Server,
    pub(crate) connection: usize,
    pub(crate) message: Message,
}

impl Exchange<'_> {
    /// Sends what the weather lets through; breaks where the connection is to be closed then.
    pub(crate) fn finish(
        &self,
        wire: &mut Wire<impl Read + Write>,
        fault: Option<Fault>,
    ) -> io::Result<ControlFlow<()>> {
        let usual = Grant::default();
        match fault {
            None => return self.send(wire, &self.carry_out(&usual)),
            Some(Fault::Grant(grant)) => return self.send(wire, &self.carry_out(&grant)),
            Some(Fault::NoNamespace) => {
                return self.send(wire, &without_namespace(self.carry_out(&usual)));
            }
            Some(Fault::Delay(time)) => {
                let answer = self.carry_out(&usual);
                if self.server.rest(time).is_continue() {
                    return self.send(wire, &answer);
                }
            }
            Some(Fault::Answer(answer)) => {
                self.note("Answer");
                return self.send(wire, &answer);
            }
            Some(Fault::Hang) => {
                self.note("Hang");
                let _ = self.server.rest(Duration::MAX);
            }
            Some(Fault::Raw(bytes)) => {
                self.note("Raw");
                wire.send(&bytes)?;
            }
            Some(Fault::Cut(cut)) => self.cut(wire, cut)?,
            Some(Fault::Body(length)) => self.send_body(wire, length)?,
            Some(Fault::EndlessHeaders) => self.send_endless_headers(wire)?,
            Some(Fault::SlowBody(pause)) => self.send_slowly(wire, pause)?,
        }
        Ok(ControlFlow::Break(()))
    }

    fn carry_out(&self, grant: &Grant) -> Answer {
        let now = self.server.clock.now();
        let Reply { answer, outcome } = if self.message.head.path == oidc::PATH {
            oidc::reply(&self.message, &self.server.oidc_request_token, now)
        } else {
            operation::reply(&self.message, &mut lock(&self.server.account), now, grant)
        };
        self.note(&outcome);
        answer
    }

    fn note(&self, outcome: &str) {
        self.server.note(self.connection, &self.message, outcome.into());
    }

    fn send(
        &self,
        wire: &mut Wire<impl Read + Write>,
        answer: &Answer,
    ) -> io::Result<ControlFlow<()>> {
        let mut bytes = self.head_of(answer);
        if self.message.head.method != "HEAD" {
            bytes.extend(&answer.body);
        }
        wire.send(&bytes)?;
        let keeps_open = self.message.head.keeps_open;
        Ok(if keeps_open { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    }

    fn cut(&self, wire: &mut Wire<impl Read + Write>, cut: Cut) -> io::Result<()> {
        match cut {
            Cut::OnConnect | Cut::Unread | Cut::Unprocessed => self.note("Cut"),
            Cut::Unanswered => drop(self.carry_out(&Grant::default())),
            Cut::MidBody => {
                let answer = self.carry_out(&Grant::default());
                let half = &answer.body[..answer.body.len() / 2];
                wire.send(&[&self.head_of(&answer), half].concat())?;
            }
            Cut::AfterAnswer => {
                let _ = self.send(wire, &self.carry_out(&Grant::default()))?;
            }
        }
        Ok(())
    }

    fn send_body(&self, wire: &mut Wire<impl Read + Write>, length: u64) -> io::Result<()> {
        self.note("Body");
        let answer = Answer::new(200, "").header("Content-Length", &length.to_string());
        wire.send(&self.head_of(&answer))?;
        let block = vec![b' '; 64 * 1024];
        let mut left = length;
        while left > 0 {
            let size = usize::try_from(left).map_or(block.len(), |left| left.min(block.len()));
            wire.send(&block[..size])?;
            left -= size as u64;
        }
        Ok(())
    }

    /// Ends when the client hangs up, or when the server stops and cuts the connection.
    fn send_endless_headers(&self, wire: &mut Wire<impl Read + Write>) -> io::Result<()> {
        self.note("EndlessHeaders");
        wire.send(b"HTTP/1.1 200 OK\r\n")?;
        let header = format!("X-Header: {}\r\n", "a".repeat(1000));
        loop {
            wire.send(header.as_bytes())?;
        }
    }

    fn send_slowly(&self, wire: &mut Wire<impl Read + Write>, pause: Duration) -> io::Result<()> {
        let answer = self.carry_out(&Grant::default());
        wire.send(&self.head_of(&answer))?;
        for byte in answer.body.chunks(1) {
            wire.send(byte)?;
            if self.server.rest(pause).is_break() {
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
                if self.message.head.keeps_open { "keep-alive" } else { "close" }.into(),
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
