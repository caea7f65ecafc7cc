//! The recipes for CI systems in `man/ci.md`, run as these systems run them. No secret reaches the
//! log unmasked, and the next steps have the session.

#![cfg(unix)] // needs POSIX shells

use std::{collections::BTreeMap, fs, path::Path};

use loopback_sts::ALICE;
use snapbox::str;

use crate::{
    formats::github_env::parse_github_env,
    generated::text,
    readme::bin,
    sandbox::{Outcome, Sandbox},
    tools,
};

const GUIDE: &str = "man/ci.md";

const USER: &str = "arn      arn:aws:iam::123456789012:user/alice\n";
const WEB: &str = "arn      arn:aws:sts::123456789012:assumed-role/web/";

#[test]
fn script_in_any_system_gets_the_session_or_fails() {
    let script = block("## Any system", "sh");
    for shell in ["sh", "bash", "dash", "ksh"] {
        let Some(shell) = tools::program(shell) else { continue };
        let mut sandbox = sandbox();
        let outcome = step(&sandbox, &shell, &["-c"], &script, &BTreeMap::new());
        assert_caller(&sandbox, &outcome, USER);
        assert_no_secret_in_log(&outcome);
        sandbox.set("MFA_SESSION_TOTP_SEED", "");
        let outcome = step(&sandbox, &shell, &["-c"], &script, &BTreeMap::new());
        assert!(outcome.status != 0 && outcome.stdout.is_empty(), "{outcome:?}");
    }
}

#[test]
fn github_masks_the_session_and_passes_it_to_the_next_step() {
    let Some(bash) = tools::program("bash") else { return };
    for (recipe, caller) in [("With a role that trusts GitHub", WEB), ("and with keys", USER)] {
        let text = block(recipe, "yaml");
        let [first, second] = <[String; 2]>::try_from(runs(&text)).unwrap();
        let mut sandbox = sandbox();
        let file = sandbox.path("github-env");
        fs::write(&file, "").unwrap();
        sandbox.set("GITHUB_ENV", file.to_str().unwrap());
        if text.contains("id-token: write") {
            sandbox.set("ACTIONS_ID_TOKEN_REQUEST_URL", sandbox.sts().oidc_url());
            sandbox.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", sandbox.sts().oidc_request_token());
            without_keys(&mut sandbox);
        } else {
            for name in SECRETS {
                assert!(text.contains(&format!("\n      {name}: ${{{{ secrets.{name} }}}}\n")));
            }
        }
        let outcome = step(&sandbox, &bash, &GITHUB, &first, &BTreeMap::new());
        assert_eq!(outcome.status, 0, "{outcome:?}");
        assert!(outcome.stdout.lines().all(|line| line.starts_with("::add-mask::")));
        let variables = parse_github_env(&fs::read_to_string(&file).unwrap());
        let masked: Vec<&str> =
            outcome.stdout.lines().filter_map(|line| line.strip_prefix("::add-mask::")).collect();
        let secrets = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(|name| &variables[name]);
        assert_eq!(masked, secrets);
        without_keys(&mut sandbox);
        let outcome = step(&sandbox, &bash, &GITHUB, &second, &variables);
        assert_caller(&sandbox, &outcome, caller);
        assert!(!masked.iter().any(|secret| outcome.stdout.contains(secret)));
    }
}

#[test]
fn gitlab_gets_a_session_for_an_identity_token() {
    let Some(bash) = tools::program("bash") else { return };
    let text = block("## GitLab", "yaml");
    let mut sandbox = sandbox();
    without_keys(&mut sandbox);
    let token = sandbox.sts().web_identity_token("project_path:group/project");
    sandbox.hide(&token);
    sandbox.set("ID_TOKEN", token);
    let script = script(&text, "deploy").join("\n");
    let outcome = step(&sandbox, &bash, &["-eo", "pipefail", "-c"], &script, &BTreeMap::new());
    assert_caller(&sandbox, &outcome, WEB);
    assert_no_secret_in_log(&outcome);
}

#[test]
fn gitlab_passes_the_session_in_a_dotenv_report() {
    let Some(bash) = tools::program("bash") else { return };
    let text = block("as a dotenv report", "yaml");
    let mut sandbox = sandbox();
    without_keys(&mut sandbox);
    sandbox.set("KEY_ID", ALICE.access_key_id).set("KEY_SECRET", ALICE.secret_access_key);
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    let first = script(&text, "session").join("\n");
    let outcome = step(&sandbox, &bash, &["-eo", "pipefail", "-c"], &first, &BTreeMap::new());
    assert_eq!((outcome.status, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
    let report = fs::read_to_string(sandbox.path("session.env")).unwrap();
    // GitLab's limits. It keeps quotes as part of a value.
    assert!(report.len() < 5 * 1024 && report.lines().count() <= 20);
    let pair = |line: &str| line.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned()));
    let variables: BTreeMap<_, _> = report.lines().map(|line| pair(line).unwrap()).collect();
    assert!(variables.iter().all(|(name, value)| is_name(name) && !value.contains(['"', '\''])));
    let second = script(&text, "deploy").join("\n");
    let outcome = step(&sandbox, &bash, &["-eo", "pipefail", "-c"], &second, &variables);
    assert_caller(&sandbox, &outcome, USER);
}

#[test]
fn circleci_passes_the_session_in_bash_env() {
    let Some(bash) = tools::program("bash") else { return };
    let [first, second] = <[String; 2]>::try_from(runs(&block("## CircleCI", "yaml"))).unwrap();
    let mut sandbox = sandbox();
    let file = sandbox.path("bash-env");
    fs::write(&file, "export KEPT=1\n").unwrap();
    sandbox.set("BASH_ENV", file.to_str().unwrap());
    let outcome = step(&sandbox, &bash, &["-eo", "pipefail", "-c"], &first, &BTreeMap::new());
    assert_eq!((outcome.status, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
    let second = format!("{second}\n[ \"$KEPT\" = 1 ]");
    for _ in 0..2 {
        let outcome = step(&sandbox, &bash, &["-eo", "pipefail", "-c"], &second, &BTreeMap::new());
        assert_caller(&sandbox, &outcome, USER);
        assert_no_secret_in_log(&outcome);
    }
}

#[test]
fn jenkins_trace_shows_no_secret() {
    let Some(sh) = tools::program("sh") else { return };
    let text = block("## Jenkins", "groovy");
    let line = text.lines().find_map(|line| line.trim().strip_prefix("sh '")).unwrap();
    let sandbox = sandbox();
    let outcome = step(&sandbox, &sh, &["-xec"], line.trim_end_matches('\''), &BTreeMap::new());
    assert!(outcome.stderr.contains("+ mfa-session exec"), "{outcome:?}");
    assert_caller(&sandbox, &outcome, USER);
    assert_no_secret_in_log(&outcome);
    for name in SECRETS {
        assert!(text.contains(&format!("ariable: '{name}'")), "{name}");
    }
}

#[test]
fn docker_gets_the_session_and_leaves_no_file() {
    let Some(sh) = tools::program("sh") else { return };
    let sandbox = sandbox();
    let text = block("## Docker", "sh");
    let seen = text.replace("rm session.env", "ls -l session.env\nrm session.env");
    let outcome = step(&sandbox, &sh, &["-c"], &seen, &BTreeMap::new());
    assert_caller(&sandbox, &outcome, USER);
    assert!(outcome.stdout.contains("\n-rw-------"), "{outcome:?}");
    assert!(!sandbox.path("session.env").exists());
    assert_no_secret_in_log(&outcome);
}

/// The flags with which GitHub runs bash.
const GITHUB: [&str; 5] = ["--noprofile", "--norc", "-eo", "pipefail", "-c"];

/// The secrets that a CI system stores.
const SECRETS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "MFA_SESSION_TOTP_SEED"];

/// The machine of a CI system: the keys and the seed are in variables; it has no AWS files.
fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    fs::remove_dir_all(sandbox.path(".aws")).unwrap();
    bin(&mut sandbox);
    sandbox.hide(ALICE.seed);
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
    sandbox
}

fn without_keys(sandbox: &mut Sandbox) {
    for name in SECRETS {
        sandbox.set(name, "");
    }
}

/// The first fenced block in this language after a remark in the guide.
fn block(remark: &str, language: &str) -> String {
    let guide = text(GUIDE);
    let (_, rest) = guide.split_once(remark).expect(remark);
    let (_, rest) = rest.split_once(&format!("```{language}\n")).unwrap();
    rest.split("```").next().unwrap().to_owned()
}

/// A test above runs each of these recipes.
#[test]
fn the_guide_has_no_other_recipes() {
    let guide = text(GUIDE);
    assert_eq!(guide.matches("\n```").count(), 2 * 8);
    assert!(!guide.contains("\n\n    "), "an indented block");
}

#[test]
fn yaml_recipes_are_valid() {
    let Some(python) = tools::python("yaml") else { return };
    let sandbox = Sandbox::new();
    let guide = text(GUIDE);
    let recipes: Vec<&str> = guide.split("```yaml\n").skip(1).collect();
    assert_eq!(recipes.len(), 5);
    for recipe in recipes {
        let mut command = sandbox.command(&python);
        command.args(["-c", "import sys, yaml; print(type(yaml.safe_load(sys.stdin)).__name__)"]);
        let recipe = recipe.split("```").next().unwrap();
        sandbox.outcome(command, recipe).matches(str![[r#"
exit 0
--- stdout
dict
"#]]);
    }
}

/// The commands of all steps.
fn runs(yaml: &str) -> Vec<String> {
    let runs = yaml.lines().filter_map(|line| line.trim().strip_prefix("- run: "));
    runs.map(str::to_owned).collect()
}

/// The lines of a job's script.
fn script(yaml: &str, job: &str) -> Vec<String> {
    let lines = yaml.lines().skip_while(|line| *line != format!("{job}:"));
    let lines = lines.skip_while(|line| *line != "  script:").skip(1);
    let lines = lines.map_while(|line| line.strip_prefix("    - "));
    lines.map(str::to_owned).collect()
}

fn step(
    sandbox: &Sandbox,
    shell: &Path,
    flags: &[&str],
    script: &str,
    variables: &BTreeMap<String, String>,
) -> Outcome {
    let mut command = sandbox.command(shell);
    command.args(flags).arg(script).envs(variables);
    sandbox.outcome(command, "")
}

/// The step succeeded with a session of this caller.
#[track_caller]
fn assert_caller(sandbox: &Sandbox, outcome: &Outcome, caller: &str) {
    assert!(outcome.status == 0 && outcome.stdout.contains(caller), "{outcome:?}");
    assert!(sandbox.signer().starts_with("ASIA"));
}

/// Neither stream shows the session or the seed.
#[track_caller]
fn assert_no_secret_in_log(outcome: &Outcome) {
    let log = format!("{}{}", outcome.stdout, outcome.stderr);
    for secret in ["ASIA", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", ALICE.seed] {
        assert!(!log.contains(secret), "{secret}: {outcome:?}");
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric())
}
