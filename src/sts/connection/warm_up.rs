//! A connection that is made while the person types.

use std::{sync::mpsc, thread};

use crate::{signals, sts::Error};

/// A connection that is being made in the background.
pub struct WarmUp {
    thread: mpsc::Receiver<Result<Reached, Error>>,
    outcome: Option<Result<Reached, Error>>,
}

/// A service that answers.
#[derive(Clone, Copy, Debug)]
pub struct Reached {
    /// How far this machine's clock is ahead of the service's; negative where it is behind.
    pub clock_ahead: Option<time::Duration>,
}

impl WarmUp {
    pub(super) fn begin(reach: impl FnOnce() -> Result<Reached, Error> + Send + 'static) -> Self {
        let (sender, thread) = mpsc::sync_channel(1);
        // A signal that is to wait would end the process from there.
        let _held = signals::block();
        // It ends by its time limits, or with the process.
        thread::spawn(move || sender.send(reach()));
        Self { thread, outcome: None }
    }

    /// What came of it, if that is known by now.
    pub fn outcome(&mut self) -> Option<&Result<Reached, Error>> {
        if self.outcome.is_none() {
            self.outcome = self.thread.try_recv().ok();
        }
        self.outcome.as_ref()
    }

    /// Waits for it.
    #[must_use]
    pub fn wait(mut self) -> Option<Result<Reached, Error>> {
        self.outcome.take().or_else(|| self.thread.recv().ok())
    }
}
