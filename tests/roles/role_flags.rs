//! Parameters of AssumeRole: from flags, else from the profile of the role. The program checks them
//! before it connects.

use std::fs;

use loopback_sts::{ALICE, Answer, EXTERNAL_ID, Fault};
use snapbox::str;

use super::{
    arn, caller, configure, last_sent, operations, run, sandbox, sandbox_with_mfa, sent, with_code,
};
use crate::sandbox::{Sandbox, Table, keys};

const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": []}"#;
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// The parameters of AssumeRole for role `team-0`: these, and the defaults of the others.
fn with_defaults(more: &[&str]) -> Vec<String> {
    let mut parameters = vec![format!("RoleArn={}", arn("team-0"))];
    for (name, default) in [("DurationSeconds", "3600"), ("RoleSessionName", "alice")] {
        if !more.iter().any(|more| more.starts_with(&format!("{name}="))) {
            parameters.push(format!("{name}={default}"));
        }
    }
    parameters.extend(more.iter().map(|&more| more.to_owned()));
    parameters.sort();
    parameters
}

#[test]
fn sends_every_flag_and_setting_of_a_role() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str], &'static [&'static str]);
    let rows: &[Row] = &[
        ("nothing", |_| (), &[], &[]),
        (
            "the settings of the profile",
            |sandbox| {
                let lines =
                    "role_session_name = nightly\nexternal_id = x:/1\nduration_seconds = 900";
                configure(sandbox, "team-0", lines);
            },
            &[],
            &["DurationSeconds=900", "ExternalId=x:/1", "RoleSessionName=nightly"],
        ),
        (
            "flags override the profile",
            |sandbox| {
                let lines =
                    "role_session_name = nightly\nexternal_id = x:/1\nduration_seconds = 900";
                configure(sandbox, "team-0", lines);
            },
            &["--role-session-name", "by@hand", "--external-id", "y-2", "--duration", "30m"],
            &["DurationSeconds=1800", "ExternalId=y-2", "RoleSessionName=by@hand"],
        ),
        (
            "the profile of the keys is ignored",
            |sandbox| {
                configure(sandbox, "work", "role_session_name = x1\nexternal_id = x2");
                configure(sandbox, "work", "duration_seconds = 900");
            },
            &[],
            &[],
        ),
        (
            "the duration of MFA sessions is ignored",
            |sandbox| {
                sandbox.set("MFA_SESSION_DURATION", "15m");
                configure(sandbox, "team-0", "mfa_session_duration = 15m");
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
            |sandbox| fs::write(sandbox.path("policy.json"), format!("{POLICY}\n")).unwrap(),
            &["--policy", "file://policy.json"],
            &["Policy={\"Version\": \"2012-10-17\", \"Statement\": []}\n"],
        ),
        (
            "a policy in a file at home",
            |sandbox| fs::write(sandbox.path("policy.json"), POLICY).unwrap(),
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
        let mut sandbox = sandbox_with_mfa();
        prepare(&mut sandbox);
        let outcome = run(&sandbox, &[&["--profile", "team-0"], *arguments].concat());
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote("team-0-mfa");
        assert_eq!(last_sent(&sandbox), with_defaults(expected), "{name}");
    }
}

#[test]
fn role_arn_flag_ignores_the_settings_of_the_profile() {
    let sandbox = sandbox_with_mfa();
    configure(&sandbox, "team-0", "role_session_name = nightly\nexternal_id = x-1");
    let role = arn("team-0");
    let arguments = ["--profile", "team-0", "--role-arn", &role, "--external-id", "y-2"];
    run(&sandbox, &arguments).wrote("work-team-0");
    assert_eq!(last_sent(&sandbox), with_defaults(&["ExternalId=y-2"]));
}

#[test]
fn role_session_is_named_after_the_user() {
    let sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    assert_eq!(caller(&sandbox, "admin-mfa"), "arn:aws:sts::123456789012:assumed-role/admin/alice");
}

#[test]
fn derives_a_valid_session_name_from_any_user() {
    for (arn, name) in [
        ("user/team/red/alice", "alice"),
        ("user/a", "a--"),
        ("user/al+ice=x,y.z@w-v", "al+ice=x,y.z@w-v"),
        ("user/Zoë", "Zo-"),
        ("root", "root"),
    ] {
        let sandbox = sandbox_with_mfa();
        let answer = Answer::of_another_operation();
        let body = String::from_utf8(answer.body.clone()).unwrap();
        let whole = "<UserId>AIDA</UserId><Account>123456789012</Account><Arn>";
        let body = body.replace("user/alice", arn).replace("<Arn>", whole);
        let answer = Answer { body: body.into_bytes(), ..answer };
        sandbox.sts().inject(Fault::Answer(answer).on_calls().times(1));
        let outcome = run(&sandbox, &["--profile", "team-0"]);
        outcome.wrote("team-0-mfa");
        assert_eq!(
            last_sent(&sandbox),
            with_defaults(&[&format!("RoleSessionName={name}")]),
            "{arn}"
        );
    }
}

#[test]
fn configured_session_name_saves_a_request() {
    let sandbox = sandbox();
    configure(&sandbox, "admin", "role_session_name = nightly");
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    assert_eq!(operations(&sandbox), ["GetSessionToken", "AssumeRole"]);
    assert_eq!(
        caller(&sandbox, "admin-mfa"),
        "arn:aws:sts::123456789012:assumed-role/admin/nightly"
    );
}

#[test]
fn sends_an_external_id_from_flag_or_profile() {
    let sandbox = sandbox_with_mfa();
    let outcome = run(&sandbox, &["--profile", "external"]);
    outcome.replace(sandbox.signer(), "[KEY ID]").matches(str![[r#"
exit 4
--- stderr
mfa-session: error: permission denied for the session [KEY ID] from `aws_access_key_id` in [work-mfa] of ~/.aws/credentials: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/external (AccessDenied, request [ID])
mfa-session: hint: check the role's name, and that its trust policy allows this user, with its conditions (external id, age of the MFA, tags)
mfa-session: hint: the role to assume is arn:aws:iam::123456789012:role/external
mfa-session: hint: the MFA session is stored: no code is lost
"#]]);
    run(&sandbox, &["--profile", "external", "--external-id", EXTERNAL_ID]).wrote("external-mfa");
    configure(&sandbox, "external", &format!("external_id = {EXTERNAL_ID}"));
    run(&sandbox, &["--profile", "external", "--min-remaining", "1h"]).wrote("external-mfa");
}

#[test]
fn flags_apply_to_the_last_role_of_a_chain() {
    let sandbox = sandbox_with_mfa();
    let flags = ["--role-session-name", "by-hand", "--tag", "team=red", "--transitive-tag", "team"];
    let more = ["--source-identity", "zoe", "--policy", POLICY, "--policy-arn", READ_ONLY];
    let arguments = [&["--profile", "deploy"], &flags[..], &more].concat();
    run(&sandbox, &arguments).wrote("deploy-mfa");
    for (parameter, expected) in [
        ("RoleArn", [arn("admin"), arn("deploy")]),
        ("RoleSessionName", ["alice".into(), "by-hand".into()]),
        ("Tags.member.1.Key", [String::new(), "team".into()]),
        ("TransitiveTagKeys.member.1", [String::new(), "team".into()]),
        ("SourceIdentity", [String::new(), "zoe".into()]),
        ("Policy", [String::new(), POLICY.into()]),
        ("PolicyArns.member.1.arn", [String::new(), READ_ONLY.into()]),
    ] {
        assert_eq!(sent(&sandbox, parameter), expected, "{parameter}");
    }
}

#[test]
fn transitive_tag_is_passed_to_the_next_role() {
    let sandbox = sandbox_with_mfa();
    let flags = ["--tag", "team=red", "--transitive-tag", "team"];
    run(&sandbox, &[&["--profile", "admin"], &flags[..]].concat()).wrote("admin-mfa");
    let keys = loopback_sts::Keys {
        access_key_id: sandbox.value("admin-mfa", "aws_access_key_id").unwrap(),
        secret_access_key: sandbox.value("admin-mfa", "aws_secret_access_key").unwrap(),
        session_token: sandbox.value("admin-mfa", "aws_session_token"),
    };
    let role = arn("deploy");
    let mut parameters = vec![("RoleArn", role.as_str()), ("RoleSessionName", "x1")];
    let assume = |parameters: &[_]| sandbox.sts().call(&keys, "AssumeRole", parameters).unwrap();
    assert_eq!(assume(&parameters).status, 200);
    parameters.extend([("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "blue")]);
    let answer = assume(&parameters);
    assert!(answer.body.contains("conflicts with a transitive tag key"), "{}", answer.body);
}

#[test]
fn refuses_role_flags_without_a_role() {
    let rows = [
        ("--role-session-name", "by-hand"),
        ("--external-id", "x-1234"),
        ("--source-identity", "zoe"),
        ("--policy", POLICY),
        ("--policy-arn", READ_ONLY),
        ("--tag", "team=red"),
        ("--transitive-tag", "team"),
    ];
    Table::of(rows.map(|(flag, value)| {
        let sandbox = sandbox();
        let outcome = with_code(&sandbox, &["--profile", "work", flag, value]);
        assert_eq!(sandbox.sts().connections(), 0, "{flag}");
        (flag, outcome)
    }))
    .matches_file("role_flags/no_role");
}

#[test]
fn refuses_invalid_flags_before_connecting() {
    let long = format!(r#"{{"Id": "{}"}}"#, "x".repeat(2048));
    let rows: &[&[&str]] = &[
        &["--role-arn", "admin"],
        &["--role-arn", "arn:aws:iam::123456789012:user/alice"],
        &["--role-arn", ""],
        &["--role-session-name", "x"],
        &["--role-session-name", "by hand"],
        &["--external-id", "x y"],
        &["--source-identity", "a/b"],
        &["--duration", "12h1s"],
        &["--duration", "14m"],
        &["--policy", "[]"],
        &["--policy", "{"],
        &["--policy", &long],
        &["--policy", "file://bad.json"],
        &["--policy-arn", "ReadOnlyAccess"],
        &["--tag", "team"],
        &["--tag", "=red"],
        &["--tag", "a=<b>"],
        &["--tag", "team=red", "--tag", "Team=blue"],
        &["--tag", "team=red", "--transitive-tag", "cost"],
    ];
    Table::of(rows.iter().map(|arguments| {
        let sandbox = sandbox();
        fs::write(sandbox.path("bad.json"), "nonsense").unwrap();
        let outcome = with_code(&sandbox, &[&["--profile", "admin"], *arguments].concat());
        assert_eq!(sandbox.sts().connections(), 0, "{arguments:?}");
        assert_eq!(sandbox.read("credentials"), keys("work"), "{arguments:?}");
        (arguments[1], outcome)
    }))
    .matches_file("role_flags/invalid_flags");
}

#[test]
fn refuses_a_role_of_another_partition_before_connecting() {
    let sandbox = Sandbox::new();
    let role = "arn:aws-cn:iam::123456789012:role/admin";
    let outcome = sandbox.run(["--serial", ALICE.serial_number, "--role-arn", role]);
    outcome.matches(str![[r#"
exit 2
--- stderr
mfa-session: error: --role-arn: the role is in partition aws-cn, the MFA device in aws
mfa-session: hint: name a role of that partition, or another profile: --profile NAME
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn refuses_too_many_tags_or_policies_before_connecting() {
    let tags: Vec<String> = (0..51).flat_map(|n| ["--tag".into(), format!("t{n}=x")]).collect();
    let policies = ["--policy-arn", READ_ONLY].repeat(11);
    let rows = [("tags", tags.iter().map(String::as_str).collect()), ("policies", policies)];
    Table::of(rows.map(|(name, arguments): (_, Vec<&str>)| {
        let sandbox = sandbox();
        let outcome = with_code(&sandbox, &[&["--profile", "admin"], &arguments[..]].concat());
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
        (name, outcome)
    }))
    .matches_file("role_flags/too_many");
}

#[test]
fn reports_an_unreadable_policy_file() {
    let rows = [("no file", "file://nowhere.json"), ("a directory", "file://.aws")];
    Table::of(rows.map(|(name, policy)| {
        let sandbox = sandbox();
        let outcome = with_code(&sandbox, &["--profile", "admin", "--policy", policy]);
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
        (name, outcome)
    }))
    .matches_file("role_flags/policy_files");
}

#[test]
#[cfg_attr(windows, ignore = "needs /dev/zero")]
fn refuses_an_endless_policy_file() {
    let sandbox = sandbox();
    let endless = ["--profile", "admin", "--policy", "file:///dev/zero"];
    with_code(&sandbox, &endless).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: /dev/zero is not a regular file of at most 1 MiB
mfa-session: hint: name a file with a JSON policy document: file://FILE
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn reports_invalid_profile_settings_with_their_origin() {
    let rows = [
        ("duration_seconds", "duration_seconds = 13h"),
        ("role_session_name", "role_session_name = a b"),
        ("external_id", "external_id = x"),
    ];
    Table::of(rows.map(|(key, line)| {
        let sandbox = sandbox();
        configure(&sandbox, "admin", line);
        let outcome = with_code(&sandbox, &["--profile", "admin"]);
        assert_eq!(sandbox.sts().connections(), 0, "{key}");
        (key, outcome)
    }))
    .matches_file("role_flags/invalid_profile_keys");
}

#[test]
fn duration_flag_does_not_apply_to_the_mfa_session() {
    for (prepare, seconds) in [
        ((|_| ()) as fn(&mut Sandbox), "43200"),
        (
            |sandbox| {
                sandbox.set("MFA_SESSION_DURATION", "15m");
            },
            "900",
        ),
        (|sandbox| configure(sandbox, "work", "mfa_session_duration = 20m"), "1200"),
    ] {
        let mut sandbox = sandbox();
        prepare(&mut sandbox);
        let outcome = with_code(&sandbox, &["--profile", "admin", "--duration", "30m"]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let requests = sandbox.sts().requests();
        assert_eq!(requests[0].parameter("DurationSeconds"), Some(seconds));
        assert_eq!(sent(&sandbox, "DurationSeconds"), ["1800"]);
    }
}
