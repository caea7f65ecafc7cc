//! No MFA device is configured: the program lists the user's devices with IAM.

use loopback_sts::{ALICE, Account, Answer, BOB, BOBS_FIDO, Cut, Device, Fault, Sample, Sts, User};
use snapbox::str;

use crate::{
    sandbox::{Outcome, PROGRAM, Sandbox, keys},
    status::session,
};

/// Runs the program without a device and with a wrong code.
fn run_with_wrong_code(sandbox: &Sandbox) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(["--code", "123456"]);
    sandbox.outcome(command, "")
}

fn alice_with(devices: impl IntoIterator<Item = Device>) -> Sandbox {
    let user = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
    let user = devices.into_iter().fold(user, User::device);
    Sandbox::with(Sts::start(Account::default().user(user).page_size(2)))
}

#[test]
fn uses_the_only_device() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(PROGRAM);
    command.args(["--code", &sandbox.code()]);
    sandbox.outcome(command, "").wrote("default-mfa");
    assert_eq!(sandbox.asked(), ["ListMFADevices OK", "GetSessionToken OK"]);
}

#[test]
fn finds_the_only_device_with_codes_among_security_keys_on_all_pages() {
    let fido = |n| Device::fido(&format!("{BOBS_FIDO}{n}"));
    let device = Device::totp(ALICE.serial_number, ALICE.seed);
    let sandbox = alice_with((0..4).map(fido).chain([device]));
    let mut command = sandbox.command(PROGRAM);
    command.args(["--code", &sandbox.code()]);
    sandbox.outcome(command, "").matches(str![[r#"
exit 0
--- stderr
mfa-session: ignoring MFA devices that STS does not accept: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM50, arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM51, arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM52, arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM53
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
    assert_eq!(
        sandbox.asked(),
        ["ListMFADevices OK", "ListMFADevices OK", "ListMFADevices OK", "GetSessionToken OK"]
    );
}

#[test]
fn lists_several_devices_to_choose_from() {
    let sandbox = Sandbox::new();
    let bobs = format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        BOB.access_key_id, BOB.secret_access_key
    );
    sandbox.write("credentials", &bobs);
    run_with_wrong_code(&sandbox).matches(str![[r#"
exit 1
--- stderr
mfa-session: ignoring MFA devices that STS does not accept: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: error: the user has several MFA devices: arn:aws:iam::123456789012:mfa/bob, GAHT12345678
mfa-session: hint: name one: --serial ARN, or `mfa_serial = ARN` in the profile
"#]]);
    assert_eq!(sandbox.asked(), ["ListMFADevices OK"]);
}

#[test]
fn refuses_a_user_with_only_security_keys() {
    let sandbox = alice_with([Device::fido(BOBS_FIDO)]);
    run_with_wrong_code(&sandbox).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: STS accepts none of the user's MFA devices: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: hint: add a virtual MFA device (an authenticator app) beside it in IAM: a user may have eight; or sign in without codes: aws login
"#]]);
}

#[test]
fn refuses_a_user_without_devices() {
    let sandbox = alice_with([]);
    run_with_wrong_code(&sandbox).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the user has no MFA device
mfa-session: hint: add a virtual MFA device (an authenticator app) in IAM
"#]]);
}

#[test]
fn suggests_the_likely_device_when_iam_denies_the_list() {
    let mut sandbox = Sandbox::without("iam:ListMFADevices");
    run_with_wrong_code(&sandbox).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: permission denied for the access key AKIALOOPBACKALICE234 from `aws_access_key_id` in [default] of ~/.aws/credentials: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:ListMFADevices because no identity-based policy allows the iam:ListMFADevices action (AccessDenied, request [ID])
mfa-session: hint: your MFA device is probably arn:aws:iam::123456789012:mfa/alice: add the line `mfa_serial = arn:aws:iam::123456789012:mfa/alice` to [default] of ~/.aws/credentials
mfa-session: hint: ask for the permission, or name another profile: --profile NAME
"#]]);
    assert_eq!(sandbox.asked(), ["ListMFADevices AccessDenied", "GetCallerIdentity OK"]);

    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    run_with_wrong_code(&sandbox).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: permission denied for the access key AKIALOOPBACKALICE234 from AWS_ACCESS_KEY_ID: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:ListMFADevices because no identity-based policy allows the iam:ListMFADevices action (AccessDenied, request [ID])
mfa-session: hint: your MFA device is probably arn:aws:iam::123456789012:mfa/alice: set MFA_SESSION_SERIAL=arn:aws:iam::123456789012:mfa/alice
mfa-session: hint: ask for the permission, or name another profile: --profile NAME
"#]]);
}

#[test]
fn suggests_the_last_part_of_a_users_path() {
    const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
        <Arn>arn:aws-cn:iam::123456789012:user/team/a/alice</Arn><UserId>AIDA</UserId>\
        <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let sandbox = Sandbox::new();
    let denied = Answer::error(403, "AccessDenied", "not authorized");
    sandbox.sts().inject(Fault::Answer(denied).times(1));
    sandbox.sts().inject(Fault::Answer(Answer::new(200, IDENTITY)));
    let outcome = run_with_wrong_code(&sandbox);
    let line = "add the line `mfa_serial = arn:aws-cn:iam::123456789012:mfa/alice` to [default]";
    assert!(outcome.stderr.contains(line), "{outcome:?}");
}

#[test]
fn suggests_serial_when_iam_fails() {
    let sandbox = Sandbox::new();
    // GetCallerIdentity fails, too.
    sandbox.sts().inject(Fault::Answer(Answer::error(403, "AccessDenied", "not authorized")));
    run_with_wrong_code(&sandbox).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: permission denied for the access key AKIALOOPBACKALICE234 from `aws_access_key_id` in [default] of ~/.aws/credentials: not authorized (AccessDenied, request [ID])
mfa-session: hint: ask for the permission, or name another profile: --profile NAME
mfa-session: hint: or name the MFA device: --serial ARN, MFA_SESSION_SERIAL
"#]]);

    // The error does not say that the code is spent: no request contains it.
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Cut(Cut::Unprocessed));
    let mut outcome = run_with_wrong_code(&sandbox);
    outcome.forget_why();
    outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: STS closed the connection: WHY
mfa-session: hint: try again in a moment
mfa-session: hint: or name the MFA device: --serial ARN, MFA_SESSION_SERIAL
"#]]);
    assert_eq!(sandbox.read("credentials"), keys("default"));
}

#[test]
fn remembers_the_device_of_the_last_session_of_a_key() {
    let sandbox = Sandbox::new();
    let of_alice = made_by(ALICE, "alice");
    let of_bob = made_by(BOB, "alice");
    for (name, session, asked) in [
        ("in the session profile", session("default-mfa", -60, &of_alice), None),
        ("in any profile", session("other", -60, &of_alice), None),
        ("of a role", session("role", 60, &(of_alice.clone() + "mfa_session_role = x\n")), None),
        ("of another key", session("other", 60, &of_bob), Some("ListMFADevices OK")),
        ("without a token", of_alice.replacen("", "[other]\n", 1), Some("ListMFADevices OK")),
    ] {
        sandbox.write("credentials", &(keys("default") + &session));
        let before = sandbox.asked().len();
        assert_eq!(run_with_wrong_code(&sandbox).status, 4);
        let expected: Vec<_> = asked.into_iter().chain(["GetSessionToken AccessDenied"]).collect();
        assert_eq!(sandbox.asked()[before..], expected, "{name}");
    }
}

#[test]
fn dry_run_shows_where_the_device_is_remembered() {
    let sandbox = Sandbox::new();
    let old = session("a", -600, &made_by(ALICE, "old"));
    let new = session("b", -60, &made_by(ALICE, "new"));
    let older = session("c", -900, &made_by(ALICE, "older"));
    sandbox.write("credentials", &[keys("default"), old, new, older].concat());
    let newest = "MFA device arn:aws:iam::123456789012:mfa/new `mfa_session_serial` in [b] of \
                  ~/.aws/credentials";
    assert_eq!(serial(&sandbox, &[]), newest);
    let given = "MFA device GAHT12345678 --serial";
    assert_eq!(serial(&sandbox, &["--serial", "GAHT12345678"]), given);
    // An invalid serial number is not used.
    let session = session("default-mfa", 60, &made_by(ALICE, "\u{1b}[2J"));
    sandbox.write("credentials", &(keys("default") + &session));
    assert_eq!(serial(&sandbox, &[]), UNKNOWN_DEVICE);
}

#[test]
fn reuses_a_session_of_another_device_than_the_remembered_one() {
    let sandbox = Sandbox::new();
    let mfa = session("default-mfa", 60, &made_by(ALICE, "alice"));
    let other = session("other", 90, &made_by(ALICE, "other"));
    sandbox.write("credentials", &[keys("default"), mfa, other].concat());
    sandbox.run(["--no-prompt"]).wrote("default-mfa");
}

#[test]
fn a_remembered_device_does_not_lock_the_user_out() {
    let sandbox = Sandbox::new();
    let old = session("default-mfa", -60, &made_by(ALICE, "lost-phone"));
    sandbox.write("credentials", &(keys("default") + &old));
    sandbox.run(["--code", &sandbox.code()]).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: arn:aws:iam::123456789012:mfa/lost-phone is not an MFA device of the user of the access key AKIALOOPBACKALICE234 from `aws_access_key_id` in [default] of ~/.aws/credentials (AccessDenied, request [ID])
mfa-session: hint: compare it with the output of: aws iam list-mfa-devices; the code is still valid
mfa-session: hint: this device is remembered from the session in [default-mfa]; use another one: --serial ARN, or forget it: mfa-session clear --profile default-mfa
"#]]);

    // Another device.
    let arguments = ["--serial", ALICE.serial_number, "--code", &sandbox.code()];
    sandbox.run(arguments).wrote("default-mfa");
    assert_eq!(
        serial(&sandbox, &[]),
        "MFA device arn:aws:iam::123456789012:mfa/alice `mfa_session_serial` in [default-mfa] of \
         ~/.aws/credentials"
    );

    // Or forget it.
    sandbox.write("credentials", &(keys("default") + &old));
    assert_eq!(sandbox.run(["clear", "--profile", "default-mfa"]).status, 0);
    assert_eq!(serial(&sandbox, &[]), UNKNOWN_DEVICE);
}

#[test]
fn a_wrong_code_may_be_of_another_device_than_the_remembered_one() {
    let sandbox = Sandbox::new();
    let old = session("default-mfa", -60, &made_by(ALICE, "alice"));
    sandbox.write("credentials", &(keys("default") + &old));
    let code = sandbox.sts().wrong_code(ALICE.name);
    sandbox.run(["--code", &code]).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: STS rejected the code for arn:aws:iam::123456789012:mfa/alice (AccessDenied, request [ID])
mfa-session: hint: each code works once, for about half a minute: give the next one
mfa-session: hint: this device is remembered from the session in [default-mfa]; use another one: --serial ARN, or forget it: mfa-session clear --profile default-mfa
"#]]);
}

/// The provenance of a session of this user and this virtual device.
fn made_by(user: Sample, device: &str) -> String {
    format!(
        "mfa_session_source = default\nmfa_session_key = {}\n\
         mfa_session_serial = arn:aws:iam::123456789012:mfa/{device}\n",
        user.access_key_id
    )
}

/// The line of `--dry-run` about the device, with single spaces.
fn serial(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let mut command = sandbox.command(PROGRAM);
    command.arg("--dry-run").args(arguments);
    let report = sandbox.outcome(command, "").stdout;
    let line = report.lines().find(|line| line.starts_with("MFA device")).unwrap();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

const UNKNOWN_DEVICE: &str =
    "MFA device remembered from the last session, or looked up in IAM the default";
