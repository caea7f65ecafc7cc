//! A service that did not answer: why, as far as ureq and rustls tell, and whether the question may
//! have arrived all the same.

use std::io;

use ureq::Timeout;

use super::{Caller, Error, connection::ProxyUrl};
use crate::{
    failure::{Failure, Status},
    origin::Sourced,
};

/// A service that did not answer.
#[derive(Debug)]
pub struct TransportError {
    what: String,
    hint: String,
    sent: Sent,
    is_lasting: bool,
}

/// How far a request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    /// It did not leave.
    No,
    /// It may have arrived; the other side broke off.
    Perhaps,
    /// It may have arrived; there was no answer in time.
    PerhapsAndWaited,
}

/// Who is asked, and through whom.
#[derive(Clone, Copy)]
pub(super) struct Route<'a> {
    pub(super) host: &'a str,
    pub(super) proxy: Option<&'a Sourced<ProxyUrl>>,
}

impl Route<'_> {
    /// Whoever it is that a connection is made to.
    fn next(self) -> String {
        match self.proxy {
            Some(Sourced { value, origin }) => format!("the proxy {value} ({origin})"),
            None => self.host.to_owned(),
        }
    }

    fn unconnected(self, problem: impl AsRef<str>) -> TransportError {
        let hint = match self.proxy {
            Some(proxy) => {
                format!("is {} right? Hosts that need no proxy stand in NO_PROXY", proxy.origin)
            }
            None => NETWORK.to_owned(),
        };
        let what = format!("{} {}", self.next(), problem.as_ref());
        TransportError { what, hint, sent: Sent::No, is_lasting: false }
    }

    fn too_much(self) -> TransportError {
        let unreached =
            self.perhaps("answers with more than STS ever does", "is the endpoint right?");
        TransportError { is_lasting: true, ..unreached }
    }

    fn perhaps(self, problem: impl AsRef<str>, hint: &str) -> TransportError {
        let what = format!("{} {}", self.host, problem.as_ref());
        TransportError { what, hint: hint.to_owned(), sent: Sent::Perhaps, is_lasting: false }
    }
}

impl TransportError {
    pub(super) fn new(way: Route<'_>, error: ureq::Error) -> Self {
        match error {
            ureq::Error::HostNotFound => way.unconnected("can't be found"),
            ureq::Error::Io(error) if is_of_lookup(&error) => {
                way.unconnected(format!("can't be found: {error}"))
            }
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                way.unconnected("can't be reached: no connection in 5 s")
            }
            ureq::Error::ConnectionFailed => way.unconnected("can't be reached"),
            ureq::Error::ConnectProxyFailed(answer) => Self::from_proxy(way, &answer),
            ureq::Error::Timeout(_) => {
                let sent = Sent::PerhapsAndWaited;
                Self { sent, ..way.perhaps("did not answer in time", LATER) }
            }
            ureq::Error::Io(error) => Self::from_io(way, &error),
            ureq::Error::Rustls(error) => Self::from_tls(way, &error.to_string()),
            ureq::Error::Tls(error) => Self::from_tls(way, error),
            ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => {
                way.too_much()
            }
            ureq::Error::Protocol(error) if error.to_string().contains("too many headers") => {
                way.too_much()
            }
            error => way.perhaps(format!("does not speak HTTP as AWS does: {error}"), ANOTHER),
        }
    }

    fn from_io(way: Route<'_>, error: &io::Error) -> Self {
        use io::ErrorKind::{
            AddrNotAvailable, ConnectionRefused, HostUnreachable, InvalidData, NetworkDown,
            NetworkUnreachable,
        };
        match error.kind() {
            // rustls's errors come as these.
            InvalidData => Self::from_tls(way, &error.to_string()),
            ConnectionRefused | HostUnreachable | NetworkUnreachable | NetworkDown
            | AddrNotAvailable => way.unconnected(format!("can't be reached: {error}")),
            _ => way.perhaps(format!("broke off the connection: {error}"), LATER),
        }
    }

    /// The text of rustls tells more than a person can use, such as the seconds since 1970.
    fn from_tls(way: Route<'_>, error: &str) -> Self {
        let (problem, hint) = match error {
            _ if error.contains("UnknownIssuer") => (
                "nobody who is trusted here has signed its certificate",
                "if TLS is inspected here, name the inspector's CA: --ca-bundle FILE, \
                 AWS_CA_BUNDLE",
            ),
            _ if error.contains("expired") || error.contains("Expired") => {
                ("its certificate is out of date", "is this machine's clock right?")
            }
            _ if error.contains("not valid yet") || error.contains("NotValidYet") => {
                ("its certificate is not good yet", "is this machine's clock right?")
            }
            _ if error.contains("not valid for name") || error.contains("NotValidForName") => {
                ("its certificate is another host's", ANOTHER)
            }
            // It may have come after the question was sent.
            _ => {
                let what = format!("the TLS connection to {} is not safe: {error}", way.host);
                return Self { what, ..way.perhaps("", ANOTHER) };
            }
        };
        let what = format!("the TLS connection to {} is not safe: {problem}", way.host);
        Self { what, hint: hint.to_owned(), sent: Sent::No, is_lasting: true }
    }

    /// The answer is ureq's: `proxy server responded 407/407`, or that there was none.
    fn from_proxy(way: Route<'_>, answer: &str) -> Self {
        let status = answer.rsplit(['/', ' ']).next().unwrap_or_default();
        let names_user = way.proxy.is_some_and(|proxy| proxy.value.names_user());
        let (problem, hint) = match status {
            "401" | "407" if names_user => ("refuses its user and password".to_owned(), USER),
            "401" | "407" => ("wants a user and a password".to_owned(), USER),
            "403" => (format!("does not let through to {}", way.host), RULES),
            _ if status.parse::<u16>().is_ok() => (format!("can't reach {}", way.host), RULES),
            _ => return way.unconnected("does not answer as a proxy"),
        };
        let what = format!("{problem} (HTTP {status})");
        let is_lasting = status.starts_with('4');
        Self { hint: hint.to_owned(), is_lasting, ..way.unconnected(what) }
    }

    /// The same, where it is certain that the question did not leave.
    pub(super) fn before_sending(self) -> Self {
        Self { sent: Sent::No, ..self }
    }

    /// The same, with one reason more.
    pub(super) fn because(self, reason: Option<&str>) -> Self {
        match reason {
            Some(reason) => Self { what: format!("{}; {reason}", self.what), ..self },
            None => self,
        }
    }

    /// For a request without a code in it; `None` where the service was there after all, and only
    /// disliked the question.
    pub(super) fn of_probe(self) -> Option<Self> {
        (self.sent != Sent::Perhaps).then(|| self.before_sending())
    }

    /// Whether the question may have arrived.
    pub(super) fn may_have_arrived(&self) -> bool {
        self.sent != Sent::No
    }

    /// Whether it may be otherwise the next time.
    pub(super) fn may_pass(&self) -> bool {
        !self.is_lasting
    }

    pub(super) fn explain(&self, asked: Caller<'_>) -> Failure {
        let failure = Failure::new(Status::Unreached, self.what.clone()).hint(self.hint.as_str());
        if self.may_have_arrived() { asked.may_have_spent_its_code(failure) } else { failure }
    }
}

impl From<TransportError> for Error {
    fn from(unreached: TransportError) -> Self {
        Self::Transport(unreached)
    }
}

/// Whether nobody who is believed has signed the certificate.
pub(super) fn is_of_issuer(error: &ureq::Error) -> bool {
    matches!(error, ureq::Error::Io(_) | ureq::Error::Rustls(_))
        && error.to_string().contains("UnknownIssuer")
}

/// std has no kind for it; the text is its own, on Windows the system's with one of these numbers
/// (`WSAHOST_NOT_FOUND` to `WSANO_DATA`).
fn is_of_lookup(error: &io::Error) -> bool {
    let is_of_windows = cfg!(windows) && matches!(error.raw_os_error(), Some(11_001..=11_004));
    is_of_windows || error.to_string().starts_with("failed to lookup address information")
}

const NETWORK: &str = "is the network up, and the endpoint right?";
pub(super) const ANOTHER: &str =
    "look for a proxy or a login page between here and AWS, and at the endpoint";
const LATER: &str = "try again in a moment";
const USER: &str = "write them as http://USER:PASSWORD@HOST:PORT, with %XX for characters other \
                    than letters and digits";
const RULES: &str = "ask who runs it, or name the host in NO_PROXY if it needs no proxy";
