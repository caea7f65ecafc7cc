//! What is refused, before a prompt or by AWS, and answers that are none of AWS's.

use loopback_sts::{ALICE, Account, Answer, Cut, Fault, Sts};

use snapbox::str;

use super::{console, sandbox, with_code};
use crate::sandbox::{PROGRAM, Sandbox, Table, keys};

#[test]
fn refuses_sessions_that_aws_would_refuse() {
    let sandbox = sandbox();
    let mut table = Table::default();
    table.add("a profile without a role", &console(&sandbox, &[]));
    table.add("a hardware device", &console(&sandbox, &["--serial", "GAHT12345678"]));
    let china = ["--serial", "arn:aws-cn:iam::123456789012:mfa/alice"];
    table.add("a profile without a role in China", &console(&sandbox, &china));
    assert_eq!(sandbox.sts().connections(), 0);
    sandbox.get([]).wrote("default-mfa");
    let connections = sandbox.sts().connections();
    sandbox.write("config", "");
    table.add("a device of a kept session", &console(&sandbox, &[]));
    table.add("an MFA session", &console(&sandbox, &["--profile", "default-mfa"]));
    let old = "[default-bob]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\n\
               aws_secret_access_key = x\naws_session_token = x\n\
               x_security_token_expires = 2020-01-01T00:00:00Z\n\
               mfa_session_source = default\nmfa_session_key = AKIAIOSFODNN7EXAMPLE\n";
    sandbox.write("credentials", &(keys("default") + old));
    table.add("an expired session", &console(&sandbox, &["--profile", "default-bob"]));
    table.add("an unknown profile", &console(&sandbox, &["--profile", "nobody"]));
    table.matches_file("console/refused_sessions");
    assert_eq!(sandbox.sts().connections(), connections);
}

#[cfg(unix)] // needs a POSIX shell
#[test]
fn runs_no_credential_process_for_a_profile_without_a_role() {
    let sandbox = Sandbox::new();
    sandbox.write("config", "[profile work]\ncredential_process = sh -c 'touch ~/ran; false'\n");
    let outcome = console(&sandbox, &["--profile", "work"]);
    assert!(outcome.stderr.contains("the profile `work` has no role"), "{outcome:?}");
    assert!(!sandbox.path("ran").exists());
}

#[test]
fn refuses_keys_in_the_environment_without_a_role() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    let mut table = Table::default();
    table.add("no role", &console(&sandbox, &[]));
    sandbox.set("MFA_SESSION_SERIAL", ALICE.serial_number);
    table.add("no role, but a device", &console(&sandbox, &[]));
    table.matches_file("console/keys_in_environment");
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn rejects_invalid_arguments_before_anything_is_sent() {
    let mut sandbox = sandbox();
    let mut table = Table::default();
    let long = format!("--service={}", "x".repeat(65));
    for arguments in [
        &["--service="][..],
        &["--service", "ec2/home?x=1"],
        &["--service", "../evil"],
        &[&long],
        &["--region", "eu-west-1.evil.example/"],
        &[
            "--region",
            "us-iso-east-1",
            "--role-arn",
            "arn:aws-iso:iam::123456789012:role/x",
            "--serial",
            "arn:aws-iso:iam::123456789012:mfa/alice",
        ],
        &["--region", "cn-north-1"],
        &["--json"],
        &["--export"],
        &["x"],
    ] {
        table.add(format_args!("{arguments:?}"), &{
            let mut all = arguments.to_vec();
            if !arguments.contains(&"--role-arn") {
                all.push("--profile=admin");
            }
            console(&sandbox, &all)
        });
    }
    sandbox.set("AWS_ENDPOINT_URL_SIGNIN", "http://signin.example");
    table.add("plain http", &console(&sandbox, &["--profile=admin"]));
    sandbox.set("AWS_ENDPOINT_URL_SIGNIN", "https://user:secret@signin.example");
    table.add("a password in the URL", &console(&sandbox, &["--profile=admin"]));
    table.matches_file("console/invalid_arguments");
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn refuses_the_null_device_before_a_code_is_used() {
    let sandbox = sandbox();
    let mut command = sandbox.command(PROGRAM);
    command.args(["console", "-p", "admin", "--code", "123456"]);
    sandbox.outcome_without_stdout(command).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: standard output is closed or the null device
mfa-session: hint: read the link from standard output, or open it: --open
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn explains_answers_without_a_token() {
    let mut sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    sandbox.set("AWS_MAX_ATTEMPTS", "1");
    let json = |text: &str| Fault::Answer(Answer::new(200, text));
    let faults = [
        ("400 with a page", Fault::Answer(Answer::html(400))),
        ("400 with text", Fault::Answer(Answer::new(400, "\x1b[31mno"))),
        ("403", Fault::Answer(Answer::html(403))),
        ("429", Fault::Answer(Answer::html(429))),
        ("503", Fault::Answer(Answer::html(503))),
        ("a redirect", Fault::Answer(Answer::redirect(302, "http://127.0.0.1:9/federation"))),
        ("a page", Fault::Answer(Answer::html(200))),
        ("nothing", json("")),
        ("XML", Fault::Answer(Answer::of_another_operation())),
        ("no token", json("{}")),
        ("an array", json("[]")),
        ("a number", json(r#"{"SigninToken": 1}"#)),
        ("an empty token", json(r#"{"SigninToken": ""}"#)),
        ("half an answer", json(r#"{"SigninToken": "x"#)),
        ("deep JSON", json(&"[".repeat(100_000))),
        ("a large answer", Fault::Body(2 << 20)),
        ("no HTTP", Fault::Raw(b"hello\r\n\r\n".to_vec())),
        ("a closed connection", Fault::Cut(Cut::Unprocessed)),
    ];
    let mut table = Table::default();
    for (name, fault) in faults {
        sandbox.sts().inject(fault.on_signin());
        let mut outcome = console(&sandbox, &["--profile", "admin"]);
        outcome.forget_why();
        table.add(name, &outcome);
        sandbox.sts().clear_faults();
    }
    table.matches_file("console/answers");
}

#[test]
fn encodes_a_token_of_any_characters() {
    let sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    let answer = Answer::new(200, r#"{"SigninToken": "a\u001b[31m\r\nX: y&Destination=é b"}"#);
    sandbox.sts().inject(Fault::Answer(answer).on_signin());
    let outcome = console(&sandbox, &["--profile", "admin"]);
    let end = "&SigninToken=a%1B%5B31m%0D%0AX%3A%20y%26Destination%3D%C3%A9%20b\n";
    assert!(outcome.stdout.ends_with(end), "{outcome:?}");
}

#[test]
fn a_wrong_account_is_no_secret() {
    // AWS refuses keys that it does not know.
    let mut sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    let other = Sts::start(Account::default());
    sandbox.set("AWS_ENDPOINT_URL_SIGNIN", other.url());
    let outcome = console(&sandbox, &["--profile", "admin"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (4, ""));
}
