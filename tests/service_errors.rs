//! Service errors: the answers with which AWS rejects a request.

use loopback_sts::{ALICE, Account, Answer, BOB, Fault, ROOT, Sts};
use snapbox::str;

use crate::sandbox::{PROGRAM, Sandbox, Table, keys};

#[test]
fn explains_each_rejection_by_sts() {
    type Row = (&'static str, fn(&Sandbox) -> Vec<String>);
    let rows: &[Row] = &[
        ("a wrong code", |sandbox| {
            with_code(ALICE.serial_number, sandbox.sts().wrong_code("alice"))
        }),
        ("a code for the second time", |sandbox| {
            sandbox.get(["--force"]).wrote("default-mfa");
            let spent = sandbox.sts().requests()[0].parameter("TokenCode").unwrap().to_owned();
            let mut arguments = with_code(ALICE.serial_number, spent);
            arguments.push("--force".into());
            arguments
        }),
        ("another user's device", |sandbox| with_code(BOB.serial_number, sandbox.code())),
        ("an unknown device", |sandbox| with_code("GAHT99999999", sandbox.code())),
        ("an unknown key", |sandbox| {
            sandbox.write("credentials", &keys("default").replace("ALICE", "ALIEN"));
            with_code(ALICE.serial_number, sandbox.code())
        }),
        ("another key's secret", |sandbox| {
            let text = keys("default").replace("/Loopback", "/loopback");
            sandbox.write("credentials", &text);
            with_code(ALICE.serial_number, sandbox.code())
        }),
    ];
    Table::of(rows.iter().map(|(name, prepare)| {
        let sandbox = Sandbox::new();
        let arguments = prepare(&sandbox);
        let mut command = sandbox.command(PROGRAM);
        command.args(arguments);
        (*name, sandbox.outcome(command, ""))
    }))
    .matches_file("service_errors/refused");
}

fn with_code(serial: &str, code: String) -> Vec<String> {
    vec!["--serial".into(), serial.into(), "--code".into(), code]
}

#[test]
fn explains_every_error_of_get_session_token() {
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
    type Row<'a> = (&'a str, u16, &'a str, &'a str);
    let rows: &[Row<'_>] = &[
        ("an invalid code", 403, "AccessDenied", INVALID),
        ("an older text", 403, "AccessDenied", OLD),
        ("a session's keys", 403, "AccessDenied", SESSION),
        ("no permission", 403, "AccessDenied", DENIED),
        ("no permission, by another name", 400, "AccessDeniedException", DENIED),
        ("an ended session", 403, "ExpiredToken", EXPIRED),
        ("a request that is too old", 400, "RequestExpired", "Request has expired."),
        ("a signature from the future", 403, "SignatureDoesNotMatch", NOT_YET),
        ("another region's signature", 403, "SignatureDoesNotMatch", SCOPE),
        ("half a signature", 400, "IncompleteSignature", "No X-Amz-Date."),
        ("no signature", 403, "MissingAuthenticationToken", "Request is missing it"),
        ("no subscription", 403, "OptInRequired", "You need a subscription."),
        ("STS off in a region", 403, "RegionDisabledException", "STS is not activated"),
        ("a bad value", 400, "ValidationError", DURATION),
        ("another bad value", 400, "InvalidParameterValue", "Bad value."),
        ("no such action", 400, "InvalidAction", "Could not find operation x"),
        ("a bad query", 404, "MalformedQueryString", "A syntax error."),
        ("no authorization", 401, "NotAuthorized", "You may not do that."),
        ("too many requests", 400, "Throttling", "Rate exceeded"),
        ("too many requests, newer", 429, "ThrottlingException", "Rate exceeded"),
        ("a failure of theirs", 500, "InternalFailure", "We made an error."),
        ("no service", 503, "ServiceUnavailable", ""),
        ("an error to come", 418, "TeapotException", "Short and stout."),
    ];
    Table::of(rows.iter().map(|&(name, http, code, message)| {
        let sandbox = Sandbox::new();
        sandbox.sts().inject(Fault::Answer(Answer::error(http, code, message)));
        let outcome = sandbox.get([]);
        // AWS does not process a throttled request: it is retried.
        let times = if name.starts_with("too many requests") { 3 } else { 1 };
        assert_eq!(sandbox.asked(), vec!["GetSessionToken Answer"; times], "{name}");
        (name, outcome)
    }))
    .matches_file("service_errors/get_session_token");
}

#[test]
fn reads_the_error_format_of_moto() {
    let sandbox = Sandbox::new();
    let error = Answer::moto_error(403, "InvalidClientTokenId", "The security token is invalid.");
    sandbox.sts().inject(Fault::Answer(error));
    sandbox.get([]).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: AWS does not know the access key AKIALOOPBACKALICE234 from `aws_access_key_id` in [default] of ~/.aws/credentials (InvalidClientTokenId)
mfa-session: hint: check that it exists, is active, and belongs to the partition of STS
"#]]);
}

#[test]
fn escapes_and_shortens_messages_of_a_server() {
    let rows = [
        ("escapes", Answer::error(403, "Evil", "a\u{9b}31mb\nmfa-session: [x] is good\r\t")),
        ("an escape in the code", Answer::error(403, "Ev\u{9b}il\u{202e}", "x")),
        ("a message of 100 KB", Answer::error(403, "Evil", &"long ".repeat(20_000))),
        ("a code of 100 KB", Answer::error(403, &"Evil".repeat(25_000), "x")),
        ("a message of none", Answer::error(403, "Evil", "")),
    ];
    Table::of(rows.map(|(name, answer)| {
        let sandbox = Sandbox::new();
        sandbox.sts().inject(Fault::Answer(answer));
        (name, sandbox.get([]))
    }))
    .matches_file("service_errors/escaped");
}

#[test]
fn warns_when_sts_grants_a_shorter_session() {
    let sandbox = Sandbox::with(Sts::start(Account::default()));
    let text = format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        ROOT.access_key_id, ROOT.secret_access_key
    );
    sandbox.write("credentials", &text);
    let code = sandbox.sts().code(ROOT.serial_number);
    sandbox.run(["--serial", ROOT.serial_number, "--code", &code]).matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: requested 12h, but STS granted 1h (the root user gets 1h at most)
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn says_what_an_mfa_session_may_not_call() {
    let sandbox = Sandbox::new();
    sandbox.get([]).wrote("default-mfa");
    let id = sandbox.value("default-mfa", "aws_access_key_id").unwrap();
    let mut table = Table::default();
    for arguments in [["decode", "x"], ["key-info", ALICE.access_key_id]] {
        let mut command = sandbox.command(PROGRAM);
        command.args(arguments).args(["--profile", "default-mfa"]);
        table.add(arguments[0], &sandbox.outcome(command, "").replace(&id, "[KEY ID]"));
    }
    table.matches(str![[r#"
=== decode
exit 4
--- stderr
mfa-session: error: AWS does not allow this operation for the session [KEY ID] from `aws_access_key_id` in [default-mfa] of ~/.aws/credentials (AccessDenied, request [ID])
mfa-session: hint: an MFA session may only call AssumeRole and GetCallerIdentity in STS: name a profile with long-term keys or a role: --profile NAME

=== key-info
exit 4
--- stderr
mfa-session: error: AWS does not allow this operation for the session [KEY ID] from `aws_access_key_id` in [default-mfa] of ~/.aws/credentials (AccessDenied, request [ID])
mfa-session: hint: an MFA session may only call AssumeRole and GetCallerIdentity in STS: name a profile with long-term keys or a role: --profile NAME
"#]]);
}
