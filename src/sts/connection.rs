//! The way to a service: TLS, time limits, sizes. One request, one answer; nothing is sent twice
//! and no redirect is followed.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use time::{PrimitiveDateTime, macros::format_description};
use ureq::{
    Agent, Body,
    http::{HeaderValue, Response, header},
    tls::{PemItem, RootCerts, TlsConfig, parse_pem},
};
use zeroize::Zeroizing;

use super::{
    Endpoint, Error, Form, Operation,
    error::Unreached,
    response,
    sign::{CONTENT_TYPE, Request, sign},
};
use crate::{
    credentials::AccessKey,
    environment,
    failure::{Failure, Unfit},
    origin::Given,
};

/// Whose certificates are believed.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Mozilla's list, built in.
    Mozilla,
    /// Those in a PEM file, and no others.
    Bundle(Given<PathBuf>),
}

/// Connections to services, kept for the next request.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
}

impl Client {
    /// Prepares to connect: reads the certificates to trust, if they are in a file.
    pub fn new(trust: &Trust) -> Result<Self, Failure> {
        let roots = match trust {
            Trust::Mozilla => RootCerts::WebPki,
            Trust::Bundle(file) => bundle(file)?,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("mfa-session/", env!("CARGO_PKG_VERSION")))
            .accept("")
            .timeout_resolve(Some(CONNECT_TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(CALL_TIMEOUT))
            .max_idle_age(IDLE_AGE)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    /// Asks the service to do something, once.
    pub fn call<O: Operation>(
        &self,
        operation: &O,
        endpoint: &Endpoint,
        key: &AccessKey,
    ) -> Result<O::Output, Error> {
        let mut form = Form::new(O::ACTION, O::SERVICE);
        operation.fill(&mut form);
        let form = form.finish();
        let host = endpoint.host();
        let request = Request {
            host: &host,
            path: endpoint.url().path(),
            body: &form,
            token: None,
            region: endpoint.signing_region(),
            service: O::SERVICE.signing_name(),
        };
        let signature = sign(&request, key, environment::now());
        let response = self
            .agent
            .post(endpoint.url())
            .header(header::HOST, &host)
            .header(header::CONTENT_TYPE, CONTENT_TYPE)
            .header("x-amz-date", signature.date)
            .header(header::AUTHORIZATION, signature.authorization)
            .send(form.expose())
            .map_err(|error| Unreached::new(&host, error))?;
        read::<O>(&host, response)
    }

    /// Connects in the background, so that the next request takes one round trip.
    #[must_use]
    pub fn warm_up(&self, endpoint: &Endpoint) -> WarmUp {
        let (sender, thread) = mpsc::sync_channel(1);
        let (client, endpoint) = (self.clone(), endpoint.clone());
        // It ends by its time limits, or with the process.
        thread::spawn(move || sender.send(client.reach(&endpoint)));
        WarmUp { thread, outcome: None }
    }

    /// A request that means nothing, to leave an open connection behind.
    fn reach(&self, endpoint: &Endpoint) -> Result<Reached, Error> {
        let host = endpoint.host();
        let request = self.agent.head(endpoint.url()).header(header::HOST, &host);
        match request.config().timeout_global(Some(PROBE_TIMEOUT)).build().call() {
            Ok(response) => Ok(Reached { clock_ahead: clock_ahead(&response) }),
            Err(error) => match Unreached::new(&host, error).of_probe() {
                Some(unreached) => Err(unreached.into()),
                None => Ok(Reached { clock_ahead: None }),
            },
        }
    }
}

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
    /// What came of it, if that is known by now.
    pub fn outcome(&mut self) -> Option<&Result<Reached, Error>> {
        if self.outcome.is_none() {
            self.outcome = self.thread.try_recv().ok();
        }
        self.outcome.as_ref()
    }

    /// Waits until it is known.
    pub fn wait(&mut self) {
        if self.outcome.is_none() {
            self.outcome = self.thread.recv().ok();
        }
    }
}

fn read<O: Operation>(host: &str, mut response: Response<Body>) -> Result<O::Output, Error> {
    let status = response.status().as_u16();
    let clock_ahead = clock_ahead(&response);
    let body = response.body_mut().with_config().limit(LARGEST_BODY).read_to_vec();
    let body = Zeroizing::new(body.map_err(|error| Unreached::new(host, error))?);
    let nonsense = |why| Error::Nonsense { host: host.to_owned(), status, why };
    let text = std::str::from_utf8(&body).unwrap_or_default();
    match response::read(status, text, O::ACTION, O::output) {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(refusal)) => Err(Error::Refused { host: host.to_owned(), refusal, clock_ahead }),
        Err(why) => Err(nonsense(why)),
    }
}

/// By the `Date` header (RFC 9110, section 5.6.7), to the second.
fn clock_ahead(response: &Response<Body>) -> Option<time::Duration> {
    let date: &HeaderValue = response.headers().get(header::DATE)?;
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = PrimitiveDateTime::parse(date.to_str().ok()?, format).ok()?;
    Some(environment::now() - date.assume_utc())
}

fn bundle(file: &Given<PathBuf>) -> Result<RootCerts, Failure> {
    let path = file.value.display();
    let unfit = |problem: String| {
        let hint = "give a PEM file with one certificate or more to trust";
        file.origin.refuse(Unfit::new(problem, hint))
    };
    let pem =
        fs::read(&file.value).map_err(|error| unfit(format!("cannot read {path}: {error}")))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(unfit(format!("{path} is not a PEM file"))),
        }
    }
    if certificates.is_empty() {
        return Err(unfit(format!("{path} holds no certificate")));
    }
    Ok(RootCerts::Specific(Arc::new(certificates)))
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// The time that a person may take to type the code without the connection being thrown away.
/// Where the server closed it meanwhile, that is noticed and a new one is made.
const IDLE_AGE: Duration = Duration::from_secs(120);

/// In bytes. A session token of 64 KiB fits several times; AWS says no limit for it.
const LARGEST_BODY: u64 = 1 << 20;
