//! Long-term keys that another program prints: the `credential_process` of the source profile.

mod recursion;
mod stores;

use std::{
    fs,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Account, BOB, Role, Sample, Sts};
use snapbox::str;

use crate::{
    sandbox::{Outcome, PROGRAM, Sandbox, Table, good_until, keys, write_program},
    terminal::{Person, QUESTION},
    tools,
};

/// The JSON of `credential_process` with a user's long-term key.
fn json(sample: Sample) -> String {
    let Sample { access_key_id, secret_access_key, .. } = sample;
    format!(
        "{{\"Version\": 1, \"AccessKeyId\": \"{access_key_id}\", \
         \"SecretAccessKey\": \"{secret_access_key}\"}}"
    )
}

/// A sandbox whose only keys are those that this line of `[profile work]` prints. `~/key` has
/// Alice's key as JSON.
fn sandbox(line: &str) -> Sandbox {
    of_account(Account::default(), line)
}

/// The same in this account.
fn of_account(account: Account, line: &str) -> Sandbox {
    let mut sandbox = Sandbox::with(Sts::start(account));
    fs::remove_file(sandbox.path(".aws/credentials")).unwrap();
    sandbox.write("config", &format!("[profile work]\ncredential_process = {line}\n"));
    fs::write(sandbox.path("key"), json(ALICE)).unwrap();
    fs::create_dir(sandbox.path("bin")).unwrap();
    sandbox.set("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", sandbox.path("bin").display()));
    sandbox.set("AWS_PROFILE", "work");
    sandbox
}

/// Adds a shell script to `PATH`.
fn program(sandbox: &Sandbox, name: &str, script: &str) {
    write_program(&sandbox.path("bin").join(name), &format!("#!/bin/sh\n{script}\n"));
}

/// A sandbox whose keys come from this shell script. Each run adds a line to `~/runs`.
fn with_store(script: &str) -> Sandbox {
    let sandbox = sandbox("store work");
    program(&sandbox, "store", &format!("echo run >> ~/runs\n{script}"));
    sandbox
}

fn runs(sandbox: &Sandbox) -> usize {
    fs::read_to_string(sandbox.path("runs")).unwrap_or_default().lines().count()
}

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(arguments);
    sandbox.outcome(command, "")
}

#[test]
fn makes_a_session_and_reuses_it_without_the_process() {
    let sandbox = with_store("cat ~/key");
    sandbox.get([]).wrote("work-mfa");
    assert_eq!(sandbox.value("work-mfa", "mfa_session_source").unwrap(), "work");
    assert_eq!(sandbox.value("work-mfa", "mfa_session_key").unwrap(), ALICE.access_key_id);
    assert_eq!(runs(&sandbox), 1);
    let asked = sandbox.asked().len();
    for arguments in [&[][..], &["--serial", ALICE.serial_number], &["exec", "--", "true"]] {
        assert_eq!(run(&sandbox, arguments).status, 0, "{arguments:?}");
    }
    run(&sandbox, &["--profile", "work-mfa"]).wrote("work-mfa");
    assert_eq!((runs(&sandbox), sandbox.asked().len()), (1, asked));
    sandbox.get(["--force"]).wrote("work-mfa");
    assert_eq!(runs(&sandbox), 2);
}

#[test]
fn roles_share_the_session_and_are_reused_without_the_process() {
    let sandbox = with_store("cat ~/key");
    let role = sandbox.sts().role_arn("reader");
    let config = sandbox.read("config");
    let admin = format!("[profile read]\nrole_arn = {role}\nsource_profile = work\n");
    sandbox.write("config", &(config + &admin));
    sandbox.get(["--profile", "read"]).wrote_all(&["work-mfa", "read-mfa"]);
    for arguments in [["--profile", "read"], ["--profile", "work"], ["--role-arn", &role]] {
        assert_eq!(run(&sandbox, &arguments).status, 0, "{arguments:?}");
    }
    assert_eq!(runs(&sandbox), 1);
}

/// The key of a process assumes a role of more than an hour, too.
#[test]
fn a_long_role_costs_a_code_and_is_reused_without_the_process() {
    let long = Role::new("long").trust_account().requires_mfa().max_session_duration(43_200);
    let sandbox = of_account(Account::default().role(long), "store work");
    program(&sandbox, "store", "echo run >> ~/runs\ncat ~/key");
    let role = sandbox.sts().role_arn("long");
    let config = sandbox.read("config");
    let of_role = format!("role_arn = {role}\nsource_profile = work\nduration_seconds = 28800\n");
    sandbox.write("config", &format!("{config}[profile long]\n{of_role}"));
    assert_eq!(sandbox.get(["--profile", "long"]).status, 0);
    assert_eq!(sandbox.value("long-mfa", "mfa_session_direct").unwrap(), "true");
    assert_eq!(sandbox.value("work-mfa", "aws_access_key_id"), None);
    assert!(sandbox.asked().contains(&"AssumeRole OK".to_owned()));
    let asked = sandbox.asked().len();
    run(&sandbox, &["--profile", "long"]).wrote("long-mfa");
    run(&sandbox, &["--profile", "long", "--format", "process"]);
    assert_eq!((runs(&sandbox), sandbox.asked().len()), (1, asked));
}

#[test]
fn keeps_a_printed_session_by_default() {
    let sandbox = with_store("cat ~/key");
    assert_eq!(sandbox.get(["--export"]).status, 0);
    for arguments in [&["--export"][..], &["exec", "--", "true"], &["--format", "process"]] {
        assert_eq!(run(&sandbox, arguments).status, 0, "{arguments:?}");
    }
    assert_eq!(runs(&sandbox), 1);
}

#[test]
fn the_session_of_x_long_term_is_reused_without_the_process() {
    let sandbox = with_store("cat ~/key");
    let config = sandbox.read("config").replace("work]", "work-long-term]");
    sandbox.write("config", &config);
    sandbox.get([]).wrote("work");
    for profile in ["work", "work-long-term"] {
        run(&sandbox, &["--profile", profile]).wrote("work");
    }
    assert_eq!(runs(&sandbox), 1);
}

#[test]
fn of_many_runs_at_once_one_runs_the_process() {
    let sandbox = with_store("cat ~/key");
    program(&sandbox, "ask", "sleep 1; cat ~/code");
    fs::write(sandbox.path("code"), sandbox.code()).unwrap();
    let ask = sandbox.path("bin/ask");
    let start = |_| {
        let mut command = sandbox.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number]).env("MFA_SESSION_ASKPASS", &ask);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<Child> = (0..5).map(start).collect();
    for child in children {
        let outcome = sandbox.finish(child);
        assert_eq!(outcome.status, 0, "{outcome:?}");
    }
    assert_eq!(runs(&sandbox), 1);
}

#[test]
fn does_not_reuse_a_session_of_another_source() {
    let sandbox = with_store("cat ~/key");
    sandbox.get([]).wrote("work-mfa");
    let text = sandbox.read("credentials");
    sandbox
        .write("credentials", &text.replace("mfa_session_source = work", "mfa_session_source = x"));
    sandbox.get(["--profile", "work"]).wrote("work-mfa");
    assert_eq!(runs(&sandbox), 2);
}

#[test]
fn takes_keys_in_the_order_of_botocore() {
    type Row = (&'static str, fn(&Sandbox), Sample);
    let rows: &[Row] = &[
        ("the process", |_| (), ALICE),
        (
            "keys of the credentials file before it",
            |sandbox| sandbox.write("credentials", &of("work", BOB)),
            BOB,
        ),
        (
            "it before keys of the config file",
            |sandbox| {
                let section = sandbox.read("config") + &of("x", BOB).replace("[x]\n", "");
                sandbox.write("config", &section);
            },
            ALICE,
        ),
        (
            "a line in the credentials file",
            |sandbox| {
                sandbox.write("credentials", "[work]\ncredential_process = store work\n");
                sandbox.write("config", "[profile work]\ncredential_process = false\n");
            },
            ALICE,
        ),
        (
            "the process of X-long-term",
            |sandbox| {
                let text = sandbox.read("config").replace("work]", "work-long-term]");
                sandbox.write("config", &text);
            },
            ALICE,
        ),
        (
            "an empty line",
            |sandbox| {
                let line = of("x", BOB).replace("[x]\n", "[profile work]\ncredential_process =\n");
                sandbox.write("config", &line);
            },
            BOB,
        ),
    ];
    for (name, prepare, expected) in rows {
        let sandbox = with_store("cat ~/key");
        prepare(&sandbox);
        let serial = expected.serial_number;
        let code = sandbox.sts().code(expected.name);
        let outcome = run(&sandbox, &["--to", "x", "--serial", serial, "--code", &code]);
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        assert_eq!(sandbox.signer(), expected.access_key_id, "{name}");
        let outcome = run(&sandbox, &["whoami"]);
        assert!(outcome.stdout.contains(expected.name), "{name}: {outcome:?}");
        // botocore knows no `-long-term`, and fails for an empty line.
        if !["the process of X-long-term", "an empty line"].contains(name)
            && let Some(python) = tools::python("botocore")
        {
            let mut command = sandbox.command(python);
            command.args(["-c", BOTOCORE_KEY]);
            let id = sandbox.outcome(command, "").stdout;
            assert_eq!(id.trim(), expected.access_key_id, "{name}");
        }
    }
}

const BOTOCORE_KEY: &str = "
import botocore.session
print(botocore.session.Session().get_credentials().access_key)";

/// A section with the long-term keys of a user.
fn of(section: &str, sample: Sample) -> String {
    let text = keys(section).replace(ALICE.access_key_id, sample.access_key_id);
    text.replace(ALICE.secret_access_key, sample.secret_access_key)
}

#[test]
fn runs_a_line_as_the_sdks_do() {
    for line in [
        "store work",
        "store 'work'",
        "store \"work\" # comment",
        "STORE=x store work",
        "store work | cat",
        "sh -c 'store \"$(echo work)\"'",
        "~/bin/store work",
        "$HOME/bin/store work",
        "test -f ~/key && store work",
    ] {
        let sandbox = sandbox(line);
        program(&sandbox, "store", "[ $# = 1 ] && [ \"$1\" = work ] && cat ~/key");
        sandbox.get([]).wrote("work-mfa");
    }
}

#[test]
fn reports_a_process_that_prints_no_key() {
    let secret = "hunter2/NotToBeSeen";
    let key = json(ALICE);
    let print = |text: String| format!("cat <<'END'\n{text}\nEND");
    let rows = [
        ("a failure", format!("echo {secret}; echo 'the store is locked' >&2; exit 3")),
        ("a signal", "kill -9 $$".into()),
        ("nothing", "exit 0".into()),
        ("no JSON", format!("echo {secret}")),
        ("a key and more", print(format!("{key}\n{secret}"))),
        ("another version", print(key.replace('1', "2"))),
        ("a version as text", print(key.replacen('1', "\"1\"", 1))),
        ("no secret", print(key.replace("SecretAccessKey", "Secret"))),
        ("an id with a line break", print(key.replace("AKIA", "AKIA\\n"))),
        ("a secret with a line break", print(key.replace("ecretAccessKey\": \"", "$0\\n"))),
        ("an array", print(format!("[{key}]"))),
        ("not UTF-8", "printf '{\"\\377'".into()),
        ("no end", "yes".into()),
        ("deep JSON", "printf '[%.0s' $(seq 20000)".into()),
        ("a session", print(key.replace('}', ", \"SessionToken\": \"FwoGZ\"}"))),
        ("a temporary id", print(key.replace("AKIA", "ASIA"))),
    ];
    let mut table = Table::default();
    for (name, script) in rows {
        let sandbox = with_store(&script);
        sandbox.hide(secret);
        // The prompt would be an error, too: there is no terminal.
        table.add(name, &sandbox.get([]));
        assert_eq!(sandbox.asked(), [""; 0], "{name}");
        assert_eq!(runs(&sandbox), 1, "{name}");
    }
    for (name, line) in [("a missing program", "nowhere work"), ("an open quote", "store 'work")] {
        table.add(name, &sandbox(line).get([]));
    }
    table.matches_file("key_process/errors");
}

#[test]
fn whatever_fails_without_the_key_fails_before_the_process() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str]);
    let rows: &[Row] = &[
        ("no way to get a code", |_| (), &[]),
        (
            "a profile that holds long-term keys",
            |sandbox| sandbox.write("credentials", &keys("x")),
            &["--to", "x"],
        ),
        ("its own profile", |_| (), &["--to", "work"]),
        ("an invalid duration", |_| (), &["--duration", "99h"]),
    ];
    let table = Table::of(rows.iter().map(|(name, prepare, arguments)| {
        let mut sandbox = with_store("cat ~/key");
        prepare(&mut sandbox);
        let outcome = run(&sandbox, arguments);
        assert_eq!(runs(&sandbox), 0, "{name}");
        (*name, outcome)
    }));
    table.matches(str![[r#"
=== no way to get a code
exit 3
--- stderr
mfa-session: error: a code is needed, but there is no terminal
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, with --code-command, or, without --no-prompt, at a terminal or with MFA_SESSION_ASKPASS

=== a profile that holds long-term keys
exit 1
--- stderr
mfa-session: error: [x] in ~/.aws/credentials contains long-term keys, which are never overwritten
mfa-session: hint: name another session profile: --to NAME

=== its own profile
exit 2
--- stderr
mfa-session: error: --to: a session in [work] would hide its `credential_process`
mfa-session: hint: name another session profile: --to NAME

=== an invalid duration
exit 2
--- stderr
mfa-session: error: --duration: `99h` is not between 15m and 36h
mfa-session: hint: a session lasts 15m to 36h (900 to 129600 seconds)
"#]]);
}

#[test]
fn the_process_sees_no_code_and_no_seed() {
    let mut sandbox = with_store("env > ~/seen; cat ~/key");
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    let code = sandbox.code();
    sandbox.set("MFA_SESSION_CODE", &code);
    run(&sandbox, &["--serial", ALICE.serial_number]).wrote("work-mfa");
    let seen = fs::read_to_string(sandbox.path("seen")).unwrap();
    assert!(!seen.contains(&code) && !seen.contains(ALICE.seed), "{seen}");
    assert!(
        seen.contains("\nMFA_SESSION_RESOLVING=work\n") && seen.contains("\nAWS_PROFILE=work\n")
    );
}

#[test]
fn a_dry_run_says_where_the_key_comes_from_and_runs_nothing() {
    let sandbox = with_store("cat ~/key");
    for arguments in
        [&["--dry-run"][..], &["whoami", "--dry-run"], &["federate", "bob", "--dry-run"]]
    {
        let outcome = run(&sandbox, arguments);
        let line = outcome.stdout.lines().find(|line| line.starts_with("access key id "));
        let line = line.unwrap_or_else(|| panic!("{arguments:?}: {outcome:?}"));
        let words: Vec<_> = line.split("  ").filter(|words| !words.is_empty()).collect();
        let origin = "`credential_process` in [profile work] of ~/.aws/config";
        assert_eq!([words[1], words[2].trim()], ["printed by a command", origin]);
    }
    assert_eq!(runs(&sandbox), 0);
}

#[test]
fn every_command_takes_the_key() {
    let sandbox = with_store("cat ~/key");
    let rows: &[(&[&str], &str)] = &[
        (&["whoami"], "GetCallerIdentity OK"),
        (&["key-info", ALICE.access_key_id], "GetAccessKeyInfo OK"),
        (&["federate", "bob", "--export"], "GetFederationToken OK"),
        (&["decode", "x"], "DecodeAuthorizationMessage"),
        (&["token", "--audience", "x"], "GetWebIdentityToken"),
        (
            &["root", "123456789012", "--task", "IAMAuditRootUserCredentials", "--export"],
            "AssumeRoot",
        ),
    ];
    for (number, (arguments, expected)) in rows.iter().enumerate() {
        let outcome = run(&sandbox, arguments);
        let asked = sandbox.asked();
        assert!(asked.last().unwrap().starts_with(expected), "{asked:?} {outcome:?}");
        assert_eq!(sandbox.signer(), ALICE.access_key_id);
        assert_eq!(runs(&sandbox), number + 1, "{arguments:?}");
    }
}

#[test]
fn other_commands_than_the_session_take_temporary_keys() {
    let sandbox = with_store("cat ~/key");
    sandbox.get([]).wrote("work-mfa");
    let value = |key| sandbox.value("work-mfa", key).unwrap();
    let session = format!(
        "{{\"Version\": 1, \"AccessKeyId\": \"{}\", \"SecretAccessKey\": \"{}\", \"SessionToken\": \
         \"{}\", \"Expiration\": \"2099-01-01T00:00:00Z\"}}",
        value("aws_access_key_id"),
        value("aws_secret_access_key"),
        value("aws_session_token")
    );
    fs::write(sandbox.path("key"), session).unwrap();
    assert_eq!(run(&sandbox, &["whoami"]).status, 0);
    assert_eq!(sandbox.signer(), value("aws_access_key_id"));
    let asked = sandbox.asked().len();
    Table::of([
        ("get", sandbox.get(["--force"])),
        ("federate", run(&sandbox, &["federate", "bob", "--export"]).messages()),
    ])
    .matches(str![[r#"
=== get
exit 1
--- stderr
mfa-session: error: the keys of `credential_process` in [profile work] of ~/.aws/config are temporary
mfa-session: hint: name a profile with long-term keys: --profile NAME

=== federate
exit 1
--- stderr
mfa-session: warning: the session has almost no permissions without --policy or --policy-arn
mfa-session: error: the keys of `credential_process` in [profile work] of ~/.aws/config are temporary
mfa-session: hint: name a profile with long-term keys: --profile NAME
"#]]);
    assert_eq!(sandbox.asked().len(), asked);
}

#[test]
fn the_process_prompts_on_the_terminal_before_the_code() {
    let sandbox =
        with_store("printf 'PIN: ' >&2; read -r pin; [ \"$pin\" = 4711 ] || exit 1; cat ~/key");
    let serial = ALICE.serial_number;
    let script = format!("exec {PROGRAM} --serial {serial} >stdout 2>stderr");
    let mut person = Person::runs_script(&sandbox, &script);
    let before = person.reads("PIN: ");
    assert!(!before.contains(QUESTION), "{before}");
    person.types("4711\r");
    person.reads(QUESTION);
    person.types(&format!("{}\r", sandbox.code()));
    let outcome = person.outcome(&sandbox);
    outcome.printed(&good_until("work-mfa"));
}

#[test]
#[ignore = "waits for the time limit of two minutes"]
fn ends_a_process_that_does_not_end() {
    let sandbox = with_store("exec sleep 600");
    let begin = Instant::now();
    sandbox.get([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the command of `credential_process` in [profile work] of ~/.aws/config did not end within 2 minutes
mfa-session: hint: run it yourself to see what it waits for
"#]]);
    assert!(begin.elapsed() < Duration::from_secs(150));
}
