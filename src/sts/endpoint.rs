//! The address of a service: from region and partition, or a given URL.
//!
//! <https://docs.aws.amazon.com/general/latest/gr/sts.html>

mod base_url;
mod console;
mod partition;
mod region;

use std::str::FromStr;

use ureq::http::Uri;

use super::{parameter::InvalidParameter, service::Service};

pub use base_url::BaseUrl;
pub(super) use base_url::{INVALID_PORT, has_valid_port, is_loopback, is_open_to_others};
pub use console::ConsoleService;
pub use region::Region;

/// The address of a service and the signing region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    url: BaseUrl,
    signing_region: String,
}

/// The variant of a service's endpoint in a region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variant {
    /// The endpoint with cryptography validated under FIPS 140.
    pub fips: bool,
    /// The endpoint with IPv4 and IPv6 addresses.
    pub dual_stack: bool,
    /// Whether older regions share one STS; like AWS, ignored with `fips` or `dual_stack`.
    pub sts: RegionalEndpoints,
}

/// The values of the SDKs' setting `sts_regional_endpoints`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RegionalEndpoints {
    /// `sts.amazonaws.com` serves the older regions.
    Legacy,
    /// Each region has its own STS.
    #[default]
    Regional,
}

impl FromStr for RegionalEndpoints {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        match text {
            "legacy" => Ok(Self::Legacy),
            "regional" => Ok(Self::Regional),
            _ => Err(InvalidParameter::new(
                format!("`{text}` is neither legacy nor regional"),
                "give regional, or legacy for sts.amazonaws.com in older regions",
            )),
        }
    }
}

impl Endpoint {
    /// AWS's endpoint of the service in the region.
    ///
    /// Every variant has a name in every partition, even if no such host exists.
    #[must_use]
    pub fn of(service: Service, region: &Region, variant: Variant) -> Self {
        let partition = region.partition();
        let Variant { fips, dual_stack, .. } = variant;
        let suffix = if dual_stack { partition.dual_stack_suffix } else { partition.suffix };
        let index = usize::from(fips) + 2 * usize::from(dual_stack);
        let (host, signing_region) = match service {
            Service::Sts if is_global_sts(region, variant) => (GLOBAL_STS.to_owned(), GLOBAL),
            Service::Sts => (
                format!("{}.{region}.{suffix}", partition.sts[index]),
                if region.is_aws_global() { GLOBAL } else { region.as_str() },
            ),
            Service::Iam => (format!("{}.{suffix}", partition.iam[index]), partition.home),
            Service::Signin if region.has_plain_signin() => {
                (partition.signin[index].to_owned(), partition.home)
            }
            Service::Signin => (format!("{region}.{}", partition.signin[index]), region.as_str()),
        };
        let url = format!("https://{host}/");
        Self {
            url: url.parse().expect("the table of partitions has only valid host names"),
            signing_region: signing_region.to_owned(),
        }
    }

    /// The service at another URL, with the signing region of AWS's endpoint.
    #[must_use]
    pub fn at(url: BaseUrl, service: Service, region: &Region) -> Self {
        Self { url, ..Self::of(service, region, Variant::default()) }
    }

    /// The URL for requests.
    #[must_use]
    pub fn url(&self) -> &Uri {
        &self.url.0
    }

    /// The `Host` header: with the port unless it is the scheme's default.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.url.0.host().unwrap_or_default();
        match (self.url.0.port_u16(), self.url.0.scheme_str()) {
            (None, _) | (Some(443), Some("https")) | (Some(80), Some("http")) => host.to_owned(),
            (Some(port), _) => format!("{host}:{port}"),
        }
    }

    /// The URL of the federation endpoint of AWS Sign-In.
    pub(super) fn federation_url(&self) -> String {
        format!("{}/federation", self.url.0.to_string().trim_end_matches('/'))
    }

    /// Whether the federation endpoint takes its parameters as a form. AWS's own client sends one
    /// in `aws` and `aws-cn` (aws/aws-toolkit-jetbrains, `AwsConsoleUrlFactory`), and says in a
    /// comment that GovCloud takes none.
    pub(super) fn accepts_signin_form(&self) -> bool {
        !self.signing_region.starts_with("us-gov-")
    }

    /// Whether this is the STS that serves all regions.
    pub(super) fn is_global(&self) -> bool {
        self.url.0.host() == Some(GLOBAL_STS)
    }

    /// The signing region.
    #[must_use]
    pub fn signing_region(&self) -> &str {
        &self.signing_region
    }
}

fn is_global_sts(region: &Region, variant: Variant) -> bool {
    let legacy = variant.sts == RegionalEndpoints::Legacy && LEGACY.contains(&region.as_str());
    (legacy || region.is_aws_global()) && !variant.fips && !variant.dual_stack
}

const GLOBAL_STS: &str = "sts.amazonaws.com";
const GLOBAL: &str = "us-east-1";

/// The older regions, a closed list: newer regions always have their own STS. AWS also lists
/// `aws-global`, which `is_global_sts` checks.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html>
const LEGACY: [&str; 15] = [
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// `tests/endpoints.rs` compares the endpoints with those of botocore.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_port_and_path_of_a_given_url() {
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
    fn signs_for_the_region_at_a_given_url() {
        let url: BaseUrl = "https://vpce-1.example/".parse().unwrap();
        for (region, sts, iam) in [
            ("eu-west-1", "eu-west-1", "us-east-1"),
            ("aws-global", "us-east-1", "us-east-1"),
            ("cn-northwest-1", "cn-northwest-1", "cn-north-1"),
        ] {
            let region = region.parse().unwrap();
            let signed = |service| Endpoint::at(url.clone(), service, &region).signing_region;
            assert_eq!((signed(Service::Sts).as_str(), signed(Service::Iam).as_str()), (sts, iam));
        }
    }
}
