//! Roles: the MFA session assumes them, and is kept, so that one code is good for many roles.

#![allow(clippy::too_many_lines, reason = "a table of cases is long")]

mod chain;
mod flags;
mod places;
mod refused;
mod reuse;

use loopback_sts::{ALICE, Account, Role, Sts};

use crate::world::{Outcome, PROGRAM, World, error, keys};

/// A world whose keys are in `[work]`, with profiles for roles: `admin` by the keys, `deploy` by
/// `admin`, `publish` by `deploy`, and `reader`, `external` and `team-0` to `team-9` by the keys.
fn world() -> World {
    let publish = Role::new("publish").trust_role("deploy");
    let world = World::with(Sts::start(Account::default().role(publish)));
    world.write("credentials", &keys("work"));
    world.write("config", &config());
    world
}

fn config() -> String {
    let mut text = format!("[profile work]\nmfa_serial = {}\n", ALICE.serial_number);
    for (name, source) in [("deploy", "admin"), ("publish", "deploy")] {
        text += &role_profile(name, source);
    }
    let others = ["admin", "reader", "external"].map(str::to_owned);
    for name in others.into_iter().chain((0..10).map(|number| format!("team-{number}"))) {
        text += &role_profile(&name, "work");
    }
    text
}

/// A profile of the config file for the role of its name.
fn role_profile(name: &str, source: &str) -> String {
    format!("[profile {name}]\nrole_arn = {}\nsource_profile = {source}\n", arn(name))
}

fn arn(role: &str) -> String {
    format!("arn:aws:iam::123456789012:role/{role}")
}

/// Adds keys to a profile of the config file.
fn configure(world: &World, profile: &str, lines: &str) {
    let header = format!("[profile {profile}]\n");
    let text = world.read("config");
    assert!(text.contains(&header));
    world.write("config", &text.replace(&header, &format!("{header}{lines}\n")));
}

/// Runs the program without a code: one would be asked for, and there is nobody to ask.
fn run(world: &World, arguments: &[&str]) -> Outcome {
    let mut command = world.command(PROGRAM);
    command.args(arguments);
    world.outcome(command, "")
}

/// Runs the program with a code of Alice's.
fn with_code(world: &World, arguments: &[&str]) -> Outcome {
    let code = world.code();
    run(world, &[&["--code", &code], arguments].concat())
}

/// A world with the MFA session in `[work-mfa]`: what is asked from now on is asked for roles.
fn world_with_mfa() -> World {
    let world = world();
    with_code(&world, &["--profile", "work"]).wrote("work-mfa");
    assert_eq!(asked_for(&world), ["GetSessionToken"]);
    world
}

/// The operations that succeeded.
fn asked_for(world: &World) -> Vec<String> {
    let asked = world.asked();
    let name = |asked: &String| {
        let name = asked.strip_suffix(" OK");
        name.unwrap_or_else(|| panic!("{asked} is no success")).to_owned()
    };
    asked.iter().map(name).collect()
}

/// A parameter of each AssumeRole so far; empty where it was not sent.
fn sent(world: &World, parameter: &str) -> Vec<String> {
    let requests = world.sts().requests();
    let roles = requests.iter().filter(|request| request.operation() == "AssumeRole");
    roles.map(|request| request.parameter(parameter).unwrap_or_default().to_owned()).collect()
}

/// All that the last AssumeRole said, `Action` and `Version` aside: `Name=Value`, sorted.
fn last_sent(world: &World) -> Vec<String> {
    let requests = world.sts().requests();
    let request = requests.last().unwrap();
    assert_eq!(request.operation(), "AssumeRole");
    let said =
        request.parameters.iter().filter(|(name, _)| !["Action", "Version"].contains(&&**name));
    let mut said: Vec<String> = said.map(|(name, value)| format!("{name}={value}")).collect();
    said.sort();
    said
}

/// How sessions are told that were written, in this order.
fn good(profiles: &[&str]) -> String {
    let line = |profile| format!("mfa-session: [{profile}] is good until THEN (LEFT left)\n");
    profiles.iter().map(line).collect()
}

/// The failure where a code is needed.
fn no_code() -> String {
    error("a code is needed, and there is no terminal to ask on", &[WAYS])
}

const WAYS: &str = "give it with --code 123456, with `--code -` on standard input, in \
                    MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt";

/// The lines of a section of the credentials file; what differs from run to run is `…`.
fn section(world: &World, name: &str) -> Vec<String> {
    let text = world.read("credentials");
    let section = text.split(&format!("[{name}]\n")).nth(1).unwrap_or_default();
    let lines = section.split("\n[").next().unwrap().lines().filter(|line| !line.is_empty());
    let settled = |line: &str| match line.split_once(" = ") {
        Some((key, _)) if !key.starts_with("mfa_session_") => format!("{key} = …"),
        _ => line.to_owned(),
    };
    lines.map(settled).collect()
}

/// Whom STS takes a session of the credentials file for.
fn who(world: &World, profile: &str) -> String {
    let keys = loopback_sts::Keys {
        access_key_id: world.value(profile, "aws_access_key_id").unwrap(),
        secret_access_key: world.value(profile, "aws_secret_access_key").unwrap(),
        session_token: world.value(profile, "aws_session_token"),
    };
    let answer = world.sts().call(&keys, "GetCallerIdentity", &[]).unwrap();
    answer.text("Arn").unwrap().to_owned()
}

#[test]
fn a_role_is_assumed_with_the_mfa_session_and_both_are_kept() {
    let world = world();
    with_code(&world, &["--profile", "admin"]).is(0, "", &good(&["work-mfa", "admin-mfa"]));
    assert_eq!(asked_for(&world), ["GetSessionToken", "GetCallerIdentity", "AssumeRole"]);
    let keys = [
        "aws_access_key_id = …",
        "aws_secret_access_key = …",
        "aws_session_token = …",
        "x_security_token_expires = …",
    ];
    let made_from = |source: &str| {
        [
            format!("mfa_session_source = {source}"),
            format!("mfa_session_key = {}", ALICE.access_key_id),
            format!("mfa_session_serial = {}", ALICE.serial_number),
        ]
    };
    let keys = keys.map(str::to_owned).to_vec();
    let of_mfa = [keys.clone(), made_from("work").to_vec()].concat();
    assert_eq!(section(&world, "work-mfa"), of_mfa);
    let role = format!("mfa_session_role = {}", arn("admin"));
    let of_role = [keys, made_from("admin").to_vec(), vec![role]].concat();
    assert_eq!(section(&world, "admin-mfa"), of_role);
    assert_eq!(who(&world, "work-mfa"), "arn:aws:iam::123456789012:user/alice");
    assert_eq!(who(&world, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/alice");
    assert_eq!(world.files(), ["config", "credentials"]);
}

#[test]
fn the_second_run_sends_nothing_and_another_role_needs_no_code() {
    let world = world();
    assert_eq!(with_code(&world, &["--profile", "admin"]).status, 0);
    let (before, connections) = (world.read("credentials"), world.sts().connections());
    run(&world, &["--profile", "admin"]).wrote("admin-mfa");
    assert_eq!(world.sts().connections(), connections);
    assert_eq!(world.read("credentials"), before);
    run(&world, &["--profile", "reader"]).wrote("reader-mfa");
    let asked = asked_for(&world);
    assert_eq!(asked[3..], ["GetCallerIdentity", "AssumeRole"]);
}

#[test]
fn ten_roles_need_one_code() {
    let world = world();
    let teams: Vec<String> = (0..10).map(|number| format!("team-{number}")).collect();
    assert_eq!(with_code(&world, &["--profile", &teams[0]]).status, 0);
    for team in &teams[1..] {
        run(&world, &["--profile", team]).wrote(&format!("{team}-mfa"));
    }
    let asked = asked_for(&world);
    let count = |name: &str| asked.iter().filter(|asked| *asked == name).count();
    assert_eq!((count("GetSessionToken"), count("AssumeRole")), (1, 10));
    for team in &teams {
        let expected = format!("arn:aws:sts::123456789012:assumed-role/{team}/alice");
        assert_eq!(who(&world, &format!("{team}-mfa")), expected);
    }
}

#[test]
fn a_role_without_a_code_needs_an_mfa_session() {
    let world = world();
    run(&world, &["--profile", "admin"]).is(3, "", &no_code());
    assert_eq!(world.sts().connections(), 0);
}
