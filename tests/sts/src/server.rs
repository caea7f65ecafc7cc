//! The sockets: accepts connections, a thread each, and lets every request meet the weather.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::account::Account;
use crate::answer::Answer;
use crate::clock::{self, Clock, IMF_FIXDATE};
use crate::http::{Head, Message, Wire};
use crate::journal::Request;
use crate::operation::{self, Reply};
use crate::random;
use crate::weather::{Cut, Fault, Forecast, Grant};

/// All that connections share, and that tests may look at or change while the server runs.
pub(crate) struct Server {
    pub(crate) account: Mutex<Account>,
    pub(crate) clock: Clock,
    pub(crate) forecast: Mutex<Forecast>,
    pub(crate) journal: Mutex<Vec<Request>>,
    pub(crate) connections: Mutex<Connections>,
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// Called with each request, as soon as its outcome is known.
    pub(crate) watch: fn(&Request),
    stopping: Condvar,
}

/// The connections so far, and those that are open.
#[derive(Default)]
pub(crate) struct Connections {
    pub(crate) count: usize,
    open: HashMap<usize, Arc<TcpStream>>,
    is_stopped: bool,
}

impl Server {
    pub(crate) fn new(
        account: Account,
        tls: Option<Arc<ServerConfig>>,
        watch: fn(&Request),
    ) -> Self {
        Self {
            account: Mutex::new(account),
            clock: Clock::default(),
            forecast: Mutex::default(),
            journal: Mutex::default(),
            connections: Mutex::default(),
            tls,
            watch,
            stopping: Condvar::new(),
        }
    }

    /// Accepts connections until [`Server::stop`], and returns when all of them are closed.
    pub(crate) fn run(&self, listener: &TcpListener) {
        thread::scope(|threads| {
            for stream in listener.incoming() {
                // An error is one client's that has gone, or a want of descriptors that may pass.
                let Ok(stream) = stream else { continue };
                let stream = Arc::new(stream);
                let Some(connection) = self.open(&stream) else { break };
                threads.spawn(move || {
                    // An error is a client that has gone or that does not speak HTTP.
                    let _ = self.serve(connection, &stream);
                    let _ = stream.shutdown(Shutdown::Both);
                    lock(&self.connections).open.remove(&connection);
                });
            }
        });
    }

    /// Ends [`Server::run`], which listens at `address`.
    pub(crate) fn stop(&self, address: SocketAddr) {
        let mut connections = lock(&self.connections);
        connections.is_stopped = true;
        for stream in connections.open.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        drop(connections);
        self.stopping.notify_all();
        // Wakes the listener, which then sees that it is to end.
        let _ = TcpStream::connect(address);
    }

    fn open(&self, stream: &Arc<TcpStream>) -> Option<usize> {
        let mut connections = lock(&self.connections);
        if connections.is_stopped {
            return None;
        }
        connections.count += 1;
        let number = connections.count;
        connections.open.insert(number, Arc::clone(stream));
        Some(number)
    }

    fn serve(&self, connection: usize, stream: &TcpStream) -> io::Result<()> {
        if lock(&self.forecast).on_connect() {
            return Ok(());
        }
        stream.set_nodelay(true)?;
        let Some(tls) = &self.tls else { return self.converse(connection, stream) };
        let session = ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
        self.converse(connection, StreamOwned::new(session, stream))
    }

    fn converse(&self, connection: usize, stream: impl Read + Write) -> io::Result<()> {
        let mut wire = Wire::new(stream);
        while let Some(head) = wire.read_head()? {
            if self.exchange(connection, &mut wire, head)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn exchange(
        &self,
        connection: usize,
        wire: &mut Wire<impl Read + Write>,
        head: Head,
    ) -> io::Result<ControlFlow<()>> {
        let fault = lock(&self.forecast).on_request(head.is_probe());
        if let Some(Fault::Cut(Cut::Unread)) = fault {
            self.note(connection, &Message { head, body: Vec::new() }, "Cut".into());
            return Ok(ControlFlow::Break(()));
        }
        let body = wire.read_body(&head)?;
        let exchange = Exchange { server: self, connection, message: Message { head, body } };
        exchange.finish(wire, fault)
    }

    fn note(&self, connection: usize, message: &Message, outcome: String) {
        let request = Request {
            connection,
            method: message.head.method.clone(),
            path: message.head.path.clone(),
            headers: message.head.headers.clone(),
            parameters: message.parameters(),
            outcome,
        };
        (self.watch)(&request);
        lock(&self.journal).push(request);
    }

    /// Waits; whether the server is still running then.
    fn rest(&self, time: Duration) -> ControlFlow<()> {
        let connections = lock(&self.connections);
        let rested = self.stopping.wait_timeout_while(connections, time, |it| !it.is_stopped);
        let (connections, _) = rested.unwrap_or_else(PoisonError::into_inner);
        if connections.is_stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// A test that panics while it looks at the server must not take the server with it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request that has been read, and the way of its answer.
struct Exchange<'a> {
    server: &'a Server,
    connection: usize,
    message: Message,
}

impl Exchange<'_> {
    fn finish(
        &self,
        wire: &mut Wire<impl Read + Write>,
        fault: Option<Fault>,
    ) -> io::Result<ControlFlow<()>> {
        let usual = Grant::default();
        match fault {
            None => return self.send(wire, &self.carry_out(&usual)),
            Some(Fault::Grant(grant)) => return self.send(wire, &self.carry_out(&grant)),
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
            Some(Fault::Cut(cut)) => self.cut(wire, cut)?,
            Some(Fault::Raw(bytes)) => {
                self.note("Raw");
                wire.send(&bytes)?;
            }
            Some(Fault::Body(length)) => {
                self.note("Body");
                self.send_body(wire, length)?;
            }
            Some(Fault::EndlessHeaders) => {
                self.note("EndlessHeaders");
                send_endless_headers(wire)?;
            }
            Some(Fault::SlowBody(pause)) => {
                let answer = self.carry_out(&usual);
                wire.send(&self.head_of(&answer))?;
                for byte in answer.body.chunks(1) {
                    wire.send(byte)?;
                    if self.server.rest(pause).is_break() {
                        break;
                    }
                }
            }
        }
        Ok(ControlFlow::Break(()))
    }

    fn carry_out(&self, grant: &Grant) -> Answer {
        let now = self.server.clock.now();
        let mut account = lock(&self.server.account);
        let Reply { answer, outcome } = operation::reply(&self.message, &mut account, now, grant);
        drop(account);
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

    fn head_of(&self, answer: &Answer) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
        let has = |name: &str| answer.headers.iter().any(|it| it.0.eq_ignore_ascii_case(name));
        let defaults = [
            ("x-amzn-RequestId", random::request_id()),
            ("Content-Type", "text/xml".into()),
            ("Content-Length", answer.body.len().to_string()),
            ("Date", clock::format(self.server.clock.now(), IMF_FIXDATE)),
        ];
        let defaults = defaults.iter().filter(|(name, _)| !has(name));
        let given = answer.headers.iter().map(|(name, value)| (name.as_str(), value));
        for (name, value) in given.chain(defaults.map(|(name, value)| (*name, value))) {
            head.extend([name, ": ", value, "\r\n"]);
        }
        (head + "\r\n").into_bytes()
    }
}

/// Ends when the client hangs up, or when the server stops and cuts the connection.
fn send_endless_headers(wire: &mut Wire<impl Read + Write>) -> io::Result<()> {
    wire.send(b"HTTP/1.1 200 OK\r\n")?;
    loop {
        wire.send(
            format!("X-Header-{}: {}\r\n", random::request_id(), "a".repeat(1000)).as_bytes(),
        )?;
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "",
    }
}
