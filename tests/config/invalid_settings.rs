//! Invalid values from every origin: the error names the origin, and nothing is sent or written.

use loopback_sts::ALICE;
use snapbox::str;

use super::setting_origins::{configure, origins, setting};
use crate::sandbox::{PROGRAM, Sandbox, Table, keys};

#[test]
#[cfg_attr(windows, ignore = "takes minutes under Wine, nothing depends on the system")]
fn refuses_an_invalid_value_from_every_origin() {
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
        for origin in origins(setting(name)) {
            let mut sandbox = Sandbox::new();
            sandbox.set("MFA_SESSION_CODE", "123456");
            let mut flags = configure(&mut sandbox, &[(origin, value)], "");
            if *name != "MFA device" {
                flags.extend(["--serial".into(), ALICE.serial_number.into()]);
            }
            let before = sandbox.read("credentials");
            let mut command = sandbox.command(PROGRAM);
            command.args(flags);
            let outcome = sandbox.outcome(command, "").spell(&origin.to_string());
            table.add(format!("{name} = {value}, in {origin}"), &outcome);
            assert_eq!(sandbox.sts().connections(), 0, "{name} in {origin}: something was sent");
            assert_eq!(sandbox.read("credentials"), before, "{name} in {origin}");
        }
    }
    table.matches_file("invalid_settings/invalid");
}

#[test]
fn refuses_an_invalid_switch() {
    let mut sandbox = Sandbox::new();
    sandbox.set("MFA_SESSION_NO_PROMPT", "maybe");
    sandbox.run([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: MFA_SESSION_NO_PROMPT: `maybe` is neither on nor off
mfa-session: hint: set it to 1 or 0
"#]]);
}

#[test]
fn refuses_an_invalid_code_on_standard_input() {
    let sandbox = Sandbox::new();
    let arguments = ["--serial", ALICE.serial_number, "--code", "-"];
    for input in ["hunter2\n", "\n123456\n", &"1".repeat(1 << 20)] {
        sandbox.run_with_input(arguments, input).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: standard input: an MFA code is six digits
mfa-session: hint: give the six digits that the MFA device shows
"#]]);
    }
    sandbox.run_with_input(arguments, "").matches(str![[r#"
exit 3
--- stderr
mfa-session: error: standard input contains no code
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, with --code-command, or, without --no-prompt, at a terminal or with MFA_SESSION_ASKPASS
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[cfg(unix)] // needs variables of any bytes
#[test]
fn refuses_a_variable_that_is_not_utf_8() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    let names: &[&str] = &[
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
    for name in names {
        let sandbox = Sandbox::new();
        let mut command = sandbox.command(PROGRAM);
        command.env(name, OsStr::from_bytes(b"caf\xe9"));
        let outcome = sandbox.outcome(command, "");
        outcome.replace(name, "NAME").matches(str![[r#"
exit 1
--- stderr
mfa-session: error: NAME is not valid UTF-8
mfa-session: hint: set it to another value, or unset it
"#]]);
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
    }
}

#[test]
fn refuses_a_region_outside_the_devices_partition() {
    let sandbox = Sandbox::new();
    sandbox.write("config", "[default]\nregion = us-gov-west-1\n");
    sandbox.get([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: `region` in [default] of ~/.aws/config: the region us-gov-west-1 is in partition aws-us-gov, the MFA device in aws
mfa-session: hint: name a region of partition aws: --region NAME
"#]]);
    assert_eq!(sandbox.read("credentials"), keys("default"));
}

#[test]
fn never_shows_a_misplaced_code() {
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
mfa-session: error: --serial: the value is an MFA code, not a device
mfa-session: hint: give the code with --code
"#]]);
}

#[test]
fn usage_errors_make_eval_fail() {
    let sandbox = Sandbox::new();
    let invalid = [["--bogus", "--export"], ["--export", "--bogus"], ["-e", "--code"]];
    for arguments in invalid {
        let outcome = sandbox.run(arguments);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (2, "false;\n"), "{arguments:?}");
    }
    let outcome = sandbox.run(["--bogus"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (2, ""));
}
