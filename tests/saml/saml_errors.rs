//! Errors of `saml`: its own and those of STS.

use std::fs;

use data_encoding::BASE64;
use loopback_sts::Account;
use snapbox::str;

use super::{assertion, saml, sandbox};
use crate::{
    identity_provider::{file, last_request, refusals, sandbox_of},
    sandbox::{Sandbox, Table},
};

#[test]
fn rejects_a_file_without_an_assertion_before_sending() {
    type Row = (&'static str, fn(&Sandbox));
    let rows: &[Row] = &[
        ("no file", |sandbox| fs::remove_file(sandbox.path("assertion")).unwrap()),
        ("an empty file", |sandbox| text(sandbox, "")),
        ("a huge file", |sandbox| text(sandbox, &"x".repeat((256 << 10) + 1))),
        ("a long text", |sandbox| text(sandbox, &"x".repeat(100_001))),
        ("no base64", |sandbox| text(sandbox, "no-base64")),
        ("XML itself", |sandbox| text(sandbox, "<x/>")),
        ("no XML", |sandbox| xml(sandbox, "x")),
        ("no text", |sandbox| text(sandbox, "/////w==")),
        ("a document type", |sandbox| {
            let assertion = assertion(sandbox, &["ops"]);
            let bytes = BASE64.decode(assertion.as_bytes()).unwrap();
            let entity = "<!DOCTYPE r [<!ENTITY e \"x\">]>";
            xml(sandbox, &format!("{entity}{}", String::from_utf8(bytes).unwrap()));
        }),
        ("no role", |sandbox| xml(sandbox, "<x/>")),
        ("what is no role", |sandbox| {
            let provider = sandbox.sts().saml_provider_arn();
            text(sandbox, &sandbox.sts().saml_assertion("ops", &provider));
        }),
    ];
    Table::of(rows.iter().map(|(name, prepare)| {
        let sandbox = sandbox();
        assertion(&sandbox, &["ops"]);
        prepare(&sandbox);
        let outcome = saml(&sandbox, &[]);
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
        (*name, outcome)
    }))
    .matches_file("saml_errors/invalid_files");
}

#[test]
fn rejects_a_role_or_provider_missing_from_the_assertion() {
    let sandbox = sandbox();
    assertion(&sandbox, &["dev", "ops"]);
    let admin = sandbox.sts().role_arn("admin");
    saml(&sandbox, &["--role-arn", &admin]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the assertion does not contain that role, but arn:aws:iam::123456789012:role/dev, arn:aws:iam::123456789012:role/ops
mfa-session: hint: give both --role-arn and --principal-arn, or ask your administrator for the role
"#]]);
    let other = "arn:aws:iam::123456789012:saml-provider/other";
    saml(&sandbox, &["--principal-arn", other]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the assertion does not contain that provider, but arn:aws:iam::123456789012:saml-provider/loopback
mfa-session: hint: give both --role-arn and --principal-arn, or ask your administrator for the role
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn rejects_invalid_arguments_before_sending() {
    type Row<'a> = (&'a str, &'a [&'a str]);
    let rows: &[Row<'_>] = &[
        ("a provider of tokens", &["--principal-arn", "arn:aws:iam::123456789012:oidc-provider/x"]),
        ("a user for a role", &["--role-arn", "arn:aws:iam::123456789012:user/alice"]),
        ("a duration that no role has", &["--duration", "899"]),
    ];
    let sandbox = sandbox();
    assertion(&sandbox, &["ops"]);
    Table::of(rows.iter().map(|(name, arguments)| (*name, saml(&sandbox, arguments))))
        .matches_file("saml_errors/invalid_arguments");
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn explains_every_error_of_the_operation() {
    let sandbox = || {
        let sandbox = sandbox();
        assertion(&sandbox, &["ops"]);
        sandbox
    };
    refusals(sandbox, "AssumeRoleWithSAML", &["saml", "--assertion-file", "assertion"])
        .matches_file("saml_errors/operation");
}

#[test]
fn explains_errors_that_requests_cause() {
    type Row = (&'static str, fn(&Sandbox), &'static [&'static str], &'static str);
    let rows: &[Row] = &[
        ("a claim that is taken back", |_| (), &[], "IDPRejectedClaim"),
        (
            "ten minutes later",
            |sandbox| sandbox.sts().set_clock_offset(630),
            &[],
            "ExpiredTokenException",
        ),
        (
            "a forged assertion",
            |sandbox| {
                let bytes = BASE64.decode(assertion(sandbox, &["saml"]).as_bytes()).unwrap();
                xml(sandbox, &String::from_utf8(bytes).unwrap().replace("alice", "mallory"));
            },
            &[],
            "InvalidIdentityToken",
        ),
        ("a policy without a statement", |_| (), &["--policy", "{}"], "MalformedPolicyDocument"),
        ("too long for the role", |_| (), &["--duration", "2h"], "ValidationError"),
        (
            "a role that trusts somebody else",
            |sandbox| drop(assertion(sandbox, &["admin"])),
            &[],
            "AccessDenied",
        ),
    ];
    let mut table = Table::default();
    for (name, prepare, arguments, code) in rows {
        let account = match *code {
            "IDPRejectedClaim" => Account::default().revoke_subject("alice@example.com"),
            _ => Account::default(),
        };
        let sandbox = sandbox_of(account);
        assertion(&sandbox, &["saml"]);
        prepare(&sandbox);
        let outcome = saml(&sandbox, arguments);
        table.add(name, &outcome);
    }
    table.matches_file("saml_errors/asked_for");
}

#[test]
fn leaves_the_check_to_sts_when_role_and_provider_are_given() {
    let sandbox = sandbox();
    assertion(&sandbox, &["dev"]);
    let (ops, provider) = (sandbox.sts().role_arn("ops"), sandbox.sts().saml_provider_arn());
    let outcome = saml(&sandbox, &["--role-arn", &ops, "--principal-arn", &provider]);
    outcome.matches(str![[r#"
exit 4
--- stderr
mfa-session: error: AWS rejected the SAML assertion from assertion: SAML Assertion doesn't contain the requested Role and Metadata in the attributes (InvalidIdentityToken, request [ID])
mfa-session: hint: check that the role's account has an IAM identity provider for the token's issuer and audience
"#]]);
    assert_eq!(last_request(&sandbox).parameter("RoleArn"), Some(&*ops));
}

fn text(sandbox: &Sandbox, text: &str) {
    file(sandbox, "assertion", text);
}

fn xml(sandbox: &Sandbox, xml: &str) {
    text(sandbox, &BASE64.encode(xml.as_bytes()));
}
