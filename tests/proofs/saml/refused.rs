//! What is refused, here and by STS.

use std::fs;

use data_encoding::BASE64;
use loopback_sts::{Account, Answer, Fault};

use super::{assertion, file, last_request, saml, world, world_of};
use crate::world::{World, all_are, error};

const NAME: &str = "name a file with what is posted to AWS as SAMLResponse: --assertion-file FILE";
const GIVE: &str = "give it as the identity provider gave it";
const POSTED: &str = "give it as it was posted to AWS as SAMLResponse";
const BOTH: &str = "give both --role-arn and --principal-arn, or ask the identity provider";

#[test]
fn a_file_without_an_assertion_is_told_before_anything_is_sent() {
    type Row = (&'static str, fn(&World), &'static str, &'static str);
    let rows: &[Row] = &[
        (
            "no file",
            |world| fs::remove_file(world.path("assertion")).unwrap(),
            "cannot read assertion: No such file or directory (os error 2)",
            NAME,
        ),
        ("an empty file", |world| text(world, ""), "there is nothing in assertion", NAME),
        (
            "a huge file",
            |world| text(world, &"x".repeat((256 << 10) + 1)),
            "cannot read assertion: it is larger than 256 KiB",
            NAME,
        ),
        (
            "a long text",
            |world| text(world, &"x".repeat(100_001)),
            "assertion: a SAML assertion has 4 to 100000 characters",
            GIVE,
        ),
        (
            "no base64",
            |world| text(world, "no-base64"),
            "assertion: this is not XML in base64",
            POSTED,
        ),
        ("XML itself", |world| text(world, "<x/>"), "assertion: this is not XML in base64", POSTED),
        ("no XML", |world| xml(world, "x"), "assertion: this is not XML in base64", POSTED),
        (
            "no text",
            |world| text(world, "/////w=="),
            "assertion: this is not XML in base64",
            POSTED,
        ),
        (
            "a document type",
            |world| {
                let assertion = assertion(world, &["ops"]);
                let bytes = BASE64.decode(assertion.as_bytes()).unwrap();
                let entity = "<!DOCTYPE r [<!ENTITY e \"x\">]>";
                xml(world, &format!("{entity}{}", String::from_utf8(bytes).unwrap()));
            },
            "assertion: this is not XML in base64",
            POSTED,
        ),
        ("no role", |world| xml(world, "<x/>"), "the assertion names no role", BOTH),
        (
            "what is no role",
            |world| {
                let provider = world.sts().saml_provider_arn();
                text(world, &world.sts().saml_assertion("ops", &provider));
            },
            "the assertion names no role",
            BOTH,
        ),
    ];
    all_are(rows.iter().map(|(name, prepare, what, hint)| {
        let world = world();
        assertion(&world, &["ops"]);
        prepare(&world);
        let outcome = saml(&world, &[]);
        assert_eq!(world.sts().connections(), 0, "{name}");
        (*name, outcome, 1, error(what, &[hint]))
    }));
}

#[test]
fn what_the_assertion_does_not_name_is_told_before_anything_is_sent() {
    let world = world();
    assertion(&world, &["dev", "ops"]);
    let [dev, ops, admin] = ["dev", "ops", "admin"].map(|name| world.sts().role_arn(name));
    let what = format!("the assertion does not name that role, but {dev}, {ops}");
    saml(&world, &["--role-arn", &admin]).is(1, "", &error(&what, &[BOTH]));
    let provider = world.sts().saml_provider_arn();
    let what = format!("the assertion does not name that provider, but {provider}");
    let other = "arn:aws:iam::123456789012:saml-provider/other";
    saml(&world, &["--principal-arn", other]).is(1, "", &error(&what, &[BOTH]));
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_sent() {
    type Row<'a> = (&'a str, &'a [&'a str], &'a str, &'a str);
    let rows: &[Row<'_>] = &[
        (
            "a provider of tokens",
            &["--principal-arn", "arn:aws:iam::123456789012:oidc-provider/x"],
            "--principal-arn: `arn:aws:iam::123456789012:oidc-provider/x` does not name a \
             saml-provider",
            "give it as arn:aws:iam::123456789012:saml-provider/NAME",
        ),
        (
            "a user for a role",
            &["--role-arn", "arn:aws:iam::123456789012:user/alice"],
            "--role-arn: `arn:aws:iam::123456789012:user/alice` does not name a role",
            "give it as arn:aws:iam::123456789012:role/NAME",
        ),
        (
            "a duration that no role has",
            &["--duration", "899"],
            "--duration: `899` is not within 15 minutes and 12 hours",
            "STS gives sessions of roles of 15m to 12h (900 to 43200 seconds)",
        ),
    ];
    let world = world();
    assertion(&world, &["ops"]);
    all_are(rows.iter().map(|(name, arguments, what, hint)| {
        (*name, saml(&world, arguments), 2, error(what, &[hint]))
    }));
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn every_error_of_the_operation_is_told_with_the_next_step() {
    type Row<'a> = (&'a str, u16, &'a str, &'a str, &'a str, &'a str);
    let rows: &[Row<'_>] = &[
        (
            "a claim that is taken back",
            403,
            "IDPRejectedClaim",
            "No longer.",
            "the identity provider takes back the SAML assertion from assertion: No longer.",
            "get another one from the identity provider",
        ),
        (
            "an unknown provider",
            400,
            "InvalidIdentityToken",
            "No provider.",
            "AWS does not believe the SAML assertion from assertion: No provider.",
            "is its provider set up in IAM of the role's account, for this audience?",
        ),
        (
            "an old assertion",
            400,
            "ExpiredTokenException",
            "Too late.",
            "the SAML assertion from assertion is too old: Too late.",
            "get another one from the identity provider",
        ),
        (
            "a bad policy",
            400,
            "MalformedPolicyDocument",
            "Syntax.",
            "AWS can't read the session policy: Syntax.",
            "correct the JSON of --policy",
        ),
        (
            "large policies",
            400,
            "PackedPolicyTooLarge",
            "By 10%.",
            "the session policies and tags are too large: By 10%.",
            "shorten --policy, or name fewer --policy-arn and --tag",
        ),
        (
            "STS off in a region",
            403,
            "RegionDisabledException",
            "STS is not activated",
            "the account has not activated STS at STS",
            "activate it in IAM's account settings, or take another --region",
        ),
        (
            "no trust",
            403,
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithSAML",
            "AWS denies this to the bearer of the SAML assertion: Not authorized to perform \
             sts:AssumeRoleWithSAML",
            "does the role's trust policy name this provider, and this subject and audience?",
        ),
    ];
    all_are(rows.iter().map(|&(name, http, code, message, what, hint)| {
        let world = world();
        assertion(&world, &["ops"]);
        world.sts().weather(Fault::Answer(Answer::error(http, code, message)));
        let outcome = saml(&world, &[]);
        assert_eq!(world.asked(), ["AssumeRoleWithSAML Answer"], "{name}");
        assert!(!world.path(".aws/credentials").exists(), "{name}");
        (name, outcome, 4, error(&format!("{what} ({code}, request ID)"), &[hint]))
    }));
}

#[test]
fn the_same_errors_come_of_what_was_asked() {
    type Row = (&'static str, fn(&World), &'static [&'static str], &'static str);
    let rows: &[Row] = &[
        ("a claim that is taken back", |_| (), &[], "IDPRejectedClaim"),
        (
            "ten minutes later",
            |world| world.sts().set_clock_offset(600),
            &[],
            "ExpiredTokenException",
        ),
        (
            "a forged assertion",
            |world| {
                let bytes = BASE64.decode(assertion(world, &["saml"]).as_bytes()).unwrap();
                xml(world, &String::from_utf8(bytes).unwrap().replace("alice", "mallory"));
            },
            &[],
            "InvalidIdentityToken",
        ),
        ("a policy without a statement", |_| (), &["--policy", "{}"], "MalformedPolicyDocument"),
        ("too long for the role", |_| (), &["--duration", "2h"], "ValidationError"),
        (
            "a role that trusts somebody else",
            |world| drop(assertion(world, &["admin"])),
            &[],
            "AccessDenied",
        ),
    ];
    for (name, prepare, arguments, code) in rows {
        let account = match *code {
            "IDPRejectedClaim" => Account::default().revoke_subject("alice@example.com"),
            _ => Account::default(),
        };
        let world = world_of(account);
        assertion(&world, &["saml"]);
        prepare(&world);
        let outcome = saml(&world, arguments);
        assert_eq!(outcome.status, 4, "{name}: {outcome:?}");
        assert!(outcome.stderr.contains(&format!("({code}, request ID)")), "{name}: {outcome:?}");
    }
}

#[test]
fn where_both_are_named_it_is_for_sts_to_look_into_the_assertion() {
    let world = world();
    assertion(&world, &["dev"]);
    let (ops, provider) = (world.sts().role_arn("ops"), world.sts().saml_provider_arn());
    let outcome = saml(&world, &["--role-arn", &ops, "--principal-arn", &provider]);
    assert_eq!(outcome.status, 4);
    assert!(outcome.stderr.contains("(InvalidIdentityToken, request ID)"), "{outcome:?}");
    assert_eq!(last_request(&world).parameter("RoleArn"), Some(&*ops));
}

fn text(world: &World, text: &str) {
    file(world, "assertion", text);
}

fn xml(world: &World, xml: &str) {
    text(world, &BASE64.encode(xml.as_bytes()));
}
