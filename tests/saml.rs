//! `saml` gets a session for the assertion of a SAML provider.

mod saml_errors;

use loopback_sts::{Account, Answer, Role};
use snapbox::str;

use crate::identity_provider::{
    KEYS, POLICY, READ_ONLY, file, is_unsigned, last_request, names, pairs, run, sandbox_of, sent,
};
use crate::sandbox::{Outcome, PROGRAM, Sandbox, Table};
#[cfg(target_os = "linux")]
use crate::terminal::Person;

/// A sandbox with two more roles that trust the provider.
fn sandbox() -> Sandbox {
    let roles = ["dev", "ops"].map(|name| Role::new(name).trust_saml());
    sandbox_of(roles.into_iter().fold(Account::default(), Account::role))
}

/// Writes an assertion for these roles to `~/assertion`.
fn assertion(sandbox: &Sandbox, roles: &[&str]) -> String {
    let provider = sandbox.sts().saml_provider_arn();
    let roles: Vec<_> = roles.iter().map(|name| sandbox.sts().role_arn(name)).collect();
    let pairs: Vec<_> = roles.iter().map(|role| (&**role, &*provider)).collect();
    let assertion = sandbox.sts().saml_assertion_of(&pairs);
    sandbox.hide(&assertion);
    file(sandbox, "assertion", &assertion);
    assertion
}

/// Runs `saml` with `~/assertion`.
fn saml(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    run(sandbox, &[&["saml", "--assertion-file", "assertion"], more].concat())
}

#[test]
fn takes_role_and_provider_from_the_assertion() {
    let sandbox = sandbox();
    let assertion = assertion(&sandbox, &["ops"]);
    let mut command = sandbox.command(PROGRAM);
    command.arg("saml");
    sandbox.outcome(command, &assertion).wrote("default-saml");

    assert_eq!(sandbox.asked(), ["AssumeRoleWithSAML OK"]);
    assert!(is_unsigned(&last_request(&sandbox)));
    assert_eq!(last_request(&sandbox).parameter("SAMLAssertion"), Some(&*assertion));
    let (role, provider) = (sandbox.sts().role_arn("ops"), sandbox.sts().saml_provider_arn());
    let expected = pairs(&[("PrincipalArn", &provider), ("RoleArn", &role)]);
    assert_eq!(sent(&sandbox, "SAMLAssertion"), expected);

    assert_eq!(sandbox.files(), ["credentials"]);
    assert_eq!(names(&sandbox, "default-saml"), KEYS);
    let value = |key| sandbox.value("default-saml", key).unwrap();
    assert_eq!(value("mfa_session_source"), "default");
    assert_eq!(value("mfa_session_role"), role);
    run(&sandbox, &["whoami", "--profile", "default-saml"]).matches(str![[r#"
exit 0
--- stdout
account  123456789012
arn      arn:aws:sts::123456789012:assumed-role/ops/alice@example.com
user id  AROAN5YHGAAAAAAAAAAAA:alice@example.com
keys     [default-saml]
"#]]);
}

#[test]
fn reads_the_assertion_from_file_or_stdin_with_any_line_breaks() {
    let sandbox = sandbox();
    let assertion = assertion(&sandbox, &["ops"]);
    let lines: Vec<_> = assertion.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
    for text in [&assertion, &format!("\n{assertion}\n"), &lines.join("\n"), &lines.join("\r\n\t")]
    {
        file(&sandbox, "assertion", text);
        saml(&sandbox, &[]).wrote("default-saml");
        for arguments in [&["saml"][..], &["saml", "--assertion-file", "-"]] {
            let mut command = sandbox.command(PROGRAM);
            command.args(arguments);
            sandbox.outcome(command, text).wrote("default-saml");
        }
    }
    let requests = sandbox.sts().requests();
    assert!(requests.iter().all(|it| it.parameter("SAMLAssertion") == Some(&assertion)));
    assert_eq!(requests.len(), 12);
}

#[test]
fn sends_duration_and_policies() {
    type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);
    let mut sandbox = sandbox();
    assertion(&sandbox, &["ops"]);
    let (role, provider) = (sandbox.sts().role_arn("ops"), sandbox.sts().saml_provider_arn());
    let rows: &[Row<'_>] = &[
        (&[], &[]),
        (&["--duration", "15m"], &[("DurationSeconds", "900")]),
        (
            &["--policy", POLICY, "--policy-arn", READ_ONLY],
            &[("Policy", POLICY), ("PolicyArns.member.1.arn", READ_ONLY)],
        ),
    ];
    for (arguments, expected) in rows {
        saml(&sandbox, arguments).wrote("default-saml");
        let always = [("PrincipalArn", &*provider), ("RoleArn", &*role)];
        let mut all = pairs(&[&always, *expected].concat());
        all.sort();
        assert_eq!(sent(&sandbox, "SAMLAssertion"), all, "{arguments:?}");
    }
    assert_eq!(sandbox.value("default-saml", "mfa_session_restricted").as_deref(), Some("true"));
    sandbox.write("config", "[default]\nduration_seconds = 1800\n");
    sandbox.set("MFA_SESSION_DURATION", "36h");
    saml(&sandbox, &[]).wrote("default-saml");
    assert_eq!(last_request(&sandbox).parameter("DurationSeconds"), Some("1800"));
}

#[test]
fn requires_role_arn_when_the_assertion_names_several_roles() {
    let sandbox = sandbox();
    assertion(&sandbox, &["dev", "ops"]);
    let [dev, ops] = ["dev", "ops"].map(|name| sandbox.sts().role_arn(name));
    saml(&sandbox, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the assertion contains several roles: arn:aws:iam::123456789012:role/dev, arn:aws:iam::123456789012:role/ops
mfa-session: hint: choose one: --role-arn ARN
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);

    saml(&sandbox, &["--role-arn", &ops]).wrote("default-ops");
    assert_eq!(last_request(&sandbox).parameter("RoleArn"), Some(&*ops));
    saml(&sandbox, &["--role-arn", &dev, "--to", "work"]).wrote("work");
    assert_eq!(last_request(&sandbox).parameter("RoleArn"), Some(&*dev));
}

#[test]
fn requires_principal_arn_when_the_assertion_names_several_providers() {
    let sandbox = sandbox();
    let (role, provider) = (sandbox.sts().role_arn("ops"), sandbox.sts().saml_provider_arn());
    let other = "arn:aws:iam::123456789012:saml-provider/other";
    let assertion = sandbox.sts().saml_assertion_of(&[(&role, other), (&role, &provider)]);
    file(&sandbox, "assertion", assertion);
    saml(&sandbox, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the assertion contains several providers: arn:aws:iam::123456789012:saml-provider/other, arn:aws:iam::123456789012:saml-provider/loopback
mfa-session: hint: choose one: --principal-arn ARN
"#]]);
    saml(&sandbox, &["--role-arn", &role]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the assertion contains several providers: arn:aws:iam::123456789012:saml-provider/other, arn:aws:iam::123456789012:saml-provider/loopback
mfa-session: hint: choose one: --principal-arn ARN
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
    saml(&sandbox, &["--principal-arn", &provider]).wrote("default-saml");
    assert_eq!(last_request(&sandbox).parameter("PrincipalArn"), Some(&*provider));
}

#[test]
fn counts_a_repeated_role_once() {
    let sandbox = sandbox();
    assertion(&sandbox, &["ops", "ops"]);
    saml(&sandbox, &[]).wrote("default-saml");
}

#[test]
fn renews_the_session_profile_in_use() {
    let mut sandbox = sandbox();
    assertion(&sandbox, &["dev", "ops"]);
    let [dev, ops] = ["dev", "ops"].map(|name| sandbox.sts().role_arn(name));
    saml(&sandbox, &["--role-arn", &ops]).wrote("default-ops");
    sandbox.set("AWS_PROFILE", "default-ops");
    saml(&sandbox, &["--role-arn", &ops]).wrote("default-ops");
    saml(&sandbox, &["--role-arn", &dev]).wrote("default-dev");
    assertion(&sandbox, &["ops"]);
    saml(&sandbox, &[]).wrote("default-ops");
    assert_eq!(sandbox.value("default-ops", "mfa_session_source").as_deref(), Some("default"));
}

#[test]
fn never_reuses_a_session() {
    let sandbox = sandbox();
    assertion(&sandbox, &["ops"]);
    for _ in 0..2 {
        saml(&sandbox, &[]).wrote("default-saml");
    }
    assert_eq!(sandbox.asked(), ["AssumeRoleWithSAML OK"; 2]);
}

#[test]
fn export_writes_to_the_file_only_with_write() {
    let sandbox = sandbox();
    assertion(&sandbox, &["ops"]);
    let exported = saml(&sandbox, &["--export"]);
    exported.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: the session of arn:aws:iam::123456789012:role/ops is valid until [TIME] ([LEFT] left)
"#]]);
    assert!(exported.stdout.starts_with("export AWS_ACCESS_KEY_ID='ASIA"));
    assert!(!sandbox.path(".aws").exists());

    let both = saml(&sandbox, &["--export", "--write"]);
    both.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-saml] is valid until [TIME] ([LEFT] left)
"#]]);
    let id = sandbox.value("default-saml", "aws_access_key_id").unwrap();
    assert!(both.stdout.starts_with(&format!("export AWS_ACCESS_KEY_ID='{id}';\n")));
}

#[test]
fn ignores_settings_of_codes_and_devices() {
    let mut sandbox = sandbox();
    assertion(&sandbox, &["ops"]);
    sandbox.set("MFA_SESSION_CODE", "no code").set("MFA_SESSION_SERIAL", "no device");
    saml(&sandbox, &[]).wrote("default-saml");
}

#[test]
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
fn prompts_for_one_of_several_roles() {
    let mut sandbox = sandbox();
    assertion(&sandbox, &["dev", "ops"]);
    sandbox.set("MFA_SESSION_CODE", "123456");
    let mut person = Person::runs(&sandbox, "saml --assertion-file assertion");
    let list = person.reads("which role? 1 to 2: ");
    let [dev, ops] = ["dev", "ops"].map(|name| sandbox.sts().role_arn(name));
    assert_eq!(list, format!("  1  {dev}\r\n  2  {ops}\r\nwhich role? 1 to 2: "));
    person.types("2\n");
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 0
--- stderr
mfa-session: [default-saml] is valid until [TIME] ([LEFT] left)
"#]],
    );
    assert_eq!(last_request(&sandbox).parameter("RoleArn"), Some(&*ops));

    sandbox.set("MFA_SESSION_NO_PROMPT", "true");
    let mut person = Person::runs(&sandbox, "saml --assertion-file assertion");
    person.is_left_with(&sandbox, str![[r#"
exit 1
--- stderr
mfa-session: error: the assertion contains several roles: arn:aws:iam::123456789012:role/dev, arn:aws:iam::123456789012:role/ops
mfa-session: hint: choose one: --role-arn ARN
"#]]);
}

#[test]
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
fn refuses_to_read_a_token_from_a_terminal() {
    let sandbox = sandbox();
    let role = sandbox.sts().role_arn("web");
    sandbox.sts().inject(loopback_sts::Fault::Answer(Answer::html(500)));
    sandbox.write("credentials", &crate::sandbox::keys("default"));
    let mut table = Table::default();
    for arguments in [
        "saml".to_owned(),
        format!("web-identity --role-arn {role} --token-file -"),
        "decode".to_owned(),
    ] {
        let script = format!("exec {PROGRAM} {arguments} >stdout 2>stderr");
        let mut person = Person::runs_script(&sandbox, &script);
        table.add(arguments, &person.outcome(&sandbox));
    }
    table.matches(str![[r#"
=== saml
exit 2
--- stderr
mfa-session: error: standard input is a terminal, not a file or pipe
mfa-session: hint: name a file with the text that the browser posts as SAMLResponse: --assertion-file FILE

=== web-identity --role-arn arn:aws:iam::123456789012:role/web --token-file -
exit 2
--- stderr
mfa-session: error: standard input is a terminal, not a file or pipe
mfa-session: hint: name a file with a token of the identity provider: --token-file FILE

=== decode
exit 2
--- stderr
mfa-session: error: standard input is a terminal, not a file or pipe
mfa-session: hint: give the whole text after `Encoded authorization failure message:`
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}
