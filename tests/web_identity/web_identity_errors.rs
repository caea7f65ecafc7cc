//! Errors of `web-identity`: its own and those of STS.

use std::fs;

use loopback_sts::{Account, Answer, Fault};
use snapbox::str;

use super::{SUBJECT, sandbox_with_token, set_role, token};
use crate::{
    identity_provider::{READ_ONLY, file, refusals, run, sandbox_of},
    sandbox::{Sandbox, Table},
};

#[test]
fn requires_a_role() {
    let mut sandbox = sandbox_with_token();
    sandbox.set("AWS_ROLE_ARN", "");
    run(&sandbox, &["web-identity"]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: no role is configured
mfa-session: hint: name the role: --role-arn ARN, AWS_ROLE_ARN, or `role_arn` in the profile with `web_identity_token_file`
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn rejects_invalid_arguments_before_sending() {
    type Row<'a> = (&'a str, &'a [&'a str]);
    let china = "arn:aws-cn:iam::123456789012:role/web";
    let rows: &[Row<'_>] = &[
        ("a user for a role", &["--role-arn", "arn:aws:iam::123456789012:user/alice"]),
        ("a name of one letter", &["--role-session-name", "x"]),
        ("a duration that no role has", &["--duration", "43201"]),
        ("a policy that is none", &["--policy", "[]"]),
        ("a region of another partition", &["--role-arn", china, "--region", "us-east-1"]),
        ("more than is ever left", &["--min-remaining", "61m"]),
    ];
    let sandbox = sandbox_with_token();
    Table::of(rows.iter().map(|(name, arguments)| {
        let outcome = run(&sandbox, &[&["web-identity"], *arguments].concat());
        (*name, outcome)
    }))
    .matches_file("web_identity_errors/invalid_arguments");
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn rejects_a_file_without_a_token_before_sending() {
    type Row = (&'static str, fn(&Sandbox));
    let rows: &[Row] = &[
        ("no file", |sandbox| fs::remove_file(sandbox.path("token")).unwrap()),
        ("an empty file", |sandbox| file(sandbox, "token", "")),
        ("an empty line", |sandbox| file(sandbox, "token", " \n")),
        ("a directory", |sandbox| {
            fs::remove_file(sandbox.path("token")).unwrap();
            fs::create_dir(sandbox.path("token")).unwrap();
        }),
        ("bytes", |sandbox| file(sandbox, "token", b"\xff\xfe")),
        ("a huge file", |sandbox| file(sandbox, "token", "x".repeat((256 << 10) + 1))),
        ("a long text", |sandbox| file(sandbox, "token", "x".repeat(20_001))),
        ("a short text", |sandbox| file(sandbox, "token", "abc")),
        ("two tokens", |sandbox| file(sandbox, "token", "token token")),
    ];
    Table::of(rows.iter().map(|(name, prepare)| {
        let sandbox = sandbox_with_token();
        prepare(&sandbox);
        let outcome = run(&sandbox, &["web-identity"]);
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
        // Windows opens no directory.
        (*name, outcome.replace("Permission denied (os error 13)", "Is a directory (os error 21)"))
    }))
    .matches_file("web_identity_errors/invalid_files");

    let sandbox = sandbox_with_token();
    let outcome = run(&sandbox, &["web-identity", "--token-file", "-"]);
    outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: standard input is empty
mfa-session: hint: name a file with a token of the identity provider: --token-file FILE
"#]]);
}

#[test]
#[cfg_attr(windows, ignore = "needs /dev/zero")]
fn rejects_an_endless_token_file() {
    let sandbox = sandbox_with_token();
    let outcome = run(&sandbox, &["web-identity", "--token-file", "/dev/zero"]);
    outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot read /dev/zero: larger than 256 KiB
mfa-session: hint: name a file with a token of the identity provider: --token-file FILE
"#]]);
}

#[cfg(unix)] // needs modes of files
#[test]
fn explains_permission_denied_on_the_token_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = sandbox_with_token();
    fs::set_permissions(sandbox.path("token"), fs::Permissions::from_mode(0o000)).unwrap();
    let mut command = sandbox.powerless();
    command.arg("web-identity");
    sandbox.outcome(command, "").matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot read ~/token: Permission denied (os error 13)
mfa-session: hint: name a file with a token of the identity provider: --token-file FILE
"#]]);
}

#[test]
fn explains_every_error_of_the_operation() {
    refusals(sandbox_with_token, "AssumeRoleWithWebIdentity", &["web-identity"])
        .matches_file("web_identity_errors/operation");
}

#[test]
fn explains_errors_that_requests_cause() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str]);
    let rows: &[Row] = &[
        ("a claim that is taken back", |_| (), &[]),
        ("a text that is no token", |sandbox| file(sandbox, "token", "no.JSON.WebToken"), &[]),
        (
            "a token of yesterday",
            |sandbox| {
                sandbox.sts().set_clock_offset(24 * 3600 + 30);
            },
            &[],
        ),
        ("a policy without a statement", |_| (), &["--policy", "{}"]),
        ("too long for the role", |_| (), &["--duration", "2h"]),
        ("a role that trusts somebody else", |sandbox| set_role(sandbox, "admin"), &[]),
        ("no such role", |_| (), &["--role-arn", "arn:aws:iam::123456789012:role/nobody"]),
    ];
    let mut table = Table::default();
    for (name, prepare, arguments) in rows {
        let mut sandbox = sandbox_of(Account::default().revoke_subject("revoked"));
        let subject = if name.contains("taken back") { "revoked" } else { SUBJECT };
        token(&sandbox, "token", subject);
        sandbox.set("AWS_WEB_IDENTITY_TOKEN_FILE", "~/token");
        set_role(&mut sandbox, "web");
        prepare(&mut sandbox);
        let outcome = run(&sandbox, &[&["web-identity"], *arguments].concat());
        table.add(name, &outcome);
    }
    table.matches_file("web_identity_errors/asked_for");
}

#[test]
fn retries_when_sts_cannot_reach_the_identity_provider() {
    let sandbox = sandbox_with_token();
    let lost = Answer::error(400, "IDPCommunicationError", "No answer.");
    sandbox.sts().inject(Fault::Answer(lost).times(2));
    run(&sandbox, &["web-identity"]).wrote("default-web");
    let asked = sandbox.asked();
    assert_eq!(asked[..2], ["AssumeRoleWithWebIdentity Answer"; 2]);
    assert_eq!(asked[2..], ["AssumeRoleWithWebIdentity OK"]);
}

#[test]
fn explains_policies_that_are_too_large_together() {
    let sandbox = sandbox_with_token();
    let large = format!(r#"{{"Statement":[], "Id": "{}"}}"#, "x".repeat(2018));
    let arguments = ["web-identity", "--policy", &large, "--policy-arn", READ_ONLY];
    let outcome = run(&sandbox, &arguments);
    outcome.matches(str![[r#"
exit 4
--- stderr
mfa-session: error: the session policies and tags are too large: Packed policy consumes 102% of allotted space, please use smaller policy. (PackedPolicyTooLarge, request [ID])
mfa-session: hint: shorten --policy, or name fewer --policy-arn and --tag
"#]]);
}
