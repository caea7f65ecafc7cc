//! Faults between the program and AWS: broken connections, TLS inspection, proxies, wrong clocks. A
//! code that may have arrived is never sent again.

mod clock;
mod connection;
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
mod idle;
#[cfg(target_os = "linux")] // needs tinyproxy, pseudo-terminals of Linux
mod proxy;
mod retry;
mod trust;

use std::fs;

use loopback_sts::{Certificate, Sts};
use snapbox::str;

use crate::{sandbox::Sandbox, tools::needs};

/// An STS that speaks TLS, whose CA is trusted.
pub(crate) fn with_trusted_tls() -> Sandbox {
    let mut sandbox = Sandbox::with_tls();
    set_path(&mut sandbox, "AWS_CA_BUNDLE", "ca.pem");
    sandbox
}

/// Sets a variable to a path below the home.
fn set_path(sandbox: &mut Sandbox, variable: &str, path: &str) {
    let path = sandbox.path(path).to_str().unwrap().to_owned();
    sandbox.set(variable, path);
}

/// Gets a new session, and needs a code for it.
#[track_caller]
fn get_new_session(sandbox: &Sandbox) {
    sandbox.get(["--force"]).wrote("default-mfa");
}

#[test]
fn connects_to_an_ipv6_endpoint() {
    for certificate in [None, Some(Certificate::Good)] {
        let mut builder = Sts::builder().ipv6();
        if let Some(certificate) = certificate {
            builder = builder.tls(certificate);
        }
        let Some(sts) = needs("IPv6", builder.start().ok()) else { return };
        let mut sandbox = Sandbox::with(sts);
        fs::write(sandbox.path("ca.pem"), sandbox.sts().ca_pem()).unwrap();
        set_path(&mut sandbox, "AWS_CA_BUNDLE", "ca.pem");
        get_new_session(&sandbox);
        assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
    }
}

/// `0.0.0.0` reaches this machine, but is not a loopback address.
#[test]
#[cfg(target_os = "linux")] // needs 0.0.0.0 as an address of this machine
fn refuses_plain_http_to_other_hosts_unless_allowed() {
    let mut sandbox = Sandbox::new();
    let url = sandbox.sts().url().replace("127.0.0.1", "0.0.0.0");
    sandbox.set("AWS_ENDPOINT_URL", url);
    sandbox.get([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: AWS_ENDPOINT_URL: plain http to another machine would expose the keys
mfa-session: hint: use an https URL, or allow plain http: --allow-http
"#]]);
    assert!(sandbox.asked().is_empty());
    sandbox.get(["--allow-http"]).wrote("default-mfa");
}
