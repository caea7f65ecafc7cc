//! Connects to STS in the background while the person types the code.

use std::{sync::mpsc, thread};

use crate::{
    signals::SignalGuard,
    sts::{Client, Endpoint, Error, Probe},
};

/// A connection in progress.
pub(crate) struct EarlyConnection {
    thread: mpsc::Receiver<Result<Probe, Error>>,
    outcome: Option<Result<Probe, Error>>,
}

impl EarlyConnection {
    /// Starts to connect, so that the next request needs only one round trip. `None` if the system
    /// allows no further thread: the next request connects.
    pub(crate) fn start(client: &Client, endpoint: &Endpoint) -> Option<Self> {
        let (client, endpoint) = (client.clone(), endpoint.clone());
        let (sender, thread) = mpsc::sync_channel(1);
        // The thread inherits the mask: it must not receive a signal that this process blocks.
        let _guard = SignalGuard::block();
        thread::Builder::new().spawn(move || sender.send(client.probe(&endpoint))).ok()?;
        Some(Self { thread, outcome: None })
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
        self.outcome.take().or_else(|| self.thread.recv().ok())
    }
}
