//! Completion of values from the AWS files; no value runs as shell code. `terminal::tab_completion`
//! tests bash and zsh.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use mfa_session::aws_files::config_header;
use snapbox::str;

use crate::{
    generated::project,
    sandbox::{PROGRAM, Sandbox, keys, write_program},
    tools,
};

/// Profile names with shell syntax, each with a different first letter.
pub(crate) const HOSTILE: [&str; 16] = [
    "a blank",
    "b$(touch ran)",
    "c`touch ran`",
    "x\"&touch ran&\"",
    "e'&touch ran&'",
    "f:with:colons",
    "g\\back",
    "h&touch ran&",
    "i|touch ran",
    "j!touch",
    "k*",
    "l{m,n}",
    "o${HOME}",
    "q=x",
    "r~",
    "s>ran",
];

pub(crate) const DEVICE: &str = "arn:aws:iam::123456789012:mfa/alice";
pub(crate) const ROLE: &str = "arn:aws:iam::123456789012:role/admin";

/// A sandbox with hostile profile names and the program in `PATH`.
pub(crate) fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    let hostile =
        HOSTILE.map(|name| format!("[{}]\nregion = eu-west-1\n", config_header("profile", name)));
    let config =
        format!("{}[profile z]\nrole_arn = {ROLE}\nmfa_serial = {DEVICE}\n", hostile.join(""));
    sandbox.write("config", &config);
    let program = Path::new(PROGRAM).parent().unwrap().to_str().unwrap();
    let bin = sandbox.path("bin");
    sandbox.set("PATH", format!("{program}:{}:/usr/local/bin:/usr/bin:/bin", bin.display()));
    sandbox
}

#[test]
fn lists_each_profile_once_without_the_long_term_suffix() {
    let sandbox = Sandbox::new();
    let credentials = ["default", "work-long-term", "work", "only-long-term", "-long-term"];
    sandbox.write("credentials", &credentials.map(keys).join(""));
    sandbox.write(
        "config",
        "[default]\n[profile work]\n[profile  'two words']\n[profile x y z]\n\
         [sso-session x]\n[nothing]\n[profile complete]\n",
    );
    sandbox.run(["complete", "profiles"]).matches(str![[r#"
exit 0
--- stdout
default
work
only
-long-term
two words
complete
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn lists_sessions_devices_and_roles_of_both_files() {
    let sandbox = Sandbox::new();
    let session = "[work-mfa]\naws_access_key_id = ASIAEXAMPLE\n\
                   aws_secret_access_key = its-secret-key\naws_session_token = its-session-token\n\
                   mfa_session_source = default\nmfa_session_serial = GAHT12345678\n\
                   mfa_session_role = arn:aws:iam::123456789012:role/used\n";
    let device = "[default]\naws_mfa_device = arn:aws:iam::123456789012:mfa/old\n";
    sandbox.write("credentials", &format!("{}{device}{session}", keys("default")));
    sandbox.write(
        "config",
        &format!(
            "[profile a]\nrole_arn = {ROLE}\nmfa_serial = {DEVICE}\n\
             [profile b]\nrole_arn = {ROLE}\nmfa_serial =\n"
        ),
    );
    sandbox.run(["complete", "sessions"]).matches(str![[r#"
exit 0
--- stdout
work-mfa
"#]]);
    sandbox.run(["complete", "serials"]).matches(str![[r#"
exit 0
--- stdout
arn:aws:iam::123456789012:mfa/old
GAHT12345678
arn:aws:iam::123456789012:mfa/alice
"#]]);
    sandbox.run(["complete", "roles"]).matches(str![[r#"
exit 0
--- stdout
arn:aws:iam::123456789012:role/used
arn:aws:iam::123456789012:role/admin
"#]]);
}

#[test]
fn omits_names_with_control_characters() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "config",
        "[profile a\u{1b}[2J]\n[profile b\u{9b}c]\n[profile \u{202e}d]\n[profile e]\n\
         mfa_serial = one\n  two\n",
    );
    sandbox.run(["complete", "profiles"]).matches(str![[r#"
exit 0
--- stdout
default
e
"#]]);
    sandbox.run(["complete", "serials"]).matches(str!["exit 0"]);
}

#[test]
fn prints_nothing_for_unreadable_files() {
    let mut sandbox = Sandbox::new();
    sandbox.write("config", "no section\n");
    sandbox.run(["complete", "profiles"]).matches(str!["exit 1"]);
    fs::remove_file(sandbox.path(".aws/config")).unwrap();
    fs::create_dir(sandbox.path(".aws/config")).unwrap();
    sandbox.run(["complete", "profiles"]).matches(str!["exit 1"]);
    sandbox.set("AWS_CONFIG_FILE", "~/nowhere");
    sandbox.run(["complete", "profiles"]).matches(str![[r#"
exit 0
--- stdout
default
"#]]);
    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", "~/nowhere");
    sandbox.run(["complete", "profiles"]).matches(str!["exit 0"]);
}

#[test]
fn help_omits_the_complete_command() {
    let help = Sandbox::new().run(["--help"]).stdout;
    assert!(help.contains("whoami") && !help.contains("complete"), "{help}");
}

#[test]
fn completes_ten_thousand_profiles_in_time() {
    let sandbox = Sandbox::new();
    let profiles = (0..10_000).map(|n| format!("[profile p{n}]\nmfa_serial = GAHT{n}\n"));
    sandbox.write("config", &profiles.collect::<String>());
    for what in ["profiles", "sessions", "serials", "roles"] {
        let start = Instant::now();
        assert_eq!(sandbox.run(["complete", what]).status, 0);
        // Wide, as the build is not optimized: fails if the time is quadratic.
        assert!(start.elapsed() < Duration::from_secs(10), "{what}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs fish")]
fn fish_offers_values_from_the_files() {
    let Some(fish) = tools::program("fish") else { return };
    let sandbox = sandbox();
    let completions = project("completions/mfa-session.fish");
    let offered = |line: &str| {
        let mut command = sandbox.command(&fish);
        let script = "source $argv[1]; complete -C $argv[2]";
        command.args(["--no-config", "-c", script]).arg(&completions).arg(line);
        let outcome = sandbox.outcome(command, "");
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{line}");
        let lines = outcome.stdout.lines();
        lines.map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut names = offered("mfa-session --profile ");
    names.sort();
    let mut expected = [&HOSTILE[..], &["default", "z"]].concat();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!(offered("mfa-session status -p a"), ["a blank"]);
    assert_eq!(offered("mfa-session exec --serial arn:aws:i"), [DEVICE]);
    assert_eq!(offered("mfa-session web-identity --role-arn arn:aws:i"), [ROLE]);
    assert!(offered("mfa-session --to ").is_empty());
    assert!(!sandbox.path("ran").exists());
}

#[test]
#[cfg_attr(windows, ignore = "needs fish")]
fn fish_offers_the_command_of_exec_and_its_arguments() {
    let Some(fish) = tools::program("fish") else { return };
    let sandbox = sandbox();
    fs::create_dir(sandbox.path("bin")).unwrap();
    write_program(&sandbox.path("bin/tool-of-test"), "");
    let completions = project("completions/mfa-session.fish");
    let offered = |line: &str| {
        let mut command = sandbox.command(&fish);
        let script = "source $argv[1]; complete -c tool-of-test -f -a alpha\n\
                      complete -c tool-of-test -l profile -x -a beta; complete -C $argv[2]";
        command.args(["--no-config", "-c", script]).arg(&completions).arg(line);
        let outcome = sandbox.outcome(command, "");
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{line}");
        let lines = outcome.stdout.lines();
        lines.map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for exec in ["exec", "exec --", "-p z exec -p work --force --", "exec --serial arn:aws:x"] {
        let offered = |line: &str| offered(&format!("mfa-session {exec} {line}"));
        assert_eq!(offered("tool-of-te"), ["tool-of-test"], "{exec}");
        assert_eq!(offered("tool-of-test "), ["alpha"]);
        assert_eq!(offered("tool-of-test --"), ["--profile"]);
        assert_eq!(offered("tool-of-test --profile "), ["beta"]);
    }
    assert_eq!(offered("mfa-session exec --forc"), ["--force"]);
    assert_eq!(offered("mfa-session exec --profile a"), ["a blank"]);
    assert!(offered("mfa-session exec -- ").contains(&"tool-of-test".to_owned()));
}
