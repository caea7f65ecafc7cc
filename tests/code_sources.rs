//! The code comes from wherever it is: a flag, a variable, standard input, a command, a seed, or
//! the person; in one order.

use std::{
    fs,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Account, Cut, Device, Fault, Sts, User};
use snapbox::str;

use crate::sandbox::{Outcome, PROGRAM, Sandbox, Table, good_until};

const SERIAL: &str = ALICE.serial_number;

/// A sandbox with a program in `~/bin`, in which `~/code` holds a good code.
fn with_program(name: &str, script: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    let bin = sandbox.path("bin");
    fs::create_dir_all(&bin).unwrap();
    let program = bin.join(name);
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    sandbox.set("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()));
    fs::write(sandbox.path("code"), sandbox.code()).unwrap();
    sandbox
}

fn get(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(["--serial", SERIAL]).args(arguments);
    sandbox.outcome(command, "")
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
        let sandbox = with_program(name, script);
        fs::write(sandbox.path("seed"), "GEZDGNBV\n").unwrap();
        let outcome = get(&sandbox, &["--code-command", line]);
        outcome.matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]]);
    }
}

#[test]
fn the_command_may_stand_in_a_variable_or_in_the_profile() {
    let mut sandbox = with_program("otp", "cat ~/code");
    sandbox.set("MFA_SESSION_CODE_COMMAND", "otp");
    get(&sandbox, &[]).matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]]);

    let sandbox = with_program("otp", "cat ~/code");
    sandbox.write("config", "[default]\nmfa_process = otp # a note\n");
    get(&sandbox, &[]).matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn the_command_knows_the_device_and_no_code_or_seed_of_ours() {
    let script = r#"echo "$MFA_SERIAL $MFA_SESSION_TOTP_SEED" > ~/seen; cat ~/code"#;
    let mut sandbox = with_program("otp", script);
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    get(&sandbox, &["--code-command", "otp"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]]);
    assert_eq!(fs::read_to_string(sandbox.path("seen")).unwrap(), format!("{SERIAL} \n"));
}

#[test]
fn what_a_command_says_besides_is_not_shown_and_its_failure_is_told() {
    let mut table = Table::default();
    for script in [
        "echo hunter2; exit 3",
        "echo 123456; exit 1",
        "kill -9 $$",
        "echo hunter2",
        "printf '\\377\\376'",
        "true",
        "echo 123456 654321",
        "yes 1234567",
    ] {
        let sandbox = with_program("otp", script);
        table.add(script, &get(&sandbox, &["--code-command", "otp"]));
        assert_eq!(sandbox.files(), ["credentials"]);
        assert!(!sandbox.asked().iter().any(|it| it.starts_with("GetSessionToken")), "{script}");
    }
    let sandbox = Sandbox::new();
    table.add("a program that is missing", &get(&sandbox, &["--code-command", "nowhere otp"]));
    table.matches_file("code_sources/command_fails");
}

#[test]
fn a_command_that_is_none_is_refused() {
    let mut table = Table::default();
    for text in [" ", "pass 'otp"] {
        table.add(text, &get(&Sandbox::new(), &["--code-command", text]));
    }
    table.matches(str![[r#"
===  
exit 2
--- stderr
mfa-session: error: --code-command: the code command is empty
mfa-session: hint: give a command that prints the code, such as `pass otp aws`

=== pass 'otp
exit 2
--- stderr
mfa-session: error: --code-command: a quote in the code command is not closed
mfa-session: hint: give a command that prints the code, such as `pass otp aws`
"#]]);
}

#[test]
fn a_command_is_ended_where_its_code_would_be_of_no_use() {
    let mut sandbox = with_program("otp", "exec sleep 30");
    sandbox.sts().inject(Fault::Cut(Cut::Unread).on_probes());
    sandbox.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let start = Instant::now();
    let outcome = get(&sandbox, &["--code-command", "otp"]);
    outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: 127.0.0.1:9 can't be reached: Connection refused (os error 111)
mfa-session: hint: is the network up, and the endpoint right?
mfa-session: hint: no code was used
"#]]);
    assert!(start.elapsed() < Duration::from_secs(25));
}

#[test]
fn what_a_command_leaves_behind_is_not_waited_for() {
    let sandbox = with_program("otp", "sleep 20 2>&- & cat ~/code");
    let begin = Instant::now();
    get(&sandbox, &["--code-command", "otp"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]]);
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_seed_makes_the_codes() {
    let mut sandbox = Sandbox::new();
    sandbox.hide(ALICE.seed);
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed.to_lowercase());
    // Whoever starts in the last moment of a step gets the code of the next.
    let outcome = get(&sandbox, &[]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
    assert!(outcome.stderr.ends_with(&good_until("default-mfa")));
}

#[test]
fn what_is_no_seed_is_refused_and_not_shown() {
    let mut sandbox = Sandbox::new();
    sandbox.hide("hunter18hunter18hunter18");
    sandbox.set("MFA_SESSION_TOTP_SEED", "hunter18hunter18hunter18");
    get(&sandbox, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: MFA_SESSION_TOTP_SEED: this is no seed in base32
mfa-session: hint: give the secret key of the device
"#]]);
}

#[test]
fn a_code_goes_before_a_command_before_a_seed() {
    let mut sandbox = with_program("otp", "cat ~/code");
    let given = fs::read_to_string(sandbox.path("code")).unwrap();
    let wrong = sandbox.sts().wrong_code(ALICE.name);
    let sent = |sandbox: &Sandbox| {
        let requests = sandbox.sts().requests();
        let last = requests.iter().rfind(|request| request.operation() == "GetSessionToken");
        last.unwrap().parameter("TokenCode").unwrap().to_owned()
    };
    sandbox.write("config", "[default]\nmfa_process = false\n");
    sandbox.set("MFA_SESSION_TOTP_SEED", "AAAAAAAAAAAAAAAA");
    sandbox.set("MFA_SESSION_CODE_COMMAND", "otp");
    assert_eq!(get(&sandbox, &[]).status, 0);
    assert_eq!(sent(&sandbox), given);
    sandbox.set("MFA_SESSION_CODE", &wrong);
    assert_eq!(get(&sandbox, &["--force"]).status, 4);
    assert_eq!(sent(&sandbox), wrong);
    // A flag goes before all variables.
    fs::write(sandbox.path("code"), "000000").unwrap();
    assert_eq!(get(&sandbox, &["--force", "--code-command", "otp"]).status, 4);
    assert_eq!(sent(&sandbox), "000000");
    assert_eq!(get(&sandbox, &["--force", "--code", "111111"]).status, 4);
    assert_eq!(sent(&sandbox), "111111");
}

#[test]
#[ignore = "takes as many steps of 30 seconds as there are jobs"]
fn ten_jobs_with_one_seed_all_get_their_session() {
    let sts = Sts::start(Account::default());
    let sandboxes = (0..10).map(|_| {
        let mut sandbox = Sandbox::new();
        sandbox.set("AWS_ENDPOINT_URL", sts.url()).set("MFA_SESSION_TOTP_SEED", ALICE.seed);
        sandbox
    });
    let sandboxes: Vec<Sandbox> = sandboxes.collect();
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let jobs = sandboxes.iter().map(|sandbox| scope.spawn(|| get(sandbox, &[])));
        let jobs: Vec<_> = jobs.collect();
        jobs.into_iter().map(|job| job.join().unwrap()).collect()
    });
    for outcome in outcomes {
        assert_eq!(outcome.status, 0, "{outcome:?}");
    }
}

#[test]
#[ignore = "takes the five minutes that a person has"]
fn standard_input_on_which_nothing_comes_is_not_waited_for_without_end() {
    let rows: [&[&str]; 2] = [
        &["--serial", SERIAL, "--code", "-"],
        &["web-identity", "--role-arn", "arn:aws:iam::123456789012:role/web", "--token-file", "-"],
    ];
    let table = thread::scope(|scope| {
        let runs = rows.map(|arguments| {
            scope.spawn(move || {
                let sandbox = Sandbox::new();
                let mut command = sandbox.command(PROGRAM);
                command.args(arguments).stdin(Stdio::piped());
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
                let mut child = command.spawn().unwrap();
                let silent = child.stdin.take();
                let outcome = sandbox.finish(child);
                drop(silent);
                assert_eq!(sandbox.sts().connections(), 0);
                (arguments[0], outcome)
            })
        });
        Table::of(runs.map(|run| run.join().unwrap()))
    });
    table.matches(str![[r#"
=== --serial
exit 3
--- stderr
mfa-session: error: cannot read the code from standard input: its end has not come for 300 s
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt

=== web-identity
exit 1
--- stderr
mfa-session: error: cannot read standard input: its end has not come for 300 s
mfa-session: hint: name a file with the token of the identity provider: --token-file FILE
"#]]);
}

#[test]
#[ignore = "waits for the next step of 30 seconds"]
fn a_code_that_another_job_used_is_waited_out() {
    let device = Device::totp(SERIAL, ALICE.seed);
    let user = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
    let mut sandbox = Sandbox::with(Sts::start(Account::default().user(user.device(device))));
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    assert_eq!(get(&sandbox, &[]).status, 0);
    let outcome = get(&sandbox, &["--force"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let waited = "mfa-session: no session came for that code: another job used it, or the seed is \
                  of another device; the next one comes in ";
    assert!(outcome.stderr.starts_with(waited), "{outcome:?}");
    let sent = sandbox.asked().into_iter().filter(|it| it.starts_with("GetSessionToken"));
    assert!(sent.count() >= 3);
}
