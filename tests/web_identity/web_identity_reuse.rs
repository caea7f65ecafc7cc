//! A valid session is reused, unless the options require another one.

use std::fs;

use loopback_sts::ALICE;
use snapbox::str;

use super::{sandbox_with_token, set_role, token};
use crate::{
    identity_provider::{POLICY, READ_ONLY, run},
    sandbox::{PROGRAM, Sandbox, keys},
};

#[test]
fn reuses_a_valid_session_without_token_or_request() {
    let sandbox = sandbox_with_token();
    run(&sandbox, &["web-identity"]).wrote("default-web");
    let before = sandbox.read("credentials");
    fs::remove_file(sandbox.path("token")).unwrap();
    run(&sandbox, &["web-identity"]).wrote("default-web");
    run(&sandbox, &["web-identity", "--min-remaining", "59m"]).wrote("default-web");
    let exported = run(&sandbox, &["web-identity", "--export"]);
    let id = sandbox.value("default-web", "aws_access_key_id").unwrap();
    assert!(exported.stdout.contains(&id), "{exported:?}");
    assert_eq!(sandbox.asked(), ["AssumeRoleWithWebIdentity OK"]);
    assert_eq!(sandbox.read("credentials"), before);
}

#[test]
fn gets_a_new_session_for_different_options() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str]);
    let rows: &[Row] = &[
        ("a new one", |_| (), &["--force"]),
        ("another role", |sandbox| set_role(sandbox, "by-variable"), &["--to", "default-web"]),
        ("another session profile", |_| (), &["--to", "elsewhere"]),
        ("a policy", |_| (), &["--policy", POLICY]),
        ("a managed policy", |_| (), &["--policy-arn", READ_ONLY]),
        ("a session name", |_| (), &["--role-session-name", "build-2"]),
        ("a piped token", |_| (), &["--token-file", "-"]),
        ("more time", |_| (), &["--min-remaining", "1h"]),
    ];
    for (name, prepare, arguments) in rows {
        let mut sandbox = sandbox_with_token();
        run(&sandbox, &["web-identity"]).wrote("default-web");
        prepare(&mut sandbox);
        let mut command = sandbox.command(PROGRAM);
        command.arg("web-identity").args(*arguments);
        let outcome = sandbox.outcome(command, &token(&sandbox, "piped", "piped"));
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        assert_eq!(sandbox.asked(), ["AssumeRoleWithWebIdentity OK"; 2], "{name}");
    }
}

#[test]
fn does_not_reuse_a_restricted_session() {
    let sandbox = sandbox_with_token();
    run(&sandbox, &["web-identity", "--policy", POLICY]).wrote("default-web");
    assert_eq!(sandbox.value("default-web", "mfa_session_restricted").as_deref(), Some("true"));
    run(&sandbox, &["web-identity"]).wrote("default-web");
    assert_eq!(sandbox.value("default-web", "mfa_session_restricted"), None);
    assert_eq!(sandbox.asked(), ["AssumeRoleWithWebIdentity OK"; 2]);
}

#[test]
fn does_not_mix_up_mfa_and_web_identity_sessions() {
    let sandbox = sandbox_with_token();
    sandbox.write("credentials", &keys("default"));
    sandbox.get(["--to", "work"]).wrote("work");
    run(&sandbox, &["web-identity", "--to", "work"]).wrote("work");
    assert_eq!(sandbox.value("work", "mfa_session_serial"), None);
    assert_eq!(sandbox.value("work", "mfa_session_key"), None);
    sandbox.get(["--to", "work"]).wrote_over(&sandbox.sts().role_arn("web"), "work");
    assert_eq!(sandbox.value("work", "mfa_session_serial").as_deref(), Some(ALICE.serial_number));
    assert_eq!(sandbox.value("work", "mfa_session_role"), None);
    assert_eq!(
        sandbox.asked(),
        ["GetSessionToken OK", "AssumeRoleWithWebIdentity OK", "GetSessionToken OK"]
    );
}

#[test]
fn renews_the_session_profile_in_use() {
    let mut sandbox = sandbox_with_token();
    let role = sandbox.sts().role_arn("web");
    sandbox.set("AWS_ROLE_ARN", "").set("AWS_WEB_IDENTITY_TOKEN_FILE", "");
    sandbox.write(
        "config",
        &format!("[profile ci]\nrole_arn = {role}\nweb_identity_token_file = token\n"),
    );
    run(&sandbox, &["web-identity", "--profile", "ci"]).wrote("ci-web");
    sandbox.set("AWS_PROFILE", "ci-web");
    run(&sandbox, &["web-identity"]).wrote("ci-web");
    assert_eq!(sandbox.asked().len(), 1);
    run(&sandbox, &["web-identity", "--force"]).wrote("ci-web");
    assert_eq!(sandbox.value("ci-web", "mfa_session_source").as_deref(), Some("ci"));

    let other = sandbox.sts().role_arn("by-flag");
    run(&sandbox, &["web-identity", "--role-arn", &other]).wrote("ci-by-flag");
    run(&sandbox, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: `web_identity_token_file` in [profile ci] of ~/.aws/config gives no long-term keys, which an MFA session needs
mfa-session: hint: assume the role: mfa-session web-identity --profile ci
"#]]);
}
