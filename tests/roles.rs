//! Roles: the MFA session assumes them, and is kept, so that one code is good for many roles.

mod chain;
mod role_errors;
mod role_flags;
mod role_profiles;
mod role_reuse;

use loopback_sts::{ALICE, Account, Role, Sts};
use snapbox::str;

use crate::sandbox::{Outcome, PROGRAM, Sandbox, keys};

/// A sandbox whose keys are in `[work]`, with profiles for roles: `admin` by the keys, `deploy` by
/// `admin`, `publish` by `deploy`, and `reader`, `external` and `team-0` to `team-9` by the keys.
fn sandbox() -> Sandbox {
    let publish = Role::new("publish").trust_role("deploy");
    let sandbox = Sandbox::with(Sts::start(Account::default().role(publish)));
    sandbox.write("credentials", &keys("work"));
    sandbox.write("config", &config());
    sandbox
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
fn configure(sandbox: &Sandbox, profile: &str, lines: &str) {
    let header = format!("[profile {profile}]\n");
    let text = sandbox.read("config");
    assert!(text.contains(&header));
    sandbox.write("config", &text.replace(&header, &format!("{header}{lines}\n")));
}

/// Runs the program without a code: one would be asked for, and there is nobody to ask.
fn run(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(arguments);
    sandbox.outcome(command, "")
}

/// Runs the program with a code of Alice's.
fn with_code(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let code = sandbox.code();
    run(sandbox, &[&["--code", &code], arguments].concat())
}

/// A sandbox with the MFA session in `[work-mfa]`: what is asked from now on is asked for roles.
fn sandbox_with_mfa() -> Sandbox {
    let sandbox = sandbox();
    with_code(&sandbox, &["--profile", "work"]).wrote("work-mfa");
    assert_eq!(asked_for(&sandbox), ["GetSessionToken"]);
    sandbox
}

/// The operations that succeeded.
fn asked_for(sandbox: &Sandbox) -> Vec<String> {
    let asked = sandbox.asked();
    let name = |asked: &String| {
        let name = asked.strip_suffix(" OK");
        name.unwrap_or_else(|| panic!("{asked} is no success")).to_owned()
    };
    asked.iter().map(name).collect()
}

/// A parameter of each AssumeRole so far; empty where it was not sent.
fn sent(sandbox: &Sandbox, parameter: &str) -> Vec<String> {
    let requests = sandbox.sts().requests();
    let roles = requests.iter().filter(|request| request.operation() == "AssumeRole");
    roles.map(|request| request.parameter(parameter).unwrap_or_default().to_owned()).collect()
}

/// All that the last AssumeRole said, `Action` and `Version` aside: `Name=Value`, sorted.
fn last_sent(sandbox: &Sandbox) -> Vec<String> {
    let requests = sandbox.sts().requests();
    let request = requests.last().unwrap();
    assert_eq!(request.operation(), "AssumeRole");
    let said =
        request.parameters.iter().filter(|(name, _)| !["Action", "Version"].contains(&&**name));
    let mut said: Vec<String> = said.map(|(name, value)| format!("{name}={value}")).collect();
    said.sort();
    said
}

/// The lines of a section of the credentials file; what differs from run to run is `…`.
fn section(sandbox: &Sandbox, name: &str) -> Vec<String> {
    let text = sandbox.read("credentials");
    let section = text.split(&format!("[{name}]\n")).nth(1).unwrap_or_default();
    let lines = section.split("\n[").next().unwrap().lines().filter(|line| !line.is_empty());
    let normalize = |line: &str| match line.split_once(" = ") {
        Some((key, _)) if !key.starts_with("mfa_session_") => format!("{key} = …"),
        _ => line.to_owned(),
    };
    lines.map(normalize).collect()
}

/// Whom STS takes a session of the credentials file for.
fn who(sandbox: &Sandbox, profile: &str) -> String {
    let keys = loopback_sts::Keys {
        access_key_id: sandbox.value(profile, "aws_access_key_id").unwrap(),
        secret_access_key: sandbox.value(profile, "aws_secret_access_key").unwrap(),
        session_token: sandbox.value(profile, "aws_session_token"),
    };
    let answer = sandbox.sts().call(&keys, "GetCallerIdentity", &[]).unwrap();
    answer.text("Arn").unwrap().to_owned()
}

#[test]
fn a_role_is_assumed_with_the_mfa_session_and_both_are_kept() {
    let sandbox = sandbox();
    with_code(&sandbox, &["--profile", "admin"]).wrote_all(&["work-mfa", "admin-mfa"]);
    assert_eq!(asked_for(&sandbox), ["GetSessionToken", "GetCallerIdentity", "AssumeRole"]);
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
    assert_eq!(section(&sandbox, "work-mfa"), of_mfa);
    let role = format!("mfa_session_role = {}", arn("admin"));
    let of_role = [keys, made_from("admin").to_vec(), vec![role]].concat();
    assert_eq!(section(&sandbox, "admin-mfa"), of_role);
    assert_eq!(who(&sandbox, "work-mfa"), "arn:aws:iam::123456789012:user/alice");
    assert_eq!(who(&sandbox, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/alice");
    assert_eq!(sandbox.files(), ["config", "credentials"]);
}

#[test]
fn the_second_run_sends_nothing_and_another_role_needs_no_code() {
    let sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    let (before, connections) = (sandbox.read("credentials"), sandbox.sts().connections());
    run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
    assert_eq!(sandbox.sts().connections(), connections);
    assert_eq!(sandbox.read("credentials"), before);
    run(&sandbox, &["--profile", "reader"]).wrote("reader-mfa");
    let asked = asked_for(&sandbox);
    assert_eq!(asked[3..], ["GetCallerIdentity", "AssumeRole"]);
}

#[test]
fn ten_roles_need_one_code() {
    let sandbox = sandbox();
    let teams: Vec<String> = (0..10).map(|number| format!("team-{number}")).collect();
    assert_eq!(with_code(&sandbox, &["--profile", &teams[0]]).status, 0);
    for team in &teams[1..] {
        run(&sandbox, &["--profile", team]).wrote(&format!("{team}-mfa"));
    }
    let asked = asked_for(&sandbox);
    let count = |name: &str| asked.iter().filter(|asked| *asked == name).count();
    assert_eq!((count("GetSessionToken"), count("AssumeRole")), (1, 10));
    for team in &teams {
        let expected = format!("arn:aws:sts::123456789012:assumed-role/{team}/alice");
        assert_eq!(who(&sandbox, &format!("{team}-mfa")), expected);
    }
}

#[test]
fn a_role_without_a_code_needs_an_mfa_session() {
    let sandbox = sandbox();
    run(&sandbox, &["--profile", "admin"]).matches(str![[r#"
exit 3
--- stderr
mfa-session: error: a code is needed, and there is no terminal to ask on
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}
