//! Exports do in real shells what they say, quoted and unquoted; where there is no session, `eval`
//! fails and changes nothing.

use std::{collections::BTreeMap, fs, path::Path};

use loopback_sts::{ALICE, Fault, Field, Grant};

use crate::{
    tools,
    world::{Outcome, PROGRAM, World, keys},
};

#[test]
fn exports_are_statements_in_a_fixed_order_without_comments() {
    let world = world();
    let code = world.code();
    world.run(["--export", "--region", "eu-west-1", "--code", &code]).is(0, EXPORTS, GOOD);
    assert_eq!(world.files(), ["credentials"]);
    assert_eq!(world.read("credentials"), keys("default"));
}

const EXPORTS: &str = "\
export AWS_ACCESS_KEY_ID='ASIALOOPBACKSESSION1';
export AWS_SECRET_ACCESS_KEY='Session/Secret+Of/Forty+Characters/Abcde';
export AWS_SESSION_TOKEN='IQoJb3JpZ2luX2VjE/+abc==';
export AWS_CREDENTIAL_EXPIRATION='2099-12-31T23:59:59Z';
export MFA_SESSION_SOURCE='default';
export AWS_REGION='eu-west-1';
export AWS_DEFAULT_REGION='eu-west-1';
unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN;
";

#[test]
fn an_export_sets_what_sts_granted_and_unsets_what_contradicts_it() {
    in_every_shell(|shell| {
        let mut world = world();
        world.set("AWS_PROFILE", "default");
        world.set("AWS_DEFAULT_PROFILE", "nobody");
        world.set("AWS_SECURITY_TOKEN", "stale");
        let eval = shell.eval(&format!("--export --code {}", world.code()));
        let outcome = shell.run(&world, &format!("set -eu; {eval}; env -0"));
        assert_eq!(outcome.stderr, GOOD);
        assert_eq!(variables(&outcome), granted());
    });
}

#[test]
fn the_region_is_exported_where_one_was_configured() {
    in_every_shell(|shell| {
        let mut world = world();
        world.write("config", "[default]\nregion = eu-west-1\n");
        let eval = shell.eval(&format!("--export --code {}", world.code()));
        let outcome = shell.run(&world, &format!("set -eu; {eval}; env -0"));
        assert_eq!(variables(&outcome), granted_in("eu-west-1"));

        world.set("AWS_DEFAULT_REGION", "eu-north-1");
        let eval = shell.eval(&format!("--export --code {}", world.code()));
        let outcome = shell.run(&world, &format!("set -eu; {eval}; env -0"));
        assert_eq!(variables(&outcome), granted_in("eu-north-1"));
    });
}

#[test]
fn what_is_written_as_well_is_what_is_exported() {
    in_every_shell(|shell| {
        let world = World::new();
        let eval = shell.eval(&format!("--export --write --code {}", world.code()));
        let outcome = shell.run(&world, &format!("set -eu; {eval}; env -0"));
        assert_eq!(outcome.stderr, WRITTEN);
        assert_eq!(variables(&outcome), written(&world));
    });
}

#[test]
fn a_session_that_is_reused_is_exported_without_a_code() {
    in_every_shell(|shell| {
        let world = World::new();
        let code = world.code();
        world.run(["--code", &code]).wrote("default-mfa");
        let asked = world.asked();
        let eval = shell.eval("--export --no-prompt");
        let outcome = shell.run(&world, &format!("set -eu; {eval}; env -0"));
        assert_eq!(outcome.stderr, GOOD);
        assert_eq!(variables(&outcome), written(&world));
        assert_eq!(world.asked(), asked);
    });
}

#[test]
fn a_shell_with_a_session_gets_the_next_one_from_the_same_source() {
    in_every_shell(|shell| {
        let world = World::new();
        world.write("credentials", &keys("work"));
        let [first, second] = two_codes(&world);
        let first = shell.eval(&format!("--export --profile work --code {first}"));
        let second = shell.eval(&format!("--export --write --code {second}"));
        let outcome = shell.run(&world, &format!("set -eu; {first}; {second}; env -0"));
        let passed_over = "mfa-session: the keys in the environment are a session; looking at the \
                           profile `work`\n";
        let [first, second] = [GOOD, WRITTEN].map(|line| line.replace("default", "work"));
        assert_eq!(outcome.stderr, format!("{first}{passed_over}{second}"));
        assert_eq!(variables(&outcome), session_in(&world, "work-mfa"));
    });
}

#[test]
fn a_failure_ends_a_script_that_stops_at_errors() {
    in_every_shell(|shell| {
        for mistake in mistakes() {
            let world = (mistake.world)();
            let eval = shell.eval(&(mistake.arguments)(&world));
            let outcome = shell.run(&world, &format!("set -e; {eval}; echo went on"));
            outcome.is(1, "", mistake.stderr);
        }
    });
}

#[test]
fn a_failure_can_be_caught_and_changes_no_variable() {
    in_every_shell(|shell| {
        for mistake in mistakes() {
            let mut world = (mistake.world)();
            world.set("AWS_PROFILE", "default").set("AWS_DEFAULT_PROFILE", "default");
            let before = variables(&shell.run(&world, "env -0"));
            let eval = shell.eval(&(mistake.arguments)(&world));
            let outcome = shell.run(&world, &format!("{eval} || echo caught >&2; env -0"));
            assert_eq!(outcome.stderr, format!("{}caught\n", mistake.stderr));
            assert_eq!(variables(&outcome), before);
        }
    });
}

/// What makes an export fail.
struct Mistake {
    world: fn() -> World,
    arguments: fn(&World) -> String,
    stderr: &'static str,
}

fn mistakes() -> [Mistake; 5] {
    [
        Mistake {
            world,
            arguments: |world| format!("--export --code {}", world.sts().wrong_code(ALICE.name)),
            stderr: "\
mfa-session: error: STS refused the code for arn:aws:iam::123456789012:mfa/alice (AccessDenied, \
request ID)
mfa-session: hint: each code works once, for about half a minute: give the next one
",
        },
        Mistake {
            world,
            arguments: |_| "--export --profile nobody".to_owned(),
            stderr: "\
mfa-session: error: --profile: there is no profile `nobody` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: name one of these with --profile: default
",
        },
        Mistake {
            world,
            arguments: |_| "--export --no-prompt".to_owned(),
            stderr: "\
mfa-session: error: a code is needed, and --no-prompt forbids to ask for it
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in \
MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt
",
        },
        Mistake {
            world,
            arguments: |_| "--export".to_owned(),
            stderr: "\
mfa-session: error: a code is needed, and there is no terminal to ask on
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in \
MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt
",
        },
        Mistake {
            world,
            arguments: |_| "--nonsense --export".to_owned(),
            stderr: "\
mfa-session: error: there is no flag --nonsense
mfa-session: hint: see mfa-session --help
",
        },
    ]
}

#[test]
fn every_character_that_sts_may_use_arrives() {
    in_every_shell(|shell| {
        let world = World::new();
        grant(&world, Grant { session_token: Field::Source(ALPHABET.into()), ..usual() });
        let eval = shell.eval(&format!("--export --code {}", world.code()));
        let outcome = shell.run(&world, &format!("set -eu; {eval}; env -0"));
        assert_eq!(variables(&outcome)["AWS_SESSION_TOKEN"], ALPHABET);
    });
}

pub(crate) const ALPHABET: &str =
    "~/+/=-_.~:,@%ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=~";

#[test]
fn a_token_in_lines_arrives_as_one() {
    in_every_shell(|shell| {
        let world = World::new();
        grant(&world, Grant { session_token: Field::Wrapped, ..Grant::default() });
        let eval = shell.eval(&format!("--export --write --code {}", world.code()));
        let outcome = shell.run(&world, &format!("set -eu; {eval}; env -0"));
        let token = variables(&outcome)["AWS_SESSION_TOKEN"].clone();
        assert!(!token.contains(char::is_whitespace), "{token:?}");
        assert_eq!(variables(&outcome), written(&world));
    });
}

#[test]
fn what_could_mean_something_to_a_shell_is_refused_and_not_run() {
    in_every_shell(|shell| {
        for hostile in HOSTILE {
            for field in 0..3 {
                let world = World::new();
                let mut fields = [const { Field::Usual }; 3];
                fields[field] = Field::Source(hostile.into());
                let [access_key_id, secret_access_key, session_token] = fields;
                let expiration = Field::Usual;
                grant(
                    &world,
                    Grant { access_key_id, secret_access_key, session_token, expiration },
                );
                let eval = shell.eval(&format!("--export --code {}", world.code()));
                let outcome = shell.run(&world, &format!("{eval} || echo caught >&2; env -0"));
                assert!(outcome.stderr.ends_with("caught\n"), "{hostile}: {outcome:?}");
                assert_eq!(variables(&outcome), BTreeMap::new(), "{hostile}");
                assert!(!world.path("pwned").exists(), "{hostile}");
            }
        }
    });
}

/// XML source. Each but the first, which an unquoted `$(…)` would look for among the files, would
/// make a file if a shell ran it.
const HOSTILE: [&str; 9] = [
    "abcdefghijklmnop*",
    "abcdefghijklmnop';touch${IFS}pwned;'",
    "abcdefghijklmnop$(touch${IFS}pwned)",
    "abcdefghijklmnop`touch${IFS}pwned`",
    "abcdefghijklmnop\"; touch pwned; \"",
    "abcdefghijklmnop;\ntouch pwned",
    "abcdefghijklmnop&#10;';touch pwned",
    "abcdefghijklmnop&amp;touch${IFS}pwned",
    "abcdefghijklmnop\\';touch${IFS}pwned;\\'",
];

#[test]
fn a_profile_may_be_called_what_a_shell_would_run() {
    let name = "it's \"$(touch pwned)\" `touch pwned`; touch pwned & \\ # x * y  z";
    in_every_shell(|shell| {
        let mut world = keys_in_variables();
        fs::write(world.path("x';touch pwned;'"), "").unwrap();
        world.set("AWS_PROFILE", name);
        let eval = shell.eval(&format!("--export --to ci --code {}", world.code()));
        let outcome = shell.run(&world, &format!("set -eu; {eval}; env -0"));
        // It can't be named to a shell that splits and looks for files.
        assert!(!variables(&outcome).contains_key("MFA_SESSION_SOURCE"));
        assert!(!world.path("pwned").exists());
    });
}

#[test]
fn a_script_in_ci_needs_only_keys_and_a_code_in_variables() {
    let Some(shell) = tools::program("sh") else { return };
    let mut world = keys_in_variables();
    let code = world.code();
    world.set("MFA_SESSION_CODE", code).set("MFA_SESSION_SERIAL", ALICE.serial_number);
    fs::write(world.path("job.sh"), "eval \"$(mfa-session --export)\"\nenv -0\n").unwrap();
    let outcome = run(&world, &shell, &["-e", "job.sh"], "");
    assert_eq!(outcome.stderr, GOOD);
    let mut found = variables(&outcome);
    found.retain(|name, _| !["MFA_SESSION_CODE", "MFA_SESSION_SERIAL"].contains(&&**name));
    assert_eq!(found, granted());
    assert_eq!(world.asked(), ["GetSessionToken OK"]);
    // The code is spent now, so that the same job fails.
    let outcome = run(&world, &shell, &["-e", "job.sh"], "");
    outcome.is(1, "", mistakes()[0].stderr);
}

#[test]
fn a_code_is_read_from_standard_input() {
    in_every_shell(|shell| {
        let world = world();
        let eval = shell.eval("--export --code -");
        let script = format!("set -eu; {eval}; env -0");
        let outcome = run(&world, &shell.path, &["-c", &script], &format!("{}\n", world.code()));
        assert_eq!(outcome.stderr, GOOD);
        assert_eq!(variables(&outcome), granted());
    });
}

/// A shell, and one of the two ways to write `eval`.
pub(crate) struct Shell {
    path: std::path::PathBuf,
    quote: &'static str,
}

/// Runs the check for each shell that is here, with `eval` quoted and unquoted.
#[expect(clippy::print_stderr, reason = "it is shown where the check fails")]
pub(crate) fn in_every_shell(check: impl Fn(&Shell)) {
    for path in ["bash", "dash", "ksh", "zsh"].into_iter().filter_map(tools::program) {
        for quote in ["", "\""] {
            eprintln!("in {} with {quote}$(…){quote}", path.display());
            check(&Shell { path: path.clone(), quote });
        }
    }
}

impl Shell {
    pub(crate) fn eval(&self, arguments: &str) -> String {
        let quote = self.quote;
        format!("eval {quote}$(mfa-session {arguments}){quote}")
    }

    pub(crate) fn run(&self, world: &World, script: &str) -> Outcome {
        run(world, &self.path, &["-c", script], "")
    }
}

/// Runs a shell that finds the program by its name.
pub(crate) fn run(world: &World, shell: &Path, arguments: &[&str], input: &str) -> Outcome {
    let directory = Path::new(PROGRAM).parent().unwrap().display();
    let mut command = world.command(shell);
    command.args(arguments).env("PATH", format!("{directory}:/usr/local/bin:/usr/bin:/bin"));
    world.outcome(command, input)
}

/// A world in which STS grants the session of [`EXPORTS`].
pub(crate) fn world() -> World {
    let world = World::new();
    grant(&world, usual());
    world
}

/// The same, with nothing but variables for Alice's keys.
pub(crate) fn keys_in_variables() -> World {
    let mut world = world();
    fs::remove_dir_all(world.path(".aws")).unwrap();
    world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    world
}

pub(crate) fn grant(world: &World, grant: Grant) {
    world.sts().weather(Fault::Grant(grant).on_calls());
}

pub(crate) fn usual() -> Grant {
    let source = |text: &str| Field::Source(text.into());
    Grant {
        access_key_id: source("ASIALOOPBACKSESSION1"),
        secret_access_key: source("Session/Secret+Of/Forty+Characters/Abcde"),
        session_token: source("IQoJb3JpZ2luX2VjE/+abc=="),
        expiration: source("2099-12-31T23:59:59Z"),
    }
}

/// Two codes, the second of which is to be used after the first.
fn two_codes(world: &World) -> [String; 2] {
    let first = world.code();
    world.sts().set_clock_offset(30);
    let second = world.code();
    world.sts().set_clock_offset(0);
    [first, second]
}

/// The variables of a shell, as `env -0` tells them, that are about a session.
pub(crate) fn variables(outcome: &Outcome) -> BTreeMap<String, String> {
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let pairs = outcome.stdout.split_terminator('\0').map(|pair| pair.split_once('=').unwrap());
    let of_session = pairs.filter(|(name, _)| {
        *name != "AWS_ENDPOINT_URL"
            && (name.starts_with("AWS_") || name.starts_with("MFA_SESSION_"))
    });
    of_session.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub(crate) fn granted() -> BTreeMap<String, String> {
    let pairs = [
        ("AWS_ACCESS_KEY_ID", "ASIALOOPBACKSESSION1"),
        ("AWS_SECRET_ACCESS_KEY", "Session/Secret+Of/Forty+Characters/Abcde"),
        ("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2VjE/+abc=="),
        ("AWS_CREDENTIAL_EXPIRATION", "2099-12-31T23:59:59Z"),
        ("MFA_SESSION_SOURCE", "default"),
    ];
    pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
}

pub(crate) fn granted_in(region: &str) -> BTreeMap<String, String> {
    let mut variables = granted();
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        variables.insert(name.into(), region.into());
    }
    variables
}

pub(crate) fn written(world: &World) -> BTreeMap<String, String> {
    session_in(world, "default-mfa")
}

/// The variables that say what the session profile says.
fn session_in(world: &World, profile: &str) -> BTreeMap<String, String> {
    let pairs = [
        ("AWS_ACCESS_KEY_ID", "aws_access_key_id"),
        ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key"),
        ("AWS_SESSION_TOKEN", "aws_session_token"),
        ("AWS_CREDENTIAL_EXPIRATION", "x_security_token_expires"),
        ("MFA_SESSION_SOURCE", "mfa_session_source"),
    ];
    let value = |key| world.value(profile, key).unwrap();
    pairs.into_iter().map(|(name, key)| (name.to_owned(), value(key))).collect()
}

pub(crate) const GOOD: &str =
    "mfa-session: the session of `default` is good until THEN (LEFT left)\n";
pub(crate) const WRITTEN: &str = "mfa-session: [default-mfa] is good until THEN (LEFT left)\n";
