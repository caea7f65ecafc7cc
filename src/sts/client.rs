//! The client: it signs, sends and retries requests, limits their time and size, and keeps
//! connections. It follows no redirect and never sends an MFA code twice.

mod clock;
mod interruptible;
mod proxy;
mod resolver;
mod retry;
mod route;
mod sleep;
mod trust;

use std::{any::Any, io, sync::Arc, time::Duration};

use time::OffsetDateTime;
use ureq::{
    Agent, Body, RequestBuilder, SendBody,
    http::{Response, Uri, header},
};
use zeroize::Zeroizing;

use super::{
    endpoint::Endpoint,
    error::Error,
    operation::{self, Operation},
    query_body::QueryBody,
    sign::{CONTENT_TYPE, Request, Signature, Signer, sign},
    transport_error::TransportError,
};
use crate::secret::Secret;
pub(crate) use clock::clocks_agree;
pub use interruptible::Interruption;
pub use proxy::{Exceptions, Proxies, Proxy, ProxyUrl};
pub use retry::Attempts;
pub(super) use retry::{RetryBudget, RetryReason};
pub(super) use route::Route;
pub use trust::{Certificates, PemError, Trust};

use clock::Clock;
use route::is_unknown_issuer;
use sleep::SleepDetector;
use trust::{Agents, MAX_IDLE};

/// How the client reaches services.
#[derive(Clone, Debug)]
pub struct Network {
    /// The authorities whose TLS certificates the client trusts.
    pub trust: Trust,
    /// The proxies.
    pub proxies: Proxies,
    /// The maximum number of attempts per request.
    pub attempts: Attempts,
    /// Called when the client corrects this machine's clock by more than four minutes. The argument
    /// is how far this machine's clock is ahead of AWS's; negative if it is behind.
    pub on_clock_change: fn(time::Duration),
    /// How signals get through while the client waits.
    pub interruption: Interruption,
    /// Called with the host when a call begins; the value is dropped when it ends. Not for probes.
    pub on_call: fn(&str) -> Box<dyn Any>,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            trust: Trust::Default,
            proxies: Proxies::default(),
            attempts: Attempts::DEFAULT,
            on_clock_change: |_| {},
            interruption: Interruption::default(),
            on_call: |_| Box::new(()),
        }
    }
}

/// A client of STS and IAM. Clones share its connections.
#[derive(Clone)]
pub struct Client {
    agents: Arc<Agents>,
    clock: Arc<Clock>,
    sleep: Arc<SleepDetector>,
    proxies: Proxies,
    attempts: Attempts,
    interruption: Interruption,
    pub(super) on_call: fn(&str) -> Box<dyn Any>,
}

/// The outcome of [`Client::probe`].
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// How far this machine's clock is ahead of the service's; negative if it is behind, `None` if
    /// the response has no date.
    pub clock_ahead: Option<time::Duration>,
}

impl Client {
    /// A client; it does not connect yet.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self {
            agents: Arc::new(Agents::new(network.trust, network.interruption)),
            clock: Arc::new(Clock::new(network.on_clock_change)),
            sleep: Arc::new(SleepDetector::new()),
            proxies: network.proxies,
            attempts: network.attempts,
            interruption: network.interruption,
            on_call: network.on_call,
        }
    }

    /// Calls an operation, and retries it if that is safe.
    pub fn call<O: Operation>(
        &self,
        operation: &O,
        endpoint: &Endpoint,
        signer: Signer<'_>,
    ) -> Result<O::Output, Error> {
        let host = endpoint.host();
        if O::IS_REGIONAL && endpoint.is_global() {
            return Err(Error::GlobalEndpoint { host, action: O::ACTION });
        }
        let mut body = QueryBody::new(O::ACTION, O::SERVICE);
        operation.fill(&mut body);
        let body = body.finish();
        let route = self.route(&host, endpoint.url());
        let _call = (self.on_call)(&host);
        let mut budget = self.retry_budget();
        let mut is_signed_again = false;
        loop {
            let ahead = self.clock.ahead();
            let limit = budget.time_left().min(CALL_TIMEOUT);
            let response = self.post::<O>(&body, route, endpoint, signer, limit);
            let pause = response.as_ref().ok().and_then(retry::wanted_pause);
            let error = match response.and_then(|response| self.read::<O>(route, response)) {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            // The response corrected the clock: a new signature may be valid.
            if !is_signed_again && error.may_be_clock_skew() && self.clock.ahead() != ahead {
                is_signed_again = true;
                continue;
            }
            match RetryReason::of(&error, O::SPENDS_A_CODE) {
                Some(reason) if budget.wait(reason, pause) => {}
                _ => return Err(error),
            }
        }
    }

    /// Sends `HEAD` so that the pool holds an open connection, and reads AWS's clock. Any response
    /// is a success, and so is none on an open connection: some services never answer `HEAD`.
    pub fn probe(&self, endpoint: &Endpoint) -> Result<Probe, Error> {
        let host = endpoint.host();
        let route = self.route(&host, endpoint.url());
        let mut budget = self.retry_budget();
        loop {
            let response = self.send(|agent| {
                let request = route.prepare(agent.head(endpoint.url()), CALL_TIMEOUT);
                request.config().timeout_recv_response(Some(PROBE_TIMEOUT)).build().call()
            });
            let error = match response {
                Ok(response) => return Ok(Probe { clock_ahead: clock::ahead(&response) }),
                Err(error) => self.transport_error(route, error),
            };
            let may_retry = !error.is_lasting() && !error.may_have_arrived;
            if may_retry && budget.wait(RetryReason::Failure, None) {
                continue;
            }
            if error.may_have_arrived {
                // The service is there; only this request failed.
                return Ok(Probe { clock_ahead: None });
            }
            return Err(error.into());
        }
    }

    /// The time: this machine's, corrected by AWS's responses.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Corrects the clock by a probe; see [`Network::on_clock_change`].
    pub fn correct_clock(&self, probe: &Probe) {
        self.clock.correct(probe.clock_ahead);
    }

    pub(super) fn retry_budget(&self) -> RetryBudget {
        self.attempts.begin(self.interruption)
    }

    pub(super) fn route<'a>(&'a self, host: &'a str, url: &Uri) -> Route<'a> {
        let max_idle = if self.sleep.has_slept() { Duration::ZERO } else { MAX_IDLE };
        Route { host, proxy: self.proxies.for_url(url), max_idle }
    }

    /// Sends a request. If the issuer of the certificate is unknown, nothing was sent: retries with
    /// the agent that trusts other authorities.
    pub(super) fn send(
        &self,
        mut send: impl FnMut(&Agent) -> Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>, ureq::Error> {
        match send(self.agents.next()) {
            Err(error) if is_unknown_issuer(&error) && self.agents.switch() => {
                send(self.agents.next())
            }
            response => response,
        }
    }

    pub(super) fn transport_error(&self, route: Route<'_>, error: ureq::Error) -> TransportError {
        route.error(error, self.agents.platform_problem())
    }

    fn post<O: Operation>(
        &self,
        body: &Secret,
        route: Route<'_>,
        endpoint: &Endpoint,
        signer: Signer<'_>,
        limit: Duration,
    ) -> Result<Response<Body>, Error> {
        let signature = match signer {
            Signer::Unsigned => None,
            Signer::Key(key, token) => {
                let request = Request {
                    host: route.host,
                    path: endpoint.url().path(),
                    body,
                    token,
                    region: endpoint.signing_region(),
                    service: O::SERVICE.signing_name(),
                };
                Some((sign(&request, key, self.now()), token))
            }
        };
        let mut tracked = TrackedBody { rest: body.expose().as_bytes(), has_begun: false };
        let response = self.send(|agent| {
            let request = agent
                .post(endpoint.url())
                .header(header::CONTENT_TYPE, CONTENT_TYPE)
                .header(header::CONTENT_LENGTH, body.expose().len());
            let request = match &signature {
                Some((signature, token)) => signed(request, signature, *token),
                None => request,
            };
            route.prepare(request, limit).send(SendBody::from_reader(&mut tracked))
        });
        response.map_err(|error| {
            let error = self.transport_error(route, error);
            if tracked.has_begun { error.into() } else { error.before_sending().into() }
        })
    }

    fn read<O: Operation>(
        &self,
        route: Route<'_>,
        mut response: Response<Body>,
    ) -> Result<O::Output, Error> {
        let status = response.status().as_u16();
        let clock_ahead = clock::ahead(&response);
        self.clock.correct(clock_ahead);
        let body = response.body_mut().with_config().limit(LARGEST_BODY).read_to_vec();
        let body = Zeroizing::new(body.map_err(|error| route.error(error, None))?);
        let host = route.host.to_owned();
        let text = std::str::from_utf8(&body).unwrap_or_default();
        match operation::read::<O>(status, text, self.now()) {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => Err(Error::Service { host, error, clock_ahead }),
            Err(reason) => Err(Error::InvalidResponse { host, status, reason }),
        }
    }
}

/// The request with the headers of its signature.
fn signed<B>(
    request: RequestBuilder<B>,
    signature: &Signature,
    token: Option<&Secret>,
) -> RequestBuilder<B> {
    let request = request
        .header("x-amz-date", &signature.date)
        .header(header::AUTHORIZATION, &signature.authorization);
    match token {
        Some(token) => request.header("x-amz-security-token", token.expose()),
        None => request,
    }
}

/// A body that records the first read: until then, no MFA code can be spent.
struct TrackedBody<'a> {
    rest: &'a [u8],
    has_begun: bool,
}

impl io::Read for TrackedBody<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.has_begun = true;
        self.rest.read(buffer)
    }
}

pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// For the response to `HEAD`. A person who has typed the code waits for it.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// In bytes. AWS documents no limit for session tokens; several tokens of 64 KiB fit.
pub(super) const LARGEST_BODY: u64 = 1 << 20;
