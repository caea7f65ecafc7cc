//! Federation: web identities, SAML, federated users, and GitHub's identity tokens.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use std::io::{Read, Write};
use std::net::TcpStream;

use data_encoding::BASE64URL_NOPAD;
use loopback_sts::{ALICE, Account, Answer, Fault, Keys, ROOT, Response, Role, Sts, User};

fn start() -> Sts {
    Sts::start(Account::default())
}

fn with_token(sts: &Sts, role: &str, token: &str, more: &[(&str, &str)]) -> Response {
    let arn = sts.role_arn(role);
    let parameters = [("RoleArn", &*arn), ("RoleSessionName", "s1"), ("WebIdentityToken", token)];
    sts.call_unsigned("AssumeRoleWithWebIdentity", &[&parameters, more].concat()).unwrap()
}

fn with_saml(sts: &Sts, role: &str, assertion: &str, more: &[(&str, &str)]) -> Response {
    let (arn, provider) = (sts.role_arn(role), sts.saml_provider_arn());
    let parameters =
        [("RoleArn", &*arn), ("PrincipalArn", &*provider), ("SAMLAssertion", assertion)];
    sts.call_unsigned("AssumeRoleWithSAML", &[&parameters, more].concat()).unwrap()
}

fn federate(sts: &Sts, keys: impl Into<Keys>, parameters: &[(&str, &str)]) -> Response {
    sts.call(&keys.into(), "GetFederationToken", parameters).unwrap()
}

/// Requests an identity token. Returns the status line and the body.
fn get(sts: &Sts, query: &str, authorization: &str) -> (String, String) {
    let url = sts.oidc_url() + query;
    let (host, path) = url.trim_start_matches("http://").split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().into(), body.into())
}

#[track_caller]
fn assert_refused(response: &Response, status: u16, code: &str, message: &str) {
    assert_eq!(response.error(), Some((status, code, message)));
}

#[test]
fn web_identity_assumes_a_role_without_a_signature() {
    let sts = start();
    let token = sts.web_identity_token("system:serviceaccount:default:app");
    let granted = with_token(&sts, "web", &token, &[("DurationSeconds", "900")]);
    for (element, text) in [
        ("SubjectFromWebIdentityToken", "system:serviceaccount:default:app"),
        ("Audience", "sts.amazonaws.com"),
        ("Provider", "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"),
        ("AssumedRoleId", "AROAO5SWEAAAAAAAAAAAA:s1"),
        ("Arn", "arn:aws:sts::123456789012:assumed-role/web/s1"),
    ] {
        assert_eq!(granted.text(element), Some(text));
    }
    let identity = sts.call(&granted.keys().unwrap(), "GetCallerIdentity", &[]).unwrap();
    assert_eq!(identity.text("Arn"), Some("arn:aws:sts::123456789012:assumed-role/web/s1"));
}

#[test]
fn unsigned_operation_ignores_a_signature() {
    let sts = start();
    let (arn, token) = (sts.role_arn("web"), sts.web_identity_token("subject"));
    let parameters = [("RoleArn", &*arn), ("RoleSessionName", "s1"), ("WebIdentityToken", &*token)];
    let wrong = Keys { secret_access_key: "wrong".into(), ..ALICE.into() };
    let granted = sts.call(&wrong, "AssumeRoleWithWebIdentity", &parameters).unwrap();
    assert_eq!(granted.status, 200);
    let refused = sts.call_unsigned("GetCallerIdentity", &[]).unwrap();
    let text = "Request is missing Authentication Token";
    assert_refused(&refused, 403, "MissingAuthenticationToken", text);
}

#[test]
fn web_identity_token_is_verified() {
    let sts = Sts::start(Account::default().revoke_subject("mallory"));
    let good = sts.web_identity_token("subject");
    let refuse = |token: &str, message: &str| {
        assert_refused(&with_token(&sts, "web", token, &[]), 400, "InvalidIdentityToken", message);
    };
    let no_token = "The ID Token provided is not a valid JWT. (You may see this error if you sent \
                    an Access Token)";
    refuse("not.a.token", no_token);
    refuse("opaque", no_token);
    let part = |json: &str| BASE64URL_NOPAD.encode(json.as_bytes());
    let other = format!("{}.{}.x", part("{}"), part(r#"{"iss":"https://example.com"}"#));
    refuse(&other, "No OpenIDConnect provider found in your account for https://example.com");
    let bearer = format!("bearer {}", sts.oidc_request_token());
    let (_, body) = get(&sts, "&audience=example.com", &bearer);
    let elsewhere = body.split('"').find(|text| text.starts_with("ey")).unwrap();
    refuse(elsewhere, "Incorrect token audience");
    refuse(&good[..good.len() - 1], "The signature of the ID Token is not valid");

    let denied = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    assert_refused(&with_token(&sts, "reader", &good, &[]), 403, "AccessDenied", denied);
    let revoked = with_token(&sts, "web", &sts.web_identity_token("mallory"), &[]);
    let text = "The identity provider reported that authentication failed";
    assert_refused(&revoked, 403, "IDPRejectedClaim", text);
    sts.set_clock_offset(3_601);
    let (_, code, message) = with_token(&sts, "web", &good, &[]).error().map(owned).unwrap();
    assert_eq!(code, "ExpiredTokenException");
    assert!(message.starts_with("Token expired: current date/time "), "{message}");
}

fn owned((status, code, message): (u16, &str, &str)) -> (u16, String, String) {
    (status, code.into(), message.into())
}

#[test]
fn errors_of_web_identity_can_be_injected() {
    let sts = start();
    let token = sts.web_identity_token("subject");
    for (status, code) in [(400, "IDPCommunicationError"), (403, "RegionDisabledException")] {
        sts.inject(Fault::Answer(Answer::error(status, code, "text")).on_calls().times(1));
        assert_refused(&with_token(&sts, "web", &token, &[]), status, code, "text");
    }
    assert_eq!(with_token(&sts, "web", &token, &[]).status, 200);
}

#[test]
fn limits_of_a_role_apply_to_federation() {
    let sts = start();
    let token = sts.web_identity_token("subject");
    let assertion = sts.saml_assertion(&sts.role_arn("saml"), &sts.saml_provider_arn());
    let assume = |more: &[_]| {
        [with_token(&sts, "web", &token, more), with_saml(&sts, "saml", &assertion, more)]
    };
    for refused in assume(&[("DurationSeconds", "3601")]) {
        let text =
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        assert_refused(&refused, 400, "ValidationError", text);
    }
    for refused in assume(&[("Policy", "{")]) {
        let text = "This policy contains invalid Json";
        assert_refused(&refused, 400, "MalformedPolicyDocument", text);
    }
    let arns = ["a", "b"].map(|name| format!("arn:aws:iam::aws:policy/{}", name.repeat(1500)));
    let arns = [("PolicyArns.member.1.arn", &*arns[0]), ("PolicyArns.member.2.arn", &*arns[1])];
    for refused in assume(&arns) {
        assert_eq!(refused.text("Code"), Some("PackedPolicyTooLarge"));
    }
    for refused in assume(&[("DurationSeconds", "899"), ("Policy", "")]) {
        let (_, code, message) = refused.error().unwrap();
        assert_eq!(code, "ValidationError");
        assert!(message.starts_with("3 validation errors detected: "), "{message}");
    }
}

#[test]
fn saml_response_assumes_a_role_without_a_signature() {
    let sts = start();
    let assertion = sts.saml_assertion(&sts.role_arn("saml"), &sts.saml_provider_arn());
    let granted = with_saml(&sts, "saml", &assertion, &[]);
    for (element, text) in [
        ("Subject", "alice@example.com"),
        ("SubjectType", "persistent"),
        ("Issuer", "https://idp.example.com/saml"),
        ("Audience", "https://signin.aws.amazon.com/saml"),
        ("NameQualifier", "5rRXIRLTQviIrXKvVXmpcXNuIYU="),
        ("AssumedRoleId", "AROAONQW23AAAAAAAAAAA:alice@example.com"),
    ] {
        assert_eq!(granted.text(element), Some(text), "{element}");
    }
    assert_eq!(sts.call(&granted.keys().unwrap(), "GetCallerIdentity", &[]).unwrap().status, 200);
}

#[test]
fn saml_response_is_verified() {
    let other = Role::new("other").trust_saml();
    let sts = Sts::start(Account::default().role(other));
    let provider = sts.saml_provider_arn();
    let assertion = sts.saml_assertion(&sts.role_arn("saml"), &provider);
    for malformed in ["not base64", "PGE+"] {
        let refused = with_saml(&sts, "saml", malformed, &[]);
        let (status, code, message) = refused.error().unwrap();
        assert_eq!((status, code), (400, "InvalidIdentityToken"));
        assert!(message.starts_with("Invalid base64 SAMLResponse (Service: "), "{message}");
    }
    let text = "SAML Assertion doesn't contain the requested Role and Metadata in the attributes";
    assert_refused(&with_saml(&sts, "other", &assertion, &[]), 400, "InvalidIdentityToken", text);
    let denied = "Not authorized to perform sts:AssumeRoleWithSAML";
    let for_reader = sts.saml_assertion(&sts.role_arn("reader"), &provider);
    assert_refused(&with_saml(&sts, "reader", &for_reader, &[]), 403, "AccessDenied", denied);

    let arn = sts.role_arn("saml");
    let parameters = [
        ("RoleArn", &*arn),
        ("PrincipalArn", "arn:aws:iam::123456789012:saml-provider/x"),
        ("SAMLAssertion", &assertion),
    ];
    let refused = sts.call_unsigned("AssumeRoleWithSAML", &parameters).unwrap();
    let (_, code, message) = refused.error().unwrap();
    assert_eq!(code, "InvalidIdentityToken");
    assert!(message.starts_with("Specified provider doesn't exist (Service: "), "{message}");

    sts.set_clock_offset(301);
    let text = "Token must be redeemed within 5 minutes of issuance";
    assert_refused(&with_saml(&sts, "saml", &assertion, &[]), 400, "ExpiredTokenException", text);
    let revoked = Sts::start(Account::default().revoke_subject("alice@example.com"));
    let refused = with_saml(&revoked, "saml", &assertion, &[]);
    assert_eq!(refused.text("Code"), Some("IDPRejectedClaim"));
}

#[test]
fn federated_user_has_an_identity_but_no_permissions() {
    let sts = start();
    let granted = federate(&sts, ALICE, &[("Name", "carol"), ("DurationSeconds", "129600")]);
    for (element, text) in [
        ("FederatedUserId", "123456789012:carol"),
        ("Arn", "arn:aws:sts::123456789012:federated-user/carol"),
    ] {
        assert_eq!(granted.text(element), Some(text));
    }
    let keys = granted.keys().unwrap();
    let denied = "User: arn:aws:sts::123456789012:federated-user/carol is not authorized to \
                  perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/admin";
    let arn = sts.role_arn("admin");
    let parameters = [("RoleArn", &*arn), ("RoleSessionName", "s1")];
    let refused = sts.call(&keys, "AssumeRole", &parameters).unwrap();
    assert_refused(&refused, 403, "AccessDenied", denied);
    let refused = sts.call(&keys, "ListMFADevices", &[("UserName", "alice")]).unwrap();
    let invalid = "The security token included in the request is invalid.";
    assert_refused(&refused, 403, "InvalidClientTokenId", invalid);
    sts.set_clock_offset(129_590);
    assert_eq!(sts.call(&keys, "GetCallerIdentity", &[]).unwrap().status, 200);
}

#[test]
fn federation_token_requires_long_term_keys_and_permission() {
    let carol = User::new("carol").key("AKIALOOPBACKCAROL234", "carol");
    let sts = Sts::start(Account::default().user(carol.deny("sts:GetFederationToken")));
    let session = sts.call(&ALICE.into(), "GetSessionToken", &[]).unwrap().keys().unwrap();
    let refused = federate(&sts, session, &[("Name", "dave")]);
    let text = "Cannot call GetFederationToken with session credentials";
    assert_refused(&refused, 403, "AccessDenied", text);
    let carol = Keys {
        access_key_id: "AKIALOOPBACKCAROL234".into(),
        secret_access_key: "carol".into(),
        session_token: None,
    };
    assert_refused(
        &federate(&sts, carol, &[("Name", "dave")]),
        403,
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/carol is not authorized to perform: \
         sts:GetFederationToken on resource: arn:aws:sts::123456789012:federated-user/dave",
    );
    let long = "a".repeat(33);
    for parameters in [
        &[][..],
        &[("Name", "x")],
        &[("Name", &*long)],
        &[("Name", "ab"), ("Policy", &"a".repeat(2049))],
    ] {
        let refused = federate(&sts, ALICE, parameters);
        assert_eq!(refused.text("Code"), Some("ValidationError"));
    }
    for (parameter, value, code) in [
        ("Policy", "{}", "MalformedPolicyDocument"),
        ("DurationSeconds", "129601", "ValidationError"),
        ("Tags.member.1.Key", "#", "ValidationError"),
    ] {
        let tag = ("Tags.member.1.Value", "");
        let refused = federate(&sts, ALICE, &[("Name", "dave"), (parameter, value), tag]);
        assert_eq!(refused.text("Code"), Some(code));
    }
}

#[test]
fn federation_token_of_root_lasts_one_hour() {
    let sts = start();
    let parameters = [("Name", "carol"), ("DurationSeconds", "43200")];
    let keys = federate(&sts, ROOT, &parameters).keys().unwrap();
    sts.set_clock_offset(3_590);
    assert_eq!(sts.call(&keys, "GetCallerIdentity", &[]).unwrap().status, 200);
    sts.set_clock_offset(3_601);
    assert_eq!(sts.call(&keys, "GetCallerIdentity", &[]).unwrap().status, 403);
}

#[test]
fn request_token_is_exchanged_for_an_identity_token() {
    let sts = start();
    let right = format!("bearer {}", sts.oidc_request_token());
    let (status, body) = get(&sts, "&audience=sts.amazonaws.com", &right);
    assert_eq!(status, "HTTP/1.1 200 OK");
    let (_, rest) = body.split_once(r#""value":""#).unwrap();
    let token = rest.split('"').next().unwrap();
    let granted = with_token(&sts, "web", token, &[]);
    let subject = "repo:octo-org/octo-repo:ref:refs/heads/main";
    assert_eq!(granted.text("SubjectFromWebIdentityToken"), Some(subject));
    for wrong in ["", "bearer", "bearer x", &right.replace("bearer", "basic")] {
        let (status, _) = get(&sts, "&audience=sts.amazonaws.com", wrong);
        assert_eq!(status, "HTTP/1.1 401 Unauthorized", "{wrong}");
    }
    let requests = sts.requests();
    assert_eq!(requests[0].path, "/oidc/token");
    assert_eq!(requests[0].parameter("audience"), Some("sts.amazonaws.com"));
    let outcomes: Vec<_> = requests.iter().map(|request| &*request.outcome).collect();
    assert_eq!(
        outcomes,
        ["OK", "OK", "Unauthorized", "Unauthorized", "Unauthorized", "Unauthorized"]
    );
}

#[test]
fn faults_apply_to_identity_tokens_or_to_calls() {
    let sts = start();
    let right = format!("Bearer {}", sts.oidc_request_token());
    sts.inject(Fault::Answer(Answer::html(503)).on_oidc().times(1));
    let token = sts.web_identity_token("subject");
    assert_eq!(with_token(&sts, "web", &token, &[]).status, 200);
    assert_eq!(get(&sts, "", &right).0, "HTTP/1.1 503 Service Unavailable");
    sts.inject(Fault::Answer(Answer::error(500, "InternalFailure", "")).on_calls());
    assert_eq!(get(&sts, "", &right).0, "HTTP/1.1 200 OK");
}
