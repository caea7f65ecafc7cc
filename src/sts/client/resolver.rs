//! Resolves host names. ureq's resolver panics where the system allows no further thread, and
//! starts one even for an address.

use std::{net::IpAddr, sync::mpsc, thread};

use ureq::{
    Error,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::NextTimeout,
    },
};

use super::interruptible::Interruption;

/// Calls ureq's resolver without a time limit, in a thread that is abandoned after the time limit.
#[derive(Debug)]
pub(super) struct HostResolver {
    pub(super) interruption: Interruption,
}

impl Resolver for HostResolver {
    fn resolve(
        &self,
        url: &Uri,
        config: &Config,
        timeout: NextTimeout,
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
        let _unblocked = self.interruption.unblock();
        if spawned.is_err() {
            // The system's resolver has time limits of its own.
            return look_up(url, config);
        }
        let result = receiver.recv_timeout(*timeout.after);
        result.unwrap_or(Err(Error::Timeout(timeout.reason)))
    }
}

fn is_address(host: &str) -> bool {
    host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}
