//! Where there is no terminal, the program in `MFA_SESSION_ASKPASS` prompts for the code.

use std::{
    fs::{self, Permissions},
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, BOB, BOBS_HARDWARE};
use regex_lite::Regex;
use snapbox::{assert_data_eq, str};

use crate::{
    prompt_lock::WAITING,
    readme,
    sandbox::{Outcome, PROGRAM, Sandbox, Table, good_until, keys, write_program},
    terminal::{Person, QUESTION, until, within},
    tools,
};

/// Adds its arguments to `~/prompts`, and prints the next line of `~/answers`.
const ASK: &str = r#"echo "$#: $*" >>~/prompts
echo >>~/count
sed -n "$(wc -l <~/count)p" ~/answers"#;

/// A sandbox with this shell script as the askpass program.
fn with_program(script: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.write("config", &format!("[default]\nmfa_serial = {}\n", ALICE.serial_number));
    let ask = sandbox.path("ask it");
    write_program(&ask, &format!("#!/bin/sh\n{script}\n"));
    sandbox.set("MFA_SESSION_ASKPASS", ask.to_str().unwrap());
    sandbox
}

/// A sandbox whose askpass program gives these answers.
fn with_answers(answers: &[&str]) -> Sandbox {
    let sandbox = with_program(ASK);
    fs::write(sandbox.path("answers"), answers.join("\n")).unwrap();
    sandbox
}

/// The prompts so far: the number of arguments and the text.
fn prompts(sandbox: &Sandbox) -> String {
    let prompts = fs::read_to_string(sandbox.path("prompts")).unwrap_or_default();
    let seconds = Regex::new(r"comes in \d+ s").unwrap();
    seconds.replace_all(&prompts, "comes in [SECONDS] s").into_owned()
}

fn codes_sent(sandbox: &Sandbox) -> usize {
    sandbox.asked().iter().filter(|asked| asked.starts_with("GetSessionToken")).count()
}

#[test]
fn prompts_without_a_terminal() {
    let sandbox = with_answers(&[]);
    fs::write(sandbox.path("answers"), sandbox.code()).unwrap();
    sandbox.run([]).wrote("default-mfa");
    assert_data_eq!(
        prompts(&sandbox),
        str![[r#"
1: MFA code for default (arn:aws:iam::123456789012:mfa/alice): 

"#]]
    );
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
    sandbox.run([]).wrote("default-mfa");
    assert_eq!(prompts(&sandbox).lines().count(), 1, "the session is reused");
}

#[test]
fn leaves_the_prompt_to_the_terminal() {
    let sandbox = with_answers(&["000000"]);
    let mut person = Person::runs(&sandbox, "");
    person.reads(QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(prompts(&sandbox), "");
}

/// Such as a process of an IDE that was started with `&` in a shell.
#[test]
fn prompts_in_the_background_of_a_terminal() {
    let sandbox = with_answers(&[]);
    fs::write(sandbox.path("answers"), sandbox.code()).unwrap();
    let script = format!("set -m; {PROGRAM} >stdout 2>stderr & wait $!");
    let mut person = Person::runs_script(&sandbox, &script);
    assert_eq!(person.outcome(&sandbox).stderr, good_until("default-mfa"));
    assert_eq!(prompts(&sandbox).lines().count(), 1);
    assert_eq!(person.screen, "");
}

#[test]
fn prompts_again_after_a_wrong_code_and_an_invalid_answer() {
    let sandbox = with_answers(&[]);
    let wrong = sandbox.sts().wrong_code(ALICE.name);
    let answers = format!("{wrong}\nhunter2\n\n{}\n", sandbox.code());
    fs::write(sandbox.path("answers"), answers).unwrap();
    sandbox.hide("hunter2");
    sandbox.run([]).wrote("default-mfa");
    assert_data_eq!(
        prompts(&sandbox),
        str![[r#"
1: MFA code for default (arn:aws:iam::123456789012:mfa/alice): 
1: that code is wrong, or was used already; the next one comes in [SECONDS] s
MFA code for default (arn:aws:iam::123456789012:mfa/alice): 
1: an MFA code is six digits
MFA code for default (arn:aws:iam::123456789012:mfa/alice): 
1: an MFA code is six digits
MFA code for default (arn:aws:iam::123456789012:mfa/alice): 

"#]]
    );
    assert_eq!(codes_sent(&sandbox), 2);
}

#[test]
fn stops_after_three_wrong_codes() {
    let sandbox = with_answers(&["000001", "000002", "000003", "000004"]);
    assert_eq!(sandbox.run([]).status, 4);
    assert_eq!(codes_sent(&sandbox), 3);
}

#[test]
fn reports_a_program_without_an_answer() {
    let mut table = Table::default();
    for script in [
        "echo 123456; exit 1",
        "kill -9 $$",
        "echo no display >&2; exit 2",
        "true",
        "printf '\\377\\376'",
        "yes 123456",
    ] {
        let sandbox = with_program(script);
        table.add(script, &sandbox.run([]));
        assert_eq!(codes_sent(&sandbox), 0, "{script}");
        assert_eq!(sandbox.files(), ["config", "credentials"]);
    }
    let mut sandbox = with_program("");
    fs::write(sandbox.path("ask it"), "no program").unwrap();
    table.add("no program", &sandbox.run([]).replace("ask it", "ASK"));
    fs::set_permissions(sandbox.path("ask it"), Permissions::from_mode(0o644)).unwrap();
    table.add("not executable", &sandbox.run([]).replace("ask it", "ASK"));
    for program in ["~/nowhere", "zenity --entry --text"] {
        sandbox.set("MFA_SESSION_ASKPASS", program);
        table.add(program, &sandbox.run([]));
    }
    table.matches(str![[r#"
=== echo 123456; exit 1
exit 3
--- stderr
mfa-session: error: no code was entered: the askpass program ~/ask it (MFA_SESSION_ASKPASS) ended with exit status: 1
mfa-session: hint: if you cancelled its dialog, run mfa-session again
mfa-session: hint: if there was no dialog, run the askpass program yourself to see why

=== kill -9 $$
exit 3
--- stderr
mfa-session: error: no code was entered: the askpass program ~/ask it (MFA_SESSION_ASKPASS) ended with signal: 9 (SIGKILL)
mfa-session: hint: if you cancelled its dialog, run mfa-session again
mfa-session: hint: if there was no dialog, run the askpass program yourself to see why

=== echo no display >&2; exit 2
exit 3
--- stderr
no display
mfa-session: error: no code was entered: the askpass program ~/ask it (MFA_SESSION_ASKPASS) ended with exit status: 2
mfa-session: hint: if you cancelled its dialog, run mfa-session again
mfa-session: hint: if there was no dialog, run the askpass program yourself to see why

=== true
exit 3
--- stderr
mfa-session: error: no code was entered: the askpass program ~/ask it (MFA_SESSION_ASKPASS) printed no six digits
mfa-session: hint: enter the code that the MFA device shows; the program must print only the code

=== printf '\377\376'
exit 3
--- stderr
mfa-session: error: no code was entered: the askpass program ~/ask it (MFA_SESSION_ASKPASS) printed no six digits
mfa-session: hint: enter the code that the MFA device shows; the program must print only the code

=== yes 123456
exit 3
--- stderr
mfa-session: error: no code was entered: the askpass program ~/ask it (MFA_SESSION_ASKPASS) ended with exit status: 141
mfa-session: hint: if you cancelled its dialog, run mfa-session again
mfa-session: hint: if there was no dialog, run the askpass program yourself to see why

=== no program
exit 3
--- stderr
mfa-session: error: cannot start the askpass program ~/ASK (MFA_SESSION_ASKPASS): Exec format error (os error 8)
mfa-session: hint: set MFA_SESSION_ASKPASS to the path of a program, without arguments

=== not executable
exit 3
--- stderr
mfa-session: error: cannot start the askpass program ~/ASK (MFA_SESSION_ASKPASS): Permission denied (os error 13)
mfa-session: hint: make it executable with chmod +x

=== ~/nowhere
exit 3
--- stderr
mfa-session: error: cannot start the askpass program ~/nowhere (MFA_SESSION_ASKPASS): No such file or directory (os error 2)
mfa-session: hint: set MFA_SESSION_ASKPASS to the path of a program, without arguments

=== zenity --entry --text
exit 3
--- stderr
mfa-session: error: cannot start the askpass program zenity --entry --text (MFA_SESSION_ASKPASS): No such file or directory (os error 2)
mfa-session: hint: set MFA_SESSION_ASKPASS to the path of a program, without arguments
"#]]);
}

#[test]
fn no_prompt_forbids_the_dialog() {
    let mut sandbox = with_answers(&[]);
    fs::write(sandbox.path("answers"), sandbox.code()).unwrap();
    sandbox.run(["--no-prompt"]).matches(str![[r#"
exit 3
--- stderr
mfa-session: error: a code is needed, but --no-prompt forbids the prompt
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, with --code-command, or, without --no-prompt, at a terminal or with MFA_SESSION_ASKPASS
"#]]);
    sandbox.set("MFA_SESSION_NO_PROMPT", "1");
    assert_eq!(sandbox.run([]).status, 3);
    assert_eq!(prompts(&sandbox), "");
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn other_sources_of_a_code_come_first() {
    let mut sandbox = with_answers(&["000000"]);
    sandbox.get([]).wrote("default-mfa");
    let code = sandbox.code();
    sandbox.set("MFA_SESSION_CODE_COMMAND", "false");
    assert_eq!(sandbox.run(["--force"]).status, 3);
    sandbox.set("MFA_SESSION_CODE_COMMAND", "").set("MFA_SESSION_CODE", code);
    assert_eq!(sandbox.run(["--force"]).status, 0);
    assert_eq!(prompts(&sandbox), "");
}

#[test]
fn dry_run_shows_the_program() {
    let mut sandbox = with_answers(&[]);
    sandbox.set("MFA_SESSION_ASKPASS", "~/ask it");
    let outcome = sandbox.run(["--dry-run"]);
    let lines: Vec<&str> = outcome.stdout.lines().filter(|line| line.contains("ASKPASS")).collect();
    assert_data_eq!(
        lines.join("\n"),
        str![[r#"
MFA code                     prompt of the askpass program                  MFA_SESSION_ASKPASS
askpass program              ~/ask it                                       MFA_SESSION_ASKPASS
"#]]
    );
    assert_eq!(prompts(&sandbox), "");
}

#[test]
fn prompts_for_one_of_several_devices() {
    let sandbox = with_answers(&[]);
    let bobs = format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        BOB.access_key_id, BOB.secret_access_key
    );
    sandbox.write("credentials", &bobs);
    sandbox.write("config", "");
    sandbox.hide(BOB.secret_access_key);
    let code = sandbox.sts().code(BOBS_HARDWARE);
    sandbox.hide(&code);
    fs::write(sandbox.path("answers"), format!("3\n2\n{code}\n")).unwrap();
    assert_eq!(sandbox.run([]).status, 0);
    assert_data_eq!(
        prompts(&sandbox),
        str![[r#"
1:   1  arn:aws:iam::123456789012:mfa/bob
  2  GAHT12345678
which MFA device? 1 to 2: 
1:   1  arn:aws:iam::123456789012:mfa/bob
  2  GAHT12345678
which MFA device? 1 to 2: 
1: MFA code for default (GAHT12345678): 

"#]]
    );

    // Without the session, nothing remembers the device.
    assert_eq!(sandbox.run(["clear"]).status, 0);
    fs::write(sandbox.path("answers"), "a\n\n0\n").unwrap();
    fs::remove_file(sandbox.path("count")).unwrap();
    sandbox.run([]).matches(str![[r#"
exit 3
--- stderr
mfa-session: ignoring MFA devices that STS does not accept: arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5
mfa-session: error: no choice was made
mfa-session: hint: enter the number of an option
"#]]);
}

#[test]
fn ends_the_dialog_when_the_endpoint_is_unreachable() {
    let mut sandbox = with_program("echo $$ >~/id; exec sleep 60");
    sandbox.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let start = Instant::now();
    sandbox.run([]).matches(str![[r#"
exit 5
--- stderr
mfa-session: error: cannot reach 127.0.0.1:9: Connection refused (os error 111)
mfa-session: hint: check the network and the endpoint
mfa-session: hint: no code was used
"#]]);
    assert!(start.elapsed() < Duration::from_secs(25));
    // The program may have ended before it wrote its id.
    if let Ok(id) = fs::read_to_string(sandbox.path("id")) {
        assert!(!Command::new("kill").args(["-0", id.trim()]).status().unwrap().success());
    }
}

/// Ten processes, as an IDE starts them: one dialog, and one code.
#[test]
fn one_dialog_serves_ten_processes() {
    let sandbox = with_program(&format!("{ASK}; while ! [ -e ~/go ]; do sleep 0.1; done"));
    sandbox.write("credentials", &keys("work"));
    sandbox.write("config", &format!("[profile work]\nmfa_serial = {}\n", ALICE.serial_number));
    fs::write(sandbox.path("answers"), sandbox.code()).unwrap();
    let start = |_| {
        let mut command = sandbox.command(PROGRAM);
        command.args(["--profile", "work", "--format", "process", "--write"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let processes: Vec<_> = (0..10).map(start).collect();
    until(|| prompts(&sandbox).lines().count() == 1);
    thread::sleep(Duration::from_millis(300));
    fs::write(sandbox.path("go"), "").unwrap();
    let outcomes: Vec<Outcome> =
        processes.into_iter().map(|process| sandbox.finish(process)).collect();
    assert!(outcomes.iter().all(|outcome| outcome.status == 0), "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| outcome.stdout.contains("\"SessionToken\"")));
    let waited = outcomes.iter().filter(|outcome| outcome.stderr.starts_with(WAITING)).count();
    assert!(waited > 0);
    // An SDK may show each message: only the process that sent the code has news.
    let announced = outcomes.iter().filter(|it| it.stderr.ends_with(&good_until("work-mfa")));
    assert_eq!(announced.count(), 1);
    assert_eq!((prompts(&sandbox).lines().count(), codes_sent(&sandbox)), (1, 1));
}

/// Its code is not sent, whatever it is.
#[test]
fn a_dialog_answered_after_another_run_got_the_session_takes_that_session() {
    let sandbox =
        with_program("touch ~/open; while ! test -e ~/go; do sleep 0.1; done; echo 000000");
    let mut command = sandbox.command(PROGRAM);
    command.arg("--export").stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    until(|| sandbox.path("open").exists());
    sandbox.run(["--code", &sandbox.code()]).wrote("default-mfa");
    fs::write(sandbox.path("go"), "").unwrap();
    let outcome = sandbox.finish(child);
    assert_eq!((outcome.status, &*outcome.stderr), (0, &*good_until("default-mfa")));
    let id = sandbox.value("default-mfa", "aws_access_key_id").unwrap();
    assert!(outcome.stdout.contains(&id), "{outcome:?}");
    assert_eq!(codes_sent(&sandbox), 1);
}

#[test]
#[ignore = "waits for the time limit of two minutes"]
fn ends_the_dialog_after_two_minutes() {
    let table = thread::scope(|scope| {
        let runs = [[].as_slice(), &["--code-command", "sleep 600"]].map(|arguments| {
            scope.spawn(move || {
                let sandbox = with_program("exec sleep 600");
                let mut command = sandbox.command(PROGRAM);
                command.args(arguments);
                (arguments.join(" "), sandbox.outcome(command, ""))
            })
        });
        Table::of(runs.map(|run| run.join().unwrap()))
    });
    table.matches(str![[r#"
=== 
exit 3
--- stderr
mfa-session: error: no answer within 2 minutes from the askpass program ~/ask it (MFA_SESSION_ASKPASS)
mfa-session: hint: run mfa-session again, and answer the dialog

=== --code-command sleep 600
exit 3
--- stderr
mfa-session: error: the code command (--code-command) did not end within 2 minutes
mfa-session: hint: run it yourself to see what it waits for
"#]]);
}

/// An X server without a screen, and without a window manager. Ends when dropped.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Option<Self> {
        let mut server = Command::new(tools::program("Xvfb")?)
            // No repeated keys: on a busy machine, they would answer the next dialog.
            .args(["-r", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "800x600x24"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Some(Self { server, name: format!(":{}", number.trim()) })
    }

    /// Waits for a dialog of the program, and types into it. `false` if the program ends without.
    fn types(&self, program: &mut Child, commands: &[&[&str]]) -> bool {
        let xdotool = |arguments: &[&str]| {
            let mut command = Command::new("xdotool");
            command.args(arguments).env("DISPLAY", &self.name).output().unwrap().stdout
        };
        let dialog = || xdotool(&["search", "--onlyvisible", "--name", "^mfa-session$"]);
        let mut has_ended = false;
        // On a busy machine, zenity needs half a minute to start.
        within(Duration::from_secs(90), || {
            has_ended = program.try_wait().unwrap().is_some();
            has_ended || !dialog().is_empty()
        });
        if has_ended {
            return false;
        }
        // The window appears before it takes keys.
        thread::sleep(Duration::from_millis(500));
        for command in commands {
            xdotool(command);
        }
        true
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn zenity_prompts_with_the_script_of_the_guide() {
    if [tools::program("zenity"), tools::program("xdotool")].contains(&None) {
        return;
    }
    let mut blocks = readme::blocks().into_iter();
    let script = blocks.find(|block| block.starts_with("#!/bin/sh\nexec zenity")).unwrap();
    // On a busy machine, zenity sometimes ends at its start.
    let failed: Vec<_> = (0..3).map_while(|_| prompt_with_zenity(&script).err()).collect();
    assert!(failed.len() < 3, "{failed:#?}");
}

/// Cancels a dialog, then types a wrong code and a right one. The error is the outcome of a program
/// that ended before its dialog appeared.
fn prompt_with_zenity(script: &str) -> Result<(), Outcome> {
    let Some(display) = Display::start() else { return Ok(()) };
    let mut sandbox = with_program("");
    write_program(&sandbox.path("ask it"), script);
    sandbox.set("DISPLAY", &*display.name).set("NO_AT_BRIDGE", "1");
    let start = || {
        let mut command = sandbox.command(PROGRAM);
        command.arg("--export").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };

    let mut child = start();
    let is_prompted = display.types(&mut child, &[&["key", "Escape"]]);
    let outcome = sandbox.finish(child);
    if !is_prompted {
        return Err(outcome);
    }
    assert_eq!((outcome.status, &*outcome.stdout), (3, "false;\n"), "{outcome:?}");
    assert!(outcome.stderr.contains("no code was entered"), "{outcome:?}");

    let mut child = start();
    let wrong = sandbox.sts().wrong_code(ALICE.name);
    let mut is_prompted = display.types(&mut child, &[&["type", &wrong], &["key", "Return"]]);
    if is_prompted {
        until(|| codes_sent(&sandbox) == 1);
        let code = sandbox.code();
        is_prompted = display.types(&mut child, &[&["type", &code], &["key", "Return"]]);
    }
    let outcome = sandbox.finish(child);
    if !is_prompted {
        return Err(outcome);
    }
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(codes_sent(&sandbox), 2);
    Ok(())
}
