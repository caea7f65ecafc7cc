//! A value that does not fit is refused by the name of its place, from every place; nothing is sent
//! then, and nothing written.

use loopback_sts::ALICE;

use super::places::{Place, places, say, setting};
use crate::world::{PROGRAM, World, error, keys};

#[test]
fn a_bad_value_is_refused_by_the_name_of_its_place() {
    let times = "write it as 12h, 90m, 1h30m, or as a number of seconds";
    let bounds = "STS gives sessions of 15m to 36h (900 to 129600 seconds)";
    let device = "give arn:aws:iam::123456789012:mfa/NAME or a hardware token's serial; `aws iam \
                  list-mfa-devices` shows it";
    let perhaps = "the device is perhaps arn:aws:iam::123456789012:mfa/alice; `aws iam \
                   list-mfa-devices` shows it";
    let beside = "add a virtual MFA device (an authenticator app): it may stand \
                  beside the key";
    let app = "add a virtual MFA device (an authenticator app) to the user";
    let url = "give a URL such as https://sts.eu-west-1.amazonaws.com";
    let plain = "an endpoint has only a scheme, a host, a port and a plain path";
    let proxy = "give a URL such as http://proxy:3128";
    let six = "give the six digits that the device shows";
    let longest = "no session lasts longer than 36h (129600 seconds)";
    let user = "arn:aws:iam::123456789012:user/alice";
    let fido = "arn:aws:iam::123456789012:u2f/user/alice/default-ABC";
    let sms = "arn:aws:iam::123456789012:sms-mfa/alice";
    let rows: &[(&str, &str, &str, &str)] = &[
        ("duration", "899", "`899` is not within 15 minutes and 36 hours", bounds),
        ("duration", "129601", "`129601` is not within 15 minutes and 36 hours", bounds),
        ("duration", "0", "`0` is not within 15 minutes and 36 hours", bounds),
        ("duration", "half a day", "`half a day` is not a time", times),
        ("duration", "99999999999999999999", "`99999999999999999999` is not a time", times),
        ("reuse while this is left", "37h", "`37h` is more than 36 hours", longest),
        ("reuse while this is left", "1.5h", "`1.5h` is not a time", times),
        ("MFA device", user, "`@` is a user, not an MFA device", perhaps),
        ("MFA device", fido, "`@` is a FIDO security key, for which STS takes no code", beside),
        ("MFA device", sms, "`@` is an SMS device, for which STS takes no code", app),
        ("MFA device", "alice", "`alice` is not 9 to 256 characters long", device),
        ("MFA device", "alice smith", "`@` has a character that no serial number has", device),
        ("MFA device", "arn:aws:iam::1:mfa/alice", "`@` has no account of 12 digits", device),
        (
            "MFA device",
            "arn:aws:sts::123456789012:mfa/a",
            "`@` is not the ARN of an MFA device",
            device,
        ),
        ("MFA code", "12345", "an MFA code is six digits", six),
        ("MFA code", "hunter2", "an MFA code is six digits", six),
        ("MFA code", "1234567", "an MFA code is six digits", six),
        ("region", "mars", "`mars` is not a region", "give one such as eu-west-1"),
        ("region", "eu-west-1.evil.example/", "`@` is not a region", "give one such as eu-west-1"),
        ("STS endpoint", "localhost:4566", "this is not a URL with a scheme and a host", url),
        ("STS endpoint", "ftp://127.0.0.1/", "this is neither https nor http", url),
        ("STS endpoint", "https://user:hunter2@sts.example/", plain, url),
        (
            "STS endpoint",
            "http://sts.eu-west-1.amazonaws.com/",
            "plain http goes to this machine only: the answer holds keys",
            "give an https URL, or allow it: --allow-http",
        ),
        ("attempts", "0", "`0` is not a number of attempts", "give 1 or more, such as 3"),
        ("attempts", "some", "`some` is not a number of attempts", "give 1 or more, such as 3"),
        ("proxy", "http://alice:hunter2@", "this is not the URL of a proxy", proxy),
        ("proxy", "socks5://alice:hunter2@h", "only http and https proxies can be used", proxy),
        ("IAM endpoint", "https://iam.example/?x", plain, url),
        (
            "session profile",
            "a b",
            "the session profile `a b` holds a character other than A-Z a-z 0-9 - _ / . % @ : +",
            "name another one: --to NAME",
        ),
        (
            "session profile",
            "DEFAULT",
            "the session profile `DEFAULT` means every profile to the AWS CLI",
            "name another one: --to NAME",
        ),
        (
            "profile",
            "wrok",
            "there is no profile `wrok` in ~/.aws/credentials or ~/.aws/config",
            "name one of these with --profile: default",
        ),
    ];
    for (name, value, problem, hint) in rows {
        for place in places(setting(name)) {
            let mut world = World::new();
            world.set("MFA_SESSION_CODE", "123456");
            let mut flags = say(&mut world, &[(place, value)], "");
            if *name != "MFA device" {
                flags.extend(["--serial".into(), ALICE.serial_number.into()]);
            }
            let before = world.read("credentials");
            let mut command = world.command(PROGRAM);
            command.args(flags);
            let status = if let Place::Flag(_) = place { 2 } else { 1 };
            let what = format!("{place}: {}", problem.replace("`@`", &format!("`{value}`")));
            let outcome = world.outcome(command, "");
            let expected = error(&what, &[hint]);
            assert_eq!((outcome.status, &outcome.stderr), (status, &expected), "{name}");
            assert_eq!(outcome.stdout, "", "{name} in {place}");
            assert_eq!(world.sts().connections(), 0, "{name} in {place}: something was sent");
            assert_eq!(world.read("credentials"), before, "{name} in {place}");
        }
    }
}

#[test]
fn a_switch_is_on_or_off() {
    let mut world = World::new();
    world.set("MFA_SESSION_NO_PROMPT", "maybe");
    let what = "MFA_SESSION_NO_PROMPT: `maybe` is neither yes nor no";
    world.run([]).is(1, "", &error(what, &["set it to 1 or 0"]));
}

#[test]
fn a_code_on_standard_input_that_is_none_is_refused() {
    let world = World::new();
    let arguments = ["--serial", ALICE.serial_number, "--code", "-"];
    let six = "give the six digits that the device shows";
    let what = "standard input: an MFA code is six digits";
    world.run_with_input(arguments, "hunter2\n").is(1, "", &error(what, &[six]));
    world.run_with_input(arguments, "\n123456\n").is(1, "", &error(what, &[six]));
    world.run_with_input(arguments, &"1".repeat(1 << 20)).is(1, "", &error(what, &[six]));
    let ways = "give it with --code 123456, with `--code -` on standard input, in \
                MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt";
    let what = "standard input ended before there was a code";
    world.run_with_input(arguments, "").is(3, "", &error(what, &[ways]));
    assert_eq!(world.sts().connections(), 0);
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
        let world = World::new();
        let mut command = world.command(PROGRAM);
        command.env(name, OsStr::from_bytes(b"caf\xe9"));
        let outcome = world.outcome(command, "");
        outcome.is(
            1,
            "",
            &error(
                &format!("{name} is not valid UTF-8"),
                &[&format!("set it anew, or unset it: unset {name}")],
            ),
        );
        assert_eq!(world.sts().connections(), 0, "{name}");
    }
}

#[test]
fn a_region_of_another_partition_than_the_devices_is_refused() {
    let world = World::new();
    world.write("config", "[default]\nregion = us-gov-west-1\n");
    let what = "`region` in [default] of ~/.aws/config: the region us-gov-west-1 is in partition \
                aws-us-gov, the MFA device in aws";
    let hint = "name a region of that partition: --region NAME";
    world.get([]).is(1, "", &error(what, &[hint]));
    assert_eq!(world.read("credentials"), keys("default"));
}

#[test]
fn a_code_in_another_place_is_not_shown() {
    let world = World::new();
    let hint = "give it with --code";
    let alone = error("an MFA code stands where none belongs", &[hint]);
    world.run(["123456"]).is(2, "", &alone);
    world.run(["-e", "123456"]).is(2, "false;\n", &alone);
    world.run(["--no-prompt=123456"]).is(2, "", &alone);
    let device = error("--serial: this is an MFA code, not a device", &[hint]);
    world.run(["--serial", "123456"]).is(2, "", &device);
}

#[test]
fn a_command_line_that_is_wrong_makes_eval_fail() {
    let world = World::new();
    let wrong = [["--bogus", "--export"], ["--export", "--bogus"], ["-e", "--code"]];
    for arguments in wrong {
        let outcome = world.run(arguments);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (2, "false;\n"), "{arguments:?}");
    }
    let outcome = world.run(["--bogus"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (2, ""));
}
