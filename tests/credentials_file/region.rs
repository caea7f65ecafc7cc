//! The region of the source profile in the session profile, and the bytes that `clear` gives back.

use loopback_sts::ALICE;
use serde_json::Value;

use crate::{
    interop::json_of,
    sandbox::{Outcome, PROGRAM, Sandbox, keys},
    tools,
};

/// `[work]` with Alice's keys, and the text of the config file.
fn with_config(config: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("credentials", &keys("work"));
    sandbox.write("config", config);
    sandbox
}

/// Gets a new session for `work`.
fn get(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    // A code works once.
    let codes = i64::try_from(sandbox.sts().requests().len()).unwrap();
    sandbox.sts().set_clock_offset(codes * 30);
    command.args(["-p", "work", "--serial", ALICE.serial_number, "--force"]);
    command.args(["--code", &sandbox.code()]).args(more);
    let outcome = sandbox.outcome(command, "");
    assert_eq!(outcome.status, 0, "{outcome:?}");
    outcome
}

/// `region` and `mfa_session_region` of a session profile.
fn regions(sandbox: &Sandbox, profile: &str) -> [Option<String>; 2] {
    ["region", "mfa_session_region"].map(|key| sandbox.value(profile, key))
}

fn both(region: &str) -> [Option<String>; 2] {
    [Some(region.to_owned()), Some(region.to_owned())]
}

#[test]
fn carries_the_region_of_the_source_profile_and_updates_or_drops_it() {
    let sandbox = with_config("[profile work]\nregion = eu-west-1\n");
    let before = sandbox.read("credentials");
    get(&sandbox, &[]);
    assert_eq!(regions(&sandbox, "work-mfa"), both("eu-west-1"));
    let text = sandbox.read("credentials");
    let written = text.split_once("[work-mfa]\n").unwrap().1;
    let keys: Vec<&str> = written.lines().map(|line| line.split_once(" = ").unwrap().0).collect();
    let of_session =
        ["aws_session_token", "aws_account_id", "region", "mfa_session_region", EXPIRES];
    assert_eq!(keys[2..7], of_session);

    sandbox.write("config", "[profile work]\nregion = sa-east-1\n");
    get(&sandbox, &["--region", "us-east-2"]);
    assert_eq!(regions(&sandbox, "work-mfa"), both("sa-east-1"));
    sandbox.write("config", "");
    get(&sandbox, &[]);
    assert_eq!(regions(&sandbox, "work-mfa"), [None, None]);
    assert_eq!(sandbox.run(["clear", "-p", "work"]).status, 0);
    assert_eq!(sandbox.read("credentials"), before);
}

const EXPIRES: &str = "x_security_token_expires";

#[test]
fn a_carried_region_is_no_setting_of_the_session_profile() {
    let sandbox = with_config("[profile work]\nregion = eu-west-1\n");
    get(&sandbox, &[]);
    sandbox.write("config", "");
    let code = sandbox.code();
    let renewed = sandbox.run(["-p", "work-mfa", "--force", "--code", &code]);
    assert_eq!(renewed.status, 0, "{renewed:?}");
    assert_eq!(regions(&sandbox, "work-mfa"), [None, None]);
}

#[test]
fn a_region_of_the_session_profile_stays() {
    let work = "[profile work]\nregion = eu-west-1\n";
    let sandbox = with_config(&format!("{work}[profile work-mfa]\nregion = us-east-2\n"));
    get(&sandbox, &[]);
    assert_eq!(regions(&sandbox, "work-mfa"), [None, None]);

    let sandbox = with_config(work);
    let before = format!("{}\n[work-mfa]\nregion = us-east-2\n", keys("work"));
    sandbox.write("credentials", &before);
    get(&sandbox, &[]);
    assert_eq!(regions(&sandbox, "work-mfa"), [Some("us-east-2".to_owned()), None]);
    assert_eq!(sandbox.run(["clear", "-p", "work"]).status, 0);
    assert_eq!(sandbox.read("credentials"), before);

    // The user changes the region that was carried along.
    let sandbox = with_config(work);
    get(&sandbox, &[]);
    let text = sandbox.read("credentials").replace("\nregion = eu-west-1", "\nregion = us-east-2");
    sandbox.write("credentials", &text);
    get(&sandbox, &[]);
    assert_eq!(regions(&sandbox, "work-mfa"), [Some("us-east-2".to_owned()), None]);
    assert_eq!(sandbox.run(["clear", "-p", "work"]).status, 0);
    let expected = format!("{}\n[work-mfa]\nregion = us-east-2\n", keys("work"));
    assert_eq!(sandbox.read("credentials"), expected);
}

#[test]
fn a_roles_profile_gets_the_region_of_its_source_profile_or_of_the_keys() {
    for (of_admin, expected) in [("region = sa-east-1\n", "sa-east-1"), ("", "eu-west-1")] {
        let sandbox = Sandbox::new();
        let role = sandbox.sts().role_arn("admin");
        sandbox.write("credentials", &keys("work"));
        sandbox.write(
            "config",
            &format!(
                "[profile work]\nregion = eu-west-1\n\
                 [profile admin]\nrole_arn = {role}\nsource_profile = work\n{of_admin}"
            ),
        );
        let code = sandbox.code();
        let arguments = ["-p", "admin", "--serial", ALICE.serial_number, "--code", &code];
        assert_eq!(sandbox.run(arguments).status, 0);
        assert_eq!(regions(&sandbox, "admin-mfa"), both(expected));
        assert_eq!(regions(&sandbox, "work-mfa"), both("eu-west-1"));
    }
}

#[test]
fn aws_cli_and_botocore_find_the_region_in_the_session_profile() {
    let sandbox = with_config("[profile work]\nregion = eu-west-1\n");
    get(&sandbox, &[]);
    if let Some(python) = tools::python("botocore") {
        let mut command = sandbox.command(python);
        let script = "import botocore.session, json; s = botocore.session.Session(); \
                      print(json.dumps(s.create_client('ec2').meta.region_name))";
        command.args(["-c", script]).env("AWS_PROFILE", "work-mfa");
        let region: Value = json_of(&sandbox.outcome(command, ""));
        assert_eq!(region, "eu-west-1");
    }
    if let Some(aws) = tools::program("aws") {
        let mut command = sandbox.command(aws);
        command.args(["configure", "get", "region"]).env("AWS_PROFILE", "work-mfa");
        let outcome = sandbox.outcome(command, "");
        assert_eq!(outcome.stdout, "eu-west-1\n", "{outcome:?}");
    }
}

#[test]
fn clear_gives_back_the_bytes_before_the_write() {
    let work = keys("work");
    for before in [
        work.clone(),
        work.trim_end().to_owned(),
        work.replace('\n', "\r\n"),
        format!("{work}\n\n"),
        format!("\u{feff}{work}"),
        format!("{work}\n[work-mfa]\n"),
        format!("{work}\n[work-mfa]\n\n[other]\nregion = x\n"),
        format!("{work}\n[work-mfa]\noutput = json # mine\n\n# end"),
        format!("[work-mfa]\nregion=us-east-2\n\n{work}"),
    ] {
        let sandbox = with_config("[profile work]\nregion = eu-west-1\n");
        sandbox.write("credentials", &before);
        for _ in 0..2 {
            get(&sandbox, &[]);
        }
        assert_ne!(sandbox.read("credentials"), before);
        assert_eq!(sandbox.run(["clear", "-p", "work"]).status, 0);
        assert_eq!(sandbox.read("credentials"), before, "{before:?}");
    }
}
