//! Who has several MFA devices, and says nothing of them, is asked which one it is to be.

use loopback_sts::{Account, BOB, BOBS_FIDO, BOBS_HARDWARE, Device, Sts, User};
use snapbox::str;

use super::Person;
use crate::sandbox::{PROGRAM, Sandbox};

const LIST: &str = "  1  arn:aws:iam::123456789012:mfa/bob\r\n  2  GAHT12345678\r\n";
const WHICH: &str = "which MFA device? 1 to 2: ";

/// A sandbox whose keys are Bob's, who has two devices with codes, and a FIDO key.
fn sandbox() -> Sandbox {
    with(Sts::start(Account::default()))
}

fn with(sts: Sts) -> Sandbox {
    let sandbox = Sandbox::with(sts);
    let bobs = format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        BOB.access_key_id, BOB.secret_access_key
    );
    sandbox.write("credentials", &bobs);
    sandbox.hide(BOB.secret_access_key);
    sandbox
}

fn code(sandbox: &Sandbox, serial: &str) -> String {
    let code = sandbox.sts().code(serial);
    sandbox.hide(&code);
    code
}

#[test]
fn a_number_picks_one_of_the_list() {
    for (answer, serial) in [("1", BOB.serial_number), ("2", BOBS_HARDWARE), (" 2 ", BOBS_HARDWARE)]
    {
        let sandbox = sandbox();
        let mut person = Person::runs(&sandbox, "");
        assert_eq!(person.reads(WHICH), format!("{LIST}{WHICH}"));
        person.types(&format!("{answer}\n"));
        let question = format!("MFA code for default ({serial}): ");
        let erased = format!("{answer}\r\n\x1b[1A\r\x1b[J{question}");
        assert_eq!(person.reads(&question), erased);
        person.types(&format!("{}\n", code(&sandbox, serial)));
        person.is_left_with(&sandbox, str![[r#"
exit 0
--- stderr
mfa-session: left out, as STS takes no codes of theirs: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]]);
        assert_eq!(sandbox.asked(), ["ListMFADevices OK", "HEAD", "GetSessionToken OK"]);
        assert_eq!(sandbox.value("default-mfa", "mfa_session_serial").unwrap(), serial);
        // A session of either device will do.
        sandbox.run([]).wrote("default-mfa");
    }
}

#[test]
fn what_is_no_number_of_the_list_is_asked_for_again() {
    for answer in ["0", "3", "x", "", "-1", "GAHT12345678", "99999999999999999999"] {
        let sandbox = sandbox();
        let mut person = Person::runs(&sandbox, "");
        person.reads(WHICH);
        person.types(&format!("{answer}\n"));
        let again = person.reads(WHICH);
        assert_eq!(again, format!("{answer}\r\n\x1b[1A\r\x1b[J{WHICH}"), "the list stays");
        person.types("2\n");
        person.reads("MFA code for default (GAHT12345678): ");
        person.types(&format!("{}\n", code(&sandbox, BOBS_HARDWARE)));
        assert_eq!(person.leaves(), Some(0));
    }
}

#[test]
fn three_times_are_enough() {
    let sandbox = sandbox();
    let mut person = Person::runs(&sandbox, "");
    for answer in ["0", "3", "two"] {
        person.reads(WHICH);
        person.types(&format!("{answer}\n"));
    }
    is_left_without_one(&sandbox, &mut person);
}

#[test]
fn the_end_of_input_is_no_choice() {
    let sandbox = sandbox();
    let mut person = Person::runs(&sandbox, "");
    person.reads(WHICH);
    person.types("\x04");
    is_left_without_one(&sandbox, &mut person);
}

#[track_caller]
fn is_left_without_one(sandbox: &Sandbox, person: &mut Person) {
    person.is_left_with(sandbox, str![[r#"
exit 3
--- stderr
mfa-session: left out, as STS takes no codes of theirs: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: error: none was chosen
mfa-session: hint: give the number before it
"#]]);
    assert!(person.echoes());
    assert_eq!(sandbox.asked(), ["ListMFADevices OK"]);
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn ctrl_c_ends_the_choice() {
    let sandbox = sandbox();
    let before = sandbox.read("credentials");
    let mut person = Person::runs(&sandbox, "");
    person.reads(WHICH);
    person.types("2\x03");
    assert_eq!(person.leaves(), None, "ended by the signal");
    assert!(person.echoes());
    assert_eq!(sandbox.read("credentials"), before);
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn what_is_typed_before_the_list_is_no_choice() {
    let sandbox = sandbox();
    let script = format!("read -r first; exec {PROGRAM} </dev/null >stdout 2>stderr");
    let mut person = Person::runs_script(&sandbox, &script);
    person.types("first\n1\n");
    person.reads(WHICH);
    person.types("2\n");
    person.reads("MFA code for default (GAHT12345678): ");
    person.types(&format!("{}\n", code(&sandbox, BOBS_HARDWARE)));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn a_dumb_terminal_is_shown_the_same_without_escapes() {
    let mut sandbox = sandbox();
    sandbox.set("TERM", "dumb");
    let mut person = Person::runs(&sandbox, "");
    person.reads(&format!("{LIST}{WHICH}"));
    person.types("2\n");
    assert_eq!(person.reads("(GAHT12345678): "), "2\r\nMFA code for default (GAHT12345678): ");
    person.types(&format!("{}\n", code(&sandbox, BOBS_HARDWARE)));
    assert_eq!(person.leaves(), Some(0));
    assert!(!person.screen.contains('\x1b'));
}

#[test]
fn standard_input_that_is_a_terminal_is_asked_which() {
    let sandbox = sandbox();
    let script = format!("exec {PROGRAM} --code - >stdout 2>stderr");
    let mut person = Person::runs_script(&sandbox, &script);
    person.reads(&format!("{LIST}{WHICH}"));
    person.types("1\n");
    person.reads("MFA code for default (arn:aws:iam::123456789012:mfa/bob): ");
    person.types(&format!("{}\n", code(&sandbox, BOB.serial_number)));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn who_gives_a_code_is_asked_nothing() {
    let sandbox = sandbox();
    let mut person = Person::runs(&sandbox, "--code 123456");
    person.is_left_with(&sandbox, str![[r#"
exit 1
--- stderr
mfa-session: left out, as STS takes no codes of theirs: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: error: the user has several MFA devices: arn:aws:iam::123456789012:mfa/bob, GAHT12345678
mfa-session: hint: say which: --serial ARN, or `mfa_serial = ARN` in the profile
"#]]);
    assert_eq!(person.screen, "");
}

#[test]
fn a_role_is_had_with_the_device_that_was_chosen() {
    let sandbox = sandbox();
    let role = sandbox.sts().role_arn("team-0");
    let mut person = Person::runs(&sandbox, &format!("--role-arn {role}"));
    person.reads(WHICH);
    person.types("2\n");
    person.reads("MFA code for default (GAHT12345678): ");
    person.types(&format!("{}\n", code(&sandbox, BOBS_HARDWARE)));
    assert_eq!(person.leaves(), Some(0));
    for profile in ["default-mfa", "default-team-0"] {
        let serial = sandbox.value(profile, "mfa_session_serial").unwrap();
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
    person.is_left_with(&only_hostile, str![[r#"
exit 1
--- stderr
mfa-session: error: none of the user's MFA devices gives codes for STS: arn:aws:iam::123456789012:mfa/\u{9b}2Jevil, arn:aws:iam::123456789012:mfa/ev\u{202e}il, arn:aws:iam::123456789012:mfa/two words
mfa-session: hint: add a virtual MFA device (an authenticator app): it may stand beside a FIDO key
"#]]);

    let good = [BOB.serial_number, BOBS_HARDWARE];
    let user = good.iter().fold(user, |user, serial| user.device(Device::totp(serial, BOB.seed)));
    let user = user.device(Device::fido(BOBS_FIDO));
    let sandbox = with(Sts::start(Account::default().user(user)));
    let mut person = Person::runs(&sandbox, "");
    assert_eq!(person.reads(WHICH), format!("{LIST}{WHICH}"));
    person.types("\x04");
    assert_eq!(person.leaves(), Some(3));
}
