//! What AWS refuses of a role is told, and costs no code: the MFA session is kept.

use loopback_sts::{Account, Answer, Cut, Fault, Role, Sts};

use super::{
    WAYS, arn, asked_for, config, configure, good, role_profile, run, sent, with_code, world,
    world_with_mfa,
};
use crate::world::{World, all_are, error, keys};

const PERMISSION: &str = "does the role's trust policy let this user in, and under which \
                          conditions (external id, age of the MFA, tags)? is the role's name \
                          right?";

/// What every failure says at the end.
fn wanted(role: &str) -> String {
    format!("this was for {}", arn(role))
}

const KEPT: &str = "the MFA session is kept: no code is lost";

fn denied(world: &World, role: &str) -> String {
    let id = world.value("work-mfa", "aws_access_key_id").unwrap();
    format!(
        "AWS denies this to the session {id}: User: arn:aws:iam::123456789012:user/alice is not \
         authorized to perform: sts:AssumeRole on resource: {} (AccessDenied, request ID)",
        arn(role)
    )
}

#[test]
fn a_role_that_does_not_let_the_user_in_costs_no_code() {
    for role in ["external", "deploy", "nobodys"] {
        let world = world();
        let role_arn = arn(role);
        let outcome = with_code(&world, &["--profile", "work", "--role-arn", &role_arn]);
        let failure = error(&denied(&world, role), &[PERMISSION, &wanted(role), KEPT]);
        outcome.is(4, "", &(good(&["work-mfa"]) + &failure));
        assert_eq!(world.asked().last().unwrap(), "AssumeRole AccessDenied");
        run(&world, &["--profile", "admin"]).wrote("admin-mfa");
    }
}

#[test]
fn a_role_on_the_way_that_does_not_let_in_is_named() {
    let world = world_with_mfa();
    let text = world.read("config").replace(&role_profile("deploy", "admin"), "");
    world.write("config", &(text + &role_profile("deploy", "team-0")));
    let outcome = run(&world, &["--profile", "deploy"]);
    assert_eq!(world.asked()[2..], ["AssumeRole OK", "AssumeRole AccessDenied"]);
    assert_eq!(outcome.status, 4);
    let user = "User: arn:aws:sts::123456789012:assumed-role/team-0/alice is not authorized";
    assert!(outcome.stderr.contains(user), "{outcome:?}");
    assert!(outcome.stderr.ends_with(&error("", &[&wanted("deploy"), KEPT])[21..]), "{outcome:?}");
}

#[test]
fn more_than_the_role_allows_is_told() {
    let world = world();
    let outcome = with_code(&world, &["--profile", "admin", "--duration", "2h"]);
    let what = "the role's sessions don't last that long: The requested DurationSeconds exceeds \
                the MaxSessionDuration set for this role. (ValidationError, request ID)";
    let hint = "ask for less: --duration 1h, or `duration_seconds` in the profile";
    let failure = error(what, &[hint, &wanted("admin"), KEPT]);
    outcome.is(4, "", &(good(&["work-mfa"]) + &failure));
    run(&world, &["--profile", "admin", "--duration", "1h"]).wrote("admin-mfa");
}

#[test]
fn a_role_that_allows_more_than_an_hour_gives_it() {
    let long = Role::new("team-0").trust_account().requires_mfa().max_session_duration(43_200);
    let world = World::with(Sts::start(Account::default().role(long)));
    world.write("credentials", &keys("work"));
    world.write("config", &config());
    configure(&world, "team-0", "duration_seconds = 43200");
    with_code(&world, &["--profile", "team-0"]).is(0, "", &good(&["work-mfa", "team-0-mfa"]));
    let min_remaining = ["--profile", "team-0", "--min-remaining", "11h"];
    run(&world, &min_remaining).wrote("team-0-mfa");
    assert_eq!(sent(&world, "DurationSeconds"), ["43200"]);
}

#[test]
fn what_sts_finds_wrong_with_a_policy_is_told() {
    let long = "x".repeat(120);
    let arns: Vec<String> =
        (0..10).map(|n| format!("arn:aws:iam::123456789012:policy/{n}{long}")).collect();
    let statement = format!(r#"{{"Statement": [], "Id": "{}"}}"#, "x".repeat(1000));
    let mut too_large = vec!["--policy", &statement];
    too_large.extend(arns.iter().flat_map(|arn| ["--policy-arn", arn]));
    let rows: [(&str, Vec<&str>, &str, &str); 2] = [
        (
            "no policy",
            vec!["--policy", "{\"Version\": \"2012-10-17\"}"],
            "AWS can't read the session policy: Syntax errors in policy. \
             (MalformedPolicyDocument, request ID)",
            "correct the JSON of --policy",
        ),
        (
            "too large",
            too_large,
            "the session policies and tags are too large: Packed policy consumes 126% of allotted \
             space, please use smaller policy. (PackedPolicyTooLarge, request ID)",
            "shorten --policy, or name fewer --policy-arn and --tag",
        ),
    ];
    all_are(rows.map(|(name, arguments, what, hint)| {
        let world = world_with_mfa();
        let before = world.read("credentials");
        let outcome = run(&world, &[&["--profile", "admin"], &arguments[..]].concat());
        assert_eq!(world.read("credentials"), before, "{name}");
        (name, outcome, 4, error(what, &[hint, &wanted("admin"), KEPT]))
    }));
}

#[test]
fn every_error_that_assume_role_can_meet_is_told() {
    let rows = [
        (
            403,
            "RegionDisabledException",
            "STS is not activated in this region",
            4,
            "the account has not activated STS at STS",
            "activate it in IAM's account settings, or take another --region",
        ),
        (
            403,
            "ExpiredTokenException",
            "The security token included in the request is expired",
            4,
            "the session ASIA from `aws_access_key_id` in [work-mfa] of ~/.aws/credentials is over",
            "to get a new one: mfa-session --force",
        ),
        (
            400,
            "ExpiredToken",
            "The security token included in the request is expired",
            4,
            "the session ASIA from `aws_access_key_id` in [work-mfa] of ~/.aws/credentials is over",
            "to get a new one: mfa-session --force",
        ),
        (
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            4,
            "AWS does not know the session ASIA from `aws_access_key_id` in [work-mfa] of \
             ~/.aws/credentials",
            "is its user's key deleted or inactive, or is it of another partition? to get a new \
             one: mfa-session --force",
        ),
        (
            400,
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
            4,
            "AWS can't read the session policy: Syntax errors in policy.",
            "correct the JSON of --policy",
        ),
        (
            400,
            "PackedPolicyTooLarge",
            "Packed size of session tags consumes 101% of allotted space.",
            4,
            "the session policies and tags are too large: Packed size of session tags consumes \
             101% of allotted space.",
            "shorten --policy, or name fewer --policy-arn and --tag",
        ),
        (
            400,
            "Throttling",
            "Rate exceeded",
            5,
            "STS has too much to do (HTTP 400): Rate exceeded",
            "try again in a moment",
        ),
        (
            503,
            "ServiceUnavailable",
            "Come back later",
            5,
            "STS can't answer now (HTTP 503): Come back later",
            "try again in a moment",
        ),
    ];
    all_are(rows.map(|(http, code, message, status, what, hint)| {
        let mut world = world_with_mfa();
        // The pauses between further attempts are another test's.
        world.set("AWS_MAX_ATTEMPTS", "1");
        configure(&world, "admin", "role_session_name = nightly");
        let before = world.read("credentials");
        world.sts().weather(Fault::Answer(Answer::error(http, code, message)).on_calls());
        let outcome = run(&world, &["--profile", "admin"]);
        assert_eq!(world.asked()[1..], ["AssumeRole Answer"], "{code}");
        assert_eq!(world.read("credentials"), before, "{code}");
        world.sts().clear_weather();
        run(&world, &["--profile", "admin"]).wrote("admin-mfa");
        let id = world.value("work-mfa", "aws_access_key_id").unwrap();
        let what = format!("{} ({code}, request ID)", what.replace("ASIA", &id));
        (code, outcome, status, error(&what, &[hint, &wanted("admin"), KEPT]))
    }));
}

#[test]
fn a_user_whose_name_is_not_told_loses_no_code_either() {
    let world = world_with_mfa();
    let denied = Answer::error(403, "AccessDenied", "No");
    world.sts().weather(Fault::Answer(denied).on_calls());
    let id = world.value("work-mfa", "aws_access_key_id").unwrap();
    let what = format!("AWS denies this to the session {id}: No (AccessDenied, request ID)");
    let hints =
        ["ask for the permission, or name another profile: --profile NAME", &wanted("admin"), KEPT];
    run(&world, &["--profile", "admin"]).is(4, "", &error(&what, &hints));
    assert_eq!(world.asked()[1..], ["GetCallerIdentity Answer"]);
}

#[test]
fn what_passes_is_asked_for_again() {
    for fault in [
        Fault::Answer(Answer::error(503, "ServiceUnavailable", "Come back later")),
        Fault::Answer(Answer::error(400, "Throttling", "Rate exceeded")),
        Fault::Answer(Answer::html(502)),
        Fault::Cut(Cut::Unanswered),
        Fault::Cut(Cut::Unprocessed),
        Fault::Cut(Cut::MidBody),
    ] {
        let world = world_with_mfa();
        configure(&world, "admin", "role_session_name = nightly");
        world.sts().weather(fault.clone().on_calls().times(2));
        run(&world, &["--profile", "admin"]).wrote("admin-mfa");
        let asked = world.asked();
        assert_eq!(asked.len(), 4, "{fault:?}: {asked:?}");
        assert!(asked[1..].iter().all(|asked| asked.starts_with("AssumeRole ")), "{asked:?}");
        assert_eq!(asked[3], "AssumeRole OK");
    }
}

#[test]
fn what_is_refused_is_asked_once() {
    let world = world_with_mfa();
    run(&world, &["--profile", "external"]);
    assert_eq!(world.asked()[1..], ["GetCallerIdentity OK", "AssumeRole AccessDenied"]);
}

#[test]
fn a_role_that_needs_mfa_is_not_asked_for_without_it() {
    let world = world();
    let what = "a code is needed, and --no-prompt forbids to ask for it";
    run(&world, &["--profile", "admin", "--no-prompt"]).is(3, "", &error(what, &[WAYS]));
    assert_eq!(asked_for(&world), [""; 0]);
}
