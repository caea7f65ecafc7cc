//! What is refused, here and by STS.

use std::fs;

use loopback_sts::{Account, Answer, Fault};

use super::{READ_ONLY, SUBJECT, file, run, set_role, token, world_of, world_with_token};
use crate::world::{World, all_are, error};

const AGAIN: &str = "get another one from the identity provider";
const LATER: &str = "try again in a moment";

#[test]
fn a_role_must_be_named() {
    let mut world = world_with_token();
    world.set("AWS_ROLE_ARN", "");
    let hint = "name it: --role-arn ARN, AWS_ROLE_ARN, or `role_arn` beside \
                `web_identity_token_file` in the profile";
    run(&world, &["web-identity"]).is(1, "", &error("there is no role to assume", &[hint]));
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_sent() {
    type Row<'a> = (&'a str, &'a [&'a str], i32, &'a str, &'a str);
    let china = "arn:aws-cn:iam::123456789012:role/web";
    let rows: &[Row<'_>] = &[
        (
            "a user for a role",
            &["--role-arn", "arn:aws:iam::123456789012:user/alice"],
            2,
            "--role-arn: `arn:aws:iam::123456789012:user/alice` does not name a role",
            "give it as arn:aws:iam::123456789012:role/NAME",
        ),
        (
            "a name of one letter",
            &["--role-session-name", "x"],
            2,
            "--role-session-name: a role session name has 2 to 64 characters",
            "use letters, digits and _+=,.@-",
        ),
        (
            "a duration that no role has",
            &["--duration", "43201"],
            2,
            "--duration: `43201` is not within 15 minutes and 12 hours",
            "STS gives sessions of roles of 15m to 12h (900 to 43200 seconds)",
        ),
        (
            "a policy that is none",
            &["--policy", "[]"],
            2,
            "--policy: a policy is a JSON object",
            "give a JSON policy document, or file://FILE with one in it",
        ),
        (
            "a region of another partition",
            &["--role-arn", china, "--region", "us-east-1"],
            2,
            "--region: the region us-east-1 is in partition aws, the role in aws-cn",
            "name a region of that partition: --region NAME",
        ),
        (
            "more than is ever left",
            &["--min-remaining", "61m"],
            2,
            "--min-remaining: this is more than a session lasts: none would be reused",
            "give less than the duration, or --force to get a new session each time",
        ),
    ];
    let world = world_with_token();
    all_are(rows.iter().map(|(name, arguments, status, what, hint)| {
        let outcome = run(&world, &[&["web-identity"], *arguments].concat());
        (*name, outcome, *status, error(what, &[hint]))
    }));
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn a_file_without_a_token_is_told_before_anything_is_sent() {
    type Row = (&'static str, fn(&World), &'static str, &'static str);
    const NAME: &str = "name a file with the token of the identity provider: --token-file FILE";
    const GIVE: &str = "give it as the identity provider gave it";
    let rows: &[Row] = &[
        (
            "no file",
            |world| fs::remove_file(world.path("token")).unwrap(),
            "cannot read ~/token: No such file or directory (os error 2)",
            NAME,
        ),
        ("an empty file", |world| file(world, "token", ""), "there is nothing in ~/token", NAME),
        ("an empty line", |world| file(world, "token", " \n"), "there is nothing in ~/token", NAME),
        (
            "a directory",
            |world| {
                fs::remove_file(world.path("token")).unwrap();
                fs::create_dir(world.path("token")).unwrap();
            },
            "cannot read ~/token: Is a directory (os error 21)",
            NAME,
        ),
        (
            "bytes",
            |world| file(world, "token", b"\xff\xfe"),
            "cannot read ~/token: stream did not contain valid UTF-8",
            NAME,
        ),
        (
            "a huge file",
            |world| file(world, "token", "x".repeat((256 << 10) + 1)),
            "cannot read ~/token: it is larger than 256 KiB",
            NAME,
        ),
        (
            "a long text",
            |world| file(world, "token", "x".repeat(20_001)),
            "~/token: a web identity token has 4 to 20000 characters",
            GIVE,
        ),
        (
            "a short text",
            |world| file(world, "token", "abc"),
            "~/token: a web identity token has 4 to 20000 characters",
            GIVE,
        ),
        (
            "two tokens",
            |world| file(world, "token", "token token"),
            "~/token: there are no blanks or control characters in a web identity token",
            GIVE,
        ),
    ];
    all_are(rows.iter().map(|(name, prepare, what, hint)| {
        let world = world_with_token();
        prepare(&world);
        let outcome = run(&world, &["web-identity"]);
        assert_eq!(world.sts().connections(), 0, "{name}");
        (*name, outcome, 1, error(what, &[hint]))
    }));

    let world = world_with_token();
    let outcome = run(&world, &["web-identity", "--token-file", "/dev/zero"]);
    let what = "cannot read /dev/zero: it is larger than 256 KiB";
    outcome.is(1, "", &error(what, &[NAME]));
    let outcome = run(&world, &["web-identity", "--token-file", "-"]);
    outcome.is(1, "", &error("there is nothing in standard input", &[NAME]));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = world_with_token();
    fs::set_permissions(world.path("token"), fs::Permissions::from_mode(0o000)).unwrap();
    let mut command = world.powerless();
    command.arg("web-identity");
    let what = "cannot read ~/token: Permission denied (os error 13)";
    let hint = "name a file with the token of the identity provider: --token-file FILE";
    world.outcome(command, "").is(1, "", &error(what, &[hint]));
}

#[test]
fn every_error_of_the_operation_is_told_with_the_next_step() {
    type Row<'a> = (&'a str, u16, &'a str, &'a str, i32, &'a str, &'a str, usize);
    let rows: &[Row<'_>] = &[
        (
            "a claim that is taken back",
            403,
            "IDPRejectedClaim",
            "No longer.",
            4,
            "the identity provider takes back the web identity token from ~/token: No longer.",
            AGAIN,
            1,
        ),
        (
            "a provider that can't be reached",
            400,
            "IDPCommunicationError",
            "No answer.",
            5,
            "AWS can't reach the identity provider: No answer.",
            LATER,
            3,
        ),
        (
            "an unknown provider",
            400,
            "InvalidIdentityToken",
            "No provider.",
            4,
            "AWS does not believe the web identity token from ~/token: No provider.",
            "is its provider set up in IAM of the role's account, for this audience?",
            1,
        ),
        (
            "an old token",
            400,
            "ExpiredTokenException",
            "Too late.",
            4,
            "the web identity token from ~/token is too old: Too late.",
            AGAIN,
            1,
        ),
        (
            "a bad policy",
            400,
            "MalformedPolicyDocument",
            "Syntax.",
            4,
            "AWS can't read the session policy: Syntax.",
            "correct the JSON of --policy",
            1,
        ),
        (
            "large policies",
            400,
            "PackedPolicyTooLarge",
            "By 10%.",
            4,
            "the session policies and tags are too large: By 10%.",
            "shorten --policy, or name fewer --policy-arn and --tag",
            1,
        ),
        (
            "STS off in a region",
            403,
            "RegionDisabledException",
            "STS is not activated",
            4,
            "the account has not activated STS at STS",
            "activate it in IAM's account settings, or take another --region",
            1,
        ),
        (
            "no trust",
            403,
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            4,
            "AWS denies this to the bearer of the web identity token: Not authorized to perform \
             sts:AssumeRoleWithWebIdentity",
            "does the role's trust policy name this provider, and this subject and audience?",
            1,
        ),
    ];
    all_are(rows.iter().map(|&(name, http, code, message, status, what, hint, times)| {
        let world = world_with_token();
        world.sts().weather(Fault::Answer(Answer::error(http, code, message)));
        let outcome = run(&world, &["web-identity"]);
        assert_eq!(world.asked(), vec!["AssumeRoleWithWebIdentity Answer"; times], "{name}");
        assert!(!world.path(".aws/credentials").exists(), "{name}");
        (name, outcome, status, error(&format!("{what} ({code}, request ID)"), &[hint]))
    }));
}

#[test]
fn the_same_errors_come_of_what_was_asked() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str], &'static str, &'static str);
    let rows: &[Row] = &[
        ("a claim that is taken back", |_| (), &[], "IDPRejectedClaim", "IDPRejectedClaim"),
        (
            "a text that is no token",
            |world| file(world, "token", "no.JSON.WebToken"),
            &[],
            "InvalidIdentityToken",
            "not a valid JWT",
        ),
        (
            "a token of yesterday",
            |world| {
                world.sts().set_clock_offset(24 * 3600);
            },
            &[],
            "ExpiredTokenException",
            "the web identity token from ~/token is too old",
        ),
        (
            "a policy without a statement",
            |_| (),
            &["--policy", "{}"],
            "MalformedPolicyDocument",
            "AWS can't read the session policy",
        ),
        (
            "too long for the role",
            |_| (),
            &["--duration", "2h"],
            "ValidationError",
            "the role's sessions don't last that long",
        ),
        (
            "a role that trusts somebody else",
            |world| set_role(world, "admin"),
            &[],
            "AccessDenied",
            "AWS denies this to the bearer of the web identity token",
        ),
        (
            "no such role",
            |_| (),
            &["--role-arn", "arn:aws:iam::123456789012:role/nobody"],
            "AccessDenied",
            "AWS denies this to the bearer of the web identity token",
        ),
    ];
    for (name, prepare, arguments, code, words) in rows {
        let mut world = world_of(Account::default().revoke_subject("revoked"));
        let subject = if *code == "IDPRejectedClaim" { "revoked" } else { SUBJECT };
        token(&world, "token", subject);
        world.set("AWS_WEB_IDENTITY_TOKEN_FILE", "~/token");
        set_role(&mut world, "web");
        prepare(&mut world);
        let outcome = run(&world, &[&["web-identity"], *arguments].concat());
        assert_eq!(outcome.status, 4, "{name}: {outcome:?}");
        assert!(outcome.stderr.contains(&format!("({code}, request ID)")), "{name}: {outcome:?}");
        assert!(outcome.stderr.contains(words), "{name}: {outcome:?}");
    }
}

#[test]
fn an_identity_provider_that_answers_later_is_asked_again() {
    let world = world_with_token();
    let lost = Answer::error(400, "IDPCommunicationError", "No answer.");
    world.sts().weather(Fault::Answer(lost).times(2));
    run(&world, &["web-identity"]).wrote("default-web");
    let asked = world.asked();
    assert_eq!(asked[..2], ["AssumeRoleWithWebIdentity Answer"; 2]);
    assert_eq!(asked[2..], ["AssumeRoleWithWebIdentity OK"]);
}

#[test]
fn policies_that_are_too_large_together_are_told() {
    let world = world_with_token();
    let large = format!(r#"{{"Statement":[], "Id": "{}"}}"#, "x".repeat(2018));
    let arguments = ["web-identity", "--policy", &large, "--policy-arn", READ_ONLY];
    let outcome = run(&world, &arguments);
    assert_eq!(outcome.status, 4, "{outcome:?}");
    assert!(outcome.stderr.contains("(PackedPolicyTooLarge, request ID)"), "{outcome:?}");
}
