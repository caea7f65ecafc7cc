//! Lets signals through while the client waits, for programs that block signals during a call.

use std::{
    any::Any,
    time::{Duration, Instant},
};

use ureq::{
    Error,
    unversioned::transport::{
        Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
    },
};

/// How signals get through while the client waits for a host name, a connection, a response or a
/// retry. A program may block signals during a call so as not to lose the response.
#[derive(Clone, Copy, Debug)]
pub struct Interruption {
    /// Unblocks signals until the value is dropped.
    pub unblock: fn() -> Box<dyn Any>,
    /// How long to wait for a response before signals get through for a moment. So no signal gets
    /// through once the response arrives. `None`: signals get through during the whole wait.
    pub interval: Option<Duration>,
}

impl Default for Interruption {
    fn default() -> Self {
        Self { unblock: || Box::new(()), interval: None }
    }
}

impl Interruption {
    #[must_use]
    pub(super) fn unblock(self) -> Box<dyn Any> {
        (self.unblock)()
    }
}

/// Connects, through a proxy and with TLS if needed. Nothing of the request is sent yet, so signals
/// may end the program.
#[derive(Debug)]
pub(super) struct InterruptibleConnector {
    pub(super) inner: DefaultConnector,
    pub(super) interruption: Interruption,
}

impl Connector for InterruptibleConnector {
    type Out = InterruptibleTransport;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let _unblocked = self.interruption.unblock();
        let inner = self.inner.connect(details, chained)?;
        let interruption = self.interruption;
        Ok(inner.map(|inner| InterruptibleTransport { inner, interruption }))
    }
}

/// An open connection.
#[derive(Debug)]
pub(super) struct InterruptibleTransport {
    inner: Box<dyn Transport>,
    interruption: Interruption,
}

impl Transport for InterruptibleTransport {
    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let Some(interval) = self.interruption.interval else {
            let _unblocked = self.interruption.unblock();
            return self.inner.await_input(timeout);
        };
        let start = Instant::now();
        loop {
            let begun = Instant::now();
            let left = timeout.after.saturating_sub(begun - start);
            let wait = NextTimeout { after: left.min(interval).into(), ..timeout };
            match self.inner.await_input(wait) {
                Err(Error::Timeout(_)) if left > interval => {}
                result => return result,
            }
            // After a longer time, the process was stopped: the response may be there.
            if begun.elapsed() < 2 * interval {
                drop(self.interruption.unblock());
            }
        }
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.inner.transmit_output(amount, timeout)
    }

    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use ureq::{Timeout, unversioned::transport::LazyBuffers};

    use super::*;

    const INTERVAL: Duration = Duration::from_millis(50);

    /// Receives nothing. Records how long it waits.
    #[derive(Debug)]
    struct Silent(LazyBuffers, mpsc::Sender<Duration>);

    impl Transport for Silent {
        fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
            self.1.send(*timeout.after).unwrap();
            thread::sleep(*timeout.after);
            Err(Error::Timeout(timeout.reason))
        }

        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.0
        }

        fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), Error> {
            Ok(())
        }

        fn is_open(&mut self) -> bool {
            true
        }
    }

    #[test]
    fn waits_at_intervals_until_the_deadline() {
        let (sender, waits) = mpsc::channel();
        let inner = Box::new(Silent(LazyBuffers::new(1, 1), sender));
        let interruption = Interruption { interval: Some(INTERVAL), ..Default::default() };
        let mut transport = InterruptibleTransport { inner, interruption };
        let limit = Duration::from_millis(120);
        let timeout =
            NextTimeout { after: limit.into(), reason: Timeout::RecvBody, ..Default::default() };
        let start = Instant::now();
        let result = transport.await_input(timeout);
        assert!(matches!(result, Err(Error::Timeout(Timeout::RecvBody))), "{result:?}");
        assert!(start.elapsed() >= limit);
        let waits: Vec<_> = waits.try_iter().collect();
        assert_eq!(waits[0], INTERVAL);
        assert!(waits.iter().all(|wait| *wait <= INTERVAL), "{waits:?}");
        assert!(waits.iter().sum::<Duration>() <= limit, "{waits:?}");
    }
}
