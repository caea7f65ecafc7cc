//! `--export` alone prints what the program reads that has started it, if that is a shell.

use std::{fs, path::Path};

use super::get;
use crate::{
    shell::{run, world},
    tools,
    world::{Outcome, World, error},
};

const POSIX: &str = "export AWS_ACCESS_KEY_ID='ASIALOOPBACKSESSION1';\n";
const FISH: &str = "set -gx AWS_ACCESS_KEY_ID 'ASIALOOPBACKSESSION1';\n";
const POWERSHELL: &str = "$Env:AWS_ACCESS_KEY_ID = 'ASIALOOPBACKSESSION1'\n";

/// Lets a program start ours, and stay meanwhile.
fn started_by(world: &World, program: &Path) -> Outcome {
    let script = format!("mfa-session --export --code {}; false", world.code());
    run(world, program, &["-c", &script], "")
}

#[test]
fn a_shell_gets_what_it_reads_whatever_the_person_s_own_is() {
    for (shell, start) in
        [("bash", POSIX), ("dash", POSIX), ("ksh", POSIX), ("zsh", POSIX), ("fish", FISH)]
    {
        let Some(program) = tools::program(shell) else { continue };
        for own in ["", "/usr/bin/fish", "/bin/bash", "/usr/bin/pwsh", "/bin/tcsh", "/bin/false"] {
            let mut world = world();
            world.set("SHELL", own);
            let outcome = started_by(&world, &program);
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
        let mut world = world();
        world.set("SHELL", "/usr/bin/fish");
        let script = world.path(name);
        let text = format!("#!{}\nmfa-session --export --code $1; false\n", bash.display());
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let outcome = run(&world, &script, &[&world.code()], "");
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
        let mut world = world();
        world.set("SHELL", own);
        let outcome = get(&world, &["--export"]);
        assert!(outcome.stdout.starts_with(start), "{own}: {outcome:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn who_can_read_no_exports_is_told_so_before_a_code_is_used() {
    let Some(dash) = tools::program("dash") else { return };
    for name in ["csh", "tcsh", "bsd-csh"] {
        let world = world();
        // A shell of that name, which this machine lacks.
        let shell = world.path(name);
        assert!(
            std::process::Command::new("cp").arg(&dash).arg(&shell).status().unwrap().success()
        );
        let hint = "write the session, without --export, and name its profile: \
                    setenv AWS_PROFILE NAME";
        let told = error(&format!("{name} can't read exports"), &[hint]);
        started_by(&world, &shell).is(1, "false;\n", &told);
        assert!(world.asked().is_empty());

        let script = format!("mfa-session --export=bash --code {}; false", world.code());
        let named = run(&world, &shell, &["-c", &script], "");
        assert!(named.stdout.starts_with(POSIX), "{named:?}");
    }
}

#[test]
fn export_and_format_go_together_where_they_mean_the_same() {
    let told = |form: &str| {
        let what = format!("--export means {form} here, and --format another form");
        error(&what, &["give one of the two"])
    };
    for (arguments, form) in [
        (["--export", "--format", "fish"], "env"),
        (["--export=fish", "--format", "env"], "fish"),
        (["--export=nu", "--format", "json"], "nu"),
    ] {
        let world = world();
        let outcome = get(&world, &arguments);
        assert_eq!((outcome.status, outcome.stderr), (2, told(form)));
        assert!(world.asked().is_empty());
    }
    let outcome = get(&world(), &["--export=fish", "--format", "fish"]);
    assert!(outcome.stdout.starts_with(FISH), "{outcome:?}");
}
