//! The authorities whose TLS certificates the client trusts, and the agents that connect. Mozilla's
//! list is built in. The client reads the platform's certificates only if an issuer is not on that
//! list, as with TLS inspection.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ureq::{
    Agent,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
    unversioned::transport::DefaultConnector,
};

use super::{
    interruptible::{InterruptibleConnector, Interruption},
    resolver::{NoResolver, ResolvingConnector},
};

/// The authorities whose TLS certificates the client trusts.
#[derive(Clone, Debug, Default)]
pub enum Trust {
    /// Mozilla's list and the platform's, which `SSL_CERT_FILE` and `SSL_CERT_DIR` replace as for
    /// OpenSSL.
    #[default]
    Default,
    /// Only these.
    Only(Certificates),
}

/// At least one certificate of an authority.
#[derive(Clone, Debug)]
pub struct Certificates(Arc<Vec<Certificate<'static>>>);

impl Certificates {
    /// The certificates in a PEM file; ignores other items.
    pub fn from_pem(pem: &[u8]) -> Result<Self, PemError> {
        let mut certificates = Vec::new();
        for item in parse_pem(pem) {
            match item {
                Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
                Ok(_) => {}
                Err(_) => return Err(PemError::NotPem),
            }
        }
        if certificates.is_empty() {
            return Err(PemError::NoCertificate);
        }
        Ok(Self(Arc::new(certificates)))
    }
}

/// Why a file has no certificates to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PemError {
    /// An item is malformed.
    NotPem,
    /// No item is a certificate.
    NoCertificate,
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotPem => "not PEM",
            Self::NoCertificate => "no certificate",
        })
    }
}

impl std::error::Error for PemError {}

/// Agents with different trusted authorities; each keeps its own connections.
pub(super) struct Agents {
    first: Agent,
    /// The agent that trusts the platform, or why it is not available; empty until needed.
    platform: OnceLock<Result<Agent, String>>,
    may_use_platform: bool,
    interruption: Interruption,
    is_platform_next: AtomicBool,
}

impl Agents {
    pub(super) fn new(trust: Trust, interruption: Interruption) -> Self {
        let (roots, may_use_platform) = match trust {
            Trust::Default => (RootCerts::WebPki, true),
            Trust::Only(Certificates(all)) => (RootCerts::Specific(all), false),
        };
        Self {
            first: agent(roots, interruption),
            platform: OnceLock::new(),
            may_use_platform,
            interruption,
            is_platform_next: AtomicBool::new(false),
        }
    }

    pub(super) fn next(&self) -> &Agent {
        match self.platform.get() {
            Some(Ok(agent)) if self.is_platform_next.load(Ordering::SeqCst) => agent,
            _ => &self.first,
        }
    }

    /// Switches to the other agent; `false` if there is none.
    pub(super) fn switch(&self) -> bool {
        if !self.may_use_platform {
            return false;
        }
        let agent =
            self.platform.get_or_init(|| platform().map(|roots| agent(roots, self.interruption)));
        self.is_platform_next.fetch_xor(true, Ordering::SeqCst);
        agent.is_ok()
    }

    /// Why the platform's certificates cannot be used, if they were needed.
    pub(super) fn platform_problem(&self) -> Option<&str> {
        self.platform.get()?.as_ref().err().map(String::as_str)
    }
}

fn platform() -> Result<RootCerts, String> {
    let found = rustls_native_certs::load_native_certs();
    let certificates = found.certs.iter().map(|der| Certificate::from_der(der).to_owned());
    let certificates: Vec<_> = certificates.collect();
    match found.errors.first() {
        _ if !certificates.is_empty() => Ok(RootCerts::Specific(Arc::new(certificates))),
        Some(error) => Err(format!("cannot read the platform's certificates: {error}")),
        None => Err("the platform has no certificates".to_owned()),
    }
}

fn agent(roots: RootCerts, interruption: Interruption) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent(concat!("mfa-session/", env!("CARGO_PKG_VERSION")))
        .accept("")
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .max_idle_age(MAX_IDLE)
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        // ureq must find the end of the headers in the buffer.
        .max_response_header_size(BUFFER - 1)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .build();
    let connector = InterruptibleConnector { inner: DefaultConnector::default(), interruption };
    Agent::with_parts(config, ResolvingConnector(connector), NoResolver)
}

/// For looking up the host and connecting to it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// In bytes, for each direction, with TLS twice. AWS's headers have some hundred bytes; ureq's
/// default, 128 KiB, costs a tenth of a run, as it is cleared.
pub(super) const BUFFER: usize = 16 << 10;

/// An idle connection may be dead without a notice: a NAT dropped it, or the network changed. A
/// request on it would get no response.
pub(super) const MAX_IDLE: Duration = Duration::from_secs(10);
