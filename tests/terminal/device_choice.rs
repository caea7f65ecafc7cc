//! The prompt for one of several MFA devices, when no setting names one.

use loopback_sts::{Account, BOB, BOBS_FIDO, BOBS_HARDWARE, Device, Sts, User};
use snapbox::str;

use super::Person;
use crate::sandbox::{PROGRAM, Sandbox};

const LIST: &str = "  1  arn:aws:iam::123456789012:mfa/bob\r\n  2  GAHT12345678\r\n";
const WHICH: &str = "which MFA device? 1 to 2: ";

/// A sandbox with the keys of Bob, who has two devices with codes and a FIDO key.
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
fn picks_a_device_by_number() {
    for (answer, serial) in [("1", BOB.serial_number), ("2", BOBS_HARDWARE), (" 2 ", BOBS_HARDWARE)]
    {
        let sandbox = sandbox();
        let mut person = Person::runs(&sandbox, "");
        assert_eq!(person.reads(WHICH), format!("{LIST}{WHICH}"));
        person.types(&format!("{answer}\n"));
        let prompt = format!("MFA code for default ({serial}): ");
        let erased = format!("{answer}\r\n\x1b[1A\r\x1b[J{prompt}");
        assert_eq!(person.reads(&prompt), erased);
        person.types(&format!("{}\n", code(&sandbox, serial)));
        person.is_left_with(&sandbox, str![[r#"
exit 0
--- stderr
mfa-session: ignoring MFA devices that STS does not accept: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
        assert_eq!(sandbox.asked(), ["ListMFADevices OK", "HEAD", "GetSessionToken OK"]);
        assert_eq!(sandbox.value("default-mfa", "mfa_session_serial").unwrap(), serial);
        // Without a serial number, a session of any device is reused.
        sandbox.run([]).wrote("default-mfa");
    }
}

#[test]
fn prompts_again_after_an_invalid_number() {
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
fn stops_after_three_invalid_numbers() {
    let sandbox = sandbox();
    let mut person = Person::runs(&sandbox, "");
    for answer in ["0", "3", "two"] {
        person.reads(WHICH);
        person.types(&format!("{answer}\n"));
    }
    is_left_without_a_device(&sandbox, &mut person);
}

#[test]
fn fails_at_the_end_of_input() {
    let sandbox = sandbox();
    let mut person = Person::runs(&sandbox, "");
    person.reads(WHICH);
    person.types("\x04");
    is_left_without_a_device(&sandbox, &mut person);
}

#[track_caller]
fn is_left_without_a_device(sandbox: &Sandbox, person: &mut Person) {
    person.is_left_with(sandbox, str![[r#"
exit 3
--- stderr
mfa-session: ignoring MFA devices that STS does not accept: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: error: no choice was made
mfa-session: hint: enter the number of an option
"#]]);
    assert!(person.echoes());
    assert_eq!(sandbox.asked(), ["ListMFADevices OK"]);
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn ctrl_c_ends_the_prompt() {
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
fn ignores_input_typed_before_the_list() {
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
fn sends_no_escapes_to_a_dumb_terminal() {
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
fn prompts_when_stdin_is_a_terminal() {
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
fn fails_without_a_prompt_when_a_code_is_given() {
    let sandbox = sandbox();
    let mut person = Person::runs(&sandbox, "--code 123456");
    person.is_left_with(&sandbox, str![[r#"
exit 1
--- stderr
mfa-session: ignoring MFA devices that STS does not accept: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: error: the user has several MFA devices: arn:aws:iam::123456789012:mfa/bob, GAHT12345678
mfa-session: hint: name one: --serial ARN, or `mfa_serial = ARN` in the profile
"#]]);
    assert_eq!(person.screen, "");
}

#[test]
fn assumes_a_role_with_the_chosen_device() {
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

/// IAM has no such serial numbers; a hostile endpoint may send them.
#[test]
fn ignores_invalid_serial_numbers_from_iam() {
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
mfa-session: error: STS accepts none of the user's MFA devices: arn:aws:iam::123456789012:mfa/\u{9b}2Jevil, arn:aws:iam::123456789012:mfa/ev\u{202e}il, arn:aws:iam::123456789012:mfa/two words
mfa-session: hint: add a virtual MFA device (an authenticator app) beside it in IAM: a user may have eight; or sign in without codes: aws login
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
