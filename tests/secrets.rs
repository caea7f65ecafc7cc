//! No secret in any output: every way that a run can end is searched for every secret there is.

#![allow(clippy::too_many_lines, reason = "a table of cases is long")]

#[cfg(target_os = "linux")]
use std::fs;

use loopback_sts::{ALICE, Answer, Cut, Fault, Field};
use mfa_session::{
    aws_files::{Document, Value},
    code::{Code, Origins, Source},
    credentials::{AccessKey, Provenance, Session},
    origin::{Origin, Sourced},
    profiles::Profiles,
    secret::Secret,
    session_profile,
    sts::{Credentials, GetSessionToken, Request},
};
use time::OffsetDateTime;

#[cfg(target_os = "linux")]
use crate::tools;
use crate::world::{PROGRAM, World, keys};

/// What STS grants, what stands in a line, what is typed.
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
fn a_secret_in_a_text_is_found() {
    for secret in SECRETS {
        assert_eq!(leak(&format!("mfa-session: error: `{secret}`\n")), Some(secret));
    }
    assert_eq!(leak("mfa-session: error: nothing\n"), None);
}

#[test]
fn no_output_shows_a_secret() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str]);
    let code = &["--code", CODE];
    let rows: &[Row] = &[
        ("help", |_| (), &["--help"]),
        ("short help", |_| (), &["-h"]),
        ("version", |_| (), &["--version"]),
        ("a code alone", |_| (), &[CODE]),
        ("a code alone, for exports", |_| (), &["--export", CODE]),
        ("a code for a switch", |_| (), &["--no-prompt=314159"]),
        ("a code for a shell", |_| (), &["--export=314159"]),
        ("a code for a form", |_| (), &["--format", CODE]),
        ("a secret for a form", |_| (), &["--format", IN_A_LINE]),
        ("a code for a device", |_| (), &["--serial", CODE]),
        ("a code twice", |_| (), &["--code", CODE, "--code", CODE]),
        ("a code beside nonsense", |_| (), &["--code", CODE, "--bogus"]),
        ("a code for a slip of the finger", |_| (), &["--cod", CODE]),
        ("a code for a slip, closer", |_| (), &["--cod=314159"]),
        ("a code with the wrong dash", |_| (), &["-code", CODE]),
        ("a code stuck to its flag", |_| (), &["--code314159"]),
        ("a code as a flag", |_| (), &["--314159"]),
        ("a code stuck to a switch", |_| (), &["-e314159"]),
        ("a code behind one", |_| (), &["--code", "271828", CODE]),
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
        ("a code and no file", |world| world.write("credentials", ""), code),
        ("a malformed line", |world| line(world, ""), code),
        ("a malformed header", |world| line(world, "["), code),
        ("an indented line", |world| line(world, "[default]\n "), code),
        ("a line with a carriage return", |world| line(world, "[default]\nx = \r"), code),
        ("a line with a colon", |world| line(world, "[default]\naws_secret_access_key: "), code),
        ("a secret alone", |world| line(world, "[default]\naws_secret_access_key = "), code),
        (
            "a secret that is temporary",
            |world| {
                line(world, "[default]\naws_session_token = x\naws_secret_access_key = ");
            },
            code,
        ),
        ("a wrong code", |_| (), code),
        ("an unknown device", |_| (), &["--serial", "GAHT12345678", "--code", CODE]),
        ("a wrong secret", wrong_secret, code),
        ("a clock that is off", |world| world.sts().set_clock_offset(3600), code),
        ("a cut", |world| world.sts().weather(Fault::Cut(Cut::Unanswered)), code),
        ("half of an answer", |world| grant(world, Field::Usual, "<"), code),
        ("a token with a quote", |world| grant(world, Field::Usual, "'"), code),
        (
            "a token that a form can't carry",
            |world| grant(world, Field::Usual, "%"),
            &["--code", CODE, "--format", "cmd"],
        ),
        ("an answer without an id", |world| grant(world, Field::Missing, ""), code),
        ("an id that is a secret", |world| grant(world, source(GRANTED_SECRET), ""), code),
        ("an echo", |world| world.sts().weather(Fault::Answer(Answer::html(200))), code),
        ("a session", |world| grant(world, Field::Usual, ""), code),
        (
            "a session of the environment",
            |world| {
                world.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE");
                world.set("AWS_SECRET_ACCESS_KEY", GRANTED_SECRET);
                world.set("AWS_SESSION_TOKEN", GRANTED_TOKEN);
            },
            code,
        ),
        (
            "half a key of the environment",
            |world| {
                world.set("AWS_SECRET_ACCESS_KEY", IN_A_LINE);
            },
            code,
        ),
        ("a code of the environment", code_in_environment, &["--bogus"]),
        (
            "a bad code of the environment",
            |world| {
                world.set("MFA_SESSION_CODE", IN_A_LINE);
            },
            &[],
        ),
        ("help with a code", code_in_environment, &["--help"]),
        (
            "a session for long-term keys",
            |world| grant(world, Field::Usual, ""),
            &["--code", CODE, "--to", "default"],
        ),
    ];
    for (name, prepare, arguments) in rows {
        let mut world = World::new();
        world.set("MFA_SESSION_SERIAL", ALICE.serial_number).set("RUST_BACKTRACE", "1");
        prepare(&mut world);
        let mut command = world.command(PROGRAM);
        command.args(*arguments);
        let outcome = world.outcome(command, "");
        let all = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(!all.is_empty(), "{name}");
        assert_eq!(leak(&all), None, "{name}: {all}");
    }
}

fn code_in_environment(world: &mut World) {
    world.set("MFA_SESSION_CODE", CODE);
}

fn line(world: &World, before: &str) {
    world.write("credentials", &format!("{before}{IN_A_LINE}\n"));
}

fn wrong_secret(world: &mut World) {
    let text = keys("default").replace(ALICE.secret_access_key, IN_A_LINE);
    world.write("credentials", &text);
}

/// Lets STS grant what is known here, whatever the code; `behind` follows the token.
fn grant(world: &World, access_key_id: Field, behind: &str) {
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
    world.sts().weather(Fault::Answer(Answer::new(200, answer)));
}

fn source(text: &str) -> Field {
    Field::Source(text.into())
}

#[test]
fn exports_show_the_session_on_standard_output_only() {
    let mut world = World::new();
    world.set("MFA_SESSION_SERIAL", ALICE.serial_number);
    grant(&world, Field::Usual, "");
    let outcome = world.run(["--export", "--code", CODE]);
    assert!(outcome.stdout.contains(GRANTED_TOKEN));
    assert!(!outcome.stdout.contains(ALICE.secret_access_key));
    assert_eq!(leak(&outcome.stderr), None);
}

#[test]
fn debug_shows_no_secret() {
    let secret = || Secret::new(GRANTED_SECRET.into());
    let key = || AccessKey { id: "AKIAEXAMPLE".into(), secret: secret() };
    let code = || CODE.parse::<Code>().unwrap();
    let provenance = || Provenance { source: "x".into(), ..Provenance::default() };
    let token = || Secret::new(GRANTED_TOKEN.into());
    let expires = OffsetDateTime::UNIX_EPOCH;
    let text =
        format!("[default]\naws_access_key_id = AKIAX\naws_secret_access_key = {IN_A_LINE}\n");
    let document = Document::parse(Secret::new(text.clone())).unwrap();
    let section = document.section("default").unwrap();
    let world = World::new();
    world.write("credentials", &text);
    let file = world.path(".aws/credentials");
    let body = Secret::new(format!("TokenCode={CODE}"));
    let request = Request {
        host: "sts.example",
        path: "/",
        body: &body,
        token: Some(&token()),
        region: "eu-west-1",
        service: "sts",
    };
    let digits = code().into_digits();
    let shown = [
        format!("{:?}", secret()),
        format!("{:?}", key()),
        format!("{:?}", Sourced { value: key(), origin: Origin::Default }),
        format!("{:#?}", Session { key: key(), token: token(), expires, provenance: provenance() }),
        format!("{:#?}", Credentials { key: key(), token: token(), expires }),
        format!("{:?}", code()),
        format!("{:?}", Origins::Sourced(code())),
        format!("{:?}", Source::Sourced(Some(code()))),
        format!("{:?}", "hunter2".parse::<Code>()),
        format!("{document:?}"),
        format!("{section:?}"),
        format!("{:?}", session_profile::keys(&section)),
        format!("{:?}", Value::parse(token()).unwrap()),
        format!("{:?}", Value::parse(Secret::new(format!("{GRANTED_TOKEN}\n"))).unwrap_err()),
        format!("{:?}", Document::parse(Secret::new(IN_A_LINE.into())).map(drop)),
        format!("{:#?}", Profiles::read(&file, &file).map_err(|_| ()).unwrap()),
        format!("{request:?}"),
        format!("{:?}", GetSessionToken { serial: "x", digits: &digits, seconds: 900 }),
    ];
    for shown in shown {
        assert_eq!(leak(&shown), None, "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

/// Neither among its arguments nor in its environment; the session is what `exec` is for.
#[cfg(target_os = "linux")]
#[test]
fn no_child_is_given_a_secret_that_it_is_not_for() {
    let Some(strace) = tools::program("strace") else { return };
    for (arguments, is_for_session) in [
        ("--code-command 'cat code'", false),
        ("--code-command 'cat code | cat'", false),
        ("exec --code-command 'cat code' true", true),
        ("exec --code $(cat code) true", true),
    ] {
        let mut world = World::new();
        world.set("MFA_SESSION_SERIAL", ALICE.serial_number);
        // All that is set is there for the program alone.
        world.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
        fs::write(world.path("code"), CODE).unwrap();
        grant(&world, Field::Usual, "");
        let mut command = world.command("sh");
        let (strace, traces) = (strace.display(), "-f -qq -v -s 9999 -o trace -e trace=execve");
        command.args(["-c", &format!("exec {strace} {traces} {PROGRAM} {arguments}")]);
        assert_eq!(world.outcome(command, "").status, 0, "{arguments}");
        let trace = fs::read_to_string(world.path("trace")).unwrap();
        let (_, children) = trace.split_once('\n').unwrap();
        assert!(children.contains("execve("), "{arguments}");
        assert_eq!(children.contains(GRANTED_TOKEN), is_for_session, "{arguments}");
        for secret in [ALICE.secret_access_key, ALICE.seed, CODE] {
            assert!(!children.contains(secret), "{arguments}: {secret}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn where_the_stack_is_small_no_wiping_ends_the_program() {
    let world = World::new();
    for kilobytes in [256, 320, 512] {
        let script = format!("ulimit -s {kilobytes}; exec {PROGRAM} complete profiles");
        let mut command = world.command("sh");
        command.args(["-c", &script]);
        world.outcome(command, "").is(0, "default\n", "");
    }
}
