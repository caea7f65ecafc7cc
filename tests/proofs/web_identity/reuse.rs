//! A session that is still good is reused, unless another one is meant.

use std::fs;

use loopback_sts::ALICE;

use super::{POLICY, READ_ONLY, run, set_role, token, world_with_token};
use crate::world::{PROGRAM, World, error, keys};

#[test]
fn a_session_is_reused_without_the_token_and_without_a_request() {
    let world = world_with_token();
    run(&world, &["web-identity"]).wrote("default-web");
    let before = world.read("credentials");
    fs::remove_file(world.path("token")).unwrap();
    run(&world, &["web-identity"]).wrote("default-web");
    run(&world, &["web-identity", "--min-remaining", "59m"]).wrote("default-web");
    let exported = run(&world, &["web-identity", "--export"]);
    let id = world.value("default-web", "aws_access_key_id").unwrap();
    assert!(exported.stdout.contains(&id), "{exported:?}");
    assert_eq!(world.asked(), ["AssumeRoleWithWebIdentity OK"]);
    assert_eq!(world.read("credentials"), before);
}

#[test]
fn another_session_is_got_where_another_one_is_meant() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str]);
    let rows: &[Row] = &[
        ("a new one", |_| (), &["--force"]),
        ("another role", |world| set_role(world, "by-variable"), &["--to", "default-web"]),
        ("another session profile", |_| (), &["--to", "elsewhere"]),
        ("a policy", |_| (), &["--policy", POLICY]),
        ("a managed policy", |_| (), &["--policy-arn", READ_ONLY]),
        ("a name for it", |_| (), &["--role-session-name", "build-2"]),
        ("a token that is piped in", |_| (), &["--token-file", "-"]),
        ("more time", |_| (), &["--min-remaining", "1h"]),
    ];
    for (name, prepare, arguments) in rows {
        let mut world = world_with_token();
        run(&world, &["web-identity"]).wrote("default-web");
        prepare(&mut world);
        let mut command = world.command(PROGRAM);
        command.arg("web-identity").args(*arguments);
        let outcome = world.outcome(command, &token(&world, "piped", "piped"));
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        assert_eq!(world.asked(), ["AssumeRoleWithWebIdentity OK"; 2], "{name}");
    }
}

#[test]
fn a_session_that_may_do_less_is_not_reused() {
    let world = world_with_token();
    run(&world, &["web-identity", "--policy", POLICY]).wrote("default-web");
    assert_eq!(world.value("default-web", "mfa_session_restricted").as_deref(), Some("true"));
    run(&world, &["web-identity"]).wrote("default-web");
    assert_eq!(world.value("default-web", "mfa_session_restricted"), None);
    assert_eq!(world.asked(), ["AssumeRoleWithWebIdentity OK"; 2]);
}

#[test]
fn a_session_for_a_code_is_not_taken_for_one_of_a_role_nor_the_other_way_round() {
    let world = world_with_token();
    world.write("credentials", &keys("default"));
    world.get(["--to", "work"]).wrote("work");
    run(&world, &["web-identity", "--to", "work"]).wrote("work");
    assert_eq!(world.value("work", "mfa_session_serial"), None);
    assert_eq!(world.value("work", "mfa_session_key"), None);
    world.get(["--to", "work"]).wrote_over(&world.sts().role_arn("web"), "work");
    assert_eq!(world.value("work", "mfa_session_serial").as_deref(), Some(ALICE.serial_number));
    assert_eq!(world.value("work", "mfa_session_role"), None);
    assert_eq!(
        world.asked(),
        ["GetSessionToken OK", "AssumeRoleWithWebIdentity OK", "GetSessionToken OK"]
    );
}

#[test]
fn who_uses_the_session_gets_a_new_one_in_the_same_profile() {
    let mut world = world_with_token();
    let role = world.sts().role_arn("web");
    world.set("AWS_ROLE_ARN", "").set("AWS_WEB_IDENTITY_TOKEN_FILE", "");
    world.write(
        "config",
        &format!("[profile ci]\nrole_arn = {role}\nweb_identity_token_file = token\n"),
    );
    run(&world, &["web-identity", "--profile", "ci"]).wrote("ci-web");
    world.set("AWS_PROFILE", "ci-web");
    run(&world, &["web-identity"]).wrote("ci-web");
    assert_eq!(world.asked().len(), 1);
    run(&world, &["web-identity", "--force"]).wrote("ci-web");
    assert_eq!(world.value("ci-web", "mfa_session_source").as_deref(), Some("ci"));

    let other = world.sts().role_arn("by-flag");
    run(&world, &["web-identity", "--role-arn", &other]).wrote("ci-by-flag");
    let what = "`web_identity_token_file` in [profile ci] of ~/.aws/config is no way to an MFA \
                session";
    let hint = "for its role: mfa-session web-identity --profile ci";
    run(&world, &[]).is(1, "", &error(what, &[hint]));
}
