//! The endpoints of STS, IAM and Sign-In, in AWS's order of precedence.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>

use std::{cell::OnceCell, str::FromStr};

use super::{Partition, Resolver, network::Network};
use crate::{
    aws_files::config_header,
    explain::{Caller, explain},
    failure::Failure,
    message,
    origin::{InvalidValue, Origin, Sourced},
    profiles::CallerKey,
    settings::{
        DUAL_STACK, FIPS, IAM_ENDPOINT, IGNORE_ENDPOINTS, REGIONAL_ENDPOINTS, SIGNIN_ENDPOINT,
        STS_ENDPOINT, Setting,
    },
    sts::{
        BaseUrl, Client, Endpoint, Operation, Region, RegionalEndpoints, Service, Signer, Variant,
    },
};

/// The endpoints and the client of this run.
pub(crate) struct Aws {
    /// The endpoint of STS.
    pub(crate) sts: Endpoint,
    /// The region, [`Origin::Default`] where none is configured.
    pub(crate) region: Sourced<Region>,
    network: Network,
    variant: Variant,
    client: OnceCell<Client>,
}

impl Aws {
    /// The client, which the first call creates.
    pub(crate) fn client(&self) -> Result<&Client, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = self.network.client()?;
        Ok(self.client.get_or_init(|| client))
    }

    /// Calls STS, signed with a key.
    pub(crate) fn call<O: Operation>(
        &self,
        operation: &O,
        key: &Sourced<CallerKey>,
    ) -> Result<O::Output, Failure> {
        let Sourced { value: (key, token), origin } = key;
        let signer = Signer::Key(key, token.as_ref());
        let caller = Caller::with_key(key.id(), origin);
        self.client()?.call(operation, &self.sts, signer).map_err(|error| explain(&error, caller))
    }
}

impl Resolver<'_> {
    /// The region, the STS endpoint and the network settings. Fails if the region is not in the
    /// partition.
    pub(crate) fn aws(&self, partition: Option<&Partition>) -> Result<Aws, Failure> {
        let region = self.region(partition)?;
        let fips = self.switch(&FIPS)?;
        let dual_stack = self.switch(&DUAL_STACK)?;
        let regional = self.parse::<RegionalEndpoints>(&REGIONAL_ENDPOINTS)?;
        let variant = Variant {
            fips: fips.value,
            dual_stack: dual_stack.value,
            sts: regional.map(|regional| regional.value).unwrap_or_default(),
        };
        let sts = self.endpoint(Service::Sts, &STS_ENDPOINT, &region.value, variant)?;
        Ok(Aws { sts, region, network: self.network()?, variant, client: OnceCell::new() })
    }

    pub(crate) fn iam(&self, aws: &Aws) -> Result<Endpoint, Failure> {
        self.endpoint(Service::Iam, &IAM_ENDPOINT, &aws.region.value, aws.variant)
    }

    /// The endpoint of AWS Sign-In. Its only FIPS endpoints are those of GovCloud.
    pub(crate) fn signin(&self, aws: &Aws) -> Result<Endpoint, Failure> {
        let region = &aws.region.value;
        if aws.variant.fips && region.partition_name() != "aws-us-gov" {
            message::warn(
                "AWS Sign-In has no FIPS endpoint in this partition: using the plain one",
            );
        }
        self.endpoint(Service::Signin, &SIGNIN_ENDPOINT, region, aws.variant)
    }

    fn endpoint(
        &self,
        service: Service,
        setting: &'static Setting,
        region: &Region,
        variant: Variant,
    ) -> Result<Endpoint, Failure> {
        let Some(url) = self.custom_url(service, setting)? else {
            let endpoint = Endpoint::of(service, region, variant);
            self.record(setting, endpoint.url(), &Origin::Default);
            return Ok(endpoint);
        };
        for (variant, name) in [(&FIPS, "FIPS"), (&DUAL_STACK, "Dualstack")] {
            conflict(&url, &self.switch(variant)?, name)?;
        }
        let endpoint = Endpoint::at(url.value, service, region);
        self.record(setting, endpoint.url(), &url.origin);
        Ok(endpoint)
    }

    /// The configured URL of a service.
    fn custom_url(
        &self,
        service: Service,
        setting: &'static Setting,
    ) -> Result<Option<Sourced<BaseUrl>>, Failure> {
        self.get(&IGNORE_ENDPOINTS)?;
        let url = if let Some(url) = self.in_flags(setting) {
            Some(url)
        } else if self.switch(&IGNORE_ENDPOINTS)?.value {
            None
        } else if let Some(url) = self.in_environment(setting)? {
            Some(url)
        } else if let Some(url) = self.url_of_services(service)? {
            Some(url)
        } else {
            self.scope.value(ENDPOINT_URL)
        };
        url.map(|url| self.check_http(url.parse()?)).transpose()
    }

    /// The URL in the section that the profile's `services` names.
    fn url_of_services(&self, service: Service) -> Result<Option<Sourced<String>>, Failure> {
        let Some(name) = self.scope.value("services") else { return Ok(None) };
        let header = config_header("services", &name.value);
        let file = self.profiles.config_file();
        let Some(section) = self.profiles.config_section(&header) else {
            let problem = format!("{} has no section [{header}]", file.display());
            let hint = format!("add the section, or remove the line `services = {}`", name.value);
            return Err(name.origin.invalid(InvalidValue::new(problem, hint)));
        };
        let (service, key) = match service {
            Service::Sts => ("sts", "sts.endpoint_url"),
            Service::Iam => ("iam", "iam.endpoint_url"),
            Service::Signin => ("signin", "signin.endpoint_url"),
        };
        let nested = section.nested(service);
        let url = nested.as_ref().and_then(|nested| nested.value(ENDPOINT_URL));
        Ok(url.filter(|url| !url.is_empty()).map(|url| Sourced {
            value: url.to_owned(),
            origin: Origin::Key { key, section: header, file: file.to_owned() },
        }))
    }

    fn switch(&self, setting: &'static Setting) -> Result<Sourced<bool>, Failure> {
        let configured = self.parse::<TrueOrFalse>(setting)?;
        Ok(configured.map_or(Sourced::default(false), |it| it.map(|TrueOrFalse(value)| value)))
    }
}

/// Refuses a custom URL with FIPS or dual-stack, in the words of AWS's endpoint rules.
fn conflict(url: &Sourced<BaseUrl>, variant: &Sourced<bool>, name: &str) -> Result<(), Failure> {
    if !variant.value {
        return Ok(());
    }
    let problem = format!("Invalid Configuration: {name} and custom endpoint are not supported");
    let hint = format!("remove either {} or {}", variant.origin, url.origin);
    Err(url.origin.invalid(InvalidValue::new(problem, hint)))
}

/// `true` or `false`, in any case, as in the AWS SDKs.
struct TrueOrFalse(bool);

impl FromStr for TrueOrFalse {
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

const ENDPOINT_URL: &str = "endpoint_url";
