//! Roles: the MFA session assumes them and is stored, so that one code serves many roles.

mod chain;
mod long_roles;
mod role_errors;
mod role_flags;
mod role_profiles;
mod role_reuse;

use loopback_sts::{ALICE, Account, Role, Sts};
use snapbox::str;

use crate::sandbox::{Outcome, PROGRAM, Sandbox, keys};

/// A sandbox with the keys in `[work]` and profiles for roles. The source profile of `deploy` is
/// `admin`, that of `publish` is `deploy`; that of `admin`, `reader`, `external` and `team-0` to
/// `team-9` is `work`.
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

/// A profile of the config file for the role with the same name.
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

/// Runs the program without a code and without a terminal.
fn run(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(arguments);
    sandbox.outcome(command, "")
}

/// A run without a code failed because it needs one.
#[track_caller]
fn assert_needs_code(outcome: &Outcome) {
    outcome.matches(str![[r#"
exit 3
--- stderr
mfa-session: error: a code is needed, but there is no terminal
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, with --code-command, or, without --no-prompt, at a terminal or with MFA_SESSION_ASKPASS
"#]]);
}

/// Runs the program with a code of Alice's.
fn with_code(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let code = sandbox.code();
    run(sandbox, &[&["--code", &code], arguments].concat())
}

/// A sandbox with the MFA session in `[work-mfa]`.
fn sandbox_with_mfa() -> Sandbox {
    let sandbox = sandbox();
    with_code(&sandbox, &["--profile", "work"]).wrote("work-mfa");
    assert_eq!(operations(&sandbox), ["GetSessionToken"]);
    sandbox
}

/// The operations of all requests, which must have succeeded.
fn operations(sandbox: &Sandbox) -> Vec<String> {
    let asked = sandbox.asked();
    let name = |asked: &String| {
        let name = asked.strip_suffix(" OK");
        name.unwrap_or_else(|| panic!("{asked} is not a success")).to_owned()
    };
    asked.iter().map(name).collect()
}

/// A parameter of each AssumeRole so far; empty if it was not sent.
fn sent(sandbox: &Sandbox, parameter: &str) -> Vec<String> {
    let requests = sandbox.sts().requests();
    let roles = requests.iter().filter(|request| request.operation() == "AssumeRole");
    roles.map(|request| request.parameter(parameter).unwrap_or_default().to_owned()).collect()
}

/// The parameters of the last AssumeRole except `Action` and `Version`: `Name=Value`, sorted.
fn last_sent(sandbox: &Sandbox) -> Vec<String> {
    let requests = sandbox.sts().requests();
    let request = requests.last().unwrap();
    assert_eq!(request.operation(), "AssumeRole");
    let sent =
        request.parameters.iter().filter(|(name, _)| !["Action", "Version"].contains(&&**name));
    let mut sent: Vec<String> = sent.map(|(name, value)| format!("{name}={value}")).collect();
    sent.sort();
    sent
}

/// The lines of a section of the credentials file; `…` replaces values that differ in each run.
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

/// The ARN of the caller of a session in the credentials file, according to STS.
fn caller(sandbox: &Sandbox, profile: &str) -> String {
    let keys = loopback_sts::Keys {
        access_key_id: sandbox.value(profile, "aws_access_key_id").unwrap(),
        secret_access_key: sandbox.value(profile, "aws_secret_access_key").unwrap(),
        session_token: sandbox.value(profile, "aws_session_token"),
    };
    let answer = sandbox.sts().call(&keys, "GetCallerIdentity", &[]).unwrap();
    answer.text("Arn").unwrap().to_owned()
}

#[test]
fn assumes_a_role_and_stores_both_sessions() {
    let sandbox = sandbox();
    with_code(&sandbox, &["--profile", "admin"]).wrote_all(&["work-mfa", "admin-mfa"]);
    assert_eq!(operations(&sandbox), ["GetSessionToken", "GetCallerIdentity", "AssumeRole"]);
    let keys = [
        "aws_access_key_id = …",
        "aws_secret_access_key = …",
        "aws_session_token = …",
        "aws_account_id = …",
        "x_security_token_expires = …",
    ];
    let provenance = |source: &str| {
        [
            format!("mfa_session_source = {source}"),
            format!("mfa_session_key = {}", ALICE.access_key_id),
            format!("mfa_session_serial = {}", ALICE.serial_number),
        ]
    };
    let keys = keys.map(str::to_owned).to_vec();
    let of_mfa = [keys.clone(), provenance("work").to_vec()].concat();
    assert_eq!(section(&sandbox, "work-mfa"), of_mfa);
    let role = format!("mfa_session_role = {}", arn("admin"));
    let of_role = [keys, provenance("admin").to_vec(), vec![role]].concat();
    assert_eq!(section(&sandbox, "admin-mfa"), of_role);
    assert_eq!(caller(&sandbox, "work-mfa"), "arn:aws:iam::123456789012:user/alice");
    assert_eq!(caller(&sandbox, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/alice");
    assert_eq!(sandbox.files(), ["config", "credentials"]);
}

#[test]
fn reuses_the_role_session_and_assumes_another_role_without_code() {
    let sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    let (before, connections) = (sandbox.read("credentials"), sandbox.sts().connections());
    run(&sandbox, &["--profile", "admin"]).wrote("admin-mfa");
    assert_eq!(sandbox.sts().connections(), connections);
    assert_eq!(sandbox.read("credentials"), before);
    run(&sandbox, &["--profile", "reader"]).wrote("reader-mfa");
    let asked = operations(&sandbox);
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
    let asked = operations(&sandbox);
    let count = |name: &str| asked.iter().filter(|asked| *asked == name).count();
    assert_eq!((count("GetSessionToken"), count("AssumeRole")), (1, 10));
    for team in &teams {
        let expected = format!("arn:aws:sts::123456789012:assumed-role/{team}/alice");
        assert_eq!(caller(&sandbox, &format!("{team}-mfa")), expected);
    }
}

#[test]
fn role_without_mfa_session_needs_a_code() {
    let sandbox = sandbox();
    assert_needs_code(&run(&sandbox, &["--profile", "admin"]));
    assert_eq!(sandbox.sts().connections(), 0);
}
