//! Processes that want the same session take turns: one asks for a code, the others find what it
//! got.

use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command},
};

use loopback_sts::{ALICE, BOB};

use crate::{
    terminal::{Person, QUESTION, until},
    world::{Outcome, PROGRAM, World, error, keys},
};

const WAITING: &str =
    "mfa-session: waiting for another mfa-session that gets the session of [work-mfa]\n";

/// A world whose keys are in `[work]`, with a profile for each of ten roles.
fn world() -> World {
    let world = World::new();
    world.write("credentials", &keys("work"));
    let teams = (0..10).map(|number| {
        let role = world.sts().role_arn(&format!("team-{number}"));
        format!("[profile team-{number}]\nrole_arn = {role}\nsource_profile = work\n")
    });
    let keys = format!("[profile work]\nmfa_serial = {}\n", ALICE.serial_number);
    let config: String = [keys].into_iter().chain(teams).collect();
    world.write("config", &config);
    world
}

/// A process without a terminal, whose outcome is in files.
struct Process<'a> {
    world: &'a World,
    name: String,
    child: Child,
}

impl<'a> Process<'a> {
    fn starts(world: &'a World, name: &str, arguments: &[&str]) -> Self {
        let file = |stream: &str| File::create(world.path(&format!("{stream}-{name}"))).unwrap();
        let mut command = world.command(PROGRAM);
        command.args(arguments).stdout(file("stdout")).stderr(file("stderr"));
        Self { world, name: name.to_owned(), child: command.spawn().unwrap() }
    }

    fn told(&self) -> String {
        told(self.world, &self.name)
    }

    fn waits(&self) {
        until(|| self.told() == WAITING);
    }

    fn leaves(mut self) -> Outcome {
        let mut status = None;
        until(|| {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let stdout = self.world.path(&format!("stdout-{}", self.name));
        Outcome {
            status: status.unwrap().code().unwrap_or(-1),
            stdout: fs::read_to_string(stdout).unwrap(),
            stderr: self.told(),
        }
    }
}

/// What a process has told so far.
fn told(world: &World, name: &str) -> String {
    let text = fs::read_to_string(world.path(&format!("stderr-{name}")));
    world.settled(&text.unwrap_or_default())
}

fn good(profile: &str) -> String {
    format!("mfa-session: [{profile}] is good until THEN (LEFT left)\n")
}

/// How often a code was sent.
fn codes_sent(world: &World) -> usize {
    world.asked().iter().filter(|asked| asked.starts_with("GetSessionToken")).count()
}

#[test]
fn ten_roles_at_once_need_one_answer() {
    let world = world();
    let mut person = Person::runs(&world, "--profile team-0");
    person.reads(QUESTION);
    let teams: Vec<String> = (1..10).map(|number| format!("team-{number}")).collect();
    let start = |team: &String| Process::starts(&world, team, &["--profile", team]);
    let others: Vec<Process<'_>> = teams.iter().map(start).collect();
    others.iter().for_each(Process::waits);
    person.types(&format!("{}\n", world.code()));
    person.is_left_with(&world, 0, "", &(good("work-mfa") + &good("team-0-mfa")));
    for (other, team) in others.into_iter().zip(&teams) {
        let told = format!("{WAITING}{}{}", good("work-mfa"), good(&format!("{team}-mfa")));
        other.leaves().is(0, "", &told);
    }
    assert_eq!(codes_sent(&world), 1);
    assert_eq!(world.files(), ["config", "credentials"]);
}

#[test]
fn ten_roles_at_once_on_one_terminal_need_one_answer() {
    for arguments in ["team-$n", "work"] {
        let world = world();
        let script = format!(
            "for n in 0 1 2 3 4 5 6 7 8 9; do\n\
             {PROGRAM} --profile {arguments} </dev/null >stdout-$n 2>stderr-$n & done; wait"
        );
        let mut person = Person::runs_script(&world, &script);
        person.reads(QUESTION);
        person.types(&format!("{}\n", world.code()));
        assert_eq!(person.leaves(), Some(0));
        assert!(!person.screen.contains(QUESTION));
        for number in 0..10 {
            let profile = arguments.replace("$n", &number.to_string());
            let told = told(&world, &number.to_string());
            assert!(told.ends_with(&good(&format!("{profile}-mfa"))), "{told}");
        }
        assert_eq!(codes_sent(&world), 1);
        assert_eq!(world.files(), ["config", "credentials"]);
    }
}

#[test]
fn ten_that_want_the_same_session_need_one_answer() {
    let world = world();
    let mut person = Person::runs(&world, "--profile work");
    person.reads(QUESTION);
    let start = |number: u8| {
        Process::starts(&world, &number.to_string(), &["--profile", "work", "--export", "--write"])
    };
    let others: Vec<Process<'_>> = (1..10).map(start).collect();
    others.iter().for_each(Process::waits);
    person.types(&format!("{}\n", world.code()));
    person.is_left_with(&world, 0, "", &good("work-mfa"));
    let id = world.value("work-mfa", "aws_access_key_id").unwrap();
    for other in others {
        let outcome = other.leaves();
        assert_eq!((outcome.status, outcome.stderr), (0, WAITING.to_owned() + &good("work-mfa")));
        assert!(outcome.stdout.contains(&format!("export AWS_ACCESS_KEY_ID='{id}';\n")));
    }
    assert_eq!(codes_sent(&world), 1);
}

#[test]
fn who_waits_at_a_terminal_is_not_asked() {
    let world = world();
    let mut first = person(&world, "first", "--profile team-0");
    first.reads(QUESTION);
    let mut second = person(&world, "second", "--profile team-1");
    until(|| told(&world, "second") == WAITING);
    first.types(&format!("{}\n", world.code()));
    assert_eq!((first.leaves(), second.leaves()), (Some(0), Some(0)));
    assert_eq!(second.screen, "");
    assert_eq!(codes_sent(&world), 1);
}

#[test]
fn the_next_one_asks_where_the_first_is_killed() {
    let world = world();
    let mut first = person(&world, "first", "--profile team-0");
    first.reads(QUESTION);
    let mut second = person(&world, "second", "--profile team-1");
    let third = Process::starts(&world, "third", &["--profile", "team-2"]);
    until(|| told(&world, "second") == WAITING);
    third.waits();
    // Whoever is next has its turn; without a terminal, it fails, and the person is asked.
    let id = fs::read_to_string(world.path("id-first")).unwrap();
    assert!(Command::new("kill").args(["-KILL", id.trim()]).status().unwrap().success());
    assert_eq!(first.leaves(), None, "ended by the signal");
    second.reads(QUESTION);
    second.types(&format!("{}\n", world.code()));
    assert_eq!(second.leaves(), Some(0));
    assert!([0, 3].contains(&third.leaves().status));
    assert_eq!(codes_sent(&world), 1);
    assert_eq!(world.files(), ["config", "credentials"]);
}

#[test]
fn the_next_one_asks_where_the_first_gives_up() {
    for end in ["\x04", "\x03"] {
        let world = world();
        let mut first = person(&world, "first", "--profile work");
        first.reads(QUESTION);
        let mut second = person(&world, "second", "--profile work");
        until(|| told(&world, "second") == WAITING);
        first.types(end);
        assert_ne!(first.leaves(), Some(0));
        second.reads(QUESTION);
        second.types(&format!("{}\n", world.code()));
        assert_eq!(second.leaves(), Some(0));
        assert_eq!(told(&world, "second"), WAITING.to_owned() + &good("work-mfa"));
    }
}

#[test]
fn a_code_that_is_given_to_ten_is_sent_by_one() {
    for profile in ["team-", "work"] {
        let world = world();
        let code = world.code();
        let profiles: Vec<String> = (0..10)
            .map(|number| match profile {
                "work" => "work".to_owned(),
                team => format!("{team}{number}"),
            })
            .collect();
        let start = |(number, profile): (usize, &String)| {
            let arguments = ["--profile", profile, "--code", &code];
            Process::starts(&world, &number.to_string(), &arguments)
        };
        let all: Vec<Process<'_>> = profiles.iter().enumerate().map(start).collect();
        for (process, profile) in all.into_iter().zip(&profiles) {
            let outcome = process.leaves();
            assert_eq!((outcome.status, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
            // Whether it had to wait, and for what it was in time, is a matter of chance.
            let mut told = outcome.stderr.replace(WAITING, "");
            if profile != "work" {
                told = told.replace(&good("work-mfa"), "");
            }
            assert_eq!(told, good(&format!("{profile}-mfa")));
        }
        assert_eq!(codes_sent(&world), 1);
        assert_eq!(world.files(), ["config", "credentials"]);
    }
}

#[test]
fn a_code_on_the_standard_input_of_one_is_for_all() {
    let world = world();
    let code = world.code();
    let pipe = world.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut command = world.command("sh");
    let asker = format!("exec {PROGRAM} --profile team-0 --code - <pipe >stdout 2>stderr");
    let mut asker = command.args(["-c", &asker]).spawn().unwrap();
    // It opens when the asker does.
    let typed = File::options().write(true).open(&pipe).unwrap();
    until(|| lock_is_held(&world));
    let start = |number: u8| {
        let team = format!("team-{number}");
        Process::starts(&world, &team, &["--profile", &team])
    };
    let others: Vec<Process<'_>> = (1..10).map(start).collect();
    others.iter().for_each(Process::waits);
    std::io::Write::write_all(&mut &typed, format!("{code}\n").as_bytes()).unwrap();
    assert_eq!(asker.wait().unwrap().code(), Some(0));
    for (other, number) in others.into_iter().zip(1..) {
        let of_role = good(&format!("team-{number}-mfa"));
        other.leaves().is(0, "", &format!("{WAITING}{}{of_role}", good("work-mfa")));
    }
    assert_eq!(codes_sent(&world), 1);
}

/// Whether somebody has a turn, as the kernel tells it.
fn lock_is_held(world: &World) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let files = fs::read_dir(world.path(".cache/mfa-session"));
    let locks = fs::read_to_string("/proc/locks").unwrap();
    files.into_iter().flatten().any(|file| {
        let inode = format!(":{} ", file.unwrap().metadata().unwrap().ino());
        locks.contains(&inode)
    })
}

#[test]
fn other_sessions_are_not_waited_for() {
    let world = world();
    let bobs = format!(
        "[bob]\naws_access_key_id = {}\naws_secret_access_key = {}\nmfa_serial = {}\n",
        BOB.access_key_id, BOB.secret_access_key, BOB.serial_number
    );
    world.write("credentials", &(keys("work") + &bobs));
    let mut person = Person::runs(&world, "--profile work");
    person.reads(QUESTION);
    let code = world.sts().code(BOB.name);
    world.hide(&code);
    world.run(["--profile", "bob", "--code", &code]).wrote("bob-mfa");
    // What is only printed is found by nobody, and needs no turn.
    let printed = world.run(["--profile", "work", "--export", "--no-prompt"]);
    assert_eq!(printed.status, 3);
    assert!(!printed.stderr.contains("waiting"), "{printed:?}");
    person.types(&format!("{}\n", world.code()));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn who_is_never_to_ask_does_not_wait_either() {
    let world = world();
    let mut person = Person::runs(&world, "--profile work");
    person.reads(QUESTION);
    let what = "a code is needed, and --no-prompt forbids to ask for it";
    let hint = "give it with --code 123456, with `--code -` on standard input, in \
                MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt";
    for profile in ["work", "team-0"] {
        world.run(["--profile", profile, "--no-prompt"]).is(3, "", &error(what, &[hint]));
    }
    person.types(&format!("{}\n", world.code()));
    assert_eq!(person.leaves(), Some(0));
}

#[test]
fn the_file_is_the_same_whatever_leads_to_it_and_before_it_is_there() {
    let mut world = world();
    let code = world.code();
    fs::remove_file(world.path(".aws/credentials")).unwrap();
    std::os::unix::fs::symlink(world.path(""), world.path("link")).unwrap();
    let credentials = world.path("link/.aws/credentials").to_str().unwrap().to_owned();
    world.set("AWS_SHARED_CREDENTIALS_FILE", credentials);
    world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    world.set("AWS_PROFILE", "work");
    let mut person = Person::runs(&world, "");
    person.reads(QUESTION);
    world.run(["--to", "other", "--code", &code]).wrote("other");
    world.set("AWS_SHARED_CREDENTIALS_FILE", "");
    let other = Process::starts(&world, "other", &[]);
    other.waits();
    person.types(&format!("{}\n", world.code()));
    person.is_left_with(&world, 0, "", &good("work-mfa"));
    other.leaves().is(0, "", &(WAITING.to_owned() + &good("work-mfa")));
    assert_eq!(codes_sent(&world), 2);
}

#[test]
fn what_stands_for_a_turn_is_for_the_user_alone_and_empty() {
    for (runtime, place) in [(None, ".cache/mfa-session"), (Some("run"), "run/mfa-session")] {
        let mut world = world();
        if let Some(runtime) = runtime {
            fs::create_dir(world.path(runtime)).unwrap();
            let path = world.path(runtime).to_str().unwrap().to_owned();
            world.set("XDG_RUNTIME_DIR", path);
        }
        let mut command = world.command("sh");
        let script = format!("umask 0; exec {PROGRAM} --profile team-0 --code {}", world.code());
        command.args(["-c", &script]);
        let outcome = world.outcome(command, "");
        outcome.is(0, "", &(good("work-mfa") + &good("team-0-mfa")));
        assert_eq!(mode(&world, place), 0o700);
        let files: Vec<_> = fs::read_dir(world.path(place)).unwrap().map(Result::unwrap).collect();
        assert_eq!(files.len(), 1, "one for the MFA session, none for that of the role");
        let file = files[0].metadata().unwrap();
        assert_eq!((file.permissions().mode() & 0o7777, file.len()), (0o600, 0));
        assert_eq!(files[0].path().extension().unwrap(), "lock");
        assert_eq!(world.path(".cache").exists(), runtime.is_none());
        assert_eq!(world.files(), ["config", "credentials"]);
    }
}

fn mode(world: &World, path: &str) -> u32 {
    fs::metadata(world.path(path)).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_home_that_is_not_there_is_not_made() {
    let mut world = world();
    let path = |name: &str| world.path(name).to_str().unwrap().to_owned();
    let (home, credentials, config) =
        (path("nowhere"), path(".aws/credentials"), path(".aws/config"));
    world.set("HOME", home);
    world.set("AWS_SHARED_CREDENTIALS_FILE", credentials).set("AWS_CONFIG_FILE", config);
    let code = world.code();
    world.run(["--profile", "work", "--code", &code]).wrote("work-mfa");
    assert!(!world.path("nowhere").exists());
}

#[test]
fn a_place_where_nothing_can_be_locked_is_no_failure() {
    let rows: [fn(&mut World); 4] = [
        |world| fs::write(world.path(".cache"), "").unwrap(),
        |world| {
            fs::create_dir(world.path(".cache")).unwrap();
            fs::write(world.path(".cache/mfa-session"), "").unwrap();
        },
        |world| {
            world.set("XDG_RUNTIME_DIR", "/dev/null/x");
        },
        |world| {
            world.set("XDG_CACHE_HOME", "/proc/nowhere");
        },
    ];
    for prepare in rows {
        let mut world = world();
        prepare(&mut world);
        let code = world.code();
        let outcome = world.run(["--profile", "team-0", "--code", &code]);
        outcome.is(0, "", &(good("work-mfa") + &good("team-0-mfa")));
    }
}

/// Somebody at a terminal of their own, whose process's id is in a file.
fn person(world: &World, name: &str, arguments: &str) -> Person {
    let script = format!(
        "echo $$ >id-{name}; exec {PROGRAM} {arguments} </dev/null >stdout-{name} 2>stderr-{name}"
    );
    Person::runs_script(world, &script)
}
