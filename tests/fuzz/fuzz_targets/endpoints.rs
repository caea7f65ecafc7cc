//! Endpoints and URLs: as a browser reads them, too, plain http reaches only this machine.

#![no_main]

use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use mfa_session::{
    message::printable,
    origin::InvalidValue,
    sts::{
        BaseUrl, Endpoint, Exceptions, IdTokenUrl, ProxyUrl, Region, RegionalEndpoints, Service,
        Variant,
    },
};
use mfa_session_fuzz::is_printable;
use url::{Host, Url};

fuzz_target!(|text: &str| {
    let region = parsed::<Region>(text);
    if let Some(region) = &region {
        check_aws_endpoints(region);
    }
    let region = region.unwrap_or_else(|| Region::home_of(None));
    if let Some(url) = parsed::<BaseUrl>(text) {
        let is_open = url.is_open_to_others();
        for service in [Service::Sts, Service::Iam] {
            let endpoint = Endpoint::at(url.clone(), service, &region);
            let (host, url) = (endpoint.host(), endpoint.url());
            assert!(is_printable(&host) && !host.is_empty(), "{text:?}");
            assert!(!host.contains(['@', '/', '?', '#', ' ']), "{text:?}");
            assert!(url.query().is_none());
            check_scheme(text, &url.to_string(), is_open);
        }
    }
    if let Some(url) = parsed::<IdTokenUrl>(text) {
        let is_open = url.is_open_to_others();
        if let Ok(other) = url.for_audience("a&b=c d") {
            assert_eq!(other.is_open_to_others(), is_open, "{text:?}");
        }
    }
    if let Some(proxy) = parsed::<ProxyUrl>(text) {
        let shown = proxy.to_string();
        assert!(!shown.contains('@') && is_printable(&printable(&shown)), "{text:?}");
    }
    let _ = parsed::<Exceptions>(text);
    let _ = parsed::<RegionalEndpoints>(text);
});

/// A browser's parser (WHATWG) finds https or this machine, or the program calls the URL open to
/// others.
fn check_scheme(text: &str, url: &str, is_open: bool) {
    let Ok(theirs) = Url::parse(url) else { return };
    let is_loopback = match theirs.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    };
    // A loopback address that the program does not recognize is harmless.
    assert!(is_loopback || is_open || theirs.scheme() == "https", "{text:?}: {theirs}");
}

/// The endpoint of a region is a host of AWS.
fn check_aws_endpoints(region: &Region) {
    for index in 0..8_u8 {
        let bit = |at: u8| index >> at & 1 == 1;
        let sts = if bit(2) { RegionalEndpoints::Legacy } else { RegionalEndpoints::Regional };
        let variant = Variant { fips: bit(0), dual_stack: bit(1), sts };
        for service in [Service::Sts, Service::Iam] {
            let endpoint = Endpoint::of(service, region, variant);
            let host = endpoint.host();
            let domains =
                ["amazonaws.com", "api.aws", "amazonaws.com.cn", "amazonaws.eu", "c2s.ic.gov"]
                    .into_iter()
                    .chain(["api.amazonwebservices.com.cn", "api.amazonwebservices.eu"])
                    .chain(["api.aws.ic.gov", "sc2s.sgov.gov", "api.aws.scloud", "cloud.adc-e.uk"])
                    .chain(["api.cloud-aws.adc-e.uk", "csp.hci.ic.gov", "api.aws.hci.ic.gov"]);
            assert!(domains.map(|it| format!(".{it}")).any(|it| host.ends_with(&it)), "{host}");
            assert_eq!(endpoint.url().scheme_str(), Some("https"));
            assert!(endpoint.signing_region().parse::<Region>().is_ok());
        }
    }
}

/// Parses a text. The message of an error moves no cursor.
fn parsed<T: FromStr<Err: Into<InvalidValue>>>(text: &str) -> Option<T> {
    match text.parse::<T>().map_err(Into::into) {
        Ok(value) => Some(value),
        Err(InvalidValue { problem, hint }) => {
            assert!(is_printable(&printable(&problem)) && is_printable(&printable(&hint)));
            None
        }
    }
}
