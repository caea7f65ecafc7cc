//! A role of more than an hour: AWS refuses it to an MFA session, so the long-term key assumes it.

use loopback_sts::{Account, Role, Sts};
use snapbox::str;

use super::{
    assert_needs_code, config, configure, operations, run, sandbox, sandbox_with_mfa, section,
    sent, with_code,
};
use crate::sandbox::{Sandbox, Table, keys};

/// A sandbox in which `team-0` and `team-1` allow sessions of twelve hours.
fn sandbox_with_long_roles() -> Sandbox {
    let long = |name| Role::new(name).trust_account().requires_mfa().max_session_duration(43_200);
    let sandbox =
        Sandbox::with(Sts::start(Account::default().role(long("team-0")).role(long("team-1"))));
    sandbox.write("credentials", &keys("work"));
    sandbox.write("config", &config());
    sandbox
}

#[test]
fn a_long_role_is_assumed_with_the_long_term_key() {
    let sandbox = sandbox_with_long_roles();
    with_code(&sandbox, &["--profile", "team-0", "--duration", "8h"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: AWS grants more than 1h of a role only to a long-term key: this session needs a code of its own, and later calls with it carry no MFA context
mfa-session: [team-0-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    assert_eq!(operations(&sandbox), ["GetCallerIdentity", "AssumeRole"]);
    assert_eq!(sent(&sandbox, "DurationSeconds"), ["28800"]);
    assert_eq!(section(&sandbox, "work-mfa"), [""; 0]);
    snapbox::assert_data_eq!(
        section(&sandbox, "team-0-mfa").join("\n"),
        str![[r#"
aws_access_key_id = …
aws_secret_access_key = …
aws_session_token = …
aws_account_id = …
x_security_token_expires = …
mfa_session_source = team-0
mfa_session_key = AKIALOOPBACKALICE234
mfa_session_serial = arn:aws:iam::123456789012:mfa/alice
mfa_session_role = arn:aws:iam::123456789012:role/team-0
mfa_session_direct = true
"#]]
    );
}

#[test]
fn a_long_session_is_reused_and_costs_a_code_per_role() {
    let sandbox = sandbox_with_long_roles();
    for team in ["team-0", "team-1"] {
        configure(&sandbox, team, "duration_seconds = 28800");
        assert_needs_code(&run(&sandbox, &["--profile", team]));
        assert_eq!(with_code(&sandbox, &["--profile", team]).status, 0);
    }
    let reused = run(&sandbox, &["--profile", "team-0", "--min-remaining", "7h"]);
    reused.wrote("team-0-mfa");
    // The session profile of a role leads back to the role.
    assert_eq!(run(&sandbox, &["--profile", "team-0-mfa", "--export"]).status, 0);
    assert_eq!(sent(&sandbox, "DurationSeconds"), ["28800"; 2]);
}

#[test]
fn a_role_of_an_hour_shares_the_mfa_session() {
    let sandbox = sandbox_with_mfa();
    run(&sandbox, &["--profile", "team-0", "--duration", "1h"]).wrote("team-0-mfa");
    run(&sandbox, &["--profile", "team-1"]).wrote("team-1-mfa");
    assert_eq!(sandbox.value("team-0-mfa", "mfa_session_direct"), None);
}

#[test]
fn reports_a_wrong_code_for_a_long_role() {
    let sandbox = sandbox_with_long_roles();
    let wrong = sandbox.sts().wrong_code("alice");
    let outcome = run(&sandbox, &["--profile", "team-0", "--duration", "2h", "--code", &wrong]);
    outcome.matches(str![[r#"
exit 4
--- stderr
mfa-session: AWS grants more than 1h of a role only to a long-term key: this session needs a code of its own, and later calls with it carry no MFA context
mfa-session: error: STS rejected the code for arn:aws:iam::123456789012:mfa/alice (AccessDenied, request [ID])
mfa-session: hint: each code works once, for about half a minute: give the next one
mfa-session: hint: the role to assume is arn:aws:iam::123456789012:role/team-0
"#]]);
}

#[test]
fn refuses_long_durations_before_a_prompt() {
    let mut table = Table::default();
    for (name, arguments) in [
        ("two roles", ["--profile", "deploy", "--duration", "2h"]),
        ("more than twelve hours", ["--profile", "team-0", "--duration", "13h"]),
    ] {
        let sandbox = sandbox();
        table.add(name, &run(&sandbox, &arguments));
        assert!(sandbox.asked().is_empty());
    }
    table.matches(str![[r#"
=== two roles
exit 2
--- stderr
mfa-session: error: --duration: the session of a role that another role assumes lasts 1h at most
mfa-session: hint: shorten it: --duration 1h

=== more than twelve hours
exit 2
--- stderr
mfa-session: error: --duration: `13h` is not between 15m and 12h
mfa-session: hint: a role's session lasts 15m to 12h (900 to 43200 seconds)
"#]]);
}
