//! A role's session is reused while it will do: for the same role, key and device, where it is not
//! narrowed, tagged or called otherwise.

use loopback_sts::{ALICE, BOB, EXTERNAL_ID};
use snapbox::str;

use super::{
    arn, asked_for, configure, run, sandbox, sandbox_with_mfa, section, sent, who, with_code,
};
use crate::sandbox::{Sandbox, keys};

#[test]
fn a_session_is_reused_while_it_will_do() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str]);
    let rows: &[Row] = &[
        ("as it is", |_| (), &["--profile", "admin"]),
        ("its session profile", |_| (), &["--profile", "admin-mfa"]),
        ("enough is left", |_| (), &["--profile", "admin", "--min-remaining", "59m"]),
        ("another duration", |_| (), &["--profile", "admin", "--duration", "15m"]),
        ("the same device", |_| (), &["--profile", "admin", "--serial", ALICE.serial_number]),
        (
            "an external id for who assumes it",
            |_| (),
            &["--profile", "admin", "--external-id", EXTERNAL_ID],
        ),
        (
            "without the MFA session",
            |sandbox| change(sandbox, "[work-mfa]", "[gone]"),
            &["--profile", "admin"],
        ),
    ];
    for (name, prepare, arguments) in rows {
        let mut sandbox = sandbox_with_role();
        prepare(&mut sandbox);
        let (before, connections) = (sandbox.read("credentials"), sandbox.sts().connections());
        let outcome = run(&sandbox, arguments);
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote("admin-mfa");
        assert_eq!(sandbox.sts().connections(), connections, "{name}: something was sent");
        assert_eq!(sandbox.read("credentials"), before, "{name}: something was written");
    }
}

#[test]
fn any_other_session_is_not_reused() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str], Asked);
    let rows: &[Row] = &[
        ("more is to be left", |_| (), &["--min-remaining", "1h"], Asked::ForTheRole),
        (
            "another role",
            |sandbox| change(sandbox, "role/admin\n", "role/reader\n"),
            &[],
            Asked::ForTheRole,
        ),
        (
            "another role of that name",
            |sandbox| {
                change(
                    sandbox,
                    "= arn:aws:iam::123456789012:role",
                    "= arn:aws:iam::210987654321:role",
                );
            },
            &[],
            Asked::ForTheRole,
        ),
        (
            "a session without a role",
            |sandbox| change(sandbox, "mfa_session_role", "x"),
            &[],
            Asked::ForTheRole,
        ),
        ("a policy", |_| (), &["--policy", "{\"Statement\": []}"], Asked::ForTheRole),
        ("a tag", |_| (), &["--tag", "team=red"], Asked::ForTheRole),
        ("a source identity", |_| (), &["--source-identity", "zoe"], Asked::ForTheRole),
        ("another name", |_| (), &["--role-session-name", "x1"], Asked::ForTheRole),
        ("another session profile", |_| (), &["--to", "elsewhere"], Asked::ForTheRole),
        ("another device", |_| (), &["--serial", "GAHT12345678"], Asked::ForACode),
        (
            "another device in the profile",
            |sandbox| configure(sandbox, "admin", "mfa_serial = GAHT12345678"),
            &[],
            Asked::ForACode,
        ),
        (
            "another key",
            |sandbox| {
                let text = sandbox.read("credentials");
                let bobs = keys("work").replace(ALICE.access_key_id, BOB.access_key_id);
                sandbox.write("credentials", &text.replace(&keys("work"), &bobs));
            },
            &[],
            Asked::ForACode,
        ),
        ("another one is wanted", |_| (), &["--force"], Asked::ForACode),
    ];
    for (name, prepare, arguments, asked) in rows {
        let mut sandbox = sandbox_with_role();
        prepare(&mut sandbox);
        let before = asked_for(&sandbox).len();
        let outcome = run(&sandbox, &[&["--profile", "admin"], *arguments].concat());
        match asked {
            Asked::ForTheRole => {
                assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
                assert_eq!(asked_for(&sandbox)[before..].last().unwrap(), "AssumeRole", "{name}");
            }
            Asked::ForACode => {
                outcome.messages().matches(str![[r#"
exit 3
--- stderr
mfa-session: error: a code is needed, and there is no terminal to ask on
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt
"#]]);
                assert_eq!(asked_for(&sandbox).len(), before, "{name}");
            }
        }
    }
}

/// What a run without a code asks for.
#[derive(Clone, Copy)]
enum Asked {
    ForTheRole,
    ForACode,
}

#[test]
fn a_session_that_is_forced_is_got_with_another_code() {
    let sandbox = sandbox_with_role();
    let ids = |sandbox: &Sandbox| {
        ["work-mfa", "admin-mfa"].map(|name| sandbox.value(name, "aws_access_key_id").unwrap())
    };
    let before = ids(&sandbox);
    let outcome = with_code(&sandbox, &["--profile", "admin", "--force"]);
    outcome.wrote_all(&["work-mfa", "admin-mfa"]);
    let after = ids(&sandbox);
    assert!(before[0] != after[0] && before[1] != after[1]);
}

#[test]
fn a_restricted_session_is_marked_and_reused_by_nobody() {
    let rows: [&[&str]; 5] = [
        &["--policy", "{\"Statement\": []}"],
        &["--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
        &["--tag", "team=red"],
        &["--source-identity", "zoe"],
        &["--role-session-name", "by-hand"],
    ];
    for flags in rows {
        let sandbox = sandbox_with_mfa();
        let restricted = [&["--profile", "admin"], flags].concat();
        run(&sandbox, &restricted).wrote("admin-mfa");
        assert_eq!(
            section(&sandbox, "admin-mfa")[7..],
            [&format!("mfa_session_role = {}", arn("admin")), "mfa_session_restricted = true"],
            "{flags:?}"
        );
        run(&sandbox, &restricted).wrote("admin-mfa");
        assert_eq!(sent(&sandbox, "RoleArn").len(), 2, "{flags:?}");
        run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
        assert_eq!(sent(&sandbox, "RoleArn").len(), 3, "{flags:?}");
        let plain = section(&sandbox, "admin-mfa");
        assert!(!plain.iter().any(|line| line.contains("restricted")), "{flags:?}: {plain:?}");
        run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
        assert_eq!(sent(&sandbox, "RoleArn").len(), 3, "{flags:?}");
    }
}

#[test]
fn a_name_in_the_profile_is_no_restriction() {
    let sandbox = sandbox_with_mfa();
    configure(&sandbox, "admin", "role_session_name = nightly");
    for _ in 0..2 {
        run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
    }
    assert_eq!(sent(&sandbox, "RoleSessionName"), ["nightly"]);
    assert_eq!(section(&sandbox, "admin-mfa").len(), 8);
}

#[test]
fn an_mfa_session_leaves_nothing_of_the_role_before_it() {
    let sandbox = sandbox_with_mfa();
    let to_x = ["--to", "x", "--tag", "team=red"];
    run(&sandbox, &[&["--profile", "admin"], &to_x[..]].concat()).wrote("x");
    assert_eq!(section(&sandbox, "x").len(), 9);
    with_code(&sandbox, &["--profile", "work", "--to", "x"]).wrote_over(&arn("admin"), "x");
    assert_eq!(section(&sandbox, "x"), section(&sandbox, "work-mfa"));
    assert_eq!(who(&sandbox, "x"), "arn:aws:iam::123456789012:user/alice");
}

#[test]
fn a_role_that_lasts_less_than_is_to_be_left_is_told() {
    let sandbox = sandbox_with_mfa();
    let outcome = run(&sandbox, &["--profile", "admin", "--min-remaining", "61m"]);
    outcome.matches(str![[r#"
exit 2
--- stderr
mfa-session: error: --min-remaining: this is more than a session lasts: none would be reused
mfa-session: hint: give less than the duration, or --force to get a new session each time
"#]]);
}

#[test]
fn an_mfa_session_of_which_too_little_is_left_is_not_used_for_a_role() {
    let sandbox = sandbox_with_mfa();
    let expires = sandbox.value("work-mfa", "x_security_token_expires").unwrap();
    change(&sandbox, &expires, "2020-01-01T00:00:00Z");
    run(&sandbox, &["--profile", "admin"]).matches(str![[r#"
exit 3
--- stderr
mfa-session: error: a code is needed, and there is no terminal to ask on
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt
"#]]);
    with_code(&sandbox, &["--profile", "admin"]).wrote_all(&["work-mfa", "admin-mfa"]);
}

#[test]
fn the_role_of_another_user_is_not_that_of_this_one() {
    let sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    let text = sandbox.read("credentials");
    let bobs = keys("work")
        .replace(ALICE.access_key_id, BOB.access_key_id)
        .replace(ALICE.secret_access_key, BOB.secret_access_key);
    sandbox.write("credentials", &text.replace(&keys("work"), &bobs));
    sandbox
        .write("config", &sandbox.read("config").replace(ALICE.serial_number, BOB.serial_number));
    run(&sandbox, &["--profile", "admin"]).matches(str![[r#"
exit 3
--- stderr
mfa-session: error: a code is needed, and there is no terminal to ask on
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt
"#]]);
    let code = sandbox.sts().code(BOB.name);
    sandbox.hide(&code);
    let outcome = run(&sandbox, &["--profile", "admin", "--code", &code]);
    outcome.wrote_all(&["work-mfa", "admin-mfa"]);
    assert_eq!(who(&sandbox, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/bob");
}

/// A sandbox with the MFA session in `[work-mfa]` and that of role `admin` in `[admin-mfa]`.
fn sandbox_with_role() -> Sandbox {
    let sandbox = sandbox_with_mfa();
    run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
    sandbox
}

fn change(sandbox: &Sandbox, from: &str, to: &str) {
    let text = sandbox.read("credentials");
    assert!(text.contains(from));
    sandbox.write("credentials", &text.replace(from, to));
}
