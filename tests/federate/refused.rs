//! What is refused, here and by STS.

use std::fs;

use loopback_sts::{ALICE, Account, Answer, Fault, Sts, User};

use super::{POLICY, READ_ONLY, federate};
use crate::world::{PROGRAM, World, all_are, error, keys};

#[test]
fn what_does_not_fit_is_refused_before_anything_is_sent() {
    type Row<'a> = (&'a str, &'a str, &'a [&'a str], i32, &'a str, &'a str);
    let world = World::new();
    let long = format!(r#"{{"Id": "{}"}}"#, "x".repeat(2040));
    let file = |name: &str, bytes: &[u8]| fs::write(world.path(name), bytes).unwrap();
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
        ("a short name", "c", &[], 2, "NAME: a federated user's name has 2 to 32 characters", NAME),
        (
            "a long name",
            &name,
            &[],
            2,
            "NAME: a federated user's name has 2 to 32 characters",
            NAME,
        ),
        ("a path", "a/b", &[], 2, "NAME: there is no `/` in a federated user's name", NAME),
        ("no duration", "bob", &["-d", "x"], 2, "--duration: `x` is not a time", TIME),
        (
            "a short duration",
            "bob",
            &["-d", "899"],
            2,
            "--duration: `899` is not within 15 minutes and 36 hours",
            DURATION,
        ),
        (
            "a long duration",
            "bob",
            &["-d", "129601"],
            2,
            "--duration: `129601` is not within 15 minutes and 36 hours",
            DURATION,
        ),
        (
            "text for a policy",
            "bob",
            &["--policy", "Allow"],
            2,
            "--policy: the policy is not JSON: expected value at line 1 column 1",
            DOCUMENT,
        ),
        (
            "a list for a policy",
            "bob",
            &["--policy", "[]"],
            2,
            "--policy: a policy is a JSON object",
            DOCUMENT,
        ),
        (
            "a long policy",
            "bob",
            &["--policy", &long],
            2,
            "--policy: the policy has 2050 characters, more than 2048",
            SHORTEN,
        ),
        (
            "no file",
            "bob",
            &["--policy", "file://~/no.json"],
            1,
            "cannot read ~/no.json: No such file or directory (os error 2)",
            FILE,
        ),
        (
            "a directory",
            "bob",
            &["--policy", "file://.aws"],
            1,
            ".aws is no file with a policy",
            FILE,
        ),
        (
            "a device",
            "bob",
            &["--policy", "file:///dev/zero"],
            1,
            "/dev/zero is no file with a policy",
            FILE,
        ),
        (
            "a huge file",
            "bob",
            &["--policy", "file://huge.json"],
            1,
            "huge.json is no file with a policy",
            FILE,
        ),
        (
            "a file of another alphabet",
            "bob",
            &["--policy", "file://latin.json"],
            1,
            "cannot read latin.json: stream did not contain valid UTF-8",
            FILE,
        ),
        (
            "a file of text",
            "bob",
            &["--policy", "file://text.json"],
            2,
            "--policy: text.json: the policy is not JSON: expected value at line 1 column 1",
            DOCUMENT,
        ),
        (
            "a long file",
            "bob",
            &["--policy", "file://long.json"],
            2,
            "--policy: long.json: the policy has 2050 characters, more than 2048",
            SHORTEN,
        ),
        (
            "a role for a policy",
            "bob",
            &["--policy-arn", "arn:aws:iam::123456789012:role/x"],
            2,
            "--policy-arn: `arn:aws:iam::123456789012:role/x` does not name a policy",
            "give it as arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        (
            "eleven policies",
            "bob",
            &arns,
            2,
            "--policy-arn: there are more than 10",
            "leave some out, or put them into one --policy",
        ),
        ("no value of a tag", "bob", &["--tag", "red"], 2, "--tag: `red` has no `=`", TAG),
        ("no key of a tag", "bob", &["--tag", "=red"], 2, "--tag: `=red` is not a tag", TAG),
        ("a bad tag", "bob", &["--tag", "a=<b>"], 2, "--tag: `a=<b>` is not a tag", TAG),
        (
            "a tag twice",
            "bob",
            &["--tag", "a=b", "--tag", "A=c"],
            2,
            "--tag: there are two tags `A`",
            "upper and lower case do not tell them apart",
        ),
        ("51 tags", "bob", &tags, 2, "--tag: there are more than 50 tags", "leave some out"),
        (
            "a profile with keys",
            "bob",
            &["--to", "default"],
            1,
            "[default] in ~/.aws/credentials holds long-term keys, which are never overwritten",
            "name another session profile: --to NAME",
        ),
    ];
    all_are(rows.iter().map(|(case, name, arguments, status, what, hint)| {
        let mut command = world.command(PROGRAM);
        command.args(["federate", "--policy-arn", READ_ONLY, name]).args(*arguments);
        (*case, world.outcome(command, ""), *status, error(what, &[hint]))
    }));
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn keys_of_a_session_are_refused_before_they_are_sent() {
    let mut world = World::new();
    let session = "[work]\naws_access_key_id = ASIALOOPBACKALICE234\n\
                   aws_secret_access_key = NotGranted+ByAnybody\n\
                   aws_session_token = NotGranted+ByAnybodyAtAll\n";
    world.write("credentials", session);
    let what = "the keys in [work] of ~/.aws/credentials are temporary";
    let hint = "a session is made from long-term keys: name their profile, --profile NAME";
    federate(&world, &["--profile", "work"]).is(1, "", &error(what, &[hint]));

    world.set("AWS_PROFILE", "work");
    world.set("AWS_ACCESS_KEY_ID", "ASIALOOPBACKALICE234");
    world.set("AWS_SECRET_ACCESS_KEY", "NotGranted+ByAnybody");
    world.set("AWS_SESSION_TOKEN", "NotGranted+ByAnybodyAtAll");
    let told = "mfa-session: the keys in the environment are a session; looking at the profile \
                `work`\n";
    federate(&world, &[]).is(1, "", &format!("{told}{}", error(what, &[hint])));
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn what_sts_refuses_is_told_with_the_next_step() {
    type Row<'a> = (&'a str, &'a [&'a str], String);
    let statement = "the session policies and tags are too large: Packed policy consumes";
    let large = format!(r#"{{"Statement":[], "Id": "{}"}}"#, "x".repeat(2000));
    let rows: &[Row<'_>] = &[
        (
            "a policy without a statement",
            &["--policy", "{}"],
            error(
                "AWS can't read the session policy: Syntax errors in policy. \
                 (MalformedPolicyDocument, request ID)",
                &["correct the JSON of --policy"],
            ),
        ),
        (
            "policies that are too large",
            &["--policy", &large, "--policy-arn", READ_ONLY, "--tag", "team=red"],
            error(
                &format!(
                    "{statement} 102% of allotted space, please use smaller policy. \
                     (PackedPolicyTooLarge, request ID)"
                ),
                &["shorten --policy, or name fewer --policy-arn and --tag"],
            ),
        ),
    ];
    let world = World::new();
    let refused = rows
        .iter()
        .map(|(name, arguments, stderr)| (*name, federate(&world, arguments), 4, stderr.as_str()));
    all_are(refused);

    let disabled = Answer::error(403, "RegionDisabledException", "STS is not activated");
    world.sts().weather(Fault::Answer(disabled).times(1));
    federate(&world, &["--policy", POLICY]).is(
        4,
        "",
        "mfa-session: error: the account has not activated STS at STS (RegionDisabledException, \
         request ID)\n\
         mfa-session: hint: activate it in IAM's account settings, or take another --region\n",
    );

    let alice = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
    let alice = alice.withhold("sts:GetFederationToken");
    let world = World::with(Sts::start(Account::default().user(alice)));
    federate(&world, &["--policy", POLICY]).is(
        4,
        "",
        "mfa-session: error: AWS denies this to the user of AKIALOOPBACKALICE234: User: \
         arn:aws:iam::123456789012:user/alice is not authorized to perform: \
         sts:GetFederationToken on resource: arn:aws:sts::123456789012:federated-user/carol \
         (AccessDenied, request ID)\n\
         mfa-session: hint: ask for the permission, or name another profile: --profile NAME\n",
    );
    assert_eq!(world.read("credentials"), keys("default"));
}

const NAME: &str = "use letters, digits and _+=,.@-";
const TIME: &str = "write it as 12h, 90m, 1h30m, or as a number of seconds";
const DURATION: &str = "STS gives sessions of 15m to 36h (900 to 129600 seconds)";
const DOCUMENT: &str = "give a JSON policy document, or file://FILE with one in it";
const SHORTEN: &str = "shorten it, or name a managed one: --policy-arn ARN";
const FILE: &str = "name a file with a JSON policy document: file://FILE";
const TAG: &str = "give it as KEY=VALUE, of letters, digits, blanks and _.:/=+-@";
