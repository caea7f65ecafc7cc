//! What the account grants and refuses, and to whom.

#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

use loopback_sts::{
    ALICE, Account, BOB, BOBS_FIDO, BOBS_HARDWARE, Certificate, Keys, ROOT, Response, Sample, Sts,
    User,
};

fn start() -> Sts {
    Sts::start(Account::default())
}

fn ask(sts: &Sts, who: Sample, parameters: &[(&str, &str)]) -> Response {
    sts.call(&Keys::from(who), "GetSessionToken", parameters).unwrap()
}

fn with_code(sts: &Sts, serial: &str, code: &str) -> Response {
    ask(sts, ALICE, &[("SerialNumber", serial), ("TokenCode", code)])
}

#[track_caller]
fn assert_refused(response: &Response, status: u16, code: &str, message: &str) {
    assert_eq!(response.error(), Some((status, code, message)));
}

const WRONG_CODE: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
const UNKNOWN_DEVICE: &str = "MultiFactorAuthentication failed, unable to validate MFA code.  \
                              Please verify your MFA serial number is valid and associated with \
                              this user.";

#[test]
fn a_code_buys_one_session() {
    let sts = start();
    let code = sts.code("alice");
    let keys = with_code(&sts, ALICE.serial_number, &code).keys().unwrap();
    assert!(keys.access_key_id.starts_with("ASIA"));
    let identity = sts.call(&keys, "GetCallerIdentity", &[]).unwrap();
    assert_eq!(identity.text("Arn"), Some("arn:aws:iam::123456789012:user/alice"));
    assert_refused(&with_code(&sts, ALICE.serial_number, &code), 403, "AccessDenied", WRONG_CODE);
    assert_ne!(sts.code("alice"), code);
}

#[test]
fn the_codes_that_the_server_tells_are_taken() {
    let sts = start();
    let wrong = sts.wrong_code("alice");
    assert_refused(&with_code(&sts, ALICE.serial_number, &wrong), 403, "AccessDenied", WRONG_CODE);
    for step in 0..4 {
        sts.set_clock_offset(30 * step);
        let code = sts.code(ALICE.serial_number);
        assert_eq!(with_code(&sts, ALICE.serial_number, &code).status, 200, "step {step}");
    }
}

#[test]
fn a_code_needs_a_device_of_the_same_user() {
    let sts = start();
    let code = sts.code("alice");
    for serial in [BOB.serial_number, BOBS_FIDO, "arn:aws:iam::123456789012:user/alice"] {
        assert_refused(&with_code(&sts, serial, &code), 403, "AccessDenied", UNKNOWN_DEVICE);
    }
    assert_eq!(with_code(&sts, ALICE.serial_number, &code).status, 200);
}

#[test]
fn a_serial_number_and_a_code_come_together() {
    let sts = start();
    let text = "MultiFactorAuthentication failed, must provide both MFA serial number and one time \
                pass code.";
    let serial = ask(&sts, ALICE, &[("SerialNumber", ALICE.serial_number)]);
    assert_refused(&serial, 403, "AccessDenied", text);
    let code = ask(&sts, ALICE, &[("TokenCode", "123456")]);
    assert_refused(&code, 403, "AccessDenied", text);
}

#[test]
fn a_hardware_device_has_codes_too() {
    let sts = start();
    let code = sts.code(BOBS_HARDWARE);
    let granted = ask(&sts, BOB, &[("SerialNumber", BOBS_HARDWARE), ("TokenCode", &code)]);
    assert_eq!(granted.status, 200);
}

#[test]
fn a_request_that_its_signature_fails_spends_no_code() {
    let sts = start();
    let code = sts.code("alice");
    let wrong = Keys { secret_access_key: "wrong".into(), ..Keys::from(ALICE) };
    let parameters = [("SerialNumber", ALICE.serial_number), ("TokenCode", &*code)];
    let refused = sts.call(&wrong, "GetSessionToken", &parameters).unwrap();
    assert_eq!(refused.text("Code"), Some("SignatureDoesNotMatch"));
    assert_eq!(with_code(&sts, ALICE.serial_number, &code).status, 200);
    let requests = sts.requests();
    let outcomes: Vec<_> = requests.iter().map(|request| &*request.outcome).collect();
    assert_eq!(outcomes, ["SignatureDoesNotMatch", "OK"]);
    assert_eq!(requests[1].operation(), "GetSessionToken");
    assert_eq!(requests[1].parameter("TokenCode"), Some(&*code));
}

#[test]
fn the_keys_of_a_session_are_good_for_less_and_not_for_ever() {
    let sts = start();
    let without_mfa = ask(&sts, ALICE, &[]).keys().unwrap();
    assert_refused(
        &sts.call(&without_mfa, "GetSessionToken", &[]).unwrap(),
        403,
        "AccessDenied",
        "Cannot call GetSessionToken with session credentials",
    );
    let invalid = "The security token included in the request is invalid.";
    let listed = sts.call(&without_mfa, "ListMFADevices", &[]).unwrap();
    assert_refused(&listed, 403, "InvalidClientTokenId", invalid);
    let tokenless = Keys { session_token: None, ..without_mfa.clone() };
    let identity = sts.call(&tokenless, "GetCallerIdentity", &[]).unwrap();
    assert_refused(&identity, 403, "InvalidClientTokenId", invalid);
    sts.set_clock_offset(43_201);
    let identity = sts.call(&without_mfa, "GetCallerIdentity", &[]).unwrap();
    let expired = "The security token included in the request is expired";
    assert_refused(&identity, 403, "ExpiredToken", expired);
}

#[test]
fn a_session_with_mfa_may_ask_iam() {
    let sts = start();
    let keys = with_code(&sts, ALICE.serial_number, &sts.code("alice")).keys().unwrap();
    let listed = sts.call(&keys, "ListMFADevices", &[]).unwrap();
    assert_eq!(listed.text("SerialNumber"), Some(ALICE.serial_number));
    assert_eq!(listed.text("IsTruncated"), Some("false"));
}

#[test]
fn devices_are_listed_page_by_page() {
    let sts = Sts::start(Account::default().page_size(1));
    let mut serials = Vec::new();
    let mut marker = None;
    loop {
        let parameters: Vec<_> =
            marker.iter().map(|marker: &String| ("Marker", &**marker)).collect();
        let listed = sts.call(&Keys::from(BOB), "ListMFADevices", &parameters).unwrap();
        serials.push(listed.text("SerialNumber").unwrap().to_owned());
        let Some(next) = listed.text("Marker") else { break };
        marker = Some(next.to_owned());
    }
    assert_eq!(serials, [BOB.serial_number, BOBS_HARDWARE, BOBS_FIDO]);
}

#[test]
fn roots_sessions_last_an_hour() {
    let sts = start();
    let granted = ask(&sts, ROOT, &[("DurationSeconds", "129600")]).keys().unwrap();
    sts.set_clock_offset(3_590);
    assert_eq!(sts.call(&granted, "GetCallerIdentity", &[]).unwrap().status, 200);
    sts.set_clock_offset(3_601);
    assert_eq!(sts.call(&granted, "GetCallerIdentity", &[]).unwrap().status, 403);
}

#[test]
fn another_partition_has_other_arns_and_another_home() {
    let sts = Sts::start(Account::in_partition("aws-cn"));
    let listed = sts.call(&Keys::from(ALICE), "ListMFADevices", &[]).unwrap();
    assert_eq!(listed.text("SerialNumber"), Some("arn:aws-cn:iam::123456789012:mfa/alice"));
}

#[test]
fn every_kind_of_keys_has_an_identity() {
    let sts = start();
    let [reader, saml] = ["reader", "saml"].map(|name| sts.role_arn(name));
    let assume = [("RoleArn", &*reader), ("RoleSessionName", "s1")];
    let provider = sts.saml_provider_arn();
    let assertion = sts.saml_assertion(&saml, &provider);
    let with_saml =
        [("RoleArn", &*saml), ("PrincipalArn", &provider), ("SAMLAssertion", &assertion)];
    let by = |who: Sample, operation, parameters: &[_]| {
        sts.call(&who.into(), operation, parameters).unwrap().keys().unwrap()
    };
    let saml = sts.call_unsigned("AssumeRoleWithSAML", &with_saml).unwrap().keys().unwrap();
    for (keys, user_id, resource) in [
        (ALICE.into(), "AIDAMFWGSY3FAAAAAAAAA", "iam::123456789012:user/alice"),
        (
            by(ALICE, "GetSessionToken", &[]),
            "AIDAMFWGSY3FAAAAAAAAA",
            "iam::123456789012:user/alice",
        ),
        (ROOT.into(), "123456789012", "iam::123456789012:root"),
        (by(ROOT, "GetSessionToken", &[]), "123456789012", "iam::123456789012:root"),
        (
            by(ALICE, "AssumeRole", &assume),
            "AROAOJSWCZDFOIAAAAAAA:s1",
            "sts::123456789012:assumed-role/reader/s1",
        ),
        (
            saml,
            "AROAONQW23AAAAAAAAAAA:alice@example.com",
            "sts::123456789012:assumed-role/saml/alice@example.com",
        ),
        (
            by(BOB, "GetFederationToken", &[("Name", "carol")]),
            "123456789012:carol",
            "sts::123456789012:federated-user/carol",
        ),
    ] {
        let identity = sts.call(&keys, "GetCallerIdentity", &[]).unwrap();
        assert_eq!(identity.text("UserId"), Some(user_id));
        assert_eq!(identity.text("Arn"), Some(&*format!("arn:aws:{resource}")));
        assert_eq!(identity.text("Account"), Some("123456789012"));
    }
}

#[test]
fn a_key_id_tells_its_account() {
    let sts = start();
    let ask =
        |id: &str| sts.call(&ALICE.into(), "GetAccessKeyInfo", &[("AccessKeyId", id)]).unwrap();
    for id in [BOB.access_key_id, "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE"] {
        assert_eq!(ask(id).text("Account"), Some("123456789012"));
    }
    for id in ["AIDAIOSFODNN7EXAMPLE", "AKIA", "AKIAIOSFODNN7-EXAMPLE"] {
        assert_eq!(ask(id).text("Code"), Some("ValidationError"), "{id}");
    }
    assert_refused(
        &sts.call(&ALICE.into(), "GetAccessKeyInfo", &[]).unwrap(),
        400,
        "ValidationError",
        "1 validation error detected: Value null at 'accessKeyId' failed to satisfy constraint: \
         Member must not be null",
    );
}

#[test]
fn a_message_is_decoded_for_those_who_may() {
    let withheld = User::new("carol")
        .key("AKIALOOPBACKCAROL234", "carol")
        .withhold("sts:DecodeAuthorizationMessage");
    let sts = Sts::start(Account::default().user(withheld));
    let text = r#"{"allowed":false,"context":{"action":"ec2:RunInstances","é":"<&>"}}"#;
    let message = sts.encoded_message(text);
    let decode = |keys: &Keys, message: &str| {
        sts.call(keys, "DecodeAuthorizationMessage", &[("EncodedMessage", message)]).unwrap()
    };
    let decoded = decode(&ALICE.into(), &message);
    let source = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    assert_eq!(decoded.text("DecodedMessage"), Some(&*source));
    for wrong in [&message[1..], &*format!("{message}A"), "a\nb", "x"] {
        let code = "InvalidAuthorizationMessageException";
        assert_refused(&decode(&ALICE.into(), wrong), 400, code, "Invalid token");
    }
    assert_eq!(decode(&ALICE.into(), "").text("Code"), Some("ValidationError"));
    let carol = Keys {
        access_key_id: "AKIALOOPBACKCAROL234".into(),
        secret_access_key: "carol".into(),
        session_token: None,
    };
    assert_refused(
        &decode(&carol, &message),
        403,
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/carol is not authorized to perform: \
         sts:DecodeAuthorizationMessage because no identity-based policy allows the \
         sts:DecodeAuthorizationMessage action",
    );
}

#[test]
fn a_certificate_that_is_not_good_is_not_trusted() {
    for (certificate, is_trusted) in [
        (Certificate::Good, true),
        (Certificate::Expired, false),
        (Certificate::WrongHost, false),
        (Certificate::SelfSigned, false),
    ] {
        for builder in [Sts::builder(), Sts::builder().ipv6()] {
            let sts = builder.tls(certificate).start().unwrap();
            let identity = sts.call(&Keys::from(ALICE), "GetCallerIdentity", &[]);
            assert_eq!(identity.is_ok(), is_trusted, "{certificate:?} at {}", sts.url());
        }
    }
}
