//! Which STS and which IAM are asked, in AWS's order of precedence.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>

use std::str::FromStr;

use super::{Resolver, Setting, variable};
use crate::{
    failure::{Failure, InvalidValue},
    origin::{Origin, Sourced},
    sts::{BaseUrl, Endpoint, Region, RegionalEndpoints, Service, Variant},
};

pub(super) const STS_ENDPOINT: Setting = Setting {
    id: "endpoint",
    name: "STS endpoint",
    flag: "--endpoint-url",
    variables: &["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"],
    keys: &[SERVICES, ENDPOINT_URL],
    default: "that of the region",
};
pub(super) const IAM_ENDPOINT: Setting = Setting {
    id: "iam_endpoint",
    name: "IAM endpoint",
    flag: "--endpoint-url",
    variables: &["AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL"],
    keys: &[SERVICES, ENDPOINT_URL],
    default: "that of the partition",
};
pub(super) const IGNORE_ENDPOINTS: Setting = Setting {
    id: "ignore_configured_endpoint_urls",
    name: "ignore all endpoints but the flag's",
    flag: "",
    variables: &["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"],
    keys: &["ignore_configured_endpoint_urls"],
    default: "false",
};
pub(super) const FIPS: Setting = Setting {
    id: "use_fips_endpoint",
    name: "FIPS endpoint",
    flag: "",
    variables: &["AWS_USE_FIPS_ENDPOINT"],
    keys: &["use_fips_endpoint"],
    default: "false",
};
pub(super) const DUAL_STACK: Setting = Setting {
    id: "use_dualstack_endpoint",
    name: "dual-stack endpoint (IPv6)",
    flag: "",
    variables: &["AWS_USE_DUALSTACK_ENDPOINT"],
    keys: &["use_dualstack_endpoint"],
    default: "false",
};
pub(super) const REGIONAL_ENDPOINTS: Setting = Setting {
    id: "sts_regional_endpoints",
    name: "regional or legacy STS",
    flag: "",
    variables: &["AWS_STS_REGIONAL_ENDPOINTS"],
    keys: &["sts_regional_endpoints"],
    default: "regional",
};

const SERVICES: &str = "services";
const ENDPOINT_URL: &str = "endpoint_url";

/// The services that are asked, and what they were chosen by.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// STS; [`Origin::Default`] where it is the region's own.
    pub sts: Sourced<Endpoint>,
    /// IAM; [`Origin::Default`] where it is the partition's own.
    pub iam: Sourced<Endpoint>,
    /// The region.
    pub region: Sourced<Region>,
    /// See [`Variant::fips`].
    pub fips: Sourced<bool>,
    /// See [`Variant::dual_stack`].
    pub dual_stack: Sourced<bool>,
    /// See [`Variant::sts`].
    pub regional: Sourced<RegionalEndpoints>,
}

impl Resolver<'_> {
    pub(super) fn endpoints(&self, region: Sourced<Region>) -> Result<Endpoints, Failure> {
        let fips = self.truth(&FIPS)?;
        let dual_stack = self.truth(&DUAL_STACK)?;
        let regional = self.parse(&REGIONAL_ENDPOINTS)?;
        let regional = regional.unwrap_or_else(|| Sourced::default(RegionalEndpoints::default()));
        let variant =
            Variant { fips: fips.value, dual_stack: dual_stack.value, sts: regional.value };
        let endpoint = |service, setting| -> Result<Sourced<Endpoint>, Failure> {
            let Some(url) = self.custom(service, setting)? else {
                return Ok(Sourced::default(Endpoint::of(service, &region.value, variant)));
            };
            only_one(&url, &fips, "FIPS")?;
            only_one(&url, &dual_stack, "Dualstack")?;
            Ok(url.map(|url| Endpoint::at(url, service, &region.value)))
        };
        Ok(Endpoints {
            sts: endpoint(Service::Sts, &STS_ENDPOINT)?,
            iam: endpoint(Service::Iam, &IAM_ENDPOINT)?,
            region,
            fips,
            dual_stack,
            regional,
        })
    }

    /// The URL that somebody gave for a service.
    fn custom(
        &self,
        service: Service,
        setting: &'static Setting,
    ) -> Result<Option<Sourced<BaseUrl>>, Failure> {
        let url = if let Some(url) = self.typed(setting) {
            Some(url)
        } else if self.truth(&IGNORE_ENDPOINTS)?.value {
            None
        } else if let Some(url) = variable(setting, self.environment)? {
            Some(url)
        } else if let Some(url) = self.of_services(service)? {
            Some(url)
        } else {
            self.profiles.setting(&self.places, ENDPOINT_URL)
        };
        url.map(|url| self.plain_http.admit(url.parse()?)).transpose()
    }

    /// The URL in the section that the profile's `services` names.
    fn of_services(&self, service: Service) -> Result<Option<Sourced<String>>, Failure> {
        let Some(name) = self.profiles.setting(&self.places, SERVICES) else { return Ok(None) };
        let header = format!("services {}", name.value);
        let file = self.profiles.config_file();
        let Some(section) = self.profiles.config(&header) else {
            let problem = format!("there is no section [{header}] in {}", file.display());
            let hint =
                format!("add the section, or take away the line `services = {}`", name.value);
            return Err(name.origin.invalid(InvalidValue::new(problem, hint)));
        };
        let (service, key) = match service {
            Service::Sts => ("sts", "sts.endpoint_url"),
            Service::Iam => ("iam", "iam.endpoint_url"),
        };
        let nested = section.nested(service);
        let url = nested.as_ref().and_then(|nested| nested.value(ENDPOINT_URL));
        Ok(url.filter(|url| !url.is_empty()).map(|url| Sourced {
            value: url.to_owned(),
            origin: Origin::Key { key, section: header, file: file.to_owned() },
        }))
    }

    fn truth(&self, setting: &'static Setting) -> Result<Sourced<bool>, Failure> {
        let said = self.parse::<Truth>(setting)?;
        Ok(said.map_or(Sourced::default(false), |said| said.map(|Truth(value)| value)))
    }
}

/// As the rules of AWS's endpoints have it.
fn only_one(url: &Sourced<BaseUrl>, variant: &Sourced<bool>, name: &str) -> Result<(), Failure> {
    if !variant.value {
        return Ok(());
    }
    let problem = format!("Invalid Configuration: {name} and custom endpoint are not supported");
    let hint = format!("drop either {} or {}", variant.origin, url.origin);
    Err(url.origin.invalid(InvalidValue::new(problem, hint)))
}

/// `true` or `false`, in any case of letters, as the AWS SDKs read it.
struct Truth(bool);

impl FromStr for Truth {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(Self(true)),
            "false" => Ok(Self(false)),
            _ => {
                let problem = format!("`{text}` is neither true nor false");
                Err(InvalidValue::new(problem, "set it to true or false"))
            }
        }
    }
}
