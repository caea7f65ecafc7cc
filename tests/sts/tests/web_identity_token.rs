//! `GetWebIdentityToken`: the token, its limits, and the declared errors.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use data_encoding::BASE64URL_NOPAD;
use loopback_sts::{ALICE, Account, Keys, Response, Role, Sts, User};
use serde_json::{Value, json};

const AUDIENCE: (&str, &str) = ("Audience.member.1", "https://api.example.com");
const RS256: (&str, &str) = ("SigningAlgorithm", "RS256");

fn start() -> Sts {
    Sts::start(Account::default())
}

/// Requests a token, with more parameters than audience and algorithm.
fn get_token(sts: &Sts, keys: impl Into<Keys>, more: &[(&str, &str)]) -> Response {
    send(sts, keys, &[&[AUDIENCE, RS256], more].concat())
}

fn send(sts: &Sts, keys: impl Into<Keys>, parameters: &[(&str, &str)]) -> Response {
    sts.call(&keys.into(), "GetWebIdentityToken", parameters).unwrap()
}

/// The keys of a role's session.
fn assume(sts: &Sts, role: &str, more: &[(&str, &str)]) -> Keys {
    let arn = sts.role_arn(role);
    let parameters = [&[("RoleArn", &*arn), ("RoleSessionName", "s1")], more].concat();
    sts.call(&ALICE.into(), "AssumeRole", &parameters).unwrap().keys().unwrap()
}

/// Header, claims, and the length of the signature.
fn decode(response: &Response) -> (Value, Value, usize) {
    let parts: Vec<_> = response.text("WebIdentityToken").unwrap().split('.').collect();
    let [header, claims, signature] =
        [0, 1, 2].map(|index| BASE64URL_NOPAD.decode(parts[index].as_bytes()).unwrap());
    let json = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap();
    (json(&header), json(&claims), signature.len())
}

#[track_caller]
fn assert_error(response: &Response, status: u16, code: &str, message: &str) {
    assert_eq!(response.error(), Some((status, code, message)));
}

#[test]
fn token_of_a_user_has_the_claims_of_aws() {
    let sts = start();
    let response = get_token(&sts, ALICE, &[]);
    let (header, claims, signature_length) = decode(&response);
    assert_eq!(header, json!({ "kid": "RSA_0", "typ": "JWT", "alg": "RS256" }));
    assert_eq!(signature_length, 256);
    let alice = "arn:aws:iam::123456789012:user/alice";
    assert_eq!(claims["aud"], "https://api.example.com");
    assert_eq!(claims["sub"], alice);
    let expected = json!({ "aws_account": "123456789012", "principal_id": alice });
    assert_eq!(claims["https://sts.amazonaws.com/"], expected);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
    assert!(claims["iss"].as_str().unwrap().ends_with(".tokens.sts.global.api.aws"));
    assert!(response.text("Expiration").unwrap().ends_with('Z'));
}

#[test]
fn token_has_the_requested_algorithm_audiences_tags_and_duration() {
    let sts = start();
    let parameters = [
        ("Audience.member.1", "one"),
        ("Audience.member.2", "two"),
        ("SigningAlgorithm", "ES384"),
        ("DurationSeconds", "3600"),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "é"),
    ];
    let (header, claims, signature_length) = decode(&send(&sts, ALICE, &parameters));
    assert_eq!((header["alg"].as_str(), signature_length), (Some("ES384"), 96));
    assert_eq!(claims["aud"], json!(["one", "two"]));
    assert_eq!(claims["https://sts.amazonaws.com/"]["request_tags"], json!({ "Team": "é" }));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
}

#[test]
fn token_of_a_role_names_the_role_and_the_source_identity() {
    let role = Role::new("job").path("/ci/").trust_account();
    let sts = Sts::start(Account::default().role(role));
    let keys = assume(&sts, "job", &[("SourceIdentity", "alice")]);
    let (_, claims, _) = decode(&get_token(&sts, keys, &[]));
    assert_eq!(claims["sub"], "arn:aws:iam::123456789012:role/ci/job");
    let aws = &claims["https://sts.amazonaws.com/"];
    assert_eq!(aws["source_identity"], "alice");
    assert!(aws["original_session_exp"].is_string());
}

#[test]
fn token_must_expire_before_the_session() {
    let sts = start();
    let keys = assume(&sts, "reader", &[("DurationSeconds", "900")]);
    assert_eq!(get_token(&sts, keys.clone(), &[("DurationSeconds", "890")]).status, 200);
    let message = "Requested token expiry time must be before the original session's expiry time.";
    let response = get_token(&sts, keys, &[("DurationSeconds", "901")]);
    assert_error(&response, 403, "SessionDurationEscalationException", message);
}

#[test]
fn outbound_federation_must_be_enabled() {
    let sts = Sts::start(Account::default().disable_outbound_federation());
    let code = "OutboundWebIdentityFederationDisabledException";
    let message = "OutboundWebIdentityFederation is disabled.";
    assert_error(&get_token(&sts, ALICE, &[]), 403, code, message);
}

#[test]
fn claims_have_a_maximum_size() {
    let sts = start();
    let names: Vec<_> = (1..=50)
        .map(|index| [format!("Tags.member.{index}.Key"), format!("Tags.member.{index}.Value")])
        .collect();
    let values: Vec<_> = (1..=50).map(|index| format!("{index:0>256}")).collect();
    let tags: Vec<_> = (names.iter().zip(&values))
        .flat_map(|([key, text], value)| [(&**key, &value[128..]), (&**text, &**value)])
        .collect();
    assert_eq!(get_token(&sts, ALICE, &tags[..60]).status, 200);
    let response = get_token(&sts, ALICE, &tags);
    assert_eq!(response.text("Code"), Some("JWTPayloadSizeExceededException"));
}

#[test]
fn session_of_a_user_is_accepted() {
    let sts = start();
    let code = sts.code("alice");
    let mfa = [("SerialNumber", ALICE.serial_number), ("TokenCode", &*code)];
    for parameters in [&mfa[..], &[]] {
        let keys = sts.call(&ALICE.into(), "GetSessionToken", parameters).unwrap().keys().unwrap();
        let (_, claims, _) = decode(&get_token(&sts, keys, &[]));
        assert!(claims["https://sts.amazonaws.com/"]["original_session_exp"].is_string());
    }
}

#[test]
fn federated_user_is_refused() {
    let sts = start();
    let federated = sts.call(&ALICE.into(), "GetFederationToken", &[("Name", "carol")]).unwrap();
    let message = "GetWebIdentityToken does not support federated user sessions";
    let response = get_token(&sts, federated.keys().unwrap(), &[]);
    assert_error(&response, 403, "AccessDenied", message);
}

#[test]
fn token_and_tags_require_permissions() {
    let tag = [("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "x")];
    for (action, more) in
        [("sts:GetWebIdentityToken", &[][..]), ("sts:TagGetWebIdentityToken", &tag)]
    {
        let carol = User::new("carol").key("AKIALOOPBACKCAROL234", "carol").deny(action);
        let sts = Sts::start(Account::default().user(carol));
        let carol = Keys {
            access_key_id: "AKIALOOPBACKCAROL234".into(),
            secret_access_key: "carol".into(),
            session_token: None,
        };
        let message = format!(
            "User: arn:aws:iam::123456789012:user/carol is not authorized to perform: {action} on \
             resource: arn:aws:sts::123456789012:self because no identity-based policy allows the \
             {action} action"
        );
        assert_error(&get_token(&sts, carol, more), 403, "AccessDenied", &message);
    }
}

#[test]
fn global_endpoint_refuses() {
    let sts = Sts::builder().global_endpoint().start().unwrap();
    let message = "Operation not supported on STS global endpoint";
    assert_error(&get_token(&sts, ALICE, &[]), 400, "InvalidAction", message);
}

#[test]
fn parameters_must_meet_the_constraints_of_the_model() {
    let sts = start();
    let length = "satisfy constraint: [Member must have length less than or equal to 1000, Member \
                  must have length greater than or equal to 1]";
    let long = "a".repeat(1001);
    let names: Vec<_> = (1..=11).map(|index| format!("Audience.member.{index}")).collect();
    let eleven: Vec<_> = names.iter().map(|name| (&**name, "x")).chain([RS256]).collect();
    for (parameters, value, member, must) in [
        (&[RS256][..], "null", "audience", "not be null"),
        (&[("Audience.member.1", ""), RS256], "'[]'", "audience", length),
        (&[("Audience.member.1", &long), RS256], &format!("'[{long}]'"), "audience", length),
        (
            &eleven,
            "'[x, x, x, x, x, x, x, x, x, x, x]'",
            "audience",
            "have length less than or equal to 10",
        ),
        (&[AUDIENCE], "null", "signingAlgorithm", "not be null"),
        (
            &[AUDIENCE, ("SigningAlgorithm", "none")],
            "'none'",
            "signingAlgorithm",
            "have length greater than or equal to 5",
        ),
        (
            &[AUDIENCE, RS256, ("DurationSeconds", "59")],
            "'59'",
            "durationSeconds",
            "have value greater than or equal to 60",
        ),
        (
            &[AUDIENCE, RS256, ("DurationSeconds", "3601")],
            "'3601'",
            "durationSeconds",
            "have value less than or equal to 3600",
        ),
    ] {
        let message = format!(
            "1 validation error detected: Value {value} at '{member}' failed to satisfy \
             constraint: Member must {must}"
        );
        assert_error(&send(&sts, ALICE, parameters), 400, "ValidationError", &message);
    }
}

#[test]
fn unsupported_parameters_are_refused() {
    let sts = start();
    let message = "Requested SigningAlgorithm is not supported. See the GetWebIdentityToken \
                   documentation for supported algorithms";
    for algorithm in ["ES256", "rs256"] {
        let response = send(&sts, ALICE, &[AUDIENCE, ("SigningAlgorithm", algorithm)]);
        assert_error(&response, 400, "ValidationError", message);
    }
    for parameter in [("SubjectMode", "OriginIdentity"), ("SubjectMode", "x"), ("Scope", "read")] {
        let response = get_token(&sts, ALICE, &[parameter]);
        assert_eq!(response.text("Code"), Some("ValidationError"));
    }
    let tags = [
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "x"),
        ("Tags.member.2.Key", "team"),
        ("Tags.member.2.Value", "y"),
    ];
    let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    assert_error(&get_token(&sts, ALICE, &tags), 400, "InvalidParameterValue", message);
}
