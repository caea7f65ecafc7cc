//! Where the long-term keys come from, and where the session goes then.

use loopback_sts::{ALICE, BOB};

use crate::world::{PROGRAM, World, all_are, error, keys};

const GONE: &str = "AKIAGONEGONEGONEGONE";

/// The row's name, what stands in the world, the flags, which key signs, the session profile.
type Row = (&'static str, fn(&mut World), &'static [&'static str], &'static str, &'static str);

#[test]
fn the_source_is_found_by_the_rules() {
    let rows: &[Row] = &[
        ("the default profile", |_| (), &[], ALICE.access_key_id, "default-mfa"),
        (
            "X-long-term goes before X",
            |world| credentials(world, &[("default", GONE), ("default-long-term", "")]),
            &["--to", "elsewhere"],
            ALICE.access_key_id,
            "elsewhere",
        ),
        (
            "X gets the session of X-long-term",
            |world| credentials(world, &[("default-long-term", "")]),
            &[],
            ALICE.access_key_id,
            "default",
        ),
        (
            "X-long-term by its own name",
            |world| credentials(world, &[("work-long-term", "")]),
            &["--profile", "work-long-term"],
            ALICE.access_key_id,
            "work",
        ),
        (
            "a profile of the config file",
            |world| {
                credentials(world, &[]);
                world.write("config", &keys("profile work"));
            },
            &["--profile", "work"],
            ALICE.access_key_id,
            "work-mfa",
        ),
        (
            "the credentials file goes before the config file",
            |world| {
                let other = keys("default").replace(ALICE.access_key_id, GONE);
                world.write("config", &other);
            },
            &[],
            ALICE.access_key_id,
            "default-mfa",
        ),
        (
            "[profile default] goes before [default]",
            |world| {
                credentials(world, &[]);
                let other = keys("default").replace(ALICE.access_key_id, GONE);
                world.write("config", &(keys("profile default") + &other));
            },
            &[],
            ALICE.access_key_id,
            "default-mfa",
        ),
        (
            "keys of the environment",
            |world| {
                credentials(world, &[("default", GONE)]);
                environment(world, "");
            },
            &[],
            ALICE.access_key_id,
            "default-mfa",
        ),
        (
            "keys of the environment without any file",
            |world| {
                std::fs::remove_dir_all(world.path(".aws")).unwrap();
                environment(world, "");
            },
            &[],
            ALICE.access_key_id,
            "default-mfa",
        ),
        (
            "a profile by flag goes before keys of the environment",
            |world| {
                credentials(world, &[("bob", BOB.access_key_id)]);
                environment(world, "");
            },
            &["--profile", "bob"],
            BOB.access_key_id,
            "bob-mfa",
        ),
        (
            "a profile by variable does not",
            |world| {
                credentials(world, &[("bob", BOB.access_key_id)]);
                environment(world, "");
                world.set("AWS_PROFILE", "bob");
            },
            &[],
            ALICE.access_key_id,
            "bob-mfa",
        ),
        (
            "a session in the shell leads back to its source",
            |world| {
                credentials(world, &[("work", "")]);
                environment(world, "token");
                world.set("MFA_SESSION_SOURCE", "work");
            },
            &[],
            ALICE.access_key_id,
            "work-mfa",
        ),
    ];
    for (name, prepare, arguments, key, profile) in rows {
        let mut world = World::new();
        prepare(&mut world);
        let mut command = world.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number, "--code", &world.code(), "--force"]);
        command.args(*arguments);
        let outcome = world.outcome(command, "");
        let call = world.sts().requests().pop();
        let call = call.unwrap_or_else(|| panic!("{name}: {outcome:?}"));
        let signed = format!("Credential={key}/");
        assert!(call.header("authorization").unwrap().contains(&signed), "{name}: {call:?}");
        // Only Alice gets a session here.
        if *key == ALICE.access_key_id {
            let good = format!("[{profile}] is good until THEN (LEFT left)\n");
            assert!(outcome.stderr.ends_with(&good), "{name}: {outcome:?}");
            assert!(world.value(profile, "aws_session_token").is_some(), "{name}");
        }
    }
}

#[test]
fn a_session_profile_leads_back_to_its_source() {
    let mut world = World::new();
    world.get([]).wrote("default-mfa");
    world.set("AWS_PROFILE", "default-mfa");
    world.run([]).wrote("default-mfa");
    world.get(["--force"]).wrote("default-mfa");
    assert_eq!(world.asked(), ["GetSessionToken OK"; 2]);
    assert_eq!(world.value("default-mfa", "mfa_session_source").as_deref(), Some("default"));
    assert_eq!(world.value("default-mfa-mfa", "aws_access_key_id"), None);
}

#[test]
fn keys_of_a_session_in_the_environment_are_passed_over_and_that_is_said() {
    for name in ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"] {
        let mut world = World::new();
        environment(&mut world, "");
        world.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLEEXAMPLE22");
        world.set(name, "token");
        world.get([]).is(
            0,
            "",
            "mfa-session: the keys in the environment are a session; looking at the profile \
             `default`\nmfa-session: [default-mfa] is good until THEN (LEFT left)\n",
        );
    }
}

#[test]
fn keys_of_the_environment_that_can_not_be_used_are_refused() {
    let named = "set both or none, or name a profile: --profile default";
    let temporary = "set long-term keys, or name a profile that has them: --profile NAME";
    let rows = [
        (
            "no secret",
            ["AKIAX", ""],
            "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not",
            named,
        ),
        (
            "no id",
            ["", "secret"],
            "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not",
            named,
        ),
        (
            "a token is missing",
            ["ASIAX", "secret"],
            "AWS_ACCESS_KEY_ID is a temporary key, but AWS_SESSION_TOKEN is not set",
            temporary,
        ),
    ];
    all_are(rows.map(|(name, [id, secret], what, hint)| {
        let mut world = World::new();
        world.set("AWS_ACCESS_KEY_ID", id);
        world.set("AWS_SECRET_ACCESS_KEY", secret);
        let outcome = world.get([]);
        assert_eq!(world.sts().connections(), 0, "{name}");
        (name, outcome, 1, error(what, &[hint]))
    }));
}

#[test]
fn settings_stand_in_the_section_with_the_keys_or_in_the_one_asked_for() {
    let world = World::new();
    credentials(&world, &[("work-long-term", "")]);
    world.write(
        "config",
        "[profile work]\nmfa_session_duration = 1h\nregion = eu-west-1\n\
         [profile work-long-term]\nregion = sa-east-1\n",
    );
    world.get(["--profile", "work"]).wrote("work");
    let call = &world.sts().requests()[0];
    assert_eq!(call.parameter("DurationSeconds"), Some("3600"));
    assert!(call.header("authorization").unwrap().contains("/sa-east-1/sts/"));
}

/// Writes sections with Alice's keys, of which the id may be another.
fn credentials(world: &World, sections: &[(&str, &str)]) {
    let section = |(name, id): &(&str, &str)| match *id {
        "" => keys(name),
        id => keys(name).replace(ALICE.access_key_id, id),
    };
    world.write("credentials", &sections.iter().map(section).collect::<String>());
}

fn environment(world: &mut World, token: &str) {
    world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    world.set("AWS_SESSION_TOKEN", token);
}
