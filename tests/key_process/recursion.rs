//! A profile whose process needs the key of that profile again.

use loopback_sts::ALICE;
use snapbox::str;

use super::{program, run, runs, sandbox, with_store};
use crate::sandbox::{PROGRAM, Sandbox, Table, keys};

/// A sandbox with this config file, and a `wrapper` that runs the program.
fn with_config(text: &str) -> Sandbox {
    let sandbox = sandbox("");
    sandbox.write("config", &text.replace("PROGRAM", PROGRAM));
    let arguments = format!("--serial {} --code-command 'cat code'", ALICE.serial_number);
    program(&sandbox, "wrapper", &format!("exec {PROGRAM} \"$@\" {arguments}"));
    std::fs::write(sandbox.path("code"), sandbox.code()).unwrap();
    sandbox
}

#[test]
fn refuses_only_a_profile_that_leads_back_to_itself() {
    let rows = [
        ("itself", "[profile work]\ncredential_process = PROGRAM -p work --format process\n"),
        ("itself by a wrapper", "[profile work]\ncredential_process = wrapper --format process\n"),
        (
            "a circle",
            "[profile work]\ncredential_process = PROGRAM -p b --format process\n\
             [profile b]\ncredential_process = PROGRAM -p work --format process\n",
        ),
        (
            "a circle by wrappers",
            "[profile work]\ncredential_process = wrapper -p b --format process\n\
             [profile b]\ncredential_process = wrapper -p work --format process\n",
        ),
    ];
    let mut table = Table::default();
    for (name, config) in rows {
        let sandbox = with_config(config);
        table.add(format!("{name}: get"), &sandbox.get([]));
        table.add(format!("{name}: whoami"), &run(&sandbox, &["whoami"]));
        assert_eq!(sandbox.asked(), [""; 0], "{name}");
    }
    table.matches_file("key_process/recursion");
}

#[test]
fn a_process_may_need_the_key_of_another_profile() {
    let mut sandbox = with_store("cat ~/key");
    program(&sandbox, "otp", "cat ~/code");
    std::fs::write(sandbox.path("code"), sandbox.code()).unwrap();
    let config = sandbox.read("config");
    sandbox.write(
        "config",
        &format!(
            "{config}mfa_serial = {}\nmfa_process = otp\n[profile sdk]\n\
             credential_process = sh -c 'exec {PROGRAM} -p work --format process --write'\n",
            ALICE.serial_number
        ),
    );
    sandbox.set("AWS_PROFILE", "sdk");
    let outcome = run(&sandbox, &["whoami"]);
    assert!(outcome.stdout.contains("user/alice"), "{outcome:?}");
    assert_eq!(sandbox.signer(), sandbox.value("work-mfa", "aws_access_key_id").unwrap());
    assert_eq!(runs(&sandbox), 1);
}

#[test]
fn keys_in_the_config_file_count_beside_a_process_for_sdks() {
    let line = format!("credential_process = {PROGRAM} -p work --format process --write\n");
    let sandbox = sandbox("");
    sandbox.write("config", &(keys("profile work") + &line));
    sandbox.get([]).wrote("work-mfa");
    let outcome = run(&sandbox, &["whoami"]);
    assert!(outcome.stdout.contains("user/alice"), "{outcome:?}");
    // An SDK runs the process, which prints the session.
    assert_eq!(sandbox.signer(), sandbox.value("work-mfa", "aws_access_key_id").unwrap());
}

#[test]
fn keys_of_x_long_term_come_before_a_process_for_sdks() {
    let config = "[profile work]\ncredential_process = PROGRAM -p b --format process\n\
                  [profile b]\nregion = eu-west-1\n";
    let sandbox = with_config(config);
    sandbox.write("credentials", &keys("work-long-term"));
    sandbox.get([]).wrote("work");
}

#[test]
fn refuses_another_session_of_this_program_as_a_source() {
    let config = "[profile work]\ncredential_process = PROGRAM -p b --role-arn x --format process\n\
                  [profile role]\nrole_arn = arn:aws:iam::123456789012:role/reader\n\
                  source_profile = sdk\n[profile sdk]\n\
                  credential_process = PROGRAM -p b --format process\n";
    let sandbox = with_config(config);
    Table::of([("another session", sandbox.get([])), ("a source", sandbox.get(["-p", "role"]))])
        .matches(str![[r#"
=== another session
exit 1
--- stderr
mfa-session: error: `credential_process` in [profile work] of ~/.aws/config runs mfa-session, whose keys are temporary
mfa-session: hint: name a profile with long-term keys: --profile NAME

=== a source
exit 1
--- stderr
mfa-session: error: `credential_process` in [profile sdk] of ~/.aws/config runs mfa-session, whose keys are temporary
mfa-session: hint: name its source profile: --profile b
"#]]);
}
