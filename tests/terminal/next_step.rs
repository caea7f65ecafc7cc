//! On a terminal, the program prints what to type to use the session profile.

use loopback_sts::ALICE;

use super::{Person, QUESTION, STAY};
use crate::{
    sandbox::{PROGRAM, Sandbox, keys},
    status::session,
    tools,
};

/// A valid session in the session profile of the profile, which `AWS_PROFILE` names.
fn sandbox(profile: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    let made = format!(
        "mfa_session_source = {profile}\nmfa_session_key = {}\nmfa_session_serial = {}\n",
        ALICE.access_key_id, ALICE.serial_number,
    );
    sandbox.write("credentials", &(keys(profile) + &session(&format!("{profile}-mfa"), 90, &made)));
    sandbox.set("AWS_PROFILE", profile);
    sandbox
}

/// What a shell on a terminal shows after the command line of the program.
fn screen(sandbox: &Sandbox, shell: &str, arguments: &str) -> Option<String> {
    let shell = tools::program(shell)?;
    // A shell may replace itself with its last command.
    let script = format!("{} -c '{PROGRAM} {arguments}; cd .' 2>/dev/tty; {STAY}", shell.display());
    let shown = Person::runs_script(sandbox, &script).finishes();
    Some(sandbox.normalize(&shown.replace('\r', "")))
}

const VALID: &str = "mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)\n";
const USE: &str = "mfa-session: use it: ";

#[test]
fn the_printed_statement_selects_the_session_profile_in_each_shell() {
    for (shell, expected) in [
        ("sh", "export AWS_PROFILE=work-mfa"),
        ("bash", "export AWS_PROFILE=work-mfa"),
        ("zsh", "export AWS_PROFILE=work-mfa"),
        ("fish", "set -gx AWS_PROFILE 'work-mfa'"),
        ("nu", "$env.AWS_PROFILE = \"work-mfa\""),
    ] {
        let sandbox = sandbox("work");
        let Some(screen) = screen(&sandbox, shell, "") else { continue };
        assert_eq!(screen, format!("{VALID}{USE}{expected}\n"), "{shell}");
        let mut command = sandbox.command(tools::program(shell).unwrap());
        command.args(["-c", &format!("{expected}; printenv AWS_PROFILE")]);
        let outcome = sandbox.outcome(command, "");
        assert_eq!(outcome.stdout.trim_end(), "work-mfa", "{shell}: {outcome:?}");
    }
}

#[test]
fn the_step_fits_the_environment() {
    let export = format!("{VALID}{USE}export AWS_PROFILE=work-mfa\n");
    assert_eq!(screen(&sandbox("work"), "sh", "").unwrap(), export);

    let mut in_use = sandbox("work");
    in_use.set("AWS_PROFILE", "work-mfa");
    assert_eq!(screen(&in_use, "sh", "").unwrap(), VALID);

    // The AWS CLI would use the keys.
    let mut hidden = sandbox("work");
    hidden.set("AWS_ACCESS_KEY_ID", "ASIAX").set("AWS_SECRET_ACCESS_KEY", "x");
    hidden.set("AWS_SESSION_TOKEN", "x");
    let screen_of_keys = screen(&hidden, "sh", "--profile work").unwrap();
    assert_eq!(screen_of_keys, format!("{VALID}{USE}--profile work-mfa\n"));

    // SDKs use the profile `default` if no profile is named.
    let default = sandbox("default-long-term");
    let text = default.read("credentials").replace("[default-long-term-mfa]", "[default]");
    default.write("credentials", &text);
    let mut default = default;
    default.set("AWS_PROFILE", "");
    assert_eq!(screen(&default, "sh", "").unwrap(), VALID.replace("work-mfa", "default"));

    // The shell gets the session by itself.
    let printed = screen(&sandbox("work"), "sh", "--export >stdout").unwrap();
    assert_eq!(printed, VALID);
}

#[test]
fn only_the_session_of_a_role_is_for_use() {
    let sandbox = Sandbox::new();
    let role = sandbox.sts().role_arn("team-0");
    let arguments = format!("--serial {} --role-arn {role}", ALICE.serial_number);
    let script = format!("{PROGRAM} {arguments} 2>/dev/tty; {STAY}");
    let mut person = Person::runs_script(&sandbox, &script);
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    let shown = person.finishes();
    let steps: Vec<&str> = shown.lines().filter_map(|it| it.strip_prefix(USE)).collect();
    assert_eq!(steps, ["export AWS_PROFILE=default-team-0"]);
}
