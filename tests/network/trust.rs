//! Whose certificates are believed: Mozilla's and the platform's, or those of a file.

use std::fs;

use loopback_sts::ALICE;

use super::gets_a_session;
#[cfg(target_os = "linux")]
use crate::terminal::{Person, QUESTION, until};
use crate::world::World;

const UNKNOWN: &str = "mfa-session: error: the TLS connection to STS is not safe: nobody who is \
                       trusted here has signed its certificate";
const INSPECTED: &str = "mfa-session: hint: if TLS is inspected here, name the inspector's CA: \
                         --ca-bundle FILE, AWS_CA_BUNDLE\n";

#[test]
fn an_inspector_whom_the_platform_trusts_is_believed() {
    let mut world = World::with_tls();
    let file = world.path("ca.pem").to_str().unwrap().to_owned();
    world.set("SSL_CERT_FILE", file);
    gets_a_session(&world);
    assert_eq!(world.asked(), ["GetSessionToken OK"]);
    // The first one is where that is found out.
    assert_eq!(world.sts().connections(), 2);
}

#[test]
fn so_is_one_in_a_directory() {
    let mut world = World::with_tls();
    fs::create_dir(world.path("certificates")).unwrap();
    fs::copy(world.path("ca.pem"), world.path("certificates/ca.pem")).unwrap();
    let directory = world.path("certificates").to_str().unwrap().to_owned();
    world.set("SSL_CERT_DIR", directory);
    gets_a_session(&world);
}

#[test]
#[cfg(target_os = "linux")]
fn that_is_found_out_while_the_person_types() {
    let mut world = World::with_tls();
    let file = world.path("ca.pem").to_str().unwrap().to_owned();
    world.set("SSL_CERT_FILE", file);
    let mut person = Person::runs(&world, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    until(|| world.asked() == ["HEAD"]);
    person.types(&format!("{}\n", world.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(world.asked(), ["HEAD", "GetSessionToken OK"]);
    assert_eq!(world.sts().connections(), 2);
}

#[test]
fn one_whom_nobody_trusts_is_not() {
    let world = World::with_tls();
    let code = world.code();
    let outcome = world.run(["--serial", ALICE.serial_number, "--code", &code]);
    outcome.is(5, "", &format!("{UNKNOWN}\n{INSPECTED}"));
    assert!(world.asked().is_empty());
}

#[test]
fn certificates_that_cannot_be_read_are_told_of() {
    let mut world = World::with_tls();
    world.set("SSL_CERT_FILE", world.path("gone.pem").to_str().unwrap().to_owned());
    let code = world.code();
    let outcome = world.run(["--serial", ALICE.serial_number, "--code", &code]);
    assert_eq!(outcome.status, 5);
    let told = format!("{UNKNOWN}; the platform's certificates can't be read: ");
    assert!(outcome.stderr.starts_with(&told), "{outcome:?}");
    assert!(outcome.stderr.contains("~/gone.pem"), "{outcome:?}");
}

#[test]
fn a_bundle_is_all_that_is_believed() {
    let mut world = World::with_tls();
    let file = world.path("ca.pem").to_str().unwrap().to_owned();
    world.set("SSL_CERT_FILE", file);
    fs::write(world.path("other.pem"), other_certificate()).unwrap();
    let code = world.code();
    let outcome = world.run([
        "--serial",
        ALICE.serial_number,
        "--code",
        &code,
        "--ca-bundle",
        world.path("other.pem").to_str().unwrap(),
    ]);
    outcome.is(5, "", &format!("{UNKNOWN}\n{INSPECTED}"));
    assert_eq!(world.sts().connections(), 1);
}

#[test]
fn a_bundle_may_hold_several() {
    let mut world = World::with_tls();
    let both = other_certificate() + &world.sts().ca_pem();
    fs::write(world.path("both.pem"), both).unwrap();
    let bundle = world.path("both.pem").to_str().unwrap().to_owned();
    world.set("AWS_CA_BUNDLE", bundle);
    gets_a_session(&world);
}

/// Amazon Root CA 3: <https://www.amazontrust.com/repository/>.
fn other_certificate() -> String {
    "-----BEGIN CERTIFICATE-----\n\
     MIIBtjCCAVugAwIBAgITBmyf1XSXNmY/Owua2eiedgPySjAKBggqhkjOPQQDAjA5\n\
     MQswCQYDVQQGEwJVUzEPMA0GA1UEChMGQW1hem9uMRkwFwYDVQQDExBBbWF6b24g\n\
     Um9vdCBDQSAzMB4XDTE1MDUyNjAwMDAwMFoXDTQwMDUyNjAwMDAwMFowOTELMAkG\n\
     A1UEBhMCVVMxDzANBgNVBAoTBkFtYXpvbjEZMBcGA1UEAxMQQW1hem9uIFJvb3Qg\n\
     Q0EgMzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCmXp8ZBf8ANm+gBG1bG8lKl\n\
     ui2yEujSLtf6ycXYqm0fc4E7O5hrOXwzpcVOho6AF2hiRVd9RFgdszflZwjrZt6j\n\
     QjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgGGMB0GA1UdDgQWBBSr\n\
     ttvXBp43rDCGB5Fwx5zEGbF4wDAKBggqhkjOPQQDAgNJADBGAiEA4IWSoxe3jfkr\n\
     BqWTrBqYaGFy+uGh0PsceGCmQ5nFuMQCIQCcAu/xlJyzlvnrxir4tiz+OpAUFteM\n\
     YyRIHN8wfdVoOw==\n\
     -----END CERTIFICATE-----\n"
        .to_owned()
}
