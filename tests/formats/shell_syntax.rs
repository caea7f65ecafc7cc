//! Formats for shells. fish and nu evaluate the output; PowerShell and cmd do not run here, so
//! parsers of their syntax read it.

use std::{fs, path::PathBuf};

use loopback_sts::{Field, Grant};

use super::print;
use crate::{
    sandbox::{Outcome, Sandbox, good_until},
    shells::{
        ALPHABET, grant, granted, granted_in, keys_in_variables, run, sandbox, usual, variables,
        written,
    },
    tools,
};

/// A shell or parser that evaluates the output in one format.
struct Reader {
    format: &'static str,
    evaluate: Evaluate,
}

/// Runs the program with these arguments and evaluates its output.
type Evaluate = Box<dyn Fn(&Sandbox, &str) -> Outcome>;

/// The readers that this machine has.
fn readers() -> Vec<Reader> {
    let fish = tools::program("fish").into_iter().flat_map(|fish| {
        [
            "mfa-session --format fish ARGUMENTS | source; or exit 1; env -0",
            "mfa-session --export ARGUMENTS | source; or exit 1; env -0",
            "eval (mfa-session --export=fish ARGUMENTS); or exit 1; env -0",
        ]
        .map(|script| shell("fish", fish.clone(), &["--no-config", "-c"], script))
    });
    let nu = tools::program("nu").map(|nu| {
        let script = "mfa-session --format nu ARGUMENTS | from json | load-env; ^env -0";
        shell("nu", nu, &["--no-config-file", "-c"], script)
    });
    let parsed = ["powershell", "cmd"].into_iter().filter_map(|format| {
        let python = tools::python(&format!("tree_sitter, tree_sitter_{}", parser(format)))?;
        let evaluate = move |sandbox: &Sandbox, arguments: &str| {
            let printed = print(sandbox, format, &arguments.split_whitespace().collect::<Vec<_>>());
            let mut command = sandbox.command(&python);
            command.arg(tools::script("formats/parsed.py")).arg(format);
            let read = sandbox.outcome(command, &printed.stdout);
            Outcome { stderr: printed.stderr + &read.stderr, ..read }
        };
        Some(Reader { format, evaluate: Box::new(evaluate) })
    });
    fish.chain(nu).chain(parsed).collect()
}

fn parser(format: &str) -> &str {
    if format == "cmd" { "batch" } else { format }
}

fn shell(
    format: &'static str,
    path: PathBuf,
    options: &'static [&str],
    script: &'static str,
) -> Reader {
    let evaluate = move |sandbox: &Sandbox, arguments: &str| {
        let code = format!("--code {} --to default-mfa", sandbox.code());
        let script = script.replace("ARGUMENTS", &format!("{code} {arguments}"));
        run(sandbox, &path, &[options, &[&script]].concat(), "")
    };
    Reader { format, evaluate: Box::new(evaluate) }
}

#[expect(clippy::print_stderr, reason = "shown when a check fails")]
fn with_every_reader(check: impl Fn(&Reader)) {
    for (number, reader) in readers().iter().enumerate() {
        eprintln!("{}, reader {number}", reader.format);
        check(reader);
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs fish, nu, tree-sitter")]
fn shell_gets_the_session_and_loses_conflicting_variables() {
    with_every_reader(|reader| {
        let mut sandbox = sandbox();
        sandbox.set("AWS_PROFILE", "default");
        sandbox.set("AWS_DEFAULT_PROFILE", "nobody");
        sandbox.set("AWS_SECURITY_TOKEN", "stale");
        let outcome = (reader.evaluate)(&sandbox, "");
        assert_eq!(outcome.stderr, good_until("default-mfa"));
        assert_eq!(variables(&outcome), granted());
        assert_eq!(sandbox.files(), ["credentials"]);
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs fish, nu, tree-sitter")]
fn shell_gets_a_configured_region() {
    with_every_reader(|reader| {
        let sandbox = sandbox();
        let outcome = (reader.evaluate)(&sandbox, "--region eu-west-1");
        assert_eq!(variables(&outcome), granted_in("eu-west-1"));
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs fish, nu, tree-sitter")]
fn shell_loses_the_region_of_an_earlier_export_and_keeps_its_own() {
    with_every_reader(|reader| {
        let mut sandbox = sandbox();
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "MFA_SESSION_REGION"] {
            sandbox.set(name, "eu-west-1");
        }
        assert_eq!(variables(&(reader.evaluate)(&sandbox, "")), granted());

        sandbox.set("AWS_REGION", "us-west-2");
        let mut expected = granted_in("us-west-2");
        expected.remove("MFA_SESSION_REGION");
        assert_eq!(variables(&(reader.evaluate)(&sandbox, "")), expected);
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs fish, nu, tree-sitter")]
fn shell_gets_the_session_that_write_stores() {
    with_every_reader(|reader| {
        let sandbox = Sandbox::new();
        let outcome = (reader.evaluate)(&sandbox, "--write");
        assert_eq!(outcome.stderr, good_until("default-mfa"));
        assert_eq!(variables(&outcome), written(&sandbox));
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs fish, nu, tree-sitter")]
fn shell_fails_without_a_session() {
    with_every_reader(|reader| {
        let sandbox = sandbox();
        let outcome = (reader.evaluate)(&sandbox, "--profile nobody");
        assert!(outcome.status != 0 && outcome.stdout.is_empty(), "{outcome:?}");
        assert!(outcome.stderr.contains("no profile `nobody`"), "{outcome:?}");
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs fish, nu, tree-sitter")]
fn shell_gets_every_character_that_sts_uses() {
    with_every_reader(|reader| {
        // cmd cannot express `%`.
        let token = if reader.format == "cmd" { &ALPHABET.replace('%', "") } else { ALPHABET };
        let sandbox = Sandbox::new();
        grant(&sandbox, Grant { session_token: Field::Source(token.into()), ..usual() });
        let outcome = (reader.evaluate)(&sandbox, "");
        assert_eq!(variables(&outcome)["AWS_SESSION_TOKEN"], *token);
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs fish, nu, tree-sitter")]
fn shell_gets_long_tokens() {
    with_every_reader(|reader| {
        let length = if reader.format == "cmd" { 8_000 } else { 65_536 };
        let sandbox = Sandbox::new();
        grant(&sandbox, Grant { session_token: Field::of_length(length), ..usual() });
        let outcome = (reader.evaluate)(&sandbox, "");
        assert_eq!(variables(&outcome)["AWS_SESSION_TOKEN"], "a".repeat(length));
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs fish, nu, tree-sitter")]
fn shell_gets_hostile_profile_names() {
    with_every_reader(|reader| {
        for name in HOSTILE {
            if reader.format == "cmd" && !cmd_can_express(name) {
                continue;
            }
            let mut sandbox = keys_in_variables();
            fs::write(sandbox.path("x';touch pwned;'"), "").unwrap();
            // Without a locale, fish changes inherited variables.
            sandbox.set("AWS_PROFILE", name).set("LC_ALL", "C.UTF-8");
            let outcome = (reader.evaluate)(&sandbox, "");
            let mut expected = granted();
            expected.insert("MFA_SESSION_SOURCE".to_owned(), name.to_owned());
            assert_eq!(variables(&outcome), expected);
            assert!(!sandbox.path("pwned").exists(), "{name}");
        }
    });
}

fn cmd_can_express(name: &str) -> bool {
    name.chars().all(|c| matches!(c, ' '..='~') && !"%!\"".contains(c))
}

/// Names that run a command or change their value in a shell if they are quoted wrongly.
const HOSTILE: [&str; 17] = [
    "it's \"$(touch pwned)\" `touch pwned`; touch pwned & \\ # x * y  z",
    "';touch pwned;'",
    "\\';touch pwned;\\'",
    "' | touch pwned | '",
    "(touch pwned)",
    "{touch,pwned}",
    "a & touch pwned & | < > ^ ( ) = ; ,",
    "~ $HOME $env.HOME $Env:HOME %HOME% !HOME! {{HOME}}",
    "a\nb\r\nc\td",
    "\n';\ntouch pwned\n",
    "\u{1}\u{1b}[2J\u{7f}\u{9b}",
    "Müller \u{1f511} \u{2028}\u{202e}\u{feff}",
    "\u{2018}; touch pwned; \u{2019}\u{201a}\u{201b}\u{201c}\u{201d}",
    "`n`0`u{27}' + (touch pwned) + '",
    "\\n\\x27\\u0027\\",
    "r#'; touch pwned; '#",
    " leading and trailing ",
];

#[test]
#[cfg_attr(windows, ignore = "needs tree-sitter")]
fn parsers_reject_invalid_output() {
    for (format, text) in [
        ("powershell", "$Env:A = 'b' c\n"),
        ("powershell", "$Env:A = 'it's'\n"),
        ("powershell", "$Env:A = \"b\"\n"),
        ("powershell", "touch pwned\n"),
        ("cmd", "set \"A=b\" & touch pwned\n"),
        ("cmd", "set \"A=%b%\"\n"),
        ("cmd", "touch pwned\n"),
    ] {
        let module = format!("tree_sitter, tree_sitter_{}", parser(format));
        let Some(python) = tools::python(&module) else { return };
        let sandbox = Sandbox::new();
        let mut command = sandbox.command(python);
        command.arg(tools::script("formats/parsed.py")).arg(format);
        let outcome = sandbox.outcome(command, text);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (2, ""), "{text}: {outcome:?}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs fish")]
fn fish_warns_about_universal_variables() {
    let Some(fish) = tools::program("fish") else { return };
    let sandbox = sandbox();
    let get = format!("mfa-session --format fish --code {} | source; or exit 1", sandbox.code());
    let script = format!("set -Ux AWS_PROFILE default; {get}; env -0");
    let outcome = run(&sandbox, &fish, &["-c", &script], "");
    let warning = "mfa-session: warning: a universal variable stays, unless you erase it: set -eU \
                   AWS_PROFILE\n";
    assert_eq!(outcome.stderr, good_until("default-mfa") + warning);
    let mut expected = granted();
    expected.insert("AWS_PROFILE".to_owned(), "default".to_owned());
    assert_eq!(variables(&outcome), expected);
}
