//! Exports in real shells, with `eval` quoted and unquoted. Without a session, `eval` fails and
//! changes nothing.

use std::{collections::BTreeMap, fs, path::Path};

use loopback_sts::{ALICE, Fault, Field, Grant};
use snapbox::str;

use crate::{
    sandbox::{Outcome, PROGRAM, Sandbox, Table, keys},
    status::session,
    tools,
};

#[test]
fn prints_statements_in_a_fixed_order_without_comments() {
    let sandbox = sandbox();
    let code = sandbox.code();
    sandbox.run(["--export", "--region", "eu-west-1", "--code", &code]).matches(str![[r#"
exit 0
--- stdout
export AWS_ACCESS_KEY_ID='ASIALOOPBACKSESSION1';
export AWS_SECRET_ACCESS_KEY='Session/Secret+Of/Forty+Characters/Abcde';
export AWS_SESSION_TOKEN='IQoJb3JpZ2luX2VjE/+abc==';
export AWS_CREDENTIAL_EXPIRATION='2099-12-31T23:59:59Z';
export MFA_SESSION_SOURCE='default';
export AWS_ACCOUNT_ID='123456789012';
export AWS_REGION='eu-west-1';
export AWS_DEFAULT_REGION='eu-west-1';
export MFA_SESSION_REGION='eu-west-1';
unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN;
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn sets_the_session_and_unsets_conflicting_variables() {
    in_every_shell(|shell| {
        let mut sandbox = sandbox();
        sandbox.set("AWS_PROFILE", "default");
        sandbox.set("AWS_DEFAULT_PROFILE", "nobody");
        sandbox.set("AWS_SECURITY_TOKEN", "stale");
        let eval = shell.eval(&format!("--export --code {}", sandbox.code()));
        let outcome = shell.run(&sandbox, &format!("set -eu; {eval}; env -0"));
        outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
        assert_eq!(variables(&outcome), granted());
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn exports_a_configured_region() {
    in_every_shell(|shell| {
        let mut sandbox = sandbox();
        sandbox.write("config", "[default]\nregion = eu-west-1\n");
        let eval = shell.eval(&format!("--export --code {}", sandbox.code()));
        let outcome = shell.run(&sandbox, &format!("set -eu; {eval}; env -0"));
        assert_eq!(variables(&outcome), granted_in("eu-west-1"));

        sandbox.set("AWS_DEFAULT_REGION", "eu-north-1");
        let eval = shell.eval(&format!("--export --code {}", sandbox.code()));
        let outcome = shell.run(&sandbox, &format!("set -eu; {eval}; env -0"));
        // The region is the user's own: no mark.
        let mut expected = granted_in("eu-north-1");
        expected.remove("MFA_SESSION_REGION");
        assert_eq!(variables(&outcome), expected);
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn an_export_replaces_or_unsets_the_region_of_an_earlier_one() {
    in_every_shell(|shell| {
        let region = |arguments: &[&str], before: &str| {
            let sandbox = two_regions();
            let evals: Vec<String> =
                arguments.iter().map(|it| shell.eval(&format!("--export {it}"))).collect();
            let script = format!("set -eu; {before} {}; env -0", evals.join("; "));
            let mut found = variables(&shell.run(&sandbox, &script));
            found.retain(|name, _| name.ends_with("_REGION"));
            found.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
        };
        let all = |region: &str| {
            ["AWS_DEFAULT_REGION", "AWS_REGION", "MFA_SESSION_REGION"]
                .map(|name| format!("{name}={region}"))
        };
        assert_eq!(region(&["-p work"], ""), all("eu-west-1"));
        assert_eq!(region(&["-p work", "-p home"], ""), all("sa-east-1"));
        assert_eq!(region(&["-p work", "-p default"], ""), [""; 0]);
        assert_eq!(region(&["-p default", "-p work"], ""), all("eu-west-1"));
        assert_eq!(region(&["-p work --region us-east-2", "-p work"], ""), all("eu-west-1"));
        // The user's own region wins, before an export and after it.
        let own = ["AWS_DEFAULT_REGION=us-west-2", "AWS_REGION=us-west-2"];
        assert_eq!(region(&["-p work", "-p home"], "export AWS_REGION=us-west-2;"), own);
        assert_eq!(region(&["-p home"], "export AWS_DEFAULT_REGION=us-west-2;"), own);
    });
}

/// `work` and `home` have regions, `default` has none; all have valid sessions.
pub(crate) fn two_regions() -> Sandbox {
    let sandbox = Sandbox::new();
    let made = |source: &str| {
        format!("mfa_session_source = {source}\nmfa_session_key = {}\n", ALICE.access_key_id)
            + "mfa_session_serial = GAHT12345678\n"
    };
    let names = ["default", "work", "home"];
    let sections = names.map(|name| keys(name) + &session(&format!("{name}-mfa"), 90, &made(name)));
    sandbox.write("credentials", &sections.concat());
    let config = "[profile work]\nregion = eu-west-1\n[profile home]\nregion = sa-east-1\n";
    sandbox.write("config", config);
    sandbox
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn exports_the_session_that_it_writes() {
    in_every_shell(|shell| {
        let sandbox = Sandbox::new();
        let eval = shell.eval(&format!("--export --write --code {}", sandbox.code()));
        let outcome = shell.run(&sandbox, &format!("set -eu; {eval}; env -0"));
        outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
        assert_eq!(variables(&outcome), written(&sandbox));
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn exports_a_reused_session_without_a_code() {
    in_every_shell(|shell| {
        let sandbox = Sandbox::new();
        let code = sandbox.code();
        sandbox.run(["--code", &code]).wrote("default-mfa");
        let asked = sandbox.asked();
        let eval = shell.eval("--export --no-prompt");
        let outcome = shell.run(&sandbox, &format!("set -eu; {eval}; env -0"));
        outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
        assert_eq!(variables(&outcome), written(&sandbox));
        assert_eq!(sandbox.asked(), asked);
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn renews_an_exported_session_from_its_source_profile() {
    in_every_shell(|shell| {
        let sandbox = Sandbox::new();
        sandbox.write("credentials", &keys("work"));
        let [first, second] = two_codes(&sandbox);
        let first = shell.eval(&format!("--export --profile work --code {first}"));
        let second = shell.eval(&format!("--export --write --code {second}"));
        let outcome = shell.run(&sandbox, &format!("set -eu; {first}; {second}; env -0"));
        outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: ignoring the session in the environment; using the profile `work`
mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
        assert_eq!(variables(&outcome), session_in(&sandbox, "work-mfa"));
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn a_failure_ends_a_script_under_set_e() {
    in_every_shell(|shell| {
        let mut table = Table::default();
        for mistake in mistakes() {
            let sandbox = (mistake.sandbox)();
            let eval = shell.eval(&(mistake.arguments)(&sandbox));
            let outcome = shell.run(&sandbox, &format!("set -e; {eval}; echo went on"));
            table.add(mistake.name, &outcome);
        }
        table.matches_file("shells/ended");
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn a_caught_failure_changes_no_variable() {
    in_every_shell(|shell| {
        let mut table = Table::default();
        for mistake in mistakes() {
            let mut sandbox = (mistake.sandbox)();
            sandbox.set("AWS_PROFILE", "default").set("AWS_DEFAULT_PROFILE", "default");
            let before = variables(&shell.run(&sandbox, "env -0"));
            let eval = shell.eval(&(mistake.arguments)(&sandbox));
            let outcome = shell.run(&sandbox, &format!("{eval} || echo caught >&2; env -0"));
            table.add(mistake.name, &outcome.messages());
            assert_eq!(variables(&outcome), before);
        }
        table.matches_file("shells/caught");
    });
}

/// A reason for an export to fail.
struct Mistake {
    name: &'static str,
    sandbox: fn() -> Sandbox,
    arguments: fn(&Sandbox) -> String,
}

fn mistakes() -> [Mistake; 5] {
    [
        Mistake {
            name: "a wrong code",
            sandbox,
            arguments: |sandbox| {
                format!("--export --code {}", sandbox.sts().wrong_code(ALICE.name))
            },
        },
        Mistake {
            name: "an unknown profile",
            sandbox,
            arguments: |_| "--export --profile nobody".to_owned(),
        },
        Mistake { name: "no prompt", sandbox, arguments: |_| "--export --no-prompt".to_owned() },
        Mistake { name: "no terminal", sandbox, arguments: |_| "--export".to_owned() },
        Mistake {
            name: "an unknown flag",
            sandbox,
            arguments: |_| "--nonsense --export".to_owned(),
        },
    ]
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn preserves_every_character_that_sts_may_use() {
    in_every_shell(|shell| {
        let sandbox = Sandbox::new();
        grant(&sandbox, Grant { session_token: Field::Source(ALPHABET.into()), ..usual() });
        let eval = shell.eval(&format!("--export --code {}", sandbox.code()));
        let outcome = shell.run(&sandbox, &format!("set -eu; {eval}; env -0"));
        assert_eq!(variables(&outcome)["AWS_SESSION_TOKEN"], ALPHABET);
    });
}

pub(crate) const ALPHABET: &str =
    "~/+/=-_.~:,@%ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=~";

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn joins_the_lines_of_a_wrapped_token() {
    in_every_shell(|shell| {
        let sandbox = Sandbox::new();
        grant(&sandbox, Grant { session_token: Field::Wrapped, ..Grant::default() });
        let eval = shell.eval(&format!("--export --write --code {}", sandbox.code()));
        let outcome = shell.run(&sandbox, &format!("set -eu; {eval}; env -0"));
        let token = variables(&outcome)["AWS_SESSION_TOKEN"].clone();
        assert!(!token.contains(char::is_whitespace), "{token:?}");
        assert_eq!(variables(&outcome), written(&sandbox));
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn rejects_values_with_shell_syntax_and_runs_nothing() {
    in_every_shell(|shell| {
        for hostile in HOSTILE {
            for field in 0..3 {
                let sandbox = Sandbox::new();
                let mut fields = [const { Field::Usual }; 3];
                fields[field] = Field::Source(hostile.into());
                let [access_key_id, secret_access_key, session_token] = fields;
                let expiration = Field::Usual;
                grant(
                    &sandbox,
                    Grant { access_key_id, secret_access_key, session_token, expiration },
                );
                let eval = shell.eval(&format!("--export --code {}", sandbox.code()));
                let outcome = shell.run(&sandbox, &format!("{eval} || echo caught >&2; env -0"));
                assert!(outcome.stderr.ends_with("caught\n"), "{hostile}: {outcome:?}");
                assert_eq!(variables(&outcome), BTreeMap::new(), "{hostile}");
                assert!(!sandbox.path("pwned").exists(), "{hostile}");
            }
        }
    });
}

/// XML source. An unquoted `$(…)` expands the first as a pattern of file names; each of the others
/// creates a file when a shell runs it.
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
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn runs_nothing_from_the_name_of_a_profile() {
    let name = "it's \"$(touch pwned)\" `touch pwned`; touch pwned & \\ # x * y  z";
    in_every_shell(|shell| {
        let mut sandbox = keys_in_variables();
        fs::write(sandbox.path("x';touch pwned;'"), "").unwrap();
        sandbox.set("AWS_PROFILE", name);
        let eval = shell.eval(&format!("--export --to ci --code {}", sandbox.code()));
        let outcome = shell.run(&sandbox, &format!("set -eu; {eval}; env -0"));
        // An unquoted `$(…)` would split the name and expand its `*`.
        assert!(!variables(&outcome).contains_key("MFA_SESSION_SOURCE"));
        assert!(!sandbox.path("pwned").exists());
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn works_in_ci_with_keys_and_code_in_variables() {
    let Some(shell) = tools::program("sh") else { return };
    let mut sandbox = keys_in_variables();
    let code = sandbox.code();
    sandbox.set("MFA_SESSION_CODE", code).set("MFA_SESSION_SERIAL", ALICE.serial_number);
    fs::write(sandbox.path("job.sh"), "eval \"$(mfa-session --export)\"\nenv -0\n").unwrap();
    let outcome = run(&sandbox, &shell, &["-e", "job.sh"], "");
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: the session of `default` is valid until [TIME] ([LEFT] left)
"#]]);
    let mut found = variables(&outcome);
    found.retain(|name, _| !["MFA_SESSION_CODE", "MFA_SESSION_SERIAL"].contains(&&**name));
    assert_eq!(found, granted());
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
    // The code is spent.
    let outcome = run(&sandbox, &shell, &["-e", "job.sh"], "");
    outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: STS rejected the code for arn:aws:iam::123456789012:mfa/alice (AccessDenied, request [ID])
mfa-session: hint: each code works once, for about half a minute: give the next one
"#]]);
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn reads_the_code_from_stdin() {
    in_every_shell(|shell| {
        let sandbox = sandbox();
        let eval = shell.eval("--export --code -");
        let script = format!("set -eu; {eval}; env -0");
        let outcome =
            run(&sandbox, &shell.path, &["-c", &script], &format!("{}\n", sandbox.code()));
        outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
        assert_eq!(variables(&outcome), granted());
    });
}

/// A shell, and how `eval` is quoted in it.
pub(crate) struct Shell {
    path: std::path::PathBuf,
    quote: &'static str,
}

/// Runs the check in each installed shell, with `eval` quoted and unquoted.
#[expect(clippy::print_stderr, reason = "the output of a failed test names the shell")]
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

    pub(crate) fn run(&self, sandbox: &Sandbox, script: &str) -> Outcome {
        run(sandbox, &self.path, &["-c", script], "")
    }
}

/// Runs a shell with the program in its `PATH`.
pub(crate) fn run(sandbox: &Sandbox, shell: &Path, arguments: &[&str], input: &str) -> Outcome {
    let directory = Path::new(PROGRAM).parent().unwrap().display();
    let mut command = sandbox.command(shell);
    command.args(arguments).env("PATH", format!("{directory}:/usr/local/bin:/usr/bin:/bin"));
    sandbox.outcome(command, input)
}

/// A sandbox in which STS grants the [`usual`] session.
pub(crate) fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    grant(&sandbox, usual());
    sandbox
}

/// The same without AWS files: Alice's keys are in variables.
pub(crate) fn keys_in_variables() -> Sandbox {
    let mut sandbox = sandbox();
    fs::remove_dir_all(sandbox.path(".aws")).unwrap();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    sandbox
}

pub(crate) fn grant(sandbox: &Sandbox, grant: Grant) {
    sandbox.sts().inject(Fault::Grant(grant).on_calls());
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

/// Two codes, to be used in this order.
fn two_codes(sandbox: &Sandbox) -> [String; 2] {
    let first = sandbox.code();
    sandbox.sts().set_clock_offset(30);
    let second = sandbox.code();
    sandbox.sts().set_clock_offset(0);
    [first, second]
}

/// The variables of a session in the output of `env -0`.
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
        ("AWS_ACCOUNT_ID", "123456789012"),
    ];
    pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
}

pub(crate) fn granted_in(region: &str) -> BTreeMap<String, String> {
    let mut variables = granted();
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "MFA_SESSION_REGION"] {
        variables.insert(name.into(), region.into());
    }
    variables
}

pub(crate) fn written(sandbox: &Sandbox) -> BTreeMap<String, String> {
    session_in(sandbox, "default-mfa")
}

/// The variables that an export of the session profile sets.
fn session_in(sandbox: &Sandbox, profile: &str) -> BTreeMap<String, String> {
    let pairs = [
        ("AWS_ACCESS_KEY_ID", "aws_access_key_id"),
        ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key"),
        ("AWS_SESSION_TOKEN", "aws_session_token"),
        ("AWS_CREDENTIAL_EXPIRATION", "x_security_token_expires"),
        ("MFA_SESSION_SOURCE", "mfa_session_source"),
        ("AWS_ACCOUNT_ID", "aws_account_id"),
    ];
    let value = |key| sandbox.value(profile, key).unwrap();
    pairs.into_iter().map(|(name, key)| (name.to_owned(), value(key))).collect()
}
