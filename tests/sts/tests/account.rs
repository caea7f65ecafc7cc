//! Sessions of users, MFA codes, identities, and the operations that need them.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use loopback_sts::{
    ALICE, Account, BOB, BOBS_FIDO, BOBS_HARDWARE, Certificate, Keys, ROOT, Response, Sample, Sts,
    User,
};

fn start() -> Sts {
    Sts::start(Account::default())
}

fn get_session_token(sts: &Sts, user: Sample, parameters: &[(&str, &str)]) -> Response {
    sts.call(&Keys::from(user), "GetSessionToken", parameters).unwrap()
}

fn with_code(sts: &Sts, serial: &str, code: &str) -> Response {
    get_session_token(sts, ALICE, &[("SerialNumber", serial), ("TokenCode", code)])
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
fn code_is_accepted_once() {
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
fn fresh_codes_are_accepted_and_wrong_ones_are_not() {
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
fn device_must_belong_to_the_caller() {
    let sts = start();
    let code = sts.code("alice");
    for serial in [BOB.serial_number, BOBS_FIDO, "arn:aws:iam::123456789012:user/alice"] {
        assert_refused(&with_code(&sts, serial, &code), 403, "AccessDenied", UNKNOWN_DEVICE);
    }
    assert_eq!(with_code(&sts, ALICE.serial_number, &code).status, 200);
}

#[test]
fn serial_number_and_code_require_each_other() {
    let sts = start();
    let text = "MultiFactorAuthentication failed, must provide both MFA serial number and one time \
                pass code.";
    let serial = get_session_token(&sts, ALICE, &[("SerialNumber", ALICE.serial_number)]);
    assert_refused(&serial, 403, "AccessDenied", text);
    let code = get_session_token(&sts, ALICE, &[("TokenCode", "123456")]);
    assert_refused(&code, 403, "AccessDenied", text);
}

#[test]
fn hardware_device_has_codes() {
    let sts = start();
    let code = sts.code(BOBS_HARDWARE);
    let granted =
        get_session_token(&sts, BOB, &[("SerialNumber", BOBS_HARDWARE), ("TokenCode", &code)]);
    assert_eq!(granted.status, 200);
}

#[test]
fn wrong_signature_does_not_use_up_the_code() {
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
fn session_without_mfa_is_limited_and_expires() {
    let sts = start();
    let without_mfa = get_session_token(&sts, ALICE, &[]).keys().unwrap();
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
fn session_with_mfa_may_call_iam() {
    let sts = start();
    let keys = with_code(&sts, ALICE.serial_number, &sts.code("alice")).keys().unwrap();
    let listed = sts.call(&keys, "ListMFADevices", &[]).unwrap();
    assert_eq!(listed.text("SerialNumber"), Some(ALICE.serial_number));
    assert_eq!(listed.text("IsTruncated"), Some("false"));
}

#[test]
fn session_of_a_user_may_call_few_operations_of_sts() {
    let sts = start();
    let code = sts.code("alice");
    let with_mfa = with_code(&sts, ALICE.serial_number, &code).keys().unwrap();
    let without_mfa = get_session_token(&sts, ALICE, &[]).keys().unwrap();
    let of_root = get_session_token(&sts, ROOT, &[]).keys().unwrap();
    let message = sts.encoded_message("text");
    for keys in [with_mfa, without_mfa, of_root] {
        for (operation, parameters) in [
            ("DecodeAuthorizationMessage", &[("EncodedMessage", &*message)][..]),
            ("GetAccessKeyInfo", &[("AccessKeyId", BOB.access_key_id)]),
            ("GetFederationToken", &[("Name", "carol")]),
            ("GetSessionToken", &[]),
        ] {
            let response = sts.call(&keys, operation, parameters).unwrap();
            let message = format!("Cannot call {operation} with session credentials");
            assert_refused(&response, 403, "AccessDenied", &message);
        }
        assert_eq!(sts.call(&keys, "GetCallerIdentity", &[]).unwrap().status, 200);
        let role = sts.role_arn("reader");
        let parameters = [("RoleArn", &*role), ("RoleSessionName", "s1")];
        let response = sts.call(&keys, "AssumeRole", &parameters).unwrap();
        let message = response.text("Message").unwrap_or_default();
        assert!(!message.starts_with("Cannot call"), "{message}");
    }
}

#[test]
fn devices_are_listed_in_pages() {
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
fn session_of_root_lasts_one_hour() {
    let sts = start();
    let granted = get_session_token(&sts, ROOT, &[("DurationSeconds", "129600")]).keys().unwrap();
    sts.set_clock_offset(3_590);
    assert_eq!(sts.call(&granted, "GetCallerIdentity", &[]).unwrap().status, 200);
    sts.set_clock_offset(3_601);
    assert_eq!(sts.call(&granted, "GetCallerIdentity", &[]).unwrap().status, 403);
}

#[test]
fn partition_determines_arns_and_iam_region() {
    let sts = Sts::start(Account::in_partition("aws-cn"));
    let listed = sts.call(&Keys::from(ALICE), "ListMFADevices", &[]).unwrap();
    assert_eq!(listed.text("SerialNumber"), Some("arn:aws-cn:iam::123456789012:mfa/alice"));
}

#[test]
fn all_kinds_of_keys_have_an_identity() {
    let sts = start();
    let [reader, saml] = ["reader", "saml"].map(|name| sts.role_arn(name));
    let assume = [("RoleArn", &*reader), ("RoleSessionName", "s1")];
    let provider = sts.saml_provider_arn();
    let assertion = sts.saml_assertion(&saml, &provider);
    let with_saml =
        [("RoleArn", &*saml), ("PrincipalArn", &provider), ("SAMLAssertion", &assertion)];
    let keys_of = |user: Sample, operation, parameters: &[_]| {
        sts.call(&user.into(), operation, parameters).unwrap().keys().unwrap()
    };
    let saml = sts.call_unsigned("AssumeRoleWithSAML", &with_saml).unwrap().keys().unwrap();
    for (keys, user_id, resource) in [
        (ALICE.into(), "AIDAMFWGSY3FAAAAAAAAA", "iam::123456789012:user/alice"),
        (
            keys_of(ALICE, "GetSessionToken", &[]),
            "AIDAMFWGSY3FAAAAAAAAA",
            "iam::123456789012:user/alice",
        ),
        (ROOT.into(), "123456789012", "iam::123456789012:root"),
        (keys_of(ROOT, "GetSessionToken", &[]), "123456789012", "iam::123456789012:root"),
        (
            keys_of(ALICE, "AssumeRole", &assume),
            "AROAOJSWCZDFOIAAAAAAA:s1",
            "sts::123456789012:assumed-role/reader/s1",
        ),
        (
            saml,
            "AROAONQW23AAAAAAAAAAA:alice@example.com",
            "sts::123456789012:assumed-role/saml/alice@example.com",
        ),
        (
            keys_of(BOB, "GetFederationToken", &[("Name", "carol")]),
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
fn access_key_id_belongs_to_the_account() {
    let sts = start();
    let get_access_key_info =
        |id: &str| sts.call(&ALICE.into(), "GetAccessKeyInfo", &[("AccessKeyId", id)]).unwrap();
    for id in [BOB.access_key_id, "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE"] {
        assert_eq!(get_access_key_info(id).text("Account"), Some("123456789012"));
    }
    for id in ["AIDAIOSFODNN7EXAMPLE", "AKIA", "AKIAIOSFODNN7-EXAMPLE"] {
        assert_eq!(get_access_key_info(id).text("Code"), Some("ValidationError"), "{id}");
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
fn decoding_a_message_requires_permission() {
    let carol = User::new("carol")
        .key("AKIALOOPBACKCAROL234", "carol")
        .deny("sts:DecodeAuthorizationMessage");
    let sts = Sts::start(Account::default().user(carol));
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
fn only_the_good_certificate_is_trusted() {
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
