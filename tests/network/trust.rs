//! Trusted certificates: Mozilla's and the platform's, or those of a CA bundle.

use std::fs;

use snapbox::str;

use super::{get_new_session, set_path};
use crate::sandbox::Sandbox;
#[cfg(target_os = "linux")]
use crate::terminal::{Person, QUESTION, until};

#[test]
fn trusts_a_platform_certificate_in_a_file() {
    let mut sandbox = Sandbox::with_tls();
    set_path(&mut sandbox, "SSL_CERT_FILE", "ca.pem");
    get_new_session(&sandbox);
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
    // The first connection fails with Mozilla's certificates.
    assert_eq!(sandbox.sts().connections(), 2);
}

#[test]
fn trusts_a_platform_certificate_in_a_directory() {
    let mut sandbox = Sandbox::with_tls();
    fs::create_dir(sandbox.path("certificates")).unwrap();
    fs::copy(sandbox.path("ca.pem"), sandbox.path("certificates/ca.pem")).unwrap();
    set_path(&mut sandbox, "SSL_CERT_DIR", "certificates");
    get_new_session(&sandbox);
}

#[test]
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
fn loads_platform_certificates_during_the_prompt() {
    let mut sandbox = Sandbox::with_tls();
    set_path(&mut sandbox, "SSL_CERT_FILE", "ca.pem");
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    until(|| sandbox.asked() == ["HEAD"]);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
    assert_eq!(sandbox.sts().connections(), 2);
}

#[test]
fn refuses_an_unknown_issuer() {
    let sandbox = Sandbox::with_tls();
    sandbox.get([]).matches(str![[r#"
exit 5
--- stderr
mfa-session: error: no secure connection to STS: its TLS certificate has an unknown issuer
mfa-session: hint: if a proxy inspects TLS, name its CA certificate: --ca-bundle FILE, AWS_CA_BUNDLE
mfa-session: hint: no code was used
"#]]);
    assert!(sandbox.asked().is_empty());
}

#[test]
fn reports_unreadable_platform_certificates() {
    let mut sandbox = Sandbox::with_tls();
    set_path(&mut sandbox, "SSL_CERT_FILE", "gone.pem");
    sandbox.get([]).matches(str![[r#"
exit 5
--- stderr
mfa-session: error: no secure connection to STS: its TLS certificate has an unknown issuer; cannot read the platform's certificates: failed to read PEM from file: No such file or directory (os error 2) at '~/gone.pem'
mfa-session: hint: if a proxy inspects TLS, name its CA certificate: --ca-bundle FILE, AWS_CA_BUNDLE
mfa-session: hint: no code was used
"#]]);
}

#[test]
fn ca_bundle_replaces_other_certificates() {
    let mut sandbox = Sandbox::with_tls();
    set_path(&mut sandbox, "SSL_CERT_FILE", "ca.pem");
    fs::write(sandbox.path("other.pem"), other_certificate()).unwrap();
    sandbox.get(["--ca-bundle", "~/other.pem"]).matches(str![[r#"
exit 5
--- stderr
mfa-session: error: no secure connection to STS: its TLS certificate has an unknown issuer
mfa-session: hint: if a proxy inspects TLS, name its CA certificate: --ca-bundle FILE, AWS_CA_BUNDLE
mfa-session: hint: no code was used
"#]]);
    assert_eq!(sandbox.sts().connections(), 1);
}

#[test]
fn ca_bundle_may_hold_several_certificates() {
    let mut sandbox = Sandbox::with_tls();
    let both = other_certificate() + &sandbox.sts().ca_pem();
    fs::write(sandbox.path("both.pem"), both).unwrap();
    set_path(&mut sandbox, "AWS_CA_BUNDLE", "both.pem");
    get_new_session(&sandbox);
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
