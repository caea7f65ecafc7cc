//! `clear --export` takes a session out of the shell, and nothing out of the files.

use std::collections::BTreeMap;

use crate::{
    shell::{in_every_shell, run, variables, world},
    tools,
    world::{Outcome, World, error, keys},
};

/// A world whose variables hold a session, or what is left of several; and two of the person's own.
fn with_variables() -> World {
    let mut world = world();
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION",
        "MFA_SESSION_SOURCE",
    ] {
        world.set(name, "stale");
    }
    world.set("AWS_REGION", "eu-west-1").set("AWS_DEFAULT_REGION", "eu-west-1");
    world
}

fn left() -> BTreeMap<String, String> {
    let regions = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    regions.map(|name| (name.to_owned(), "eu-west-1".to_owned())).into()
}

#[test]
fn a_posix_shell_loses_a_session_and_nothing_else() {
    in_every_shell(|shell| {
        let clear = shell.eval("clear --export");
        // What is not there can be unset as well.
        let outcome = shell.run(&with_variables(), &format!("set -eu; {clear}; {clear}; env -0"));
        assert_eq!(outcome.stderr, "");
        assert_eq!(variables(&outcome), left());

        let world = world();
        let export = shell.eval(&format!("--export --code {}", world.code()));
        let outcome = shell.run(&world, &format!("set -eu; {export}; {clear}; env -0"));
        assert_eq!(variables(&outcome), BTreeMap::new());
    });
}

#[test]
fn fish_loses_a_session_and_nothing_else() {
    let Some(fish) = tools::program("fish") else { return };
    for clear in [
        "mfa-session clear --format fish | source; or exit 1",
        "mfa-session clear --export | source; or exit 1",
        "eval (mfa-session clear --export=fish); or exit 1",
    ] {
        let script = format!("{clear}; {clear}; env -0");
        let outcome = run(&with_variables(), &fish, &["--no-config", "-c", &script], "");
        assert_eq!(outcome.stderr, "");
        assert_eq!(variables(&outcome), left());
    }
}

#[test]
fn nu_loses_a_session_and_nothing_else() {
    let Some(nu) = tools::program("nu") else { return };
    let clear = "mfa-session clear --format nu | from json | load-env";
    let script = format!("{clear}; {clear}; ^env -0");
    let outcome = run(&with_variables(), &nu, &["--no-config-file", "-c", &script], "");
    assert_eq!(variables(&outcome), left());
}

#[test]
fn powershell_and_cmd_are_told_to_lose_a_session_and_nothing_else() {
    for (form, parser) in [("powershell", "powershell"), ("cmd", "batch")] {
        let module = format!("tree_sitter, tree_sitter_{parser}");
        let Some(python) = tools::python(&module) else { return };
        let world = with_variables();
        let printed = clear(&world, &["--format", form]);
        assert_eq!((printed.status, printed.stderr.as_str()), (0, ""));
        let mut command = world.command(&python);
        command.arg(tools::script("formats/parsed.py")).arg(form);
        assert_eq!(variables(&world.outcome(command, &printed.stdout)), left());
    }
}

#[test]
fn no_file_is_read_or_changed() {
    let world = World::new();
    world.get([]).wrote("default-mfa");
    for text in [world.read("credentials"), "[broken\n".to_owned() + &keys("default")] {
        world.write("credentials", &text);
        clear(&world, &["--export=sh"]).is(0, UNSET, "");
        assert_eq!(world.read("credentials"), text);
        assert_eq!(world.files(), ["credentials"]);
    }
}

const UNSET: &str = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN \
                     AWS_CREDENTIAL_EXPIRATION MFA_SESSION_SOURCE AWS_SECURITY_TOKEN;\n";

#[test]
fn what_is_no_shell_has_nothing_to_lose() {
    for form in ["process", "json", "dotenv", "ini", "github"] {
        let outcome = clear(&World::new(), &["--format", form]);
        let hint = "give one of these: env, fish, powershell, cmd, nu";
        outcome.is(2, "", &error("--format: there is no such value", &[hint]));
    }
}

#[test]
fn a_shell_has_no_profiles_to_choose_from() {
    for (arguments, what) in [
        (&["--export", "--all"][..], "--export does not go with --all"),
        (&["--export", "--profile", "work"], "--export does not go with --profile"),
    ] {
        let outcome = clear(&World::new(), arguments);
        assert_eq!(outcome.stdout, "false;\n");
        assert_eq!(outcome.stderr, error(what, &["see mfa-session --help"]));
    }
}

fn clear(world: &World, arguments: &[&str]) -> Outcome {
    let mut command = world.command(crate::world::PROGRAM);
    command.arg("clear").args(arguments);
    world.outcome(command, "")
}
