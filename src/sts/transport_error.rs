//! Why no response arrives, as data, and whether the request may have arrived all the same.

use std::fmt;

/// Why no response arrives.
#[derive(Debug)]
pub struct TransportError {
    /// The host of the service, with its port unless that is the scheme's default.
    pub(crate) host: String,
    /// The proxy between here and the host.
    pub(crate) proxy: Option<ProxyName>,
    /// What failed.
    pub(crate) kind: TransportErrorKind,
    /// Whether the request may have arrived at the service.
    pub(crate) may_have_arrived: bool,
}

/// What an error says about a proxy: no user and no password.
#[derive(Clone, Debug)]
pub(crate) struct ProxyName {
    /// The host and the port.
    pub(crate) address: String,
    /// The setting that the proxy comes from, such as an environment variable.
    pub(crate) label: &'static str,
    /// Whether the proxy's URL has a user.
    pub(crate) has_user: bool,
}

/// What failed. Where a proxy is used, the connection is made to the proxy.
#[derive(Debug)]
pub(crate) enum TransportErrorKind {
    /// The name has no address; with the text of the system if it has one.
    HostNotFound(Option<String>),
    /// No connection within the time limit.
    ConnectTimeout,
    /// No connection; with the text of the system if it has one.
    ConnectionFailed(Option<String>),
    /// The proxy answers `CONNECT` with this HTTP status.
    ProxyRefused(u16),
    /// The proxy does not answer as a proxy does.
    NotAProxy,
    /// The TLS connection is not safe.
    Tls(TlsProblem),
    /// No response within the time limit.
    Timeout,
    /// The connection breaks off; with the text of the system.
    BrokenOff(String),
    /// The response is not HTTP; with the text of the parser.
    NotHttp(String),
    /// The response is larger than those of AWS.
    TooLarge,
}

/// Why a TLS connection is not safe.
#[derive(Debug)]
pub(crate) enum TlsProblem {
    /// No trusted authority has signed the certificate.
    UnknownIssuer {
        /// Why the certificates of the platform can't be used, if they were needed.
        platform: Option<String>,
    },
    /// The certificate is expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate is of another host.
    WrongName,
    /// Another problem, with the text of the TLS library.
    Other(String),
}

impl TransportError {
    /// An error after which the request has certainly not arrived, or may have arrived, by its
    /// kind.
    pub(super) fn new(host: String, proxy: Option<ProxyName>, kind: TransportErrorKind) -> Self {
        let may_have_arrived = kind.may_follow_the_request();
        Self { host, proxy, kind, may_have_arrived }
    }

    /// The same error of a request that was certainly not sent.
    pub(super) fn before_sending(self) -> Self {
        Self { may_have_arrived: false, ..self }
    }

    /// Whether the same error is certain to come again.
    pub(super) fn is_lasting(&self) -> bool {
        match &self.kind {
            TransportErrorKind::ProxyRefused(status) => (400..500).contains(status),
            TransportErrorKind::Tls(problem) => !matches!(problem, TlsProblem::Other(_)),
            TransportErrorKind::TooLarge => true,
            _ => false,
        }
    }
}

impl TransportErrorKind {
    fn may_follow_the_request(&self) -> bool {
        match self {
            // It may come after the handshake.
            Self::Tls(TlsProblem::Other(_))
            | Self::Timeout
            | Self::BrokenOff(_)
            | Self::NotHttp(_)
            | Self::TooLarge => true,
            Self::HostNotFound(_)
            | Self::ConnectTimeout
            | Self::ConnectionFailed(_)
            | Self::ProxyRefused(_)
            | Self::NotAProxy
            | Self::Tls(_) => false,
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: no response: {:?}", self.host, self.kind)
    }
}

impl std::error::Error for TransportError {}
