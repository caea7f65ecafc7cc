//! The session profiles of a role session and of its MFA session: neither overwrites the other, nor
//! long-term keys.

use std::{fs, thread, time::Duration};

use loopback_sts::{ALICE, Account, Fault, Role, Sts};
use snapbox::str;

use super::{arn, caller, configure, operations, run, sandbox, sandbox_with_mfa, sent, with_code};
use crate::sandbox::{PROGRAM, Sandbox, Table, keys};

#[test]
fn chooses_both_session_profiles() {
    type Row<'a> = (&'a str, fn(&mut Sandbox), &'a [&'a str], &'a str, &'a str);
    let role = arn("team-1");
    let rows: &[Row<'_>] = &[
        ("a role profile", |_| (), &["--profile", "team-1"], "work-mfa", "team-1-mfa"),
        (
            "a role flag",
            |_| (),
            &["--profile", "work", "--role-arn", &role],
            "work-mfa",
            "work-team-1",
        ),
        (
            "a role flag overrides the role of the profile",
            |_| (),
            &["--profile", "admin", "--role-arn", &role],
            "work-mfa",
            "work-team-1",
        ),
        (
            "long-term keys",
            long_term,
            &["--profile", "work", "--role-arn", &role],
            "work",
            "work-team-1",
        ),
        (
            "long-term keys that are named",
            long_term,
            &["--profile", "work-long-term", "--role-arn", &role],
            "work",
            "work-team-1",
        ),
        ("by flag", |_| (), &["--profile", "team-1", "--to", "x"], "work-mfa", "x"),
        (
            "by variable",
            |sandbox| {
                sandbox.set("MFA_SESSION_TO", "x");
            },
            &["--profile", "team-1"],
            "work-mfa",
            "x",
        ),
        (
            "by the role's profile",
            |sandbox| configure(sandbox, "team-1", "mfa_session_to = x"),
            &["--profile", "team-1"],
            "work-mfa",
            "x",
        ),
        (
            "by the profile of the keys",
            |sandbox| configure(sandbox, "work", "mfa_session_to = y"),
            &["--profile", "team-1"],
            "y",
            "team-1-mfa",
        ),
        (
            "by the profile of the keys, with a role flag",
            |sandbox| configure(sandbox, "work", "mfa_session_to = y"),
            &["--profile", "work", "--role-arn", &role],
            "y",
            "work-team-1",
        ),
        (
            "by the profile of another role",
            |sandbox| configure(sandbox, "admin", "mfa_session_to = x"),
            &["--profile", "admin", "--role-arn", &role],
            "work-mfa",
            "work-team-1",
        ),
        (
            "by both",
            |sandbox| {
                configure(sandbox, "team-1", "mfa_session_to = x");
                configure(sandbox, "work", "mfa_session_to = y");
            },
            &["--profile", "team-1"],
            "y",
            "x",
        ),
        (
            "a flag overrides all",
            |sandbox| {
                sandbox.set("MFA_SESSION_TO", "x");
                configure(sandbox, "team-1", "mfa_session_to = x");
                configure(sandbox, "work", "mfa_session_to = y");
            },
            &["--profile", "team-1", "--to", "z"],
            "y",
            "z",
        ),
        (
            "the keys of the environment",
            environment,
            &["--role-arn", &role, "--serial", ALICE.serial_number],
            "default-mfa",
            "default-team-1",
        ),
    ];
    for (name, prepare, arguments, mfa, of_role) in rows {
        let mut sandbox = sandbox();
        prepare(&mut sandbox);
        let outcome = with_code(&sandbox, arguments);
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote_all(&[mfa, of_role]);
        assert_eq!(caller(&sandbox, mfa), "arn:aws:iam::123456789012:user/alice", "{name}");
        assert_eq!(
            caller(&sandbox, of_role),
            "arn:aws:sts::123456789012:assumed-role/team-1/alice",
            "{name}"
        );
    }
}

#[test]
fn session_profile_omits_the_path_of_a_role() {
    let role = Role::new("Red").path("/team/").trust_account().requires_mfa();
    let sandbox = Sandbox::with(Sts::start(Account::default().role(role)));
    let role = sandbox.sts().role_arn("Red");
    sandbox.get(["--role-arn", &role]).wrote_all(&["default-mfa", "default-Red"]);
    assert_eq!(sent(&sandbox, "RoleArn"), ["arn:aws:iam::123456789012:role/team/Red"]);
}

fn long_term(sandbox: &mut Sandbox) {
    sandbox.write("credentials", &keys("work-long-term"));
}

fn environment(sandbox: &mut Sandbox) {
    fs::remove_file(sandbox.path(".aws/credentials")).unwrap();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
}

#[test]
fn role_session_never_replaces_the_mfa_session() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str]);
    let rows: &[Row] = &[
        ("by flag", |_| (), &["--to", "work-mfa"]),
        (
            "by variable",
            |sandbox| {
                sandbox.set("MFA_SESSION_TO", "work-mfa");
            },
            &[],
        ),
        (
            "by the role's profile",
            |sandbox| configure(sandbox, "admin", "mfa_session_to = work-mfa"),
            &[],
        ),
    ];
    Table::of(rows.iter().map(|(name, prepare, arguments)| {
        let mut sandbox = sandbox();
        prepare(&mut sandbox);
        let outcome = with_code(&sandbox, &[&["--profile", "admin"], *arguments].concat());
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
        (*name, outcome)
    }))
    .matches_file("role_profiles/same_profile");
}

#[test]
fn reports_replacing_the_session_of_another_role() {
    let sandbox = sandbox_with_mfa();
    let [admin, reader] = ["admin", "reader"].map(arn);
    let to_x = |role: &str| run(&sandbox, &["--profile", "work", "--role-arn", role, "--to", "x"]);
    to_x(&admin).wrote_all(&["x"]);
    to_x(&reader).wrote_over(&admin, "x");
    assert_eq!(sandbox.value("x", "mfa_session_role").unwrap(), reader);
}

#[test]
fn role_session_never_overwrites_long_term_keys() {
    let sandbox = sandbox();
    with_code(&sandbox, &["--profile", "admin", "--to", "work"]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: [work] in ~/.aws/credentials contains long-term keys, which are never overwritten
mfa-session: hint: name another session profile: --to NAME
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
    assert_eq!(sandbox.read("credentials"), keys("work"));
}

#[test]
fn exports_and_keeps_the_sessions_of_role_and_user() {
    let sandbox = sandbox();
    let outcome = with_code(&sandbox, &["--profile", "admin", "--export"]);
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: [admin-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    assert!(outcome.stdout.contains("export MFA_SESSION_SOURCE='admin';\n"), "{outcome:?}");
    assert_eq!(sandbox.value("admin-mfa", "mfa_session_role"), Some(arn("admin")));
    assert_eq!(caller(&sandbox, "work-mfa"), "arn:aws:iam::123456789012:user/alice");

    let outcome = run(&sandbox, &["--profile", "team-0", "--export"]);
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [team-0-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    let id = sandbox.value("team-0-mfa", "aws_access_key_id").unwrap();
    assert!(outcome.stdout.contains(&format!("export AWS_ACCESS_KEY_ID='{id}';\n")));

    let again = run(&sandbox, &["--profile", "team-0", "--export"]);
    assert_eq!(again.stdout, outcome.stdout);
    assert_eq!(sent(&sandbox, "RoleArn"), ["admin", "team-0"].map(arn));
}

#[test]
fn keys_from_the_environment_ignore_the_role_of_a_profile() {
    let mut sandbox = sandbox();
    sandbox.set("AWS_PROFILE", "admin");
    environment(&mut sandbox);
    with_code(&sandbox, &["--serial", ALICE.serial_number]).wrote("admin-mfa");
    assert_eq!(operations(&sandbox), ["GetSessionToken"]);
    assert_eq!(caller(&sandbox, "admin-mfa"), "arn:aws:iam::123456789012:user/alice");
}

#[test]
#[cfg(unix)] // needs modes of directories
fn exports_a_role_session_if_the_mfa_session_cannot_be_stored() {
    for (arguments, status) in [(&["--export"][..], 0), (&["--export", "--write"], 1), (&[], 1)] {
        let sandbox = sandbox();
        let code = sandbox.code();
        let arguments = [&["--profile", "admin", "--code", &code], arguments].concat();
        let outcome = sandbox.run_read_only(&arguments);
        assert_eq!(outcome.status, status, "{outcome:?}");
        if status == 0 {
            outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: not keeping the session in [admin-mfa]: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: warning: not keeping the session in [work-mfa]: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: the session of arn:aws:iam::123456789012:role/admin is valid until [TIME] ([LEFT] left)
"#]]);
            assert!(outcome.stdout.contains("export AWS_ACCESS_KEY_ID='ASIA"));
            assert_eq!(sent(&sandbox, "RoleArn"), [arn("admin")]);
        } else {
            outcome.messages().matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: hint: make the directory writable, or don't keep the session: --export --no-write
"#]]);
            assert_eq!(sandbox.sts().connections(), 0);
        }
        assert_eq!(sandbox.read("credentials"), keys("work"));
    }
}

#[test]
#[cfg(unix)] // needs modes of directories
fn uses_an_mfa_session_in_a_read_only_directory() {
    let sandbox = sandbox();
    with_code(&sandbox, &["--profile", "work"]).wrote("work-mfa");
    let outcome = sandbox.run_read_only(&["--profile", "admin", "--export"]);
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: not keeping the session in [admin-mfa]: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: the session of arn:aws:iam::123456789012:role/admin is valid until [TIME] ([LEFT] left)
"#]]);
}

#[test]
#[cfg(unix)] // needs modes of directories
fn refused_role_claims_no_unstored_mfa_session() {
    let sandbox = sandbox();
    let code = sandbox.code();
    let arguments = ["--profile", "external", "--export", "--code", &code];
    let outcome = sandbox.run_read_only(&arguments);
    let id = sandbox.signer();
    outcome.replace(id, "[KEY ID]").matches(str![[r#"
exit 4
--- stdout
false;
--- stderr
mfa-session: warning: not keeping the session in [external-mfa]: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: warning: not keeping the session in [work-mfa]: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: warning: saved the session in another file; to use it, set AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=work-mfa
mfa-session: error: permission denied for the session [KEY ID] from `aws_access_key_id` in [work-mfa] of ~/.aws/credentials: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/external (AccessDenied, request [ID])
mfa-session: hint: check the role's name, and that its trust policy allows this user, with its conditions (external id, age of the MFA, tags)
mfa-session: hint: the role to assume is arn:aws:iam::123456789012:role/external
"#]]);
}

#[test]
fn exports_a_role_session_if_storing_fails_late() {
    let sandbox = sandbox();
    let slow = Fault::Delay(Duration::from_millis(500));
    sandbox.sts().inject(slow.on_calls().times(1));
    let mut command = sandbox.command(PROGRAM);
    command.args(["--profile", "admin", "--export", "--code", &sandbox.code()]);
    let outcome = thread::scope(|threads| {
        let run = threads.spawn(|| sandbox.outcome(command, ""));
        while sandbox.asked().is_empty() {
            thread::sleep(Duration::from_millis(5));
        }
        fs::remove_file(sandbox.path(".aws/credentials")).unwrap();
        fs::create_dir(sandbox.path(".aws/credentials")).unwrap();
        run.join().unwrap()
    });
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: not keeping the session in [work-mfa]: ~/.aws/credentials is not a file
mfa-session: warning: not keeping the session in [admin-mfa]: ~/.aws/credentials is not a file
mfa-session: the session of arn:aws:iam::123456789012:role/admin is valid until [TIME] ([LEFT] left)
"#]]);
    assert!(outcome.stdout.contains("export AWS_ACCESS_KEY_ID='ASIA"));
}
