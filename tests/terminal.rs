//! The prompt for a code: it appears on the terminal even when all streams are redirected, and the
//! program connects to STS meanwhile.

mod device_choice;
mod next_step;
mod progress;
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

/// The end of the prompt, for any owner of the keys.
pub(crate) const QUESTION: &str = "(arn:aws:iam::123456789012:mfa/alice): ";

/// The prompt for the keys of the profile `default`.
pub(crate) const FULL_QUESTION: &str =
    "MFA code for default (arn:aws:iam::123456789012:mfa/alice): ";

#[test]
fn prompts_on_the_terminal_when_all_streams_are_redirected() {
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
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]],
    );
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
}

#[test]
fn prompt_names_a_key_from_variables_by_its_id() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    let start = format!("MFA code for {} ", ALICE.access_key_id);
    assert_eq!(person.reads(QUESTION), start + QUESTION);
}

#[test]
fn prompt_escapes_control_characters() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ACCESS_KEY_ID", "AKIA\u{9b}2J").set("AWS_SECRET_ACCESS_KEY", "x");
    let mut person = Person::runs(&sandbox, "--serial GAHT12345678");
    let prompt = "MFA code for AKIA\\u{9b}2J (GAHT12345678): ";
    assert_eq!(person.reads(prompt), prompt);
}

#[test]
fn erases_the_answered_prompt() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    // After the echo of the code the cursor moves up to the prompt and clears.
    assert!(person.reads("\x1b[J").ends_with("\r\n\x1b[1A\r\x1b[J"));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn erases_every_row_of_prompt_and_answer() {
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
fn sends_no_escapes_to_a_dumb_terminal() {
    let mut sandbox = Sandbox::new();
    sandbox.set("TERM", "dumb");
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert!(!person.screen.contains('\x1b'));
}

#[test]
fn connects_during_the_prompt_and_uses_that_connection() {
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
fn reconnects_when_the_server_closes_the_connection() {
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
fn sends_the_code_after_a_failed_probe() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Cut(Cut::Unread).on_probes());
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn prompts_again_after_a_wrong_code() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.sts().wrong_code(ALICE.name)));
    let again = person.reads(QUESTION);
    let problem = "that code is wrong, or was used already; the next one comes in ";
    assert!(again.contains(problem), "{again}");
    person.types(&format!("{}\n", sandbox.code()));
    // The message has a row of its own, which is erased with the prompt.
    assert!(person.reads("\x1b[J").ends_with("\r\n\x1b[2A\r\x1b[J"), "{}", person.screen);
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]],
    );
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken AccessDenied", "GetSessionToken OK"]);
    assert_eq!(sandbox.sts().connections(), 1);
}

#[test]
fn stops_after_three_wrong_codes() {
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
mfa-session: error: STS rejected the code for arn:aws:iam::123456789012:mfa/alice (AccessDenied, request [ID])
mfa-session: hint: each code works once, for about half a minute: give the next one
"#]]);
    assert_eq!(sandbox.asked().len(), 4);
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn does_not_resend_a_rejected_code() {
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
fn counts_a_repeated_code_as_an_attempt() {
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
mfa-session: error: STS rejected the code for arn:aws:iam::123456789012:mfa/alice (AccessDenied, request [ID])
mfa-session: hint: each code works once, for about half a minute: give the next one
"#]]);
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken AccessDenied"]);
}

#[test]
fn prompts_again_for_an_invalid_code_without_sending_it() {
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
fn prompts_again_after_invalid_utf_8() {
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
fn prompts_when_stdin_is_a_terminal() {
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
fn ignores_input_typed_before_the_prompt() {
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
fn discards_lines_pasted_after_the_answer() {
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
fn an_unreachable_sts_ends_the_prompt() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9");
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 5
--- stderr
mfa-session: error: cannot reach 127.0.0.1:9: Connection refused (os error 111)
mfa-session: hint: check the network and the endpoint
mfa-session: hint: no code was used
"#]],
    );
}

/// Some services and proxies never answer `HEAD`.
#[test]
fn sends_the_code_where_only_the_probe_hangs() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Hang.on_probes());
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    let start = Instant::now();
    assert_eq!(person.leaves(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
    assert_eq!(sandbox.sts().connections(), 2);
}

#[test]
fn ctrl_c_leaves_terminal_and_files_unchanged() {
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
fn fails_at_the_end_of_input() {
    let sandbox = Sandbox::new();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types("\x04");
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 3
--- stderr
mfa-session: error: no code was entered
mfa-session: hint: run the command again, and type the six digits that your MFA device shows
"#]],
    );
}

#[test]
fn prompts_for_exports() {
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
fn person_finds_a_secret_on_the_terminal() {
    let sandbox = Sandbox::new();
    sandbox.hide(ALICE.serial_number);
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    person.leaves();
}

/// A person at a terminal in which the program runs. Standard output and error go to files.
pub(crate) struct Person {
    terminal: File,
    /// The program's side. While it is open, so is the terminal.
    its_side: File,
    output: Receiver<String>,
    /// The output that was not read yet.
    pub(crate) screen: String,
    /// All output so far.
    transcript: String,
    /// All input so far.
    input: String,
    secrets: Arc<Secrets>,
    program: Child,
}

impl Drop for Person {
    /// A program that still waits for an answer must not outlive its test.
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Person {
    pub(crate) fn runs(sandbox: &Sandbox, arguments: &str) -> Self {
        let redirected = "</dev/null >stdout 2>stderr";
        Self::runs_script(sandbox, &format!("exec {PROGRAM} {arguments} {redirected}"))
    }

    /// Standard input is the terminal.
    pub(crate) fn runs_script(sandbox: &Sandbox, script: &str) -> Self {
        let terminal =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
        let its_side = File::options().read(true).write(true).open(name).unwrap();

        // `setsid --ctty` makes standard input the terminal that /dev/tty is.
        let mut command = Command::new("setsid");
        // Tests that run in the background ignore Ctrl-C, and child processes inherit that.
        command
            .args(["--ctty", "--wait", "env", "--default-signal=INT", "sh", "-c", script])
            .stdin(its_side.try_clone().unwrap());
        sandbox.surround(&mut command);
        let program = command.spawn().unwrap();

        let (sender, output) = mpsc::channel();
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
            output,
            screen: String::new(),
            transcript: String::new(),
            input: String::new(),
            secrets: sandbox.secrets(),
            program,
        }
    }

    /// Waits for this text. Returns the unread output up to its end.
    pub(crate) fn reads(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.screen.find(text) {
                let rest = self.screen.split_off(at + text.len());
                return std::mem::replace(&mut self.screen, rest);
            }
            match self.output.recv_timeout(PATIENCE) {
                Ok(more) => self.shows(&more),
                Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => {
                    panic!("{text:?} does not appear, only {:?}", self.screen)
                }
            }
        }
    }

    /// Returns what the script, which ends with [`STAY`], has shown.
    #[track_caller]
    pub(crate) fn finishes(&mut self) -> String {
        let end = "exit 0\r\n";
        let mut shown = self.reads(end);
        shown.truncate(shown.len() - end.len());
        self.types("\n");
        assert_eq!(self.leaves(), Some(0));
        shown
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

    /// The terminal shows no secret, except those that it echoes.
    fn search_for_secrets(&self) {
        let typed: String = self.input.split(' ').collect();
        let secrets = self.secrets.all().into_iter().filter(|secret| !typed.contains(secret));
        for secret in secrets {
            assert!(!self.transcript.contains(&secret), "a secret is in {:?}", self.transcript);
        }
    }

    /// Waits for the exit status; `None` if a signal ended the program.
    pub(crate) fn leaves(&mut self) -> Option<i32> {
        self.ends().code().filter(|code| *code < 128)
    }

    /// Waits until the program has ended.
    pub(crate) fn ends(&mut self) -> ExitStatus {
        let mut status = None;
        until(|| {
            status = self.program.try_wait().unwrap();
            status.is_some()
        });
        while let Ok(more) = self.output.recv_timeout(Duration::from_millis(50)) {
            self.shows(&more);
        }
        self.search_for_secrets();
        status.unwrap()
    }

    #[track_caller]
    pub(crate) fn is_left_with(&mut self, sandbox: &Sandbox, snapshot: impl IntoData) {
        self.outcome(sandbox).matches(snapshot);
    }

    /// Waits for the program, whose output the script writes to `stdout` and `stderr`.
    pub(crate) fn outcome(&mut self, sandbox: &Sandbox) -> Outcome {
        let outcome = Outcome {
            status: self.leaves().unwrap_or(-1),
            stdout: fs::read_to_string(sandbox.path("stdout")).unwrap(),
            stderr: sandbox.normalize(&fs::read_to_string(sandbox.path("stderr")).unwrap()),
        };
        sandbox.search_for_secrets(&outcome);
        outcome
    }

    /// Whether the terminal has a shell's settings: line by line, with echo.
    pub(crate) fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.terminal).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }
}

#[track_caller]
pub(crate) fn until(condition: impl FnMut() -> bool) {
    within(PATIENCE, condition);
}

/// Waits for the condition, up to this limit.
#[track_caller]
pub(crate) fn within(limit: Duration, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !condition() {
        assert!(Instant::now() < deadline, "the condition is still false after {limit:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Keeps the terminal open at the end of a script: when it closes, Linux drops unread output.
pub(crate) const STAY: &str = "echo \"exit $?\" >/dev/tty; read -r _ </dev/tty";

const PATIENCE: Duration = Duration::from_secs(20);
