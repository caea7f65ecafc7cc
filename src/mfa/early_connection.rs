//! Connects to STS in the background while the person types the code, and keeps the connection
//! alive.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use crate::{
    message,
    sts::{Client, Endpoint, Error, Probe},
    system::signals::SignalGuard,
};

/// A connection in progress, or kept alive until this value is dropped.
pub(crate) struct EarlyConnection {
    thread: mpsc::Receiver<Result<Probe, Error>>,
    outcome: Option<Result<Probe, Error>>,
    /// Ends the thread when dropped.
    _typing: mpsc::Sender<()>,
}

impl EarlyConnection {
    /// Starts to connect, so that the next request needs only one round trip. `None` if the system
    /// allows no further thread: the next request connects.
    pub(crate) fn start(client: &Client, endpoint: &Endpoint) -> Option<Self> {
        let (client, endpoint) = (client.clone(), endpoint.clone());
        let (sender, thread) = mpsc::sync_channel(1);
        let (typing, end) = mpsc::channel();
        // The thread inherits the mask: it must not receive a signal that this process blocks.
        let _guard = SignalGuard::block();
        let connect = move || {
            let outcome = client.probe(&endpoint);
            let is_open = is_open(&outcome);
            if sender.send(outcome).is_ok() && is_open {
                keep_alive(&client, &endpoint, &end);
            }
        };
        thread::Builder::new().spawn(connect).ok()?;
        Some(Self { thread, outcome: None, _typing: typing })
    }

    /// Why the connection failed, if it already has.
    pub(crate) fn failure(&mut self) -> Option<&Error> {
        if self.outcome.is_none() {
            self.outcome = self.thread.try_recv().ok();
        }
        self.outcome.as_ref()?.as_ref().err()
    }

    /// Waits for the outcome; `None` if the thread panicked.
    pub(crate) fn wait(mut self) -> Option<Result<Probe, Error>> {
        self.outcome.take().or_else(|| {
            let _progress = message::progress(CONNECTION);
            self.thread.recv().ok()
        })
    }
}

/// What the program waits for, in the words of its progress.
pub(crate) const CONNECTION: &str = "a connection to AWS";

/// Probes at intervals while the person types. A probe takes the connection out of the pool: if
/// the network has changed and the probe gets no answer, the code is sent on a new connection.
fn keep_alive(client: &Client, endpoint: &Endpoint, end: &mpsc::Receiver<()>) {
    for _ in 0..MAX_PROBES {
        let is_typing = end.recv_timeout(PROBE_INTERVAL) == Err(RecvTimeoutError::Timeout);
        if !is_typing || !is_open(&client.probe(endpoint)) {
            break;
        }
    }
}

/// Whether the service answered on a connection that stays open.
fn is_open(outcome: &Result<Probe, Error>) -> bool {
    matches!(outcome, Ok(Probe { clock_ahead: Some(_) }))
}

const PROBE_INTERVAL: Duration = Duration::from_secs(5);

/// Two minutes' worth. After that, the person has probably left.
const MAX_PROBES: usize = 24;
