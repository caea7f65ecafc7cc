//! A given URL of an endpoint.

use std::{net::IpAddr, num::NonZeroU16, str::FromStr};

use ureq::http::{
    Uri,
    uri::{Authority, Scheme},
};

use crate::sts::parameter::InvalidParameter;

/// The URL of an endpoint: `https` or `http`, a host, a port, and a path without a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(pub(super) Uri);

impl FromStr for BaseUrl {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        // The error omits the text: it may contain a password.
        let invalid = |problem: &str| {
            InvalidParameter::new(problem, "give a URL such as https://sts.eu-west-1.amazonaws.com")
        };
        let uri: Uri = text.trim().parse().map_err(|_| invalid("not a URL"))?;
        let authority = uri.authority().filter(|authority| !authority.host().is_empty());
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), authority) else {
            return Err(invalid("not a URL with a scheme and a host"));
        };
        if !has_valid_port(authority) {
            return Err(invalid(INVALID_PORT));
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
        let has_more = authority.as_str().contains('@') || uri.query().is_some();
        if has_more || !uri.path().chars().all(is_plain) {
            return Err(invalid(
                "an endpoint URL only allows a scheme, a host, a port and a plain path",
            ));
        }
        match scheme {
            "https" | "http" => Ok(Self(uri)),
            _ => Err(invalid("the scheme is neither https nor http")),
        }
    }
}

impl BaseUrl {
    /// Whether others can read requests: plain `http` to another machine.
    #[must_use]
    pub fn is_open_to_others(&self) -> bool {
        is_open_to_others(&self.0)
    }
}

/// Whether others can read requests to this URL: plain `http` to another machine.
pub(in crate::sts) fn is_open_to_others(url: &Uri) -> bool {
    url.scheme() == Some(&Scheme::HTTP) && !url.host().is_some_and(is_loopback)
}

/// Whether the port is missing or valid. ureq ignores an invalid port and connects to the scheme's
/// default port. An empty port, as in `http://localhost:$PORT`, is invalid, too.
pub(in crate::sts) fn has_valid_port(authority: &Authority) -> bool {
    let host_and_port = authority.as_str().rsplit('@').next().unwrap_or_default();
    match host_and_port.strip_prefix(authority.host()) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(':').is_some_and(is_port),
        None => false,
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<NonZeroU16>().is_ok()
}

pub(in crate::sts) const INVALID_PORT: &str = "the port is not a number from 1 to 65535";

/// Whether the name or address of a host is this machine's.
pub(in crate::sts) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_a_password_or_a_query() {
        for bad in [
            "",
            "localhost:4566",
            "ftp://127.0.0.1/",
            "https://:/",
            "https://:443/",
            "https://user:secret@sts.example/",
            "https://sts.example/?x=1",
            "https://sts.example/%2e%2e",
        ] {
            let invalid = bad.parse::<BaseUrl>().unwrap_err();
            assert!(!invalid.problem.contains("secret"));
        }
    }

    #[test]
    fn rejects_an_invalid_port() {
        for port in ["", "0", "99999", "65536", "-1", "+80", "abc", "4566x", "80:80", " 80", "٣"] {
            for host in ["127.0.0.1", "localhost", "[::1]"] {
                for path in ["", "/", "/sts"] {
                    let url = format!("http://{host}:{port}{path}");
                    assert!(url.parse::<BaseUrl>().is_err(), "{url}");
                }
            }
        }
        for port in ["1", "4566", "65535", "00443"] {
            for host in ["127.0.0.1", "sts.example", "[::1]"] {
                let url: BaseUrl = format!("https://{host}:{port}").parse().unwrap();
                assert_eq!(url.0.port_u16(), port.parse().ok());
            }
        }
    }

    #[test]
    fn plain_http_to_another_machine_is_open_to_others() {
        let is_open = |url: &str| url.parse::<BaseUrl>().unwrap().is_open_to_others();
        for open in [
            "http://sts.eu-west-1.amazonaws.com/",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil.example/",
            "http://10.0.0.1/",
        ] {
            assert!(is_open(open), "{open}");
        }
        for closed in ["http://127.0.0.1:1", "http://[::1]/", "HTTP://LOCALHOST", "https://x.y"] {
            assert!(!is_open(closed), "{closed}");
        }
    }
}
