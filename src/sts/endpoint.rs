//! Where a service is: by region and partition, or at the URL that somebody gave.
//!
//! <https://docs.aws.amazon.com/general/latest/gr/sts.html>

use std::{fmt, net::IpAddr, str::FromStr};

use ureq::http::Uri;

use super::Service;
use crate::failure::Unfit;

/// A service's address, and the region that requests to it are signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    url: BaseUrl,
    signing_region: String,
}

impl Endpoint {
    /// The service's own endpoint for the region.
    #[must_use]
    pub fn of(service: Service, region: &Region) -> Self {
        let partition = region.partition();
        let (host, signing_region) = match service {
            Service::Sts => (format!("sts.{region}.{}", partition.suffix), region.as_str()),
            Service::Iam => (partition.iam_host.to_owned(), partition.home),
        };
        let url = format!("https://{host}/");
        Self {
            url: url.parse().expect("a host name of letters, digits, dots and dashes is one"),
            signing_region: signing_region.to_owned(),
        }
    }

    /// The service at a URL of somebody's own, with requests signed as for its own endpoint.
    #[must_use]
    pub fn at(url: BaseUrl, service: Service, region: &Region) -> Self {
        Self { url, ..Self::of(service, region) }
    }

    /// The URL to post to.
    #[must_use]
    pub fn url(&self) -> &Uri {
        &self.url.0
    }

    /// The `Host` header: with the port where it is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.url.0.host().unwrap_or_default();
        match (self.url.0.port_u16(), self.url.0.scheme_str()) {
            (None, _) | (Some(443), Some("https")) | (Some(80), Some("http")) => host.to_owned(),
            (Some(port), _) => format!("{host}:{port}"),
        }
    }

    /// The region to sign for.
    #[must_use]
    pub fn signing_region(&self) -> &str {
        &self.signing_region
    }
}

/// The URL of an endpoint: `https`, or `http` to loopback; nothing behind the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Uri);

impl FromStr for BaseUrl {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        // The text is not shown: somebody may have put a password into it.
        let unfit = |problem: &str| {
            Unfit::new(problem, "give a URL such as https://sts.eu-west-1.amazonaws.com")
        };
        let uri: Uri = text.trim().parse().map_err(|_| unfit("this is not a URL"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(unfit("this is not a URL with a scheme and a host"));
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
        let whole = authority.as_str().contains('@') || uri.query().is_some();
        if whole || !uri.path().chars().all(plain) {
            return Err(unfit("an endpoint has only a scheme, a host, a port and a plain path"));
        }
        match scheme {
            "https" => Ok(Self(uri)),
            "http" if is_loopback(authority.host()) => Ok(Self(uri)),
            "http" => Err(unfit("plain http goes to this machine only: the answer holds keys")),
            _ => Err(unfit("this is neither https nor http")),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The name of a region, such as `eu-west-1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region(String);

impl Region {
    /// The region that a partition's requests go to when nobody names one.
    #[must_use]
    pub fn home_of(partition: Option<&str>) -> Self {
        let known = partition.and_then(|name| PARTITIONS.iter().find(|known| known.name == name));
        Self(known.unwrap_or(AWS).home.to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the partition that the region is in.
    #[must_use]
    pub fn partition_name(&self) -> &'static str {
        self.partition().name
    }

    /// By the name's beginning, so that regions to come are found, too; else `aws`, as in the AWS
    /// SDKs.
    fn partition(&self) -> &'static Partition {
        let by_name = |partition: &&Partition| self.0.starts_with(partition.prefix);
        PARTITIONS.iter().find(by_name).unwrap_or(AWS)
    }
}

impl FromStr for Region {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        let text = text.trim();
        let parts: Vec<&str> = text.split('-').collect();
        let word = |part: &&str| {
            (1..=20).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let numbered = parts.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
        if (3..=5).contains(&parts.len()) && numbered && parts.iter().all(word) {
            return Ok(Self(text.to_owned()));
        }
        Err(Unfit::new(format!("`{text}` is not a region"), "give one such as eu-west-1"))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A group of regions with accounts, names and certificates of its own.
struct Partition {
    name: &'static str,
    /// What its regions' names begin with.
    prefix: &'static str,
    suffix: &'static str,
    /// Where IAM's requests are signed for, and STS's go when nobody names a region.
    home: &'static str,
    iam_host: &'static str,
}

const AWS: &Partition = &PARTITIONS[0];

/// `aws` has no prefix of its own that is not somebody else's, too: it is what is left.
const PARTITIONS: [Partition; 8] = [
    partition("aws", "aws", "amazonaws.com", "us-east-1", "iam.amazonaws.com"),
    partition("aws-cn", "cn-", "amazonaws.com.cn", "cn-north-1", "iam.cn-north-1.amazonaws.com.cn"),
    partition(
        "aws-us-gov",
        "us-gov-",
        "amazonaws.com",
        "us-gov-west-1",
        "iam.us-gov.amazonaws.com",
    ),
    partition(
        "aws-eusc",
        "eusc-",
        "amazonaws.eu",
        "eusc-de-east-1",
        "iam.eusc-de-east-1.amazonaws.eu",
    ),
    partition("aws-iso", "us-iso-", "c2s.ic.gov", "us-iso-east-1", "iam.us-iso-east-1.c2s.ic.gov"),
    partition(
        "aws-iso-b",
        "us-isob-",
        "sc2s.sgov.gov",
        "us-isob-east-1",
        "iam.us-isob-east-1.sc2s.sgov.gov",
    ),
    partition(
        "aws-iso-e",
        "eu-isoe-",
        "cloud.adc-e.uk",
        "eu-isoe-west-1",
        "iam.eu-isoe-west-1.cloud.adc-e.uk",
    ),
    partition(
        "aws-iso-f",
        "us-isof-",
        "csp.hci.ic.gov",
        "us-isof-south-1",
        "iam.us-isof-south-1.csp.hci.ic.gov",
    ),
];

const fn partition(
    name: &'static str,
    prefix: &'static str,
    suffix: &'static str,
    home: &'static str,
    iam_host: &'static str,
) -> Partition {
    Partition { name, prefix, suffix, home, iam_host }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(service: Service, region: &str) -> String {
        Endpoint::of(service, &region.parse().unwrap()).host()
    }

    #[test]
    fn the_host_follows_the_partition() {
        for (region, sts, iam) in [
            ("eu-west-1", "sts.eu-west-1.amazonaws.com", "iam.amazonaws.com"),
            ("zz-south-7", "sts.zz-south-7.amazonaws.com", "iam.amazonaws.com"),
            (
                "cn-northwest-1",
                "sts.cn-northwest-1.amazonaws.com.cn",
                "iam.cn-north-1.amazonaws.com.cn",
            ),
            ("us-gov-east-1", "sts.us-gov-east-1.amazonaws.com", "iam.us-gov.amazonaws.com"),
            (
                "us-isob-east-1",
                "sts.us-isob-east-1.sc2s.sgov.gov",
                "iam.us-isob-east-1.sc2s.sgov.gov",
            ),
        ] {
            assert_eq!(host(Service::Sts, region), sts);
            assert_eq!(host(Service::Iam, region), iam);
        }
    }

    #[test]
    fn sts_is_signed_for_the_region_and_iam_for_the_partitions_home() {
        let region = "cn-northwest-1".parse().unwrap();
        assert_eq!(Endpoint::of(Service::Sts, &region).signing_region(), "cn-northwest-1");
        assert_eq!(Endpoint::of(Service::Iam, &region).signing_region(), "cn-north-1");
    }

    #[test]
    fn what_has_not_the_shape_of_a_region_is_refused() {
        for bad in
            ["", "mars", "eu-west", "EU-WEST-1", "eu-west-1.evil.example/", "a-b-c", "eu--1", "1"]
        {
            assert!(bad.parse::<Region>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_given_url_keeps_its_port_and_path() {
        let region = "eu-west-1".parse().unwrap();
        for (url, host, path) in [
            ("http://127.0.0.1:4566", "127.0.0.1:4566", "/"),
            ("http://[::1]:4566/sts", "[::1]:4566", "/sts"),
            ("https://vpce-1.sts.example:443/", "vpce-1.sts.example", "/"),
        ] {
            let endpoint = Endpoint::at(url.parse().unwrap(), Service::Sts, &region);
            assert_eq!((endpoint.host().as_str(), endpoint.url().path()), (host, path));
        }
    }

    #[test]
    fn a_url_that_leaks_or_hides_something_is_refused() {
        for bad in [
            "",
            "localhost:4566",
            "ftp://127.0.0.1/",
            "http://sts.eu-west-1.amazonaws.com/",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil.example/",
            "https://user:secret@sts.example/",
            "https://sts.example/?x=1",
            "https://sts.example/%2e%2e",
        ] {
            let unfit = bad.parse::<BaseUrl>().unwrap_err();
            assert!(!unfit.problem.contains("secret"));
        }
    }
}
