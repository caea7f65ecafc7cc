//! Looks up the host of a new connection. ureq would look it up before every request, even for one
//! on an open connection. Its resolver panics where the system allows no further thread, and starts
//! one even for an address.

use std::{
    net::IpAddr,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use ureq::{
    Error,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{ConnectionDetails, Connector, NextTimeout},
    },
};

use super::interruptible::{InterruptibleConnector, InterruptibleTransport, Interruption};

/// Finds no address: [`ResolvingConnector`] does.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

/// Looks up the host and connects, both within the time limit for connecting.
#[derive(Debug)]
pub(super) struct ResolvingConnector(pub(super) InterruptibleConnector);

impl Connector for ResolvingConnector {
    type Out = InterruptibleTransport;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        if details.config.proxy().is_some() {
            // The proxy looks up the host. Connecting to the proxy comes back here.
            return self.0.connect(details, chained);
        }
        let start = Instant::now();
        let addrs = look_up(details.uri, details.config, details.timeout, self.0.interruption)?;
        let left = details.timeout.after.saturating_sub(start.elapsed());
        // ureq takes 0 for no limit.
        let after = left.max(Duration::from_millis(1)).into();
        let details = ConnectionDetails {
            addrs,
            timeout: NextTimeout { after, ..details.timeout },
            now: (details.current_time)(),
            uri: details.uri,
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        self.0.connect(&details, chained)
    }
}

/// Calls ureq's resolver without a time limit, in a thread that is abandoned after the time limit.
fn look_up(
    url: &Uri,
    config: &Config,
    timeout: NextTimeout,
    interruption: Interruption,
) -> Result<ResolvedSocketAddrs, Error> {
    let look_up = |url: &Uri, config: &Config| {
        DefaultResolver::default().resolve(url, config, NextTimeout::default())
    };
    if url.host().is_some_and(is_address) {
        return look_up(url, config);
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    let (its_url, its_config) = (url.clone(), config.clone());
    // The send fails after the time limit.
    let thread = move || drop(sender.send(look_up(&its_url, &its_config)));
    let spawned = thread::Builder::new().spawn(thread);
    let _unblocked = interruption.unblock();
    if spawned.is_err() {
        // The system's resolver has time limits of its own.
        return look_up(url, config);
    }
    let result = receiver.recv_timeout(*timeout.after);
    result.unwrap_or(Err(Error::Timeout(timeout.reason)))
}

fn is_address(host: &str) -> bool {
    host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}
