//! Accepts connections, one thread each, and applies faults to their requests.

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
use crate::faults::{Cut, Fault, FaultRules};
use crate::http::{HttpConnection, HttpRequest, RequestHead};
use crate::operation::Endpoint;
use crate::random;
use crate::request::Request;

/// The state that connections and tests share.
pub(crate) struct Server {
    pub(crate) account: Mutex<Account>,
    pub(crate) clock: Clock,
    pub(crate) endpoint: Endpoint,
    pub(crate) faults: Mutex<FaultRules>,
    pub(crate) requests: Mutex<Vec<Request>>,
    pub(crate) connections: Mutex<Connections>,
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// The bearer token of the endpoint for identity tokens.
    pub(crate) oidc_request_token: String,
    /// Called with each request when its outcome is known.
    pub(crate) watch: fn(&Request),
    stopping: Condvar,
}

/// The number of connections so far, and the open ones.
#[derive(Default)]
pub(crate) struct Connections {
    pub(crate) count: usize,
    open: HashMap<usize, Arc<TcpStream>>,
    is_stopped: bool,
}

impl Server {
    pub(crate) fn new(
        account: Account,
        endpoint: Endpoint,
        tls: Option<Arc<ServerConfig>>,
        watch: fn(&Request),
    ) -> Self {
        Self {
            account: Mutex::new(account),
            clock: Clock::default(),
            endpoint,
            faults: Mutex::default(),
            requests: Mutex::default(),
            connections: Mutex::default(),
            tls,
            oidc_request_token: random::session_token(),
            watch,
            stopping: Condvar::new(),
        }
    }

    /// Accepts connections until [`Server::stop`]. Returns when all connections are closed.
    pub(crate) fn run(&self, listener: &TcpListener) {
        thread::scope(|threads| {
            for stream in listener.incoming() {
                // The client has closed the connection, or file descriptors are short for a moment.
                let Ok(stream) = stream else { continue };
                let stream = Arc::new(stream);
                let Some(connection) = self.open(&stream) else { break };
                threads.spawn(move || {
                    // The client has closed the connection or does not speak HTTP.
                    let _ = self.serve(connection, &stream);
                    let _ = stream.shutdown(Shutdown::Both);
                    lock(&self.connections).open.remove(&connection);
                });
            }
        });
    }

    /// Ends [`Server::run`], which listens on `address`.
    pub(crate) fn stop(&self, address: SocketAddr) {
        let mut connections = lock(&self.connections);
        connections.is_stopped = true;
        for stream in connections.open.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        drop(connections);
        self.stopping.notify_all();
        // Wakes the listener, which then sees `is_stopped`.
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
        if lock(&self.faults).cut_on_connect() {
            return Ok(());
        }
        stream.set_nodelay(true)?;
        let Some(tls) = &self.tls else { return self.converse(connection, stream) };
        let session = ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
        self.converse(connection, StreamOwned::new(session, stream))
    }

    fn converse(&self, connection: usize, stream: impl Read + Write) -> io::Result<()> {
        let mut http = HttpConnection::new(stream);
        while let Some(head) = http.read_head()? {
            if self.exchange(connection, &mut http, head)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn exchange(
        &self,
        connection: usize,
        http: &mut HttpConnection<impl Read + Write>,
        head: RequestHead,
    ) -> io::Result<ControlFlow<()>> {
        let fault = lock(&self.faults).on_request(&head);
        if let Some(Fault::Cut(Cut::Unread)) = fault {
            self.log(connection, &HttpRequest { head, body: Vec::new() }, "Cut".into());
            return Ok(ControlFlow::Break(()));
        }
        let body = http.read_body(&head)?;
        let request = HttpRequest { head, body };
        Exchange { server: self, connection, request }.finish(http, fault)
    }

    pub(crate) fn log(&self, connection: usize, request: &HttpRequest, outcome: String) {
        let request = Request {
            connection,
            method: request.head.method.clone(),
            path: request.head.path.clone(),
            headers: request.head.headers.clone(),
            parameters: request.parameters(),
            outcome,
        };
        (self.watch)(&request);
        lock(&self.requests).push(request);
    }

    /// Waits. Breaks if the server stops meanwhile.
    pub(crate) fn sleep(&self, time: Duration) -> ControlFlow<()> {
        let connections = lock(&self.connections);
        let waited = self.stopping.wait_timeout_while(connections, time, |it| !it.is_stopped);
        let (connections, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if connections.is_stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Locks a mutex, even if a test has panicked while it held the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
