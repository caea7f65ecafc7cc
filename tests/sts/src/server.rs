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
use crate::clock::Clock;
use crate::exchange::Exchange;
use crate::http::{Head, Message, Wire};
use crate::journal::Request;
use crate::random;
use crate::weather::{Cut, Fault, Forecast};

/// All that connections share, and that tests may look at or change while the server runs.
pub(crate) struct Server {
    pub(crate) account: Mutex<Account>,
    pub(crate) clock: Clock,
    pub(crate) forecast: Mutex<Forecast>,
    pub(crate) journal: Mutex<Vec<Request>>,
    pub(crate) connections: Mutex<Connections>,
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// What gets an identity token.
    pub(crate) oidc_request_token: String,
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
            oidc_request_token: random::session_token(),
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
        let fault = lock(&self.forecast).on_request(&head);
        if let Some(Fault::Cut(Cut::Unread)) = fault {
            self.note(connection, &Message { head, body: Vec::new() }, "Cut".into());
            return Ok(ControlFlow::Break(()));
        }
        let body = wire.read_body(&head)?;
        Exchange { server: self, connection, message: Message { head, body } }.finish(wire, fault)
    }

    pub(crate) fn note(&self, connection: usize, message: &Message, outcome: String) {
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
    pub(crate) fn rest(&self, time: Duration) -> ControlFlow<()> {
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
