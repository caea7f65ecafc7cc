//! `status` shows the sessions in the AWS files.

#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
mod status_on_a_terminal;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use snapbox::str;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::sandbox::{Sandbox, Table, keys};

/// A section with a session that expires in so many minutes, followed by more lines.
pub(crate) fn session(profile: &str, minutes: i64, more: &str) -> String {
    let end = end(minutes);
    format!(
        "[{profile}]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = its-secret-key\n\
         aws_session_token = its-session-token\nx_security_token_expires = {end}\n{more}"
    )
}

/// The time in so many minutes.
fn end(minutes: i64) -> String {
    let end = OffsetDateTime::now_utc() + time::Duration::minutes(minutes);
    end.truncate_to_second().format(&Rfc3339).unwrap()
}

pub(crate) const MADE: &str = "mfa_session_source = default\nmfa_session_key = AKIAEXAMPLE\n\
                    mfa_session_serial = GAHT12345678\n";
const ROLE: &str = "mfa_session_source = admin\nmfa_session_key = AKIAEXAMPLE\n\
                    mfa_session_serial = GAHT12345678\n\
                    mfa_session_role = arn:aws:iam::123456789012:role/admin\n";

pub(crate) fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let text = [
        keys("default"),
        session("default-mfa", 90, MADE),
        session("admin-mfa", -1, ROLE),
        session("saml", 61, ""),
        "[plain]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = its-secret-key\n\
         aws_session_token = its-session-token\n"
            .to_owned(),
    ];
    sandbox.write("credentials", &text.join("\n"));
    sandbox
}

#[test]
fn lists_every_session_and_marks_the_active_one() {
    let outcome = sandbox().run(["status"]);
    outcome.matches(str![[r#"
exit 0
--- stdout
  profile      left     until      source   account       role/device
* default-mfa  1h 30m   DAY HH:MM  default  -             GAHT12345678
  saml         1h 1m    DAY HH:MM  -        -             -
  plain        unknown  -          -        -             -
  admin-mfa    expired  DAY HH:MM  admin    123456789012  role/admin
"#]]);
}

#[test]
fn says_in_words_that_a_session_expires_soon_or_has_expired() {
    let sandbox = Sandbox::new();
    let sessions = [
        session("old-mfa", -14_400, &ROLE.replace("role/", "role/a/path/")),
        session("default-mfa", 14, MADE),
        session("other-mfa", 16, "aws_account_id = 210987654321\n"),
        session("odd-mfa", 12, &ROLE.replace("arn:", "")),
    ];
    sandbox.write("credentials", &sessions.join("\n"));
    let outcome = sandbox.run(["status"]);
    let ten_days_ago = sandbox.value("old-mfa", "x_security_token_expires").unwrap();
    outcome.replace(&ten_days_ago[..10], "YYYY-MM-DD").matches(str![[r#"
exit 0
--- stdout
  profile      left      until       source   account       role/device
* default-mfa  only 14m  DAY HH:MM   default  -             GAHT12345678
  other-mfa    16m       DAY HH:MM   -        210987654321  -
  odd-mfa      only 12m  DAY HH:MM   admin    -             aws:iam::123456789012:role/admin
  old-mfa      expired   YYYY-MM-DD  admin    123456789012  role/admin
"#]]);
}

#[test]
fn fifty_sessions_fit_80_columns() {
    let sandbox = Sandbox::new();
    let session = |n: u64| {
        let account = (123_456_789_000 + n).to_string();
        let role =
            ROLE.replace("= admin", &format!("= team-{n}")).replace("role/admin", "role/deploy");
        // Two of three have expired.
        let minutes = if n.is_multiple_of(3) { 40 } else { -40 };
        session(&format!("team-{n}-mfa"), minutes, &role.replace("123456789012", &account))
    };
    sandbox.write("credentials", &(0..50).map(session).collect::<String>());
    let table = sandbox.run(["status", "--profile", "team-30"]).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 51);
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{table}");
    assert!(lines[1].starts_with("* team-30-mfa  40m "), "{table}");
    let expired = lines.iter().position(|line| line.contains(" expired ")).unwrap();
    assert_eq!(lines[expired..].len(), 33);
    assert!(lines[expired..].iter().all(|line| line.contains(" expired ")), "{table}");
}

#[test]
fn exit_status_tells_whether_the_active_session_is_valid() {
    let mut sandbox = sandbox();
    sandbox.write("config", "[profile admin]\nrole_arn = x\nsource_profile = default\n");
    let mut table = Table::default();
    for arguments in [
        &[][..],
        &["--profile", "default"],
        &["--profile", "default-mfa"],
        &["--profile", "saml"],
        &["--profile", "plain"],
        &["--profile", "admin"],
        &["--profile", "nobody"],
    ] {
        let mut command = sandbox.command(crate::sandbox::PROGRAM);
        command.args(["status", "--short"]).args(arguments);
        table.add(format!("{arguments:?}"), &sandbox.outcome(command, ""));
    }
    table.matches(str![[r#"
=== []
exit 0
--- stdout
default-mfa 1h 30m

=== ["--profile", "default"]
exit 0
--- stdout
default-mfa 1h 30m

=== ["--profile", "default-mfa"]
exit 0
--- stdout
default-mfa 1h 30m

=== ["--profile", "saml"]
exit 0
--- stdout
saml 1h 1m

=== ["--profile", "plain"]
exit 0
--- stdout
plain unknown

=== ["--profile", "admin"]
exit 1

=== ["--profile", "nobody"]
exit 1
"#]]);
    sandbox.set("AWS_PROFILE", "saml");
    sandbox.run(["status", "--short"]).matches(str![[r#"
exit 0
--- stdout
saml 1h 1m
"#]]);
    sandbox.set("AWS_PROFILE", "").set("MFA_SESSION_SOURCE", "default");
    sandbox.run(["status", "--short"]).matches(str![[r#"
exit 0
--- stdout
default-mfa 1h 30m
"#]]);
}

#[test]
fn the_session_in_variables_is_active_unless_a_profile_is_given() {
    for token in ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"] {
        let mut sandbox = sandbox();
        sandbox.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE").set(token, "its-session-token");
        sandbox.set("AWS_SECRET_ACCESS_KEY", "its-secret-access-key");
        sandbox.run(["status", "--short"]).matches(str![[r#"
exit 0
--- stdout
(environment) 1h 30m
"#]]);
        sandbox.set("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z");
        sandbox.run(["status", "--short"]).matches(str!["exit 1"]);
        sandbox.run(["status", "--short", "--profile", "saml"]).matches(str![[r#"
exit 0
--- stdout
saml 1h 1m
"#]]);
    }
}

#[test]
fn a_shell_prompt_needs_no_file_for_a_session_in_variables() {
    let mut sandbox = Sandbox::new();
    sandbox.write("credentials", "[malformed");
    sandbox.write("config", "[malformed");
    sandbox.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE").set("AWS_SESSION_TOKEN", "its-session-token");
    sandbox.set("AWS_SECRET_ACCESS_KEY", "its-secret-access-key");
    assert_eq!(sandbox.run(["status", "--short"]).status, 1);
    sandbox.set("AWS_CREDENTIAL_EXPIRATION", end(90));
    sandbox.run(["status", "--short"]).matches(str![[r#"
exit 0
--- stdout
(environment) 1h 30m
"#]]);
}

#[test]
fn shows_where_the_session_in_variables_comes_from() {
    let mut sandbox = sandbox();
    sandbox.set("AWS_ACCESS_KEY_ID", "ASIAOTHER").set("AWS_SESSION_TOKEN", "its-session-token");
    sandbox.set("AWS_SECRET_ACCESS_KEY", "its-secret-access-key");
    sandbox.set("MFA_SESSION_SOURCE", "work");
    let mut table = Table::default();
    table.add("exported", &sandbox.run(["status"]));
    let role = session("admin-mfa", 30, ROLE).replace("ASIAEXAMPLE", "ASIAOTHER");
    sandbox.write("credentials", &(sandbox.read("credentials") + &role));
    table.add("exported and stored", &sandbox.run(["status"]));
    table.matches(str![[r#"
=== exported
exit 0
--- stdout
  profile        left     until      source   account       role/device
* (environment)  unknown  -          work     -             -
  default-mfa    1h 30m   DAY HH:MM  default  -             GAHT12345678
  saml           1h 1m    DAY HH:MM  -        -             -
  plain          unknown  -          -        -             -
  admin-mfa      expired  DAY HH:MM  admin    123456789012  role/admin

=== exported and stored
exit 0
--- stdout
  profile        left     until      source   account       role/device
* (environment)  30m      DAY HH:MM  admin    123456789012  role/admin
  default-mfa    1h 30m   DAY HH:MM  default  -             GAHT12345678
  admin-mfa      30m      DAY HH:MM  admin    123456789012  role/admin
  saml           1h 1m    DAY HH:MM  -        -             -
  plain          unknown  -          -        -             -
"#]]);
    let json: Value = serde_json::from_str(&sandbox.run(["status", "--json"]).stdout).unwrap();
    let first = &json["sessions"][0];
    assert_eq!((&first["profile"], &first["source"]), (&Value::Null, &json!("admin")));
    assert_eq!(first["role"], "arn:aws:iam::123456789012:role/admin");
}

#[test]
fn prints_json() {
    let outcome = sandbox().run(["status", "--json"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    let mut output: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let first = output["sessions"][0].as_object_mut().unwrap();
    assert!((5390..=5400).contains(&first["seconds_left"].as_i64().unwrap()));
    assert!(first["expires"].as_str().unwrap().ends_with('Z'));
    first.remove("seconds_left");
    first.remove("expires");
    let expected = json!({
        "profile": "default-mfa", "chosen": true, "good": true, "source": "default",
        "serial": "GAHT12345678", "role": null, "restricted": false,
    });
    assert_eq!(output["sessions"][0], expected);
    assert_eq!(output["good"], true);
    assert_eq!(output["sessions"][1]["role"], "arn:aws:iam::123456789012:role/admin");
    assert_eq!(output["sessions"][1]["seconds_left"], 0);
    assert_eq!(output["sessions"][3]["expires"], Value::Null);
    assert_eq!(output["sessions"].as_array().unwrap().len(), 4);
}

#[test]
fn says_how_to_begin_without_a_session() {
    let mut table = Table::default();
    let mut sandbox = Sandbox::new();
    table.add("keys", &sandbox.run(["status"]));
    table.add("in JSON", &sandbox.run(["status", "--json"]));
    table.add("in a shell prompt", &sandbox.run(["status", "--short"]));
    sandbox.write("credentials", &keys("work"));
    table.add("keys of another profile", &sandbox.run(["status"]));
    table.add("an unknown profile", &sandbox.run(["status", "--profile", "wrk"]));
    table.add("by flag", &sandbox.run(["status", "--profile", "work"]));
    sandbox.set("AWS_PROFILE", "work");
    table.add("by variable", &sandbox.run(["status"]));
    sandbox.set("AWS_PROFILE", "").write("config", "[profile admin]\n[profile test]\n");
    table.add("several profiles", &sandbox.run(["status"]));
    sandbox.write("config", "");
    sandbox.write("credentials", "");
    table.add("no keys", &sandbox.run(["status"]));
    sandbox.set("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").set("AWS_SECRET_ACCESS_KEY", "secret");
    table.add("keys in variables", &sandbox.run(["status"]));
    table.matches(str![[r#"
=== keys
exit 1
--- stderr
mfa-session: no session in ~/.aws/credentials
mfa-session: hint: get one: mfa-session

=== in JSON
exit 1
--- stdout
{
  "good": false,
  "sessions": []
}

=== in a shell prompt
exit 1

=== keys of another profile
exit 1
--- stderr
mfa-session: no session in ~/.aws/credentials
mfa-session: hint: get one: mfa-session --profile work

=== an unknown profile
exit 1
--- stderr
mfa-session: no session in ~/.aws/credentials
mfa-session: hint: did you mean `--profile work`?
mfa-session: hint: name one of these with --profile: work

=== by flag
exit 1
--- stderr
mfa-session: no session in ~/.aws/credentials
mfa-session: hint: get one: mfa-session --profile work

=== by variable
exit 1
--- stderr
mfa-session: no session in ~/.aws/credentials
mfa-session: hint: get one: mfa-session --profile work

=== several profiles
exit 1
--- stderr
mfa-session: no session in ~/.aws/credentials
mfa-session: hint: get one: mfa-session --profile work (or another profile: admin, test)

=== no keys
exit 1
--- stderr
mfa-session: no session in ~/.aws/credentials
mfa-session: hint: add your long-term keys with `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY

=== keys in variables
exit 1
--- stderr
mfa-session: no session in ~/.aws/credentials
mfa-session: hint: get one: mfa-session
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn escapes_control_characters_from_the_file() {
    let sandbox = Sandbox::new();
    let hostile = "mfa_session_source = \u{1b}[2J\u{202e}x\n";
    sandbox.write("credentials", &session("a\u{9b}b", 90, hostile));
    let table = sandbox.run(["status", "--profile", "a\u{9b}b"]).stdout;
    let json = sandbox.run(["status", "--json"]).stdout;
    for text in [table, json] {
        assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{text}");
    }
}

#[test]
fn stays_fast_with_ten_thousand_profiles() {
    let sandbox = Sandbox::new();
    let profiles = (0..10_000).map(|n| keys(&format!("p{n}"))).collect::<String>();
    sandbox.write("credentials", &(profiles + &session("default-mfa", 90, MADE)));
    let start = Instant::now();
    sandbox.run(["status", "--short"]).matches(str![[r#"
exit 0
--- stdout
default-mfa 1h 30m
"#]]);
    // A debug build beside other tests: the limit only rules out quadratic time.
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn prints_null_for_an_expiry_that_cannot_be_formatted() {
    let sandbox = Sandbox::new();
    let odd = session("odd", 9, "").replace("x_security_token_expires = 2", "expiration = -9992");
    sandbox.write("credentials", &odd);
    let outcome = sandbox.run(["status", "--json"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (1, ""));
    assert!(outcome.stdout.contains("\"expires\": null"), "{outcome:?}");
}

/// The profile that the guide documents for SDKs.
#[test]
fn marks_the_session_that_a_credential_process_prints() {
    let with_path = if cfg!(windows) {
        r#""C:\my tools\mfa-session.exe" --profile=work --format=process"#
    } else {
        "'/usr/bin/mfa-session' --profile=work --format=process"
    };
    let rows = [
        ("documented", "mfa-session -p work --format process", true),
        ("not kept", "mfa-session -p work --format process --no-write", true),
        ("a path and long flags", with_path, true),
        (
            "with a variable",
            "env MFA_SESSION_ASKPASS=/opt/ask mfa-session -p work --format process",
            true,
        ),
        ("with a role", "mfa-session -p admin --format process --min-remaining 30m", true),
        ("itself", "mfa-session -p sdk --format process", false),
        ("an unknown profile", "mfa-session -p nowhere --format process", false),
        ("another session", "mfa-session -p work --to x --format process", false),
        ("another program", "other -p work --format process", false),
    ];
    for (name, line, is_marked) in rows {
        let mut sandbox = Sandbox::new();
        sandbox.write("credentials", &keys("work"));
        let role = sandbox.sts().role_arn("reader");
        let config = format!(
            "[profile sdk]\ncredential_process = {line}\n\
             [profile admin]\nrole_arn = {role}\nsource_profile = work\n"
        );
        sandbox.write("config", &config);
        assert_eq!(sandbox.get(["--profile", "admin"]).status, 0, "{name}");
        sandbox.set("AWS_PROFILE", "sdk");
        let outcome = sandbox.run(["status"]);
        let marked = if line.contains("admin") { "* admin-mfa " } else { "* work-mfa " };
        assert_eq!(outcome.stdout.contains(marked), is_marked, "{name}: {outcome:?}");
        assert_eq!(outcome.status, i32::from(!is_marked), "{name}");
    }
}

#[test]
fn the_session_that_a_credential_process_prints_is_renewed_and_cleared() {
    let mut sandbox = Sandbox::new();
    sandbox.write("credentials", &keys("work"));
    sandbox.write(
        "config",
        "[profile sdk]\ncredential_process = mfa-session -p work --format process\n",
    );
    sandbox.set("AWS_PROFILE", "sdk");
    sandbox.get([]).wrote("work-mfa");
    sandbox.run(["clear"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: cleared the session in [work-mfa]
"#]]);
    assert_eq!(sandbox.value("work-mfa", "aws_session_token"), None);
}
