//! Whose keys they are: those that an AWS SDK would use.

use loopback_sts::{ALICE, Answer, BOB, Fault, Sample};

use super::answer;
use crate::world::{World, all_are, error, keys};

const ALICES: &str = "account  123456789012\n\
                      arn      arn:aws:iam::123456789012:user/alice\n\
                      user id  AIDAMFWGSY3FAAAAAAAAA\n";
const BOBS: &str = "account  123456789012\n\
                    arn      arn:aws:iam::123456789012:user/bob\n\
                    user id  AIDAMJXWEAAAAAAAAAAAA\n";
const READERS: &str = "account  123456789012\n\
                       arn      arn:aws:sts::123456789012:assumed-role/reader/alice\n\
                       user id  AROAOJSWCZDFOIAAAAAAA:alice\n";

#[test]
fn the_keys_are_those_that_an_sdk_would_use() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str], &'static str);
    let rows: &[Row] = &[
        ("the default profile", |_| (), &[], ALICES),
        (
            "a profile",
            |world| world.write("credentials", &(keys("default") + &of("work", BOB))),
            &["--profile", "work"],
            BOBS,
        ),
        (
            "a profile of the config file",
            |world| world.write("config", &of("profile work", BOB)),
            &["--profile", "work"],
            BOBS,
        ),
        ("a session", with_sessions, &["--profile", "default-mfa"], ALICES),
        ("a session of a role", with_sessions, &["--profile", "default-reader"], READERS),
        (
            "a session in the config file",
            |world| {
                with_sessions(world);
                let (keys, session) = split(&world.read("credentials"), "[default-reader]\n");
                world.write("credentials", &keys);
                world.write("config", &format!("[profile reader]\n{session}"));
            },
            &["--profile", "reader"],
            READERS,
        ),
        (
            "long-term keys beside those of the profile",
            |world| world.write("credentials", &(keys("work") + &of("work-long-term", BOB))),
            &["--profile", "work"],
            ALICES,
        ),
        (
            "long-term keys alone",
            |world| world.write("credentials", &of("work-long-term", BOB)),
            &["--profile", "work"],
            BOBS,
        ),
        ("the environment", |world| set(world, BOB), &[], BOBS),
        (
            "a session of the environment",
            |world| {
                with_sessions(world);
                set_session(world, "AWS_SESSION_TOKEN");
            },
            &[],
            READERS,
        ),
        (
            "the same by the older name of its token",
            |world| {
                with_sessions(world);
                set_session(world, "AWS_SECURITY_TOKEN");
                world.set("AWS_SESSION_TOKEN", "another");
            },
            &[],
            READERS,
        ),
        (
            "a profile before the environment",
            |world| set(world, BOB),
            &["--profile", "default"],
            ALICES,
        ),
        (
            "the environment before a profile's name in it",
            |world| {
                set(world, BOB);
                world.set("AWS_PROFILE", "default");
            },
            &[],
            BOBS,
        ),
    ];
    for (name, prepare, arguments, expected) in rows {
        let mut world = World::new();
        prepare(&mut world);
        let before = world.asked().len();
        let mut command = world.command(crate::world::PROGRAM);
        command.arg("whoami").args(*arguments);
        let outcome = world.outcome(command, "");
        assert_eq!((outcome.status, &*outcome.stderr), (0, ""), "{name}");
        assert_eq!(outcome.stdout, *expected, "{name}");
        assert_eq!(world.asked()[before..], ["GetCallerIdentity OK"], "{name}");
    }
}

#[test]
fn the_keys_are_sent_with_their_token_and_with_none_of_another() {
    let mut world = World::new();
    with_sessions(&mut world);
    let token = world.value("default-reader", "aws_session_token").unwrap();
    let sent = |world: &World| {
        let requests = world.sts().requests();
        requests.last().unwrap().header("x-amz-security-token").map(ToOwned::to_owned)
    };
    world.run(["whoami", "--profile", "default-reader"]).is(0, READERS, "");
    assert_eq!(world.signer(), world.value("default-reader", "aws_access_key_id").unwrap());
    assert_eq!(sent(&world), Some(token));
    world.set("AWS_SESSION_TOKEN", "of nobody");
    world.run(["whoami", "--profile", "default"]).is(0, ALICES, "");
    assert_eq!(world.signer(), ALICE.access_key_id);
    assert_eq!(sent(&world), None);
}

#[test]
fn programs_get_json_with_the_names_of_the_aws_cli() {
    let world = World::new();
    let json = "{\n  \"Account\": \"123456789012\",\n  \
                \"Arn\": \"arn:aws:iam::123456789012:user/alice\",\n  \
                \"UserId\": \"AIDAMFWGSY3FAAAAAAAAA\"\n}\n";
    world.run(["whoami", "--json"]).is(0, json, "");
}

#[test]
fn keys_that_can_not_ask_are_told() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str], i32, &'static str);
    let rows: &[Row] = &[
        (
            "an unknown profile",
            |_| (),
            &["--profile", "nowhere"],
            2,
            "mfa-session: error: --profile: there is no profile `nowhere` in ~/.aws/credentials or \
             ~/.aws/config\n\
             mfa-session: hint: name one of these with --profile: default\n",
        ),
        (
            "a profile without keys",
            |world| world.write("config", "[profile work]\nregion = eu-west-1\n"),
            &["--profile", "work"],
            1,
            "mfa-session: error: the profile `work` has no long-term keys\n\
             mfa-session: hint: name the profile with the user's keys: --profile NAME\n",
        ),
        (
            "a profile with a role",
            |world| world.write("config", "[profile work]\nrole_arn = x\n"),
            &["--profile", "work"],
            1,
            "mfa-session: error: the profile `work` has no long-term keys but `role_arn`\n\
             mfa-session: hint: name the profile with the user's keys: --profile NAME\n",
        ),
        (
            "half a key in the environment",
            |world| {
                world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
            },
            &[],
            1,
            "mfa-session: error: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not\n\
             mfa-session: hint: set both or none, or name a profile: --profile default\n",
        ),
        (
            "a temporary key without its token in the environment",
            |world| {
                set(world, ALICE);
                world.set("AWS_ACCESS_KEY_ID", "ASIALOOPBACKALICE234");
            },
            &[],
            1,
            "mfa-session: error: AWS_ACCESS_KEY_ID is a temporary key, but AWS_SESSION_TOKEN is \
             not set\n\
             mfa-session: hint: set long-term keys, or name a profile that has them: --profile \
             NAME\n",
        ),
        (
            "a key that is gone",
            |world| world.write("credentials", &keys("default").replace("ALICE", "ALIEN")),
            &[],
            4,
            "mfa-session: error: AWS does not know the access key AKIALOOPBACKALIEN234 from \
             `aws_access_key_id` in [default] of ~/.aws/credentials (InvalidClientTokenId, request \
             ID)\n\
             mfa-session: hint: is it deleted, inactive, or of another partition than STS?\n",
        ),
        (
            "another key's secret",
            |world| {
                let text = keys("default").replace("/Loopback", "/loopback");
                world.write("credentials", &text);
            },
            &[],
            4,
            "mfa-session: error: the secret access key beside `aws_access_key_id` in [default] of \
             ~/.aws/credentials is not the one of AKIALOOPBACKALICE234 (SignatureDoesNotMatch, \
             request ID)\n\
             mfa-session: hint: correct the secret access key there\n",
        ),
        (
            "a session that AWS does not know",
            |world| session_of(world, "ASIALOOPBACKALICE234"),
            &["--profile", "gone"],
            4,
            "mfa-session: error: AWS does not know the session ASIALOOPBACKALICE234 from \
             `aws_access_key_id` in [gone] of ~/.aws/credentials (InvalidClientTokenId, request \
             ID)\n\
             mfa-session: hint: is its user's key deleted or inactive, or is it of another \
             partition? to get a new one: mfa-session --force\n",
        ),
        (
            "a session that is over",
            |world| {
                session_of(world, "ASIALOOPBACKALICE234");
                let over = "The security token included in the request is expired";
                world.sts().weather(Fault::Answer(Answer::error(403, "ExpiredToken", over)));
            },
            &["--profile", "gone"],
            4,
            "mfa-session: error: the session ASIALOOPBACKALICE234 from `aws_access_key_id` in \
             [gone] of ~/.aws/credentials is over (ExpiredToken, request ID)\n\
             mfa-session: hint: to get a new one: mfa-session --force\n",
        ),
    ];
    all_are(rows.iter().map(|(name, prepare, arguments, status, stderr)| {
        let mut world = World::new();
        prepare(&mut world);
        let mut command = world.command(crate::world::PROGRAM);
        command.arg("whoami").args(*arguments);
        (*name, world.outcome(command, ""), *status, *stderr)
    }));
}

#[test]
fn what_a_server_says_can_not_move_the_cursor() {
    let identity = "<Account>1\u{9b}2J</Account><Arn>arn\u{202e}\nmfa-session: good</Arn>\
                    <UserId>a\tb</UserId>";
    let world = World::new();
    world.sts().weather(Fault::Answer(answer("GetCallerIdentity", identity)));
    world.run(["whoami"]).is(
        0,
        "account  1\\u{9b}2J\narn      arn\\u{202e}\\nmfa-session: good\nuser id  a\\tb\n",
        "",
    );
    let json = "{\n  \"Account\": \"1\\u009b2J\",\n  \
                \"Arn\": \"arn\\u202e\\nmfa-session: good\",\n  \"UserId\": \"a\\tb\"\n}\n";
    world.run(["whoami", "--json"]).is(0, json, "");
}

#[test]
fn an_answer_without_an_identity_is_none() {
    let world = World::new();
    world.sts().weather(Fault::Answer(answer("GetCallerIdentity", "<Arn>arn</Arn>")));
    let what = "the answer of STS (HTTP 200) is not one of AWS's: a part of it is missing";
    let hint = "look for a proxy or a login page between here and AWS, and at the endpoint";
    world.run(["whoami"]).is(5, "", &error(what, &[hint]));
}

/// A section with somebody's long-term keys.
fn of(section: &str, sample: Sample) -> String {
    format!(
        "[{section}]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        sample.access_key_id, sample.secret_access_key
    )
}

/// Writes a session that STS has not granted to `[gone]`.
fn session_of(world: &World, id: &str) {
    let text = format!(
        "[gone]\naws_access_key_id = {id}\naws_secret_access_key = NotGranted+ByAnybody\n\
         aws_session_token = NotGranted+ByAnybodyAtAll\n"
    );
    world.write("credentials", &text);
}

/// Gets the MFA session, and with it that of role `reader`, called as its user is.
fn with_sessions(world: &mut World) {
    let outcome = world.get(["--role-arn", &world.sts().role_arn("reader")]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
}

fn set(world: &mut World, sample: Sample) {
    world.set("AWS_ACCESS_KEY_ID", sample.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", sample.secret_access_key);
}

/// Sets the session of `reader`, with its token by this name, and forgets the files.
fn set_session(world: &mut World, token: &str) {
    for (variable, key) in [
        ("AWS_ACCESS_KEY_ID", "aws_access_key_id"),
        ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key"),
        (token, "aws_session_token"),
    ] {
        let value = world.value("default-reader", key).unwrap();
        world.hide(&value);
        world.set(variable, value);
    }
    world.write("credentials", "");
}

/// What stands before this line, and what behind it.
fn split(text: &str, line: &str) -> (String, String) {
    let (before, behind) = text.split_once(line).unwrap();
    (before.to_owned(), behind.to_owned())
}
