//! A connection to STS that is made in the background while the person types the code.

use std::{sync::mpsc, thread};

use crate::{
    signals::SignalGuard,
    sts::{Client, Endpoint, Error, Probe},
};

/// A connection that is being made in the background.
pub(crate) struct EarlyConnection {
    thread: mpsc::Receiver<Result<Probe, Error>>,
    outcome: Option<Result<Probe, Error>>,
}

impl EarlyConnection {
    /// Starts to connect, so that the next request takes one round trip.
    pub(crate) fn start(client: &Client, endpoint: &Endpoint) -> Self {
        let (client, endpoint) = (client.clone(), endpoint.clone());
        let (sender, thread) = mpsc::sync_channel(1);
        // The thread inherits the blocked signals. A signal that this process blocks must not end
        // it by way of this thread.
        let _guard = SignalGuard::block();
        // The thread ends by its time limits, or with the process.
        thread::spawn(move || sender.send(client.probe(&endpoint)));
        Self { thread, outcome: None }
    }

    /// Why the connection failed, if that is known by now.
    pub(crate) fn failure(&mut self) -> Option<&Error> {
        if self.outcome.is_none() {
            self.outcome = self.thread.try_recv().ok();
        }
        self.outcome.as_ref()?.as_ref().err()
    }

    /// Waits for the outcome; `None` if the thread ended without one.
    pub(crate) fn wait(mut self) -> Option<Result<Probe, Error>> {
        self.outcome.take().or_else(|| self.thread.recv().ok())
    }
}
