//! The line that says what the program waits for: it appears after a second, and is erased.

use std::{
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Account, Device, Fault, Sts, User};
use regex_lite::Regex;
use time::OffsetDateTime;

use super::{Person, QUESTION, STAY, until, within};
use crate::{
    prompt_lock::lock_is_held,
    sandbox::{PROGRAM, Sandbox, good_until},
    tools,
};

const ERASE: &str = "\r\x1b[K";

/// A sandbox whose STS answers so late.
fn slow(delay: Duration) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Delay(delay).on_calls());
    sandbox
}

const SLOW: Duration = Duration::from_millis(2500);

/// Gets a session with standard error on the terminal.
fn command() -> String {
    format!("{PROGRAM} --serial {} >stdout 2>/dev/tty", ALICE.serial_number)
}

/// The code is in a variable: `fg` shows the command.
fn command_with_code(sandbox: &Sandbox) -> String {
    format!("export MFA_SESSION_CODE={}; {}", sandbox.code(), command())
}

/// Gets a session with a code. Later redirections replace those of the command.
fn person(sandbox: &Sandbox, arguments: &str) -> Person {
    runs(sandbox, &format!("{} {arguments}", command_with_code(sandbox)))
}

fn runs(sandbox: &Sandbox, script: &str) -> Person {
    Person::runs_script(sandbox, &format!("{script}; {STAY}"))
}

/// The first line, with `N` for the seconds, and what is shown before it.
#[track_caller]
fn first_line(person: &mut Person, sandbox: &Sandbox) -> String {
    let shown = sandbox.normalize(&person.reads(" s)"));
    Regex::new(r"\(\d+ s\)").unwrap().replace(&shown, "(N s)").into_owned()
}

/// The rows that stay on the screen.
fn remaining(output: &str) -> String {
    let mut terminal = vt100::Parser::default();
    terminal.process(output.as_bytes());
    terminal.screen().contents() + "\n"
}

/// A hint how to use the session may follow.
#[track_caller]
fn assert_shows_only_the_session(sandbox: &Sandbox, output: &str) {
    assert_shows_before_the_session(sandbox, "", output);
}

#[track_caller]
fn assert_shows_before_the_session(sandbox: &Sandbox, before: &str, output: &str) {
    let output = sandbox.normalize(&output.replace('\r', ""));
    let rest = output.strip_prefix(&(before.to_owned() + &good_until("default-mfa")));
    let rest = rest.unwrap_or_else(|| panic!("{output:?}"));
    assert!(rest.is_empty() || rest.starts_with("mfa-session: use it: "), "{output:?}");
    assert!(!rest.contains("waiting") && !output.contains('\x1b'), "{output:?}");
}

#[test]
fn shows_a_wait_for_sts_and_removes_the_line() {
    let sandbox = slow(SLOW);
    let mut person = person(&sandbox, "");
    let first = first_line(&mut person, &sandbox);
    assert_eq!(first, format!("{ERASE}mfa-session: waiting for STS (N s)"));
    assert_shows_only_the_session(&sandbox, &remaining(&(first + &person.finishes())));
}

#[test]
fn shows_a_wait_for_a_connection() {
    for is_typed in [true, false] {
        let mut sandbox = Sandbox::new();
        sandbox.sts().inject(Fault::Delay(SLOW).on_probes());
        if !is_typed {
            sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed);
        }
        let mut person = runs(&sandbox, &command());
        if is_typed {
            person.reads(QUESTION);
            person.types(&format!("{}\n", sandbox.code()));
            person.reads("\x1b[J");
        }
        let first = first_line(&mut person, &sandbox);
        assert_eq!(first, format!("{ERASE}mfa-session: waiting for a connection to AWS (N s)"));
        assert_shows_only_the_session(&sandbox, &remaining(&person.finishes()));
    }
}

#[test]
fn shows_a_wait_for_the_code_of_another_process() {
    let sandbox = slow(Duration::from_secs(4));
    let (serial, code) = (ALICE.serial_number, sandbox.code());
    let mut command = sandbox.command(PROGRAM);
    command.args(["--serial", serial, "--code", &code]).stderr(Stdio::null());
    let mut other = command.spawn().unwrap();
    until(|| lock_is_held(&sandbox));
    let mut person = person(&sandbox, "");
    assert_eq!(
        first_line(&mut person, &sandbox),
        format!("{ERASE}mfa-session: waiting for another mfa-session to send its code (N s)")
    );
    assert!(other.wait().unwrap().success());
    assert_shows_only_the_session(&sandbox, &remaining(&person.finishes()));
}

#[test]
fn shows_nothing_in_a_fast_run() {
    let sandbox = Sandbox::new();
    let start = Instant::now();
    let mut shown = person(&sandbox, "").finishes();
    let is_fast = start.elapsed() < Duration::from_secs(1);
    if !is_fast {
        shown = remaining(&shown);
    }
    assert_shows_only_the_session(&sandbox, &shown);
}

#[test]
fn shows_nothing_where_no_line_can_be_erased() {
    for (term, arguments) in [
        ("dumb", ""),
        ("xterm", "2>stderr"),
        ("xterm", "</dev/null"),
        // The program that reads this may print meanwhile.
        ("xterm", "--format process"),
    ] {
        let mut sandbox = slow(SLOW);
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
    let mut person = person(&sandbox, "");
    first_line(&mut person, &sandbox);
    assert_shows_before_the_session(
        &sandbox,
        "mfa-session: warning: this machine's clock is 2h ahead of AWS's: using AWS's time\n\
         mfa-session: hint: set the clock: [SET THE CLOCK]\n",
        &remaining(&person.finishes()),
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
    let mut person = runs(&sandbox, &format!("stty cols 50; {}", command_with_code(&sandbox)));
    assert_eq!(
        first_line(&mut person, &sandbox),
        format!("{ERASE}mfa-session: waiting for…生生生生生生生生生 (N s)")
    );
    drop(lock);
    assert_shows_only_the_session(&sandbox, &remaining(&person.finishes()));
}

#[test]
fn shows_nothing_in_a_pipeline() {
    let sandbox = slow(SLOW);
    let code = sandbox.code();
    let script = format!(
        "(sleep 1.5; echo touch it >/dev/tty; echo {code}) | {PROGRAM} --code - 2>/dev/tty"
    );
    let shown = runs(&sandbox, &script).finishes();
    assert_shows_before_the_session(&sandbox, "touch it\n", &shown);
}

#[test]
fn a_stopped_program_keeps_the_rows_of_the_shell() {
    let sandbox = slow(SLOW);
    let script = format!("set -m; {}; echo stopped; fg", command_with_code(&sandbox));
    let mut person = runs(&sandbox, &format!("exec >/dev/tty; {script}"));
    first_line(&mut person, &sandbox);
    person.types("\x1a");
    person.reads("stopped\r\n");
    let shown = remaining(&person.finishes());
    let (row, rest) = shown.split_once('\n').unwrap();
    assert!(row.starts_with(PROGRAM), "the shell shows the command: {row:?}");
    assert_shows_only_the_session(&sandbox, rest);
}

#[test]
fn a_background_process_shows_a_message_instead() {
    let sandbox = slow(SLOW);
    let lock = fs::File::open(sandbox.path(".aws")).unwrap();
    lock.lock().unwrap();
    let mut person = runs(&sandbox, &format!("set -m; {} & wait", command_with_code(&sandbox)));
    let waiting = "mfa-session: waiting for another program to unlock ~/.aws\r\n";
    let shown = person.reads(".aws\r\n");
    assert_eq!(sandbox.normalize(&shown), waiting);
    drop(lock);
    assert_shows_only_the_session(&sandbox, &person.finishes());
}

#[test]
fn ctrl_c_ends_the_wait() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Hang.on_calls());
    let mut person = person(&sandbox, "");
    first_line(&mut person, &sandbox);
    person.types("\x03");
    person.reads("^C");
    assert_eq!(person.leaves(), None, "ended by the signal");
}

#[test]
fn ctrl_s_does_not_delay_the_session() {
    let sandbox = slow(SLOW);
    let mut person = person(&sandbox, "");
    first_line(&mut person, &sandbox);
    person.types("\x13");
    until(|| sandbox.value("default-mfa", "aws_session_token").is_some());
    person.types("\x11");
    assert_shows_only_the_session(&sandbox, &remaining(&person.finishes()));
}

#[test]
#[ignore = "waits for the next code of the seed"]
fn counts_down_to_the_next_code_of_a_seed() {
    let device = Device::totp(ALICE.serial_number, ALICE.seed);
    let user = User::new(ALICE.name).key(ALICE.access_key_id, ALICE.secret_access_key);
    let mut sandbox = Sandbox::with(Sts::start(Account::default().user(user.device(device))));
    sandbox.set("MFA_SESSION_TOTP_SEED", ALICE.seed).set("AWS_MFA_SERIAL", ALICE.serial_number);
    // Both runs must have the same code.
    within(STEP, || OffsetDateTime::now_utc().unix_timestamp() % 30 < 20);
    assert_eq!(sandbox.run([]).status, 0);
    let shown = runs(&sandbox, &format!("{PROGRAM} --force 2>/dev/tty")).finishes();
    assert!(shown.contains("mfa-session: waiting for the next code ("), "{shown:?}");
    assert!(!remaining(&shown).contains("waiting"), "{shown:?}");
}

const STEP: Duration = Duration::from_secs(30);

#[test]
fn a_reuse_starts_no_thread() {
    let Some(strace) = tools::program("strace") else { return };
    let sandbox = Sandbox::new();
    sandbox.get([]).wrote("default-mfa");
    let trace = format!("{} -f -e trace=clone,clone3 -o trace", strace.display());
    let shown = runs(&sandbox, &format!("{trace} {PROGRAM} 2>/dev/tty")).finishes();
    assert_shows_only_the_session(&sandbox, &shown);
    let trace = fs::read_to_string(sandbox.path("trace")).unwrap();
    assert!(!trace.contains("clone"), "{trace}");
}
