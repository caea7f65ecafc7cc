//! `--export` alone prints what the program reads that has started it, if that is a shell.

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

/// Lets a program start ours, and stay meanwhile.
fn started_by(sandbox: &Sandbox, program: &Path) -> Outcome {
    let script = format!("mfa-session --export --code {}; false", sandbox.code());
    run(sandbox, program, &["-c", &script], "")
}

#[test]
fn a_shell_gets_what_it_reads_whatever_the_person_s_own_is() {
    for (shell, start) in
        [("bash", POSIX), ("dash", POSIX), ("ksh", POSIX), ("zsh", POSIX), ("fish", FISH)]
    {
        let Some(program) = tools::program(shell) else { continue };
        for own in ["", "/usr/bin/fish", "/bin/bash", "/usr/bin/pwsh", "/bin/tcsh", "/bin/false"] {
            let mut sandbox = sandbox();
            sandbox.set("SHELL", own);
            let outcome = started_by(&sandbox, &program);
            assert!(outcome.stdout.starts_with(start), "{shell}, {own}: {outcome:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_script_gets_what_its_interpreter_reads() {
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

#[cfg(target_os = "linux")]
#[test]
fn where_no_shell_has_started_it_the_person_s_own_counts_if_it_is_known() {
    for (own, start) in [
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
        sandbox.set("SHELL", own);
        let outcome = get(&sandbox, &["--export"]);
        assert!(outcome.stdout.starts_with(start), "{own}: {outcome:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn who_can_read_no_exports_is_told_so_before_a_code_is_used() {
    let Some(dash) = tools::program("dash") else { return };
    let mut table = Table::default();
    for name in ["csh", "tcsh", "bsd-csh"] {
        let sandbox = sandbox();
        // A shell of that name, which this machine lacks.
        let shell = sandbox.path(name);
        assert!(
            std::process::Command::new("cp").arg(&dash).arg(&shell).status().unwrap().success()
        );
        table.add(name, &started_by(&sandbox, &shell));
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
mfa-session: error: csh can't read exports
mfa-session: hint: write the session, without --export, and name its profile: setenv AWS_PROFILE NAME

=== tcsh
exit 1
--- stdout
false;
--- stderr
mfa-session: error: tcsh can't read exports
mfa-session: hint: write the session, without --export, and name its profile: setenv AWS_PROFILE NAME

=== bsd-csh
exit 1
--- stdout
false;
--- stderr
mfa-session: error: bsd-csh can't read exports
mfa-session: hint: write the session, without --export, and name its profile: setenv AWS_PROFILE NAME
"#]]);
}

#[test]
fn export_and_format_go_together_where_they_mean_the_same() {
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
mfa-session: error: --export means env here, but --format fish
mfa-session: hint: give one of the two

=== ["--export=fish", "--format", "env"]
exit 2
--- stdout
false;
--- stderr
mfa-session: error: --export means fish here, but --format env
mfa-session: hint: give one of the two

=== ["--export=nu", "--format", "json"]
exit 2
--- stdout
false;
--- stderr
mfa-session: error: --export means nu here, but --format json
mfa-session: hint: give one of the two
"#]]);
    let outcome = get(&sandbox(), &["--export=fish", "--format", "fish"]);
    assert!(outcome.stdout.starts_with(FISH), "{outcome:?}");
}
