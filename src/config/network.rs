//! How services are reached: whom to believe, through whom, and how often.

use super::{Resolver, Setting, variable};
use crate::{
    failure::{Failure, InvalidValue},
    origin::{Origin, Sourced},
    sts::{Attempts, BaseUrl, Exceptions, Network, Proxies, ProxyUrl, Trust},
};

pub(super) const CA_BUNDLE: Setting = Setting {
    id: "ca_bundle",
    name: "certificates to trust",
    flag: "--ca-bundle",
    variables: &["AWS_CA_BUNDLE"],
    keys: &["ca_bundle"],
    default: "what Mozilla and the platform trust",
};
pub(super) const ALLOW_HTTP: Setting = Setting {
    id: "allow_http",
    name: "plain http",
    flag: "--allow-http",
    variables: &[],
    keys: &[],
    default: "to this machine only",
};
pub(super) const HTTPS_PROXY: Setting = Setting {
    id: "https_proxy",
    name: "proxy",
    flag: "",
    variables: &["https_proxy", "HTTPS_PROXY"],
    keys: &[],
    default: "none",
};
pub(super) const HTTP_PROXY: Setting = Setting {
    id: "http_proxy",
    name: "proxy for plain http",
    flag: "",
    variables: &["http_proxy", "HTTP_PROXY"],
    keys: &[],
    default: "none; never for this machine",
};
pub(super) const NO_PROXY: Setting = Setting {
    id: "no_proxy",
    name: "hosts without a proxy",
    flag: "",
    variables: &["no_proxy", "NO_PROXY"],
    keys: &[],
    default: "none",
};
pub(super) const MAX_ATTEMPTS: Setting = Setting {
    id: "max_attempts",
    name: "attempts",
    flag: "",
    variables: &["AWS_MAX_ATTEMPTS"],
    keys: &["max_attempts"],
    default: "3",
};

/// How far plain `http` may go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PlainHttp {
    /// To this machine.
    Here,
    /// To any machine.
    Anywhere,
}

impl PlainHttp {
    /// The URL, unless what is said there could be overheard and nobody allowed that.
    pub(super) fn admit(self, url: Sourced<BaseUrl>) -> Result<Sourced<BaseUrl>, Failure> {
        self.check(&url.origin, url.value.is_open_to_others()).map(|()| url)
    }

    pub(super) fn check(self, origin: &Origin, is_open_to_others: bool) -> Result<(), Failure> {
        if self == Self::Here && is_open_to_others {
            let problem = "plain http goes to this machine only: the answer holds keys";
            let hint = "give an https URL, or allow it: --allow-http";
            return Err(origin.invalid(InvalidValue::new(problem, hint)));
        }
        Ok(())
    }
}

impl Resolver<'_> {
    pub(super) fn network(&self) -> Result<Network, Failure> {
        let exceptions = variable(&NO_PROXY, self.environment)?;
        let exceptions = exceptions.map(Sourced::parse::<Exceptions>).transpose()?;
        Ok(Network {
            trust: match self.said(&CA_BUNDLE)? {
                None => Trust::Everyone,
                Some(Sourced { value, origin }) => {
                    Trust::Bundle(Sourced { value: self.environment.path(&value)?, origin })
                }
            },
            proxies: Proxies {
                https: self.proxy(&HTTPS_PROXY)?,
                // Of no use otherwise, and then it may be anything.
                http: match self.plain_http {
                    PlainHttp::Here => None,
                    PlainHttp::Anywhere => self.proxy(&HTTP_PROXY)?,
                },
                exceptions: exceptions.map_or(Exceptions::default(), |given| given.value),
            },
            attempts: self
                .parse(&MAX_ATTEMPTS)?
                .map_or(Attempts::DEFAULT, |attempts| attempts.value),
        })
    }

    fn proxy(&self, setting: &'static Setting) -> Result<Option<Sourced<ProxyUrl>>, Failure> {
        variable(setting, self.environment)?.map(Sourced::parse).transpose()
    }
}
