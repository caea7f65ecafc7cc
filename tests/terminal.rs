//! The question on the terminal: asked where the person is, whatever is redirected; and while it
//! is answered, the connection is made.

mod device_choice;
mod tab_completion;

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    process::{Child, Command, ExitStatus},
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Cut, Fault};
use rustix::{
    io::ioctl_fionread,
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize},
};
use snapbox::{IntoData, str};

use crate::sandbox::{Outcome, PROGRAM, Sandbox, Secrets};

/// How the question ends, whoever is asked for a code.
pub(crate) const QUESTION: &str = "(arn:aws:iam::123456789012:mfa/alice): ";

/// Of keys in the profile `default`.
pub(crate) const FULL_QUESTION: &str =
    "MFA code for default (arn:aws:iam::123456789012:mfa/alice): ";

#[test]
fn the_question_is_on_the_terminal_though_everything_is_redirected() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    assert_eq!(person.reads(QUESTION), FULL_QUESTION);
    let code = sandbox.code();
    let (left, right) = code.split_at(3);
    person.types(&format!("{left} {right}\n"));
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]],
    );
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
}

#[test]
fn a_key_that_stands_in_no_profile_is_named_itself() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    let whose = format!("MFA code for {} ", ALICE.access_key_id);
    assert_eq!(person.reads(QUESTION), whose + QUESTION);
}

#[test]
fn what_names_the_user_does_not_move_the_cursor() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ACCESS_KEY_ID", "AKIA\u{9b}2J").set("AWS_SECRET_ACCESS_KEY", "x");
    let mut person = Person::runs(&sandbox, "--serial GAHT12345678");
    let question = "MFA code for AKIA\\u{9b}2J (GAHT12345678): ";
    assert_eq!(person.reads(question), question);
}

#[test]
fn the_answered_question_is_erased() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    // The terminal echoes the code, then the cursor goes up to the question and clears.
    assert!(person.reads("\x1b[J").ends_with("\r\n\x1b[1A\r\x1b[J"));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn as_many_rows_are_erased_as_question_and_answer_fill() {
    let shown = FULL_QUESTION.len() + "123456".len();
    for (columns, blanks, rows) in
        [(shown, 0, 1), (shown, 1, 2), (shown, shown, 2), (shown - 1, 0, 2), (shown / 2, 0, 2)]
    {
        let sandbox = Sandbox::new();
        let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
        person.reads(QUESTION);
        let columns = columns.try_into().unwrap();
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&person.terminal, size).unwrap();
        person.types(&format!("{}{}\n", sandbox.code(), " ".repeat(blanks)));
        let erased = person.reads("\x1b[J");
        let expected = format!("\r\n\x1b[{rows}A\r\x1b[J");
        assert!(erased.ends_with(&expected), "{erased:?} in {columns} columns");
        assert_eq!(person.leaves(), Some(0));
    }
}

#[test]
fn a_dumb_terminal_gets_no_escapes() {
    let mut sandbox = Sandbox::new();
    sandbox.set("TERM", "dumb");
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert!(!person.screen.contains('\x1b'));
}

#[test]
fn the_connection_is_made_while_the_person_types_and_is_the_one_that_is_used() {
    let mut sandbox = Sandbox::with_tls();
    sandbox.set("AWS_CA_BUNDLE", "~/ca.pem");
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    until(|| sandbox.asked() == ["HEAD"]);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
    assert_eq!(sandbox.sts().connections(), 1);
}

#[test]
fn a_connection_that_the_server_closes_meanwhile_is_made_anew() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Cut(Cut::AfterAnswer).on_probes());
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    until(|| sandbox.asked() == ["HEAD"]);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.sts().connections(), 2);
}

#[test]
fn a_server_that_dislikes_the_probe_still_gets_the_code() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Cut(Cut::Unread).on_probes());
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn a_wrong_code_is_asked_for_again() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.sts().wrong_code(ALICE.name)));
    let again = person.reads(QUESTION);
    let words = "that code is wrong, or was used already; the next one comes in ";
    assert!(again.contains(words), "{again}");
    person.types(&format!("{}\n", sandbox.code()));
    // What was wrong stands in a line of its own, which goes with the question.
    assert!(person.reads("\x1b[J").ends_with("\r\n\x1b[2A\r\x1b[J"), "{}", person.screen);
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is good until [TIME] ([LEFT] left)
"#]],
    );
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken AccessDenied", "GetSessionToken OK"]);
    assert_eq!(sandbox.sts().connections(), 1);
}

#[test]
fn three_wrong_codes_are_enough() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    let wrong = sandbox.sts().wrong_code(ALICE.name);
    for step in 0..3 {
        person.reads(QUESTION);
        let code = (wrong.parse::<u32>().unwrap() + step) % 1_000_000;
        person.types(&format!("{code:06}\n"));
    }
    person.is_left_with(&sandbox, str![[r#"
exit 4
--- stderr
mfa-session: error: STS refused the code for arn:aws:iam::123456789012:mfa/alice (AccessDenied, request [ID])
mfa-session: hint: each code works once, for about half a minute: give the next one
"#]]);
    assert_eq!(sandbox.asked().len(), 4);
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn a_code_that_was_refused_is_not_sent_again() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    let wrong = sandbox.sts().wrong_code(ALICE.name);
    person.reads(QUESTION);
    person.types(&format!("{wrong}\n"));
    person.reads(QUESTION);
    person.types(&format!("{wrong}\n"));
    assert!(person.reads(QUESTION).contains("that code was sent before"));
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken AccessDenied", "GetSessionToken OK"]);
}

#[test]
fn a_code_that_is_typed_again_counts_as_one_of_the_three() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    let wrong = sandbox.sts().wrong_code(ALICE.name);
    for _ in 0..3 {
        person.reads(QUESTION);
        person.types(&format!("{wrong}\n"));
    }
    person.is_left_with(&sandbox, str![[r#"
exit 4
--- stderr
mfa-session: error: STS refused the code for arn:aws:iam::123456789012:mfa/alice (AccessDenied, request [ID])
mfa-session: hint: each code works once, for about half a minute: give the next one
"#]]);
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken AccessDenied"]);
}

#[test]
fn what_is_no_code_is_asked_for_again_and_not_sent() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types("12345\n");
    assert!(person.reads(QUESTION).contains("an MFA code is six digits\r\nMFA code for"));
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
}

#[test]
fn what_is_not_utf_8_is_asked_for_again() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.terminal.write_all(b"123456\xff\n").unwrap();
    assert!(person.reads(QUESTION).contains("\n\x1b[1A\r\x1b[Jan MFA code is six digits\r\n"));
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
}

#[test]
fn standard_input_that_is_a_terminal_is_asked() {
    let sandbox = Sandbox::new();
    let program = format!("{PROGRAM} --code - --serial arn:aws:iam::123456789012:mfa/alice");
    let mut person = Person::runs_script(&sandbox, &format!("exec {program} >stdout 2>stderr"));
    assert_eq!(person.reads(QUESTION), FULL_QUESTION);
    person.types(&format!("{}\n", sandbox.sts().wrong_code(ALICE.name)));
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert!(!person.screen.contains('\x1b'));
}

#[test]
fn what_is_typed_before_the_question_is_no_answer() {
    let sandbox = Sandbox::new();
    let program = format!("{PROGRAM} --serial arn:aws:iam::123456789012:mfa/alice");
    let script = format!("read -r first; exec {program} >stdout 2>stderr");
    let mut person = Person::runs_script(&sandbox, &script);
    person.types(&format!("first\n{}\n", sandbox.sts().wrong_code(ALICE.name)));
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
}

#[test]
fn what_is_pasted_below_the_answer_is_left_to_no_shell() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("hello\n{}\necho pasted\n", sandbox.sts().wrong_code(ALICE.name)));
    person.reads(QUESTION);
    person.types(&format!("{}\necho pasted\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(ioctl_fionread(&person.its_side).unwrap(), 0);
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
}

#[test]
fn an_sts_that_cannot_be_reached_ends_the_question() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9");
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 5
--- stderr
mfa-session: error: 127.0.0.1:9 can't be reached: Connection refused (os error 111)
mfa-session: hint: is the network up, and the endpoint right?
mfa-session: hint: no code was used
"#]],
    );
}

#[test]
fn an_sts_that_never_answers_neither_delays_the_question_nor_gets_the_code() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Hang.on_probes());
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 5
--- stderr
mfa-session: error: STS did not answer in time
mfa-session: hint: try again in a moment
mfa-session: hint: no code was used
"#]],
    );
    assert_eq!(sandbox.asked(), ["HEAD"]);
}

#[test]
fn ctrl_c_leaves_the_terminal_and_the_files_as_they_were() {
    let sandbox = Sandbox::new();
    let before = sandbox.read("credentials");
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types("123\x03");
    assert_eq!(person.leaves(), None, "ended by the signal");
    assert!(person.echoes());
    assert_eq!(sandbox.read("credentials"), before);
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn the_end_of_input_is_no_code() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types("\x04");
    person.is_left_with(&sandbox, str![[r#"
exit 3
--- stderr
mfa-session: error: no code was typed
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt
"#]]);
}

#[test]
fn exports_are_asked_for_in_the_same_way() {
    let sandbox = Sandbox::new();
    let mut person =
        Person::runs(&sandbox, "--export --serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    let stdout = fs::read_to_string(sandbox.path("stdout")).unwrap();
    assert!(stdout.starts_with("export AWS_ACCESS_KEY_ID='ASIA"));
}

#[test]
#[should_panic(expected = "a secret is in")]
fn a_secret_on_the_terminal_is_found() {
    let sandbox = Sandbox::new();
    sandbox.hide(ALICE.serial_number);
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    person.leaves();
}

/// Somebody at a terminal in which the program runs, with standard output and error in files.
pub(crate) struct Person {
    terminal: File,
    /// While it is open, the terminal is.
    its_side: File,
    typed: Receiver<String>,
    /// What was not read yet.
    pub(crate) screen: String,
    /// All that was on the screen, and all that was typed.
    transcript: String,
    input: String,
    secrets: Arc<Secrets>,
    program: Child,
}

impl Person {
    pub(crate) fn runs(sandbox: &Sandbox, arguments: &str) -> Self {
        let redirected = "</dev/null >stdout 2>stderr";
        Self::runs_script(sandbox, &format!("exec {PROGRAM} {arguments} {redirected}"))
    }

    /// Standard input is the terminal.
    pub(crate) fn runs_script(sandbox: &Sandbox, script: &str) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
        let its_side = File::options().read(true).write(true).open(name).unwrap();

        // `setsid --ctty` makes standard input the terminal that /dev/tty is.
        let mut command = Command::new("setsid");
        // Who runs the tests in the background ignores Ctrl-C, and so would all below.
        command
            .args(["--ctty", "--wait", "env", "--default-signal=INT", "sh", "-c", script])
            .stdin(its_side.try_clone().unwrap());
        sandbox.surround(&mut command);
        let program = command.spawn().unwrap();

        let (sender, typed) = mpsc::channel();
        let mut reader = File::from(terminal.try_clone().unwrap());
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                if sender.send(text).is_err() {
                    break;
                }
            }
        });
        Self {
            terminal: terminal.into(),
            its_side,
            typed,
            screen: String::new(),
            transcript: String::new(),
            input: String::new(),
            secrets: sandbox.secrets(),
            program,
        }
    }

    /// What is on the screen, once this text has come that was not read before.
    pub(crate) fn reads(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.screen.find(text) {
                let rest = self.screen.split_off(at + text.len());
                return std::mem::replace(&mut self.screen, rest);
            }
            match self.typed.recv_timeout(PATIENCE) {
                Ok(more) => self.shows(&more),
                Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => {
                    panic!("{text:?} does not come, only {:?}", self.screen)
                }
            }
        }
    }

    /// The process that the script runs in.
    pub(crate) fn id(&self) -> u32 {
        self.program.id()
    }

    pub(crate) fn types(&mut self, text: &str) {
        self.input.push_str(text);
        self.terminal.write_all(text.as_bytes()).unwrap();
    }

    fn shows(&mut self, text: &str) {
        self.screen.push_str(text);
        self.transcript.push_str(text);
    }

    /// The terminal shows no secret but what is typed: that it echoes.
    fn search_for_secrets(&self) {
        let typed: String = self.input.split(' ').collect();
        let secrets = self.secrets.all().into_iter().filter(|secret| !typed.contains(secret));
        for secret in secrets {
            assert!(!self.transcript.contains(&secret), "a secret is in {:?}", self.transcript);
        }
    }

    /// The exit status, once the program has ended; `None` if a signal ended it.
    pub(crate) fn leaves(&mut self) -> Option<i32> {
        self.ends().code().filter(|code| *code < 128)
    }

    /// How the program ended, once it has.
    pub(crate) fn ends(&mut self) -> ExitStatus {
        let mut status = None;
        until(|| {
            status = self.program.try_wait().unwrap();
            status.is_some()
        });
        while let Ok(more) = self.typed.recv_timeout(Duration::from_millis(50)) {
            self.shows(&more);
        }
        self.search_for_secrets();
        status.unwrap()
    }

    #[track_caller]
    pub(crate) fn is_left_with(&mut self, sandbox: &Sandbox, snapshot: impl IntoData) {
        self.outcome(sandbox).matches(snapshot);
    }

    /// Waits for the program, whose output the script keeps in `stdout` and `stderr`.
    pub(crate) fn outcome(&mut self, sandbox: &Sandbox) -> Outcome {
        let outcome = Outcome {
            status: self.leaves().unwrap_or(-1),
            stdout: fs::read_to_string(sandbox.path("stdout")).unwrap(),
            stderr: sandbox.normalize(&fs::read_to_string(sandbox.path("stderr")).unwrap()),
        };
        sandbox.search_for_secrets(&outcome);
        outcome
    }

    /// Whether the terminal is as shells leave it: line by line, with echo.
    fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.terminal).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }
}

#[track_caller]
pub(crate) fn until(condition: impl FnMut() -> bool) {
    within(PATIENCE, condition);
}

/// Waits until it comes to pass, as long as this.
#[track_caller]
pub(crate) fn within(limit: Duration, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !condition() {
        assert!(Instant::now() < deadline, "it does not come to pass");
        thread::sleep(Duration::from_millis(10));
    }
}

const PATIENCE: Duration = Duration::from_secs(20);
