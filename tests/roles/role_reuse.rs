//! A valid role session is reused for the same role, key and device, unless flags ask for a policy,
//! a tag, a source identity or a session name.

use loopback_sts::{ALICE, BOB, EXTERNAL_ID};
use snapbox::str;

use super::{
    arn, assert_needs_code, caller, configure, operations, run, sandbox, sandbox_with_mfa, section,
    sent, with_code,
};
use crate::sandbox::{Sandbox, keys};

#[test]
fn reuses_a_matching_valid_session() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str]);
    let rows: &[Row] = &[
        ("no other flags", |_| (), &["--profile", "admin"]),
        ("its session profile", |_| (), &["--profile", "admin-mfa"]),
        ("enough is left", |_| (), &["--profile", "admin", "--min-remaining", "59m"]),
        ("another duration", |_| (), &["--profile", "admin", "--duration", "15m"]),
        ("the same device", |_| (), &["--profile", "admin", "--serial", ALICE.serial_number]),
        (
            "an external id, which only AssumeRole needs",
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
        assert_eq!(sandbox.sts().connections(), connections, "{name}: the program connected");
        assert_eq!(sandbox.read("credentials"), before, "{name}: the file was written");
    }
}

#[test]
fn does_not_reuse_any_other_session() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str], Needs);
    let rows: &[Row] = &[
        ("too little is left", |_| (), &["--min-remaining", "1h"], Needs::AssumeRole),
        (
            "another role",
            |sandbox| change(sandbox, "role/admin\n", "role/reader\n"),
            &[],
            Needs::AssumeRole,
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
            Needs::AssumeRole,
        ),
        (
            "a session without a role",
            |sandbox| change(sandbox, "mfa_session_role", "x"),
            &[],
            Needs::AssumeRole,
        ),
        ("a policy", |_| (), &["--policy", "{\"Statement\": []}"], Needs::AssumeRole),
        ("a tag", |_| (), &["--tag", "team=red"], Needs::AssumeRole),
        ("a source identity", |_| (), &["--source-identity", "zoe"], Needs::AssumeRole),
        ("another name", |_| (), &["--role-session-name", "x1"], Needs::AssumeRole),
        ("another session profile", |_| (), &["--to", "elsewhere"], Needs::AssumeRole),
        ("another device", |_| (), &["--serial", "GAHT12345678"], Needs::Code),
        (
            "another device in the profile",
            |sandbox| configure(sandbox, "admin", "mfa_serial = GAHT12345678"),
            &[],
            Needs::Code,
        ),
        (
            "another key",
            |sandbox| {
                let text = sandbox.read("credentials");
                let bobs = keys("work").replace(ALICE.access_key_id, BOB.access_key_id);
                sandbox.write("credentials", &text.replace(&keys("work"), &bobs));
            },
            &[],
            Needs::Code,
        ),
        ("forced", |_| (), &["--force"], Needs::Code),
    ];
    for (name, prepare, arguments, needs) in rows {
        let mut sandbox = sandbox_with_role();
        prepare(&mut sandbox);
        let before = operations(&sandbox).len();
        let outcome = run(&sandbox, &[&["--profile", "admin"], *arguments].concat());
        match needs {
            Needs::AssumeRole => {
                assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
                assert_eq!(operations(&sandbox)[before..].last().unwrap(), "AssumeRole", "{name}");
            }
            Needs::Code => {
                assert_needs_code(&outcome);
                assert_eq!(operations(&sandbox).len(), before, "{name}");
            }
        }
    }
}

/// What a run without a code needs instead of the session.
#[derive(Clone, Copy)]
enum Needs {
    AssumeRole,
    Code,
}

#[test]
fn force_replaces_both_sessions() {
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
fn marks_a_restricted_session_and_never_reuses_it() {
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
            section(&sandbox, "admin-mfa")[8..],
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
fn session_name_in_the_profile_is_no_restriction() {
    let sandbox = sandbox_with_mfa();
    configure(&sandbox, "admin", "role_session_name = nightly");
    for _ in 0..2 {
        run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
    }
    assert_eq!(sent(&sandbox, "RoleSessionName"), ["nightly"]);
    assert_eq!(section(&sandbox, "admin-mfa").len(), 9);
}

#[test]
fn mfa_session_removes_all_keys_of_a_role_session() {
    let sandbox = sandbox_with_mfa();
    let to_x = ["--to", "x", "--tag", "team=red"];
    run(&sandbox, &[&["--profile", "admin"], &to_x[..]].concat()).wrote("x");
    assert_eq!(section(&sandbox, "x").len(), 10);
    with_code(&sandbox, &["--profile", "work", "--to", "x"]).wrote_over(&arn("admin"), "x");
    assert_eq!(section(&sandbox, "x"), section(&sandbox, "work-mfa"));
    assert_eq!(caller(&sandbox, "x"), "arn:aws:iam::123456789012:user/alice");
}

#[test]
fn refuses_min_remaining_above_the_duration() {
    let sandbox = sandbox_with_mfa();
    let outcome = run(&sandbox, &["--profile", "admin", "--min-remaining", "61m"]);
    outcome.matches(str![[r#"
exit 2
--- stderr
mfa-session: error: --min-remaining: longer than a new session lasts: no session would be reused
mfa-session: hint: give less than the duration, or get a new session each time: --force
"#]]);
}

#[test]
fn does_not_assume_a_role_with_an_expired_mfa_session() {
    let sandbox = sandbox_with_mfa();
    let expires = sandbox.value("work-mfa", "x_security_token_expires").unwrap();
    change(&sandbox, &expires, "2020-01-01T00:00:00Z");
    assert_needs_code(&run(&sandbox, &["--profile", "admin"]));
    with_code(&sandbox, &["--profile", "admin"]).wrote_all(&["work-mfa", "admin-mfa"]);
}

#[test]
fn does_not_reuse_the_role_session_of_another_user() {
    let sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    let text = sandbox.read("credentials");
    let bobs = keys("work")
        .replace(ALICE.access_key_id, BOB.access_key_id)
        .replace(ALICE.secret_access_key, BOB.secret_access_key);
    sandbox.write("credentials", &text.replace(&keys("work"), &bobs));
    sandbox
        .write("config", &sandbox.read("config").replace(ALICE.serial_number, BOB.serial_number));
    assert_needs_code(&run(&sandbox, &["--profile", "admin"]));
    let code = sandbox.sts().code(BOB.name);
    sandbox.hide(&code);
    let outcome = run(&sandbox, &["--profile", "admin", "--code", &code]);
    outcome.wrote_all(&["work-mfa", "admin-mfa"]);
    assert_eq!(caller(&sandbox, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/bob");
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
