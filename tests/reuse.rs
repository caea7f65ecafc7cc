//! A valid session is reused without a code and without a request; any other is not.

use loopback_sts::{ALICE, BOB};
use snapbox::str;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::sandbox::{Outcome, PROGRAM, Sandbox, keys};

#[test]
fn sessions_of_version_0_1_0_are_shown_reused_exported_and_cleared() {
    let sandbox = Sandbox::new();
    sandbox.write("config", "[default]\nregion = eu-west-1\n");
    let before = keys("default");
    let session = "
[default-mfa]
aws_access_key_id = ASIALOOPBACKSESSION1
aws_secret_access_key = Session/Secret+Of/Forty+Characters/Abcde
aws_session_token = IQoJb3JpZ2luX2VjE/+abc==
x_security_token_expires = 2099-12-31T23:59:59Z
mfa_session_source = default
mfa_session_key = AKIALOOPBACKALICE234
mfa_session_serial = arn:aws:iam::123456789012:mfa/alice
";
    sandbox.write("credentials", &format!("{before}{session}"));
    assert!(sandbox.run(["status", "--short"]).stdout.starts_with("default-mfa "));
    sandbox.run([]).wrote("default-mfa");
    sandbox.run(["--export"]).matches(str![[r#"
exit 0
--- stdout
export AWS_ACCESS_KEY_ID='ASIALOOPBACKSESSION1';
export AWS_SECRET_ACCESS_KEY='Session/Secret+Of/Forty+Characters/Abcde';
export AWS_SESSION_TOKEN='IQoJb3JpZ2luX2VjE/+abc==';
export AWS_CREDENTIAL_EXPIRATION='2099-12-31T23:59:59Z';
export MFA_SESSION_SOURCE='default';
export AWS_ACCOUNT_ID='123456789012';
export AWS_REGION='eu-west-1';
export AWS_DEFAULT_REGION='eu-west-1';
export MFA_SESSION_REGION='eu-west-1';
unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN;
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    assert_eq!(sandbox.read("credentials"), format!("{before}{session}"));
    assert_eq!(sandbox.sts().connections(), 0);
    assert_eq!(sandbox.run(["clear"]).status, 0);
    assert_eq!(sandbox.read("credentials"), before);

    // A new session replaces it, with the properties that are new.
    sandbox.write("credentials", &format!("{before}{session}"));
    sandbox.get(["--force"]).wrote("default-mfa");
    let value = |key| sandbox.value("default-mfa", key);
    assert_eq!(value("aws_account_id").as_deref(), Some("123456789012"));
    assert_eq!(value("region").as_deref(), Some("eu-west-1"));
    assert_eq!(sandbox.run(["clear"]).status, 0);
    assert_eq!(sandbox.read("credentials"), before);
}

#[test]
fn reuses_only_a_matching_valid_session() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str]);
    let reused: &[Row] = &[
        ("no flags", |_| (), &[]),
        ("the same device", |_| (), &["--serial", ALICE.serial_number]),
        ("enough is left", |_| (), &["--min-remaining", "59m"]),
        ("another duration", |_| (), &["--duration", "90m"]),
        ("another region", |_| (), &["--region", "eu-west-1"]),
        ("no prompt", |_| (), &["--no-prompt"]),
        (
            "the same token by its older name",
            |sandbox| {
                change(sandbox, "mfa_session_key", "aws_security_token = token\nmfa_session_key");
            },
            &[],
        ),
        ("the session profile is named", |_| (), &["--profile", "default-mfa"]),
        ("two minutes are enough", |sandbox| write(sandbox, 2), &["--min-remaining", "1m"]),
        ("by a variable", by_variable, &[]),
    ];
    for (name, prepare, arguments) in reused {
        let sandbox = sandbox_with_session(*prepare);
        let before = sandbox.read("credentials");
        let outcome = run(&sandbox, arguments);
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote("default-mfa");
        assert_eq!(sandbox.sts().connections(), 0, "{name}: the program connected");
        assert_eq!(sandbox.read("credentials"), before, "{name}: the file was written");
    }

    let not_reused: &[Row] = &[
        ("forced", |_| (), &["--force"]),
        ("another device", |_| (), &["--serial", "GAHT12345678"]),
        (
            "another device in the profile",
            |sandbox| sandbox.write("config", "[default]\nmfa_serial = GAHT12345678\n"),
            &[],
        ),
        ("too little is left", |_| (), &["--min-remaining", "61m"]),
        ("less than five minutes are left", |sandbox| write(sandbox, 4), &[]),
        ("expired", |sandbox| write(sandbox, -1), &["--min-remaining", "0"]),
        (
            "a rotated key",
            |sandbox| change(sandbox, "_key = AKIALOOPBACKALICE234", "_key = AKIALOOPBACKALICE000"),
            &[],
        ),
        ("another user's key", bobs_key, &[]),
        (
            "another tool's token beside it",
            |sandbox| {
                change(sandbox, "mfa_session_key", "aws_security_token = old\nmfa_session_key");
            },
            &[],
        ),
        (
            "a session of another tool",
            |sandbox| change(sandbox, "mfa_session_key", "other_key"),
            &[],
        ),
        ("a session without an expiry", |sandbox| change(sandbox, "x_security", "y_security"), &[]),
        ("an invalid expiry", |sandbox| change(sandbox, "expires = 2", "expires = x2"), &[]),
        ("another session profile", |_| (), &["--to", "elsewhere"]),
    ];
    for (name, prepare, arguments) in not_reused {
        let sandbox = sandbox_with_session(*prepare);
        let mut all = vec!["--no-prompt"];
        all.extend(*arguments);
        let outcome = run(&sandbox, &all);
        assert_eq!(outcome.status, 3, "{name}: {outcome:?}");
        outcome.matches(str![[r#"
exit 3
--- stderr
mfa-session: error: a code is needed, but --no-prompt forbids the prompt
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, with --code-command, or, without --no-prompt, at a terminal or with MFA_SESSION_ASKPASS
"#]]);
    }
}

#[test]
fn export_of_a_reused_session_prints_the_same() {
    let sandbox = Sandbox::new();
    let code = sandbox.code();
    let arguments = ["--export", "--write", "--serial", ALICE.serial_number, "--code", &code];
    let first = sandbox.run(arguments);
    let second = sandbox.run(["--export"]);
    assert_eq!(first.status, 0, "{first:?}");
    assert_eq!(first.stdout, second.stdout);
    assert!(first.stdout.contains("export AWS_SESSION_TOKEN='"));
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
}

#[test]
fn replaces_an_expired_session() {
    let sandbox = sandbox_with_session(|sandbox| write(sandbox, -1));
    sandbox.get([]).wrote("default-mfa");
    sandbox.run(["--no-prompt"]).wrote("default-mfa");
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
}

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(arguments);
    sandbox.outcome(command, "")
}

/// A sandbox with a session that is valid for an hour.
fn sandbox_with_session(prepare: impl FnOnce(&mut Sandbox)) -> Sandbox {
    let mut sandbox = Sandbox::new();
    write(&sandbox, 60);
    prepare(&mut sandbox);
    sandbox
}

/// Writes the credentials file with a session that is valid for these minutes.
fn write(sandbox: &Sandbox, minutes: i64) {
    // The run itself takes some seconds.
    let end = OffsetDateTime::now_utc() + Duration::minutes(minutes) + Duration::seconds(30);
    let end = end.format(&Rfc3339).unwrap();
    let session = format!(
        "\n[default-mfa]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = secret\n\
         aws_session_token = token\nx_security_token_expires = {end}\n\
         mfa_session_source = default\nmfa_session_key = {}\nmfa_session_serial = {}\n",
        ALICE.access_key_id, ALICE.serial_number
    );
    sandbox.write("credentials", &(keys("default") + &session));
}

fn change(sandbox: &Sandbox, from: &str, to: &str) {
    let text = sandbox.read("credentials");
    assert!(text.contains(from));
    sandbox.write("credentials", &text.replace(from, to));
}

fn by_variable(sandbox: &mut Sandbox) {
    write(sandbox, 2);
    sandbox.set("MFA_SESSION_MIN_REMAINING", "60");
}

fn bobs_key(sandbox: &mut Sandbox) {
    sandbox.set("AWS_ACCESS_KEY_ID", BOB.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", BOB.secret_access_key);
}

#[test]
fn says_that_a_duration_does_not_change_a_stored_session() {
    let sandbox = Sandbox::new();
    sandbox.get(["--duration", "1h"]).wrote("default-mfa");
    let hinted = str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: hint: --duration does not change a stored session: for a new one of 8h, add --force
"#]];
    sandbox.run(["--duration", "8h"]).matches(hinted);
    let command = sandbox.run(["exec", "--duration", "8h", "--", PROGRAM, "--version"]);
    assert!(command.stderr.starts_with("mfa-session: hint: --duration"), "{command:?}");
    for (duration, mode) in [("1h", "--export=sh"), ("8h", "--format=process")] {
        let reused = sandbox.run(["--duration", duration, mode]);
        assert!(!reused.stderr.contains("hint"), "{mode}: {reused:?}");
    }
}
