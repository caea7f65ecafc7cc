//! `federate`: sessions of federated users, made from the long-term keys of a user.

mod federate_errors;

use std::fs;

use loopback_sts::{ALICE, Account, Answer, Fault, ROOT, Sts};
use snapbox::str;

use crate::sandbox::{Outcome, PROGRAM, Sandbox, keys};

const POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

fn federate(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(["federate", "carol"]).args(more);
    sandbox.outcome(command, "")
}

#[test]
fn writes_the_session_and_its_provenance() {
    let sandbox = Sandbox::new();
    federate(&sandbox, &["--policy", POLICY]).wrote("default-carol");
    assert_eq!(sandbox.asked(), ["GetFederationToken OK"]);
    assert_eq!(sandbox.signer(), ALICE.access_key_id);

    let text = sandbox.read("credentials");
    let (alice, session) = text.split_once("\n[default-carol]\n").unwrap();
    assert_eq!(format!("{alice}\n"), keys("default") + "\n");
    let names: Vec<_> = session.lines().map(|line| line.split_once(" = ").unwrap().0).collect();
    assert_eq!(
        names,
        [
            "aws_access_key_id",
            "aws_secret_access_key",
            "aws_session_token",
            "aws_account_id",
            "x_security_token_expires",
            "mfa_session_source",
            "mfa_session_key",
            "mfa_session_restricted",
        ]
    );
    let value = |key| sandbox.value("default-carol", key).unwrap();
    assert_eq!(value("mfa_session_source"), "default");
    assert_eq!(value("mfa_session_key"), ALICE.access_key_id);
    assert_eq!(value("mfa_session_restricted"), "true");
    sandbox.run(["whoami", "--profile", "default-carol"]).matches(str![[r#"
exit 0
--- stdout
account  123456789012
arn      arn:aws:sts::123456789012:federated-user/carol
user id  123456789012:carol
keys     [default-carol]
"#]]);
}

#[test]
fn sends_policies_tags_and_duration() {
    type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("policy.json"), format!("\n{POLICY}\n")).unwrap();
    let team_policy = "arn:aws:iam::123456789012:policy/team/Files";
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
                team_policy,
                "--tag",
                "team=red",
                "--tag",
                "x=",
            ],
            &[
                ("DurationSeconds", "43200"),
                ("PolicyArns.member.1.arn", READ_ONLY),
                ("PolicyArns.member.2.arn", team_policy),
                ("Tags.member.1.Key", "team"),
                ("Tags.member.1.Value", "red"),
                ("Tags.member.2.Key", "x"),
                ("Tags.member.2.Value", ""),
            ],
        ),
    ];
    for (arguments, expected) in rows {
        federate(&sandbox, arguments).wrote("default-carol");
        let requests = sandbox.sts().requests();
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
fn chooses_the_session_profile() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str], &'static str);
    let rows: &[Row] = &[
        ("the default", |_| (), &[], "default-carol"),
        (
            "another profile",
            |sandbox| sandbox.write("credentials", &keys("work")),
            &["--profile", "work"],
            "work-carol",
        ),
        (
            "long-term keys",
            |sandbox| sandbox.write("credentials", &keys("work-long-term")),
            &["--profile", "work"],
            "work-carol",
        ),
        (
            "the name of the MFA session in the profile",
            |sandbox| {
                sandbox.write("credentials", &(keys("default") + "mfa_session_to = elsewhere\n"));
            },
            &[],
            "default-carol",
        ),
        ("a flag", |_| (), &["--to", "elsewhere"], "elsewhere"),
        (
            "a variable",
            |sandbox| {
                sandbox.set("MFA_SESSION_TO", "elsewhere");
            },
            &[],
            "elsewhere",
        ),
    ];
    for (name, prepare, arguments, profile) in rows {
        let mut sandbox = Sandbox::new();
        prepare(&mut sandbox);
        let outcome = federate(&sandbox, &[&["--policy-arn", READ_ONLY], *arguments].concat());
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote(profile);
        let text = sandbox.read("credentials");
        let section = text.split_once(&format!("[{profile}]\n")).unwrap().1;
        assert!(sandbox.accepts(section), "{name}");
    }
}

#[test]
fn uses_keys_from_the_environment() {
    let mut sandbox = Sandbox::new();
    sandbox.write("credentials", "");
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    federate(&sandbox, &["--policy-arn", READ_ONLY]).wrote("default-carol");
    assert_eq!(sandbox.value("default-carol", "mfa_session_source").as_deref(), Some("default"));
}

#[test]
fn export_writes_only_with_write() {
    let sandbox = Sandbox::new();
    let before = sandbox.read("credentials");
    let exported = federate(&sandbox, &["--policy", POLICY, "--export"]);
    exported.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: the session of `default` is valid until [TIME] ([LEFT] left)
"#]]);
    assert!(exported.stdout.starts_with("export AWS_ACCESS_KEY_ID='ASIA"), "{exported:?}");
    assert_eq!(sandbox.read("credentials"), before);

    let both = federate(&sandbox, &["--policy", POLICY, "--export", "--write"]);
    both.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-carol] is valid until [TIME] ([LEFT] left)
"#]]);
    let value = |key| sandbox.value("default-carol", key).unwrap();
    let start = format!(
        "export AWS_ACCESS_KEY_ID='{}';\nexport AWS_SECRET_ACCESS_KEY='{}';\n\
         export AWS_SESSION_TOKEN='{}';\n",
        value("aws_access_key_id"),
        value("aws_secret_access_key"),
        value("aws_session_token"),
    );
    assert!(both.stdout.starts_with(&start), "{both:?}");
    assert_eq!(sandbox.asked(), ["GetFederationToken OK"; 2]);
}

#[test]
fn failed_export_prints_false() {
    let outcome = federate(&Sandbox::new(), &["--export", "--duration", "1m"]);
    outcome.matches(str![[r#"
exit 2
--- stdout
false;
--- stderr
mfa-session: error: --duration: `1m` is not between 15m and 36h
mfa-session: hint: a session lasts 15m to 36h (900 to 129600 seconds)
"#]]);
}

#[test]
fn warns_about_a_session_without_a_policy() {
    let sandbox = Sandbox::new();
    federate(&sandbox, &[]).matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: the session has almost no permissions without --policy or --policy-arn
mfa-session: [default-carol] is valid until [TIME] ([LEFT] left)
"#]]);
    federate(&sandbox, &["--tag", "a=b"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: the session has almost no permissions without --policy or --policy-arn
mfa-session: [default-carol] is valid until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn warns_the_root_user_that_sts_granted_one_hour() {
    let sandbox = Sandbox::with(Sts::start(Account::default()));
    sandbox.write("credentials", &root_keys());
    let outcome = federate(&sandbox, &["--policy", POLICY]);
    outcome.matches(str![[r#"
exit 0
--- stderr
mfa-session: warning: requested 12h, but STS granted 1h (the root user gets 1h at most)
mfa-session: [default-carol] is valid until [TIME] ([LEFT] left)
"#]]);
    federate(&sandbox, &["--policy", POLICY, "--duration", "1h"]).wrote("default-carol");
}

#[test]
fn never_reuses_a_federated_session() {
    let sandbox = Sandbox::new();
    for _ in 0..2 {
        federate(&sandbox, &["--policy", POLICY, "--to", "work"]).wrote("work");
    }
    assert_eq!(sandbox.asked(), ["GetFederationToken OK"; 2]);

    let federated = sandbox.value("work", "aws_access_key_id");
    sandbox.get(["--to", "work"]).wrote("work");
    assert_eq!(sandbox.asked()[2..], ["GetSessionToken OK"]);
    assert!(sandbox.value("work", "aws_access_key_id") != federated);
    assert_eq!(sandbox.value("work", "mfa_session_restricted"), None);
    sandbox.run(["--to", "work", "--no-prompt"]).wrote("work");
    assert_eq!(sandbox.asked().len(), 3);

    let serial = sandbox.value("work", "mfa_session_serial").unwrap();
    assert_eq!(serial, ALICE.serial_number);
    federate(&sandbox, &["--policy", POLICY, "--to", "work"]).wrote("work");
    assert_eq!(sandbox.asked()[3..], ["GetFederationToken OK"]);
    assert_eq!(sandbox.value("work", "mfa_session_serial"), None);
}

#[test]
fn session_profile_resolves_to_its_long_term_keys() {
    let mut sandbox = Sandbox::new();
    sandbox.get([]).wrote("default-mfa");
    let more = ["--profile", "default-mfa", "--policy-arn", READ_ONLY];
    federate(&sandbox, &more).wrote("default-carol");
    assert_eq!(sandbox.signer(), ALICE.access_key_id);
    sandbox.set("AWS_PROFILE", "default-carol");
    federate(&sandbox, &more[2..]).wrote("default-carol");
    assert_eq!(sandbox.signer(), ALICE.access_key_id);
}

#[test]
fn retries_a_transient_failure() {
    let sandbox = Sandbox::new();
    let unavailable = Answer::error(503, "ServiceUnavailable", "Come back later");
    sandbox.sts().inject(Fault::Answer(unavailable).times(2));
    federate(&sandbox, &["--policy", POLICY]).wrote("default-carol");
    let asked = sandbox.asked();
    assert_eq!(asked[..2], ["GetFederationToken Answer"; 2]);
    assert_eq!(asked[2..], ["GetFederationToken OK"]);
}

#[test]
fn refuses_to_replace_a_restricted_session() {
    let sandbox = Sandbox::new();
    let policy = r#"{"Version": "2012-10-17", "Statement": []}"#;
    assert_eq!(sandbox.run(["federate", "carol", "--policy", policy]).status, 0);
    let before = sandbox.read("credentials");
    sandbox.get(["--profile", "default-carol"]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot renew [default-carol]: its session has policies, tags or a name from the command line
mfa-session: hint: repeat the command with the flags of that session, or get an unrestricted session: --profile default
"#]]);
    assert_eq!(sandbox.read("credentials"), before);
}

fn root_keys() -> String {
    format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        ROOT.access_key_id, ROOT.secret_access_key
    )
}
