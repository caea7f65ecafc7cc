//! The runs whose system calls are made to fail: each with the file before, and what it may be
//! afterwards.

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use loopback_sts::{ALICE, Fault};

use crate::{
    shell::usual,
    world::{PROGRAM, World, keys},
};

/// A run that is the same each time.
#[derive(Clone)]
pub(super) struct Flow {
    pub(super) name: &'static str,
    prepare: fn(&mut World),
    arguments: &'static [&'static str],
    /// The arguments of the runs that lead from the old file to the new one.
    steps: &'static [&'static [&'static str]],
    /// The file that is written, below the home.
    file: &'static str,
    /// What it may hold, from the old to the new; `None` where it may not be there.
    pub(super) states: Vec<Option<String>>,
}

pub(super) fn flows() -> Vec<Flow> {
    let flow = |name, prepare, file, arguments, steps| {
        Flow { name, prepare, arguments, steps, file, states: Vec::new() }.with_states()
    };
    vec![
        flow("a file that is there", prepare_nothing, FILE, &[], ONCE),
        flow("no file, and no directory", remove_directory, FILE, &[], ONCE),
        flow("a link to another directory", link, LINKED, &[], ONCE),
        flow("clear", fill, FILE, &["clear"], &[&["clear"]]),
        flow("a session that is reused", fill, FILE, &[], &[]),
        flow("printed, and written", prepare_nothing, FILE, &["--export", "--write"], ONCE),
        flow("printed", prepare_nothing, FILE, &["--export"], &[]),
        flow("appended for the next steps", give_github, "github", GITHUB, &[GITHUB]),
        flow("a role, and the session below", prepare_role, FILE, ROLE, &[&[], ROLE]),
    ]
}

impl Flow {
    /// A world in which nothing has been run yet.
    pub(super) fn world(&self) -> World {
        let mut world = World::new();
        world.write("credentials", &before());
        world.set("MFA_SESSION_SERIAL", ALICE.serial_number);
        (self.prepare)(&mut world);
        world.sts().weather(Fault::Grant(usual()).on_calls());
        world
    }

    pub(super) fn arguments(&self, world: &World) -> Vec<String> {
        arguments(self.arguments, world)
    }

    pub(super) fn file(&self, world: &World) -> PathBuf {
        world.path(self.file)
    }

    pub(super) fn is_simplest(&self) -> bool {
        self.arguments.is_empty()
    }

    /// Whether the credentials file is a link to the one that is written.
    pub(super) fn is_linked(&self) -> bool {
        self.file == LINKED
    }

    /// The file's content, without what is drawn by lot.
    pub(super) fn state(&self, world: &World) -> Option<String> {
        let text = fs::read_to_string(self.file(world)).ok()?;
        let end = regex_lite::Regex::new("end_[0-9a-f]{32}").unwrap();
        Some(end.replace_all(&text, "end_").into_owned())
    }

    fn with_states(mut self) -> Self {
        let world = self.world();
        self.states.push(self.state(&world));
        for step in self.steps {
            let mut command = world.command(PROGRAM);
            command.args(arguments(step, &world));
            let outcome = world.outcome(command, "");
            assert_eq!(outcome.status, 0, "{}: {outcome:?}", self.name);
            assert!(!self.states.contains(&self.state(&world)), "{}", self.name);
            self.states.push(self.state(&world));
        }
        self
    }
}

fn arguments(these: &[&str], world: &World) -> Vec<String> {
    let mut arguments: Vec<_> = these.iter().map(|&argument| argument.to_owned()).collect();
    if these != ["clear"] {
        arguments.extend(["--code".to_owned(), world.code()]);
    }
    arguments
}

fn prepare_nothing(_: &mut World) {}

fn remove_directory(world: &mut World) {
    fs::remove_dir_all(world.path(".aws")).unwrap();
    world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
}

fn link(world: &mut World) {
    fs::create_dir(world.path("dotfiles")).unwrap();
    fs::rename(world.path(FILE), world.path(LINKED)).unwrap();
    symlink("../dotfiles/aws", world.path(FILE)).unwrap();
}

fn fill(world: &mut World) {
    world.sts().weather(Fault::Grant(usual()).on_calls());
    world.get([]).wrote("default-mfa");
}

fn give_github(world: &mut World) {
    // The last line has no end.
    fs::write(world.path("github"), "A=b").unwrap();
    world.set("GITHUB_ENV", world.path("github").to_str().unwrap());
}

fn prepare_role(world: &mut World) {
    let source = format!("[default]\nmfa_serial = {}\n", ALICE.serial_number);
    world.write("config", &source);
}

const FILE: &str = ".aws/credentials";
const LINKED: &str = "dotfiles/aws";
const ROLE: &[&str] = &["--role-arn", "arn:aws:iam::123456789012:role/admin"];
const GITHUB: &[&str] = &["--format", "github"];

/// One run without further arguments.
const ONCE: &[&[&str]] = &[&[]];

/// Whatever may stand in such a file, and is to stay.
fn before() -> String {
    let keys = keys("default");
    format!("# mine\n\n; theirs\n{keys}region=eu-west-1 \n\n[other] \n  \noutput = json\n# the end")
}
