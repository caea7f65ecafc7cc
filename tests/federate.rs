//! A session for a federated user, lent by a user with long-term keys.

#![allow(clippy::too_many_lines, reason = "a table of cases is long")]

mod refused;

use std::fs;

use loopback_sts::{ALICE, Account, Answer, Fault, ROOT, Sts};

use crate::world::{Outcome, PROGRAM, World, error, keys};

const POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const UNLIMITED: &str = "mfa-session: warning: without a policy the session can do next to \
                         nothing: --policy, --policy-arn\n";

fn federate(world: &World, more: &[&str]) -> Outcome {
    let mut command = world.command(PROGRAM);
    command.args(["federate", "carol"]).args(more);
    world.outcome(command, "")
}

#[test]
fn a_session_is_written_with_what_it_was_made_from() {
    let world = World::new();
    federate(&world, &["--policy", POLICY]).wrote("default-carol");
    assert_eq!(world.asked(), ["GetFederationToken OK"]);
    assert_eq!(world.signer(), ALICE.access_key_id);

    let text = world.read("credentials");
    let (alice, session) = text.split_once("\n[default-carol]\n").unwrap();
    assert_eq!(format!("{alice}\n"), keys("default") + "\n");
    let names: Vec<_> = session.lines().map(|line| line.split_once(" = ").unwrap().0).collect();
    assert_eq!(
        names,
        [
            "aws_access_key_id",
            "aws_secret_access_key",
            "aws_session_token",
            "x_security_token_expires",
            "mfa_session_source",
            "mfa_session_key",
            "mfa_session_restricted",
        ]
    );
    let value = |key| world.value("default-carol", key).unwrap();
    assert_eq!(value("mfa_session_source"), "default");
    assert_eq!(value("mfa_session_key"), ALICE.access_key_id);
    assert_eq!(value("mfa_session_restricted"), "true");
    world.run(["whoami", "--profile", "default-carol"]).is(
        0,
        "account  123456789012\n\
         arn      arn:aws:sts::123456789012:federated-user/carol\n\
         user id  123456789012:carol\n",
        "",
    );
}

#[test]
fn the_request_says_what_was_asked_for() {
    type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);
    let world = World::new();
    fs::write(world.path("policy.json"), format!("\n{POLICY}\n")).unwrap();
    let of_team = "arn:aws:iam::123456789012:policy/team/Files";
    let rows: &[Row<'_>] = &[
        (&["--policy", POLICY], &[("DurationSeconds", "43200"), ("Policy", POLICY)]),
        (
            &["--policy", "file://policy.json", "--duration", "15m"],
            &[("DurationSeconds", "900"), ("Policy", &format!("\n{POLICY}\n"))],
        ),
        (
            &["--policy", "file://~/policy.json", "--duration", "36h"],
            &[("DurationSeconds", "129600"), ("Policy", &format!("\n{POLICY}\n"))],
        ),
        (
            &[
                "--policy-arn",
                READ_ONLY,
                "--policy-arn",
                of_team,
                "--tag",
                "team=red",
                "--tag",
                "x=",
            ],
            &[
                ("DurationSeconds", "43200"),
                ("PolicyArns.member.1.arn", READ_ONLY),
                ("PolicyArns.member.2.arn", of_team),
                ("Tags.member.1.Key", "team"),
                ("Tags.member.1.Value", "red"),
                ("Tags.member.2.Key", "x"),
                ("Tags.member.2.Value", ""),
            ],
        ),
    ];
    for (arguments, expected) in rows {
        federate(&world, arguments).wrote("default-carol");
        let requests = world.sts().requests();
        let mut sent = requests.last().unwrap().parameters.clone();
        sent.sort();
        let always =
            [("Action", "GetFederationToken"), ("Name", "carol"), ("Version", "2011-06-15")];
        let mut all: Vec<_> = [&always, *expected].concat();
        all.sort_unstable();
        let all: Vec<_> =
            all.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        assert_eq!(sent, all, "{arguments:?}");
    }
}

#[test]
fn the_session_goes_where_it_is_wanted() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str], &'static str);
    let rows: &[Row] = &[
        ("nobody says", |_| (), &[], "default-carol"),
        (
            "another profile",
            |world| world.write("credentials", &keys("work")),
            &["--profile", "work"],
            "work-carol",
        ),
        (
            "long-term keys",
            |world| world.write("credentials", &keys("work-long-term")),
            &["--profile", "work"],
            "work-carol",
        ),
        (
            "the name of the MFA session in the profile",
            |world| world.write("credentials", &(keys("default") + "mfa_session_to = elsewhere\n")),
            &[],
            "default-carol",
        ),
        ("a flag", |_| (), &["--to", "elsewhere"], "elsewhere"),
        (
            "a variable",
            |world| {
                world.set("MFA_SESSION_TO", "elsewhere");
            },
            &[],
            "elsewhere",
        ),
    ];
    for (name, prepare, arguments, profile) in rows {
        let mut world = World::new();
        prepare(&mut world);
        let outcome = federate(&world, &[&["--policy-arn", READ_ONLY], *arguments].concat());
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote(profile);
        let text = world.read("credentials");
        let section = text.split_once(&format!("[{profile}]\n")).unwrap().1;
        assert!(world.accepts(section), "{name}");
    }
}

#[test]
fn keys_of_the_environment_lend_as_well() {
    let mut world = World::new();
    world.write("credentials", "");
    world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    federate(&world, &["--policy-arn", READ_ONLY]).wrote("default-carol");
    assert_eq!(world.value("default-carol", "mfa_session_source").as_deref(), Some("default"));
}

#[test]
fn exports_are_printed_and_written_where_that_is_wanted() {
    let world = World::new();
    let before = world.read("credentials");
    let exported = federate(&world, &["--policy", POLICY, "--export"]);
    let told = "mfa-session: the session of `default` is good until THEN (LEFT left)\n";
    assert_eq!((exported.status, &*exported.stderr), (0, told));
    assert!(exported.stdout.starts_with("export AWS_ACCESS_KEY_ID='ASIA"), "{exported:?}");
    assert_eq!(world.read("credentials"), before);

    let both = federate(&world, &["--policy", POLICY, "--export", "--write"]);
    let told = "mfa-session: [default-carol] is good until THEN (LEFT left)\n";
    assert_eq!((both.status, &*both.stderr), (0, told));
    let value = |key| world.value("default-carol", key).unwrap();
    let start = format!(
        "export AWS_ACCESS_KEY_ID='{}';\nexport AWS_SECRET_ACCESS_KEY='{}';\n\
         export AWS_SESSION_TOKEN='{}';\n",
        value("aws_access_key_id"),
        value("aws_secret_access_key"),
        value("aws_session_token"),
    );
    assert!(both.stdout.starts_with(&start), "{both:?}");
    assert_eq!(world.asked(), ["GetFederationToken OK"; 2]);
}

#[test]
fn for_exports_a_shell_is_told_of_a_failure_as_well() {
    let outcome = federate(&World::new(), &["--export", "--duration", "1m"]);
    let what = "--duration: `1m` is not within 15 minutes and 36 hours";
    let hint = "STS gives sessions of 15m to 36h (900 to 129600 seconds)";
    outcome.is(2, "false;\n", &error(what, &[hint]));
}

#[test]
fn a_session_without_a_policy_is_warned_of() {
    let world = World::new();
    let told = "mfa-session: [default-carol] is good until THEN (LEFT left)\n";
    federate(&world, &[]).is(0, "", &format!("{UNLIMITED}{told}"));
    federate(&world, &["--tag", "a=b"]).is(0, "", &format!("{UNLIMITED}{told}"));
}

#[test]
fn the_root_user_is_told_that_an_hour_is_granted() {
    let world = World::with(Sts::start(Account::default()));
    world.write("credentials", &of_root());
    let granted = "mfa-session: warning: asked for 12h, but STS granted 1h (the root user gets 1h \
                   at most)\n";
    let told = "mfa-session: [default-carol] is good until THEN (LEFT left)\n";
    let outcome = federate(&world, &["--policy", POLICY]);
    outcome.is(0, "", &format!("{granted}{told}"));
    federate(&world, &["--policy", POLICY, "--duration", "1h"]).wrote("default-carol");
}

#[test]
fn a_session_is_neither_reused_nor_taken_for_one_that_is() {
    let world = World::new();
    for _ in 0..2 {
        federate(&world, &["--policy", POLICY, "--to", "work"]).wrote("work");
    }
    assert_eq!(world.asked(), ["GetFederationToken OK"; 2]);

    let lent = world.value("work", "aws_access_key_id");
    world.get(["--to", "work"]).wrote("work");
    assert_eq!(world.asked()[2..], ["GetSessionToken OK"]);
    assert!(world.value("work", "aws_access_key_id") != lent);
    assert_eq!(world.value("work", "mfa_session_restricted"), None);
    world.run(["--to", "work", "--no-prompt"]).wrote("work");
    assert_eq!(world.asked().len(), 3);

    let serial = world.value("work", "mfa_session_serial").unwrap();
    assert_eq!(serial, ALICE.serial_number);
    federate(&world, &["--policy", POLICY, "--to", "work"]).wrote("work");
    assert_eq!(world.asked()[3..], ["GetFederationToken OK"]);
    assert_eq!(world.value("work", "mfa_session_serial"), None);
}

#[test]
fn a_session_that_this_program_wrote_leads_to_its_keys() {
    let mut world = World::new();
    world.get([]).wrote("default-mfa");
    let more = ["--profile", "default-mfa", "--policy-arn", READ_ONLY];
    federate(&world, &more).wrote("default-carol");
    assert_eq!(world.signer(), ALICE.access_key_id);
    world.set("AWS_PROFILE", "default-carol");
    federate(&world, &more[2..]).wrote("default-carol");
    assert_eq!(world.signer(), ALICE.access_key_id);
}

#[test]
fn a_failure_that_may_pass_is_asked_again() {
    let world = World::new();
    let unavailable = Answer::error(503, "ServiceUnavailable", "Come back later");
    world.sts().weather(Fault::Answer(unavailable).times(2));
    federate(&world, &["--policy", POLICY]).wrote("default-carol");
    let asked = world.asked();
    assert_eq!(asked[..2], ["GetFederationToken Answer"; 2]);
    assert_eq!(asked[2..], ["GetFederationToken OK"]);
}

fn of_root() -> String {
    format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        ROOT.access_key_id, ROOT.secret_access_key
    )
}
