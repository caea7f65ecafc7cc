//! A value that does not fit is refused by the name of its place, from every place; nothing is sent
//! then, and nothing written.

use loopback_sts::ALICE;
use snapbox::str;

use super::setting_sources::{places, say, setting};
use crate::sandbox::{PROGRAM, Sandbox, Table, keys};

#[test]
fn a_bad_value_is_refused_by_the_name_of_its_place() {
    let user = "arn:aws:iam::123456789012:user/alice";
    let fido = "arn:aws:iam::123456789012:u2f/user/alice/default-ABC";
    let sms = "arn:aws:iam::123456789012:sms-mfa/alice";
    let rows: &[(&str, &str)] = &[
        ("duration", "899"),
        ("duration", "129601"),
        ("duration", "0"),
        ("duration", "half a day"),
        ("duration", "99999999999999999999"),
        ("reuse while this is left", "37h"),
        ("reuse while this is left", "1.5h"),
        ("MFA device", user),
        ("MFA device", fido),
        ("MFA device", sms),
        ("MFA device", "alice"),
        ("MFA device", "alice smith"),
        ("MFA device", "arn:aws:iam::1:mfa/alice"),
        ("MFA device", "arn:aws:sts::123456789012:mfa/a"),
        ("MFA code", "12345"),
        ("MFA code", "hunter2"),
        ("MFA code", "1234567"),
        ("region", "mars"),
        ("region", "eu-west-1.evil.example/"),
        ("STS endpoint", "localhost:4566"),
        ("STS endpoint", "ftp://127.0.0.1/"),
        ("STS endpoint", "https://user:hunter2@sts.example/"),
        ("STS endpoint", "http://sts.eu-west-1.amazonaws.com/"),
        ("attempts", "0"),
        ("attempts", "some"),
        ("proxy", "http://alice:hunter2@"),
        ("proxy", "socks5://alice:hunter2@h"),
        ("IAM endpoint", "https://iam.example/?x"),
        ("session profile", "a b"),
        ("session profile", "DEFAULT"),
        ("profile", "wrok"),
    ];
    let mut table = Table::default();
    for (name, value) in rows {
        for place in places(setting(name)) {
            let mut sandbox = Sandbox::new();
            sandbox.set("MFA_SESSION_CODE", "123456");
            let mut flags = say(&mut sandbox, &[(place, value)], "");
            if *name != "MFA device" {
                flags.extend(["--serial".into(), ALICE.serial_number.into()]);
            }
            let before = sandbox.read("credentials");
            let mut command = sandbox.command(PROGRAM);
            command.args(flags);
            table.add(format!("{name} = {value}, in {place}"), &sandbox.outcome(command, ""));
            assert_eq!(sandbox.sts().connections(), 0, "{name} in {place}: something was sent");
            assert_eq!(sandbox.read("credentials"), before, "{name} in {place}");
        }
    }
    table.matches_file("invalid_settings/invalid");
}

#[test]
fn a_switch_is_on_or_off() {
    let mut sandbox = Sandbox::new();
    sandbox.set("MFA_SESSION_NO_PROMPT", "maybe");
    sandbox.run([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: MFA_SESSION_NO_PROMPT: `maybe` is neither yes nor no
mfa-session: hint: set it to 1 or 0
"#]]);
}

#[test]
fn a_code_on_standard_input_that_is_none_is_refused() {
    let sandbox = Sandbox::new();
    let arguments = ["--serial", ALICE.serial_number, "--code", "-"];
    sandbox.run_with_input(arguments, "hunter2\n").matches(str![[r#"
exit 1
--- stderr
mfa-session: error: standard input: an MFA code is six digits
mfa-session: hint: give the six digits that the device shows
"#]]);
    sandbox.run_with_input(arguments, "\n123456\n").matches(str![[r#"
exit 1
--- stderr
mfa-session: error: standard input: an MFA code is six digits
mfa-session: hint: give the six digits that the device shows
"#]]);
    sandbox.run_with_input(arguments, &"1".repeat(1 << 20)).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: standard input: an MFA code is six digits
mfa-session: hint: give the six digits that the device shows
"#]]);
    sandbox.run_with_input(arguments, "").matches(str![[r#"
exit 3
--- stderr
mfa-session: error: standard input ended before there was a code
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_refused_by_its_name() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    let read: &[&str] = &[
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_REGION",
        "AWS_CA_BUNDLE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE",
        "AWS_ENDPOINT_URL_STS",
        "MFA_SESSION_CODE",
        "MFA_SESSION_DURATION",
        "MFA_SESSION_SERIAL",
        "MFA_SESSION_TO",
        "TERM",
    ];
    for name in read {
        let sandbox = Sandbox::new();
        let mut command = sandbox.command(PROGRAM);
        command.env(name, OsStr::from_bytes(b"caf\xe9"));
        let outcome = sandbox.outcome(command, "");
        outcome.replace(name, "NAME").matches(str![[r#"
exit 1
--- stderr
mfa-session: error: NAME is not valid UTF-8
mfa-session: hint: set it anew, or unset it: unset NAME
"#]]);
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
    }
}

#[test]
fn a_region_of_another_partition_than_the_devices_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("config", "[default]\nregion = us-gov-west-1\n");
    sandbox.get([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: `region` in [default] of ~/.aws/config: the region us-gov-west-1 is in partition aws-us-gov, the MFA device in aws
mfa-session: hint: name a region of that partition: --region NAME
"#]]);
    assert_eq!(sandbox.read("credentials"), keys("default"));
}

#[test]
fn a_code_in_another_place_is_not_shown() {
    let sandbox = Sandbox::new();
    sandbox.run(["123456"]).matches(str![[r#"
exit 2
--- stderr
mfa-session: error: unexpected MFA code
mfa-session: hint: give it with --code
"#]]);
    sandbox.run(["-e", "123456"]).matches(str![[r#"
exit 2
--- stdout
false;
--- stderr
mfa-session: error: unexpected MFA code
mfa-session: hint: give it with --code
"#]]);
    sandbox.run(["--no-prompt=123456"]).matches(str![[r#"
exit 2
--- stderr
mfa-session: error: unexpected MFA code
mfa-session: hint: give it with --code
"#]]);
    sandbox.run(["--serial", "123456"]).matches(str![[r#"
exit 2
--- stderr
mfa-session: error: --serial: this is an MFA code, not a device
mfa-session: hint: give it with --code
"#]]);
}

#[test]
fn a_command_line_that_is_wrong_makes_eval_fail() {
    let sandbox = Sandbox::new();
    let wrong = [["--bogus", "--export"], ["--export", "--bogus"], ["-e", "--code"]];
    for arguments in wrong {
        let outcome = sandbox.run(arguments);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (2, "false;\n"), "{arguments:?}");
    }
    let outcome = sandbox.run(["--bogus"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (2, ""));
}
