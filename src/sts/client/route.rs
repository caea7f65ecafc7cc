//! The route to a service, direct or through a proxy, and the errors of ureq and rustls.

use std::{io, time::Duration};

use ureq::{
    RequestBuilder, Timeout,
    http::{Uri, header},
};

use super::{proxy::Proxy, trust::BUFFER};
use crate::sts::transport_error::{ProxyName, TlsProblem, TransportError, TransportErrorKind};

/// The host of a request, the proxy, and which open connections may be used.
#[derive(Clone, Copy)]
pub(in crate::sts) struct Route<'a> {
    pub(in crate::sts) host: &'a str,
    pub(in crate::sts) proxy: Option<&'a Proxy>,
    /// How long an open connection may have been idle.
    pub(in crate::sts) max_idle: Duration,
}

impl Route<'_> {
    /// The request with the `Host` header, the proxy and the time limits.
    pub(in crate::sts) fn prepare<B>(
        self,
        request: RequestBuilder<B>,
        limit: Duration,
    ) -> RequestBuilder<B> {
        let request = request.header(header::HOST, self.host);
        let output = BUFFER.max(longest_line(&request));
        let config = request.config().timeout_global(Some(limit)).output_buffer_size(output);
        let config = config.max_idle_age(self.max_idle);
        config.proxy(self.proxy.map(|proxy| proxy.url.for_ureq())).build()
    }

    /// The error as data. `platform_problem` is why the platform's certificates cannot be used, if
    /// they were needed.
    pub(super) fn error(
        self,
        error: ureq::Error,
        platform_problem: Option<&str>,
    ) -> TransportError {
        let proxy = self.proxy.map(|proxy| ProxyName {
            address: proxy.url.to_string(),
            label: proxy.label,
            has_user: proxy.url.has_user(),
        });
        TransportError::new(self.host.to_owned(), proxy, kind(error, platform_problem))
    }
}

/// The longest part of a request that ureq writes at once, in bytes: a header, such as a session
/// token, or the query.
fn longest_line<B>(request: &RequestBuilder<B>) -> usize {
    let headers = request.headers_ref().into_iter().flatten();
    let headers = headers.map(|(name, value)| name.as_str().len() + value.len());
    let query = request.uri_ref().and_then(Uri::path_and_query).map_or(0, |it| it.as_str().len());
    headers.chain([query]).max().unwrap_or_default() + "GET  HTTP/1.1\r\n\r\n".len()
}

/// Whether no trusted authority signed the certificate.
pub(super) fn is_unknown_issuer(error: &ureq::Error) -> bool {
    matches!(error, ureq::Error::Io(_) | ureq::Error::Rustls(_))
        && error.to_string().contains("UnknownIssuer")
}

fn kind(error: ureq::Error, platform_problem: Option<&str>) -> TransportErrorKind {
    use TransportErrorKind as Kind;
    match error {
        ureq::Error::HostNotFound => Kind::HostNotFound(None),
        ureq::Error::Io(error) if is_lookup(&error) => Kind::HostNotFound(Some(error.to_string())),
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => Kind::ConnectTimeout,
        ureq::Error::ConnectionFailed => Kind::ConnectionFailed(None),
        ureq::Error::ConnectProxyFailed(answer) => proxy_kind(&answer),
        ureq::Error::Timeout(_) => Kind::Timeout,
        ureq::Error::Io(error) => io_kind(&error, platform_problem),
        ureq::Error::Rustls(error) => tls_kind(&error.to_string(), platform_problem),
        ureq::Error::Tls(error) => tls_kind(error, platform_problem),
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => Kind::TooLarge,
        ureq::Error::Protocol(error) if error.to_string().contains("too many headers") => {
            Kind::TooLarge
        }
        error => Kind::NotHttp(error.to_string()),
    }
}

fn io_kind(error: &io::Error, platform_problem: Option<&str>) -> TransportErrorKind {
    use io::ErrorKind::{
        AddrNotAvailable, ConnectionRefused, HostUnreachable, InvalidData, NetworkDown,
        NetworkUnreachable,
    };
    match error.kind() {
        // The kind of rustls's errors.
        InvalidData => tls_kind(&error.to_string(), platform_problem),
        ConnectionRefused | HostUnreachable | NetworkUnreachable | NetworkDown
        | AddrNotAvailable => TransportErrorKind::ConnectionFailed(Some(error.to_string())),
        _ => TransportErrorKind::BrokenOff(error.to_string()),
    }
}

/// Recognizes common problems: the texts of rustls have confusing details, such as Unix times.
fn tls_kind(error: &str, platform_problem: Option<&str>) -> TransportErrorKind {
    let has = |parts: [&str; 2]| parts.iter().any(|part| error.contains(part));
    TransportErrorKind::Tls(if error.contains("UnknownIssuer") {
        TlsProblem::UnknownIssuer { platform: platform_problem.map(ToOwned::to_owned) }
    } else if has(["expired", "Expired"]) {
        TlsProblem::Expired
    } else if has(["not valid yet", "NotValidYet"]) {
        TlsProblem::NotYetValid
    } else if has(["not valid for name", "NotValidForName"]) {
        TlsProblem::WrongName
    } else {
        TlsProblem::Other(error.to_owned())
    })
}

/// ureq's text is `proxy server responded 407/407`, or has no status.
fn proxy_kind(answer: &str) -> TransportErrorKind {
    let status = answer.rsplit(['/', ' ']).next().unwrap_or_default();
    status.parse().map_or(TransportErrorKind::NotAProxy, TransportErrorKind::ProxyRefused)
}

/// Whether a host name could not be resolved: std has a text for it, but no kind; Windows has these
/// numbers (`WSAHOST_NOT_FOUND` to `WSANO_DATA`).
fn is_lookup(error: &io::Error) -> bool {
    let is_of_windows = matches!(error.raw_os_error(), Some(11_001..=11_004));
    is_of_windows || error.to_string().starts_with("failed to lookup address information")
}
