//! Processes that need the same session take turns: one holds the lock and prompts for a code, the
//! others wait and reuse its session.

use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command},
};

use loopback_sts::{ALICE, BOB};
use snapbox::str;

use crate::{
    sandbox::{Outcome, PROGRAM, Sandbox, good_until, keys},
    terminal::{Person, QUESTION, until},
};

pub(crate) const WAITING: &str =
    "mfa-session: waiting for another mfa-session to get the session of [work-mfa]\n";

/// A sandbox with the keys in `[work]` and a profile for each of ten roles.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("credentials", &keys("work"));
    let teams = (0..10).map(|number| {
        let role = sandbox.sts().role_arn(&format!("team-{number}"));
        format!("[profile team-{number}]\nrole_arn = {role}\nsource_profile = work\n")
    });
    let keys = format!("[profile work]\nmfa_serial = {}\n", ALICE.serial_number);
    let config: String = [keys].into_iter().chain(teams).collect();
    sandbox.write("config", &config);
    sandbox
}

/// A process without a terminal that writes its output to files.
struct Process<'a> {
    sandbox: &'a Sandbox,
    name: String,
    child: Child,
}

impl<'a> Process<'a> {
    fn start(sandbox: &'a Sandbox, name: &str, arguments: &[&str]) -> Self {
        let file = |stream: &str| File::create(sandbox.path(&format!("{stream}-{name}"))).unwrap();
        let mut command = sandbox.command(PROGRAM);
        command.args(arguments).stdout(file("stdout")).stderr(file("stderr"));
        Self { sandbox, name: name.to_owned(), child: command.spawn().unwrap() }
    }

    fn stderr(&self) -> String {
        stderr(self.sandbox, &self.name)
    }

    fn waits(&self) {
        until(|| self.stderr() == WAITING);
    }

    fn leaves(mut self) -> Outcome {
        let mut status = None;
        until(|| {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let stdout = self.sandbox.path(&format!("stdout-{}", self.name));
        Outcome {
            status: status.unwrap().code().unwrap_or(-1),
            stdout: fs::read_to_string(stdout).unwrap(),
            stderr: self.stderr(),
        }
    }
}

/// The standard error of a process so far.
fn stderr(sandbox: &Sandbox, name: &str) -> String {
    let text = fs::read_to_string(sandbox.path(&format!("stderr-{name}")));
    sandbox.normalize(&text.unwrap_or_default())
}

/// The number of codes that were sent.
fn codes_sent(sandbox: &Sandbox) -> usize {
    sandbox.asked().iter().filter(|asked| asked.starts_with("GetSessionToken")).count()
}

#[test]
fn ten_roles_at_once_need_one_code() {
    let sandbox = sandbox();
    let mut person = Person::runs(&sandbox, "--profile team-0");
    person.reads(QUESTION);
    let teams: Vec<String> = (1..10).map(|number| format!("team-{number}")).collect();
    let start = |team: &String| Process::start(&sandbox, team, &["--profile", team]);
    let others: Vec<Process<'_>> = teams.iter().map(start).collect();
    others.iter().for_each(Process::waits);
    person.types(&format!("{}\n", sandbox.code()));
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 0
--- stderr
mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: [team-0-mfa] is valid until [TIME] ([LEFT] left)
"#]],
    );
    for (other, team) in others.into_iter().zip(&teams) {
        let expected =
            format!("{WAITING}{}{}", good_until("work-mfa"), good_until(&format!("{team}-mfa")));
        other.leaves().printed(&expected);
    }
    assert_eq!(codes_sent(&sandbox), 1);
    assert_eq!(sandbox.files(), ["config", "credentials"]);
}

#[test]
fn ten_processes_on_one_terminal_need_one_code() {
    for arguments in ["team-$n", "work"] {
        let sandbox = sandbox();
        let script = format!(
            "for n in 0 1 2 3 4 5 6 7 8 9; do\n\
             {PROGRAM} --profile {arguments} </dev/null >stdout-$n 2>stderr-$n & done; wait"
        );
        let mut person = Person::runs_script(&sandbox, &script);
        person.reads(QUESTION);
        person.types(&format!("{}\n", sandbox.code()));
        assert_eq!(person.leaves(), Some(0));
        assert!(!person.screen.contains(QUESTION));
        for number in 0..10 {
            let profile = arguments.replace("$n", &number.to_string());
            let stderr = stderr(&sandbox, &number.to_string());
            assert!(stderr.ends_with(&good_until(&format!("{profile}-mfa"))), "{stderr}");
        }
        assert_eq!(codes_sent(&sandbox), 1);
        assert_eq!(sandbox.files(), ["config", "credentials"]);
    }
}

#[test]
fn ten_processes_for_one_session_need_one_code() {
    let sandbox = sandbox();
    let mut person = Person::runs(&sandbox, "--profile work");
    person.reads(QUESTION);
    let start = |number: u8| {
        Process::start(&sandbox, &number.to_string(), &["--profile", "work", "--export", "--write"])
    };
    let others: Vec<Process<'_>> = (1..10).map(start).collect();
    others.iter().for_each(Process::waits);
    person.types(&format!("{}\n", sandbox.code()));
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 0
--- stderr
mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)
"#]],
    );
    let id = sandbox.value("work-mfa", "aws_access_key_id").unwrap();
    for other in others {
        let outcome = other.leaves();
        assert_eq!(
            (outcome.status, outcome.stderr),
            (0, WAITING.to_owned() + &good_until("work-mfa"))
        );
        assert!(outcome.stdout.contains(&format!("export AWS_ACCESS_KEY_ID='{id}';\n")));
    }
    assert_eq!(codes_sent(&sandbox), 1);
}

#[test]
fn waiting_process_does_not_prompt() {
    let sandbox = sandbox();
    let mut first = person(&sandbox, "first", "--profile team-0");
    first.reads(QUESTION);
    let mut second = person(&sandbox, "second", "--profile team-1");
    until(|| stderr(&sandbox, "second") == WAITING);
    first.types(&format!("{}\n", sandbox.code()));
    assert_eq!((first.leaves(), second.leaves()), (Some(0), Some(0)));
    assert_eq!(second.screen, "");
    assert_eq!(codes_sent(&sandbox), 1);
}

#[test]
fn next_process_prompts_after_the_first_is_killed() {
    let sandbox = sandbox();
    let mut first = person(&sandbox, "first", "--profile team-0");
    first.reads(QUESTION);
    let mut second = person(&sandbox, "second", "--profile team-1");
    let third = Process::start(&sandbox, "third", &["--profile", "team-2"]);
    until(|| stderr(&sandbox, "second") == WAITING);
    third.waits();
    // Either waiting process may be next. The third has no terminal: it fails, and the second
    // prompts.
    let id = fs::read_to_string(sandbox.path("id-first")).unwrap();
    assert!(Command::new("kill").args(["-KILL", id.trim()]).status().unwrap().success());
    assert_eq!(first.leaves(), None, "ended by the signal");
    second.reads(QUESTION);
    second.types(&format!("{}\n", sandbox.code()));
    assert_eq!(second.leaves(), Some(0));
    assert!([0, 3].contains(&third.leaves().status));
    assert_eq!(codes_sent(&sandbox), 1);
    assert_eq!(sandbox.files(), ["config", "credentials"]);
}

#[test]
fn next_process_prompts_after_the_first_gives_up() {
    for end in ["\x04", "\x03"] {
        let sandbox = sandbox();
        let mut first = person(&sandbox, "first", "--profile work");
        first.reads(QUESTION);
        let mut second = person(&sandbox, "second", "--profile work");
        until(|| stderr(&sandbox, "second") == WAITING);
        first.types(end);
        assert_ne!(first.leaves(), Some(0));
        second.reads(QUESTION);
        second.types(&format!("{}\n", sandbox.code()));
        assert_eq!(second.leaves(), Some(0));
        assert_eq!(stderr(&sandbox, "second"), WAITING.to_owned() + &good_until("work-mfa"));
    }
}

#[test]
fn code_given_to_ten_processes_is_sent_once() {
    for profile in ["team-", "work"] {
        let sandbox = sandbox();
        let code = sandbox.code();
        let profiles: Vec<String> = (0..10)
            .map(|number| match profile {
                "work" => "work".to_owned(),
                team => format!("{team}{number}"),
            })
            .collect();
        let start = |(number, profile): (usize, &String)| {
            let arguments = ["--profile", profile, "--code", &code];
            Process::start(&sandbox, &number.to_string(), &arguments)
        };
        let all: Vec<Process<'_>> = profiles.iter().enumerate().map(start).collect();
        for (process, profile) in all.into_iter().zip(&profiles) {
            let outcome = process.leaves();
            assert_eq!((outcome.status, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
            // Chance decides whether it waits, and whether it gets or reuses the MFA session.
            let mut stderr = outcome.stderr.replace(WAITING, "");
            if profile != "work" {
                stderr = stderr.replace(&good_until("work-mfa"), "");
            }
            assert_eq!(stderr, good_until(&format!("{profile}-mfa")));
        }
        assert_eq!(codes_sent(&sandbox), 1);
        assert_eq!(sandbox.files(), ["config", "credentials"]);
    }
}

#[test]
fn a_given_code_does_not_wait_for_a_prompt() {
    let sandbox = sandbox();
    let mut person = Person::runs(&sandbox, "--profile work");
    person.reads(QUESTION);
    let code = sandbox.code();
    let started = std::time::Instant::now();
    sandbox.run(["--profile", "work", "--code", &code]).wrote("work-mfa");
    assert!(started.elapsed().as_secs() < 15);
    // The person's code is not sent: the session is there already.
    person.types("000000\n");
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 0
--- stderr
mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)
"#]],
    );
    assert_eq!(codes_sent(&sandbox), 1);
}

#[test]
fn code_on_standard_input_serves_waiting_processes() {
    let sandbox = sandbox();
    let code = sandbox.code();
    let pipe = sandbox.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut command = sandbox.command("sh");
    let holder = format!("exec {PROGRAM} --profile team-0 --code - <pipe >stdout 2>stderr");
    let mut holder = command.args(["-c", &holder]).spawn().unwrap();
    // This blocks until the other end is open.
    let code_pipe = File::options().write(true).open(&pipe).unwrap();
    until(|| lock_is_held(&sandbox));
    let start = |number: u8| {
        let team = format!("team-{number}");
        Process::start(&sandbox, &team, &["--profile", &team])
    };
    let others: Vec<Process<'_>> = (1..10).map(start).collect();
    others.iter().for_each(Process::waits);
    std::io::Write::write_all(&mut &code_pipe, format!("{code}\n").as_bytes()).unwrap();
    assert_eq!(holder.wait().unwrap().code(), Some(0));
    for (other, number) in others.into_iter().zip(1..) {
        let of_role = good_until(&format!("team-{number}-mfa"));
        other.leaves().printed(&format!("{WAITING}{}{of_role}", good_until("work-mfa")));
    }
    assert_eq!(codes_sent(&sandbox), 1);
}

/// Whether a process holds the lock, according to the kernel.
pub(crate) fn lock_is_held(sandbox: &Sandbox) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let files = fs::read_dir(sandbox.path(".cache/mfa-session"));
    let locks = fs::read_to_string("/proc/locks").unwrap();
    files.into_iter().flatten().any(|file| {
        let inode = format!(":{} ", file.unwrap().metadata().unwrap().ino());
        locks.contains(&inode)
    })
}

#[test]
fn does_not_wait_for_other_sessions() {
    let sandbox = sandbox();
    let bobs = format!(
        "[bob]\naws_access_key_id = {}\naws_secret_access_key = {}\nmfa_serial = {}\n",
        BOB.access_key_id, BOB.secret_access_key, BOB.serial_number
    );
    sandbox.write("credentials", &(keys("work") + &bobs));
    let mut person = Person::runs(&sandbox, "--profile work");
    person.reads(QUESTION);
    let code = sandbox.sts().code(BOB.name);
    sandbox.hide(&code);
    sandbox.run(["--profile", "bob", "--code", &code]).wrote("bob-mfa");
    // Other processes do not find an exported session: no lock is needed.
    let printed = sandbox.run(["--profile", "work", "--export", "--no-prompt"]);
    assert_eq!(printed.status, 3);
    assert!(!printed.stderr.contains("waiting"), "{printed:?}");
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn does_not_wait_with_no_prompt() {
    let sandbox = sandbox();
    let mut person = Person::runs(&sandbox, "--profile work");
    person.reads(QUESTION);
    for profile in ["work", "team-0"] {
        sandbox.run(["--profile", profile, "--no-prompt"]).matches(str![[r#"
exit 3
--- stderr
mfa-session: error: a code is needed, but --no-prompt forbids the prompt
mfa-session: hint: give it with --code 123456, with `--code -` on standard input, in MFA_SESSION_CODE, with --code-command, or, without --no-prompt, at a terminal or with MFA_SESSION_ASKPASS
"#]]);
    }
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn lock_resolves_symlinks_and_missing_files() {
    let mut sandbox = sandbox();
    let code = sandbox.code();
    fs::remove_file(sandbox.path(".aws/credentials")).unwrap();
    std::os::unix::fs::symlink(sandbox.path(""), sandbox.path("link")).unwrap();
    let credentials = sandbox.path("link/.aws/credentials").to_str().unwrap().to_owned();
    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", credentials);
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    sandbox.set("AWS_PROFILE", "work");
    let mut person = Person::runs(&sandbox, "");
    person.reads(QUESTION);
    sandbox.run(["--to", "other", "--code", &code]).wrote("other");
    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", "");
    let other = Process::start(&sandbox, "other", &[]);
    other.waits();
    person.types(&format!("{}\n", sandbox.code()));
    person.is_left_with(
        &sandbox,
        str![[r#"
exit 0
--- stderr
mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)
"#]],
    );
    other.leaves().printed(&(WAITING.to_owned() + &good_until("work-mfa")));
    assert_eq!(codes_sent(&sandbox), 2);
}

#[test]
fn lock_file_is_private_and_empty() {
    for (runtime, directory) in [(None, ".cache/mfa-session"), (Some("run"), "run/mfa-session")] {
        let mut sandbox = sandbox();
        if let Some(runtime) = runtime {
            fs::create_dir(sandbox.path(runtime)).unwrap();
            let path = sandbox.path(runtime).to_str().unwrap().to_owned();
            sandbox.set("XDG_RUNTIME_DIR", path);
        }
        let mut command = sandbox.command("sh");
        let script = format!("umask 0; exec {PROGRAM} --profile team-0 --code {}", sandbox.code());
        command.args(["-c", &script]);
        let outcome = sandbox.outcome(command, "");
        outcome.wrote_all(&["work-mfa", "team-0-mfa"]);
        assert_eq!(mode(&sandbox, directory), 0o700);
        let files: Vec<_> =
            fs::read_dir(sandbox.path(directory)).unwrap().map(Result::unwrap).collect();
        assert_eq!(files.len(), 1, "one for the MFA session, none for the role session");
        let file = files[0].metadata().unwrap();
        assert_eq!((file.permissions().mode() & 0o7777, file.len()), (0o600, 0));
        assert_eq!(files[0].path().extension().unwrap(), "request");
        assert_eq!(sandbox.path(".cache").exists(), runtime.is_none());
        assert_eq!(sandbox.files(), ["config", "credentials"]);
    }
}

fn mode(sandbox: &Sandbox, path: &str) -> u32 {
    fs::metadata(sandbox.path(path)).unwrap().permissions().mode() & 0o7777
}

#[test]
fn does_not_create_a_missing_home() {
    let mut sandbox = sandbox();
    let path = |name: &str| sandbox.path(name).to_str().unwrap().to_owned();
    let (home, credentials, config) =
        (path("nowhere"), path(".aws/credentials"), path(".aws/config"));
    sandbox.set("HOME", home);
    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", credentials).set("AWS_CONFIG_FILE", config);
    let code = sandbox.code();
    sandbox.run(["--profile", "work", "--code", &code]).wrote("work-mfa");
    assert!(!sandbox.path("nowhere").exists());
}

#[test]
fn works_without_a_lock_file() {
    let rows: [fn(&mut Sandbox); 4] = [
        |sandbox| fs::write(sandbox.path(".cache"), "").unwrap(),
        |sandbox| {
            fs::create_dir(sandbox.path(".cache")).unwrap();
            fs::write(sandbox.path(".cache/mfa-session"), "").unwrap();
        },
        |sandbox| {
            sandbox.set("XDG_RUNTIME_DIR", "/dev/null/x");
        },
        |sandbox| {
            sandbox.set("XDG_CACHE_HOME", "/proc/nowhere");
        },
    ];
    for prepare in rows {
        let mut sandbox = sandbox();
        prepare(&mut sandbox);
        let code = sandbox.code();
        let outcome = sandbox.run(["--profile", "team-0", "--code", &code]);
        outcome.wrote_all(&["work-mfa", "team-0-mfa"]);
    }
}

/// A person at a separate terminal; the id of the process is in a file.
fn person(sandbox: &Sandbox, name: &str, arguments: &str) -> Person {
    let script = format!(
        "echo $$ >id-{name}; exec {PROGRAM} {arguments} </dev/null >stdout-{name} 2>stderr-{name}"
    );
    Person::runs_script(sandbox, &script)
}
