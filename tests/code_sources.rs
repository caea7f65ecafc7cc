//! Sources of a code other than the prompt: a flag, a variable, standard input, a command, a seed;
//! and which of them wins.

use std::{
    fs,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Account, Device, Sts, User};
use snapbox::str;

use crate::sandbox::{Outcome, PRINT_CODE, PROGRAM, Sandbox, Table, good_until, write_script};

const SERIAL: &str = ALICE.serial_number;

/// A sandbox with a script of one line in `~/bin` and a valid code in `~/code`.
fn with_program(name: &str, script: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    let bin = sandbox.path("bin");
    fs::create_dir_all(&bin).unwrap();
    write_script(&bin.join(name), script);
    sandbox.add_to_path(&bin);
    fs::write(sandbox.path("code"), sandbox.code()).unwrap();
    sandbox
}

fn get(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(["--serial", SERIAL]).args(arguments);
    sandbox.outcome(command, "")
}

#[test]
#[cfg_attr(windows, ignore = "needs shell scripts")]
fn runs_common_code_programs() {
    for (name, line, script) in [
        ("ykman", "ykman oath accounts code --single aws", r#"[ "$5" = aws ] && cat ~/code"#),
        ("ykman", "ykman oath accounts code aws", r#"echo "Amazon:alice  $(cat ~/code)""#),
        ("pass", "pass otp aws/work", r#"[ "$1 $2" = "otp aws/work" ] && cat ~/code"#),
        ("op", "op item get 'AWS work' --otp", r#"[ "$3" = "AWS work" ] && cat ~/code"#),
        ("gopass", "gopass otp aws", r#"echo "$(cat ~/code) lasts 12s |----|""#),
        (
            "oathtool",
            "oathtool --base32 --totp - < ~/seed",
            r#"[ "$3 $(cat)" = "- GEZDGNBV" ] && cat ~/code"#,
        ),
    ] {
        let sandbox = with_program(name, script);
        fs::write(sandbox.path("seed"), "GEZDGNBV\n").unwrap();
        get(&sandbox, &["--code-command", line]).wrote("default-mfa");
    }
}

#[test]
fn reads_the_code_command_from_a_variable_or_the_profile() {
    let mut sandbox = with_program("otp", PRINT_CODE);
    sandbox.set("MFA_SESSION_CODE_COMMAND", "otp");
    get(&sandbox, &[]).wrote("default-mfa");

    let sandbox = with_program("otp", PRINT_CODE);
    sandbox.write("config", "[default]\nmfa_process = otp # a note\n");
    get(&sandbox, &[]).wrote("default-mfa");
}

#[test]
fn code_command_gets_the_serial_number_but_not_the_seed() {
    let line = if cfg!(windows) {
        r#"echo %MFA_SERIAL% %MFA_SESSION_TOTP_SEED%.>"%USERPROFILE%\seen" & "#
    } else {
        r#"echo "$MFA_SERIAL $MFA_SESSION_TOTP_SEED." > ~/seen; "#
    };
    let mut sandbox = with_program("otp", &format!("{line}{PRINT_CODE}"));
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    get(&sandbox, &["--code-command", "otp"]).wrote("default-mfa");
    let seen = fs::read_to_string(sandbox.path("seen")).unwrap();
    assert_eq!(seen.trim_end(), format!("{SERIAL} ."));
}

#[test]
#[cfg_attr(windows, ignore = "needs shell scripts")]
fn reports_a_failed_command_without_its_output() {
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
fn refuses_an_invalid_code_command() {
    let mut table = Table::default();
    for text in [" ", "pass \"otp"] {
        table.add(text, &get(&Sandbox::new(), &["--code-command", text]));
    }
    table.matches(str![[r#"
===  
exit 2
--- stderr
mfa-session: error: --code-command: the code command is empty
mfa-session: hint: give a command that prints the code, such as `pass otp aws`

=== pass "otp
exit 2
--- stderr
mfa-session: error: --code-command: the code command has a quote that is not closed
mfa-session: hint: give a command that prints the code, such as `pass otp aws`
"#]]);
}

#[test]
#[cfg_attr(windows, ignore = "under Wine, the test sometimes waits forever")]
fn ends_the_command_when_the_endpoint_is_unreachable() {
    let mut sandbox = with_program("otp", "exec sleep 30");
    // On Windows, the end of a script does not end the program that it waits for.
    let line = if cfg!(windows) { "ping -n 30 127.0.0.1" } else { "otp" };
    sandbox.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let start = Instant::now();
    let outcome = get(&sandbox, &["--code-command", line]);
    outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: cannot reach 127.0.0.1:9: Connection refused (os error 111)
mfa-session: hint: check the network and the endpoint
mfa-session: hint: no code was used
"#]]);
    assert!(start.elapsed() < Duration::from_secs(25));
}

#[test]
#[cfg_attr(windows, ignore = "needs shell scripts")]
fn does_not_wait_for_background_processes_of_the_command() {
    let sandbox = with_program("otp", "sleep 20 2>&- & cat ~/code");
    let begin = Instant::now();
    get(&sandbox, &["--code-command", "otp"]).wrote("default-mfa");
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn computes_the_code_from_a_seed() {
    let mut sandbox = Sandbox::new();
    sandbox.hide(ALICE.seed);
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed.to_lowercase());
    // If the time step ends meanwhile, a message says that the next code is coming.
    let outcome = get(&sandbox, &[]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
    assert!(outcome.stderr.ends_with(&good_until("default-mfa")));
}

#[test]
fn refuses_an_invalid_seed_without_showing_it() {
    let mut sandbox = Sandbox::new();
    sandbox.hide("hunter18hunter18hunter18");
    sandbox.set("MFA_SESSION_TOTP_SEED", "hunter18hunter18hunter18");
    get(&sandbox, &[]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: MFA_SESSION_TOTP_SEED: the TOTP seed is not valid base32, or too short
mfa-session: hint: give the secret key of the virtual MFA device
"#]]);
}

#[test]
fn prefers_a_code_to_a_command_and_a_command_to_a_seed() {
    let mut sandbox = with_program("otp", PRINT_CODE);
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
    // A flag overrides every variable.
    fs::write(sandbox.path("code"), "000000").unwrap();
    assert_eq!(get(&sandbox, &["--force", "--code-command", "otp"]).status, 4);
    assert_eq!(sent(&sandbox), "000000");
    assert_eq!(get(&sandbox, &["--force", "--code", "111111"]).status, 4);
    assert_eq!(sent(&sandbox), "111111");
}

#[test]
#[ignore = "takes 30 seconds per job"]
fn ten_jobs_with_one_seed_all_get_a_session() {
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
#[ignore = "waits for the timeout of five minutes"]
fn stops_waiting_for_silent_standard_input() {
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
                let open_stdin = child.stdin.take();
                let outcome = sandbox.finish(child);
                drop(open_stdin);
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
mfa-session: error: cannot read the code from standard input: no end of input after 300 s
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, with --code-command, or, without --no-prompt, at a terminal or with MFA_SESSION_ASKPASS

=== web-identity
exit 1
--- stderr
mfa-session: error: cannot read standard input: no end of input after 300 s
mfa-session: hint: name a file with a token of the identity provider: --token-file FILE
"#]]);
}

#[test]
#[ignore = "waits for the next code of the seed"]
fn waits_for_the_next_code_when_another_job_used_this_one() {
    let device = Device::totp(SERIAL, ALICE.seed);
    let user = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
    let mut sandbox = Sandbox::with(Sts::start(Account::default().user(user.device(device))));
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    assert_eq!(get(&sandbox, &[]).status, 0);
    let outcome = get(&sandbox, &["--force"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let waited = "mfa-session: STS rejected the code: another job used it, or the seed belongs to \
                  another device; trying the next code in ";
    assert!(outcome.stderr.starts_with(waited), "{outcome:?}");
    let sent = sandbox.asked().into_iter().filter(|it| it.starts_with("GetSessionToken"));
    assert!(sent.count() >= 3);
}
