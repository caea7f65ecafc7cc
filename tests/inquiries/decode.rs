//! What an encoded authorization message says.

use loopback_sts::{Answer, Fault};

use super::{answer, world_without};
use crate::world::{World, all_are, error};

const MESSAGE: &str = r#"{"allowed":false,"context":{"action":"ec2:RunInstances"}}"#;
const SHOWN: &str = "{\n  \"allowed\": false,\n  \"context\": {\n    \
                     \"action\": \"ec2:RunInstances\"\n  }\n}\n";
const HINT: &str = "give all that stands behind `Encoded authorization failure message:`";

#[test]
fn a_message_is_shown_wherever_it_is_from() {
    let world = World::new();
    let message = world.sts().encoded_message(MESSAGE);
    world.run(["decode", &message]).is(0, SHOWN, "");
    for arguments in [&["decode"][..], &["decode", "-"]] {
        for input in [message.clone(), format!(" {message}\r\n")] {
            let mut command = world.command(crate::world::PROGRAM);
            command.args(arguments);
            world.outcome(command, &input).is(0, SHOWN, "");
        }
    }
    let requests = world.sts().requests();
    assert!(requests.iter().all(|it| it.parameter("EncodedMessage") == Some(&message)));
    assert_eq!(requests.len(), 5);
}

#[test]
fn what_it_says_can_not_move_the_cursor() {
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
        let world = World::new();
        let element = format!("<DecodedMessage>{message}</DecodedMessage>");
        let message = answer("DecodeAuthorizationMessage", &element);
        world.sts().weather(Fault::Answer(message));
        let outcome = world.run(["decode", "x"]);
        assert_eq!((outcome.status, &*outcome.stderr), (0, ""), "{name}");
        assert_eq!(outcome.stdout, shown, "{name}");
    }
}

#[test]
fn what_is_no_message_is_refused_before_it_is_sent() {
    let long = "x".repeat(10_241);
    let huge = "x".repeat((256 << 10) + 1);
    let length = "an encoded message has 1 to 10240 characters";
    let character = "there is no `<` in an encoded message";
    let typed = [("nothing", "", length), ("too long", &*long, length), ("HTML", "<a>", character)];
    let read = [
        ("nothing", "", "there is nothing in standard input".to_owned()),
        ("a blank line", " \n", "there is nothing in standard input".to_owned()),
        ("too long", &*long, format!("standard input: {length}")),
        ("HTML", "<a>", format!("standard input: {character}")),
        (
            "without an end",
            &*huge,
            "cannot read standard input: it is larger than 256 KiB".to_owned(),
        ),
    ];
    let world = World::new();
    all_are(typed.map(|(name, message, what)| {
        let what = format!("MESSAGE: {what}");
        (name, world.run(["decode", message]), 2, error(&what, &[HINT]))
    }));
    all_are(read.map(|(name, input, what)| {
        (name, world.run_with_input(["decode"], input), 1, error(&what, &[HINT]))
    }));
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn what_sts_refuses_is_told() {
    world_without("sts:DecodeAuthorizationMessage").run(["decode", "x"]).is(
        4,
        "",
        "mfa-session: error: AWS denies this to the user of AKIALOOPBACKALICE234: User: \
         arn:aws:iam::123456789012:user/alice is not authorized to perform: \
         sts:DecodeAuthorizationMessage because no identity-based policy allows the \
         sts:DecodeAuthorizationMessage action (AccessDenied, request ID)\n\
         mfa-session: hint: only who has the permission sts:DecodeAuthorizationMessage may read \
         it: name a profile that has it, --profile NAME\n",
    );
    let world = World::new();
    let changed = world.sts().encoded_message(MESSAGE).replace('1', "2") + "A";
    world.run(["decode", &changed]).is(
        4,
        "",
        "mfa-session: error: this is no message that AWS encoded: Invalid token \
         (InvalidAuthorizationMessageException, request ID)\n\
         mfa-session: hint: give all that stands behind `Encoded authorization failure message:`\n",
    );
    let throttling = Answer::error(400, "Throttling", "Rate exceeded");
    world.sts().weather(Fault::Answer(throttling).times(1));
    let message = world.sts().encoded_message(MESSAGE);
    world.run(["decode", &message]).is(0, SHOWN, "");
}
