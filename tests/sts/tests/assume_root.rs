//! `AssumeRoot`: the session, its limits, and the errors.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use loopback_sts::{ALICE, Account, Answer, Fault, Keys, ROOT, Response, Role, Sts, User};

const TARGET: (&str, &str) = ("TargetPrincipal", Account::MEMBER_ACCOUNT_ID);
const AUDIT: (&str, &str) =
    ("TaskPolicyArn.arn", "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials");

fn start() -> Sts {
    Sts::start(Account::default())
}

fn assume_root(sts: &Sts, keys: impl Into<Keys>, parameters: &[(&str, &str)]) -> Response {
    sts.call(&keys.into(), "AssumeRoot", parameters).unwrap()
}

#[track_caller]
fn assert_error(response: &Response, status: u16, code: &str, message: &str) {
    assert_eq!(response.error(), Some((status, code, message)));
}

#[track_caller]
fn assert_denied(response: &Response, caller: &str, account_id: &str) {
    let message = format!(
        "User: arn:aws:iam::123456789012:{caller} is not authorized to perform: sts:AssumeRoot on \
         resource: arn:aws:iam::{account_id}:root"
    );
    assert_error(response, 403, "AccessDenied", &message);
}

#[test]
fn session_belongs_to_the_root_user_of_the_member_account() {
    let sts = start();
    for target in [Account::MEMBER_ACCOUNT_ID, "arn:aws:iam::210987654321:root"] {
        let response = assume_root(&sts, ALICE, &[("TargetPrincipal", target), AUDIT]);
        assert_eq!(response.text("SourceIdentity"), None);
        let keys = response.keys().unwrap();
        let identity = sts.call(&keys, "GetCallerIdentity", &[]).unwrap();
        assert_eq!(identity.text("Arn"), Some("arn:aws:iam::210987654321:root"));
        assert_eq!(identity.text("UserId"), Some("210987654321"));
        assert_eq!(identity.text("Account"), Some("210987654321"));
        let message = "Cannot call AssumeRoot with session credentials";
        assert_error(&assume_root(&sts, keys, &[TARGET, AUDIT]), 403, "AccessDenied", message);
    }
}

#[test]
fn session_lasts_at_most_15_minutes() {
    let sts = start();
    let keys = assume_root(&sts, ALICE, &[TARGET, AUDIT]).keys().unwrap();
    let short = assume_root(&sts, ALICE, &[TARGET, AUDIT, ("DurationSeconds", "60")]);
    let short = short.keys().unwrap();
    let none = assume_root(&sts, ALICE, &[TARGET, AUDIT, ("DurationSeconds", "0")]);
    let none = none.keys().unwrap();
    let status = |keys: &Keys| sts.call(keys, "GetCallerIdentity", &[]).unwrap().status;
    assert_eq!([&keys, &short, &none].map(status), [200, 200, 403]);
    sts.set_clock_offset(61);
    assert_eq!([&keys, &short].map(status), [200, 403]);
    sts.set_clock_offset(901);
    assert_eq!(status(&keys), 403);
}

#[test]
fn role_passes_on_its_source_identity() {
    let sts = Sts::start(Account::default().role(Role::new("operator").trust_account()));
    let arn = sts.role_arn("operator");
    let parameters = [("RoleArn", &*arn), ("RoleSessionName", "s1"), ("SourceIdentity", "alice")];
    let role = sts.call(&ALICE.into(), "AssumeRole", &parameters).unwrap().keys().unwrap();
    let response = assume_root(&sts, role, &[TARGET, AUDIT]);
    assert_eq!(response.text("SourceIdentity"), Some("alice"));
}

#[test]
fn task_policies_depend_on_features_of_the_organization() {
    let no_credentials = Sts::start(Account::default().disable_root_credentials_management());
    let no_sessions = Sts::start(Account::default().disable_root_sessions());
    let credentials = "Root credentials management";
    let sessions = "Root sessions";
    for (policy, allowing, refusing, feature) in [
        ("IAMAuditRootUserCredentials", &no_sessions, &no_credentials, credentials),
        ("IAMCreateRootUserPassword", &no_sessions, &no_credentials, credentials),
        ("IAMDeleteRootUserCredentials", &no_sessions, &no_credentials, credentials),
        ("S3UnlockBucketPolicy", &no_credentials, &no_sessions, sessions),
        ("SQSUnlockQueuePolicy", &no_credentials, &no_sessions, sessions),
    ] {
        let arn = format!("arn:aws:iam::aws:policy/root-task/{policy}");
        let parameters = [TARGET, ("TaskPolicyArn.arn", &*arn)];
        assert_eq!(assume_root(allowing, ALICE, &parameters).status, 200, "{policy}");
        let message = format!("{feature} feature is not enabled for your AWS Organization.");
        let response = assume_root(refusing, ALICE, &parameters);
        assert_error(&response, 403, "AccessDenied", &message);
    }
}

#[test]
fn caller_and_target_must_be_allowed() {
    let carol = User::new("carol").key("AKIALOOPBACKCAROL234", "carol").deny("sts:AssumeRoot");
    let sts = Sts::start(Account::default().user(carol));
    let carol = Keys {
        access_key_id: "AKIALOOPBACKCAROL234".into(),
        secret_access_key: "carol".into(),
        session_token: None,
    };
    let member = Account::MEMBER_ACCOUNT_ID;
    assert_denied(&assume_root(&sts, carol, &[TARGET, AUDIT]), "user/carol", member);
    assert_denied(&assume_root(&sts, ROOT, &[TARGET, AUDIT]), "root", member);
    for account_id in ["123456789012", "999999999999"] {
        let response = assume_root(&sts, ALICE, &[("TargetPrincipal", account_id), AUDIT]);
        assert_denied(&response, "user/alice", account_id);
    }
    let federated = sts.call(&ALICE.into(), "GetFederationToken", &[("Name", "dave")]).unwrap();
    let response = assume_root(&sts, federated.keys().unwrap(), &[TARGET, AUDIT]);
    assert_eq!(response.text("Code"), Some("AccessDenied"));
}

#[test]
fn session_of_a_user_is_refused() {
    let sts = start();
    let code = sts.code("alice");
    let mfa = [("SerialNumber", ALICE.serial_number), ("TokenCode", &*code)];
    for parameters in [&mfa[..], &[]] {
        let keys = sts.call(&ALICE.into(), "GetSessionToken", parameters).unwrap().keys().unwrap();
        let message = "Cannot call AssumeRoot with session credentials";
        assert_error(&assume_root(&sts, keys, &[TARGET, AUDIT]), 403, "AccessDenied", message);
    }
}

#[test]
fn global_endpoint_refuses() {
    let sts = Sts::builder().global_endpoint().start().unwrap();
    let response = assume_root(&sts, ALICE, &[TARGET, AUDIT]);
    assert_error(&response, 400, "InvalidAction", "Unknown Operation");
}

#[test]
fn declared_errors_can_be_injected() {
    let sts = start();
    for (status, code) in [(403, "RegionDisabledException"), (400, "ExpiredTokenException")] {
        sts.inject(Fault::Answer(Answer::error(status, code, "text")).on_calls().times(1));
        assert_error(&assume_root(&sts, ALICE, &[TARGET, AUDIT]), status, code, "text");
    }
}

#[test]
fn parameters_must_be_valid() {
    let sts = start();
    for (parameters, message) in [
        (
            &[TARGET][..],
            "1 validation error detected: Value null at 'taskPolicyArn' failed to satisfy \
             constraint: Member must not be null",
        ),
        (
            &[AUDIT],
            "1 validation error detected: Value null at 'targetPrincipal' failed to satisfy \
             constraint: Member must not be null",
        ),
        (
            &[TARGET, AUDIT, ("DurationSeconds", "901")],
            "1 validation error detected: Value '901' at 'durationSeconds' failed to satisfy \
             constraint: Member must have value less than or equal to 900",
        ),
        (
            &[("TargetPrincipal", "12345678901"), AUDIT],
            "1 validation error detected: Value '12345678901' at 'targetPrincipal' failed to \
             satisfy constraint: Member must have length greater than or equal to 12",
        ),
        (
            &[("TargetPrincipal", "arn:aws:iam::210987654321:user/alice"), AUDIT],
            "Request must contain a valid target principal",
        ),
        (
            &[TARGET, ("TaskPolicyArn.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess")],
            "Request must contain valid AWS managed task policy ARN",
        ),
    ] {
        let response = assume_root(&sts, ALICE, parameters);
        assert_error(&response, 400, "ValidationError", message);
    }
}
