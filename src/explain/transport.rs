//! A service that sends no response, in words.

use crate::{
    failure::{Failure, Status},
    sts::{ProxyName, TlsProblem, TransportError, TransportErrorKind as Kind},
};

/// The hint for errors that may not come again.
pub(super) const LATER: &str = "try again in a moment";

/// The hint for responses that are not from AWS.
pub(super) const NOT_AWS: &str =
    "check the endpoint, and look for a proxy or a login page between here and AWS";

/// The failure for a request without a response. It does not mention the MFA code.
pub(super) fn explain(error: &TransportError) -> Failure {
    let host = &error.host;
    // If a proxy is used, the connection is made to the proxy.
    let (next, check_next) = match &error.proxy {
        Some(ProxyName { address, label, .. }) => (
            format!("the proxy {address} ({label})"),
            format!("check {label}; name hosts that need no proxy in NO_PROXY"),
        ),
        None => (host.clone(), "check the network and the endpoint".to_owned()),
    };
    let detailed = |what: &str, detail: &Option<String>| match detail {
        Some(detail) => format!("{what} {next}: {detail}"),
        None => format!("{what} {next}"),
    };
    let (what, hint) = match &error.kind {
        Kind::HostNotFound(detail) => (detailed("cannot find", detail), check_next.as_str()),
        Kind::ConnectTimeout => (format!("cannot reach {next} within 5 s"), check_next.as_str()),
        Kind::ConnectionFailed(detail) => (detailed("cannot reach", detail), check_next.as_str()),
        Kind::NotAProxy => (format!("{next} does not answer as a proxy"), check_next.as_str()),
        Kind::ProxyRefused(status) => {
            let (problem, hint) = proxy_refused(error, *status);
            (format!("{next} {problem} (HTTP {status})"), hint)
        }
        Kind::Tls(problem) => {
            let (problem, hint) = tls(problem);
            (format!("no secure connection to {host}: {problem}"), hint)
        }
        Kind::Timeout => (format!("{host} did not answer in time"), LATER),
        Kind::BrokenOff(detail) => (format!("{host} closed the connection: {detail}"), LATER),
        Kind::NotHttp(detail) => {
            (format!("the response of {host} is not valid HTTP: {detail}"), NOT_AWS)
        }
        Kind::TooLarge => (format!("the response of {host} is too large"), NOT_AWS),
    };
    Failure::new(Status::Unreached, what).hint(hint)
}

fn proxy_refused(error: &TransportError, status: u16) -> (String, &'static str) {
    const USER: &str = "give user and password as http://USER:PASSWORD@HOST:PORT, with %XX for \
                        characters other than letters and digits";
    const RULES: &str = "ask its administrator, or name the host in NO_PROXY if it needs no proxy";
    let has_user = error.proxy.as_ref().is_some_and(|proxy| proxy.has_user);
    let host = &error.host;
    match status {
        401 | 407 if has_user => ("rejects its user and password".to_owned(), USER),
        401 | 407 => ("requires a user and a password".to_owned(), USER),
        403 => (format!("does not allow connections to {host}"), RULES),
        _ => (format!("cannot reach {host}"), RULES),
    }
}

fn tls(problem: &TlsProblem) -> (String, &'static str) {
    const INSPECTOR: &str =
        "if a proxy inspects TLS, name its CA certificate: --ca-bundle FILE, AWS_CA_BUNDLE";
    const CLOCK: &str = "check this machine's clock";
    let (problem, hint) = match problem {
        TlsProblem::UnknownIssuer { platform: Some(reason) } => {
            return (format!("its TLS certificate has an unknown issuer; {reason}"), INSPECTOR);
        }
        TlsProblem::UnknownIssuer { platform: None } => {
            ("its TLS certificate has an unknown issuer", INSPECTOR)
        }
        TlsProblem::Expired => ("its TLS certificate has expired", CLOCK),
        TlsProblem::NotYetValid => ("its TLS certificate is not valid yet", CLOCK),
        TlsProblem::WrongName => ("its TLS certificate is for another host", NOT_AWS),
        TlsProblem::Other(detail) => (detail.as_str(), NOT_AWS),
    };
    (problem.to_owned(), hint)
}
