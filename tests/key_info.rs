//! `key-info`: the account of an access key id.

use loopback_sts::{BOB, Fault};
use snapbox::str;

use crate::sandbox::{Sandbox, Table, answer};

#[test]
fn prints_the_account_of_a_key() {
    let sandbox = Sandbox::new();
    sandbox.run(["key-info", BOB.access_key_id]).matches(str![[r#"
exit 0
--- stdout
123456789012
"#]]);
    sandbox.run(["key-info", BOB.access_key_id, "--json"]).matches(str![[r#"
exit 0
--- stdout
{
  "Account": "123456789012"
}
"#]]);
    assert_eq!(sandbox.asked(), ["GetAccessKeyInfo OK"; 2]);
    assert_eq!(sandbox.sts().requests()[0].parameter("AccessKeyId"), Some(BOB.access_key_id));
}

#[test]
fn refuses_an_invalid_id_before_connecting() {
    let long = "A".repeat(129);
    let rows = [
        ("nothing", ""),
        ("15 characters", "AKIALOOPBACKBOB"),
        ("129 characters", &*long),
        ("a secret", "wJalrXUtnFEMI/K7MDENG"),
        ("a blank", " AKIALOOPBACKBOB2345"),
        ("an escape", "AKIALOOPBACK\u{1b}BOB2"),
    ];
    let sandbox = Sandbox::new();
    Table::of(rows.map(|(name, id)| (name, sandbox.run(["key-info", id]))))
        .matches_file("key_info/invalid_ids");
    sandbox.run(["key-info"]).matches(str![[r#"
exit 2
--- stderr
mfa-session: error: the argument KEY-ID is missing
mfa-session: hint: see mfa-session key-info --help
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn reports_sts_errors() {
    let sandbox = Sandbox::new();
    sandbox.run(["key-info", "NOKEYOFANYBODYS2"]).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: STS refused the request (HTTP 400): Invalid Access Key Id: NOKEYOFANYBODYS2 (ValidationError, request [ID])
mfa-session: hint: look up the error code in the AWS documentation
"#]]);
    Sandbox::without("sts:GetAccessKeyInfo").run(["key-info", BOB.access_key_id]).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: permission denied for the access key AKIALOOPBACKALICE234 from `aws_access_key_id` in [default] of ~/.aws/credentials: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sts:GetAccessKeyInfo because no identity-based policy allows the sts:GetAccessKeyInfo action (AccessDenied, request [ID])
mfa-session: hint: ask for the permission, or name another profile: --profile NAME
"#]]);
}

#[test]
fn escapes_control_characters_of_the_answer() {
    let sandbox = Sandbox::new();
    let account = answer("GetAccessKeyInfo", "<Account>1\u{9b}2J\u{202e}</Account>");
    sandbox.sts().inject(Fault::Answer(account));
    sandbox.run(["key-info", BOB.access_key_id]).matches(str![[r#"
exit 0
--- stdout
1\u{9b}2J\u{202e}
"#]]);
    sandbox.run(["key-info", BOB.access_key_id, "--json"]).matches(str![[r#"
exit 0
--- stdout
{
  "Account": "1\u009b2J\u202e"
}
"#]]);
}
