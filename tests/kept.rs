//! The sessions that there are: shown by `status`, taken away by `clear`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::world::{World, error, keys};

/// A section with a session that ends in so many minutes, and what else stands in it.
fn session(profile: &str, minutes: i64, more: &str) -> String {
    let end = OffsetDateTime::now_utc() + time::Duration::minutes(minutes);
    let end = end.truncate_to_second().format(&Rfc3339).unwrap();
    format!(
        "[{profile}]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = its-secret-key\n\
         aws_session_token = its-session-token\nx_security_token_expires = {end}\n{more}"
    )
}

const MADE: &str = "mfa_session_source = default\nmfa_session_key = AKIAEXAMPLE\n\
                    mfa_session_serial = GAHT12345678\n";
const ROLE: &str = "mfa_session_source = admin\nmfa_session_key = AKIAEXAMPLE\n\
                    mfa_session_serial = GAHT12345678\n\
                    mfa_session_role = arn:aws:iam::123456789012:role/admin\n";

fn world() -> World {
    let world = World::new();
    let text = [
        keys("default"),
        session("default-mfa", 90, MADE),
        session("admin-mfa", -1, ROLE),
        session("saml", 61, ""),
        "[plain]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = its-secret-key\n\
         aws_session_token = its-session-token\n"
            .to_owned(),
    ];
    world.write("credentials", &text.join("\n"));
    world
}

#[test]
fn every_session_is_shown_and_the_one_that_counts_is_marked() {
    let outcome = world().run(["status"]);
    outcome.is(
        0,
        "  profile      left     until                       made from  role or device\n\
         * default-mfa  1h 30m   THEN  default    GAHT12345678\n  \
           admin-mfa    over     THEN  admin      arn:aws:iam::123456789012:role/admin\n  \
           saml         1h 1m    THEN  -          -\n  \
           plain        unknown  -                           -          -\n",
        "",
    );
}

#[test]
fn the_exit_status_tells_whether_the_session_that_counts_is_good() {
    let mut world = world();
    world.write("config", "[profile admin]\nrole_arn = x\nsource_profile = default\n");
    for (arguments, status, stdout) in [
        (&[][..], 0, "default-mfa 1h 30m\n"),
        (&["--profile", "default"], 0, "default-mfa 1h 30m\n"),
        (&["--profile", "default-mfa"], 0, "default-mfa 1h 30m\n"),
        (&["--profile", "saml"], 0, "saml 1h 1m\n"),
        (&["--profile", "plain"], 0, "plain unknown\n"),
        (&["--profile", "admin"], 1, ""),
        (&["--profile", "nobody"], 1, ""),
    ] {
        let mut command = world.command(crate::world::PROGRAM);
        command.args(["status", "--short"]).args(arguments);
        world.outcome(command, "").is(status, stdout, "");
    }
    world.set("AWS_PROFILE", "saml");
    world.run(["status", "--short"]).is(0, "saml 1h 1m\n", "");
    world.set("AWS_PROFILE", "").set("MFA_SESSION_SOURCE", "default");
    world.run(["status", "--short"]).is(0, "default-mfa 1h 30m\n", "");
}

#[test]
fn the_session_of_the_environment_counts_unless_a_profile_is_named() {
    for token in ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"] {
        let mut world = world();
        world.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE").set(token, "its-session-token");
        world.set("AWS_SECRET_ACCESS_KEY", "its-secret-access-key");
        world.run(["status", "--short"]).is(0, "(environment) unknown\n", "");
        world.set("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z");
        world.run(["status", "--short"]).is(1, "", "");
        world.run(["status", "--short", "--profile", "saml"]).is(0, "saml 1h 1m\n", "");
    }
}

#[test]
fn programs_get_it_as_json() {
    let outcome = world().run(["status", "--json"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    let mut told: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let first = told["sessions"][0].as_object_mut().unwrap();
    assert!((5390..=5400).contains(&first["seconds_left"].as_i64().unwrap()));
    assert!(first["expires"].as_str().unwrap().ends_with('Z'));
    first.remove("seconds_left");
    first.remove("expires");
    let expected = json!({
        "profile": "default-mfa", "chosen": true, "good": true, "source": "default",
        "serial": "GAHT12345678", "role": null, "restricted": false,
    });
    assert_eq!(told["sessions"][0], expected);
    assert_eq!(told["good"], true);
    assert_eq!(told["sessions"][1]["role"], "arn:aws:iam::123456789012:role/admin");
    assert_eq!(told["sessions"][1]["seconds_left"], 0);
    assert_eq!(told["sessions"][3]["expires"], Value::Null);
    assert_eq!(told["sessions"].as_array().unwrap().len(), 4);
}

#[test]
fn where_there_is_no_session_nothing_is_shown() {
    let world = World::new();
    world.run(["status"]).is(1, "", "");
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn what_stands_in_a_file_can_not_move_the_cursor() {
    let world = World::new();
    let hostile = "mfa_session_source = \u{1b}[2J\u{202e}x\n";
    world.write("credentials", &session("a\u{9b}b", 90, hostile));
    let table = world.run(["status", "--profile", "a\u{9b}b"]).stdout;
    let json = world.run(["status", "--json"]).stdout;
    for text in [table, json] {
        assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{text}");
    }
}

#[test]
fn ten_thousand_profiles_do_not_keep_a_prompt_waiting() {
    let world = World::new();
    let profiles = (0..10_000).map(|n| keys(&format!("p{n}"))).collect::<String>();
    world.write("credentials", &(profiles + &session("default-mfa", 90, MADE)));
    let start = Instant::now();
    world.run(["status", "--short"]).is(0, "default-mfa 1h 30m\n", "");
    // Without optimizations, beside other tests: not quadratic is what it says.
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_session_is_taken_away_and_every_other_byte_stays() {
    let world = World::new();
    let before = format!(
        "# mine\n{}\n{}region = eu-west-1 ; here\n\n# a note\n[other]\nx = 1\n",
        keys("default"),
        session("default-mfa", 90, MADE),
    );
    world.write("credentials", &before);
    world.run(["clear"]).is(0, "", "mfa-session: [default-mfa] has no session any more\n");
    let after = format!(
        "# mine\n{}\n[default-mfa]\nregion = eu-west-1 ; here\n\n# a note\n[other]\nx = 1\n",
        keys("default")
    );
    assert_eq!(world.read("credentials"), after);
    world.run(["clear"]).is(0, "", "mfa-session: there is no session to clear\n");
    assert_eq!(world.read("credentials"), after);
    assert_eq!(world.files(), ["credentials"]);
}

#[test]
fn a_file_does_not_grow_by_sessions_that_come_and_go() {
    let world = World::new();
    // A blank line came before the new section, and stays: it may be somebody's.
    let expected = world.read("credentials") + "\n";
    for _ in 0..2 {
        world.get([]).wrote("default-mfa");
        assert_eq!(world.run(["clear", "--profile", "default-mfa"]).status, 0);
        assert_eq!(world.read("credentials"), expected);
    }
}

#[test]
fn all_are_those_that_this_program_wrote() {
    let world = world();
    world.run(["clear", "--all"]).is(
        0,
        "",
        "mfa-session: [default-mfa] has no session any more\n\
         mfa-session: [admin-mfa] has no session any more\n",
    );
    let left = world.read("credentials");
    assert!(left.contains("[saml]") && left.contains("[plain]") && !left.contains("-mfa]"));
    assert!(left.starts_with(&keys("default")));
}

#[test]
fn long_term_keys_are_never_taken_away() {
    let world = World::new();
    let before = world.read("credentials");
    let none = "mfa-session: there is no session to clear\n";
    world.run(["clear", "--profile", "default"]).is(0, "", none);
    world.run(["clear", "--all"]).is(0, "", none);
    assert_eq!(world.read("credentials"), before);
}

#[test]
fn a_file_that_can_not_be_written_stays_as_it_is() {
    let world = world();
    world.write("credentials", &format!("[default\n{}", session("default-mfa", 9, MADE)));
    let what = "~/.aws/credentials, line 1: expected `]` at the end of the section's header";
    let hint = "correct the line: the AWS CLI or an SDK refuses it as well";
    world.run(["clear"]).is(1, "", &error(what, &[hint]));
}

#[test]
fn long_term_keys_beside_a_stale_token_are_neither_taken_away_nor_overwritten() {
    for token in ["aws_session_token = stale\n", "aws_security_token = stale\n"] {
        let world = World::new();
        let text = keys("default") + "\n" + &keys("work").replace("ALICE", "OTHER") + token + MADE;
        world.write("credentials", &text);
        let none = "mfa-session: there is no session to clear\n";
        world.run(["clear", "--profile", "work"]).is(0, "", none);
        world.run(["clear", "--all"]).is(0, "", none);
        let outcome = world.get(["--to", "work"]);
        let what = "[work] in ~/.aws/credentials holds long-term keys, which are never overwritten";
        outcome.is(1, "", &error(what, &["name another session profile: --to NAME"]));
        assert_eq!(world.read("credentials"), text);
    }
}

#[test]
fn a_session_that_may_do_less_is_not_replaced_by_one_that_may_do_more() {
    let world = World::new();
    let policy = r#"{"Version": "2012-10-17", "Statement": []}"#;
    assert_eq!(world.run(["federate", "carol", "--policy", policy]).status, 0);
    let before = world.read("credentials");
    let what = "the session in [default-carol] has policies, tags or a name of its own";
    let hint = "get it again as it was got; or, for one without them, --profile default";
    world.get(["--profile", "default-carol"]).is(1, "", &error(what, &[hint]));
    assert_eq!(world.read("credentials"), before);
}

#[test]
fn a_time_that_has_no_form_is_none() {
    let world = World::new();
    let odd = session("odd", 9, "").replace("x_security_token_expires = 2", "expiration = -9992");
    world.write("credentials", &odd);
    let outcome = world.run(["status", "--json"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (1, ""));
    assert!(outcome.stdout.contains("\"expires\": null"), "{outcome:?}");
}
