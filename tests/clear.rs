//! `clear` removes sessions from the credentials file, and nothing else.

use snapbox::str;

use crate::{
    sandbox::{Sandbox, keys},
    status::{MADE, sandbox, session},
};

#[test]
fn a_session_is_taken_away_and_every_other_byte_stays() {
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
mfa-session: [default-mfa] has no session any more
"#]]);
    let after = format!(
        "# mine\n{}\n[default-mfa]\nregion = eu-west-1 ; here\n\n# a note\n[other]\nx = 1\n",
        keys("default")
    );
    assert_eq!(sandbox.read("credentials"), after);
    sandbox.run(["clear"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: there is no session to clear
"#]]);
    assert_eq!(sandbox.read("credentials"), after);
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn a_file_does_not_grow_by_sessions_that_come_and_go() {
    let sandbox = Sandbox::new();
    // A blank line came before the new section, and stays: it may be somebody's.
    let expected = sandbox.read("credentials") + "\n";
    for _ in 0..2 {
        sandbox.get([]).wrote("default-mfa");
        assert_eq!(sandbox.run(["clear", "--profile", "default-mfa"]).status, 0);
        assert_eq!(sandbox.read("credentials"), expected);
    }
}

#[test]
fn all_are_those_that_this_program_wrote() {
    let sandbox = sandbox();
    sandbox.run(["clear", "--all"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] has no session any more
mfa-session: [admin-mfa] has no session any more
"#]]);
    let left = sandbox.read("credentials");
    assert!(left.contains("[saml]") && left.contains("[plain]") && !left.contains("-mfa]"));
    assert!(left.starts_with(&keys("default")));
}

#[test]
fn long_term_keys_are_never_taken_away() {
    let sandbox = Sandbox::new();
    let before = sandbox.read("credentials");
    sandbox.run(["clear", "--profile", "default"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: there is no session to clear
"#]]);
    sandbox.run(["clear", "--all"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: there is no session to clear
"#]]);
    assert_eq!(sandbox.read("credentials"), before);
}

#[test]
fn a_file_that_can_not_be_written_stays_as_it_is() {
    let sandbox = sandbox();
    sandbox.write("credentials", &format!("[default\n{}", session("default-mfa", 9, MADE)));
    sandbox.run(["clear"]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: ~/.aws/credentials, line 1: expected `]` at the end of the section's header
mfa-session: hint: correct the line: the AWS CLI or an SDK refuses it as well
"#]]);
}

#[test]
fn long_term_keys_beside_a_stale_token_are_neither_taken_away_nor_overwritten() {
    for token in ["aws_session_token = stale\n", "aws_security_token = stale\n"] {
        let sandbox = Sandbox::new();
        let text = keys("default") + "\n" + &keys("work").replace("ALICE", "OTHER") + token + MADE;
        sandbox.write("credentials", &text);
        sandbox.run(["clear", "--profile", "work"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: there is no session to clear
"#]]);
        sandbox.run(["clear", "--all"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: there is no session to clear
"#]]);
        let outcome = sandbox.get(["--to", "work"]);
        outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: [work] in ~/.aws/credentials holds long-term keys, which are never overwritten
mfa-session: hint: name another session profile: --to NAME
"#]]);
        assert_eq!(sandbox.read("credentials"), text);
    }
}
