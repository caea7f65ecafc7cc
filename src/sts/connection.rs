//! The way to a service: TLS, time limits, sizes, and what is done where it fails. No redirect is
//! followed, and a code is never sent twice.

mod clock;
mod id_token;
mod proxy;
mod retry;
mod trust;
mod warm_up;

use std::{io, sync::Arc, time::Duration};

use time::OffsetDateTime;
use ureq::{
    Agent, Body, RequestBuilder, SendBody,
    http::{Response, Uri, header},
    tls::{RootCerts, TlsConfig},
};
use zeroize::Zeroizing;

use super::{
    Caller, Endpoint, Error, Operation, QueryBody, Signer, TransportError, response,
    sign::{CONTENT_TYPE, Request, Signature, sign},
    transport_error::{Route, is_of_issuer},
};
use crate::{failure::Failure, secret::Secret};
pub use id_token::IdTokenUrl;
pub use proxy::{Exceptions, Proxies, ProxyUrl};
pub use retry::Attempts;
pub use trust::Trust;
pub use warm_up::{Reached, WarmUp};
pub(super) use {clock::agree, retry::RetryReason};

use clock::Clock;
use trust::Agents;

/// What is needed to reach a service.
#[derive(Clone, Debug)]
pub struct Network {
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Through whom services are asked.
    pub proxies: Proxies,
    /// How often, at most.
    pub attempts: Attempts,
}

/// Connections to services, kept for the next request.
#[derive(Clone)]
pub struct Client {
    agents: Arc<Agents>,
    clock: Arc<Clock>,
    proxies: Proxies,
    attempts: Attempts,
}

impl Client {
    /// Prepares to connect: reads the certificates to trust, if they are in a file.
    pub fn new(network: &Network) -> Result<Self, Failure> {
        Ok(Self {
            agents: Arc::new(Agents::new(&network.trust)?),
            clock: Arc::default(),
            proxies: network.proxies.clone(),
            attempts: network.attempts,
        })
    }

    /// Asks the service to do something: once, or until it answers where that can do no harm.
    pub fn call<O: Operation>(
        &self,
        operation: &O,
        endpoint: &Endpoint,
        signer: Signer<'_>,
    ) -> Result<O::Output, Error> {
        let mut form = QueryBody::new(O::ACTION, O::SERVICE);
        operation.fill(&mut form);
        let form = form.finish();
        let host = endpoint.host();
        let way = self.way(&host, endpoint.url());
        let mut budget = self.attempts.begin();
        let mut is_signed_anew = false;
        loop {
            let ahead = self.clock.ahead();
            let limit = budget.time_left().min(CALL_TIMEOUT);
            let answer = self.post::<O>(&form, way, endpoint, signer, limit);
            let told_pause = answer.as_ref().ok().and_then(retry::told_pause);
            let error = match answer.and_then(|response| self.read::<O>(way, response)) {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            if !is_signed_anew && error.may_be_the_clock() && self.clock.ahead() != ahead {
                is_signed_anew = true;
                continue;
            }
            match error.passing::<O>() {
                Some(why) if budget.waits(why, told_pause) => {}
                _ => return Err(error),
            }
        }
    }

    /// The same for who has nothing to do about an error but to tell it, in the words of who asked.
    pub fn call_as<O: Operation>(
        &self,
        asked: Caller<'_>,
        operation: &O,
        endpoint: &Endpoint,
        signer: Signer<'_>,
    ) -> Result<O::Output, Failure> {
        self.call(operation, endpoint, signer).map_err(|error| error.explain(asked))
    }

    /// The time by AWS's clock, as far as its answers told it; else by this machine's.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Takes what the probe told about the clock, and says so where it matters.
    pub fn correct_clock(&self, reached: Reached) {
        self.clock.correct(reached.clock_ahead);
    }

    fn post<O: Operation>(
        &self,
        form: &Secret,
        way: Route<'_>,
        endpoint: &Endpoint,
        signer: Signer<'_>,
        limit: Duration,
    ) -> Result<Response<Body>, Error> {
        let signature = match signer {
            Signer::Nobody => None,
            Signer::Key(key, token) => {
                let request = Request {
                    host: way.host,
                    path: endpoint.url().path(),
                    body: form,
                    token,
                    region: endpoint.signing_region(),
                    service: O::SERVICE.signing_name(),
                };
                Some((sign(&request, key, self.now()), token))
            }
        };
        let mut body = TrackedBody { rest: form.expose().as_bytes(), has_begun: false };
        let answer = self.ask(|agent| {
            let request = agent
                .post(endpoint.url())
                .header(header::CONTENT_TYPE, CONTENT_TYPE)
                .header(header::CONTENT_LENGTH, form.expose().len());
            let request = match &signature {
                Some((signature, token)) => signed(request, signature, *token),
                None => request,
            };
            on(way, limit, request).send(SendBody::from_reader(&mut body))
        });
        answer.map_err(|error| {
            let unreached = self.unreached(way, error);
            if body.has_begun { unreached.into() } else { unreached.before_sending().into() }
        })
    }

    fn read<O: Operation>(
        &self,
        way: Route<'_>,
        mut response: Response<Body>,
    ) -> Result<O::Output, Error> {
        let status = response.status().as_u16();
        let clock_ahead = clock::ahead(&response);
        self.clock.correct(clock_ahead);
        let body = response.body_mut().with_config().limit(LARGEST_BODY).read_to_vec();
        let body = Zeroizing::new(body.map_err(|error| TransportError::new(way, error))?);
        let host = way.host.to_owned();
        let text = std::str::from_utf8(&body).unwrap_or_default();
        match response::read::<O>(status, text, self.now()) {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(refusal)) => Err(Error::Service { host, refusal, clock_ahead }),
            Err(why) => Err(Error::InvalidResponse { host, status, why }),
        }
    }

    /// Connects in the background, so that the next request takes one round trip.
    #[must_use]
    pub fn warm_up(&self, endpoint: &Endpoint) -> WarmUp {
        let (client, endpoint) = (self.clone(), endpoint.clone());
        WarmUp::begin(move || client.reach(&endpoint))
    }

    /// A request that means nothing, to leave an open connection behind.
    fn reach(&self, endpoint: &Endpoint) -> Result<Reached, Error> {
        let host = endpoint.host();
        let way = self.way(&host, endpoint.url());
        let mut budget = self.attempts.begin();
        loop {
            let answer = self.ask(|agent| {
                let request = agent.head(endpoint.url());
                on(way, PROBE_TIMEOUT, request).call()
            });
            let unreached = match answer {
                Ok(response) => return Ok(Reached { clock_ahead: clock::ahead(&response) }),
                Err(error) => self.unreached(way, error),
            };
            let may_pass = unreached.may_pass() && !unreached.may_have_arrived();
            if !(may_pass && budget.waits(RetryReason::Failure, None)) {
                let unreached = unreached.of_probe();
                return unreached.map_or(Ok(Reached { clock_ahead: None }), |it| Err(it.into()));
            }
        }
    }

    /// Asks those who are believed; where an issuer is unknown, those who believe others. Nothing
    /// has been sent then.
    fn ask(
        &self,
        mut ask: impl FnMut(&Agent) -> Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>, ureq::Error> {
        match ask(self.agents.next()) {
            Err(error) if is_of_issuer(&error) && self.agents.turn() => ask(self.agents.next()),
            answer => answer,
        }
    }

    fn way<'a>(&'a self, host: &'a str, url: &Uri) -> Route<'a> {
        Route { host, proxy: self.proxies.on_the_way_to(url) }
    }

    fn unreached(&self, way: Route<'_>, error: ureq::Error) -> TransportError {
        let reason = if is_of_issuer(&error) { self.agents.complaint() } else { None };
        TransportError::new(way, error).because(reason)
    }
}

/// The request with what is particular to this way.
fn on<B>(way: Route<'_>, limit: Duration, request: RequestBuilder<B>) -> RequestBuilder<B> {
    let config = request.header(header::HOST, way.host).config().timeout_global(Some(limit));
    config.proxy(way.proxy.map(|proxy| proxy.value.for_ureq())).build()
}

/// The request with what proves who asks.
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

/// Who asks, and believes nobody but these.
fn agent(roots: RootCerts) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent(concat!("mfa-session/", env!("CARGO_PKG_VERSION")))
        .accept("")
        .timeout_resolve(Some(CONNECT_TIMEOUT))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .max_idle_age(IDLE_AGE)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .build();
    config.new_agent()
}

/// A form that is read when there is a connection to send it on: as long as it has not begun to
/// leave, no code is at risk.
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

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// The time that a person may take to type the code without the connection being thrown away.
/// Where the server closed it meanwhile, that is noticed and a new one is made.
const IDLE_AGE: Duration = Duration::from_secs(120);

/// In bytes. A session token of 64 KiB fits several times; AWS says no limit for it.
const LARGEST_BODY: u64 = 1 << 20;
