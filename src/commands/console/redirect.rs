//! A page on loopback that redirects to the link, so that the link is in no list of processes. It
//! works once, within 30 seconds.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use data_encoding::HEXLOWER;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::browser::Browser;
use crate::{
    failure::{Failure, Status},
    output,
    secret::Secret,
    system::network::is_of_another_user,
};

/// A page with a random path.
pub(super) struct Redirect {
    listener: TcpListener,
    address: SocketAddr,
    path: String,
}

impl Redirect {
    pub(super) fn bind() -> Result<Self, Failure> {
        let listen = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            listener.set_nonblocking(true)?;
            Ok::<_, io::Error>((listener.local_addr()?, listener))
        };
        let (address, listener) = listen().context("cannot listen on 127.0.0.1")?;
        let mut random = [0; 32];
        SystemRandom::new()
            .fill(&mut random)
            .map_err(|_| Failure::new(Status::Local, "the system has no random numbers"))?;
        Ok(Self { listener, address, path: format!("/{}", HEXLOWER.encode(&random)) })
    }

    /// Opens the page in the browser, and redirects it to the link.
    pub(super) fn serve(self, link: &Secret, browser: &Browser) -> Result<(), Failure> {
        let failed = |what: String| {
            Failure::new(Status::Local, what).hint("print the link instead: leave out --open")
        };
        let name = &browser.name;
        let mut child = browser
            .open(&format!("http://{}{}", self.address, self.path))
            .map_err(|error| failed(format!("cannot start {name}: {error}")))?;
        let problem = |child: &mut Child| match child.try_wait() {
            Ok(Some(status)) if !status.success() => Some(format!("{name} failed: {status}")),
            _ => None,
        };
        match self.wait(link, TIME_LIMIT, || problem(&mut child)) {
            Ok(()) => Ok(()),
            Err(what) => Err(failed(what)),
        }
    }

    /// Answers requests until the page was fetched. `problem` ends the wait.
    fn wait(
        self,
        link: &Secret,
        limit: Duration,
        mut problem: impl FnMut() -> Option<String>,
    ) -> Result<(), String> {
        let deadline = Instant::now() + limit;
        let mut visitors: Vec<Visitor> = Vec::new();
        while Instant::now() < deadline {
            // A limit, because another user may connect without end.
            for (stream, peer) in (0..MAX_VISITORS).map_while(|_| self.listener.accept().ok()) {
                // All users can read the browser's arguments, and so the address.
                let is_allowed =
                    !is_of_another_user(peer, self.address) && visitors.len() < MAX_VISITORS;
                if is_allowed && stream.set_nonblocking(true).is_ok() {
                    visitors.push(Visitor { stream, head: Vec::new() });
                }
            }
            let mut next = Vec::new();
            for mut visitor in visitors {
                match visitor.read_request() {
                    Ok(None) => next.push(visitor),
                    Ok(Some(request)) if request == format!("GET {} HTTP/1.1", self.path) => {
                        let sent = visitor.redirect(link);
                        return sent.map_err(|error| {
                            format!("the browser closed the connection: {error}")
                        });
                    }
                    Ok(Some(_)) => visitor.refuse(),
                    Err(_) => {}
                }
            }
            visitors = next;
            if let Some(problem) = problem() {
                return Err(problem);
            }
            thread::sleep(POLL_INTERVAL);
        }
        Err(format!("the browser did not open the page within {}s", limit.as_secs()))
    }
}

/// A connection whose request is not complete.
struct Visitor {
    stream: TcpStream,
    head: Vec<u8>,
}

impl Visitor {
    /// The request line, once the head is complete. Does not block.
    fn read_request(&mut self) -> io::Result<Option<String>> {
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => self.head.extend_from_slice(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if self.head.windows(4).any(|end| end == b"\r\n\r\n") {
                let line = self.head.split(|byte| *byte == b'\r').next().unwrap_or_default();
                return Ok(Some(String::from_utf8_lossy(line).into_owned()));
            }
            if self.head.len() > LONGEST_HEAD {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    fn redirect(&mut self, link: &Secret) -> io::Result<()> {
        self.send(b"HTTP/1.1 302 Found\r\nLocation: ")?;
        output::write_secret_to(&mut self.stream, link)?;
        self.send(b"\r\nReferrer-Policy: no-referrer\r\n")?;
        self.end()
    }

    fn refuse(&mut self) {
        // Ignore an error: this visitor is not the browser.
        let _ = self.send(b"HTTP/1.1 404 Not Found\r\n").and_then(|()| self.end());
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.set_nonblocking(false)?;
        self.stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
        self.stream.write_all(bytes)
    }

    fn end(&mut self) -> io::Result<()> {
        self.send(b"Cache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
        self.stream.shutdown(Shutdown::Write)
    }
}

const TIME_LIMIT: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(10);
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// In bytes. Browsers send less than two thousand.
const LONGEST_HEAD: usize = 16 << 10;

/// Connections at a time. Browsers open a few before they send a request.
const MAX_VISITORS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://signin.example/federation?SigninToken=x";

    /// Waits for visitors while `visit` runs with the address and the path.
    fn visited<T: Send>(
        limit: Duration,
        visit: impl FnOnce(SocketAddr, &str) -> T + Send,
    ) -> (Result<(), String>, T) {
        let redirect = Redirect::bind().unwrap();
        let (address, path) = (redirect.address, redirect.path.clone());
        thread::scope(|scope| {
            let visitor = scope.spawn(move || visit(address, &path));
            let outcome = redirect.wait(&Secret::from(LINK), limit, || None);
            (outcome, visitor.join().unwrap())
        })
    }

    fn fetch(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn redirects_once() {
        let (outcome, answer) = visited(Duration::from_secs(20), |address, path| {
            let answer = fetch(address, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
            // The listener closes soon after the answer.
            let is_closed = (0..100).any(|_| {
                thread::sleep(Duration::from_millis(10));
                TcpStream::connect(address).is_err()
            });
            (answer, is_closed)
        });
        assert_eq!(outcome, Ok(()));
        assert!(answer.1);
        assert!(answer.0.starts_with(&format!("HTTP/1.1 302 Found\r\nLocation: {LINK}\r\n")));
        assert!(answer.0.contains("no-store") && answer.0.contains("no-referrer"));
    }

    #[test]
    fn refuses_other_requests() {
        let (outcome, ()) = visited(Duration::from_secs(20), |address, path| {
            let _idle = TcpStream::connect(address).unwrap();
            for request in [
                "GET / HTTP/1.1\r\n\r\n".to_owned(),
                format!("HEAD {path} HTTP/1.1\r\n\r\n"),
                format!("GET {}x HTTP/1.1\r\n\r\n", &path[..path.len() - 1]),
                "\r\n\r\n".to_owned(),
                "\u{0}\u{1}\r\n\r\n".to_owned(),
            ] {
                assert!(fetch(address, &request).starts_with("HTTP/1.1 404 "), "{request}");
            }
            let mut endless = TcpStream::connect(address).unwrap();
            let sent = (0..1000).all(|_| endless.write_all(&[b'x'; 4096]).is_ok());
            assert!(!sent);
            fetch(address, &format!("GET {path} HTTP/1.1\r\n\r\n"));
        });
        assert_eq!(outcome, Ok(()));
    }

    #[test]
    fn gives_up_after_a_while() {
        let (outcome, ()) = visited(Duration::from_millis(50), |_, _| {});
        assert_eq!(outcome, Err("the browser did not open the page within 0s".to_owned()));
    }
}
