//! Which account an access key id belongs to.

use loopback_sts::{BOB, Fault};

use super::{answer, world_without};
use crate::world::{World, all_are, error};

#[test]
fn the_account_of_a_key_is_told() {
    let world = World::new();
    world.run(["key-info", BOB.access_key_id]).is(0, "123456789012\n", "");
    let json = "{\n  \"Account\": \"123456789012\"\n}\n";
    world.run(["key-info", BOB.access_key_id, "--json"]).is(0, json, "");
    assert_eq!(world.asked(), ["GetAccessKeyInfo OK"; 2]);
    assert_eq!(world.sts().requests()[0].parameter("AccessKeyId"), Some(BOB.access_key_id));
}

#[test]
fn what_is_no_access_key_id_is_refused_before_it_is_sent() {
    let long = "A".repeat(129);
    let length = "KEY-ID: an access key id has 16 to 128 characters";
    let rows = [
        ("nothing", "", length),
        ("15 characters", "AKIALOOPBACKBOB", length),
        ("129 characters", &*long, length),
        ("a secret", "wJalrXUtnFEMI/K7MDENG", "KEY-ID: there is no `/` in an access key id"),
        ("a blank", " AKIALOOPBACKBOB2345", "KEY-ID: there is no ` ` in an access key id"),
        (
            "an escape",
            "AKIALOOPBACK\u{1b}BOB2",
            "KEY-ID: there is no `\\u{1b}` in an access key id",
        ),
    ];
    let world = World::new();
    let stderr = |what| error(what, &["it looks like AKIAIOSFODNN7EXAMPLE"]);
    all_are(rows.map(|(name, id, what)| (name, world.run(["key-info", id]), 2, stderr(what))));
    let stderr = error("KEY-ID is missing", &["see mfa-session --help"]);
    world.run(["key-info"]).is(2, "", &stderr);
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn what_sts_refuses_is_told() {
    let world = World::new();
    world.run(["key-info", "NOKEYOFANYBODYS2"]).is(
        4,
        "",
        "mfa-session: error: STS refused (HTTP 400): Invalid Access Key Id: NOKEYOFANYBODYS2 \
         (ValidationError, request ID)\n\
         mfa-session: hint: see the code in the AWS documentation\n",
    );
    world_without("sts:GetAccessKeyInfo").run(["key-info", BOB.access_key_id]).is(
        4,
        "",
        "mfa-session: error: AWS denies this to the user of AKIALOOPBACKALICE234: User: \
         arn:aws:iam::123456789012:user/alice is not authorized to perform: sts:GetAccessKeyInfo \
         because no identity-based policy allows the sts:GetAccessKeyInfo action (AccessDenied, \
         request ID)\n\
         mfa-session: hint: ask for the permission, or name another profile: --profile NAME\n",
    );
}

#[test]
fn what_a_server_says_can_not_move_the_cursor() {
    let world = World::new();
    let account = answer("GetAccessKeyInfo", "<Account>1\u{9b}2J\u{202e}</Account>");
    world.sts().weather(Fault::Answer(account));
    world.run(["key-info", BOB.access_key_id]).is(0, "1\\u{9b}2J\\u{202e}\n", "");
    let json = "{\n  \"Account\": \"1\\u009b2J\\u202e\"\n}\n";
    world.run(["key-info", BOB.access_key_id, "--json"]).is(0, json, "");
}
