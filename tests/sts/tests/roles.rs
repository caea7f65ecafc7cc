//! `AssumeRole`: trust, MFA, duration, chaining, session policies and tags.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use loopback_sts::{ALICE, Account, BOB, EXTERNAL_ID, Keys, ROOT, Response, Role, Sts};

fn start() -> Sts {
    Sts::start(Account::default())
}

/// Assumes a role, with more parameters than the two required ones.
fn assume(sts: &Sts, keys: impl Into<Keys>, role: &str, more: &[(&str, &str)]) -> Response {
    let arn = sts.role_arn(role);
    let parameters = [&[("RoleArn", &*arn), ("RoleSessionName", "s1")], more].concat();
    sts.call(&keys.into(), "AssumeRole", &parameters).unwrap()
}

fn denied(caller: &str, role: &str) -> String {
    format!(
        "User: arn:aws:{caller} is not authorized to perform: sts:AssumeRole on resource: \
         arn:aws:iam::123456789012:role/{role}"
    )
}

#[track_caller]
fn assert_denied(response: &Response, caller: &str, role: &str) {
    assert_eq!(response.error(), Some((403, "AccessDenied", &*denied(caller, role))));
}

#[track_caller]
fn assert_invalid(response: &Response, message: &str) {
    assert_eq!(response.error(), Some((400, "ValidationError", message)));
}

const ALICES_ARN: &str = "iam::123456789012:user/alice";

#[test]
fn role_must_trust_the_caller() {
    let sts = start();
    let granted = assume(&sts, ALICE, "reader", &[]);
    let elements = [
        ("AssumedRoleId", "AROAOJSWCZDFOIAAAAAAA:s1"),
        ("Arn", "arn:aws:sts::123456789012:assumed-role/reader/s1"),
    ];
    for (element, text) in elements {
        assert_eq!(granted.text(element), Some(text));
    }
    for element in ["PackedPolicySize", "SourceIdentity"] {
        assert_eq!(granted.text(element), None);
    }
    assert_denied(&assume(&sts, BOB, "reader", &[]), "iam::123456789012:user/bob", "reader");
    assert_denied(&assume(&sts, ALICE, "web", &[]), ALICES_ARN, "web");
    let root = assume(&sts, ROOT, "admin", &[]);
    let text = "Roles may not be assumed by root accounts.";
    assert_eq!(root.error(), Some((403, "AccessDenied", text)));
}

#[test]
fn missing_role_is_denied_like_any_other() {
    let sts = start();
    let assume = |arn: &str| {
        let parameters = [("RoleArn", arn), ("RoleSessionName", "s1")];
        sts.call(&ALICE.into(), "AssumeRole", &parameters).unwrap()
    };
    assert_denied(&assume("arn:aws:iam::123456789012:role/none"), ALICES_ARN, "none");
    for arn in ["not-an-arn-of-20-characters", "arn:aws:iam::123456789012:user/alice"] {
        assert_invalid(&assume(arn), "Request ARN is invalid");
    }
}

#[test]
fn mfa_of_request_or_session_is_accepted() {
    let sts = start();
    assert_denied(&assume(&sts, ALICE, "admin", &[]), ALICES_ARN, "admin");
    let code = sts.code("alice");
    let mfa = [("SerialNumber", ALICE.serial_number), ("TokenCode", &*code)];
    assert_eq!(assume(&sts, ALICE, "admin", &mfa).status, 200);
    let again = assume(&sts, ALICE, "admin", &mfa);
    let wrong = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
    assert_eq!(again.error(), Some((403, "AccessDenied", wrong)));

    let without = sts.call(&ALICE.into(), "GetSessionToken", &[]).unwrap().keys().unwrap();
    assert_denied(&assume(&sts, without, "team-0", &[]), ALICES_ARN, "team-0");
    let code = sts.code("alice");
    let mfa = [("SerialNumber", ALICE.serial_number), ("TokenCode", &*code)];
    let with = sts.call(&ALICE.into(), "GetSessionToken", &mfa).unwrap().keys().unwrap();
    for team in 0..10 {
        assert_eq!(assume(&sts, with.clone(), &format!("team-{team}"), &[]).status, 200);
    }
}

#[test]
fn external_id_must_match() {
    let sts = start();
    assert_eq!(assume(&sts, BOB, "external", &[("ExternalId", EXTERNAL_ID)]).status, 200);
    for more in [&[][..], &[("ExternalId", "x-4321")]] {
        assert_denied(&assume(&sts, ALICE, "external", more), ALICES_ARN, "external");
    }
}

#[test]
fn role_lasts_at_most_one_hour_for_a_user_session() {
    let long = Role::new("long").trust_account().max_session_duration(43_200);
    let sts = Sts::start(Account::default().role(long));
    let session = sts.call(&ALICE.into(), "GetSessionToken", &[]).unwrap().keys().unwrap();
    let assume_for =
        |keys: Keys, seconds| assume(&sts, keys, "long", &[("DurationSeconds", seconds)]);
    assert_invalid(
        &assume_for(session.clone(), "3601"),
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role \
         chaining.",
    );
    assert!(assume_for(session, "3600").keys().is_some());
    assert!(assume_for(ALICE.into(), "43200").keys().is_some());
}

#[test]
fn chained_role_lasts_at_most_one_hour() {
    let account = Account::default().role(Role::new("short").trust_role("admin"));
    let sts = Sts::start(account);
    let code = sts.code("alice");
    let mfa = [("SerialNumber", ALICE.serial_number), ("TokenCode", &*code)];
    let admin = assume(&sts, ALICE, "admin", &mfa).keys().unwrap();
    let deploy = assume(&sts, admin.clone(), "deploy", &[("DurationSeconds", "3600")]);
    assert_eq!(deploy.text("Arn"), Some("arn:aws:sts::123456789012:assumed-role/deploy/s1"));
    assert_invalid(
        &assume(&sts, admin.clone(), "deploy", &[("DurationSeconds", "3601")]),
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role \
         chaining.",
    );
    assert_invalid(
        &assume(&sts, admin.clone(), "short", &[("DurationSeconds", "3601")]),
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
    let caller = "sts::123456789012:assumed-role/admin/s1";
    assert_denied(&assume(&sts, admin.clone(), "admin", &[]), caller, "admin");
    assert_denied(&assume(&sts, ALICE, "deploy", &[]), ALICES_ARN, "deploy");
}

#[test]
fn session_has_the_requested_duration() {
    let role = Role::new("long").path("/a/b/").trust_account().max_session_duration(43_200);
    let sts = Sts::start(Account::default().role(role));
    assert_eq!(sts.role_arn("long"), "arn:aws:iam::123456789012:role/a/b/long");
    let granted = assume(&sts, ALICE, "long", &[("DurationSeconds", "43200")]);
    assert_eq!(granted.text("Arn"), Some("arn:aws:sts::123456789012:assumed-role/long/s1"));
    let usual = assume(&sts, ALICE, "long", &[]).keys().unwrap();
    sts.set_clock_offset(3_601);
    let expired = "The security token included in the request is expired";
    let identity = sts.call(&usual, "GetCallerIdentity", &[]).unwrap();
    assert_eq!(identity.error(), Some((403, "ExpiredToken", expired)));
    sts.set_clock_offset(43_190);
    let identity = sts.call(&granted.keys().unwrap(), "GetCallerIdentity", &[]).unwrap();
    assert_eq!(identity.status, 200);
    sts.set_clock_offset(0);
    assert_invalid(
        &assume(&sts, ALICE, "reader", &[("DurationSeconds", "3601")]),
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
}

#[test]
fn parameters_must_meet_the_constraints_of_the_model() {
    let sts = start();
    let long = "a".repeat(65);
    for (parameter, value, member) in [
        ("DurationSeconds", "899", "durationSeconds"),
        ("DurationSeconds", "43201", "durationSeconds"),
        ("ExternalId", "x", "externalId"),
        ("ExternalId", "a b", "externalId"),
        ("SourceIdentity", &*long, "sourceIdentity"),
        ("SerialNumber", "short", "serialNumber"),
        ("TokenCode", "12345", "tokenCode"),
        ("PolicyArns.member.1.arn", "short", "policyArns.1.member.arn"),
        ("TransitiveTagKeys.member.1", "#", "transitiveTagKeys.1.member"),
        ("Policy", "€", "policy"),
    ] {
        let refused = assume(&sts, ALICE, "reader", &[(parameter, value)]);
        let (status, code, message) = refused.error().unwrap();
        assert_eq!((status, code), (400, "ValidationError"), "{parameter}={value}");
        let start = format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy \
             constraint: Member must "
        );
        assert!(message.starts_with(&start), "{message}");
    }
    assert_invalid(
        &sts.call(&ALICE.into(), "AssumeRole", &[]).unwrap(),
        "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: \
         Member must not be null; Value null at 'roleSessionName' failed to satisfy constraint: \
         Member must not be null",
    );
}

#[test]
fn policies_are_validated() {
    let sts = start();
    let with_policy = |policy: &str| assume(&sts, ALICE, "reader", &[("Policy", policy)]);
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    assert_eq!(with_policy(policy).text("PackedPolicySize"), Some("2"));
    for (policy, text) in [
        ("{", "This policy contains invalid Json"),
        ("{}", "Syntax errors in policy."),
        ("[]", "Syntax errors in policy."),
    ] {
        assert_eq!(with_policy(policy).error(), Some((400, "MalformedPolicyDocument", text)));
    }
    let long = policy.replace("[]", &format!("[\"{}\"]", "a".repeat(2100)));
    let text = "Packed policy consumes 105% of allotted space, please use smaller policy.";
    assert_eq!(with_policy(&long).error(), Some((400, "PackedPolicyTooLarge", text)));
    let arns: Vec<_> = (1..=11).map(|place| format!("PolicyArns.member.{place}.arn")).collect();
    let arns = arns.iter().map(|name| (&**name, "arn:aws:iam::aws:policy/ReadOnlyAccess"));
    let arns: Vec<_> = arns.collect();
    assert_eq!(assume(&sts, ALICE, "reader", &arns[..10]).text("PackedPolicySize"), Some("19"));
    assert_eq!(assume(&sts, ALICE, "reader", &arns).text("Code"), Some("ValidationError"));
}

#[test]
fn transitive_tags_are_inherited() {
    let sts = Sts::start(
        Account::default()
            .role(Role::new("first").trust_account())
            .role(Role::new("second").trust_role("first")),
    );
    let project = [("Tags.member.1.Key", "Project"), ("Tags.member.1.Value", "é 1")];
    let transitive = [&project[..], &[("TransitiveTagKeys.member.1", "project")]].concat();
    let first = assume(&sts, ALICE, "first", &transitive);
    assert_eq!(first.text("PackedPolicySize"), Some("1"));
    let first = first.keys().unwrap();
    assert_eq!(assume(&sts, first.clone(), "second", &[]).status, 200);
    let refused = assume(&sts, first, "second", &project);
    let text = "One of the specified transitive tag keys can't be set because it conflicts with a \
                transitive tag key from the calling session.";
    assert_eq!(refused.error(), Some((400, "InvalidParameterValue", text)));

    let missing = assume(&sts, ALICE, "first", &[("TransitiveTagKeys.member.1", "Project")]);
    let text = "The specified transitive tag key must be included in the requested tags.";
    assert_eq!(missing.error(), Some((400, "InvalidParameterValue", text)));
    let twice =
        [&project[..], &[("Tags.member.2.Key", "PROJECT"), ("Tags.member.2.Value", "")]].concat();
    let text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    let twice = assume(&sts, ALICE, "first", &twice);
    assert_eq!(twice.error(), Some((400, "InvalidParameterValue", text)));

    let names: Vec<_> = (1..=51)
        .map(|place| [format!("Tags.member.{place}.Key"), format!("Tags.member.{place}.Value")])
        .collect();
    let keys: Vec<_> = (1..=51).map(|place| format!("key{place}")).collect();
    let tags = names.iter().zip(&keys);
    let tags = tags.flat_map(|([key, value], name)| [(&**key, &**name), (&**value, "v")]);
    let refused = assume(&sts, ALICE, "first", &tags.collect::<Vec<_>>());
    let (_, code, message) = refused.error().unwrap();
    assert_eq!(code, "ValidationError");
    assert!(message.ends_with("Member must have length less than or equal to 50"), "{message}");
    let value = "a".repeat(256);
    let names = (1..10).map(|place| names[place - 1].clone()).collect::<Vec<_>>();
    let tags = names.iter().zip(&keys);
    let tags = tags.flat_map(|([key, text], name)| [(&**key, &**name), (&**text, &*value)]);
    let refused = assume(&sts, ALICE, "first", &tags.collect::<Vec<_>>());
    let text = "Packed size of session tags consumes 115% of allotted space.";
    assert_eq!(refused.error(), Some((400, "PackedPolicyTooLarge", text)));
}

#[test]
fn source_identity_is_inherited() {
    let sts = Sts::start(
        Account::default()
            .role(Role::new("first").trust_account())
            .role(Role::new("second").trust_role("first")),
    );
    let first = assume(&sts, ALICE, "first", &[("SourceIdentity", "alice")]);
    assert_eq!(first.text("SourceIdentity"), Some("alice"));
    let first = first.keys().unwrap();
    let chain = |more: &[_]| assume(&sts, first.clone(), "second", more);
    for more in [&[][..], &[("SourceIdentity", "alice")]] {
        assert_eq!(chain(more).text("SourceIdentity"), Some("alice"));
    }
    let text = "The source identity is already set for this assume role session";
    assert_invalid(&chain(&[("SourceIdentity", "bob")]), text);
}

#[test]
fn session_of_a_role_may_call_iam_but_not_get_user_sessions() {
    let sts = start();
    let keys = assume(&sts, ALICE, "reader", &[]).keys().unwrap();
    for (operation, parameters) in
        [("GetSessionToken", &[][..]), ("GetFederationToken", &[("Name", "carol")])]
    {
        let text = format!("Cannot call {operation} with session credentials");
        let refused = sts.call(&keys, operation, parameters).unwrap();
        assert_eq!(refused.error(), Some((403, "AccessDenied", &*text)));
    }
    let listed = sts.call(&keys, "ListMFADevices", &[("UserName", "alice")]).unwrap();
    assert_eq!(listed.text("SerialNumber"), Some(ALICE.serial_number));
    assert_invalid(
        &sts.call(&keys, "ListMFADevices", &[]).unwrap(),
        "Must specify userName when calling with non-User credentials",
    );
    let unknown = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify \
                   your MFA serial number is valid and associated with this user.";
    let code = sts.code("alice");
    let mfa = [("SerialNumber", ALICE.serial_number), ("TokenCode", &*code)];
    let refused = assume(&sts, keys, "deploy", &mfa);
    assert_eq!(refused.error(), Some((403, "AccessDenied", unknown)));
}

#[test]
fn log_contains_all_parameters() {
    let sts = start();
    let more = [
        ("Tags.member.1.Key", "Project"),
        ("Tags.member.1.Value", "a/b =+"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("SourceIdentity", "alice"),
    ];
    assert_eq!(assume(&sts, ALICE, "reader", &more).status, 200);
    let requests = sts.requests();
    assert_eq!(requests[0].operation(), "AssumeRole");
    for (name, value) in more {
        assert_eq!(requests[0].parameter(name), Some(value));
    }
}
