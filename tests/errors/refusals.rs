//! The errors that AWS answers with.

use loopback_sts::{ALICE, Account, Answer, BOB, Fault, ROOT, Sts};

use crate::world::{World, all_are, error, keys};

#[test]
fn what_sts_refuses_is_told_with_the_next_step() {
    type Row = (&'static str, fn(&World) -> Vec<String>, i32, &'static str);
    let rows: &[Row] = &[
        (
            "a wrong code",
            |world| asked(ALICE.serial_number, world.sts().wrong_code("alice")),
            4,
            "mfa-session: error: STS refused the code for arn:aws:iam::123456789012:mfa/alice \
             (AccessDenied, request ID)\n\
             mfa-session: hint: each code works once, for about half a minute: give the next one\n",
        ),
        (
            "a code for the second time",
            |world| {
                world.get(["--force"]).wrote("default-mfa");
                let spent = world.sts().requests()[0].parameter("TokenCode").unwrap().to_owned();
                let mut arguments = asked(ALICE.serial_number, spent);
                arguments.push("--force".into());
                arguments
            },
            4,
            "mfa-session: error: STS refused the code for arn:aws:iam::123456789012:mfa/alice \
             (AccessDenied, request ID)\n\
             mfa-session: hint: each code works once, for about half a minute: give the next one\n",
        ),
        (
            "another user's device",
            |world| asked(BOB.serial_number, world.code()),
            4,
            "mfa-session: error: STS does not know arn:aws:iam::123456789012:mfa/bob as an MFA \
             device of the user of AKIALOOPBACKALICE234 (AccessDenied, request ID)\n\
             mfa-session: hint: compare it with `aws iam list-mfa-devices`; the code is still \
             good\n",
        ),
        (
            "a device of nobody's",
            |world| asked("GAHT99999999", world.code()),
            4,
            "mfa-session: error: STS does not know GAHT99999999 as an MFA device of the user of \
             AKIALOOPBACKALICE234 (AccessDenied, request ID)\n\
             mfa-session: hint: compare it with `aws iam list-mfa-devices`; the code is still \
             good\n",
        ),
        (
            "an unknown key",
            |world| {
                world.write("credentials", &keys("default").replace("ALICE", "ALIEN"));
                asked(ALICE.serial_number, world.code())
            },
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
                asked(ALICE.serial_number, world.code())
            },
            4,
            "mfa-session: error: the secret access key beside `aws_access_key_id` in [default] of \
             ~/.aws/credentials is not the one of AKIALOOPBACKALICE234 (SignatureDoesNotMatch, \
             request ID)\n\
             mfa-session: hint: correct the secret access key there; the code was not used\n",
        ),
    ];
    all_are(rows.iter().map(|(name, prepare, status, stderr)| {
        let world = World::new();
        let arguments = prepare(&world);
        let mut command = world.command(crate::world::PROGRAM);
        command.args(arguments);
        (*name, world.outcome(command, ""), *status, *stderr)
    }));
}

fn asked(serial: &str, code: String) -> Vec<String> {
    vec!["--serial".into(), serial.into(), "--code".into(), code]
}

#[test]
fn every_error_of_aws_that_get_session_token_can_meet_is_told() {
    const INVALID: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
    const OLD: &str = "GetSessionToken call failed, unable to validate MFA code. ";
    const SESSION: &str = "Cannot call GetSessionToken with session credentials";
    const EXPIRED: &str = "The security token included in the request is expired";
    const NOT_YET: &str = "Signature not yet current: 20261122T041500Z is still later than x";
    const SCOPE: &str = "Credential should be scoped to a valid region. ";
    const DENIED: &str = "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: \
                          sts:GetSessionToken with an explicit deny in a service control policy";
    const DURATION: &str = "1 validation error detected: Value '900' at 'durationSeconds' failed \
                            to satisfy constraint: Member must have value less than or equal to 1";
    type Row<'a> = (&'a str, u16, &'a str, &'a str, i32, &'a str, &'a [&'a str]);
    let rows: &[Row<'_>] = &[
        (
            "an invalid code",
            403,
            "AccessDenied",
            INVALID,
            4,
            "STS refused the code for arn:aws:iam::123456789012:mfa/alice",
            &["each code works once, for about half a minute: give the next one"],
        ),
        (
            "an older text",
            403,
            "AccessDenied",
            OLD,
            4,
            "STS does not know arn:aws:iam::123456789012:mfa/alice as an MFA device of the user \
             of AKIALOOPBACKALICE234",
            &["compare it with `aws iam list-mfa-devices`; the code is still good"],
        ),
        (
            "a session's keys",
            403,
            "AccessDenied",
            SESSION,
            4,
            "the key AKIALOOPBACKALICE234 from `aws_access_key_id` in [default] of \
             ~/.aws/credentials is itself part of a session",
            &["name a profile with long-term keys: --profile NAME"],
        ),
        (
            "no permission",
            403,
            "AccessDenied",
            DENIED,
            4,
            "AWS denies this to the user of AKIALOOPBACKALICE234: User: \
             arn:aws:iam::123456789012:user/alice is not authorized to perform: \
             sts:GetSessionToken with an explicit deny in a service control policy",
            &["ask for the permission, or name another profile: --profile NAME"],
        ),
        (
            "no permission, by another name",
            400,
            "AccessDeniedException",
            DENIED,
            4,
            "AWS denies this to the user of AKIALOOPBACKALICE234: User: \
             arn:aws:iam::123456789012:user/alice is not authorized to perform: \
             sts:GetSessionToken with an explicit deny in a service control policy",
            &["ask for the permission, or name another profile: --profile NAME"],
        ),
        (
            "an ended session",
            403,
            "ExpiredToken",
            EXPIRED,
            4,
            "the key AKIALOOPBACKALICE234 from `aws_access_key_id` in [default] of \
             ~/.aws/credentials belongs to a session that is over",
            &["name a profile with long-term keys: --profile NAME"],
        ),
        (
            "a request that is too old",
            400,
            "RequestExpired",
            "Request has expired.",
            4,
            "STS refused the signature for its time, although the clocks agree",
            &["look for a proxy that holds requests back; the code was not used"],
        ),
        (
            "a signature from the future",
            403,
            "SignatureDoesNotMatch",
            NOT_YET,
            4,
            "STS refused the signature for its time, although the clocks agree",
            &["look for a proxy that holds requests back; the code was not used"],
        ),
        (
            "another region's signature",
            403,
            "SignatureDoesNotMatch",
            SCOPE,
            4,
            "STS wants a signature for another region: Credential should be scoped to a valid \
             region.",
            &["name the region of the endpoint: --region NAME; the code was not used"],
        ),
        (
            "half a signature",
            400,
            "IncompleteSignature",
            "No X-Amz-Date.",
            4,
            "STS did not get the signature whole: No X-Amz-Date.",
            &["look for a proxy that changes requests between here and AWS"],
        ),
        (
            "no signature",
            403,
            "MissingAuthenticationToken",
            "Request is missing it",
            4,
            "STS did not get the signature whole: Request is missing it",
            &["look for a proxy that changes requests between here and AWS"],
        ),
        (
            "no subscription",
            403,
            "OptInRequired",
            "You need a subscription.",
            4,
            "the account of AKIALOOPBACKALICE234 is not signed up for this",
            &["ask the account's administrator"],
        ),
        (
            "STS off in a region",
            403,
            "RegionDisabledException",
            "STS is not activated",
            4,
            "the account has not activated STS at STS",
            &["activate it in IAM's account settings, or take another --region"],
        ),
        (
            "a bad value",
            400,
            "ValidationError",
            DURATION,
            4,
            "STS refused (HTTP 400): 1 validation error detected: Value '900' at \
             'durationSeconds' failed to satisfy constraint: Member must have value less than or \
             equal to 1",
            &["see the code in the AWS documentation"],
        ),
        (
            "another bad value",
            400,
            "InvalidParameterValue",
            "Bad value.",
            4,
            "STS refused (HTTP 400): Bad value.",
            &["see the code in the AWS documentation"],
        ),
        (
            "no such action",
            400,
            "InvalidAction",
            "Could not find operation x",
            4,
            "STS refused (HTTP 400): Could not find operation x",
            &["see the code in the AWS documentation"],
        ),
        (
            "a bad query",
            404,
            "MalformedQueryString",
            "A syntax error.",
            4,
            "STS refused (HTTP 404): A syntax error.",
            &["see the code in the AWS documentation"],
        ),
        (
            "no authorization",
            401,
            "NotAuthorized",
            "You may not do that.",
            4,
            "AWS denies this to the user of AKIALOOPBACKALICE234: You may not do that.",
            &["ask for the permission, or name another profile: --profile NAME"],
        ),
        (
            "too many requests",
            400,
            "Throttling",
            "Rate exceeded",
            5,
            "STS has too much to do (HTTP 400): Rate exceeded",
            &["try again in a moment; the code was not used"],
        ),
        (
            "too many requests, newer",
            429,
            "ThrottlingException",
            "Rate exceeded",
            5,
            "STS has too much to do (HTTP 429): Rate exceeded",
            &["try again in a moment; the code was not used"],
        ),
        (
            "a failure of theirs",
            500,
            "InternalFailure",
            "We made an error.",
            5,
            "STS can't answer now (HTTP 500): We made an error.",
            &["try again in a moment", "the code may be spent: give the next one"],
        ),
        (
            "no service",
            503,
            "ServiceUnavailable",
            "",
            5,
            "STS can't answer now (HTTP 503)",
            &["try again in a moment", "the code may be spent: give the next one"],
        ),
        (
            "an error to come",
            418,
            "TeapotException",
            "Short and stout.",
            4,
            "STS refused (HTTP 418): Short and stout.",
            &["see the code in the AWS documentation"],
        ),
    ];
    all_are(rows.iter().map(|&(name, http, code, message, status, what, hints)| {
        let world = World::new();
        world.sts().weather(Fault::Answer(Answer::error(http, code, message)));
        let outcome = world.get([]);
        // What was throttled was not looked at.
        let times = if name.starts_with("too many requests") { 3 } else { 1 };
        assert_eq!(world.asked(), vec!["GetSessionToken Answer"; times], "{name}");
        (name, outcome, status, error(&format!("{what} ({code}, request ID)"), hints))
    }));
}

#[test]
fn an_emulators_wrapping_of_an_error_is_seen_through() {
    let world = World::new();
    let error = Answer::moto_error(403, "InvalidClientTokenId", "The security token is invalid.");
    world.sts().weather(Fault::Answer(error));
    world.get([]).is(
        4,
        "",
        "mfa-session: error: AWS does not know the access key AKIALOOPBACKALICE234 from \
             `aws_access_key_id` in [default] of ~/.aws/credentials (InvalidClientTokenId)\n\
             mfa-session: hint: is it deleted, inactive, or of another partition than STS?\n",
    );
}

#[test]
fn what_a_server_says_can_not_move_the_cursor_nor_fill_the_screen() {
    let rows = [
        (
            "escapes",
            Answer::error(403, "Evil", "a\u{9b}31mb\nmfa-session: [x] is good\r\t"),
            4,
            "mfa-session: error: STS refused (HTTP 403): a\\u{9b}31mb\\nmfa-session: [x] is good \
             (Evil, request ID)\n\
             mfa-session: hint: see the code in the AWS documentation\n",
        ),
        (
            "an escape in the code",
            Answer::error(403, "Ev\u{9b}il\u{202e}", "x"),
            4,
            "mfa-session: error: STS refused (HTTP 403): x (Ev\\u{9b}il\\u{202e}, request ID)\n\
             mfa-session: hint: see the code in the AWS documentation\n",
        ),
        (
            "a message of 100 KB",
            Answer::error(403, "Evil", &"long ".repeat(20_000)),
            4,
            &error(
                &format!("STS refused (HTTP 403): {}… (Evil, request ID)", "long ".repeat(200)),
                DOCUMENTED,
            ),
        ),
        (
            "a code of 100 KB",
            Answer::error(403, &"Evil".repeat(25_000), "x"),
            4,
            &error(
                &format!("STS refused (HTTP 403): x ({}…, request ID)", "Evil".repeat(250)),
                DOCUMENTED,
            ),
        ),
        (
            "a message of none",
            Answer::error(403, "Evil", ""),
            4,
            "mfa-session: error: STS refused (HTTP 403) (Evil, request ID)\n\
             mfa-session: hint: see the code in the AWS documentation\n",
        ),
    ];
    all_are(rows.map(|(name, answer, status, stderr)| {
        let world = World::new();
        world.sts().weather(Fault::Answer(answer));
        (name, world.get([]), status, stderr)
    }));
}

#[test]
fn a_grant_that_is_shorter_than_asked_for_is_told() {
    let world = World::with(Sts::start(Account::default()));
    let text = format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        ROOT.access_key_id, ROOT.secret_access_key
    );
    world.write("credentials", &text);
    let code = world.sts().code(ROOT.serial_number);
    world.run(["--serial", ROOT.serial_number, "--code", &code]).is(
        0,
        "",
        "mfa-session: warning: asked for 12h, but STS granted 1h (the root user gets 1h at \
             most)\n\
             mfa-session: [default-mfa] is good until THEN (LEFT left)\n",
    );
}

const DOCUMENTED: &[&str] = &["see the code in the AWS documentation"];
