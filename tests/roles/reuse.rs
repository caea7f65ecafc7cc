//! A role's session is reused while it will do: for the same role, key and device, where it is not
//! narrowed, tagged or called otherwise.

use loopback_sts::{ALICE, BOB, EXTERNAL_ID};

use super::{arn, asked_for, configure, run, section, sent, who, with_code, world, world_with_mfa};
use crate::world::{World, error, keys};

#[test]
fn a_session_is_reused_while_it_will_do() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str]);
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
            |world| change(world, "[work-mfa]", "[gone]"),
            &["--profile", "admin"],
        ),
    ];
    for (name, prepare, arguments) in rows {
        let mut world = world_with_role();
        prepare(&mut world);
        let (before, connections) = (world.read("credentials"), world.sts().connections());
        let outcome = run(&world, arguments);
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote("admin-mfa");
        assert_eq!(world.sts().connections(), connections, "{name}: something was sent");
        assert_eq!(world.read("credentials"), before, "{name}: something was written");
    }
}

#[test]
fn any_other_session_is_not_reused() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str], Asked);
    let rows: &[Row] = &[
        ("more is to be left", |_| (), &["--min-remaining", "1h"], Asked::ForTheRole),
        (
            "another role",
            |world| change(world, "role/admin\n", "role/reader\n"),
            &[],
            Asked::ForTheRole,
        ),
        (
            "another role of that name",
            |world| {
                change(
                    world,
                    "= arn:aws:iam::123456789012:role",
                    "= arn:aws:iam::210987654321:role",
                );
            },
            &[],
            Asked::ForTheRole,
        ),
        (
            "a session without a role",
            |world| change(world, "mfa_session_role", "x"),
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
            |world| configure(world, "admin", "mfa_serial = GAHT12345678"),
            &[],
            Asked::ForACode,
        ),
        (
            "another key",
            |world| {
                let text = world.read("credentials");
                let bobs = keys("work").replace(ALICE.access_key_id, BOB.access_key_id);
                world.write("credentials", &text.replace(&keys("work"), &bobs));
            },
            &[],
            Asked::ForACode,
        ),
        ("another one is wanted", |_| (), &["--force"], Asked::ForACode),
    ];
    for (name, prepare, arguments, asked) in rows {
        let mut world = world_with_role();
        prepare(&mut world);
        let before = asked_for(&world).len();
        let outcome = run(&world, &[&["--profile", "admin"], *arguments].concat());
        match asked {
            Asked::ForTheRole => {
                assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
                assert_eq!(asked_for(&world)[before..].last().unwrap(), "AssumeRole", "{name}");
            }
            Asked::ForACode => {
                assert_eq!((outcome.status, &outcome.stderr), (3, &super::no_code()), "{name}");
                assert_eq!(asked_for(&world).len(), before, "{name}");
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
    let world = world_with_role();
    let ids = |world: &World| {
        ["work-mfa", "admin-mfa"].map(|name| world.value(name, "aws_access_key_id").unwrap())
    };
    let before = ids(&world);
    let outcome = with_code(&world, &["--profile", "admin", "--force"]);
    outcome.is(0, "", &super::good(&["work-mfa", "admin-mfa"]));
    let after = ids(&world);
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
        let world = world_with_mfa();
        let restricted = [&["--profile", "admin"], flags].concat();
        run(&world, &restricted).wrote("admin-mfa");
        assert_eq!(
            section(&world, "admin-mfa")[7..],
            [&format!("mfa_session_role = {}", arn("admin")), "mfa_session_restricted = true"],
            "{flags:?}"
        );
        run(&world, &restricted).wrote("admin-mfa");
        assert_eq!(sent(&world, "RoleArn").len(), 2, "{flags:?}");
        run(&world, &["--profile", "admin"]).wrote("admin-mfa");
        assert_eq!(sent(&world, "RoleArn").len(), 3, "{flags:?}");
        let plain = section(&world, "admin-mfa");
        assert!(!plain.iter().any(|line| line.contains("restricted")), "{flags:?}: {plain:?}");
        run(&world, &["--profile", "admin"]).wrote("admin-mfa");
        assert_eq!(sent(&world, "RoleArn").len(), 3, "{flags:?}");
    }
}

#[test]
fn a_name_in_the_profile_is_no_restriction() {
    let world = world_with_mfa();
    configure(&world, "admin", "role_session_name = nightly");
    for _ in 0..2 {
        run(&world, &["--profile", "admin"]).wrote("admin-mfa");
    }
    assert_eq!(sent(&world, "RoleSessionName"), ["nightly"]);
    assert_eq!(section(&world, "admin-mfa").len(), 8);
}

#[test]
fn an_mfa_session_leaves_nothing_of_the_role_before_it() {
    let world = world_with_mfa();
    let to_x = ["--to", "x", "--tag", "team=red"];
    run(&world, &[&["--profile", "admin"], &to_x[..]].concat()).wrote("x");
    assert_eq!(section(&world, "x").len(), 9);
    with_code(&world, &["--profile", "work", "--to", "x"]).wrote_over(&arn("admin"), "x");
    assert_eq!(section(&world, "x"), section(&world, "work-mfa"));
    assert_eq!(who(&world, "x"), "arn:aws:iam::123456789012:user/alice");
}

#[test]
fn a_role_that_lasts_less_than_is_to_be_left_is_told() {
    let world = world_with_mfa();
    let outcome = run(&world, &["--profile", "admin", "--min-remaining", "61m"]);
    let what = "--min-remaining: this is more than a session lasts: none would be reused";
    let hint = "give less than the duration, or --force to get a new session each time";
    outcome.is(2, "", &error(what, &[hint]));
}

#[test]
fn an_mfa_session_of_which_too_little_is_left_is_not_used_for_a_role() {
    let world = world_with_mfa();
    let expires = world.value("work-mfa", "x_security_token_expires").unwrap();
    change(&world, &expires, "2020-01-01T00:00:00Z");
    run(&world, &["--profile", "admin"]).is(3, "", &super::no_code());
    with_code(&world, &["--profile", "admin"]).is(0, "", &super::good(&["work-mfa", "admin-mfa"]));
}

#[test]
fn the_role_of_another_user_is_not_that_of_this_one() {
    let world = world();
    assert_eq!(with_code(&world, &["--profile", "admin"]).status, 0);
    let text = world.read("credentials");
    let bobs = keys("work")
        .replace(ALICE.access_key_id, BOB.access_key_id)
        .replace(ALICE.secret_access_key, BOB.secret_access_key);
    world.write("credentials", &text.replace(&keys("work"), &bobs));
    world.write("config", &world.read("config").replace(ALICE.serial_number, BOB.serial_number));
    run(&world, &["--profile", "admin"]).is(3, "", &super::no_code());
    let code = world.sts().code(BOB.name);
    world.hide(&code);
    let outcome = run(&world, &["--profile", "admin", "--code", &code]);
    outcome.is(0, "", &super::good(&["work-mfa", "admin-mfa"]));
    assert_eq!(who(&world, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/bob");
}

/// A world with the MFA session in `[work-mfa]` and that of role `admin` in `[admin-mfa]`.
fn world_with_role() -> World {
    let world = world_with_mfa();
    run(&world, &["--profile", "admin"]).wrote("admin-mfa");
    world
}

fn change(world: &World, from: &str, to: &str) {
    let text = world.read("credentials");
    assert!(text.contains(from));
    world.write("credentials", &text.replace(from, to));
}
