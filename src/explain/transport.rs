//! The words for a service that does not answer.

use crate::{
    failure::{Failure, Status},
    sts::{ProxyName, TlsProblem, TransportError, TransportErrorKind as Kind},
};

/// The hint for errors that may not come again.
pub(super) const LATER: &str = "try again in a moment";

/// The hint for answers that are not AWS's.
pub(super) const NOT_AWS: &str =
    "look for a proxy or a login page between here and AWS, and at the endpoint";

/// The failure for a request without a response, without a word about an MFA code that may be
/// spent.
pub(super) fn explain(error: &TransportError) -> Failure {
    let host = &error.host;
    let (what, hint) = match &error.kind {
        Kind::HostNotFound(detail) => unconnected(error, "can't be found", detail.as_deref()),
        Kind::ConnectTimeout => {
            unconnected(error, "can't be reached", Some("no connection in 5 s"))
        }
        Kind::ConnectionFailed(detail) => unconnected(error, "can't be reached", detail.as_deref()),
        Kind::NotAProxy => unconnected(error, "does not answer as a proxy", None),
        Kind::ProxyRefused(status) => proxy_refused(error, *status),
        Kind::Tls(problem) => {
            let (problem, hint) = tls(problem);
            (format!("the TLS connection to {host} is not safe: {problem}"), hint.to_owned())
        }
        Kind::Timeout => (format!("{host} did not answer in time"), LATER.to_owned()),
        Kind::BrokenOff(detail) => {
            (format!("{host} broke off the connection: {detail}"), LATER.to_owned())
        }
        Kind::NotHttp(detail) => {
            (format!("{host} does not speak HTTP as AWS does: {detail}"), NOT_AWS.to_owned())
        }
        Kind::TooLarge => (
            format!("{host} answers with more than STS ever does"),
            "is the endpoint right?".to_owned(),
        ),
    };
    Failure::new(Status::Unreached, what).hint(hint)
}

/// The connection is made to the proxy, if one is used.
fn next_host(error: &TransportError) -> String {
    match &error.proxy {
        Some(ProxyName { address, label, .. }) => format!("the proxy {address} ({label})"),
        None => error.host.clone(),
    }
}

fn unconnected(error: &TransportError, problem: &str, detail: Option<&str>) -> (String, String) {
    let detail = detail.map_or(String::new(), |detail| format!(": {detail}"));
    let hint = match &error.proxy {
        Some(ProxyName { label, .. }) => {
            format!("is {label} right? Hosts that need no proxy stand in NO_PROXY")
        }
        None => "is the network up, and the endpoint right?".to_owned(),
    };
    (format!("{} {problem}{detail}", next_host(error)), hint)
}

fn proxy_refused(error: &TransportError, status: u16) -> (String, String) {
    let has_user = error.proxy.as_ref().is_some_and(|proxy| proxy.has_user);
    let host = &error.host;
    let (problem, hint) = match status {
        401 | 407 if has_user => ("refuses its user and password".to_owned(), PROXY_USER),
        401 | 407 => ("wants a user and a password".to_owned(), PROXY_USER),
        403 => (format!("does not let through to {host}"), PROXY_RULES),
        _ => (format!("can't reach {host}"), PROXY_RULES),
    };
    (format!("{} {problem} (HTTP {status})", next_host(error)), hint.to_owned())
}

fn tls(problem: &TlsProblem) -> (String, &'static str) {
    let (problem, hint) = match problem {
        TlsProblem::UnknownIssuer { platform } => {
            let reason = platform.as_ref().map_or(String::new(), |it| format!("; {it}"));
            let problem = format!("nobody who is trusted here has signed its certificate{reason}");
            return (problem, INSPECTOR);
        }
        TlsProblem::Expired => ("its certificate is out of date", CLOCK),
        TlsProblem::NotYetValid => ("its certificate is not good yet", CLOCK),
        TlsProblem::WrongName => ("its certificate is another host's", NOT_AWS),
        TlsProblem::Other(detail) => (detail.as_str(), NOT_AWS),
    };
    (problem.to_owned(), hint)
}

const INSPECTOR: &str =
    "if TLS is inspected here, name the inspector's CA: --ca-bundle FILE, AWS_CA_BUNDLE";
const CLOCK: &str = "is this machine's clock right?";
const PROXY_USER: &str = "write them as http://USER:PASSWORD@HOST:PORT, with %XX for characters \
                          other than letters and digits";
const PROXY_RULES: &str = "ask who runs it, or name the host in NO_PROXY if it needs no proxy";
