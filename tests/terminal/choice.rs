//! Who has several MFA devices, and says nothing of them, is asked which one it is to be.

use loopback_sts::{Account, BOB, BOBS_FIDO, BOBS_HARDWARE, Device, Sts, User};

use super::Person;
use crate::world::{PROGRAM, World, error};

const LIST: &str = "  1  arn:aws:iam::123456789012:mfa/bob\r\n  2  GAHT12345678\r\n";
const WHICH: &str = "which MFA device? 1 to 2: ";

/// A world whose keys are Bob's, who has two devices with codes, and a FIDO key.
fn world() -> World {
    with(Sts::start(Account::default()))
}

fn with(sts: Sts) -> World {
    let world = World::with(sts);
    let bobs = format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        BOB.access_key_id, BOB.secret_access_key
    );
    world.write("credentials", &bobs);
    world.hide(BOB.secret_access_key);
    world
}

/// Bob's FIDO key is no choice, which is said.
const LEFT_OUT: &str = "mfa-session: left out, as STS takes no codes of theirs: \
                        arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5\n";

fn code(world: &World, serial: &str) -> String {
    let code = world.sts().code(serial);
    world.hide(&code);
    code
}

#[test]
fn a_number_picks_one_of_the_list() {
    for (answer, serial) in [("1", BOB.serial_number), ("2", BOBS_HARDWARE), (" 2 ", BOBS_HARDWARE)]
    {
        let world = world();
        let mut person = Person::runs(&world, "");
        assert_eq!(person.reads(WHICH), format!("{LIST}{WHICH}"));
        person.types(&format!("{answer}\n"));
        let question = format!("MFA code for default ({serial}): ");
        let erased = format!("{answer}\r\n\x1b[1A\r\x1b[J{question}");
        assert_eq!(person.reads(&question), erased);
        person.types(&format!("{}\n", code(&world, serial)));
        person.is_left_with(
            &world,
            0,
            "",
            &format!("{LEFT_OUT}mfa-session: [default-mfa] is good until THEN (LEFT left)\n"),
        );
        assert_eq!(world.asked(), ["ListMFADevices OK", "HEAD", "GetSessionToken OK"]);
        assert_eq!(world.value("default-mfa", "mfa_session_serial").unwrap(), serial);
        // A session of either device will do.
        world.run([]).wrote("default-mfa");
    }
}

#[test]
fn what_is_no_number_of_the_list_is_asked_for_again() {
    for answer in ["0", "3", "x", "", "-1", "GAHT12345678", "99999999999999999999"] {
        let world = world();
        let mut person = Person::runs(&world, "");
        person.reads(WHICH);
        person.types(&format!("{answer}\n"));
        let again = person.reads(WHICH);
        assert_eq!(again, format!("{answer}\r\n\x1b[1A\r\x1b[J{WHICH}"), "the list stays");
        person.types("2\n");
        person.reads("MFA code for default (GAHT12345678): ");
        person.types(&format!("{}\n", code(&world, BOBS_HARDWARE)));
        assert_eq!(person.leaves(), Some(0));
    }
}

#[test]
fn three_times_are_enough() {
    let world = world();
    let mut person = Person::runs(&world, "");
    for answer in ["0", "3", "two"] {
        person.reads(WHICH);
        person.types(&format!("{answer}\n"));
    }
    is_left_without_one(&world, &mut person);
}

#[test]
fn the_end_of_input_is_no_choice() {
    let world = world();
    let mut person = Person::runs(&world, "");
    person.reads(WHICH);
    person.types("\x04");
    is_left_without_one(&world, &mut person);
}

#[track_caller]
fn is_left_without_one(world: &World, person: &mut Person) {
    let failure = error("none was chosen", &["give the number before it"]);
    person.is_left_with(world, 3, "", &format!("{LEFT_OUT}{failure}"));
    assert!(person.echoes());
    assert_eq!(world.asked(), ["ListMFADevices OK"]);
    assert_eq!(world.files(), ["credentials"]);
}

#[test]
fn ctrl_c_ends_the_choice() {
    let world = world();
    let before = world.read("credentials");
    let mut person = Person::runs(&world, "");
    person.reads(WHICH);
    person.types("2\x03");
    assert_eq!(person.leaves(), None, "ended by the signal");
    assert!(person.echoes());
    assert_eq!(world.read("credentials"), before);
    assert_eq!(world.files(), ["credentials"]);
}

#[test]
fn what_is_typed_before_the_list_is_no_choice() {
    let world = world();
    let script = format!("read -r first; exec {PROGRAM} </dev/null >stdout 2>stderr");
    let mut person = Person::runs_script(&world, &script);
    person.types("first\n1\n");
    person.reads(WHICH);
    person.types("2\n");
    person.reads("MFA code for default (GAHT12345678): ");
    person.types(&format!("{}\n", code(&world, BOBS_HARDWARE)));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn a_dumb_terminal_is_shown_the_same_without_escapes() {
    let mut world = world();
    world.set("TERM", "dumb");
    let mut person = Person::runs(&world, "");
    person.reads(&format!("{LIST}{WHICH}"));
    person.types("2\n");
    assert_eq!(person.reads("(GAHT12345678): "), "2\r\nMFA code for default (GAHT12345678): ");
    person.types(&format!("{}\n", code(&world, BOBS_HARDWARE)));
    assert_eq!(person.leaves(), Some(0));
    assert!(!person.screen.contains('\x1b'));
}

#[test]
fn standard_input_that_is_a_terminal_is_asked_which() {
    let world = world();
    let script = format!("exec {PROGRAM} --code - >stdout 2>stderr");
    let mut person = Person::runs_script(&world, &script);
    person.reads(&format!("{LIST}{WHICH}"));
    person.types("1\n");
    person.reads("MFA code for default (arn:aws:iam::123456789012:mfa/bob): ");
    person.types(&format!("{}\n", code(&world, BOB.serial_number)));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn who_gives_a_code_is_asked_nothing() {
    let world = world();
    let mut person = Person::runs(&world, "--code 123456");
    let what = "the user has several MFA devices: arn:aws:iam::123456789012:mfa/bob, GAHT12345678";
    let hint = "say which: --serial ARN, or `mfa_serial = ARN` in the profile";
    person.is_left_with(&world, 1, "", &format!("{LEFT_OUT}{}", error(what, &[hint])));
    assert_eq!(person.screen, "");
}

#[test]
fn a_role_is_had_with_the_device_that_was_chosen() {
    let world = world();
    let role = world.sts().role_arn("team-0");
    let mut person = Person::runs(&world, &format!("--role-arn {role}"));
    person.reads(WHICH);
    person.types("2\n");
    person.reads("MFA code for default (GAHT12345678): ");
    person.types(&format!("{}\n", code(&world, BOBS_HARDWARE)));
    assert_eq!(person.leaves(), Some(0));
    for profile in ["default-mfa", "default-team-0"] {
        let serial = world.value(profile, "mfa_session_serial").unwrap();
        assert_eq!(serial, BOBS_HARDWARE, "{profile}");
    }
}

/// IAM knows no such names; whoever answers for it may.
#[test]
fn names_that_could_move_the_cursor_are_not_listed() {
    let hostile = ["\u{9b}2Jevil", "ev\u{202e}il", "two words"]
        .map(|name| format!("arn:aws:iam::123456789012:mfa/{name}"));
    let user = User::new(BOB.name).key(BOB.access_key_id, BOB.secret_access_key);
    let user =
        hostile.iter().fold(user, |user, serial| user.device(Device::totp(serial, BOB.seed)));
    let only_hostile = with(Sts::start(Account::default().user(user.clone())));
    let mut person = Person::runs(&only_hostile, "");
    let what = "none of the user's MFA devices gives codes for STS: \
                arn:aws:iam::123456789012:mfa/\\u{9b}2Jevil, \
                arn:aws:iam::123456789012:mfa/ev\\u{202e}il, \
                arn:aws:iam::123456789012:mfa/two words";
    let hint = "add a virtual MFA device (an authenticator app): it may stand beside a FIDO key";
    person.is_left_with(&only_hostile, 1, "", &error(what, &[hint]));

    let good = [BOB.serial_number, BOBS_HARDWARE];
    let user = good.iter().fold(user, |user, serial| user.device(Device::totp(serial, BOB.seed)));
    let user = user.device(Device::fido(BOBS_FIDO));
    let world = with(Sts::start(Account::default().user(user)));
    let mut person = Person::runs(&world, "");
    assert_eq!(person.reads(WHICH), format!("{LIST}{WHICH}"));
    person.types("\x04");
    assert_eq!(person.leaves(), Some(3));
}
