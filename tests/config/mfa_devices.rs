//! No MFA device is configured: the program lists the user's devices with IAM.

use loopback_sts::{ALICE, Account, Answer, BOB, BOBS_FIDO, Cut, Device, Fault, Sts, User};
use snapbox::str;

use crate::sandbox::{Outcome, PROGRAM, Sandbox, keys};

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
mfa-session: hint: add a virtual MFA device (an authenticator app) in IAM; a FIDO key can stay
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
fn suggests_serial_when_iam_fails() {
    const DENIED: &str = "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: \
                          iam:ListMFADevices on resource: user alice";
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Answer(Answer::error(403, "AccessDenied", DENIED)));
    run_with_wrong_code(&sandbox).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: permission denied for the access key AKIALOOPBACKALICE234 from `aws_access_key_id` in [default] of ~/.aws/credentials: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:ListMFADevices on resource: user alice (AccessDenied, request [ID])
mfa-session: hint: ask for the permission, or name another profile: --profile NAME
mfa-session: hint: or name the MFA device: --serial ARN, MFA_SESSION_SERIAL
"#]]);
    assert_eq!(sandbox.asked(), ["ListMFADevices Answer"]);

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
