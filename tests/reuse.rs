//! A session that is still good is reused without a code and without a request; any other is not.

use loopback_sts::{ALICE, BOB};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::world::{Outcome, World, error, keys};

#[test]
fn a_session_is_reused_while_it_will_do() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str]);
    let reused: &[Row] = &[
        ("as it is", |_| (), &[]),
        ("the same device", |_| (), &["--serial", ALICE.serial_number]),
        ("enough is left", |_| (), &["--min-remaining", "59m"]),
        ("another duration", |_| (), &["--duration", "36h"]),
        ("another region", |_| (), &["--region", "eu-west-1"]),
        ("never ask", |_| (), &["--no-prompt"]),
        (
            "the same token by its older name",
            |world| change(world, "mfa_session_key", "aws_security_token = token\nmfa_session_key"),
            &[],
        ),
        ("the session profile is asked for", |_| (), &["--profile", "default-mfa"]),
        ("two minutes, as wanted", |world| write(world, 2), &["--min-remaining", "1m"]),
        ("by a variable", by_variable, &[]),
    ];
    for (name, prepare, arguments) in reused {
        let world = world_with_session(*prepare);
        let before = world.read("credentials");
        let outcome = run(&world, arguments);
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote("default-mfa");
        assert_eq!(world.sts().connections(), 0, "{name}: something was sent");
        assert_eq!(world.read("credentials"), before, "{name}: something was written");
    }

    let not_reused: &[Row] = &[
        ("another one is wanted", |_| (), &["--force"]),
        ("another device", |_| (), &["--serial", "GAHT12345678"]),
        (
            "another device in the profile",
            |world| world.write("config", "[default]\nmfa_serial = GAHT12345678\n"),
            &[],
        ),
        ("too little is left", |_| (), &["--min-remaining", "61m"]),
        ("less than five minutes are left", |world| write(world, 4), &[]),
        ("it is over", |world| write(world, -1), &["--min-remaining", "0"]),
        (
            "a rotated key",
            |world| change(world, "_key = AKIALOOPBACKALICE234", "_key = AKIALOOPBACKALICE000"),
            &[],
        ),
        ("another user's key", bobs_key, &[]),
        (
            "another tool's token beside it",
            |world| change(world, "mfa_session_key", "aws_security_token = old\nmfa_session_key"),
            &[],
        ),
        ("a session of another tool", |world| change(world, "mfa_session_key", "other_key"), &[]),
        ("a session without an expiry", |world| change(world, "x_security", "y_security"), &[]),
        ("an expiry that is none", |world| change(world, "expires = 2", "expires = x2"), &[]),
        ("another session profile", |_| (), &["--to", "elsewhere"]),
    ];
    for (name, prepare, arguments) in not_reused {
        let world = world_with_session(*prepare);
        let mut all = vec!["--no-prompt"];
        all.extend(*arguments);
        let outcome = run(&world, &all);
        assert_eq!(outcome.status, 3, "{name}: {outcome:?}");
        let what = "a code is needed, and --no-prompt forbids to ask for it";
        let hint = "give it with --code 123456, with `--code -` on standard input, in \
                    MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt";
        outcome.is(3, "", &error(what, &[hint]));
    }
}

#[test]
fn what_is_printed_again_is_what_was_printed_first() {
    let world = World::new();
    let code = world.code();
    let arguments = ["--export", "--write", "--serial", ALICE.serial_number, "--code", &code];
    let first = world.run(arguments);
    let second = world.run(["--export"]);
    assert_eq!(first.status, 0, "{first:?}");
    assert_eq!(first.stdout, second.stdout);
    assert!(first.stdout.contains("export AWS_SESSION_TOKEN='"));
    assert_eq!(world.asked(), ["GetSessionToken OK"]);
}

#[test]
fn a_session_that_is_not_reused_is_replaced_by_one_that_is() {
    let world = world_with_session(|world| write(world, -1));
    world.get([]).wrote("default-mfa");
    world.run(["--no-prompt"]).wrote("default-mfa");
    assert_eq!(world.asked(), ["GetSessionToken OK"]);
}

fn run(world: &World, arguments: &[&str]) -> Outcome {
    let mut command = world.command(crate::world::PROGRAM);
    command.args(arguments);
    world.outcome(command, "")
}

/// A world with a session of an hour.
fn world_with_session(prepare: impl FnOnce(&mut World)) -> World {
    let mut world = World::new();
    write(&world, 60);
    prepare(&mut world);
    world
}

/// Writes the credentials file, with a session that lasts for these minutes.
fn write(world: &World, minutes: i64) {
    // Some seconds more, for the run itself.
    let end = OffsetDateTime::now_utc() + Duration::minutes(minutes) + Duration::seconds(30);
    let end = end.format(&Rfc3339).unwrap();
    let session = format!(
        "\n[default-mfa]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = secret\n\
         aws_session_token = token\nx_security_token_expires = {end}\n\
         mfa_session_source = default\nmfa_session_key = {}\nmfa_session_serial = {}\n",
        ALICE.access_key_id, ALICE.serial_number
    );
    world.write("credentials", &(keys("default") + &session));
}

fn change(world: &World, from: &str, to: &str) {
    let text = world.read("credentials");
    assert!(text.contains(from));
    world.write("credentials", &text.replace(from, to));
}

fn by_variable(world: &mut World) {
    write(world, 2);
    world.set("MFA_SESSION_MIN_REMAINING", "60");
}

fn bobs_key(world: &mut World) {
    world.set("AWS_ACCESS_KEY_ID", BOB.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", BOB.secret_access_key);
}
