//! The line that says what the program waits for: it appears after a second, and is erased.

use std::{fs, time::Duration};

use loopback_sts::{ALICE, Account, Device, Fault, Sts, User};
use rustix::termios::{Winsize, tcsetwinsize};
use snapbox::{IntoData as _, assert_data_eq, str};

use super::{Person, STAY};
use crate::{
    sandbox::{PROGRAM, Sandbox, good_until},
    tools,
};

const ERASE: &str = "\x1b[1A\r\x1b[J";

/// A sandbox whose STS answers so late.
fn slow(delay: Duration) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Delay(delay).on_calls());
    sandbox
}

const SLOW: Duration = Duration::from_millis(2500);

/// Gets a session with standard error on the terminal.
fn person(sandbox: &Sandbox, arguments: &str) -> Person {
    let (serial, code) = (ALICE.serial_number, sandbox.code());
    let line = format!("{PROGRAM} --serial {serial} --code {code} </dev/null >stdout {arguments}");
    Person::runs_script(sandbox, &format!("{line}; {STAY}"))
}

/// The lines that stay on the screen.
fn remaining(output: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for (number, part) in output.split(ERASE).enumerate() {
        if number > 0 {
            lines.pop().expect("a line to erase");
        }
        lines.extend(part.split_inclusive("\r\n"));
    }
    lines.concat().replace('\r', "")
}

/// A hint how to use the session may follow.
#[track_caller]
fn assert_shows_only_the_session(sandbox: &Sandbox, output: &str) {
    let output = sandbox.normalize(&output.replace('\r', ""));
    let rest = output.strip_prefix(&good_until("default-mfa")).expect(&output);
    assert!(rest.is_empty() || rest.starts_with("mfa-session: use it: "), "{output:?}");
    assert!(!output.contains("waiting") && !output.contains('\x1b'), "{output:?}");
}

#[test]
fn shows_a_wait_for_sts_and_removes_the_line() {
    let sandbox = slow(SLOW);
    let mut person = person(&sandbox, "2>/dev/tty");
    let first = person.reads("(1 s)\r\n");
    assert_eq!(sandbox.normalize(&first), "mfa-session: waiting for STS (1 s)\r\n");
    let rest = person.finishes();
    assert!(rest.starts_with(ERASE), "{rest:?}");
    assert_shows_only_the_session(&sandbox, &remaining(&(first + &rest)));
}

#[test]
fn shows_nothing_in_a_fast_run_and_where_no_line_can_be_erased() {
    let mut sandbox = Sandbox::new();
    let shown = person(&sandbox, "2>/dev/tty").finishes();
    assert_shows_only_the_session(&sandbox, &shown);
    for (term, arguments) in [
        ("dumb", "2>/dev/tty"),
        ("xterm", "2>stderr"),
        // The program that reads this may print meanwhile.
        ("xterm", "--format process 2>/dev/tty"),
    ] {
        sandbox = slow(SLOW);
        sandbox.set("TERM", term);
        let shown = person(&sandbox, arguments).finishes();
        let stderr = fs::read_to_string(sandbox.path("stderr")).unwrap_or_default();
        assert_shows_only_the_session(&sandbox, &(shown + &stderr));
    }
}

#[test]
fn a_message_replaces_the_line() {
    let sandbox = slow(Duration::from_millis(1500));
    sandbox.sts().set_clock_offset(-7230);
    let shown = person(&sandbox, "2>/dev/tty").finishes();
    assert!(shown.contains(" (1 s)\r\n"), "{shown:?}");
    assert_data_eq!(
        sandbox.normalize(&remaining(&shown)),
        str![[r#"
mfa-session: warning: this machine's clock is 2h ahead of AWS's: using AWS's time
mfa-session: hint: set the clock: [SET THE CLOCK]
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: use it: export AWS_PROFILE=default-mfa

"#]]
        .raw()
    );
}

#[test]
fn shows_a_wait_for_the_lock_in_one_row_and_removes_it() {
    let mut sandbox = Sandbox::new();
    // Each of these characters takes two columns, and the others would control the terminal.
    let directory = format!("\x1b[2J{}", "生".repeat(20));
    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", format!("~/{directory}/credentials"));
    fs::rename(sandbox.path(".aws"), sandbox.path(&directory)).unwrap();
    let lock = fs::File::open(sandbox.path(&directory)).unwrap();
    lock.lock().unwrap();
    let mut person = person(&sandbox, "2>/dev/tty");
    let size = Winsize { ws_row: 24, ws_col: 50, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&person.terminal, size).unwrap();
    let shown = person.reads("(1 s)\r\n");
    drop(lock);
    let rest = person.finishes();
    assert_shows_only_the_session(&sandbox, &remaining(&(shown.clone() + &rest)));
    assert_data_eq!(
        shown.replace('\r', ""),
        str![[r#"
mfa-session: waiting for…生生生生生生生生生 (1 s)

"#]]
        .raw()
    );
}

#[test]
fn ctrl_c_leaves_the_cursor_below_the_line() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Hang.on_calls());
    let mut person = person(&sandbox, "2>/dev/tty");
    person.reads("(1 s)\r\n");
    person.types("\x03");
    let shown = person.reads("^C");
    assert_eq!(person.leaves(), None, "ended by the signal");
    assert!(shown == "^C" || shown.ends_with("\r\n^C"), "{shown:?}");
}

#[test]
#[ignore = "waits for the next code of the seed"]
fn counts_down_to_the_next_code_of_a_seed() {
    let device = Device::totp(ALICE.serial_number, ALICE.seed);
    let user = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
    let mut sandbox = Sandbox::with(Sts::start(Account::default().user(user.device(device))));
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed).set("AWS_MFA_SERIAL", ALICE.serial_number);
    assert_eq!(sandbox.run([]).status, 0);
    let script = format!("{PROGRAM} --force 2>/dev/tty; {STAY}");
    let screen = Person::runs_script(&sandbox, &script).finishes();
    assert_eq!(remaining(&screen).matches("waiting").count(), 0, "{screen:?}");
    // A code may end before a line appears.
    let is_counted = screen.contains("mfa-session: waiting for the next code (");
    assert!(is_counted || screen.contains("trying the next code in 0 s"), "{screen:?}");
}

#[test]
fn a_reuse_starts_no_thread() {
    let Some(strace) = tools::program("strace") else { return };
    let sandbox = Sandbox::new();
    sandbox.get([]).wrote("default-mfa");
    let trace = format!("{} -f -e trace=clone,clone3 -o trace", strace.display());
    let script = format!("{trace} {PROGRAM} 2>/dev/tty; {STAY}");
    let shown = Person::runs_script(&sandbox, &script).finishes();
    assert_shows_only_the_session(&sandbox, &shown);
    let trace = fs::read_to_string(sandbox.path("trace")).unwrap();
    assert!(!trace.contains("clone"), "{trace}");
}
