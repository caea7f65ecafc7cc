//! Where the roles of profiles lead: over `source_profile`, through further roles, to long-term
//! keys.

use loopback_sts::{ALICE, BOB};

use super::{
    arn, asked_for, configure, good, no_code, role_profile, run, section, sent, who, with_code,
    world, world_with_mfa,
};
use crate::world::{World, all_are, error, keys};

#[test]
fn roles_are_assumed_one_through_the_other() {
    let world = world();
    with_code(&world, &["--profile", "publish"]).is(0, "", &good(&["work-mfa", "publish-mfa"]));
    assert_eq!(
        asked_for(&world),
        ["GetSessionToken", "GetCallerIdentity", "AssumeRole", "AssumeRole", "AssumeRole"]
    );
    assert_eq!(sent(&world, "RoleArn"), ["admin", "deploy", "publish"].map(arn));
    assert_eq!(sent(&world, "RoleSessionName"), ["alice"; 3]);
    assert_eq!(who(&world, "publish-mfa"), "arn:aws:sts::123456789012:assumed-role/publish/alice");
    assert_eq!(section(&world, "admin-mfa"), [""; 0]);
    assert_eq!(section(&world, "deploy-mfa"), [""; 0]);
    let kept = section(&world, "publish-mfa");
    let made_from = [
        "mfa_session_source = publish",
        &format!("mfa_session_key = {}", ALICE.access_key_id),
        &format!("mfa_session_serial = {}", ALICE.serial_number),
        &format!("mfa_session_role = {}", arn("publish")),
    ];
    assert_eq!(kept[4..], made_from);

    let connections = world.sts().connections();
    run(&world, &["--profile", "publish"]).wrote("publish-mfa");
    assert_eq!(world.sts().connections(), connections);
}

#[test]
fn roles_on_the_way_last_as_short_as_can_be() {
    let world = world_with_mfa();
    configure(&world, "deploy", "duration_seconds = 1800");
    configure(&world, "admin", "duration_seconds = 3600");
    run(&world, &["--profile", "deploy"]).wrote("deploy-mfa");
    assert_eq!(sent(&world, "DurationSeconds"), ["900", "1800"]);
}

#[test]
fn each_role_has_the_settings_of_its_own_profile() {
    let world = world_with_mfa();
    configure(&world, "admin", "role_session_name = of-admin\nexternal_id = x-admin");
    configure(&world, "work", "role_session_name = of-work\nexternal_id = x-work");
    run(&world, &["--profile", "deploy"]).wrote("deploy-mfa");
    assert_eq!(sent(&world, "RoleSessionName"), ["of-admin", "alice"]);
    assert_eq!(sent(&world, "ExternalId"), ["x-admin", ""]);
}

#[test]
fn more_than_an_hour_through_another_role_is_refused_before_anything_is_sent() {
    type Row = (&'static str, &'static [&'static str], fn(&World), i32, &'static str);
    let rows: &[Row] = &[
        ("by flag", &["--duration", "61m"], |_| (), 2, "--duration"),
        (
            "by profile",
            &[],
            |world| configure(world, "deploy", "duration_seconds = 3601"),
            1,
            "`duration_seconds` in [profile deploy] of ~/.aws/config",
        ),
        (
            "by flag, though the profile is right",
            &["--duration", "2h"],
            |world| configure(world, "deploy", "duration_seconds = 3600"),
            2,
            "--duration",
        ),
    ];
    all_are(rows.iter().map(|(name, arguments, prepare, status, origin)| {
        let world = world();
        prepare(&world);
        let outcome = with_code(&world, &[&["--profile", "deploy"], *arguments].concat());
        assert_eq!(world.sts().connections(), 0, "{name}");
        let what =
            format!("{origin}: a role that is assumed through another role lasts 1h at most");
        (*name, outcome, *status, error(&what, &["ask for 1h or less: --duration 1h"]))
    }));

    let world = world_with_mfa();
    configure(&world, "deploy", "duration_seconds = 7200");
    run(&world, &["--profile", "deploy", "--duration", "1h"]).wrote("deploy-mfa");
}

#[test]
fn a_profile_may_be_its_own_source() {
    let world = world();
    world.write("credentials", &keys("solo"));
    let mfa_serial = format!("mfa_serial = {}\n", ALICE.serial_number);
    let profile = role_profile("admin", "solo").replace("[profile admin]", "[profile solo]");
    world.write("config", &(profile + &mfa_serial));
    with_code(&world, &["--profile", "solo"]).is(0, "", &good(&["solo-mfa", "solo-admin"]));
    assert_eq!(sent(&world, "RoleArn"), [arn("admin")]);
    run(&world, &["--profile", "solo"]).wrote("solo-admin");
    run(&world, &["--profile", "solo-admin"]).wrote("solo-admin");
}

#[test]
fn a_profile_may_be_its_own_source_with_keys_that_are_called_long_term() {
    let world = world();
    world.write("credentials", &keys("solo-long-term"));
    let mfa_serial = format!("mfa_serial = {}\n", ALICE.serial_number);
    let profile = role_profile("admin", "solo").replace("[profile admin]", "[profile solo]");
    world.write("config", &(profile + &mfa_serial));
    with_code(&world, &["--profile", "solo"]).is(0, "", &good(&["solo", "solo-mfa"]));
    run(&world, &["--profile", "solo"]).wrote("solo-mfa");
}

/// As the SDKs do.
#[test]
fn the_keys_of_a_source_go_before_its_role() {
    let world = world();
    let text = keys("work") + &keys("admin") + &keys("reader").replace("ALICE", "BOBBY");
    world.write("credentials", &text);
    configure(&world, "admin", &format!("mfa_serial = {}", ALICE.serial_number));
    let team = role_profile("team-0", "work").replace("= work", "= admin");
    world.write("config", &world.read("config").replace(&role_profile("team-0", "work"), &team));
    with_code(&world, &["--profile", "team-0"]).is(0, "", &good(&["admin-mfa", "team-0-mfa"]));
    assert_eq!(sent(&world, "RoleArn"), [arn("team-0")]);
}

#[test]
fn the_role_of_a_profile_goes_before_its_own_keys() {
    let world = world_with_mfa();
    let bobs = format!(
        "[admin]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        BOB.access_key_id, BOB.secret_access_key
    );
    world.write("credentials", &(world.read("credentials") + "\n" + &bobs));
    run(&world, &["--profile", "admin"]).wrote("admin-mfa");
    assert_eq!(who(&world, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/alice");
}

#[test]
fn what_leads_nowhere_is_told_before_anything_is_sent() {
    let name_keys = "name the profile with the user's long-term keys";
    let rows: &[(&str, &str, &str, &[&str])] = &[
        (
            "a circle",
            "[profile a]\nrole_arn = ARN\nsource_profile = b\n\
             [profile b]\nrole_arn = ARN\nsource_profile = a\n",
            "the profiles lead in a circle: a -> b -> a",
            &["correct `source_profile` in [profile b] of ~/.aws/config"],
        ),
        (
            "a way into a circle",
            "[profile a]\nrole_arn = ARN\nsource_profile = b\n\
             [profile b]\nrole_arn = ARN\nsource_profile = c\n\
             [profile c]\nrole_arn = ARN\nsource_profile = b\n",
            "the profiles lead in a circle: b -> c -> b",
            &["correct `source_profile` in [profile c] of ~/.aws/config"],
        ),
        (
            "itself without keys",
            "[profile a]\nrole_arn = ARN\nsource_profile = a\n",
            "the profile `a` has no long-term keys but `role_arn`",
            &["name the profile with the user's keys: --profile NAME"],
        ),
        (
            "no such profile",
            "[profile a]\nrole_arn = ARN\nsource_profile = nobody\n",
            "`source_profile` in [profile a] of ~/.aws/config: there is no profile `nobody`",
            &[name_keys],
        ),
        (
            "a source without keys",
            "[profile a]\nrole_arn = ARN\nsource_profile = b\n[profile b]\nregion = eu-west-1\n",
            "the profile `b` has no long-term keys",
            &["name the profile with the user's keys: --profile NAME"],
        ),
        (
            "a source with SSO",
            "[profile a]\nrole_arn = ARN\nsource_profile = b\n[profile b]\nsso_session = x\n",
            "the profile `b` has no long-term keys but `sso_session`",
            &["name the profile with the user's keys: --profile NAME"],
        ),
        (
            "no source",
            "[profile a]\nrole_arn = ARN\n",
            "`role_arn` in [profile a] of ~/.aws/config has no `source_profile` beside it",
            &["add the profile with the long-term keys: source_profile = NAME (`a` itself, if \
               they are in it)"],
        ),
        (
            "the keys of a machine",
            "[profile a]\nrole_arn = ARN\ncredential_source = Ec2InstanceMetadata\n",
            "`credential_source` in [profile a] of ~/.aws/config is no way to an MFA session",
            &["name the profile with the user's long-term keys: source_profile = NAME"],
        ),
        (
            "a token's role",
            "[profile a]\nrole_arn = ARN\nweb_identity_token_file = token\n",
            "`web_identity_token_file` in [profile a] of ~/.aws/config is no way to an MFA session",
            &["for its role: mfa-session web-identity --profile a"],
        ),
        (
            "a role that is none",
            "[profile a]\nrole_arn = admin\nsource_profile = work\n",
            "`role_arn` in [profile a] of ~/.aws/config: `admin` is not the ARN of a thing in IAM",
            &["give it as arn:aws:iam::123456789012:role/NAME"],
        ),
    ];
    all_are(rows.iter().map(|(name, config, what, hints)| {
        let world = world();
        world.write("config", &config.replace("ARN", &arn("admin")));
        let outcome = with_code(&world, &["--profile", "a"]);
        assert_eq!(world.sts().connections(), 0, "{name}");
        assert_eq!(world.read("credentials"), keys("work"), "{name}");
        (*name, outcome, 1, error(what, hints))
    }));
}

#[test]
fn the_session_profile_of_a_role_leads_to_the_same_role() {
    let mut world = world();
    configure(&world, "deploy", "role_session_name = releases");
    assert_eq!(with_code(&world, &["--profile", "deploy"]).status, 0);
    world.set("AWS_PROFILE", "deploy-mfa");
    run(&world, &[]).wrote("deploy-mfa");
    assert_eq!(sent(&world, "RoleArn").len(), 2);
    // What led there the first time leads there each time.
    for _ in 0..2 {
        let before = section(&world, "deploy-mfa");
        run(&world, &["--min-remaining", "1h"]).wrote("deploy-mfa");
        assert_eq!(section(&world, "deploy-mfa"), before);
    }
    assert_eq!(
        sent(&world, "RoleArn"),
        ["admin", "deploy"].repeat(3).into_iter().map(arn).collect::<Vec<_>>()
    );
    assert_eq!(sent(&world, "RoleSessionName")[4..], ["alice", "releases"]);
}

#[test]
fn the_session_profile_of_a_role_that_was_typed_leads_to_the_same_role() {
    let mut world = world_with_mfa();
    let role = arn("team-3");
    run(&world, &["--profile", "work", "--role-arn", &role]).wrote("work-team-3");
    world.set("AWS_PROFILE", "work-team-3");
    run(&world, &[]).wrote("work-team-3");
    for _ in 0..2 {
        let before = section(&world, "work-team-3");
        run(&world, &["--min-remaining", "1h"]).wrote("work-team-3");
        assert_eq!(section(&world, "work-team-3"), before);
    }
    assert_eq!(sent(&world, "RoleArn"), [role.clone(), role.clone(), role]);
}

/// So that SDKs, too, assume the role with the MFA session.
#[test]
fn a_source_may_be_the_session_profile_of_the_keys() {
    let world = world_with_mfa();
    let config = world.read("config");
    world.write("config", &(config.clone() + &role_profile("mine", "work-mfa")));
    configure(&world, "mine", "role_session_name = x1");
    world.write("config", &world.read("config").replace("role/mine", "role/team-5"));
    run(&world, &["--profile", "mine"]).wrote("mine-mfa");
    assert_eq!(sent(&world, "RoleArn"), [arn("team-5")]);
    run(&world, &["--profile", "mine", "--force"]).is(3, "", &no_code());
    let outcome = with_code(&world, &["--profile", "mine", "--force"]);
    outcome.is(0, "", &good(&["work-mfa", "mine-mfa"]));

    let world = super::world();
    world.write("credentials", &keys("work-long-term"));
    with_code(&world, &["--profile", "team-5"]).is(0, "", &good(&["work", "team-5-mfa"]));
    run(&world, &["--profile", "team-6"]).wrote("team-6-mfa");
}

#[test]
fn a_role_in_the_credentials_file_counts_too() {
    let world = world_with_mfa();
    let text = role_profile("team-9", "work").replace("[profile team-9]", "\n[nine]");
    world.write("credentials", &(world.read("credentials") + &text));
    run(&world, &["--profile", "nine"]).wrote("nine-mfa");
    assert_eq!(sent(&world, "RoleArn"), [arn("team-9")]);
}

#[test]
fn the_device_of_a_role_profile_is_that_of_its_keys() {
    let world = world();
    world.write("config", &role_profile("admin", "work"));
    configure(&world, "admin", &format!("mfa_serial = {}", ALICE.serial_number));
    run(&world, &["--profile", "admin"]).is(3, "", &no_code());
    with_code(&world, &["--profile", "admin"]).is(0, "", &good(&["work-mfa", "admin-mfa"]));
    assert_eq!(asked_for(&world), ["GetSessionToken", "GetCallerIdentity", "AssumeRole"]);
}
