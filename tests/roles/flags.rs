//! What a role's session is asked for with: said by flag, else in the profile of the role; checked
//! before anything is sent.

use std::fs;

use loopback_sts::{ALICE, Answer, EXTERNAL_ID, Fault};

use super::{
    arn, asked_for, configure, last_sent, run, sent, who, with_code, world, world_with_mfa,
};
use crate::world::{World, all_are, error, keys};

const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": []}"#;
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// What AssumeRole says of role `team-0` where nothing is said about it, and this besides.
fn said(more: &[&str]) -> Vec<String> {
    let mut said = vec![format!("RoleArn={}", arn("team-0"))];
    for (name, default) in [("DurationSeconds", "3600"), ("RoleSessionName", "alice")] {
        if !more.iter().any(|more| more.starts_with(&format!("{name}="))) {
            said.push(format!("{name}={default}"));
        }
    }
    said.extend(more.iter().map(|&more| more.to_owned()));
    said.sort();
    said
}

#[test]
fn everything_that_is_said_of_a_role_is_sent() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str], &'static [&'static str]);
    let rows: &[Row] = &[
        ("nothing", |_| (), &[], &[]),
        (
            "what is in the profile",
            |world| {
                let lines =
                    "role_session_name = nightly\nexternal_id = x:/1\nduration_seconds = 900";
                configure(world, "team-0", lines);
            },
            &[],
            &["DurationSeconds=900", "ExternalId=x:/1", "RoleSessionName=nightly"],
        ),
        (
            "flags before the profile",
            |world| {
                let lines =
                    "role_session_name = nightly\nexternal_id = x:/1\nduration_seconds = 900";
                configure(world, "team-0", lines);
            },
            &["--role-session-name", "by@hand", "--external-id", "y-2", "--duration", "30m"],
            &["DurationSeconds=1800", "ExternalId=y-2", "RoleSessionName=by@hand"],
        ),
        (
            "the profile of the keys is not asked",
            |world| {
                configure(world, "work", "role_session_name = x1\nexternal_id = x2");
                configure(world, "work", "duration_seconds = 900");
            },
            &[],
            &[],
        ),
        (
            "the duration of MFA sessions is not that of roles",
            |world| {
                world.set("MFA_SESSION_DURATION", "15m");
                configure(world, "team-0", "mfa_session_duration = 15m");
            },
            &[],
            &[],
        ),
        ("a source identity", |_| (), &["--source-identity", "zoe"], &["SourceIdentity=zoe"]),
        (
            "tags",
            |_| (),
            &["--tag", "team=red", "--tag", "Größe=1 m=x", "--tag", "empty="],
            &[
                "Tags.member.1.Key=team",
                "Tags.member.1.Value=red",
                "Tags.member.2.Key=Größe",
                "Tags.member.2.Value=1 m=x",
                "Tags.member.3.Key=empty",
                "Tags.member.3.Value=",
            ],
        ),
        (
            "transitive tags",
            |_| (),
            &["--tag", "team=red", "--transitive-tag", "team", "--tag", "cost=1"],
            &[
                "Tags.member.1.Key=team",
                "Tags.member.1.Value=red",
                "Tags.member.2.Key=cost",
                "Tags.member.2.Value=1",
                "TransitiveTagKeys.member.1=team",
            ],
        ),
        (
            "a policy",
            |_| (),
            &["--policy", POLICY],
            &[r#"Policy={"Version": "2012-10-17", "Statement": []}"#],
        ),
        (
            "a policy in a file",
            |world| fs::write(world.path("policy.json"), format!("{POLICY}\n")).unwrap(),
            &["--policy", "file://policy.json"],
            &["Policy={\"Version\": \"2012-10-17\", \"Statement\": []}\n"],
        ),
        (
            "a policy in a file at home",
            |world| fs::write(world.path("policy.json"), POLICY).unwrap(),
            &["--policy", "file://~/policy.json"],
            &[r#"Policy={"Version": "2012-10-17", "Statement": []}"#],
        ),
        (
            "managed policies",
            |_| (),
            &["--policy-arn", READ_ONLY, "--policy-arn", "arn:aws:iam::123456789012:policy/x"],
            &[
                "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess",
                "PolicyArns.member.2.arn=arn:aws:iam::123456789012:policy/x",
            ],
        ),
    ];
    for (name, prepare, arguments, expected) in rows {
        let mut world = world_with_mfa();
        prepare(&mut world);
        let outcome = run(&world, &[&["--profile", "team-0"], *arguments].concat());
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote("team-0-mfa");
        assert_eq!(last_sent(&world), said(expected), "{name}");
    }
}

#[test]
fn the_same_can_be_said_of_a_role_that_is_typed() {
    let world = world_with_mfa();
    configure(&world, "team-0", "role_session_name = nightly\nexternal_id = x-1");
    let role = arn("team-0");
    let arguments = ["--profile", "team-0", "--role-arn", &role, "--external-id", "y-2"];
    run(&world, &arguments).wrote("work-team-0");
    assert_eq!(last_sent(&world), said(&["ExternalId=y-2"]));
}

#[test]
fn the_session_is_called_as_the_user_is() {
    let world = world();
    assert_eq!(with_code(&world, &["--profile", "admin"]).status, 0);
    assert_eq!(who(&world, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/alice");
}

#[test]
fn every_user_has_a_name_for_the_session() {
    for (arn, name) in [
        ("user/team/red/alice", "alice"),
        ("user/a", "a--"),
        ("user/al+ice=x,y.z@w-v", "al+ice=x,y.z@w-v"),
        ("user/Zoë", "Zo-"),
        ("root", "root"),
    ] {
        let world = world_with_mfa();
        let answer = Answer::of_another_operation();
        let body = String::from_utf8(answer.body.clone()).unwrap();
        let whole = "<UserId>AIDA</UserId><Account>123456789012</Account><Arn>";
        let body = body.replace("user/alice", arn).replace("<Arn>", whole);
        let answer = Answer { body: body.into_bytes(), ..answer };
        world.sts().weather(Fault::Answer(answer).on_calls().times(1));
        let outcome = run(&world, &["--profile", "team-0"]);
        outcome.wrote("team-0-mfa");
        assert_eq!(last_sent(&world), said(&[&format!("RoleSessionName={name}")]), "{arn}");
    }
}

#[test]
fn who_says_how_the_session_is_called_needs_no_other_question() {
    let world = world();
    configure(&world, "admin", "role_session_name = nightly");
    assert_eq!(with_code(&world, &["--profile", "admin"]).status, 0);
    assert_eq!(asked_for(&world), ["GetSessionToken", "AssumeRole"]);
    assert_eq!(who(&world, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/nightly");
}

#[test]
fn a_role_with_an_external_id_is_had_with_it() {
    let world = world_with_mfa();
    let message = "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: \
                   sts:AssumeRole on resource: arn:aws:iam::123456789012:role/external";
    let outcome = run(&world, &["--profile", "external"]);
    assert_eq!(outcome.status, 4);
    assert!(outcome.stderr.contains(message), "{outcome:?}");
    run(&world, &["--profile", "external", "--external-id", EXTERNAL_ID]).wrote("external-mfa");
    configure(&world, "external", &format!("external_id = {EXTERNAL_ID}"));
    run(&world, &["--profile", "external", "--min-remaining", "1h"]).wrote("external-mfa");
}

#[test]
fn what_is_typed_is_said_of_the_role_that_is_wanted() {
    let world = world_with_mfa();
    let flags = ["--role-session-name", "by-hand", "--tag", "team=red", "--transitive-tag", "team"];
    let more = ["--source-identity", "zoe", "--policy", POLICY, "--policy-arn", READ_ONLY];
    let arguments = [&["--profile", "deploy"], &flags[..], &more].concat();
    run(&world, &arguments).wrote("deploy-mfa");
    for (parameter, expected) in [
        ("RoleArn", [arn("admin"), arn("deploy")]),
        ("RoleSessionName", ["alice".into(), "by-hand".into()]),
        ("Tags.member.1.Key", [String::new(), "team".into()]),
        ("TransitiveTagKeys.member.1", [String::new(), "team".into()]),
        ("SourceIdentity", [String::new(), "zoe".into()]),
        ("Policy", [String::new(), POLICY.into()]),
        ("PolicyArns.member.1.arn", [String::new(), READ_ONLY.into()]),
    ] {
        assert_eq!(sent(&world, parameter), expected, "{parameter}");
    }
}

#[test]
fn a_transitive_tag_stays_with_the_sessions_of_further_roles() {
    let world = world_with_mfa();
    let flags = ["--tag", "team=red", "--transitive-tag", "team"];
    run(&world, &[&["--profile", "admin"], &flags[..]].concat()).wrote("admin-mfa");
    let keys = loopback_sts::Keys {
        access_key_id: world.value("admin-mfa", "aws_access_key_id").unwrap(),
        secret_access_key: world.value("admin-mfa", "aws_secret_access_key").unwrap(),
        session_token: world.value("admin-mfa", "aws_session_token"),
    };
    let role = arn("deploy");
    let mut parameters = vec![("RoleArn", role.as_str()), ("RoleSessionName", "x1")];
    let assume = |parameters: &[_]| world.sts().call(&keys, "AssumeRole", parameters).unwrap();
    assert_eq!(assume(&parameters).status, 200);
    parameters.extend([("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "blue")]);
    let answer = assume(&parameters);
    assert!(answer.body.contains("conflicts with a transitive tag key"), "{}", answer.body);
}

#[test]
fn flags_for_a_role_need_one() {
    let rows = [
        ("--role-session-name", "by-hand"),
        ("--external-id", "x-1234"),
        ("--source-identity", "zoe"),
        ("--policy", POLICY),
        ("--policy-arn", READ_ONLY),
        ("--tag", "team=red"),
        ("--transitive-tag", "team"),
    ];
    all_are(rows.map(|(flag, value)| {
        let world = world();
        let outcome = with_code(&world, &["--profile", "work", flag, value]);
        assert_eq!(world.sts().connections(), 0, "{flag}");
        let what = format!("{flag}: there is no role that this could be for");
        let hint = "name one: --role-arn ARN, or a profile that has one: --profile NAME";
        (flag, outcome, 2, error(&what, &[hint]))
    }));
}

#[test]
fn what_no_role_could_be_asked_with_is_refused_before_anything_is_sent() {
    const NAME: &str = "use letters, digits and _+=,.@-";
    const ARN: &str = "give it as arn:aws:iam::123456789012:role/NAME";
    const POLICY_HINT: &str = "give a JSON policy document, or file://FILE with one in it";
    const TAG: &str = "give it as KEY=VALUE, of letters, digits, blanks and _.:/=+-@";
    const LASTS: &str = "STS gives sessions of roles of 15m to 12h (900 to 43200 seconds)";
    let long = format!(r#"{{"Id": "{}"}}"#, "x".repeat(2048));
    let rows: &[(&[&str], &str, &str)] = &[
        (&["--role-arn", "admin"], "--role-arn: `admin` is not the ARN of a thing in IAM", ARN),
        (
            &["--role-arn", "arn:aws:iam::123456789012:user/alice"],
            "--role-arn: `arn:aws:iam::123456789012:user/alice` does not name a role",
            ARN,
        ),
        (&["--role-arn", ""], "--role-arn: `` is not the ARN of a thing in IAM", ARN),
        (
            &["--role-session-name", "x"],
            "--role-session-name: a role session name has 2 to 64 characters",
            NAME,
        ),
        (
            &["--role-session-name", "by hand"],
            "--role-session-name: there is no ` ` in a role session name",
            NAME,
        ),
        (
            &["--external-id", "x y"],
            "--external-id: there is no ` ` in an external id",
            "it is the text that the owner of the role agreed on",
        ),
        (
            &["--source-identity", "a/b"],
            "--source-identity: there is no `/` in a source identity",
            NAME,
        ),
        (
            &["--duration", "12h1s"],
            "--duration: `12h1s` is not within 15 minutes and 12 hours",
            LASTS,
        ),
        (&["--duration", "14m"], "--duration: `14m` is not within 15 minutes and 12 hours", LASTS),
        (&["--policy", "[]"], "--policy: a policy is a JSON object", POLICY_HINT),
        (
            &["--policy", "{"],
            "--policy: the policy is not JSON: EOF while parsing an object at line 1 column 1",
            POLICY_HINT,
        ),
        (
            &["--policy", &long],
            "--policy: the policy has 2058 characters, more than 2048",
            "shorten it, or name a managed one: --policy-arn ARN",
        ),
        (
            &["--policy", "file://bad.json"],
            "--policy: bad.json: the policy is not JSON: expected ident at line 1 column 2",
            POLICY_HINT,
        ),
        (
            &["--policy-arn", "ReadOnlyAccess"],
            "--policy-arn: `ReadOnlyAccess` is not the ARN of a thing in IAM",
            "give it as arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        (&["--tag", "team"], "--tag: `team` has no `=`", TAG),
        (&["--tag", "=red"], "--tag: `=red` is not a tag", TAG),
        (&["--tag", "a=<b>"], "--tag: `a=<b>` is not a tag", TAG),
        (
            &["--tag", "team=red", "--tag", "Team=blue"],
            "--tag: there are two tags `Team`",
            "upper and lower case do not tell them apart",
        ),
        (
            &["--tag", "team=red", "--transitive-tag", "cost"],
            "--transitive-tag: there is no tag `cost` that could go on to further roles",
            "add it: --tag cost=VALUE",
        ),
    ];
    all_are(rows.iter().map(|(arguments, what, hint)| {
        let world = world();
        fs::write(world.path("bad.json"), "nonsense").unwrap();
        let outcome = with_code(&world, &[&["--profile", "admin"], *arguments].concat());
        assert_eq!(world.sts().connections(), 0, "{arguments:?}");
        assert_eq!(world.read("credentials"), keys("work"), "{arguments:?}");
        (arguments[1], outcome, 2, error(what, &[hint]))
    }));
}

#[test]
fn a_role_of_another_partition_than_the_devices_is_refused_before_anything_is_sent() {
    let world = World::new();
    let role = "arn:aws-cn:iam::123456789012:role/admin";
    let outcome = world.run(["--serial", ALICE.serial_number, "--role-arn", role]);
    let what = "--role-arn: a role in partition aws-cn does not go with the MFA device in aws";
    let hint = "name a role of that partition, or another profile: --profile NAME";
    outcome.is(2, "", &error(what, &[hint]));
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn too_many_are_refused_before_anything_is_sent() {
    let tags: Vec<String> = (0..51).flat_map(|n| ["--tag".into(), format!("t{n}=x")]).collect();
    let policies = ["--policy-arn", READ_ONLY].repeat(11);
    let rows = [
        (
            "tags",
            tags.iter().map(String::as_str).collect(),
            "--tag: there are more than 50 tags",
            "leave some out",
        ),
        (
            "policies",
            policies,
            "--policy-arn: there are more than 10",
            "leave some out, or put them into one --policy",
        ),
    ];
    all_are(rows.map(|(name, arguments, what, hint): (_, Vec<&str>, _, _)| {
        let world = world();
        let outcome = with_code(&world, &[&["--profile", "admin"], &arguments[..]].concat());
        assert_eq!(world.sts().connections(), 0, "{name}");
        (name, outcome, 2, error(what, &[hint]))
    }));
}

#[test]
fn a_policy_that_cannot_be_read_is_told() {
    let rows = [
        (
            "no file",
            "file://nowhere.json",
            "cannot read nowhere.json: No such file or directory (os error 2)",
        ),
        ("a directory", "file://.aws", ".aws is no file with a policy"),
        ("no end", "file:///dev/zero", "/dev/zero is no file with a policy"),
    ];
    all_are(rows.map(|(name, policy, what)| {
        let world = world();
        let outcome = with_code(&world, &["--profile", "admin", "--policy", policy]);
        assert_eq!(world.sts().connections(), 0, "{name}");
        (name, outcome, 1, error(what, &["name a file with a JSON policy document: file://FILE"]))
    }));
}

#[test]
fn what_a_profile_says_wrongly_of_its_role_is_told_with_its_place() {
    let lasts = "STS gives sessions of roles of 15m to 12h (900 to 43200 seconds)";
    let rows = [
        (
            "duration_seconds",
            "duration_seconds = 13h",
            "`13h` is not within 15 minutes and 12 hours",
            lasts,
        ),
        (
            "role_session_name",
            "role_session_name = a b",
            "there is no ` ` in a role session name",
            "use letters, digits and _+=,.@-",
        ),
        (
            "external_id",
            "external_id = x",
            "an external id has 2 to 1224 characters",
            "it is the text that the owner of the role agreed on",
        ),
    ];
    all_are(rows.map(|(key, line, problem, hint)| {
        let world = world();
        configure(&world, "admin", line);
        let outcome = with_code(&world, &["--profile", "admin"]);
        assert_eq!(world.sts().connections(), 0, "{key}");
        let what = format!("`{key}` in [profile admin] of ~/.aws/config: {problem}");
        (key, outcome, 1, error(&what, &[hint]))
    }));
}

#[test]
fn the_duration_of_the_mfa_session_is_said_elsewhere() {
    for (prepare, seconds) in [
        ((|_| ()) as fn(&mut World), "43200"),
        (
            |world| {
                world.set("MFA_SESSION_DURATION", "15m");
            },
            "900",
        ),
        (|world| configure(world, "work", "mfa_session_duration = 20m"), "1200"),
    ] {
        let mut world = world();
        prepare(&mut world);
        let outcome = with_code(&world, &["--profile", "admin", "--duration", "30m"]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let requests = world.sts().requests();
        assert_eq!(requests[0].parameter("DurationSeconds"), Some(seconds));
        assert_eq!(sent(&world, "DurationSeconds"), ["1800"]);
    }
}
