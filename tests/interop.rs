//! Interoperability with foreign programs: botocore, the AWS CLI, curl and another STS. They read
//! the files of the program, answer its requests, and check the loopback STS.

mod commands;
mod ministack;

use std::{fs, path::Path, process::Command};

use loopback_sts::{ALICE, Account, Certificate, Keys, Sts};
use regex_lite::Regex;
use serde_json::{Value, json};

use crate::{
    sandbox::{Outcome, Sandbox},
    tools,
};

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn botocore_signs_with_a_written_session() {
    let Some(python) = tools::python("botocore") else { return };
    for sandbox in [Sandbox::new(), sandbox_with_tls()] {
        get_session(&sandbox);
        let command = botocore(&sandbox, &python, ["sts", "GetCallerIdentity"], &json!({}));
        let identity = sandbox.outcome(with_profile(command, &sandbox, "default-mfa"), "");
        assert_eq!(json_of(&identity)["Arn"], ALICES_ARN);
        assert_eq!(sandbox.asked(), ["GetSessionToken OK", "GetCallerIdentity OK"]);
        assert_eq!(sandbox.signer(), sandbox.value("default-mfa", "aws_access_key_id").unwrap());
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs the AWS CLI")]
fn aws_cli_uses_a_written_session() {
    let Some(aws) = tools::program("aws") else { return };
    let sandbox = Sandbox::new();
    get_session(&sandbox);
    let run = |arguments: &[&str]| aws_cli(&sandbox, &aws, "default-mfa", arguments);
    let identity = run(&["sts", "get-caller-identity", "--output", "json"]);
    assert_eq!(json_of(&identity)["Arn"], ALICES_ARN);
    let id = sandbox.value("default-mfa", "aws_access_key_id").unwrap();
    assert_eq!(sandbox.signer(), id);

    let listed = run(&["configure", "list"]);
    let row = format!(r"access_key +:? *\*+{} +:? *shared-credentials-file", &id[id.len() - 4..]);
    assert!(Regex::new(&row).unwrap().is_match(&listed.stdout), "{listed:?}");
}

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn botocore_signs_with_a_role_session() {
    let Some(python) = tools::python("botocore") else { return };
    for sandbox in [Sandbox::new(), sandbox_with_tls()] {
        get_role_session(&sandbox);
        let command = botocore(&sandbox, &python, ["sts", "GetCallerIdentity"], &json!({}));
        let identity = sandbox.outcome(with_profile(command, &sandbox, "default-admin"), "");
        assert_eq!(json_of(&identity)["Arn"], ALICE_AS_ADMIN);
        assert_eq!(sandbox.signer(), sandbox.value("default-admin", "aws_access_key_id").unwrap());
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs the AWS CLI")]
fn aws_cli_uses_a_role_session() {
    let Some(aws) = tools::program("aws") else { return };
    let sandbox = Sandbox::new();
    get_role_session(&sandbox);
    let arguments = ["sts", "get-caller-identity", "--output", "json"];
    let identity = aws_cli(&sandbox, &aws, "default-admin", &arguments);
    assert_eq!(json_of(&identity)["Arn"], ALICE_AS_ADMIN);
    assert_eq!(sandbox.signer(), sandbox.value("default-admin", "aws_access_key_id").unwrap());
}

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn loopback_sts_answers_botocore_as_aws_does() {
    let Some(python) = tools::python("botocore") else { return };
    for sandbox in [Sandbox::new(), sandbox_with_tls()] {
        assert_answers_like_aws(&sandbox, |keys, code| {
            let parameters = json!({"SerialNumber": ALICE.serial_number, "TokenCode": code});
            let command = botocore(&sandbox, &python, ["sts", "GetSessionToken"], &parameters);
            let outcome = sandbox.outcome(with_keys(command, keys), "");
            if outcome.status != 0 {
                return Err(outcome.stderr.trim().to_owned());
            }
            let granted = &json_of(&outcome)["Credentials"];
            Ok(Keys {
                access_key_id: text(granted, "AccessKeyId"),
                secret_access_key: text(granted, "SecretAccessKey"),
                session_token: Some(text(granted, "SessionToken")),
            })
        });
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs curl")]
fn loopback_sts_answers_curl_as_aws_does() {
    let Some(curl) = tools::signing_curl() else { return };
    for sandbox in [Sandbox::new(), sandbox_with_tls()] {
        assert_answers_like_aws(&sandbox, |keys, code| {
            let form = format!(
                "Action=GetSessionToken&Version=2011-06-15&SerialNumber={}&TokenCode={code}",
                ALICE.serial_number
            );
            let outcome = sandbox.outcome(with_curl(&sandbox, &curl, keys, &form), "");
            let element = |name: &str| element(&outcome, name);
            if let Some(code) = element("Code") {
                return Err(format!("{code}: {}", element("Message").unwrap().trim()));
            }
            Ok(Keys {
                access_key_id: element("AccessKeyId").unwrap(),
                secret_access_key: element("SecretAccessKey").unwrap(),
                session_token: element("SessionToken"),
            })
        });
    }
}

/// Gets a session with a client and then makes each mistake. `request` returns the keys of the
/// session, or the code and message of the error.
fn assert_answers_like_aws(
    sandbox: &Sandbox,
    request: impl Fn(&Keys, &str) -> Result<Keys, String>,
) {
    let alice = Keys::from(ALICE);
    let code = sandbox.code();
    let session = request(&alice, &code).unwrap();
    let refused = |keys: &Keys, code: &str| request(keys, code).err().unwrap();

    let wrong_code =
        "AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code.";
    assert_eq!(refused(&alice, &code), wrong_code);
    assert_eq!(refused(&alice, &sandbox.sts().wrong_code(ALICE.name)), wrong_code);

    let code = sandbox.code();
    assert_eq!(
        refused(&session, &code),
        "AccessDenied: Cannot call GetSessionToken with session credentials"
    );
    let wrong_secret = Keys { secret_access_key: "wrong".repeat(8), ..alice.clone() };
    let message = refused(&wrong_secret, &code);
    assert!(message.starts_with("SignatureDoesNotMatch: The request signature we "), "{message}");
    for (offset, problem) in [(20 * 60, "expired"), (-20 * 60, "not yet current")] {
        sandbox.sts().set_clock_offset(offset);
        let message = refused(&alice, &code);
        let start = format!("SignatureDoesNotMatch: Signature {problem}: ");
        assert!(message.starts_with(&start), "{message}");
    }
    // The code is still valid.
    sandbox.sts().set_clock_offset(0);
    request(&alice, &code).unwrap();
}

/// A sandbox whose STS speaks TLS; all programs trust its CA.
fn sandbox_with_tls() -> Sandbox {
    let sts = Sts::builder().account(Account::default()).tls(Certificate::Good);
    let mut sandbox = Sandbox::with(sts.start().unwrap());
    let ca = sandbox.path("ca.pem");
    fs::write(&ca, sandbox.sts().ca_pem()).unwrap();
    for name in ["AWS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        sandbox.set(name, ca.to_str().unwrap());
    }
    sandbox
}

fn get_session(sandbox: &Sandbox) {
    let code = sandbox.code();
    sandbox.run(["--serial", ALICE.serial_number, "--code", &code]).wrote("default-mfa");
}

/// Gets a session of role `admin` for `[default-admin]`.
fn get_role_session(sandbox: &Sandbox) {
    let (code, role) = (sandbox.code(), sandbox.sts().role_arn("admin"));
    let arguments = ["--serial", ALICE.serial_number, "--code", &code, "--role-arn", &role];
    assert_eq!(sandbox.run(arguments).status, 0);
}

/// Runs the AWS CLI with a profile of the sandbox.
fn aws_cli(sandbox: &Sandbox, aws: &Path, profile: &str, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(aws);
    // Older versions in use do not know `AWS_ENDPOINT_URL`.
    command.args(["--region", "us-east-1", "--endpoint-url", &sandbox.sts().url()]);
    command.args(["--profile", profile]).args(arguments).env("AWS_PAGER", "");
    sandbox.outcome(command, "")
}

/// Calls an operation of a service with botocore, at the endpoint of the sandbox.
pub(crate) fn botocore(
    sandbox: &Sandbox,
    python: &Path,
    operation: [&str; 2],
    parameters: &Value,
) -> Command {
    let mut command = sandbox.command(python);
    command.arg(tools::script("interop/botocore_asks.py"));
    command.args(operation).arg(parameters.to_string());
    // Without credentials, botocore would ask the metadata service of the machine.
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

/// Adds a profile of the sandbox to the environment.
pub(crate) fn with_profile(mut command: Command, sandbox: &Sandbox, profile: &str) -> Command {
    command
        .env("AWS_PROFILE", profile)
        .env("AWS_SHARED_CREDENTIALS_FILE", sandbox.path(".aws/credentials"))
        .env("AWS_CONFIG_FILE", sandbox.path(".aws/config"));
    command
}

/// Adds keys to the environment.
fn with_keys(mut command: Command, keys: &Keys) -> Command {
    command
        .env("AWS_ACCESS_KEY_ID", &keys.access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", &keys.secret_access_key)
        .envs(keys.session_token.as_ref().map(|token| ("AWS_SESSION_TOKEN", token)));
    command
}

/// Sends a signed form to STS with curl, at the endpoint of the sandbox.
fn with_curl(sandbox: &Sandbox, curl: &Path, keys: &Keys, form: &str) -> Command {
    let user = format!("{}:{}", keys.access_key_id, keys.secret_access_key);
    let mut command = sandbox.command(curl);
    command.args(["--silent", "--show-error", "--aws-sigv4", "aws:amz:us-east-1:sts"]);
    command.args(["--user", &user, "--data", form]);
    if let Some(token) = &keys.session_token {
        command.args(["--header", &format!("X-Amz-Security-Token: {token}")]);
    }
    command.arg(sandbox.endpoint());
    command
}

pub(crate) fn json_of(outcome: &Outcome) -> Value {
    assert!(outcome.status == 0, "{outcome:?}");
    serde_json::from_str(&outcome.stdout).unwrap()
}

fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap().to_owned()
}

/// The text of an element of an XML answer.
fn element(outcome: &Outcome, name: &str) -> Option<String> {
    let (_, rest) = outcome.stdout.split_once(&format!("<{name}>"))?;
    Some(rest.split_once('<').unwrap().0.to_owned())
}

pub(crate) const ALICES_ARN: &str = "arn:aws:iam::123456789012:user/alice";
const ALICE_AS_ADMIN: &str = "arn:aws:sts::123456789012:assumed-role/admin/alice";
