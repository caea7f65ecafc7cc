//! Where the session of a role goes, and where the MFA session behind it: neither replaces the
//! other, nor long-term keys.

use std::{fs, thread, time::Duration};

use loopback_sts::{ALICE, Account, Fault, Role, Sts};
use snapbox::str;

use super::{
    arn, asked_for, configure, run, sandbox, sandbox_with_mfa, section, sent, who, with_code,
};
use crate::sandbox::{PROGRAM, Sandbox, Table, keys};

#[test]
fn a_session_goes_where_it_was_said() {
    type Row<'a> = (&'a str, fn(&mut Sandbox), &'a [&'a str], &'a str, &'a str);
    let role = arn("team-1");
    let rows: &[Row<'_>] = &[
        ("a role profile", |_| (), &["--profile", "team-1"], "work-mfa", "team-1-mfa"),
        (
            "a role that is typed",
            |_| (),
            &["--profile", "work", "--role-arn", &role],
            "work-mfa",
            "work-team-1",
        ),
        (
            "instead of the role of the profile",
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
            "by the profile of the keys, for a role that is typed",
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
            "the flag before all",
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
        assert_eq!(who(&sandbox, mfa), "arn:aws:iam::123456789012:user/alice", "{name}");
        assert_eq!(
            who(&sandbox, of_role),
            "arn:aws:sts::123456789012:assumed-role/team-1/alice",
            "{name}"
        );
    }
}

#[test]
fn the_path_of_a_role_is_not_part_of_its_session_profile() {
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
fn the_session_of_a_role_never_replaces_that_for_the_code() {
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
fn a_session_of_another_role_is_not_replaced_without_a_word() {
    let sandbox = sandbox_with_mfa();
    let [admin, reader] = ["admin", "reader"].map(arn);
    let to_x = |role: &str| run(&sandbox, &["--profile", "work", "--role-arn", role, "--to", "x"]);
    to_x(&admin).wrote_all(&["x"]);
    to_x(&reader).wrote_over(&admin, "x");
    assert_eq!(sandbox.value("x", "mfa_session_role").unwrap(), reader);
}

#[test]
fn long_term_keys_are_never_overwritten_with_the_session_of_a_role() {
    let sandbox = sandbox();
    with_code(&sandbox, &["--profile", "admin", "--to", "work"]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: [work] in ~/.aws/credentials holds long-term keys, which are never overwritten
mfa-session: hint: name another session profile: --to NAME
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
    assert_eq!(sandbox.read("credentials"), keys("work"));
}

#[test]
fn exports_are_of_the_role_and_the_mfa_session_is_kept() {
    let sandbox = sandbox();
    let outcome = with_code(&sandbox, &["--profile", "admin", "--export"]);
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [work-mfa] is good until [TIME] ([LEFT] left)
mfa-session: the session of arn:aws:iam::123456789012:role/admin is good until [TIME] ([LEFT] left)
"#]]);
    assert!(outcome.stdout.contains("export MFA_SESSION_SOURCE='admin';\n"), "{outcome:?}");
    assert_eq!(section(&sandbox, "admin-mfa"), [""; 0]);
    assert_eq!(who(&sandbox, "work-mfa"), "arn:aws:iam::123456789012:user/alice");

    let outcome = run(&sandbox, &["--profile", "team-0", "--export", "--write"]);
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [team-0-mfa] is good until [TIME] ([LEFT] left)
"#]]);
    let id = sandbox.value("team-0-mfa", "aws_access_key_id").unwrap();
    assert!(outcome.stdout.contains(&format!("export AWS_ACCESS_KEY_ID='{id}';\n")));

    let again = run(&sandbox, &["--profile", "team-0", "--export"]);
    assert_eq!(again.stdout, outcome.stdout);
    assert_eq!(sent(&sandbox, "RoleArn"), ["admin", "team-0"].map(arn));
}

#[test]
fn the_keys_of_the_environment_use_the_role_of_no_profile() {
    let mut sandbox = sandbox();
    sandbox.set("AWS_PROFILE", "admin");
    environment(&mut sandbox);
    with_code(&sandbox, &["--serial", ALICE.serial_number]).wrote("admin-mfa");
    assert_eq!(asked_for(&sandbox), ["GetSessionToken"]);
    assert_eq!(who(&sandbox, "admin-mfa"), "arn:aws:iam::123456789012:user/alice");
}

#[test]
#[cfg(unix)]
fn a_role_is_printed_where_the_mfa_session_cannot_be_kept() {
    for (arguments, status) in [(&["--export"][..], 0), (&["--export", "--write"], 1), (&[], 1)] {
        let sandbox = sandbox();
        let mut command = sandbox.powerless();
        set_mode(&sandbox, ".aws", 0o500);
        command.args(["--profile", "admin", "--code", &sandbox.code()]).args(arguments);
        let outcome = sandbox.outcome(command, "");
        set_mode(&sandbox, ".aws", 0o700);
        assert_eq!(outcome.status, status, "{outcome:?}");
        if status == 0 {
            outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: the MFA session is not kept: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: the session of arn:aws:iam::123456789012:role/admin is good until [TIME] ([LEFT] left)
"#]]);
            assert!(outcome.stdout.contains("export AWS_ACCESS_KEY_ID='ASIA"));
            assert_eq!(sent(&sandbox, "RoleArn"), [arn("admin")]);
        } else {
            outcome.messages().matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: hint: make the directory writable for you, or print the session: --export
"#]]);
            assert_eq!(sandbox.sts().connections(), 0);
        }
        assert_eq!(sandbox.read("credentials"), keys("work"));
    }
}

/// No code is asked for twice that could be: the session of the first run is found by the second.
#[test]
#[cfg(unix)]
fn an_mfa_session_that_cannot_be_replaced_is_used() {
    let sandbox = sandbox();
    with_code(&sandbox, &["--profile", "work"]).wrote("work-mfa");
    let mut command = sandbox.powerless();
    set_mode(&sandbox, ".aws", 0o500);
    command.args(["--profile", "admin", "--export"]);
    let outcome = sandbox.outcome(command, "");
    set_mode(&sandbox, ".aws", 0o700);
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: the session of arn:aws:iam::123456789012:role/admin is good until [TIME] ([LEFT] left)
"#]]);
}

#[test]
#[cfg(unix)]
fn a_role_that_is_refused_where_nothing_is_kept_says_nothing_of_what_is_kept() {
    let sandbox = sandbox();
    let mut command = sandbox.powerless();
    set_mode(&sandbox, ".aws", 0o500);
    command.args(["--profile", "external", "--export", "--code", &sandbox.code()]);
    let outcome = sandbox.outcome(command, "");
    set_mode(&sandbox, ".aws", 0o700);
    let id = sandbox.signer();
    outcome.replace(id, "[KEY ID]").matches(str![[r#"
exit 4
--- stdout
false;
--- stderr
mfa-session: warning: the MFA session is not kept: cannot write in ~/.aws: Permission denied (os error 13)
mfa-session: warning: the session is saved in another file; to use it: AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=work-mfa
mfa-session: error: AWS denies this to the session [KEY ID]: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/external (AccessDenied, request [ID])
mfa-session: hint: does the role's trust policy let this user in, and under which conditions (external id, age of the MFA, tags)? is the role's name right?
mfa-session: hint: this was for arn:aws:iam::123456789012:role/external
"#]]);
}

#[test]
fn a_role_is_printed_where_the_mfa_session_could_be_kept_a_moment_ago() {
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
mfa-session: warning: the MFA session is not kept: ~/.aws/credentials is not a file
mfa-session: the session of arn:aws:iam::123456789012:role/admin is good until [TIME] ([LEFT] left)
"#]]);
    assert!(outcome.stdout.contains("export AWS_ACCESS_KEY_ID='ASIA"));
}

#[cfg(unix)]
fn set_mode(sandbox: &Sandbox, path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode)).unwrap();
}
