//! Errors of AssumeRole are reported and cost no code: the MFA session is stored.

use loopback_sts::{Account, Answer, Cut, Fault, Role, Sts};
use snapbox::str;

use super::{
    arn, config, configure, operations, role_profile, run, sandbox, sandbox_with_mfa, section,
    sent, with_code,
};
use crate::sandbox::{Outcome, Sandbox, Table, keys};

/// Replaces the access key id of the MFA session, which differs in each run.
fn without_key_id(sandbox: &Sandbox, outcome: Outcome) -> Outcome {
    let id = sandbox.value("work-mfa", "aws_access_key_id").unwrap();
    outcome.replace(id, "[KEY ID OF work-mfa]")
}

#[test]
fn untrusting_role_costs_no_code() {
    let mut table = Table::default();
    for role in ["external", "deploy", "nobodys"] {
        let sandbox = sandbox();
        let role_arn = arn(role);
        let outcome = with_code(&sandbox, &["--profile", "work", "--role-arn", &role_arn]);
        table.add(role, &without_key_id(&sandbox, outcome));
        assert_eq!(sandbox.asked().last().unwrap(), "AssumeRole AccessDenied");
        run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
    }
    table.matches_file("role_errors/not_trusted");
}

#[test]
fn names_the_untrusting_role_of_a_chain() {
    let sandbox = sandbox_with_mfa();
    let text = sandbox.read("config").replace(&role_profile("deploy", "admin"), "");
    sandbox.write("config", &(text + &role_profile("deploy", "team-0")));
    let outcome = run(&sandbox, &["--profile", "deploy"]);
    assert_eq!(sandbox.asked()[2..], ["AssumeRole OK", "AssumeRole AccessDenied"]);
    outcome.replace(sandbox.signer(), "[KEY ID OF team-0]").matches(str![[r#"
exit 4
--- stderr
mfa-session: error: permission denied for the session [KEY ID OF team-0] from `aws_access_key_id` in [work-mfa] of ~/.aws/credentials: User: arn:aws:sts::123456789012:assumed-role/team-0/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/deploy (AccessDenied, request [ID])
mfa-session: hint: check the role's name, and that its trust policy allows this user, with its conditions (external id, age of the MFA, tags)
mfa-session: hint: the role to assume is arn:aws:iam::123456789012:role/deploy
mfa-session: hint: the MFA session is stored: no code is lost
"#]]);
}

#[test]
fn reports_a_duration_above_the_maximum_of_the_role() {
    let sandbox = sandbox();
    let outcome = with_code(&sandbox, &["--profile", "admin", "--duration", "2h"]);
    outcome.matches(str![[r#"
exit 4
--- stderr
mfa-session: AWS grants more than 1h of a role only to a long-term key: this session needs a code of its own, and later calls with it carry no MFA context
mfa-session: error: the role does not allow sessions of this duration: The requested DurationSeconds exceeds the MaxSessionDuration set for this role. (ValidationError, request [ID])
mfa-session: hint: request less: --duration 1h, or `duration_seconds` in the profile; or raise the limit: aws iam update-role --role-name NAME --max-session-duration 43200
mfa-session: hint: the role to assume is arn:aws:iam::123456789012:role/admin
"#]]);
    assert_eq!(section(&sandbox, "work-mfa"), [""; 0]);
}

#[test]
fn gets_twelve_hours_from_a_role_that_allows_them() {
    let long = Role::new("team-0").trust_account().requires_mfa().max_session_duration(43_200);
    let sandbox = Sandbox::with(Sts::start(Account::default().role(long)));
    sandbox.write("credentials", &keys("work"));
    sandbox.write("config", &config());
    configure(&sandbox, "team-0", "duration_seconds = 43200");
    with_code(&sandbox, &["--profile", "team-0"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: AWS grants more than 1h of a role only to a long-term key: this session needs a code of its own, and later calls with it carry no MFA context
mfa-session: [team-0-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    let min_remaining = ["--profile", "team-0", "--min-remaining", "11h"];
    run(&sandbox, &min_remaining).wrote("team-0-mfa");
    assert_eq!(operations(&sandbox), ["GetCallerIdentity", "AssumeRole"]);
    assert_eq!(sent(&sandbox, "DurationSeconds"), ["43200"]);
    assert_eq!(sandbox.value("team-0-mfa", "mfa_session_direct").as_deref(), Some("true"));
}

#[test]
fn reports_policies_that_sts_refuses() {
    let long = "x".repeat(120);
    let arns: Vec<String> =
        (0..10).map(|n| format!("arn:aws:iam::123456789012:policy/{n}{long}")).collect();
    let statement = format!(r#"{{"Statement": [], "Id": "{}"}}"#, "x".repeat(1000));
    let mut too_large = vec!["--policy", &statement];
    too_large.extend(arns.iter().flat_map(|arn| ["--policy-arn", arn]));
    let rows: [(&str, Vec<&str>); 2] = [
        ("no policy", vec!["--policy", "{\"Version\": \"2012-10-17\"}"]),
        ("too large", too_large),
    ];
    Table::of(rows.map(|(name, arguments)| {
        let sandbox = sandbox_with_mfa();
        let before = sandbox.read("credentials");
        let outcome = run(&sandbox, &[&["--profile", "admin"], &arguments[..]].concat());
        assert_eq!(sandbox.read("credentials"), before, "{name}");
        (name, outcome)
    }))
    .matches_file("role_errors/policies");
}

#[test]
fn reports_every_error_of_assume_role() {
    let rows = [
        (403, "RegionDisabledException", "STS is not activated in this region"),
        (403, "ExpiredTokenException", "The security token included in the request is expired"),
        (400, "ExpiredToken", "The security token included in the request is expired"),
        (403, "InvalidClientTokenId", "The security token included in the request is invalid."),
        (400, "MalformedPolicyDocument", "Syntax errors in policy."),
        (
            400,
            "PackedPolicyTooLarge",
            "Packed size of session tags consumes 101% of allotted space.",
        ),
        (400, "Throttling", "Rate exceeded"),
        (503, "ServiceUnavailable", "Come back later"),
    ];
    Table::of(rows.map(|(http, code, message)| {
        let mut sandbox = sandbox_with_mfa();
        // One attempt: `retries_transient_failures` tests the retries.
        sandbox.set("AWS_MAX_ATTEMPTS", "1");
        configure(&sandbox, "admin", "role_session_name = nightly");
        let before = sandbox.read("credentials");
        sandbox.sts().inject(Fault::Answer(Answer::error(http, code, message)).on_calls());
        let outcome = run(&sandbox, &["--profile", "admin"]);
        assert_eq!(sandbox.asked()[1..], ["AssumeRole Answer"], "{code}");
        assert_eq!(sandbox.read("credentials"), before, "{code}");
        sandbox.sts().clear_faults();
        run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
        (code, without_key_id(&sandbox, outcome))
    }))
    .matches_file("role_errors/assume_role");
}

#[test]
fn denied_get_caller_identity_costs_no_code() {
    let sandbox = sandbox_with_mfa();
    let denied = Answer::error(403, "AccessDenied", "No");
    sandbox.sts().inject(Fault::Answer(denied).on_calls());
    let outcome = run(&sandbox, &["--profile", "admin"]);
    without_key_id(&sandbox, outcome).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: permission denied for the session [KEY ID OF work-mfa] from `aws_access_key_id` in [work-mfa] of ~/.aws/credentials: No (AccessDenied, request [ID])
mfa-session: hint: ask for the permission, or name another profile: --profile NAME; an MFA session may only call AssumeRole and GetCallerIdentity in STS
mfa-session: hint: the role to assume is arn:aws:iam::123456789012:role/admin
mfa-session: hint: the MFA session is stored: no code is lost
"#]]);
    assert_eq!(sandbox.asked()[1..], ["GetCallerIdentity Answer"]);
}

#[test]
fn retries_transient_failures() {
    for fault in [
        Fault::Answer(Answer::error(503, "ServiceUnavailable", "Come back later")),
        Fault::Answer(Answer::error(400, "Throttling", "Rate exceeded")),
        Fault::Answer(Answer::html(502)),
        Fault::Cut(Cut::Unanswered),
        Fault::Cut(Cut::Unprocessed),
        Fault::Cut(Cut::MidBody),
    ] {
        let sandbox = sandbox_with_mfa();
        configure(&sandbox, "admin", "role_session_name = nightly");
        sandbox.sts().inject(fault.clone().on_calls().times(2));
        run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
        let asked = sandbox.asked();
        assert_eq!(asked.len(), 4, "{fault:?}: {asked:?}");
        assert!(asked[1..].iter().all(|asked| asked.starts_with("AssumeRole ")), "{asked:?}");
        assert_eq!(asked[3], "AssumeRole OK");
    }
}

#[test]
fn does_not_retry_a_refusal() {
    let sandbox = sandbox_with_mfa();
    run(&sandbox, &["--profile", "external"]);
    assert_eq!(sandbox.asked()[1..], ["GetCallerIdentity OK", "AssumeRole AccessDenied"]);
}

#[test]
fn sends_no_assume_role_without_an_mfa_session() {
    let sandbox = sandbox();
    run(&sandbox, &["--profile", "admin", "--no-prompt"]).matches(str![[r#"
exit 3
--- stderr
mfa-session: error: a code is needed, but --no-prompt forbids the prompt
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, with --code-command, or, without --no-prompt, at a terminal or with MFA_SESSION_ASKPASS
"#]]);
    assert_eq!(operations(&sandbox), [""; 0]);
}
