//! `clear --export` removes the session from the shell and touches no file.

use std::collections::BTreeMap;

use snapbox::str;

use crate::{
    sandbox::{Outcome, Sandbox, Table, keys},
    shells::{in_every_shell, run, sandbox, variables},
    tools,
};

/// A sandbox whose variables hold stale keys, a region of an earlier export and one of the user.
fn with_variables() -> Sandbox {
    let mut sandbox = sandbox();
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_ACCOUNT_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION",
        "MFA_SESSION_SOURCE",
    ] {
        sandbox.set(name, "stale");
    }
    sandbox.set("AWS_REGION", "eu-west-1").set("MFA_SESSION_REGION", "eu-west-1");
    sandbox.set("AWS_DEFAULT_REGION", "us-west-2");
    sandbox
}

fn own_region() -> BTreeMap<String, String> {
    [("AWS_DEFAULT_REGION".to_owned(), "us-west-2".to_owned())].into()
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn posix_shells_lose_only_the_session() {
    in_every_shell(|shell| {
        let clear = shell.eval("clear --export");
        // The second run has nothing to unset.
        let outcome = shell.run(&with_variables(), &format!("set -eu; {clear}; {clear}; env -0"));
        assert_eq!(outcome.stderr, "");
        assert_eq!(variables(&outcome), own_region());

        let sandbox = sandbox();
        let export = shell.eval(&format!("--export --region eu-west-1 --code {}", sandbox.code()));
        let outcome = shell.run(&sandbox, &format!("set -eu; {export}; {clear}; env -0"));
        assert_eq!(variables(&outcome), BTreeMap::new());
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs fish")]
fn fish_loses_only_the_session() {
    let Some(fish) = tools::program("fish") else { return };
    for clear in [
        "mfa-session clear --format fish | source; or exit 1",
        "mfa-session clear --export | source; or exit 1",
        "eval (mfa-session clear --export=fish); or exit 1",
    ] {
        let script = format!("{clear}; {clear}; env -0");
        let outcome = run(&with_variables(), &fish, &["--no-config", "-c", &script], "");
        assert_eq!(outcome.stderr, "");
        assert_eq!(variables(&outcome), own_region());
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs nu")]
fn nu_loses_only_the_session() {
    let Some(nu) = tools::program("nu") else { return };
    let clear = "mfa-session clear --format nu | from json | load-env";
    let script = format!("{clear}; {clear}; ^env -0");
    let outcome = run(&with_variables(), &nu, &["--no-config-file", "-c", &script], "");
    assert_eq!(variables(&outcome), own_region());
}

#[test]
#[cfg_attr(windows, ignore = "needs tree-sitter")]
fn powershell_and_cmd_lose_only_the_session() {
    for (format, parser) in [("powershell", "powershell"), ("cmd", "batch")] {
        let module = format!("tree_sitter, tree_sitter_{parser}");
        let Some(python) = tools::python(&module) else { return };
        let sandbox = with_variables();
        let printed = clear(&sandbox, &["--format", format]);
        assert_eq!((printed.status, printed.stderr.as_str()), (0, ""));
        let mut command = sandbox.command(&python);
        command.arg(tools::script("formats/parsed.py")).arg(format);
        assert_eq!(variables(&sandbox.outcome(command, &printed.stdout)), own_region());
    }
}

#[test]
fn clear_export_neither_reads_nor_changes_files() {
    let sandbox = Sandbox::new();
    sandbox.get([]).wrote("default-mfa");
    for text in [sandbox.read("credentials"), "[broken\n".to_owned() + &keys("default")] {
        sandbox.write("credentials", &text);
        clear(&sandbox, &["--export=sh"]).matches(str![[r#"
exit 0
--- stdout
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION MFA_SESSION_SOURCE AWS_ACCOUNT_ID AWS_SECURITY_TOKEN;
"#]]);
        assert_eq!(sandbox.read("credentials"), text);
        assert_eq!(sandbox.files(), ["credentials"]);
    }
}

#[test]
fn refuses_formats_that_no_shell_reads() {
    for format in ["process", "json", "dotenv", "ini", "github"] {
        let outcome = clear(&Sandbox::new(), &["--format", format]);
        outcome.matches(str![[r#"
exit 2
--- stderr
mfa-session: error: invalid value for --format
mfa-session: hint: use one of these: env, fish, powershell, cmd, nu
"#]]);
    }
}

#[test]
fn export_conflicts_with_all_and_profile() {
    let mut table = Table::default();
    for arguments in [&["--export", "--all"][..], &["--export", "--profile", "work"]] {
        table.add(format!("{arguments:?}"), &clear(&Sandbox::new(), arguments));
    }
    table.matches(str![[r#"
=== ["--export", "--all"]
exit 2
--- stdout
false;
--- stderr
mfa-session: error: --export conflicts with --all
mfa-session: hint: see mfa-session --help

=== ["--export", "--profile", "work"]
exit 2
--- stdout
false;
--- stderr
mfa-session: error: --export conflicts with --profile
mfa-session: hint: see mfa-session --help
"#]]);
}

fn clear(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(crate::sandbox::PROGRAM);
    command.arg("clear").args(arguments);
    sandbox.outcome(command, "")
}
