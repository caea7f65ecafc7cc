//! The network settings: the certificates to trust, the proxies, the number of attempts.

use std::path::PathBuf;

use super::Resolver;
use crate::{
    explain::warn_of_clock,
    failure::Failure,
    input, message,
    origin::{InvalidValue, Origin, Sourced},
    settings::{ALLOW_HTTP, CA_BUNDLE, HTTP_PROXY, HTTPS_PROXY, MAX_ATTEMPTS, NO_PROXY, Setting},
    sts::{
        self, Attempts, BaseUrl, Certificates, Client, Exceptions, Interruption, PemError, Proxies,
        Proxy, ProxyUrl, Trust,
    },
    system::signals::{SignalGuard, WAIT_INTERVAL},
};

/// The network settings.
pub(crate) struct Network {
    /// The PEM file with the certificates to trust; `None` for the default.
    ca_bundle: Option<Sourced<PathBuf>>,
    proxies: Proxies,
    attempts: Attempts,
}

impl Network {
    /// Creates a client. Reads the certificates only now: a run without a request needs none.
    pub(super) fn client(&self) -> Result<Client, Failure> {
        let trust = match &self.ca_bundle {
            Some(file) => Trust::Only(certificates(file)?),
            None => Trust::Default,
        };
        Ok(Client::new(sts::Network {
            trust,
            proxies: self.proxies.clone(),
            attempts: self.attempts,
            on_clock_change: warn_of_clock,
            interruption: Interruption {
                unblock: || Box::new(SignalGuard::unblock_while_waiting()),
                interval: WAIT_INTERVAL,
            },
            on_call: |host| Box::new(message::progress(host)),
        }))
    }
}

fn certificates(file: &Sourced<PathBuf>) -> Result<Certificates, Failure> {
    let path = file.value.display();
    let invalid = |problem: String| {
        let hint = "name a PEM file with at least one certificate to trust";
        file.origin.invalid(InvalidValue::new(problem, hint))
    };
    let pem = input::read(&file.value, MAX_BUNDLE)
        .map_err(|error| invalid(format!("cannot read {path}: {error}")))?;
    Certificates::from_pem(&pem).map_err(|error| {
        invalid(match error {
            PemError::NotPem => format!("{path} is not a PEM file"),
            PemError::NoCertificate => format!("{path} contains no certificate"),
        })
    })
}

impl Resolver<'_> {
    pub(super) fn network(&self) -> Result<Network, Failure> {
        self.get(&ALLOW_HTTP)?;
        let ca_bundle = self.get(&CA_BUNDLE)?.map(|Sourced { value, origin }| {
            Ok::<_, Failure>(Sourced { value: self.context.environment.path(&value)?, origin })
        });
        let exceptions = self.parse::<Exceptions>(&NO_PROXY)?;
        let attempts = self.parse::<Attempts>(&MAX_ATTEMPTS)?;
        Ok(Network {
            ca_bundle: ca_bundle.transpose()?,
            proxies: Proxies {
                https: self.proxy(&HTTPS_PROXY)?,
                http: self.http_proxy()?,
                exceptions: exceptions.map(|exceptions| exceptions.value).unwrap_or_default(),
            },
            attempts: attempts.map_or(Attempts::DEFAULT, |attempts| attempts.value),
        })
    }

    /// The proxy for plain http. Without `--allow-http` no request uses it: an invalid value is
    /// ignored.
    fn http_proxy(&self) -> Result<Option<Proxy>, Failure> {
        let proxy = self.proxy(&HTTP_PROXY);
        if self.flags().is_set("allow_http") {
            return proxy;
        }
        if proxy.is_err() {
            self.record(&HTTP_PROXY, "unused", &Origin::Default);
        }
        Ok(None)
    }

    fn proxy(&self, setting: &'static Setting) -> Result<Option<Proxy>, Failure> {
        let configured = self.in_environment(setting)?;
        let Some(configured) = configured else {
            self.get(setting)?;
            return Ok(None);
        };
        let Sourced { value: url, origin } = configured.parse::<ProxyUrl>()?;
        // `Display` omits the password.
        self.record(setting, &url, &origin);
        let label = if let Origin::Variable(name) = origin { name } else { "" };
        Ok(Some(Proxy { url, label }))
    }

    /// Refuses plain `http` to another machine, unless `--allow-http` is given.
    pub(super) fn check_http(&self, url: Sourced<BaseUrl>) -> Result<Sourced<BaseUrl>, Failure> {
        self.check_plain_http(&url.origin, url.value.is_open_to_others()).map(|()| url)
    }

    pub(crate) fn check_plain_http(&self, origin: &Origin, is_open: bool) -> Result<(), Failure> {
        if is_open && !self.flags().is_set("allow_http") {
            let problem = "plain http to another machine would expose the keys";
            let hint = "use an https URL, or allow plain http: --allow-http";
            return Err(origin.invalid(InvalidValue::new(problem, hint)));
        }
        Ok(())
    }
}

/// In bytes. Mozilla's list has 250,000.
const MAX_BUNDLE: usize = 8 << 20;
