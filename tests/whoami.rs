//! `whoami` shows the owner of the keys that an AWS SDK would use.

use loopback_sts::{ALICE, Answer, BOB, Fault, Sample};
use snapbox::str;

use crate::{
    interop::json_of,
    sandbox::{PROGRAM, Sandbox, Table, answer, keys},
};

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
fn uses_the_keys_that_an_sdk_would_use() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str], &'static str);
    let rows: &[Row] = &[
        ("the default profile", |_| (), &[], ALICES),
        (
            "a profile",
            |sandbox| sandbox.write("credentials", &(keys("default") + &of("work", BOB))),
            &["--profile", "work"],
            BOBS,
        ),
        (
            "a profile of the config file",
            |sandbox| sandbox.write("config", &of("profile work", BOB)),
            &["--profile", "work"],
            BOBS,
        ),
        ("a session", with_sessions, &["--profile", "default-mfa"], ALICES),
        ("a session of a role", with_sessions, &["--profile", "default-reader"], READERS),
        (
            "a session in the config file",
            |sandbox| {
                with_sessions(sandbox);
                let (keys, session) = split(&sandbox.read("credentials"), "[default-reader]\n");
                sandbox.write("credentials", &keys);
                sandbox.write("config", &format!("[profile reader]\n{session}"));
            },
            &["--profile", "reader"],
            READERS,
        ),
        (
            "a profile that also has long-term keys",
            |sandbox| sandbox.write("credentials", &(keys("work") + &of("work-long-term", BOB))),
            &["--profile", "work"],
            ALICES,
        ),
        (
            "a profile that has long-term keys only",
            |sandbox| sandbox.write("credentials", &of("work-long-term", BOB)),
            &["--profile", "work"],
            BOBS,
        ),
        ("variables", |sandbox| set(sandbox, BOB), &[], BOBS),
        (
            "a session in variables",
            |sandbox| {
                with_sessions(sandbox);
                set_session(sandbox, "AWS_SESSION_TOKEN");
            },
            &[],
            READERS,
        ),
        (
            "the older name of the token variable",
            |sandbox| {
                with_sessions(sandbox);
                set_session(sandbox, "AWS_SECURITY_TOKEN");
                sandbox.set("AWS_SESSION_TOKEN", "another");
            },
            &[],
            READERS,
        ),
        (
            "a profile flag before variables",
            |sandbox| set(sandbox, BOB),
            &["--profile", "default"],
            ALICES,
        ),
        (
            "keys in variables before AWS_PROFILE",
            |sandbox| {
                set(sandbox, BOB);
                sandbox.set("AWS_PROFILE", "default");
            },
            &[],
            BOBS,
        ),
    ];
    for (name, prepare, arguments, expected) in rows {
        let mut sandbox = Sandbox::new();
        prepare(&mut sandbox);
        let before = sandbox.asked().len();
        let mut command = sandbox.command(PROGRAM);
        command.arg("whoami").args(*arguments);
        let outcome = sandbox.outcome(command, "");
        assert_eq!((outcome.status, &*outcome.stderr), (0, ""), "{name}");
        assert!(outcome.stdout.starts_with(expected), "{name}: {outcome:?}");
        assert_eq!(sandbox.asked()[before..], ["GetCallerIdentity OK"], "{name}");
    }
}

#[test]
fn uses_the_session_of_the_profiles_role() {
    let mut sandbox = Sandbox::new();
    let role = sandbox.sts().role_arn("reader");
    let config = format!(
        "[profile work]\nrole_arn = {role}\nsource_profile = default\n\
         [profile sdk]\ncredential_process = {PROGRAM} -p work --format process\n"
    );
    sandbox.write("config", &config);
    let before = sandbox.run(["whoami", "--profile", "work"]);
    assert_eq!(sandbox.get(["--profile", "work"]).status, 0);
    let after = sandbox.run(["whoami", "--profile", "work"]);
    assert_eq!(sandbox.signer(), sandbox.value("work-mfa", "aws_access_key_id").unwrap());
    sandbox.set("AWS_PROFILE", "sdk");
    let of_sdk = sandbox.run(["whoami"]);
    assert_eq!(sandbox.signer(), sandbox.value("work-mfa", "aws_access_key_id").unwrap());
    sandbox.write("config", &config.replace("role/reader", "role/admin"));
    let other = sandbox.run(["whoami", "--profile", "work"]);
    let text = sandbox.read("credentials").replace(" = 20", " = 19");
    sandbox.write("credentials", &text);
    sandbox.write("config", &config);
    let expired = sandbox.run(["whoami", "--profile", "work"]);
    Table::of([
        ("before", before),
        ("after", after),
        ("an SDK's profile", of_sdk),
        ("another role", other),
        ("expired", expired),
    ])
    .matches(str![[r#"
=== before
exit 1
--- stderr
mfa-session: error: the profile `work` has `role_arn`, but no long-term keys
mfa-session: hint: name a profile with long-term keys: --profile NAME
mfa-session: hint: or get a session of its role first: mfa-session --profile work

=== after
exit 0
--- stdout
account  123456789012
arn      arn:aws:sts::123456789012:assumed-role/reader/alice
user id  AROAOJSWCZDFOIAAAAAAA:alice
keys     [work-mfa]

=== an SDK's profile
exit 0
--- stdout
account  123456789012
arn      arn:aws:sts::123456789012:assumed-role/reader/alice
user id  AROAOJSWCZDFOIAAAAAAA:alice
keys     [profile sdk]

=== another role
exit 1
--- stderr
mfa-session: error: the profile `work` has `role_arn`, but no long-term keys
mfa-session: hint: name a profile with long-term keys: --profile NAME
mfa-session: hint: or get a session of its role first: mfa-session --profile work

=== expired
exit 1
--- stderr
mfa-session: error: the profile `work` has `role_arn`, but no long-term keys
mfa-session: hint: name a profile with long-term keys: --profile NAME
mfa-session: hint: or get a session of its role first: mfa-session --profile work
"#]]);
}

#[test]
fn sends_keys_only_with_their_own_token() {
    let mut sandbox = Sandbox::new();
    with_sessions(&mut sandbox);
    let token = sandbox.value("default-reader", "aws_session_token").unwrap();
    let sent = |sandbox: &Sandbox| {
        let requests = sandbox.sts().requests();
        requests.last().unwrap().header("x-amz-security-token").map(ToOwned::to_owned)
    };
    sandbox.run(["whoami", "--profile", "default-reader"]).matches(str![[r#"
exit 0
--- stdout
account  123456789012
arn      arn:aws:sts::123456789012:assumed-role/reader/alice
user id  AROAOJSWCZDFOIAAAAAAA:alice
keys     [default-reader]
"#]]);
    assert_eq!(sandbox.signer(), sandbox.value("default-reader", "aws_access_key_id").unwrap());
    assert_eq!(sent(&sandbox), Some(token));
    sandbox.set("AWS_SESSION_TOKEN", "unrelated");
    sandbox.run(["whoami", "--profile", "default"]).matches(str![[r#"
exit 0
--- stdout
account  123456789012
arn      arn:aws:iam::123456789012:user/alice
user id  AIDAMFWGSY3FAAAAAAAAA
keys     [default]
"#]]);
    assert_eq!(sandbox.signer(), ALICE.access_key_id);
    assert_eq!(sent(&sandbox), None);
}

#[test]
fn prints_json_with_the_names_of_the_aws_cli() {
    let sandbox = Sandbox::new();
    sandbox.run(["whoami", "--json"]).matches(str![[r#"
exit 0
--- stdout
{
  "Account": "123456789012",
  "Arn": "arn:aws:iam::123456789012:user/alice",
  "UserId": "AIDAMFWGSY3FAAAAAAAAA"
}
"#]]);
}

#[test]
fn explains_missing_and_rejected_keys() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str]);
    let rows: &[Row] = &[
        ("an unknown profile", |_| (), &["--profile", "nowhere"]),
        (
            "a profile without keys",
            |sandbox| sandbox.write("config", "[profile work]\nregion = eu-west-1\n"),
            &["--profile", "work"],
        ),
        (
            "a profile with a role",
            |sandbox| sandbox.write("config", "[profile work]\nrole_arn = x\n"),
            &["--profile", "work"],
        ),
        (
            "half a key in the environment",
            |sandbox| {
                sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
            },
            &[],
        ),
        (
            "a temporary key without its token in the environment",
            |sandbox| {
                set(sandbox, ALICE);
                sandbox.set("AWS_ACCESS_KEY_ID", "ASIALOOPBACKALICE234");
            },
            &[],
        ),
        (
            "a key that is gone",
            |sandbox| sandbox.write("credentials", &keys("default").replace("ALICE", "ALIEN")),
            &[],
        ),
        (
            "another key's secret",
            |sandbox| {
                let text = keys("default").replace("/Loopback", "/loopback");
                sandbox.write("credentials", &text);
            },
            &[],
        ),
        (
            "a session that AWS does not know",
            |sandbox| session_of(sandbox, "ASIALOOPBACKALICE234"),
            &["--profile", "gone"],
        ),
        (
            "a session that is over",
            |sandbox| {
                session_of(sandbox, "ASIALOOPBACKALICE234");
                let over = "The security token included in the request is expired";
                sandbox.sts().inject(Fault::Answer(Answer::error(403, "ExpiredToken", over)));
            },
            &["--profile", "gone"],
        ),
    ];
    Table::of(rows.iter().map(|(name, prepare, arguments)| {
        let mut sandbox = Sandbox::new();
        prepare(&mut sandbox);
        let mut command = sandbox.command(PROGRAM);
        command.arg("whoami").args(*arguments);
        (*name, sandbox.outcome(command, ""))
    }))
    .matches_file("whoami/errors");
}

#[test]
fn escapes_control_characters_from_the_answer() {
    let identity = "<Account>1\u{9b}2J</Account><Arn>arn\u{202e}\nmfa-session: good</Arn>\
                    <UserId>a\tb</UserId>";
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Answer(answer("GetCallerIdentity", identity)));
    sandbox.run(["whoami"]).matches(str![[r#"
exit 0
--- stdout
account  1\u{9b}2J
arn      arn\u{202e}\nmfa-session: good
user id  a\tb
keys     [default]
"#]]);
    sandbox.run(["whoami", "--json"]).matches(str![[r#"
exit 0
--- stdout
{
  "Account": "1\u009b2J",
  "Arn": "arn\u202e\nmfa-session: good",
  "UserId": "a\tb"
}
"#]]);
}

#[test]
fn rejects_an_answer_without_an_identity() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Answer(answer("GetCallerIdentity", "<Arn>arn</Arn>")));
    sandbox.run(["whoami"]).matches(str![[r#"
exit 5
--- stderr
mfa-session: error: invalid response from STS (HTTP 200): its identity is incomplete
mfa-session: hint: check the endpoint, and look for a proxy or a login page between here and AWS
"#]]);
}

/// A section with the long-term keys of a user.
fn of(section: &str, sample: Sample) -> String {
    format!(
        "[{section}]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        sample.access_key_id, sample.secret_access_key
    )
}

/// Writes a session that STS never granted to `[gone]`.
fn session_of(sandbox: &Sandbox, id: &str) {
    let text = format!(
        "[gone]\naws_access_key_id = {id}\naws_secret_access_key = NotGranted+ByAnybody\n\
         aws_session_token = NotGranted+ByAnybodyAtAll\n"
    );
    sandbox.write("credentials", &text);
}

/// Gets the MFA session and the session of the role `reader`, named like its user.
fn with_sessions(sandbox: &mut Sandbox) {
    let outcome = sandbox.get(["--role-arn", &sandbox.sts().role_arn("reader")]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
}

fn set(sandbox: &mut Sandbox, sample: Sample) {
    sandbox.set("AWS_ACCESS_KEY_ID", sample.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", sample.secret_access_key);
}

/// Moves the session of `reader` from the file to variables, its token to this one.
fn set_session(sandbox: &mut Sandbox, token: &str) {
    for (variable, key) in [
        ("AWS_ACCESS_KEY_ID", "aws_access_key_id"),
        ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key"),
        (token, "aws_session_token"),
    ] {
        let value = sandbox.value("default-reader", key).unwrap();
        sandbox.hide(&value);
        sandbox.set(variable, value);
    }
    sandbox.write("credentials", "");
}

/// The text before and after this line.
fn split(text: &str, line: &str) -> (String, String) {
    let (before, behind) = text.split_once(line).unwrap();
    (before.to_owned(), behind.to_owned())
}

#[test]
fn uses_the_region_that_was_exported_with_the_session() {
    let mut sandbox = Sandbox::new();
    sandbox.write("config", "[default]\nregion = sa-east-1\n");
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "MFA_SESSION_REGION"] {
        sandbox.set(name, "eu-west-1");
    }
    sandbox.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE").set("AWS_SECRET_ACCESS_KEY", "its-secret-key");
    sandbox.set("AWS_SESSION_TOKEN", "its-session-token");
    let region = |arguments: &[&str]| {
        let mut command = sandbox.command(PROGRAM);
        command.args(arguments).args(["--dry-run", "--json"]);
        json_of(&sandbox.outcome(command, ""))["settings"]["region"]["value"].clone()
    };
    assert_eq!(region(&["whoami"]), "eu-west-1");
    // A new session of the profile does not.
    assert_eq!(region(&[]), "sa-east-1");
    assert_eq!(region(&["whoami", "--profile", "default"]), "sa-east-1");
}
