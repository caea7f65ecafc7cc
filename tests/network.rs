//! What lies between the program and AWS: networks that fail, inspectors and proxies, clocks that
//! are wrong. A session is had where it can be had, and a code is never sent twice.

mod clock;
mod connection;
#[cfg(target_os = "linux")]
mod proxy;
mod retry;
mod trust;

use std::fs;

use loopback_sts::{ALICE, Certificate, Sts};
use snapbox::str;

use crate::{sandbox::Sandbox, tools::needs};

/// An STS that speaks TLS, whose CA is trusted.
fn with_trusted_tls() -> Sandbox {
    let mut sandbox = Sandbox::with_tls();
    let bundle = sandbox.path("ca.pem").to_str().unwrap().to_owned();
    sandbox.set("AWS_CA_BUNDLE", bundle);
    sandbox
}

/// Gets a session with a code of now.
#[track_caller]
fn gets_a_session(sandbox: &Sandbox) {
    let code = sandbox.code();
    sandbox.run(["--force", "--serial", ALICE.serial_number, "--code", &code]).wrote("default-mfa");
}

#[test]
fn an_endpoint_may_have_an_address_of_version_6() {
    for certificate in [None, Some(Certificate::Good)] {
        let mut builder = Sts::builder().ipv6();
        if let Some(certificate) = certificate {
            builder = builder.tls(certificate);
        }
        let Some(sts) = needs("IPv6", builder.start().ok()) else { return };
        let mut sandbox = Sandbox::with(sts);
        fs::write(sandbox.path("ca.pem"), sandbox.sts().ca_pem()).unwrap();
        let bundle = sandbox.path("ca.pem").to_str().unwrap().to_owned();
        sandbox.set("AWS_CA_BUNDLE", bundle);
        gets_a_session(&sandbox);
        assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
    }
}

/// `0.0.0.0` is this machine, too, but does not say so.
#[test]
#[cfg(target_os = "linux")]
fn plain_http_goes_to_other_machines_only_if_allowed() {
    let mut sandbox = Sandbox::new();
    let url = sandbox.sts().url().replace("127.0.0.1", "0.0.0.0");
    sandbox.set("AWS_ENDPOINT_URL", url);
    let code = sandbox.code();
    sandbox.run(["--serial", ALICE.serial_number, "--code", &code]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: AWS_ENDPOINT_URL: plain http is allowed to this machine only: the answer holds keys
mfa-session: hint: give an https URL, or allow it: --allow-http
"#]]);
    assert!(sandbox.asked().is_empty());
    sandbox
        .run(["--serial", ALICE.serial_number, "--code", &code, "--allow-http"])
        .wrote("default-mfa");
}
