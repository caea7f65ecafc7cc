//! Whose certificates are believed: Mozilla's list, which is built in and costs nothing, and what
//! the platform trusts, which is read only where Mozilla's list does not know an issuer, as where
//! TLS is inspected. Or those in a file, and no others.

use std::{
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use ureq::{
    Agent,
    tls::{Certificate, PemItem, RootCerts, parse_pem},
};

use crate::{
    failure::{Failure, InvalidValue},
    input,
    origin::Sourced,
};

/// Whose certificates are believed.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Mozilla's list and the platform's. `SSL_CERT_FILE` and `SSL_CERT_DIR` stand for the latter,
    /// as for OpenSSL.
    Everyone,
    /// Those in a PEM file, and no others.
    Bundle(Sourced<PathBuf>),
}

/// Connections to those who are believed.
pub(super) struct Agents {
    first: Agent,
    /// Or why there is none; empty until it is needed.
    platform: OnceLock<Result<Agent, String>>,
    is_bundle: bool,
    is_platform_next: AtomicBool,
}

impl Agents {
    pub(super) fn new(trust: &Trust) -> Result<Self, Failure> {
        let (roots, is_bundle) = match trust {
            Trust::Everyone => (RootCerts::WebPki, false),
            Trust::Bundle(file) => (bundle(file)?, true),
        };
        Ok(Self {
            first: super::agent(roots),
            platform: OnceLock::new(),
            is_bundle,
            is_platform_next: AtomicBool::new(false),
        })
    }

    /// Whom to ask.
    pub(super) fn next(&self) -> &Agent {
        match self.platform.get() {
            Some(Ok(agent)) if self.is_platform_next.load(Ordering::SeqCst) => agent,
            _ => &self.first,
        }
    }

    /// Turns to those who believe others, once a certificate's issuer is unknown; whether there are
    /// any.
    pub(super) fn turn(&self) -> bool {
        if self.is_bundle {
            return false;
        }
        let agent = self.platform.get_or_init(|| platform().map(super::agent));
        self.is_platform_next.fetch_xor(true, Ordering::SeqCst);
        agent.is_ok()
    }

    /// Why the platform's certificates are not believed.
    pub(super) fn complaint(&self) -> Option<&str> {
        self.platform.get()?.as_ref().err().map(String::as_str)
    }
}

fn platform() -> Result<RootCerts, String> {
    let found = rustls_native_certs::load_native_certs();
    let certificates = found.certs.iter().map(|der| Certificate::from_der(der).to_owned());
    let certificates: Vec<_> = certificates.collect();
    match found.errors.first() {
        _ if !certificates.is_empty() => Ok(RootCerts::Specific(Arc::new(certificates))),
        Some(error) => Err(format!("the platform's certificates can't be read: {error}")),
        None => Err("the platform has no certificates".to_owned()),
    }
}

fn bundle(file: &Sourced<PathBuf>) -> Result<RootCerts, Failure> {
    let path = file.value.display();
    let invalid = |problem: String| {
        let hint = "give a PEM file with one certificate or more to trust";
        file.origin.invalid(InvalidValue::new(problem, hint))
    };
    let pem = input::read(&file.value, LARGEST_FILE)
        .map_err(|error| invalid(format!("cannot read {path}: {error}")))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(invalid(format!("{path} is not a PEM file"))),
        }
    }
    if certificates.is_empty() {
        return Err(invalid(format!("{path} holds no certificate")));
    }
    Ok(RootCerts::Specific(Arc::new(certificates)))
}

/// In bytes. Mozilla's list has a quarter of a million.
const LARGEST_FILE: usize = 8 << 20;
