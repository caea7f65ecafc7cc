//! Whose certificates are believed: Mozilla's and the platform's, or those of a file.

use std::fs;

use loopback_sts::ALICE;
use snapbox::str;

use super::gets_a_session;
use crate::sandbox::Sandbox;
#[cfg(target_os = "linux")]
use crate::terminal::{Person, QUESTION, until};

#[test]
fn an_inspector_whom_the_platform_trusts_is_believed() {
    let mut sandbox = Sandbox::with_tls();
    let file = sandbox.path("ca.pem").to_str().unwrap().to_owned();
    sandbox.set("SSL_CERT_FILE", file);
    gets_a_session(&sandbox);
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
    // The first one is where that is found out.
    assert_eq!(sandbox.sts().connections(), 2);
}

#[test]
fn so_is_one_in_a_directory() {
    let mut sandbox = Sandbox::with_tls();
    fs::create_dir(sandbox.path("certificates")).unwrap();
    fs::copy(sandbox.path("ca.pem"), sandbox.path("certificates/ca.pem")).unwrap();
    let directory = sandbox.path("certificates").to_str().unwrap().to_owned();
    sandbox.set("SSL_CERT_DIR", directory);
    gets_a_session(&sandbox);
}

#[test]
#[cfg(target_os = "linux")]
fn that_is_found_out_while_the_person_types() {
    let mut sandbox = Sandbox::with_tls();
    let file = sandbox.path("ca.pem").to_str().unwrap().to_owned();
    sandbox.set("SSL_CERT_FILE", file);
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    until(|| sandbox.asked() == ["HEAD"]);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
    assert_eq!(sandbox.sts().connections(), 2);
}

#[test]
fn one_whom_nobody_trusts_is_not() {
    let sandbox = Sandbox::with_tls();
    let code = sandbox.code();
    let outcome = sandbox.run(["--serial", ALICE.serial_number, "--code", &code]);
    outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: the TLS connection to STS is not safe: nobody who is trusted here has signed its certificate
mfa-session: hint: if TLS is inspected here, name the inspector's CA: --ca-bundle FILE, AWS_CA_BUNDLE
"#]]);
    assert!(sandbox.asked().is_empty());
}

#[test]
fn certificates_that_cannot_be_read_are_told_of() {
    let mut sandbox = Sandbox::with_tls();
    sandbox.set("SSL_CERT_FILE", sandbox.path("gone.pem").to_str().unwrap().to_owned());
    let code = sandbox.code();
    let outcome = sandbox.run(["--serial", ALICE.serial_number, "--code", &code]);
    outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: the TLS connection to STS is not safe: nobody who is trusted here has signed its certificate; the platform's certificates can't be read: failed to read PEM from file: No such file or directory (os error 2) at '~/gone.pem'
mfa-session: hint: if TLS is inspected here, name the inspector's CA: --ca-bundle FILE, AWS_CA_BUNDLE
"#]]);
}

#[test]
fn a_bundle_is_all_that_is_believed() {
    let mut sandbox = Sandbox::with_tls();
    let file = sandbox.path("ca.pem").to_str().unwrap().to_owned();
    sandbox.set("SSL_CERT_FILE", file);
    fs::write(sandbox.path("other.pem"), other_certificate()).unwrap();
    let code = sandbox.code();
    let outcome = sandbox.run([
        "--serial",
        ALICE.serial_number,
        "--code",
        &code,
        "--ca-bundle",
        sandbox.path("other.pem").to_str().unwrap(),
    ]);
    outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: the TLS connection to STS is not safe: nobody who is trusted here has signed its certificate
mfa-session: hint: if TLS is inspected here, name the inspector's CA: --ca-bundle FILE, AWS_CA_BUNDLE
"#]]);
    assert_eq!(sandbox.sts().connections(), 1);
}

#[test]
fn a_bundle_may_hold_several() {
    let mut sandbox = Sandbox::with_tls();
    let both = other_certificate() + &sandbox.sts().ca_pem();
    fs::write(sandbox.path("both.pem"), both).unwrap();
    let bundle = sandbox.path("both.pem").to_str().unwrap().to_owned();
    sandbox.set("AWS_CA_BUNDLE", bundle);
    gets_a_session(&sandbox);
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
