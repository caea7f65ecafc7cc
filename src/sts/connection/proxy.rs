//! The proxy that the environment names for an endpoint, by the rules of botocore: that of the
//! endpoint's scheme, the lower-case name first; `NO_PROXY` says which hosts are asked directly.
//!
//! Two things are not botocore's. Plain `http` to this machine is never proxied, because the keys
//! in the answer would leave it. And in `NO_PROXY` there may be networks such as `10.0.0.0/8`, as
//! in curl and requests.

use std::{fmt, net::IpAddr, str::FromStr};

use ureq::{
    Proxy, ProxyProtocol,
    http::{Uri, uri::Scheme},
};

use crate::{failure::InvalidValue, origin::Sourced, sts::endpoint::is_loopback};

/// The proxies, and who is asked without one.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// For `https` endpoints.
    pub https: Option<Sourced<ProxyUrl>>,
    /// For `http` endpoints on other machines.
    pub http: Option<Sourced<ProxyUrl>>,
    /// Who is asked directly.
    pub exceptions: Exceptions,
}

impl Proxies {
    /// The one on the way to this URL.
    pub(super) fn on_the_way_to(&self, url: &Uri) -> Option<&Sourced<ProxyUrl>> {
        let proxy = if url.scheme() == Some(&Scheme::HTTPS) {
            self.https.as_ref()?
        } else {
            self.http.as_ref().filter(|_| !url.host().is_some_and(is_loopback))?
        };
        (!self.exceptions.include(url)).then_some(proxy)
    }
}

/// A proxy that is asked to `CONNECT`: `http://user:password@host:port`. Its `Display` is the host
/// and the port; the rest is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyUrl(Proxy);

impl ProxyUrl {
    pub(super) fn for_ureq(&self) -> Proxy {
        self.0.clone()
    }

    /// Whether a user or a password is in it.
    #[must_use]
    pub fn names_user(&self) -> bool {
        self.0.username().is_some()
    }
}

impl FromStr for ProxyUrl {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        // The text is not shown: there may be a password in it.
        let invalid =
            |problem: &str| InvalidValue::new(problem, "give a URL such as http://proxy:3128");
        let text = text.trim().trim_start_matches("//");
        let proxy = Proxy::new(text).map_err(|_| invalid("this is not the URL of a proxy"))?;
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

/// What `NO_PROXY` holds: hosts with all below them, addresses and networks, each with or without a
/// port; `*` is everyone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exceptions(Vec<String>);

impl Exceptions {
    fn include(&self, url: &Uri) -> bool {
        let host = bare(url.host().unwrap_or_default()).to_ascii_lowercase();
        let default = if url.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
        let port = format!(":{}", url.port_u16().unwrap_or(default));
        self.0.iter().any(|entry| {
            let without_port = entry.strip_suffix(&port);
            entry == "*" || [Some(entry.as_str()), without_port].iter().flatten().any(is(&host))
        })
    }
}

impl FromStr for Exceptions {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let entries = text.split([',', ' ']).filter(|entry| !entry.is_empty());
        let entries = entries.map(|entry| match entry.strip_prefix('*').unwrap_or(entry) {
            "" => "*".to_owned(),
            entry => entry.trim_start_matches('.').to_ascii_lowercase(),
        });
        Ok(Self(entries.collect()))
    }
}

/// Whether an entry means the host.
fn is(host: &str) -> impl Fn(&&str) -> bool {
    let address: Option<IpAddr> = host.parse().ok();
    move |entry| {
        if let Some(address) = address {
            return is_in(bare(entry), address);
        }
        let before = host.strip_suffix(*entry);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    }
}

/// Whether an address, or a network with its prefix's length, has the address in it.
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
    // Counted from the right, so that both kinds count alike.
    let rest = 128 - shared;
    let width = if address.is_ipv4() { 32 } else { 128 };
    length.is_some_and(|length: u32| rest <= width - length.min(width))
}

/// Without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(exceptions: &str) -> Proxies {
        let proxy = |text: &str| Some(Sourced::default(text.parse().unwrap()));
        Proxies {
            https: proxy("http://alice:hunter2@proxy.example:3128"),
            http: proxy("plain.example"),
            exceptions: exceptions.parse().unwrap(),
        }
    }

    fn proxy(exceptions: &str, url: &str) -> Option<String> {
        let proxies = proxies(exceptions);
        let proxy = proxies.on_the_way_to(&url.parse().unwrap())?;
        Some(proxy.value.to_string())
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
    fn exceptions_are_asked_directly() {
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
    fn all_others_are_not() {
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
    fn a_bad_proxy_is_refused_and_no_password_is_shown() {
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
