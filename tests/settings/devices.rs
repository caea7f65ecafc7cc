//! Where nobody says which MFA device it is, IAM is asked for those of the user.

use loopback_sts::{ALICE, Account, Answer, BOB, BOBS_FIDO, Cut, Device, Fault, Sts, User};

use crate::world::{PROGRAM, World, error, keys};

const LEFT_OUT: &str = "mfa-session: left out, as STS takes no codes of theirs: ";

/// Asks for a session without a word about the device, with a code that can't be right.
fn ask(world: &World) -> crate::world::Outcome {
    let mut command = world.command(PROGRAM);
    command.args(["--code", "123456"]);
    world.outcome(command, "")
}

fn alice_with(devices: impl IntoIterator<Item = Device>) -> World {
    let user = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
    let user = devices.into_iter().fold(user, User::device);
    World::with(Sts::start(Account::default().user(user).page_size(2)))
}

#[test]
fn the_only_device_is_taken() {
    let world = World::new();
    let mut command = world.command(PROGRAM);
    command.args(["--code", &world.code()]);
    world.outcome(command, "").wrote("default-mfa");
    assert_eq!(world.asked(), ["ListMFADevices OK", "GetSessionToken OK"]);
}

#[test]
fn the_only_device_with_codes_is_found_among_security_keys_on_all_pages() {
    let fido = |n| Device::fido(&format!("{BOBS_FIDO}{n}"));
    let device = Device::totp(ALICE.serial_number, ALICE.seed);
    let world = alice_with((0..4).map(fido).chain([device]));
    let mut command = world.command(PROGRAM);
    command.args(["--code", &world.code()]);
    let names = [0, 1, 2, 3].map(|n| format!("{BOBS_FIDO}{n}")).join(", ");
    let told =
        format!("{LEFT_OUT}{names}\nmfa-session: [default-mfa] is good until THEN (LEFT left)\n");
    world.outcome(command, "").is(0, "", &told);
    let asked = world.asked();
    assert_eq!(
        asked,
        ["ListMFADevices OK", "ListMFADevices OK", "ListMFADevices OK", "GetSessionToken OK"]
    );
}

#[test]
fn several_devices_are_listed_to_choose_from() {
    let world = World::new();
    let bobs = format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        BOB.access_key_id, BOB.secret_access_key
    );
    world.write("credentials", &bobs);
    let what = "the user has several MFA devices: arn:aws:iam::123456789012:mfa/bob, GAHT12345678";
    let hint = "say which: --serial ARN, or `mfa_serial = ARN` in the profile";
    let told = format!("{LEFT_OUT}{BOBS_FIDO}\n{}", error(what, &[hint]));
    ask(&world).is(1, "", &told);
    assert_eq!(world.asked(), ["ListMFADevices OK"]);
}

#[test]
fn a_security_key_alone_is_not_enough() {
    let world = alice_with([Device::fido(BOBS_FIDO)]);
    let what = format!("none of the user's MFA devices gives codes for STS: {BOBS_FIDO}");
    let hint = "add a virtual MFA device (an authenticator app): it may stand beside a FIDO key";
    ask(&world).is(1, "", &error(&what, &[hint]));
}

#[test]
fn no_device_at_all_is_said() {
    let world = alice_with([]);
    let hint = "add a virtual MFA device (an authenticator app) to the user in IAM";
    ask(&world).is(1, "", &error("the user has no MFA device", &[hint]));
}

#[test]
fn where_iam_does_not_tell_another_way_is_shown() {
    const WAY: &str = "or say which device it is: --serial ARN, MFA_SESSION_SERIAL";
    const DENIED: &str = "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: \
                          iam:ListMFADevices on resource: user alice";
    let world = World::new();
    world.sts().weather(Fault::Answer(Answer::error(403, "AccessDenied", DENIED)));
    let what = format!(
        "AWS denies this to the user of {}: {DENIED} (AccessDenied, request ID)",
        ALICE.access_key_id
    );
    let permission = "ask for the permission, or name another profile: --profile NAME";
    ask(&world).is(4, "", &error(&what, &[permission, WAY]));
    assert_eq!(world.asked(), ["ListMFADevices Answer"]);

    // No code was sent: none is spent.
    let world = World::new();
    world.sts().weather(Fault::Cut(Cut::Unprocessed));
    let mut outcome = ask(&world);
    outcome.forget_why();
    let what = "STS broke off the connection: WHY";
    outcome.is(5, "", &error(what, &["try again in a moment", WAY]));
    assert_eq!(world.read("credentials"), keys("default"));
}
