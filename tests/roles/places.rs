//! Where the session of a role goes, and where the MFA session behind it: neither replaces the
//! other, nor long-term keys.

use std::{fs, thread, time::Duration};

use loopback_sts::{ALICE, Account, Fault, Role, Sts};

use super::{
    arn, asked_for, configure, good, run, section, sent, who, with_code, world, world_with_mfa,
};
use crate::world::{PROGRAM, World, all_are, error, keys};

#[test]
fn a_session_goes_where_it_was_said() {
    type Row<'a> = (&'a str, fn(&mut World), &'a [&'a str], &'a str, &'a str);
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
            |world| {
                world.set("MFA_SESSION_TO", "x");
            },
            &["--profile", "team-1"],
            "work-mfa",
            "x",
        ),
        (
            "by the role's profile",
            |world| configure(world, "team-1", "mfa_session_to = x"),
            &["--profile", "team-1"],
            "work-mfa",
            "x",
        ),
        (
            "by the profile of the keys",
            |world| configure(world, "work", "mfa_session_to = y"),
            &["--profile", "team-1"],
            "y",
            "team-1-mfa",
        ),
        (
            "by the profile of the keys, for a role that is typed",
            |world| configure(world, "work", "mfa_session_to = y"),
            &["--profile", "work", "--role-arn", &role],
            "y",
            "work-team-1",
        ),
        (
            "by the profile of another role",
            |world| configure(world, "admin", "mfa_session_to = x"),
            &["--profile", "admin", "--role-arn", &role],
            "work-mfa",
            "work-team-1",
        ),
        (
            "by both",
            |world| {
                configure(world, "team-1", "mfa_session_to = x");
                configure(world, "work", "mfa_session_to = y");
            },
            &["--profile", "team-1"],
            "y",
            "x",
        ),
        (
            "the flag before all",
            |world| {
                world.set("MFA_SESSION_TO", "x");
                configure(world, "team-1", "mfa_session_to = x");
                configure(world, "work", "mfa_session_to = y");
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
        let mut world = world();
        prepare(&mut world);
        let outcome = with_code(&world, arguments);
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.is(0, "", &good(&[mfa, of_role]));
        assert_eq!(who(&world, mfa), "arn:aws:iam::123456789012:user/alice", "{name}");
        assert_eq!(
            who(&world, of_role),
            "arn:aws:sts::123456789012:assumed-role/team-1/alice",
            "{name}"
        );
    }
}

#[test]
fn the_path_of_a_role_is_not_part_of_its_session_profile() {
    let role = Role::new("Red").path("/team/").trust_account().requires_mfa();
    let world = World::with(Sts::start(Account::default().role(role)));
    let role = world.sts().role_arn("Red");
    world.get(["--role-arn", &role]).is(0, "", &good(&["default-mfa", "default-Red"]));
    assert_eq!(sent(&world, "RoleArn"), ["arn:aws:iam::123456789012:role/team/Red"]);
}

fn long_term(world: &mut World) {
    world.write("credentials", &keys("work-long-term"));
}

fn environment(world: &mut World) {
    fs::remove_file(world.path(".aws/credentials")).unwrap();
    world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
}

#[test]
fn the_session_of_a_role_never_replaces_that_for_the_code() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str], i32, &'static str);
    let rows: &[Row] = &[
        ("by flag", |_| (), &["--to", "work-mfa"], 2, "--to"),
        (
            "by variable",
            |world| {
                world.set("MFA_SESSION_TO", "work-mfa");
            },
            &[],
            1,
            "MFA_SESSION_TO",
        ),
        (
            "by the role's profile",
            |world| configure(world, "admin", "mfa_session_to = work-mfa"),
            &[],
            1,
            "`mfa_session_to` in [profile admin] of ~/.aws/config",
        ),
    ];
    all_are(rows.iter().map(|(name, prepare, arguments, status, origin)| {
        let mut world = world();
        prepare(&mut world);
        let outcome = with_code(&world, &[&["--profile", "admin"], *arguments].concat());
        assert_eq!(world.sts().connections(), 0, "{name}");
        let what =
            format!("{origin}: the role's session would replace the MFA session in [work-mfa]");
        (*name, outcome, *status, error(&what, &["name another session profile: --to NAME"]))
    }));
}

#[test]
fn a_session_of_another_role_is_not_replaced_without_a_word() {
    let world = world_with_mfa();
    let [admin, reader] = ["admin", "reader"].map(arn);
    let to_x = |role: &str| run(&world, &["--profile", "work", "--role-arn", role, "--to", "x"]);
    to_x(&admin).is(0, "", &good(&["x"]));
    to_x(&reader).wrote_over(&admin, "x");
    assert_eq!(world.value("x", "mfa_session_role").unwrap(), reader);
}

#[test]
fn long_term_keys_are_never_overwritten_with_the_session_of_a_role() {
    let world = world();
    let what = "[work] in ~/.aws/credentials holds long-term keys, which are never overwritten";
    let expected = error(what, &["name another session profile: --to NAME"]);
    with_code(&world, &["--profile", "admin", "--to", "work"]).is(1, "", &expected);
    assert_eq!(world.sts().connections(), 0);
    assert_eq!(world.read("credentials"), keys("work"));
}

#[test]
fn exports_are_of_the_role_and_the_mfa_session_is_kept() {
    let world = world();
    let outcome = with_code(&world, &["--profile", "admin", "--export"]);
    let expected = format!(
        "{}mfa-session: the session of {} is good until THEN (LEFT left)\n",
        good(&["work-mfa"]),
        arn("admin")
    );
    assert_eq!((outcome.status, &outcome.stderr), (0, &expected));
    assert!(outcome.stdout.contains("export MFA_SESSION_SOURCE='admin';\n"), "{outcome:?}");
    assert_eq!(section(&world, "admin-mfa"), [""; 0]);
    assert_eq!(who(&world, "work-mfa"), "arn:aws:iam::123456789012:user/alice");

    let outcome = run(&world, &["--profile", "team-0", "--export", "--write"]);
    assert_eq!((outcome.status, &outcome.stderr), (0, &good(&["team-0-mfa"])));
    let id = world.value("team-0-mfa", "aws_access_key_id").unwrap();
    assert!(outcome.stdout.contains(&format!("export AWS_ACCESS_KEY_ID='{id}';\n")));

    let again = run(&world, &["--profile", "team-0", "--export"]);
    assert_eq!(again.stdout, outcome.stdout);
    assert_eq!(sent(&world, "RoleArn"), ["admin", "team-0"].map(arn));
}

#[test]
fn the_keys_of_the_environment_use_the_role_of_no_profile() {
    let mut world = world();
    world.set("AWS_PROFILE", "admin");
    environment(&mut world);
    with_code(&world, &["--serial", ALICE.serial_number]).wrote("admin-mfa");
    assert_eq!(asked_for(&world), ["GetSessionToken"]);
    assert_eq!(who(&world, "admin-mfa"), "arn:aws:iam::123456789012:user/alice");
}

#[test]
#[cfg(unix)]
fn a_role_is_printed_where_the_mfa_session_cannot_be_kept() {
    for (arguments, status) in [(&["--export"][..], 0), (&["--export", "--write"], 1), (&[], 1)] {
        let world = world();
        let mut command = world.powerless();
        set_mode(&world, ".aws", 0o500);
        command.args(["--profile", "admin", "--code", &world.code()]).args(arguments);
        let outcome = world.outcome(command, "");
        set_mode(&world, ".aws", 0o700);
        assert_eq!(outcome.status, status, "{outcome:?}");
        if status == 0 {
            let expected = format!(
                "mfa-session: warning: the MFA session is not kept: cannot write in ~/.aws: \
                 Permission denied (os error 13)\n\
                 mfa-session: the session of {} is good until THEN (LEFT left)\n",
                arn("admin")
            );
            assert_eq!(outcome.stderr, expected);
            assert!(outcome.stdout.contains("export AWS_ACCESS_KEY_ID='ASIA"));
            assert_eq!(sent(&world, "RoleArn"), [arn("admin")]);
        } else {
            let what = "cannot write in ~/.aws: Permission denied (os error 13)";
            let hint = "make the directory writable for you, or print the session: --export";
            assert_eq!(outcome.stderr, error(what, &[hint]));
            assert_eq!(world.sts().connections(), 0);
        }
        assert_eq!(world.read("credentials"), keys("work"));
    }
}

/// No code is asked for twice that could be: the session of the first run is found by the second.
#[test]
#[cfg(unix)]
fn an_mfa_session_that_cannot_be_replaced_is_used() {
    let world = world();
    with_code(&world, &["--profile", "work"]).wrote("work-mfa");
    let mut command = world.powerless();
    set_mode(&world, ".aws", 0o500);
    command.args(["--profile", "admin", "--export"]);
    let outcome = world.outcome(command, "");
    set_mode(&world, ".aws", 0o700);
    let expected =
        format!("mfa-session: the session of {} is good until THEN (LEFT left)\n", arn("admin"));
    assert_eq!((outcome.status, outcome.stderr), (0, expected));
}

#[test]
#[cfg(unix)]
fn a_role_that_is_refused_where_nothing_is_kept_says_nothing_of_what_is_kept() {
    let world = world();
    let mut command = world.powerless();
    set_mode(&world, ".aws", 0o500);
    command.args(["--profile", "external", "--export", "--code", &world.code()]);
    let outcome = world.outcome(command, "");
    set_mode(&world, ".aws", 0o700);
    assert_eq!(outcome.status, 4);
    assert_eq!(outcome.stdout, "false;\n");
    assert!(outcome.stderr.contains("warning: the MFA session is not kept: "), "{outcome:?}");
    let saved = "the session is not lost: \
                 AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-RANDOM AWS_PROFILE=work-mfa";
    let end = format!("hint: this was for {}\nmfa-session: hint: {saved}\n", arn("external"));
    assert!(outcome.stderr.ends_with(&end), "{outcome:?}");
}

#[test]
fn a_role_is_printed_where_the_mfa_session_could_be_kept_a_moment_ago() {
    let world = world();
    let slow = Fault::Delay(Duration::from_millis(500));
    world.sts().weather(slow.on_calls().times(1));
    let mut command = world.command(PROGRAM);
    command.args(["--profile", "admin", "--export", "--code", &world.code()]);
    let outcome = thread::scope(|threads| {
        let run = threads.spawn(|| world.outcome(command, ""));
        while world.asked().is_empty() {
            thread::sleep(Duration::from_millis(5));
        }
        fs::remove_file(world.path(".aws/credentials")).unwrap();
        fs::create_dir(world.path(".aws/credentials")).unwrap();
        run.join().unwrap()
    });
    let expected = format!(
        "mfa-session: warning: the MFA session is not kept: ~/.aws/credentials is not a file\n\
         mfa-session: the session of {} is good until THEN (LEFT left)\n",
        arn("admin")
    );
    assert_eq!((outcome.status, outcome.stderr), (0, expected));
    assert!(outcome.stdout.contains("export AWS_ACCESS_KEY_ID='ASIA"));
}

#[cfg(unix)]
fn set_mode(world: &World, path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(world.path(path), fs::Permissions::from_mode(mode)).unwrap();
}
