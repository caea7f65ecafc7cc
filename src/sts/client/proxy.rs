//! The proxies and their exceptions (`NO_PROXY`), as in botocore: the scheme of the endpoint
//! chooses the proxy.
//!
//! Two rules differ from botocore. Plain `http` to this machine never uses a proxy: the keys in the
//! response would leave the machine. And `NO_PROXY` may contain networks such as `10.0.0.0/8`, as
//! for curl and requests.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;
use ureq::{
    ProxyProtocol,
    http::{Uri, uri::Scheme},
};

use crate::sts::{
    endpoint::{INVALID_PORT, has_valid_port, is_loopback},
    parameter::InvalidParameter,
};

/// The proxies and their exceptions.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// For `https` endpoints.
    pub https: Option<Proxy>,
    /// For `http` endpoints on other machines.
    pub http: Option<Proxy>,
    /// The hosts without a proxy.
    pub exceptions: Exceptions,
}

impl Proxies {
    pub(super) fn for_url(&self, url: &Uri) -> Option<&Proxy> {
        let proxy = if url.scheme() == Some(&Scheme::HTTPS) {
            self.https.as_ref()?
        } else {
            self.http.as_ref().filter(|_| !url.host().is_some_and(is_loopback))?
        };
        (!self.exceptions.include(url)).then_some(proxy)
    }
}

/// A proxy and its origin.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// The URL.
    pub url: ProxyUrl,
    /// The origin of the URL, such as an environment variable, for errors.
    pub label: &'static str,
}

/// The URL of a proxy that supports `CONNECT`: `http://user:password@host:port`, or `https`. Its
/// `Display` shows only the host and the port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyUrl(ureq::Proxy);

impl ProxyUrl {
    pub(super) fn for_ureq(&self) -> ureq::Proxy {
        self.0.clone()
    }

    pub(super) fn has_user(&self) -> bool {
        self.0.username().is_some()
    }
}

impl FromStr for ProxyUrl {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        // The error omits the text: it may contain a password.
        let invalid =
            |problem: &str| InvalidParameter::new(problem, "give a URL such as http://proxy:3128");
        let text = text.trim().trim_start_matches("//");
        let proxy = ureq::Proxy::new(text).map_err(|_| invalid("not the URL of a proxy"))?;
        if !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) {
            return Err(invalid("only http and https proxies are supported"));
        }
        if proxy.host().is_empty() {
            return Err(invalid("the URL of the proxy has no host"));
        }
        if !proxy.uri().authority().is_some_and(has_valid_port) {
            return Err(invalid(INVALID_PORT));
        }
        Ok(Self(proxy))
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.host(), self.0.port())
    }
}

/// The entries of `NO_PROXY`: hosts with their subdomains, addresses, and networks, each with or
/// without a port; `*` is every host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exceptions(Vec<String>);

impl Exceptions {
    fn include(&self, url: &Uri) -> bool {
        let host = bare(url.host().unwrap_or_default()).to_ascii_lowercase();
        let default = if url.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
        let port = format!(":{}", url.port_u16().unwrap_or(default));
        self.0.iter().any(|entry| {
            let without_port = entry.strip_suffix(&port);
            entry == "*"
                || [Some(entry.as_str()), without_port].iter().flatten().any(includes(&host))
        })
    }
}

impl FromStr for Exceptions {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        let entries = text.split([',', ' ']).filter(|entry| !entry.is_empty());
        let entries = entries.map(|entry| match entry.strip_prefix('*').unwrap_or(entry) {
            "" => "*".to_owned(),
            entry => entry.trim_start_matches('.').to_ascii_lowercase(),
        });
        Ok(Self(entries.collect()))
    }
}

fn includes(host: &str) -> impl Fn(&&str) -> bool {
    let address: Option<IpAddr> = host.parse().ok();
    move |entry| {
        if let Some(address) = address {
            return is_in(bare(entry), address);
        }
        let before = host.strip_suffix(*entry);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    }
}

/// Whether an entry is the address, or a network such as `10.0.0.0/8` that contains it.
fn is_in(entry: &str, address: IpAddr) -> bool {
    entry.parse() == Ok(address)
        || entry.parse().is_ok_and(|network: IpNet| network.contains(&address))
}

/// The host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(exceptions: &str) -> Proxies {
        let proxy = |text: &str| Some(Proxy { url: text.parse().unwrap(), label: "X_PROXY" });
        Proxies {
            https: proxy("http://alice:hunter2@proxy.example:3128"),
            http: proxy("plain.example"),
            exceptions: exceptions.parse().unwrap(),
        }
    }

    fn proxy(exceptions: &str, url: &str) -> Option<String> {
        let proxies = proxies(exceptions);
        let proxy = proxies.for_url(&url.parse().unwrap())?;
        Some(proxy.url.to_string())
    }

    #[test]
    fn chooses_the_proxy_by_the_scheme() {
        let https = Some("proxy.example:3128".to_owned());
        assert_eq!(proxy("", "https://sts.amazonaws.com/"), https);
        assert_eq!(proxy("", "https://127.0.0.1/"), https);
        assert_eq!(proxy("", "http://sts.example/"), Some("plain.example:80".to_owned()));
        for loopback in ["http://127.0.0.1:4566/", "http://localhost/", "http://[::1]:1/"] {
            assert_eq!(proxy("", loopback), None, "{loopback}");
        }
    }

    #[test]
    fn uses_no_proxy_for_exceptions() {
        for (exceptions, url) in [
            ("*", "https://sts.example/"),
            ("a, sts.example", "https://sts.example/"),
            ("sts.example", "https://STS.EXAMPLE/"),
            ("example", "https://sts.example/"),
            (".example", "https://sts.example/"),
            ("*.example", "https://sts.example/"),
            ("sts.example:8443", "https://sts.example:8443/"),
            ("sts.example:443", "https://sts.example/"),
            ("10.1.2.3", "https://10.1.2.3/"),
            ("10.0.0.0/8", "https://10.1.2.3/"),
            ("0.0.0.0/0", "https://10.1.2.3/"),
            ("::1", "https://[::1]/"),
            ("[::1]:444", "https://[::1]:444/"),
            ("fd00::/8", "https://[fd12::1]/"),
        ] {
            assert_eq!(proxy(exceptions, url), None, "{exceptions}: {url}");
        }
    }

    #[test]
    fn uses_the_proxy_for_all_other_hosts() {
        for (exceptions, url) in [
            ("", "https://sts.example/"),
            (",", "https://sts.example/"),
            ("ts.example", "https://sts.example/"),
            ("sts.example.com", "https://sts.example/"),
            ("sts.example:8443", "https://sts.example/"),
            ("10.0.0.0/16", "https://10.1.2.3/"),
            ("10.0.0.0/x", "https://10.1.2.3/"),
            ("10.1.2.4", "https://10.1.2.3/"),
            ("1.2.3", "https://10.1.2.3/"),
            ("::/0", "https://10.1.2.3/"),
            ("fd00::/16", "https://[fd12::1]/"),
        ] {
            assert!(proxy(exceptions, url).is_some(), "{exceptions}: {url}");
        }
    }

    #[test]
    fn an_error_hides_the_password() {
        for bad in
            ["http://", "http://alice:hunter2@", "socks5://alice:hunter2@h", "a b", "ftp://h"]
        {
            let invalid = bad.parse::<ProxyUrl>().unwrap_err();
            assert!(!format!("{invalid:?}").contains("hunter2"), "{invalid:?}");
        }
        let debug = format!("{:?}", proxies(""));
        assert!(!debug.contains("hunter2") && !debug.contains("alice"), "{debug}");
    }

    #[test]
    fn rejects_an_invalid_port() {
        for before in ["", "http://", "https://", "//", "http://alice:80@"] {
            for port in ["", "0", "99999", "-1", "+80", "abc", "3128x"] {
                let url = format!("{before}proxy.example:{port}");
                assert!(url.parse::<ProxyUrl>().is_err(), "{url}");
            }
            let url = format!("{before}proxy.example:3128");
            assert_eq!(url.parse::<ProxyUrl>().unwrap().to_string(), "proxy.example:3128");
        }
    }

    #[test]
    fn the_scheme_is_optional() {
        for good in ["proxy:3128", "//proxy:3128", " http://proxy:3128/ ", "u:p%40@proxy:3128"] {
            assert_eq!(good.parse::<ProxyUrl>().unwrap().to_string(), "proxy:3128", "{good}");
        }
    }
}
