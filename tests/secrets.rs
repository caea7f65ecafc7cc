//! No output shows a secret, however a run ends.

use std::fs;

use loopback_sts::{ALICE, Answer, Cut, Fault, Field};

use crate::sandbox::{PROGRAM, Sandbox, keys};
use crate::tools;

const GRANTED_SECRET: &str = "GrantedByLoopback/NotToBeSeen+Anywhere+0";
const GRANTED_TOKEN: &str = "TokenFromLoopback//NotToBeSeen+Anywhere==";
const IN_A_LINE: &str = "hunter2InALine/NotToBeSeen";
const CODE: &str = "314159";
const SECRETS: [&str; 5] =
    [ALICE.secret_access_key, GRANTED_SECRET, GRANTED_TOKEN, IN_A_LINE, CODE];

fn leak(text: &str) -> Option<&'static str> {
    SECRETS.into_iter().find(|secret| text.contains(secret))
}

#[test]
fn leak_finds_a_secret() {
    for secret in SECRETS {
        assert_eq!(leak(&format!("mfa-session: error: `{secret}`\n")), Some(secret));
    }
    assert_eq!(leak("mfa-session: error: nothing\n"), None);
}

#[test]
fn no_output_shows_a_secret() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str]);
    let code = &["--code", CODE];
    let rows: &[Row] = &[
        ("help", |_| (), &["--help"]),
        ("short help", |_| (), &["-h"]),
        ("version", |_| (), &["--version"]),
        ("a code alone", |_| (), &[CODE]),
        ("a code alone, for exports", |_| (), &["--export", CODE]),
        ("a code for a switch", |_| (), &["--no-prompt=314159"]),
        ("a code for a shell", |_| (), &["--export=314159"]),
        ("a code for a format", |_| (), &["--format", CODE]),
        ("a secret for a format", |_| (), &["--format", IN_A_LINE]),
        ("a code for a device", |_| (), &["--serial", CODE]),
        ("a code twice", |_| (), &["--code", CODE, "--code", CODE]),
        ("a code beside an unknown flag", |_| (), &["--code", CODE, "--bogus"]),
        ("a code for a misspelled flag", |_| (), &["--cod", CODE]),
        ("a code for a misspelled flag, with =", |_| (), &["--cod=314159"]),
        ("a code with the wrong dash", |_| (), &["-code", CODE]),
        ("a code joined to its flag", |_| (), &["--code314159"]),
        ("a code as a flag", |_| (), &["--314159"]),
        ("a code joined to a switch", |_| (), &["-e314159"]),
        ("a code after a code", |_| (), &["--code", "271828", CODE]),
        ("a secret alone on the command line", |_| (), &[IN_A_LINE]),
        ("a secret as a flag", |_| (), &["--hunter2InALine/NotToBeSeen"]),
        ("a secret for a switch", |_| (), &["--force=hunter2InALine/NotToBeSeen"]),
        ("a secret twice", |_| (), &["--serial", IN_A_LINE, "--serial", IN_A_LINE]),
        ("a code that is too long", |_| (), &["--code", "3141592"]),
        ("a secret for a code", |_| (), &["--code", IN_A_LINE]),
        (
            "a secret in a URL",
            |_| (),
            &["--endpoint-url", "https://x:hunter2InALine/NotToBeSeen@y"],
        ),
        ("a code and no file", |sandbox| sandbox.write("credentials", ""), code),
        ("a malformed line", |sandbox| line(sandbox, ""), code),
        ("a malformed header", |sandbox| line(sandbox, "["), code),
        ("an indented line", |sandbox| line(sandbox, "[default]\n "), code),
        ("a line with a carriage return", |sandbox| line(sandbox, "[default]\nx = \r"), code),
        (
            "a line with a colon",
            |sandbox| line(sandbox, "[default]\naws_secret_access_key: "),
            code,
        ),
        ("a secret alone", |sandbox| line(sandbox, "[default]\naws_secret_access_key = "), code),
        (
            "the secret of temporary keys",
            |sandbox| {
                line(sandbox, "[default]\naws_session_token = x\naws_secret_access_key = ");
            },
            code,
        ),
        ("a wrong code", |_| (), code),
        ("an unknown device", |_| (), &["--serial", "GAHT12345678", "--code", CODE]),
        ("a wrong secret", wrong_secret, code),
        ("a wrong clock", |sandbox| sandbox.sts().set_clock_offset(3600), code),
        ("a cut", |sandbox| sandbox.sts().inject(Fault::Cut(Cut::Unanswered)), code),
        ("a truncated answer", |sandbox| grant(sandbox, Field::Usual, "<"), code),
        ("a token with a quote", |sandbox| grant(sandbox, Field::Usual, "'"), code),
        (
            "a token that cmd can't print",
            |sandbox| grant(sandbox, Field::Usual, "%"),
            &["--code", CODE, "--format", "cmd"],
        ),
        ("an answer without an id", |sandbox| grant(sandbox, Field::Missing, ""), code),
        ("an id that is a secret", |sandbox| grant(sandbox, source(GRANTED_SECRET), ""), code),
        ("an HTML page", |sandbox| sandbox.sts().inject(Fault::Answer(Answer::html(200))), code),
        ("a session", |sandbox| grant(sandbox, Field::Usual, ""), code),
        (
            "a session in variables",
            |sandbox| {
                sandbox.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE");
                sandbox.set("AWS_SECRET_ACCESS_KEY", GRANTED_SECRET);
                sandbox.set("AWS_SESSION_TOKEN", GRANTED_TOKEN);
            },
            code,
        ),
        (
            "a secret key without its id in variables",
            |sandbox| {
                sandbox.set("AWS_SECRET_ACCESS_KEY", IN_A_LINE);
            },
            code,
        ),
        ("a code in a variable", code_in_environment, &["--bogus"]),
        (
            "a secret for a code in a variable",
            |sandbox| {
                sandbox.set("MFA_SESSION_CODE", IN_A_LINE);
            },
            &[],
        ),
        ("help with a code", code_in_environment, &["--help"]),
        (
            "long-term keys as target",
            |sandbox| grant(sandbox, Field::Usual, ""),
            &["--code", CODE, "--to", "default"],
        ),
    ];
    for (name, prepare, arguments) in rows {
        let mut sandbox = Sandbox::new();
        sandbox.set("MFA_SESSION_SERIAL", ALICE.serial_number).set("RUST_BACKTRACE", "1");
        prepare(&mut sandbox);
        let mut command = sandbox.command(PROGRAM);
        command.args(*arguments);
        let outcome = sandbox.outcome(command, "");
        let all = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(!all.is_empty(), "{name}");
        assert_eq!(leak(&all), None, "{name}: {all}");
    }
}

fn code_in_environment(sandbox: &mut Sandbox) {
    sandbox.set("MFA_SESSION_CODE", CODE);
}

fn line(sandbox: &Sandbox, before: &str) {
    sandbox.write("credentials", &format!("{before}{IN_A_LINE}\n"));
}

fn wrong_secret(sandbox: &mut Sandbox) {
    let text = keys("default").replace(ALICE.secret_access_key, IN_A_LINE);
    sandbox.write("credentials", &text);
}

/// Makes STS grant the known secrets for any code. `behind` follows the token.
fn grant(sandbox: &Sandbox, access_key_id: Field, behind: &str) {
    let id = match access_key_id {
        Field::Usual => "<AccessKeyId>ASIALOOPBACKGRANTED2</AccessKeyId>".into(),
        Field::Source(text) => format!("<AccessKeyId>{text}</AccessKeyId>"),
        _ => String::new(),
    };
    let answer = format!(
        "<GetSessionTokenResponse><GetSessionTokenResult><Credentials>{id}<SecretAccessKey>\
         {GRANTED_SECRET}</SecretAccessKey><SessionToken>{GRANTED_TOKEN}{behind}</SessionToken>\
         <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></GetSessionTokenResult>\
         </GetSessionTokenResponse>"
    );
    sandbox.sts().inject(Fault::Answer(Answer::new(200, answer)));
}

fn source(text: &str) -> Field {
    Field::Source(text.into())
}

#[test]
fn exports_print_the_session_only_to_stdout() {
    let mut sandbox = Sandbox::new();
    sandbox.set("MFA_SESSION_SERIAL", ALICE.serial_number);
    grant(&sandbox, Field::Usual, "");
    let outcome = sandbox.run(["--export", "--code", CODE]);
    assert!(outcome.stdout.contains(GRANTED_TOKEN));
    assert!(!outcome.stdout.contains(ALICE.secret_access_key));
    assert_eq!(leak(&outcome.stderr), None);
}

/// Neither in arguments nor in variables.
#[cfg(target_os = "linux")] // needs strace
#[test]
fn children_get_no_secret_except_the_session_of_exec() {
    let Some(strace) = tools::program("strace") else { return };
    for (arguments, is_for_session) in [
        ("--code-command 'cat code'", false),
        ("--code-command 'cat code | cat'", false),
        ("exec --code-command 'cat code' true", true),
        ("exec --code $(cat code) true", true),
    ] {
        let mut sandbox = Sandbox::new();
        sandbox.set("MFA_SESSION_SERIAL", ALICE.serial_number);
        // Only the program may read it.
        sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
        fs::write(sandbox.path("code"), CODE).unwrap();
        grant(&sandbox, Field::Usual, "");
        let mut command = sandbox.command("sh");
        let (strace, stays) = (strace.display(), tools::STAYS_DUMPABLE);
        let traces = format!("-f -qq -v -s 9999 -o trace -e trace=execve,prctl {stays}");
        command.args(["-c", &format!("exec {strace} {traces} {PROGRAM} {arguments}")]);
        assert_eq!(sandbox.outcome(command, "").status, 0, "{arguments}");
        let trace = fs::read_to_string(sandbox.path("trace")).unwrap();
        let (_, children) = trace.split_once('\n').unwrap();
        assert!(children.contains("execve("), "{arguments}");
        assert_eq!(children.contains(GRANTED_TOKEN), is_for_session, "{arguments}");
        for secret in [ALICE.secret_access_key, ALICE.seed, CODE] {
            assert!(!children.contains(secret), "{arguments}: {secret}");
        }
    }
}
