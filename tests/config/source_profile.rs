//! Which keys sign, and which session profile receives the session.

use loopback_sts::{ALICE, BOB};
use snapbox::str;

use crate::sandbox::{PROGRAM, Sandbox, Table, good_until, keys};

const GONE: &str = "AKIAGONEGONEGONEGONE";

/// Name, preparation, flags, key that signs, session profile.
type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str], &'static str, &'static str);

#[test]
fn finds_the_source_profile() {
    let rows: &[Row] = &[
        ("the default profile", |_| (), &[], ALICE.access_key_id, "default-mfa"),
        (
            "X-long-term overrides X",
            |sandbox| credentials(sandbox, &[("default", GONE), ("default-long-term", "")]),
            &["--to", "elsewhere"],
            ALICE.access_key_id,
            "elsewhere",
        ),
        (
            "X gets the session of X-long-term",
            |sandbox| credentials(sandbox, &[("default-long-term", "")]),
            &[],
            ALICE.access_key_id,
            "default",
        ),
        (
            "X-long-term by its own name",
            |sandbox| credentials(sandbox, &[("work-long-term", "")]),
            &["--profile", "work-long-term"],
            ALICE.access_key_id,
            "work",
        ),
        (
            "a profile of the config file",
            |sandbox| {
                credentials(sandbox, &[]);
                sandbox.write("config", &keys("profile work"));
            },
            &["--profile", "work"],
            ALICE.access_key_id,
            "work-mfa",
        ),
        (
            "the credentials file overrides the config file",
            |sandbox| {
                let other = keys("default").replace(ALICE.access_key_id, GONE);
                sandbox.write("config", &other);
            },
            &[],
            ALICE.access_key_id,
            "default-mfa",
        ),
        (
            "[profile default] overrides [default]",
            |sandbox| {
                credentials(sandbox, &[]);
                let other = keys("default").replace(ALICE.access_key_id, GONE);
                sandbox.write("config", &(keys("profile default") + &other));
            },
            &[],
            ALICE.access_key_id,
            "default-mfa",
        ),
        (
            "keys of the environment",
            |sandbox| {
                credentials(sandbox, &[("default", GONE)]);
                environment(sandbox, "");
            },
            &[],
            ALICE.access_key_id,
            "default-mfa",
        ),
        (
            "keys of the environment without any file",
            |sandbox| {
                std::fs::remove_dir_all(sandbox.path(".aws")).unwrap();
                environment(sandbox, "");
            },
            &[],
            ALICE.access_key_id,
            "default-mfa",
        ),
        (
            "a profile by flag overrides keys of the environment",
            |sandbox| {
                credentials(sandbox, &[("bob", BOB.access_key_id)]);
                environment(sandbox, "");
            },
            &["--profile", "bob"],
            BOB.access_key_id,
            "bob-mfa",
        ),
        (
            "a profile by variable does not",
            |sandbox| {
                credentials(sandbox, &[("bob", BOB.access_key_id)]);
                environment(sandbox, "");
                sandbox.set("AWS_PROFILE", "bob");
            },
            &[],
            ALICE.access_key_id,
            "bob-mfa",
        ),
        (
            "a session in the shell leads back to its source",
            |sandbox| {
                credentials(sandbox, &[("work", "")]);
                environment(sandbox, "token");
                sandbox.set("MFA_SESSION_SOURCE", "work");
            },
            &[],
            ALICE.access_key_id,
            "work-mfa",
        ),
    ];
    for (name, prepare, arguments, key, profile) in rows {
        let mut sandbox = Sandbox::new();
        prepare(&mut sandbox);
        let mut command = sandbox.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code(), "--force"]);
        command.args(*arguments);
        let outcome = sandbox.outcome(command, "");
        let call = sandbox.sts().requests().pop();
        let call = call.unwrap_or_else(|| panic!("{name}: {outcome:?}"));
        let signed = format!("Credential={key}/");
        assert!(call.header("authorization").unwrap().contains(&signed), "{name}: {call:?}");
        // STS rejects the other keys.
        if *key == ALICE.access_key_id {
            assert!(outcome.stderr.ends_with(&good_until(profile)), "{name}: {outcome:?}");
            assert!(sandbox.value(profile, "aws_session_token").is_some(), "{name}");
        }
    }
}

#[test]
fn session_profile_leads_to_its_source_profile() {
    let mut sandbox = Sandbox::new();
    sandbox.get([]).wrote("default-mfa");
    sandbox.set("AWS_PROFILE", "default-mfa");
    sandbox.run([]).wrote("default-mfa");
    sandbox.get(["--force"]).wrote("default-mfa");
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"; 2]);
    assert_eq!(sandbox.value("default-mfa", "mfa_session_source").as_deref(), Some("default"));
    assert_eq!(sandbox.value("default-mfa-mfa", "aws_access_key_id"), None);
}

#[test]
fn ignores_session_keys_in_the_environment_with_a_message() {
    for name in ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"] {
        let mut sandbox = Sandbox::new();
        environment(&mut sandbox, "");
        sandbox.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLEEXAMPLE22");
        sandbox.set(name, "token");
        sandbox.get([]).matches(str![[r#"
exit 0
--- stderr
mfa-session: ignoring the session in the environment; using the profile `default`
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    }
}

#[test]
fn refuses_incomplete_keys_in_the_environment() {
    let rows = [
        ("no secret", ["AKIAX", ""]),
        ("no id", ["", "secret"]),
        ("a token is missing", ["ASIAX", "secret"]),
    ];
    Table::of(rows.map(|(name, [id, secret])| {
        let mut sandbox = Sandbox::new();
        sandbox.set("AWS_ACCESS_KEY_ID", id);
        sandbox.set("AWS_SECRET_ACCESS_KEY", secret);
        let outcome = sandbox.get([]);
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
        (name, outcome)
    }))
    .matches_file("source_profile/environment_keys");
}

#[test]
fn reads_settings_from_x_long_term_and_from_x() {
    let sandbox = Sandbox::new();
    credentials(&sandbox, &[("work-long-term", "")]);
    sandbox.write(
        "config",
        "[profile work]\nmfa_session_duration = 1h\nregion = eu-west-1\n\
         [profile work-long-term]\nregion = sa-east-1\n",
    );
    sandbox.get(["--profile", "work"]).wrote("work");
    let call = &sandbox.sts().requests()[0];
    assert_eq!(call.parameter("DurationSeconds"), Some("3600"));
    assert!(call.header("authorization").unwrap().contains("/sa-east-1/sts/"));
}

/// Writes sections with Alice's keys; a key id that is not empty replaces Alice's.
fn credentials(sandbox: &Sandbox, sections: &[(&str, &str)]) {
    let section = |(name, id): &(&str, &str)| match *id {
        "" => keys(name),
        id => keys(name).replace(ALICE.access_key_id, id),
    };
    sandbox.write("credentials", &sections.iter().map(section).collect::<String>());
}

fn environment(sandbox: &mut Sandbox, token: &str) {
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    sandbox.set("AWS_SESSION_TOKEN", token);
}
