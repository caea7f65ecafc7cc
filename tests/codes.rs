//! The code comes from wherever it is: a flag, a variable, standard input, a command, a seed, or
//! the person; in one order.

use std::{
    fs,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Account, Cut, Device, Fault, Sts, User};

use crate::world::{Outcome, PROGRAM, World, error};

const SERIAL: &str = ALICE.serial_number;
const WROTE: &str = "mfa-session: [default-mfa] is good until THEN (LEFT left)\n";

/// A world with a program in `~/bin`, in which `~/code` holds a good code.
fn with_program(name: &str, script: &str) -> World {
    let mut world = World::new();
    let bin = world.path("bin");
    fs::create_dir_all(&bin).unwrap();
    let program = bin.join(name);
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    world.set("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()));
    fs::write(world.path("code"), world.code()).unwrap();
    world
}

fn get(world: &World, arguments: &[&str]) -> Outcome {
    let mut command = world.command(PROGRAM);
    command.args(["--serial", SERIAL]).args(arguments);
    world.outcome(command, "")
}

#[test]
fn the_programs_that_people_keep_codes_with_are_run() {
    for (name, line, script) in [
        ("ykman", "ykman oath accounts code --single aws", r#"[ "$5" = aws ] && cat ~/code"#),
        ("ykman", "ykman oath accounts code aws", r#"echo "Amazon:alice  $(cat ~/code)""#),
        ("pass", "pass otp aws/work", r#"[ "$1 $2" = "otp aws/work" ] && cat ~/code"#),
        ("op", "op item get 'AWS work' --otp", r#"[ "$3" = "AWS work" ] && cat ~/code"#),
        ("gopass", "gopass otp aws", r#"echo "$(cat ~/code) lasts 12s |----|""#),
        (
            "oathtool",
            "oathtool --base32 --totp \"$(cat ~/seed)\"",
            r#"[ "$3" = GEZDGNBV ] && cat ~/code"#,
        ),
    ] {
        let world = with_program(name, script);
        fs::write(world.path("seed"), "GEZDGNBV\n").unwrap();
        let outcome = get(&world, &["--code-command", line]);
        outcome.is(0, "", WROTE);
    }
}

#[test]
fn the_command_may_stand_in_a_variable_or_in_the_profile() {
    let mut world = with_program("otp", "cat ~/code");
    world.set("MFA_SESSION_CODE_COMMAND", "otp");
    get(&world, &[]).is(0, "", WROTE);

    let world = with_program("otp", "cat ~/code");
    world.write("config", "[default]\nmfa_process = otp # a note\n");
    get(&world, &[]).is(0, "", WROTE);
}

#[test]
fn the_command_knows_the_device_and_no_code_or_seed_of_ours() {
    let script = r#"echo "$MFA_SERIAL $MFA_SESSION_TOTP_SEED" > ~/seen; cat ~/code"#;
    let mut world = with_program("otp", script);
    world.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    get(&world, &["--code-command", "otp"]).is(0, "", WROTE);
    assert_eq!(fs::read_to_string(world.path("seen")).unwrap(), format!("{SERIAL} \n"));
}

#[test]
fn what_a_command_says_besides_is_not_shown_and_its_failure_is_told() {
    const BY_HAND: &str = "run it by hand to see why";
    const ALONE: &str = "make it print the code alone";
    let told = |what: &str, hint: &str| {
        error(&format!("the code command (--code-command) {what}"), &[hint])
    };
    for (script, what, hint) in [
        ("echo hunter2; exit 3", "failed: exit status: 3", BY_HAND),
        ("echo 123456; exit 1", "failed: exit status: 1", BY_HAND),
        ("kill -9 $$", "failed: signal: 9 (SIGKILL)", BY_HAND),
        ("echo hunter2", "printed no number of six digits", ALONE),
        ("printf '\\377\\376'", "printed no number of six digits", ALONE),
        ("true", "printed no number of six digits", ALONE),
        ("echo 123456 654321", "printed more than one number of six digits", ALONE),
        ("yes 1234567", "failed: exit status: 141", BY_HAND),
    ] {
        let world = with_program("otp", script);
        get(&world, &["--code-command", "otp"]).is(3, "", &told(what, hint));
        assert_eq!(world.files(), ["credentials"]);
        assert!(!world.asked().iter().any(|it| it.starts_with("GetSessionToken")), "{script}");
    }
    let world = World::new();
    let what = "can't be run: No such file or directory (os error 2)";
    let hint = "is the program installed, and in PATH?";
    get(&world, &["--code-command", "nowhere otp"]).is(3, "", &told(what, hint));
}

#[test]
fn a_command_that_is_none_is_refused() {
    let hint = "give a command that prints the code, such as `pass otp aws`";
    for (text, problem) in [
        (" ", "the code command is empty"),
        ("pass 'otp", "a quote in the code command is not closed"),
    ] {
        let what = format!("--code-command: {problem}");
        get(&World::new(), &["--code-command", text]).is(2, "", &error(&what, &[hint]));
    }
}

#[test]
fn a_command_is_ended_where_its_code_would_be_of_no_use() {
    let mut world = with_program("otp", "exec sleep 30");
    world.sts().weather(Fault::Cut(Cut::Unread).on_probes());
    world.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let start = Instant::now();
    let outcome = get(&world, &["--code-command", "otp"]);
    assert_eq!(outcome.status, 5, "{outcome:?}");
    assert!(outcome.stderr.ends_with("mfa-session: hint: no code was used\n"), "{outcome:?}");
    assert!(start.elapsed() < Duration::from_secs(25));
}

#[test]
fn what_a_command_leaves_behind_is_not_waited_for() {
    let world = with_program("otp", "sleep 20 2>&- & cat ~/code");
    let begin = Instant::now();
    get(&world, &["--code-command", "otp"]).is(0, "", WROTE);
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_seed_makes_the_codes() {
    let mut world = World::new();
    world.hide(ALICE.seed);
    world.set("MFA_SESSION_TOTP_SEED", ALICE.seed.to_lowercase());
    // Whoever starts in the last moment of a step gets the code of the next.
    let outcome = get(&world, &[]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
    assert!(outcome.stderr.ends_with(WROTE));
}

#[test]
fn what_is_no_seed_is_refused_and_not_shown() {
    let mut world = World::new();
    world.hide("hunter18hunter18hunter18");
    world.set("MFA_SESSION_TOTP_SEED", "hunter18hunter18hunter18");
    let what = "MFA_SESSION_TOTP_SEED: this is no seed in base32";
    get(&world, &[]).is(1, "", &error(what, &["give the secret key of the device"]));
}

#[test]
fn a_code_goes_before_a_command_before_a_seed() {
    let mut world = with_program("otp", "cat ~/code");
    let given = fs::read_to_string(world.path("code")).unwrap();
    let wrong = world.sts().wrong_code(ALICE.name);
    let sent = |world: &World| {
        let requests = world.sts().requests();
        let last = requests.iter().rfind(|request| request.operation() == "GetSessionToken");
        last.unwrap().parameter("TokenCode").unwrap().to_owned()
    };
    world.write("config", "[default]\nmfa_process = false\n");
    world.set("MFA_SESSION_TOTP_SEED", "AAAAAAAAAAAAAAAA");
    world.set("MFA_SESSION_CODE_COMMAND", "otp");
    assert_eq!(get(&world, &[]).status, 0);
    assert_eq!(sent(&world), given);
    world.set("MFA_SESSION_CODE", &wrong);
    assert_eq!(get(&world, &["--force"]).status, 4);
    assert_eq!(sent(&world), wrong);
    // A flag goes before all variables.
    fs::write(world.path("code"), "000000").unwrap();
    assert_eq!(get(&world, &["--force", "--code-command", "otp"]).status, 4);
    assert_eq!(sent(&world), "000000");
    assert_eq!(get(&world, &["--force", "--code", "111111"]).status, 4);
    assert_eq!(sent(&world), "111111");
}

#[test]
#[ignore = "takes as many steps of 30 seconds as there are jobs"]
fn ten_jobs_with_one_seed_all_get_their_session() {
    let sts = Sts::start(Account::default());
    let worlds = (0..10).map(|_| {
        let mut world = World::new();
        world.set("AWS_ENDPOINT_URL", sts.url()).set("MFA_SESSION_TOTP_SEED", ALICE.seed);
        world
    });
    let worlds: Vec<World> = worlds.collect();
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let jobs = worlds.iter().map(|world| scope.spawn(|| get(world, &[])));
        let jobs: Vec<_> = jobs.collect();
        jobs.into_iter().map(|job| job.join().unwrap()).collect()
    });
    for outcome in outcomes {
        assert_eq!(outcome.status, 0, "{outcome:?}");
    }
}

const WAYS: &str = "give it with --code 123456, with `--code -` on standard input, in \
                    MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt";

#[test]
#[ignore = "takes the five minutes that a person has"]
fn standard_input_on_which_nothing_comes_is_not_waited_for_without_end() {
    let rows: [(&[&str], i32, &str, &str); 2] = [
        (&["--serial", SERIAL, "--code", "-"], 3, "cannot read the code from standard input", WAYS),
        (
            &[
                "web-identity",
                "--role-arn",
                "arn:aws:iam::123456789012:role/web",
                "--token-file",
                "-",
            ],
            1,
            "cannot read standard input",
            "name a file with the token of the identity provider: --token-file FILE",
        ),
    ];
    thread::scope(|scope| {
        for (arguments, status, problem, hint) in rows {
            scope.spawn(move || {
                let world = World::new();
                let mut command = world.command(PROGRAM);
                command.args(arguments).stdin(Stdio::piped());
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
                let mut child = command.spawn().unwrap();
                let silent = child.stdin.take();
                let what = format!("{problem}: its end has not come for 300 s");
                world.finish(child).is(status, "", &error(&what, &[hint]));
                drop(silent);
                assert_eq!(world.sts().connections(), 0);
            });
        }
    });
}

#[test]
#[ignore = "waits for the next step of 30 seconds"]
fn a_code_that_another_job_used_is_waited_out() {
    let device = Device::totp(SERIAL, ALICE.seed);
    let user = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
    let mut world = World::with(Sts::start(Account::default().user(user.device(device))));
    world.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    assert_eq!(get(&world, &[]).status, 0);
    let outcome = get(&world, &["--force"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let waited = "mfa-session: no session came for that code: another job used it, or the seed is \
                  of another device; the next one comes in ";
    assert!(outcome.stderr.starts_with(waited), "{outcome:?}");
    let sent = world.asked().into_iter().filter(|it| it.starts_with("GetSessionToken"));
    assert!(sent.count() >= 3);
}
