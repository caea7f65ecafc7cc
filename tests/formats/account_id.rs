//! The account id: printed where it is known without a request; otherwise one that belongs to other
//! keys is unset.

use std::fs;

use loopback_sts::{ALICE, Account, Device, Sts, User};
use serde_json::{Value, json};
use snapbox::str;

use crate::{
    interop::json_of,
    sandbox::{Outcome, PRINT_VARIABLES, PROGRAM, Sandbox, keys, shell},
    shells::{in_every_shell, variables},
    tools,
};

const OTHER: &str = "210987654321";

/// Alice has a hardware device, whose serial number contains no account id.
fn with_hardware_device() -> Sandbox {
    let alice = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
    let device = Device::totp(SERIAL, ALICE.seed);
    Sandbox::with(Sts::start(Account::default().user(alice.device(device))))
}

const SERIAL: &str = "GAHT12345678";

fn run(sandbox: &Sandbox, serial: &str, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.env("MFA_SESSION_SERIAL", serial).env("MFA_SESSION_CODE", sandbox.code());
    sandbox.outcome(
        {
            command.args(arguments);
            command
        },
        "",
    )
}

/// `account_id` of the session in JSON.
fn account(outcome: &Outcome) -> Value {
    json_of(outcome)["account_id"].clone()
}

#[test]
fn prints_the_account_of_a_virtual_device_a_role_and_a_federated_user() {
    let sandbox = Sandbox::new();
    assert_eq!(account(&run(&sandbox, ALICE.serial_number, &["--format", "json"])), "123456789012");

    let sandbox = with_hardware_device();
    assert_eq!(account(&run(&sandbox, SERIAL, &["--format", "json"])), Value::Null);
    let sandbox = with_hardware_device();
    let role = sandbox.sts().role_arn("admin");
    let outcome = run(&sandbox, SERIAL, &["--format", "json", "--role-arn", &role]);
    assert_eq!(account(&outcome), "123456789012");
    let outcome = sandbox.run(["federate", "bobby", "--format", "json"]);
    assert_eq!(account(&outcome), "123456789012");
}

#[test]
fn the_session_profile_holds_the_account_or_loses_another_one() {
    let sandbox = Sandbox::new();
    sandbox.get([]).wrote("default-mfa");
    let text = sandbox.read("credentials");
    assert!(
        text.contains("\naws_account_id = 123456789012\nx_security_token_expires = "),
        "{text}"
    );
    // Reused.
    assert_eq!(account(&sandbox.run(["--format", "json"])), "123456789012");

    let sandbox = with_hardware_device();
    let before = format!("{}\n[default-mfa]\naws_account_id = {OTHER}\n", keys("default"));
    sandbox.write("credentials", &before);
    run(&sandbox, SERIAL, &[]).matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: removed `aws_account_id` from [default-mfa]: the session's account is unknown
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    assert_eq!(sandbox.value("default-mfa", "aws_account_id"), None);
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn an_account_that_is_not_the_sessions_is_unset_with_a_warning() {
    in_every_shell(|shell| {
        let mut sandbox = with_hardware_device();
        sandbox.set("AWS_ACCOUNT_ID", OTHER).set("MFA_SESSION_SERIAL", SERIAL);
        let eval = shell.eval(&format!("--export --code {}", sandbox.code()));
        let outcome = shell.run(&sandbox, &format!("set -eu; {eval}; env -0"));
        assert!(outcome.stderr.starts_with(UNSET), "{outcome:?}");
        assert!(!variables(&outcome).contains_key("AWS_ACCOUNT_ID"));

        let mut sandbox = Sandbox::new();
        sandbox.set("AWS_ACCOUNT_ID", OTHER).set("MFA_SESSION_SERIAL", ALICE.serial_number);
        let eval = shell.eval(&format!("--export --code {}", sandbox.code()));
        let clear = shell.eval("clear --export");
        let outcome = shell.run(&sandbox, &format!("set -eu; {eval}; env -0"));
        assert!(!outcome.stderr.contains("warning"), "{outcome:?}");
        assert_eq!(variables(&outcome)["AWS_ACCOUNT_ID"], "123456789012");
        let outcome = shell.run(&sandbox, &format!("set -eu; {clear}; env -0"));
        assert!(!variables(&outcome).contains_key("AWS_ACCOUNT_ID"));
    });
}

const UNSET: &str =
    "mfa-session: warning: unset AWS_ACCOUNT_ID: the session's account is unknown\n";

#[test]
fn exec_and_github_lose_an_account_that_is_not_the_sessions() {
    let mut sandbox = with_hardware_device();
    sandbox.set("AWS_ACCOUNT_ID", OTHER);
    let print = [&["exec", "--"], &shell(PRINT_VARIABLES)[..]].concat();
    let outcome = run(&sandbox, SERIAL, &print);
    assert!(outcome.stderr.ends_with(UNSET), "{outcome:?}");
    assert!(outcome.stdout.contains("AWS_SESSION_TOKEN="), "{outcome:?}");
    assert!(!outcome.stdout.contains("AWS_ACCOUNT_ID"), "{outcome:?}");

    let mut sandbox = with_hardware_device();
    let file = sandbox.path("github");
    fs::write(&file, "").unwrap();
    sandbox.set("AWS_ACCOUNT_ID", OTHER).set("GITHUB_ENV", file.to_str().unwrap());
    let outcome = run(&sandbox, SERIAL, &["--format", "github"]);
    assert!(outcome.stderr.starts_with(UNSET), "{outcome:?}");
    assert!(fs::read_to_string(file).unwrap().ends_with("\nAWS_ACCOUNT_ID=\n"));

    // Formats that can unset nothing say nothing.
    let mut sandbox = with_hardware_device();
    sandbox.set("AWS_ACCOUNT_ID", OTHER);
    let outcome = run(&sandbox, SERIAL, &["--format", "dotenv"]);
    assert!(!outcome.stderr.contains("warning") && !outcome.stdout.contains("ACCOUNT"));
}

#[test]
fn takes_only_twelve_digits_from_the_session_profile() {
    for (stored, expected) in
        [(OTHER, json!(OTHER)), ("21098", Value::Null), ("21098765432x", Value::Null)]
    {
        let sandbox = with_hardware_device();
        run(&sandbox, SERIAL, &[]);
        let text = sandbox.read("credentials");
        let text = text.replace("x_security", &format!("aws_account_id = {stored}\nx_security"));
        sandbox.write("credentials", &text);
        assert_eq!(account(&sandbox.run(["--format", "json"])), expected);
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn botocore_finds_the_account_in_every_output() {
    let Some(python) = tools::python("botocore") else { return };
    let script = "import botocore.session; c = botocore.session.Session().get_credentials(); \
                  print(c.get_frozen_credentials().account_id)";
    let sandbox = Sandbox::new();
    sandbox.get([]).wrote("default-mfa");
    let process =
        format!("[profile sdk]\ncredential_process = {PROGRAM} -p default --format process");
    sandbox.write("config", &process);
    let read = |mut command: std::process::Command| {
        let outcome = sandbox.outcome(
            {
                command.args(["-c", script]);
                command
            },
            "",
        );
        assert_eq!(outcome.stdout, "123456789012\n", "{outcome:?}");
    };
    for profile in ["default-mfa", "sdk"] {
        let mut command = sandbox.command(&python);
        command.env("AWS_PROFILE", profile);
        read(command);
    }
    let mut command = sandbox.command(PROGRAM);
    command.args(["exec", "--"]).arg(&python);
    read(command);
}
