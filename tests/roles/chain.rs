//! Chains of role profiles: from `source_profile` to `source_profile`, down to long-term keys.

use loopback_sts::{ALICE, BOB};

use super::{
    arn, assert_needs_code, caller, configure, operations, role_profile, run, sandbox,
    sandbox_with_mfa, section, sent, with_code,
};
use crate::sandbox::{Sandbox, Table, keys};

#[test]
fn assumes_a_chain_of_roles() {
    let sandbox = sandbox();
    with_code(&sandbox, &["--profile", "publish"]).wrote_all(&["work-mfa", "publish-mfa"]);
    assert_eq!(
        operations(&sandbox),
        ["GetSessionToken", "GetCallerIdentity", "AssumeRole", "AssumeRole", "AssumeRole"]
    );
    assert_eq!(sent(&sandbox, "RoleArn"), ["admin", "deploy", "publish"].map(arn));
    assert_eq!(sent(&sandbox, "RoleSessionName"), ["alice"; 3]);
    assert_eq!(
        caller(&sandbox, "publish-mfa"),
        "arn:aws:sts::123456789012:assumed-role/publish/alice"
    );
    assert_eq!(section(&sandbox, "admin-mfa"), [""; 0]);
    assert_eq!(section(&sandbox, "deploy-mfa"), [""; 0]);
    let stored = section(&sandbox, "publish-mfa");
    let provenance = [
        "mfa_session_source = publish",
        &format!("mfa_session_key = {}", ALICE.access_key_id),
        &format!("mfa_session_serial = {}", ALICE.serial_number),
        &format!("mfa_session_role = {}", arn("publish")),
    ];
    assert_eq!(stored[5..], provenance);

    let connections = sandbox.sts().connections();
    run(&sandbox, &["--profile", "publish"]).wrote("publish-mfa");
    assert_eq!(sandbox.sts().connections(), connections);
}

#[test]
fn intermediate_roles_last_fifteen_minutes() {
    let sandbox = sandbox_with_mfa();
    configure(&sandbox, "deploy", "duration_seconds = 1800");
    configure(&sandbox, "admin", "duration_seconds = 3600");
    run(&sandbox, &["--profile", "deploy"]).wrote("deploy-mfa");
    assert_eq!(sent(&sandbox, "DurationSeconds"), ["900", "1800"]);
}

#[test]
fn each_role_uses_the_settings_of_its_own_profile() {
    let sandbox = sandbox_with_mfa();
    configure(&sandbox, "admin", "role_session_name = of-admin\nexternal_id = x-admin");
    configure(&sandbox, "work", "role_session_name = of-work\nexternal_id = x-work");
    run(&sandbox, &["--profile", "deploy"]).wrote("deploy-mfa");
    assert_eq!(sent(&sandbox, "RoleSessionName"), ["of-admin", "alice"]);
    assert_eq!(sent(&sandbox, "ExternalId"), ["x-admin", ""]);
}

#[test]
fn refuses_more_than_an_hour_in_a_chain_before_connecting() {
    type Row = (&'static str, &'static [&'static str], fn(&Sandbox));
    let rows: &[Row] = &[
        ("by flag", &["--duration", "61m"], |_| ()),
        ("by profile", &[], |sandbox| configure(sandbox, "deploy", "duration_seconds = 3601")),
        ("by flag, though the profile is right", &["--duration", "2h"], |sandbox| {
            configure(sandbox, "deploy", "duration_seconds = 3600");
        }),
    ];
    Table::of(rows.iter().map(|(name, arguments, prepare)| {
        let sandbox = sandbox();
        prepare(&sandbox);
        let outcome = with_code(&sandbox, &[&["--profile", "deploy"], *arguments].concat());
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
        (*name, outcome)
    }))
    .matches_file("chain/too_long");

    let sandbox = sandbox_with_mfa();
    configure(&sandbox, "deploy", "duration_seconds = 7200");
    run(&sandbox, &["--profile", "deploy", "--duration", "1h"]).wrote("deploy-mfa");
}

#[test]
fn profile_may_be_its_own_source() {
    let sandbox = sandbox();
    sandbox.write("credentials", &keys("solo"));
    let mfa_serial = format!("mfa_serial = {}\n", ALICE.serial_number);
    let profile = role_profile("admin", "solo").replace("[profile admin]", "[profile solo]");
    sandbox.write("config", &(profile + &mfa_serial));
    with_code(&sandbox, &["--profile", "solo"]).wrote_all(&["solo-mfa", "solo-admin"]);
    assert_eq!(sent(&sandbox, "RoleArn"), [arn("admin")]);
    run(&sandbox, &["--profile", "solo"]).wrote("solo-admin");
    run(&sandbox, &["--profile", "solo-admin"]).wrote("solo-admin");
}

#[test]
fn profile_may_be_its_own_source_with_a_long_term_suffix() {
    let sandbox = sandbox();
    sandbox.write("credentials", &keys("solo-long-term"));
    let mfa_serial = format!("mfa_serial = {}\n", ALICE.serial_number);
    let profile = role_profile("admin", "solo").replace("[profile admin]", "[profile solo]");
    sandbox.write("config", &(profile + &mfa_serial));
    with_code(&sandbox, &["--profile", "solo"]).wrote_all(&["solo", "solo-mfa"]);
    run(&sandbox, &["--profile", "solo"]).wrote("solo-mfa");
}

/// As in the SDKs.
#[test]
fn keys_of_a_source_profile_override_its_role() {
    let sandbox = sandbox();
    let text = keys("work") + &keys("admin") + &keys("reader").replace("ALICE", "BOBBY");
    sandbox.write("credentials", &text);
    configure(&sandbox, "admin", &format!("mfa_serial = {}", ALICE.serial_number));
    let team = role_profile("team-0", "work").replace("= work", "= admin");
    sandbox
        .write("config", &sandbox.read("config").replace(&role_profile("team-0", "work"), &team));
    with_code(&sandbox, &["--profile", "team-0"]).wrote_all(&["admin-mfa", "team-0-mfa"]);
    assert_eq!(sent(&sandbox, "RoleArn"), [arn("team-0")]);
}

#[test]
fn role_of_a_profile_overrides_its_keys() {
    let sandbox = sandbox_with_mfa();
    let bobs = format!(
        "[admin]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        BOB.access_key_id, BOB.secret_access_key
    );
    sandbox.write("credentials", &(sandbox.read("credentials") + "\n" + &bobs));
    run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
    assert_eq!(caller(&sandbox, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/alice");
}

#[test]
fn refuses_a_broken_chain_before_connecting() {
    let rows: &[(&str, &str)] = &[
        (
            "a circle",
            "[profile a]\nrole_arn = ARN\nsource_profile = b\n\
             [profile b]\nrole_arn = ARN\nsource_profile = a\n",
        ),
        (
            "a way into a circle",
            "[profile a]\nrole_arn = ARN\nsource_profile = b\n\
             [profile b]\nrole_arn = ARN\nsource_profile = c\n\
             [profile c]\nrole_arn = ARN\nsource_profile = b\n",
        ),
        ("itself without keys", "[profile a]\nrole_arn = ARN\nsource_profile = a\n"),
        ("no such profile", "[profile a]\nrole_arn = ARN\nsource_profile = nobody\n"),
        (
            "a source without keys",
            "[profile a]\nrole_arn = ARN\nsource_profile = b\n[profile b]\nregion = eu-west-1\n",
        ),
        (
            "a source with SSO",
            "[profile a]\nrole_arn = ARN\nsource_profile = b\n[profile b]\nsso_session = x\n",
        ),
        ("no source", "[profile a]\nrole_arn = ARN\n"),
        (
            "the keys of a machine",
            "[profile a]\nrole_arn = ARN\ncredential_source = Ec2InstanceMetadata\n",
        ),
        ("a token's role", "[profile a]\nrole_arn = ARN\nweb_identity_token_file = token\n"),
        ("a role that is none", "[profile a]\nrole_arn = admin\nsource_profile = work\n"),
    ];
    Table::of(rows.iter().map(|(name, config)| {
        let sandbox = sandbox();
        sandbox.write("config", &config.replace("ARN", &arn("admin")));
        let outcome = with_code(&sandbox, &["--profile", "a"]);
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
        assert_eq!(sandbox.read("credentials"), keys("work"), "{name}");
        (*name, outcome)
    }))
    .matches_file("chain/invalid_chains");
}

#[test]
fn session_profile_of_a_role_resolves_to_that_role() {
    let mut sandbox = sandbox();
    configure(&sandbox, "deploy", "role_session_name = releases");
    assert_eq!(with_code(&sandbox, &["--profile", "deploy"]).status, 0);
    sandbox.set("AWS_PROFILE", "deploy-mfa");
    run(&sandbox, &[]).wrote("deploy-mfa");
    assert_eq!(sent(&sandbox, "RoleArn").len(), 2);
    // The replaced session profile resolves to the same role again.
    for _ in 0..2 {
        let before = section(&sandbox, "deploy-mfa");
        run(&sandbox, &["--min-remaining", "1h"]).wrote("deploy-mfa");
        assert_eq!(section(&sandbox, "deploy-mfa"), before);
    }
    assert_eq!(
        sent(&sandbox, "RoleArn"),
        ["admin", "deploy"].repeat(3).into_iter().map(arn).collect::<Vec<_>>()
    );
    assert_eq!(sent(&sandbox, "RoleSessionName")[4..], ["alice", "releases"]);
}

#[test]
fn session_profile_of_a_role_flag_resolves_to_that_role() {
    let mut sandbox = sandbox_with_mfa();
    let role = arn("team-3");
    run(&sandbox, &["--profile", "work", "--role-arn", &role]).wrote("work-team-3");
    sandbox.set("AWS_PROFILE", "work-team-3");
    run(&sandbox, &[]).wrote("work-team-3");
    for _ in 0..2 {
        let before = section(&sandbox, "work-team-3");
        run(&sandbox, &["--min-remaining", "1h"]).wrote("work-team-3");
        assert_eq!(section(&sandbox, "work-team-3"), before);
    }
    assert_eq!(sent(&sandbox, "RoleArn"), [role.clone(), role.clone(), role]);
}

/// With such a profile, SDKs also assume the role with the MFA session.
#[test]
fn source_profile_may_be_an_mfa_session_profile() {
    let sandbox = sandbox_with_mfa();
    let config = sandbox.read("config");
    sandbox.write("config", &(config.clone() + &role_profile("mine", "work-mfa")));
    configure(&sandbox, "mine", "role_session_name = x1");
    sandbox.write("config", &sandbox.read("config").replace("role/mine", "role/team-5"));
    run(&sandbox, &["--profile", "mine"]).wrote("mine-mfa");
    assert_eq!(sent(&sandbox, "RoleArn"), [arn("team-5")]);
    assert_needs_code(&run(&sandbox, &["--profile", "mine", "--force"]));
    let outcome = with_code(&sandbox, &["--profile", "mine", "--force"]);
    outcome.wrote_all(&["work-mfa", "mine-mfa"]);

    let sandbox = super::sandbox();
    sandbox.write("credentials", &keys("work-long-term"));
    with_code(&sandbox, &["--profile", "team-5"]).wrote_all(&["work", "team-5-mfa"]);
    run(&sandbox, &["--profile", "team-6"]).wrote("team-6-mfa");
}

#[test]
fn reads_a_role_from_the_credentials_file() {
    let sandbox = sandbox_with_mfa();
    let text = role_profile("team-9", "work").replace("[profile team-9]", "\n[nine]");
    sandbox.write("credentials", &(sandbox.read("credentials") + &text));
    run(&sandbox, &["--profile", "nine"]).wrote("nine-mfa");
    assert_eq!(sent(&sandbox, "RoleArn"), [arn("team-9")]);
}

#[test]
fn uses_the_mfa_serial_of_a_role_profile() {
    let sandbox = sandbox();
    sandbox.write("config", &role_profile("admin", "work"));
    configure(&sandbox, "admin", &format!("mfa_serial = {}", ALICE.serial_number));
    assert_needs_code(&run(&sandbox, &["--profile", "admin"]));
    with_code(&sandbox, &["--profile", "admin"]).wrote_all(&["work-mfa", "admin-mfa"]);
    assert_eq!(operations(&sandbox), ["GetSessionToken", "GetCallerIdentity", "AssumeRole"]);
}
