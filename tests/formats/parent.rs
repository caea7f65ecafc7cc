//! `--export` without a value prints the format of the shell that started the program.

use std::{fs, path::Path};

use snapbox::str;

use super::get;
use crate::{
    sandbox::{Outcome, Sandbox, Table},
    shells::{run, sandbox},
    tools,
};

const POSIX: &str = "export AWS_ACCESS_KEY_ID='ASIALOOPBACKSESSION1';\n";
const FISH: &str = "set -gx AWS_ACCESS_KEY_ID 'ASIALOOPBACKSESSION1';\n";
const POWERSHELL: &str = "$Env:AWS_ACCESS_KEY_ID = 'ASIALOOPBACKSESSION1'\n";

/// Runs `--export` as a child of a shell. A shell may replace itself with its last command, so
/// `false` comes last.
fn export_in(sandbox: &Sandbox, shell: &Path) -> Outcome {
    let script = format!("mfa-session --export --code {}; false", sandbox.code());
    run(sandbox, shell, &["-c", &script], "")
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells, fish")]
fn export_follows_the_parent_shell_not_the_login_shell() {
    for (shell, start) in
        [("bash", POSIX), ("dash", POSIX), ("ksh", POSIX), ("zsh", POSIX), ("fish", FISH)]
    {
        let Some(program) = tools::program(shell) else { continue };
        for login_shell in
            ["", "/usr/bin/fish", "/bin/bash", "/usr/bin/pwsh", "/bin/tcsh", "/bin/false"]
        {
            let mut sandbox = sandbox();
            sandbox.set("SHELL", login_shell);
            let outcome = export_in(&sandbox, &program);
            assert!(outcome.stdout.starts_with(start), "{shell}, {login_shell}: {outcome:?}");
        }
    }
}

#[cfg(unix)] // needs scripts with an interpreter line
#[test]
fn export_follows_the_interpreter_of_a_script() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(bash) = tools::program("bash") else { return };
    for name in ["job", "fish", "tcsh"] {
        let mut sandbox = sandbox();
        sandbox.set("SHELL", "/usr/bin/fish");
        let script = sandbox.path(name);
        let text = format!("#!{}\nmfa-session --export --code $1; false\n", bash.display());
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let outcome = run(&sandbox, &script, &[&sandbox.code()], "");
        assert!(outcome.stdout.starts_with(POSIX), "{name}: {outcome:?}");
    }
}

#[cfg(target_os = "linux")] // needs SHELL, the parent in /proc
#[test]
fn export_without_a_parent_shell_follows_a_known_login_shell() {
    for (login_shell, start) in [
        ("", POSIX),
        ("/usr/bin/fish", FISH),
        ("fish", FISH),
        ("/usr/bin/zsh", POSIX),
        ("/usr/bin/pwsh", POWERSHELL),
        ("/bin/tcsh", POSIX),
        ("/usr/sbin/nologin", POSIX),
        ("/", POSIX),
    ] {
        let mut sandbox = sandbox();
        sandbox.set("SHELL", login_shell);
        let outcome = get(&sandbox, &["--export"]);
        assert!(outcome.stdout.starts_with(start), "{login_shell}: {outcome:?}");
    }
}

#[cfg(target_os = "linux")] // needs the parent in /proc
#[test]
fn refuses_c_shells_before_the_code_is_used() {
    let Some(dash) = tools::program("dash") else { return };
    let mut table = Table::default();
    for name in ["csh", "tcsh", "bsd-csh"] {
        let sandbox = sandbox();
        // Only the name of the shell matters: this machine has no C shell.
        let shell = sandbox.path(name);
        assert!(
            std::process::Command::new("cp").arg(&dash).arg(&shell).status().unwrap().success()
        );
        table.add(name, &export_in(&sandbox, &shell));
        assert!(sandbox.asked().is_empty());

        let script = format!("mfa-session --export=bash --code {}; false", sandbox.code());
        let named = run(&sandbox, &shell, &["-c", &script], "");
        assert!(named.stdout.starts_with(POSIX), "{named:?}");
    }
    table.matches(str![[r#"
=== csh
exit 1
--- stdout
false;
--- stderr
mfa-session: error: csh has no `export`
mfa-session: hint: run mfa-session without --export, then: setenv AWS_PROFILE PROFILE

=== tcsh
exit 1
--- stdout
false;
--- stderr
mfa-session: error: tcsh has no `export`
mfa-session: hint: run mfa-session without --export, then: setenv AWS_PROFILE PROFILE

=== bsd-csh
exit 1
--- stdout
false;
--- stderr
mfa-session: error: bsd-csh has no `export`
mfa-session: hint: run mfa-session without --export, then: setenv AWS_PROFILE PROFILE
"#]]);
}

#[test]
fn export_and_format_must_agree() {
    let mut table = Table::default();
    for arguments in [
        ["--export", "--format", "fish"],
        ["--export=fish", "--format", "env"],
        ["--export=nu", "--format", "json"],
    ] {
        let sandbox = sandbox();
        let outcome = get(&sandbox, &arguments);
        table.add(format!("{arguments:?}"), &outcome);
        assert!(sandbox.asked().is_empty());
    }
    table.matches(str![[r#"
=== ["--export", "--format", "fish"]
exit 2
--- stdout
false;
--- stderr
mfa-session: error: --export=env conflicts with --format fish
mfa-session: hint: give only one of the two

=== ["--export=fish", "--format", "env"]
exit 2
--- stdout
false;
--- stderr
mfa-session: error: --export=fish conflicts with --format env
mfa-session: hint: give only one of the two

=== ["--export=nu", "--format", "json"]
exit 2
--- stdout
false;
--- stderr
mfa-session: error: --export=nu conflicts with --format json
mfa-session: hint: give only one of the two
"#]]);
    let outcome = get(&sandbox(), &["--export=fish", "--format", "fish"]);
    assert!(outcome.stdout.starts_with(FISH), "{outcome:?}");
}
