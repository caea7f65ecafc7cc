//! `mfa-session root`: a short session of a member account's root user.

use loopback_sts::{Account, Answer, Fault, Sts};
use serde_json::{Value, json};
use snapbox::str;

use crate::{
    interop::{botocore, json_of, with_profile},
    sandbox::{Outcome, PROGRAM, Sandbox, Table, keys},
    tools,
};

const MEMBER: &str = Account::MEMBER_ACCOUNT_ID;
const TASK: &str = "IAMAuditRootUserCredentials";

fn root(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(["root", MEMBER, "--task", TASK]).args(more);
    sandbox.outcome(command, "")
}

fn sent(sandbox: &Sandbox, index: usize) -> Vec<(String, String)> {
    let mut parameters = sandbox.sts().requests()[index].parameters.clone();
    parameters.sort();
    parameters
}

#[test]
fn prints_the_session_and_stores_nothing() {
    let sandbox = Sandbox::new();
    let outcome = root(&sandbox, &["--format", "process"]);
    outcome.messages().matches(str!["exit 0"]);
    assert!(json_of(&outcome)["AccessKeyId"].as_str().unwrap().starts_with("ASIA"));
    assert_eq!(sandbox.asked(), ["AssumeRoot OK"]);
    assert_eq!(sandbox.read("credentials"), keys("default"));
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn stores_the_session_if_told_where() {
    let sandbox = Sandbox::new();
    root(&sandbox, &["--to", "member"]).wrote("member");
    sandbox.run(["whoami", "--profile", "member"]).matches(str![[r#"
exit 0
--- stdout
account  210987654321
arn      arn:aws:iam::210987654321:root
user id  210987654321
keys     [member]
"#]]);
    let outcome = root(&sandbox, &["--export", "--write"]);
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-root-210987654321] is valid until [TIME] ([LEFT] left)
"#]]);
    // A session of a root user is never reused.
    root(&sandbox, &["--to", "member"]).wrote("member");
    assert_eq!(sandbox.asked().iter().filter(|asked| *asked == "AssumeRoot OK").count(), 3);
}

#[test]
fn sends_the_target_the_task_and_the_duration() {
    let sandbox = Sandbox::new();
    let arn = format!("arn:aws:iam::{MEMBER}:root");
    let task = "S3UnlockBucketPolicy";
    let run = sandbox.run(["root", &arn, "--task", task, "--duration", "5m", "--export=bash"]);
    assert_eq!(run.status, 0, "{run:?}");
    let policy = format!("arn:aws:iam::aws:policy/root-task/{task}");
    let expected = [
        ("Action", "AssumeRoot"),
        ("DurationSeconds", "300"),
        ("TargetPrincipal", &*arn),
        ("TaskPolicyArn.arn", &*policy),
        ("Version", "2011-06-15"),
    ];
    assert_eq!(sent(&sandbox, 0), expected.map(|(name, value)| (name.into(), value.into())));
}

#[test]
fn signs_with_a_session_of_a_role() {
    let sandbox = Sandbox::new();
    let role = sandbox.sts().role_arn("admin");
    sandbox.get(["--role-arn", &role]).wrote_all(&["default-mfa", "default-admin"]);
    let outcome = root(&sandbox, &["--export", "--profile", "default-admin"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(sandbox.signer(), sandbox.value("default-admin", "aws_access_key_id").unwrap());
}

#[test]
fn rejects_an_mfa_session_before_anything_is_sent() {
    let mut sandbox = Sandbox::new();
    sandbox.get([]).wrote("default-mfa");
    let before = sandbox.sts().connections();
    root(&sandbox, &["--to", "member", "--profile", "default-mfa"]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: AWS rejects MFA sessions for AssumeRoot, and [default-mfa] holds one
mfa-session: hint: name a profile with long-term keys or a role's session: --profile default
"#]]);
    assert_eq!(sandbox.sts().connections(), before);

    // The environment does not say what kind of session it holds: AWS rejects this one.
    for (variable, key) in [
        ("AWS_ACCESS_KEY_ID", "aws_access_key_id"),
        ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key"),
        ("AWS_SESSION_TOKEN", "aws_session_token"),
    ] {
        let value = sandbox.value("default-mfa", key).unwrap();
        sandbox.set(variable, value);
    }
    let id = sandbox.value("default-mfa", "aws_access_key_id").unwrap();
    root(&sandbox, &["--to", "member"]).replace(id, "[KEY]").matches(str![[r#"
exit 4
--- stderr
mfa-session: error: AWS does not allow this operation for the session [KEY] from AWS_ACCESS_KEY_ID (AccessDenied, request [ID])
mfa-session: hint: an MFA session may only call AssumeRole and GetCallerIdentity in STS: name a profile with long-term keys or a role: --profile NAME
"#]]);
}

#[test]
fn rejects_invalid_arguments_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    let rows: &[(&str, &[&str])] = &[
        ("no destination", &[]),
        ("a profile with long-term keys", &["--to=default"]),
        ("a long duration", &["--to=x", "--duration=901"]),
        ("no duration", &["--to=x", "--duration=0"]),
        ("an unknown profile", &["--to=x", "--profile=nobody"]),
    ];
    let mut table = Table::of(rows.iter().map(|(name, more)| (*name, root(&sandbox, more))));
    let run = |arguments: &[&str]| {
        let mut command = sandbox.command(PROGRAM);
        command.args(["root", "--to=x"]).args(arguments);
        sandbox.outcome(command, "")
    };
    let task = format!("--task={TASK}");
    table.add("no account", &run(&[&task]));
    table.add("a name for an account", &run(&["member", &task]));
    let china = "arn:aws-cn:iam::210987654321:root";
    table.add("another partition", &run(&[china, &task, "--region=eu-west-1"]));
    table.add("no task", &run(&[MEMBER]));
    table.add("an unknown task", &run(&[MEMBER, "--task=Everything"]));
    table.matches_file("root/invalid_arguments");
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn explains_errors_of_sts() {
    let mut table = Table::default();
    let get = |sandbox: &Sandbox| root(sandbox, &["--to", "member"]);
    let sandbox = Sandbox::new();
    for (status, code) in [(403, "RegionDisabledException"), (400, "ExpiredTokenException")] {
        let error = Answer::error(status, code, "AWS's text");
        sandbox.sts().inject(Fault::Answer(error).times(1));
        table.add(code, &get(&sandbox));
    }
    let other = sandbox.run(["root", "111111111111", "--task", TASK, "--to", "member"]);
    table.add("not a member account", &other);
    let account = Account::default().disable_root_credentials_management();
    table.add("a disabled feature", &get(&Sandbox::with(Sts::start(account))));
    table.add("no permission", &get(&Sandbox::without("sts:AssumeRoot")));
    table.matches_file("root/errors");
}

#[test]
fn rejects_the_global_endpoint_before_anything_is_sent() {
    let mut sandbox = Sandbox::new();
    let proxy = sandbox.endpoint().to_owned();
    sandbox.set("AWS_ENDPOINT_URL", "").set("https_proxy", proxy);
    root(&sandbox, &["--to", "member", "--region", "aws-global"]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: sts.amazonaws.com does not offer AssumeRoot; each region's endpoint does
mfa-session: hint: name a region, such as --region us-east-1, and unset AWS_STS_REGIONAL_ENDPOINTS=legacy
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn botocore_gets_the_same_session() {
    let Some(python) = tools::python("botocore") else { return };
    let sandbox = Sandbox::new();
    let parameters = json!({
        "TargetPrincipal": MEMBER,
        "TaskPolicyArn": { "arn": format!("arn:aws:iam::aws:policy/root-task/{TASK}") },
        "DurationSeconds": 900,
    });
    let ask = |operation: &str, parameters: &Value, profile: &str| {
        let command = botocore(&sandbox, &python, ["sts", operation], parameters);
        json_of(&sandbox.outcome(with_profile(command, &sandbox, profile), ""))
    };
    let theirs = ask("AssumeRoot", &parameters, "default");
    assert!(theirs["Credentials"]["SessionToken"].is_string(), "{theirs}");
    root(&sandbox, &["--to", "member"]).wrote("member");
    assert_eq!(sent(&sandbox, 0), sent(&sandbox, 1));

    let identity = ask("GetCallerIdentity", &json!({}), "member");
    assert_eq!(identity["Arn"], format!("arn:aws:iam::{MEMBER}:root"));
}
