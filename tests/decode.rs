//! `decode` prints an encoded authorization message.

use loopback_sts::{Answer, Fault};
use snapbox::str;

use crate::sandbox::{Outcome, PROGRAM, Sandbox, Table, answer};

const MESSAGE: &str = r#"{"allowed":false,"context":{"action":"ec2:RunInstances"}}"#;

#[test]
fn prints_a_message_from_an_argument_or_standard_input() {
    let sandbox = Sandbox::new();
    let message = sandbox.sts().encoded_message(MESSAGE);
    prints_message(&sandbox.run(["decode", &message]));
    for arguments in [&["decode"][..], &["decode", "-"]] {
        for input in [message.clone(), format!(" {message}\r\n")] {
            let mut command = sandbox.command(PROGRAM);
            command.args(arguments);
            prints_message(&sandbox.outcome(command, &input));
        }
    }
    let requests = sandbox.sts().requests();
    assert!(requests.iter().all(|it| it.parameter("EncodedMessage") == Some(&message)));
    assert_eq!(requests.len(), 5);
}

#[test]
fn escapes_control_characters() {
    let rows = [
        (
            "escapes in JSON",
            "{\"a\u{9b}\":\"\\u001b[2J\\u202e\"}",
            "{\n  \"a\\u009b\": \"\\u001b[2J\\u202e\"\n}\n",
        ),
        ("no JSON", "a\u{9b}2J\nmfa-session: good", "a\\u{9b}2J\\nmfa-session: good\n"),
        ("JSON that breaks off", "{\"a\": \u{202e}", "{\"a\": \\u{202e}\n"),
    ];
    for (name, message, shown) in rows {
        let sandbox = Sandbox::new();
        let element = format!("<DecodedMessage>{message}</DecodedMessage>");
        let message = answer("DecodeAuthorizationMessage", &element);
        sandbox.sts().inject(Fault::Answer(message));
        let outcome = sandbox.run(["decode", "x"]);
        assert_eq!((outcome.status, &*outcome.stderr), (0, ""), "{name}");
        assert_eq!(outcome.stdout, shown, "{name}");
    }
}

#[test]
fn refuses_an_invalid_message_before_sending_anything() {
    let long = "x".repeat(10_241);
    let huge = "x".repeat((256 << 10) + 1);
    let typed = [("nothing", ""), ("too long", &*long), ("HTML", "<a>")];
    let read = [
        ("nothing", ""),
        ("a blank line", " \n"),
        ("too long", &*long),
        ("HTML", "<a>"),
        ("without an end", &*huge),
    ];
    let sandbox = Sandbox::new();
    Table::of(typed.map(|(name, message)| (name, sandbox.run(["decode", message]))))
        .matches_file("decode/invalid_arguments");
    Table::of(read.map(|(name, input)| (name, sandbox.run_with_input(["decode"], input))))
        .matches_file("decode/invalid_input");
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn explains_errors_of_sts_and_retries_throttled_requests() {
    Sandbox::without("sts:DecodeAuthorizationMessage").run(["decode", "x"]).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: permission denied for the access key AKIALOOPBACKALICE234 from `aws_access_key_id` in [default] of ~/.aws/credentials: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sts:DecodeAuthorizationMessage because no identity-based policy allows the sts:DecodeAuthorizationMessage action (AccessDenied, request [ID])
mfa-session: hint: name a profile with the permission sts:DecodeAuthorizationMessage, which no MFA session has: --profile NAME
"#]]);
    let sandbox = Sandbox::new();
    let changed = sandbox.sts().encoded_message(MESSAGE).replace('1', "2") + "A";
    sandbox.run(["decode", &changed]).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: the message is not one that AWS encoded: Invalid token (InvalidAuthorizationMessageException, request [ID])
mfa-session: hint: give the whole text after `Encoded authorization failure message:`
"#]]);
    let throttling = Answer::error(400, "Throttling", "Rate exceeded");
    sandbox.sts().inject(Fault::Answer(throttling).times(1));
    let message = sandbox.sts().encoded_message(MESSAGE);
    prints_message(&sandbox.run(["decode", &message]));
}

#[track_caller]
fn prints_message(outcome: &Outcome) {
    outcome.matches(str![[r#"
exit 0
--- stdout
{
  "allowed": false,
  "context": {
    "action": "ec2:RunInstances"
  }
}
"#]]);
}
