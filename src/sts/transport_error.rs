//! Why no response arrived, as data, and whether the request may have arrived.

use std::fmt;

/// Why no response arrived.
#[derive(Debug)]
pub struct TransportError {
    /// The host of the service, with its port unless that is the scheme's default.
    pub(crate) host: String,
    /// The proxy, if one is used.
    pub(crate) proxy: Option<ProxyName>,
    /// The failure.
    pub(crate) kind: TransportErrorKind,
    /// Whether the service may have received the request.
    pub(crate) may_have_arrived: bool,
}

/// A proxy in an error, without user and password.
#[derive(Clone, Debug)]
pub(crate) struct ProxyName {
    /// The host and the port.
    pub(crate) address: String,
    /// The origin of the proxy, such as an environment variable.
    pub(crate) label: &'static str,
    /// Whether the proxy's URL has a user.
    pub(crate) has_user: bool,
}

/// A failure. With a proxy, connection failures are those to the proxy.
#[derive(Debug)]
pub(crate) enum TransportErrorKind {
    /// The name has no address; with the system's text, if any.
    HostNotFound(Option<String>),
    /// No connection within the time limit.
    ConnectTimeout,
    /// No connection; with the system's text, if any.
    ConnectionFailed(Option<String>),
    /// The proxy responds to `CONNECT` with this HTTP status.
    ProxyRefused(u16),
    /// The response is not that of a proxy.
    NotAProxy,
    /// The TLS connection failed.
    Tls(TlsProblem),
    /// No response within the time limit.
    Timeout,
    /// The connection was closed; with the system's text.
    BrokenOff(String),
    /// The response is not HTTP; with the parser's text.
    NotHttp(String),
    /// The response is too large.
    TooLarge,
}

/// Why a TLS connection failed.
#[derive(Debug)]
pub(crate) enum TlsProblem {
    /// No trusted authority signed the certificate.
    UnknownIssuer {
        /// Why the platform's certificates cannot be used, if they were needed.
        platform: Option<String>,
    },
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate is for another host.
    WrongName,
    /// Another problem; with the TLS library's text.
    Other(String),
}

impl TransportError {
    pub(super) fn new(host: String, proxy: Option<ProxyName>, kind: TransportErrorKind) -> Self {
        let may_have_arrived = kind.may_follow_the_request();
        Self { host, proxy, kind, may_have_arrived }
    }

    /// The same error, before the request was sent.
    pub(super) fn before_sending(self) -> Self {
        Self { may_have_arrived: false, ..self }
    }

    /// Whether a retry certainly fails.
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
            // It may occur after the handshake.
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
