//! `federate`: arguments that the program refuses, and requests that STS refuses.

use std::fs;

use loopback_sts::{Answer, Fault};
use snapbox::str;

use super::{POLICY, READ_ONLY, federate};
use crate::sandbox::{PROGRAM, Sandbox, Table, keys};

#[test]
fn refuses_invalid_arguments_before_connecting() {
    type Row<'a> = (&'a str, &'a str, &'a [&'a str]);
    let sandbox = Sandbox::new();
    let long = format!(r#"{{"Id": "{}"}}"#, "x".repeat(2040));
    let file = |name: &str, bytes: &[u8]| fs::write(sandbox.path(name), bytes).unwrap();
    file("long.json", long.as_bytes());
    file("text.json", b"Allow everything");
    file("latin.json", b"{\"Id\": \"\xe9\"}");
    file("huge.json", &vec![b' '; (1 << 20) + 1]);
    let tags: Vec<String> = (0..51).map(|number| format!("--tag=a{number}=b")).collect();
    let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
    let arn = format!("--policy-arn={READ_ONLY}");
    let arns = [arn.as_str(); 11];
    let name = "x".repeat(33);
    let rows: &[Row<'_>] = &[
        ("a short name", "c", &[]),
        ("a long name", &name, &[]),
        ("a path", "a/b", &[]),
        ("no duration", "bob", &["-d", "x"]),
        ("a short duration", "bob", &["-d", "899"]),
        ("a long duration", "bob", &["-d", "129601"]),
        ("text for a policy", "bob", &["--policy", "Allow"]),
        ("a list for a policy", "bob", &["--policy", "[]"]),
        ("a long policy", "bob", &["--policy", &long]),
        ("no file", "bob", &["--policy", "file://~/no.json"]),
        ("a directory", "bob", &["--policy", "file://.aws"]),
        ("a huge file", "bob", &["--policy", "file://huge.json"]),
        ("a file of another alphabet", "bob", &["--policy", "file://latin.json"]),
        ("a file of text", "bob", &["--policy", "file://text.json"]),
        ("a long file", "bob", &["--policy", "file://long.json"]),
        ("a role for a policy", "bob", &["--policy-arn", "arn:aws:iam::123456789012:role/x"]),
        ("eleven policies", "bob", &arns),
        ("no value of a tag", "bob", &["--tag", "red"]),
        ("no key of a tag", "bob", &["--tag", "=red"]),
        ("a bad tag", "bob", &["--tag", "a=<b>"]),
        ("a tag twice", "bob", &["--tag", "a=b", "--tag", "A=c"]),
        ("51 tags", "bob", &tags),
        ("a profile with keys", "bob", &["--to", "default"]),
    ];
    Table::of(rows.iter().map(|(case, name, arguments)| {
        let mut command = sandbox.command(PROGRAM);
        command.args(["federate", "--policy-arn", READ_ONLY, name]).args(*arguments);
        (*case, sandbox.outcome(command, ""))
    }))
    .matches_file("federate_errors/invalid_arguments");
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
#[cfg_attr(windows, ignore = "needs /dev/zero")]
fn refuses_an_endless_policy_before_connecting() {
    let sandbox = Sandbox::new();
    federate(&sandbox, &["--policy", "file:///dev/zero"]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: /dev/zero is not a regular file of at most 1 MiB
mfa-session: hint: name a file with a JSON policy document: file://FILE
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn refuses_temporary_keys_before_connecting() {
    let mut sandbox = Sandbox::new();
    let session = "[work]\naws_access_key_id = ASIALOOPBACKALICE234\n\
                   aws_secret_access_key = NotGranted+ByAnybody\n\
                   aws_session_token = NotGranted+ByAnybodyAtAll\n";
    sandbox.write("credentials", session);
    federate(&sandbox, &["--profile", "work"]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the keys in [work] of ~/.aws/credentials are temporary
mfa-session: hint: name a profile with long-term keys: --profile NAME
"#]]);

    sandbox.set("AWS_PROFILE", "work");
    sandbox.set("AWS_ACCESS_KEY_ID", "ASIALOOPBACKALICE234");
    sandbox.set("AWS_SECRET_ACCESS_KEY", "NotGranted+ByAnybody");
    sandbox.set("AWS_SESSION_TOKEN", "NotGranted+ByAnybodyAtAll");
    federate(&sandbox, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: ignoring the session in the environment; using the profile `work`
mfa-session: error: the keys in [work] of ~/.aws/credentials are temporary
mfa-session: hint: name a profile with long-term keys: --profile NAME
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn reports_sts_errors_with_a_next_step() {
    type Row<'a> = (&'a str, &'a [&'a str]);
    let large = format!(r#"{{"Statement":[], "Id": "{}"}}"#, "x".repeat(2000));
    let rows: &[Row<'_>] = &[
        ("a policy without a statement", &["--policy", "{}"]),
        (
            "policies that are too large",
            &["--policy", &large, "--policy-arn", READ_ONLY, "--tag", "team=red"],
        ),
    ];
    let sandbox = Sandbox::new();
    Table::of(rows.iter().map(|(name, arguments)| (*name, federate(&sandbox, arguments))))
        .matches_file("federate_errors/refused");

    let disabled = Answer::error(403, "RegionDisabledException", "STS is not activated");
    sandbox.sts().inject(Fault::Answer(disabled).times(1));
    federate(&sandbox, &["--policy", POLICY]).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: the account has not activated STS at STS (RegionDisabledException, request [ID])
mfa-session: hint: activate it in IAM's account settings, or use another --region
"#]]);

    let sandbox = Sandbox::without("sts:GetFederationToken");
    federate(&sandbox, &["--policy", POLICY]).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: permission denied for the access key AKIALOOPBACKALICE234 from `aws_access_key_id` in [default] of ~/.aws/credentials: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sts:GetFederationToken on resource: arn:aws:sts::123456789012:federated-user/carol (AccessDenied, request [ID])
mfa-session: hint: ask for the permission, or name another profile: --profile NAME
"#]]);
    assert_eq!(sandbox.read("credentials"), keys("default"));
}
