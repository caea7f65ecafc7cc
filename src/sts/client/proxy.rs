//! The proxies, and the hosts that are called without one (`NO_PROXY`), by the rules of botocore:
//! the scheme of the endpoint chooses the proxy.
//!
//! Two rules are not botocore's. Plain `http` to this machine never uses a proxy, because the keys
//! in the response would leave the machine. And `NO_PROXY` may contain networks such as
//! `10.0.0.0/8`, as for curl and requests.

use std::{fmt, net::IpAddr, str::FromStr};

use ureq::{
    ProxyProtocol,
    http::{Uri, uri::Scheme},
};

use crate::sts::{endpoint::is_loopback, parameter::InvalidParameter};

/// The proxies, and the hosts that are called without one.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// For `https` endpoints.
    pub https: Option<Proxy>,
    /// For `http` endpoints on other machines.
    pub http: Option<Proxy>,
    /// The hosts that are called directly.
    pub exceptions: Exceptions,
}

impl Proxies {
    /// The proxy for this URL.
    pub(super) fn for_url(&self, url: &Uri) -> Option<&Proxy> {
        let proxy = if url.scheme() == Some(&Scheme::HTTPS) {
            self.https.as_ref()?
        } else {
            self.http.as_ref().filter(|_| !url.host().is_some_and(is_loopback))?
        };
        (!self.exceptions.include(url)).then_some(proxy)
    }
}

/// A proxy, and where its URL comes from.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// The URL.
    pub url: ProxyUrl,
    /// Names the proxy in errors, such as the environment variable that it comes from.
    pub label: &'static str,
}

/// The URL of a proxy that understands `CONNECT`: `http://user:password@host:port`, or `https`. Its
/// `Display` has only the host and the port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyUrl(ureq::Proxy);

impl ProxyUrl {
    pub(super) fn for_ureq(&self) -> ureq::Proxy {
        self.0.clone()
    }

    /// Whether the URL has a user or a password.
    pub(super) fn has_user(&self) -> bool {
        self.0.username().is_some()
    }
}

impl FromStr for ProxyUrl {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        // The error does not quote the text: it may contain a password.
        let invalid =
            |problem: &str| InvalidParameter::new(problem, "give a URL such as http://proxy:3128");
        let text = text.trim().trim_start_matches("//");
        let proxy =
            ureq::Proxy::new(text).map_err(|_| invalid("this is not the URL of a proxy"))?;
        if !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) {
            return Err(invalid("only http and https proxies can be used"));
        }
        if proxy.host().is_empty() {
            return Err(invalid("there is no host in the URL of the proxy"));
        }
        Ok(Self(proxy))
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.host(), self.0.port())
    }
}

/// The entries of `NO_PROXY`: hosts, each with all its subdomains, addresses and networks, each
/// with or without a port; `*` is every host.
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

/// Whether an entry includes the host.
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

/// Whether an entry, an address or a network such as `10.0.0.0/8`, includes the address.
fn is_in(entry: &str, address: IpAddr) -> bool {
    let (network, length) = match entry.split_once('/') {
        Some((network, length)) => (network, length.parse().ok()),
        None => (entry, Some(128)),
    };
    let shared = match (network.parse(), address) {
        (Ok(IpAddr::V4(a)), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() + 96,
        (Ok(IpAddr::V6(a)), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
        _ => return false,
    };
    // Counted from the right, where the addresses of both families end.
    let rest = 128 - shared;
    let width = if address.is_ipv4() { 32 } else { 128 };
    length.is_some_and(|length: u32| rest <= width - length.min(width))
}

/// A host without the brackets of an IPv6 address.
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
    fn the_scheme_of_the_endpoint_decides() {
        let https = Some("proxy.example:3128".to_owned());
        assert_eq!(proxy("", "https://sts.amazonaws.com/"), https);
        assert_eq!(proxy("", "https://127.0.0.1/"), https);
        assert_eq!(proxy("", "http://sts.example/"), Some("plain.example:80".to_owned()));
        for loopback in ["http://127.0.0.1:4566/", "http://localhost/", "http://[::1]:1/"] {
            assert_eq!(proxy("", loopback), None, "{loopback}");
        }
    }

    #[test]
    fn exceptions_need_no_proxy() {
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
    fn all_other_hosts_need_one() {
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
    fn an_invalid_proxy_is_an_error_without_its_password() {
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
    fn the_scheme_may_be_left_out() {
        for good in ["proxy:3128", "//proxy:3128", " http://proxy:3128/ ", "u:p%40@proxy:3128"] {
            assert_eq!(good.parse::<ProxyUrl>().unwrap().to_string(), "proxy:3128", "{good}");
        }
    }
}
