//! What lies between the program and AWS: networks that fail, inspectors and proxies, clocks that
//! are wrong. A session is had where it can be had, and a code is never sent twice.

mod clock;
#[cfg(target_os = "linux")]
mod proxy;
mod retry;
mod trust;

use std::fs;

use loopback_sts::{ALICE, Certificate, Sts};

use crate::{tools::needs, world::World};

/// An STS that speaks TLS, whose CA is trusted.
fn with_trusted_tls() -> World {
    let mut world = World::with_tls();
    let bundle = world.path("ca.pem").to_str().unwrap().to_owned();
    world.set("AWS_CA_BUNDLE", bundle);
    world
}

/// Gets a session with a code of now.
#[track_caller]
fn gets_a_session(world: &World) {
    let code = world.code();
    world.run(["--force", "--serial", ALICE.serial_number, "--code", &code]).wrote("default-mfa");
}

#[test]
fn an_endpoint_may_have_an_address_of_version_6() {
    for certificate in [None, Some(Certificate::Good)] {
        let mut builder = Sts::builder().ipv6();
        if let Some(certificate) = certificate {
            builder = builder.tls(certificate);
        }
        let Some(sts) = needs("IPv6", builder.start().ok()) else { return };
        let mut world = World::with(sts);
        fs::write(world.path("ca.pem"), world.sts().ca_pem()).unwrap();
        let bundle = world.path("ca.pem").to_str().unwrap().to_owned();
        world.set("AWS_CA_BUNDLE", bundle);
        gets_a_session(&world);
        assert_eq!(world.asked(), ["GetSessionToken OK"]);
    }
}

/// `0.0.0.0` is this machine, too, but does not say so.
#[test]
#[cfg(target_os = "linux")]
fn plain_http_goes_to_other_machines_only_if_allowed() {
    let mut world = World::new();
    let url = world.sts().url().replace("127.0.0.1", "0.0.0.0");
    world.set("AWS_ENDPOINT_URL", url);
    let code = world.code();
    world.run(["--serial", ALICE.serial_number, "--code", &code]).is(
        1,
        "",
        "mfa-session: error: AWS_ENDPOINT_URL: plain http goes to this machine only: the answer \
         holds keys\n\
         mfa-session: hint: give an https URL, or allow it: --allow-http\n",
    );
    assert!(world.asked().is_empty());
    world
        .run(["--serial", ALICE.serial_number, "--code", &code, "--allow-http"])
        .wrote("default-mfa");
}
