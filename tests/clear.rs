//! `clear` removes sessions from the credentials file, and nothing else.

use snapbox::str;

use crate::{
    sandbox::{PROGRAM, Sandbox, Table, keys},
    status::{MADE, sandbox, session},
};

#[test]
fn removes_the_session_and_keeps_every_other_byte() {
    let sandbox = Sandbox::new();
    let before = format!(
        "# mine\n{}\n{}region = eu-west-1 ; here\n\n# a note\n[other]\nx = 1\n",
        keys("default"),
        session("default-mfa", 90, MADE),
    );
    sandbox.write("credentials", &before);
    sandbox.run(["clear"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: cleared the session in [default-mfa]
"#]]);
    let after = format!(
        "# mine\n{}\n[default-mfa]\nregion = eu-west-1 ; here\n\n# a note\n[other]\nx = 1\n",
        keys("default")
    );
    assert_eq!(sandbox.read("credentials"), after);
    finds_nothing(&sandbox, ["clear"], "[default-mfa] holds no session");
    assert_eq!(sandbox.read("credentials"), after);
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn clearing_a_written_session_gives_back_the_file() {
    let sandbox = Sandbox::new();
    let expected = sandbox.read("credentials");
    for _ in 0..2 {
        sandbox.get([]).wrote("default-mfa");
        assert_eq!(sandbox.run(["clear", "--profile", "default-mfa"]).status, 0);
        assert_eq!(sandbox.read("credentials"), expected);
    }
}

#[test]
fn clear_all_removes_only_sessions_of_this_program() {
    let sandbox = sandbox();
    sandbox.run(["clear", "--all"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: cleared the session in [default-mfa]
mfa-session: cleared the session in [admin-mfa]
"#]]);
    let left = sandbox.read("credentials");
    assert!(left.contains("[saml]") && left.contains("[plain]") && !left.contains("-mfa]"));
    assert!(left.starts_with(&keys("default")));
}

#[test]
fn never_removes_long_term_keys() {
    let sandbox = Sandbox::new();
    let before = sandbox.read("credentials");
    finds_nothing(&sandbox, ["clear", "--profile", "default"], "[default-mfa] holds no session");
    finds_nothing(&sandbox, ["clear", "--all"], ANYWHERE);
    assert_eq!(sandbox.read("credentials"), before);
}

#[test]
fn leaves_a_malformed_file_unchanged() {
    let sandbox = sandbox();
    let text = format!("[default\n{}", session("default-mfa", 9, MADE));
    sandbox.write("credentials", &text);
    sandbox.run(["clear"]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: ~/.aws/credentials, line 1: expected `]` at the end of the section header
mfa-session: hint: correct the line: the AWS CLI and the SDKs refuse it, too
"#]]);
    assert_eq!(sandbox.read("credentials"), text);
}

#[test]
fn never_removes_or_overwrites_long_term_keys_beside_a_stale_token() {
    for (token, why) in [
        ("aws_session_token = stale\n", "[work] holds no session"),
        ("aws_security_token = stale\n", "[work-mfa] holds no session"),
    ] {
        let sandbox = Sandbox::new();
        let text = keys("default") + "\n" + &keys("work").replace("ALICE", "OTHER") + token + MADE;
        sandbox.write("credentials", &text);
        finds_nothing(&sandbox, ["clear", "--profile", "work"], why);
        finds_nothing(&sandbox, ["clear", "--all"], ANYWHERE);
        let outcome = sandbox.get(["--to", "work"]);
        outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: [work] in ~/.aws/credentials contains long-term keys, which are never overwritten
mfa-session: hint: name another session profile: --to NAME
"#]]);
        assert_eq!(sandbox.read("credentials"), text);
    }
}

#[test]
fn reports_an_unknown_profile() {
    let mut sandbox = sandbox();
    let mut table = Table::default();
    table.add("--profile nosuch", &sandbox.run(["clear", "--profile", "nosuch"]));
    sandbox.set("AWS_PROFILE", "nosuch");
    table.add("AWS_PROFILE=nosuch", &sandbox.run(["clear"]));
    table.add("AWS_PROFILE=nosuch --all", &sandbox.run(["clear", "--all"]));
    table.matches(str![[r#"
=== --profile nosuch
exit 2
--- stderr
mfa-session: error: --profile: no profile `nosuch` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: name one of these with --profile: default, default-mfa, admin-mfa, saml, plain

=== AWS_PROFILE=nosuch
exit 1
--- stderr
mfa-session: error: AWS_PROFILE: no profile `nosuch` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: name one of these with --profile: default, default-mfa, admin-mfa, saml, plain

=== AWS_PROFILE=nosuch --all
exit 0
--- stderr
mfa-session: cleared the session in [default-mfa]
mfa-session: cleared the session in [admin-mfa]
"#]]);
    // A session profile may be gone after the first time.
    finds_nothing(
        &sandbox,
        ["clear", "--profile", "default-mfa"],
        "[default-mfa] holds no session",
    );
    sandbox.set("AWS_PROFILE", "");
    sandbox.write("credentials", "");
    finds_nothing(&sandbox, ["clear"], "[default-mfa] holds no session");
}

#[test]
fn points_to_export_for_a_session_in_the_environment() {
    let mut sandbox = sandbox();
    sandbox.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE").set("AWS_SESSION_TOKEN", "token");
    sandbox.set("AWS_SECRET_ACCESS_KEY", "its-secret-key");
    let mut table = Table::default();
    for arguments in [&["clear"][..], &["clear"], &["clear", "--all"], &["clear", "-p", "saml"]] {
        let mut command = sandbox.command(PROGRAM);
        command.args(arguments);
        table.add(arguments.join(" "), &sandbox.outcome(command, ""));
    }
    table.matches(str![[r#"
=== clear
exit 0
--- stderr
mfa-session: cleared the session in [default-mfa]
mfa-session: hint: a session is also in the environment; remove it from this shell: eval $(mfa-session clear --export)

=== clear
exit 0
--- stderr
mfa-session: nothing to clear: [default-mfa] holds no session
mfa-session: hint: a session is also in the environment; remove it from this shell: eval $(mfa-session clear --export)

=== clear --all
exit 0
--- stderr
mfa-session: cleared the session in [admin-mfa]
mfa-session: hint: a session is also in the environment; remove it from this shell: eval $(mfa-session clear --export)

=== clear -p saml
exit 0
--- stderr
mfa-session: cleared the session in [saml]
"#]]);
}

/// Clears no session and reports why.
#[track_caller]
fn finds_nothing<const N: usize>(sandbox: &Sandbox, arguments: [&str; N], why: &str) {
    sandbox.run(arguments).printed(&format!("mfa-session: nothing to clear: {why}\n"));
}

const ANYWHERE: &str = "~/.aws/credentials holds no session of mfa-session";
