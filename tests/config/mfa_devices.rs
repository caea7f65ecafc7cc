//! Where nobody says which MFA device it is, IAM is asked for those of the user.

use loopback_sts::{ALICE, Account, Answer, BOB, BOBS_FIDO, Cut, Device, Fault, Sts, User};
use snapbox::str;

use crate::sandbox::{PROGRAM, Sandbox, keys};

/// Asks for a session without a word about the device, with a code that can't be right.
fn ask(sandbox: &Sandbox) -> crate::sandbox::Outcome {
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
fn the_only_device_is_taken() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(PROGRAM);
    command.args(["--code", &sandbox.code()]);
    sandbox.outcome(command, "").wrote("default-mfa");
    assert_eq!(sandbox.asked(), ["ListMFADevices OK", "GetSessionToken OK"]);
}

#[test]
fn the_only_device_with_codes_is_found_among_security_keys_on_all_pages() {
    let fido = |n| Device::fido(&format!("{BOBS_FIDO}{n}"));
    let device = Device::totp(ALICE.serial_number, ALICE.seed);
    let sandbox = alice_with((0..4).map(fido).chain([device]));
    let mut command = sandbox.command(PROGRAM);
    command.args(["--code", &sandbox.code()]);
    sandbox.outcome(command, "").matches(str![[r#"
exit 0
--- stderr
mfa-session: left out, as STS takes no codes of theirs: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM50, arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM51, arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM52, arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM53
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]]);
    let asked = sandbox.asked();
    assert_eq!(
        asked,
        ["ListMFADevices OK", "ListMFADevices OK", "ListMFADevices OK", "GetSessionToken OK"]
    );
}

#[test]
fn several_devices_are_listed_to_choose_from() {
    let sandbox = Sandbox::new();
    let bobs = format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        BOB.access_key_id, BOB.secret_access_key
    );
    sandbox.write("credentials", &bobs);
    ask(&sandbox).matches(str![[r#"
exit 1
--- stderr
mfa-session: left out, as STS takes no codes of theirs: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: error: the user has several MFA devices: arn:aws:iam::123456789012:mfa/bob, GAHT12345678
mfa-session: hint: say which: --serial ARN, or `mfa_serial = ARN` in the profile
"#]]);
    assert_eq!(sandbox.asked(), ["ListMFADevices OK"]);
}

#[test]
fn a_security_key_alone_is_not_enough() {
    let sandbox = alice_with([Device::fido(BOBS_FIDO)]);
    ask(&sandbox).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: none of the user's MFA devices gives codes for STS: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: hint: add a virtual MFA device (an authenticator app): it may stand beside a FIDO key
"#]]);
}

#[test]
fn no_device_at_all_is_said() {
    let sandbox = alice_with([]);
    ask(&sandbox).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the user has no MFA device
mfa-session: hint: add a virtual MFA device (an authenticator app) to the user in IAM
"#]]);
}

#[test]
fn where_iam_does_not_tell_another_way_is_shown() {
    const DENIED: &str = "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: \
                          iam:ListMFADevices on resource: user alice";
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Answer(Answer::error(403, "AccessDenied", DENIED)));
    ask(&sandbox).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: AWS denies this to the user of AKIALOOPBACKALICE234: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:ListMFADevices on resource: user alice (AccessDenied, request [ID])
mfa-session: hint: ask for the permission, or name another profile: --profile NAME
mfa-session: hint: or say which device it is: --serial ARN, MFA_SESSION_SERIAL
"#]]);
    assert_eq!(sandbox.asked(), ["ListMFADevices Answer"]);

    // No code was sent: none is spent.
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Cut(Cut::Unprocessed));
    let mut outcome = ask(&sandbox);
    outcome.forget_why();
    outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: STS broke off the connection: WHY
mfa-session: hint: try again in a moment
mfa-session: hint: or say which device it is: --serial ARN, MFA_SESSION_SERIAL
"#]]);
    assert_eq!(sandbox.read("credentials"), keys("default"));
}
